"""An image as an earlier load left it: what is known now, less all that changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from mdsync_nb.errors import UsageError
from mdsync_nb.model import Field
from mdsync_nb.store.images import Image, image_of
from mdsync_nb.store.sql import (
    column_type,
    frame_of,
    image_name,
    listed,
    literal,
    quoted,
    row_hash,
    value_of,
)

Columns = dict[str, str]
"""The fields a load held, with their types in the image."""


@dataclass(frozen=True)
class Standing:
    """Which image is meant, and as of which place in the order of changes (None: as it is now)."""

    company: str
    table: str
    seq: int | None = None


@dataclass(frozen=True)
class Then:
    """An image at a place in the order of changes, for one visit.

    fields: those whose values are known, by name. lost: those that were held then, and whose values
    a later load without them took away. relation: the SQL of its rows, with `row`, `_id`,
    `_key_hash`, `_row_hash` and these fields; a row below 0 is not the one of the image as it is
    now.
    """

    image: Image
    seq: int
    fields: Mapping[str, Field]
    lost: tuple[str, ...]
    relation: str

    @property
    def key_fields(self) -> list[Field] | None:
        """The fields of the primary key, in order; None where one of them is not known."""
        known = [self.fields.get(name) for name in self.image.schema.key]
        return None if None in known else [one for one in known if one]


def standing_then(db: duckdb.DuckDBPyConnection, wanted: Standing, name: str) -> Then:
    """Give an image as of a place in the order of changes; name: of its temporary tables.

    What is not in a change since is as it is now; what is, is undone: its first `before` since, or
    what a deleted record held. Raises UsageError when the table was never loaded, and when changes
    since then are gone.
    """
    image = image_of(db, wanted.company, wanted.table)
    if image is None:
        raise UsageError(
            f"{wanted.company} {wanted.table} was never loaded.",
            hint=f"Load it: mdsync load {wanted.company}",
        )
    fields = image.schema.by_name
    if wanted.seq is None or wanted.seq >= image.seq:
        plain = f"(select rowid as row, * from {image.relation})"
        return Then(image, image.seq, fields, (), plain)
    _refuse_forgotten(db, image, wanted.seq)
    held = _held_since(db, image, wanted.seq)
    known = {one: field for one, field in fields.items() if _always(held, one, column_type(field))}
    lost = tuple(one for one in held[0] if one not in known)
    _note_moved(db, image, wanted.seq, name)
    _note_back(db, image, known, name)
    columns = f"row, _id, _key_hash, _row_hash, {listed(known)}"
    relation = f"""(select {columns} from (select rowid as row, * from {image.relation})
        where _key_hash not in (select k from {name}_moved)
        union all select {columns} from {name}_back)"""
    return Then(image, wanted.seq, known, lost, relation)


def _refuse_forgotten(db: duckdb.DuckDBPyConnection, image: Image, seq: int) -> None:
    found = frame_of(
        db,
        'select seq from forgotten where company = $c and "table" = $t and seq > $seq',
        c=image.company,
        t=image.table,
        seq=seq,
    )
    if found.height:
        raise UsageError(
            f"{image.company} {image.table} cannot be known any more as it was then: changes since "
            "then are gone.",
            hint="`mdsync clean-up` deletes them with old loads and jobs. Choose a newer load.",
        )


def _held_since(db: duckdb.DuckDBPyConnection, image: Image, seq: int) -> list[Columns]:
    """What the load in force then held, and every load since."""
    found = frame_of(
        db,
        """select fields from load where company = $c and "table" = $t and seq >= (
            select max(seq) from load where company = $c and "table" = $t and seq <= $seq)
        order by seq""",
        c=image.company,
        t=image.table,
        seq=seq,
    )
    return [json.loads(one or "{}") for one in found["fields"].to_list()] or [{}]


def _always(held: list[Columns], name: str, kind: str) -> bool:
    """Whether every load held a field in this type: else its values moved without a change."""
    return all(one.get(name) == kind for one in held)


def _note_moved(db: duckdb.DuckDBPyConnection, image: Image, seq: int, name: str) -> None:
    """Note the records that changed since: what befell each first, and when it was deleted."""
    db.execute(
        f"""create or replace temp table {name}_moved as
        select key_hash as k, arg_min(kind, seq) as first,
            min(seq) filter (kind = 'deleted') as gone
        from change where company = $c and "table" = $t and seq > $seq group by key_hash""",
        {"c": image.company, "t": image.table, "seq": seq},
    )
    db.execute(
        f"""create or replace temp table {name}_cell as
        select c.key_hash as k, c.field, arg_min_null(c.before, c.seq) as before
        from change_cell c join {name}_moved m on m.k = c.key_hash and m.first <> 'inserted'
        where c.company = $c and c."table" = $t and c.seq > $seq
          and (m.gone is null or c.seq < m.gone) group by all""",
        {"c": image.company, "t": image.table, "seq": seq},
    )


def _note_back(
    db: duckdb.DuckDBPyConnection, image: Image, known: Mapping[str, Field], name: str
) -> None:
    """Put the records that changed since as they were; those created since were not there."""
    moved = {str(one) for (one,) in db.sql(f"select distinct field from {name}_cell").fetchall()}
    before = "".join(
        f""", bool_or(field = {literal(one)}) as {quoted("h:" + one)},
        max(before) filter (field = {literal(one)}) as {quoted("b:" + one)}"""
        for one in known
        if one in moved
    )
    values = ", ".join(
        f"{_was(one, moved=one.name in moved)} as {quoted(one.name)}" for one in known.values()
    )
    db.execute(
        f"""create or replace temp table {name}_back as
        select *, {row_hash(known)} as _row_hash from (
            select -1 - row_number() over () as row, coalesce(i._id, g.id) as _id,
                m.k as _key_hash, {values}
            from {name}_moved m
            left join {image_name(image.company, image.table)} i
              on i._key_hash = m.k and m.gone is null
            left join gone_row g on g.key_hash = m.k and g.seq = m.gone
              and g.company = $c and g."table" = $t
            left join (select k{before} from {name}_cell group by k) w on w.k = m.k
            where m.first <> 'inserted' and (i._id is not null or g.id is not null))""",
        {"c": image.company, "t": image.table},
    )


def _was(one: Field, *, moved: bool) -> str:
    """The SQL of what a field held: its first value before, of a deleted record what is kept."""
    column = quoted(one.name)
    gone = value_of(one, f'g."values"[{literal(one.name)}]', cast="try_cast")
    kept = f"case when m.gone is null then i.{column} else {gone} end"
    if not moved:
        return kept
    before = value_of(one, f"w.{quoted('b:' + one.name)}", cast="try_cast")
    return f"case when w.{quoted('h:' + one.name)} then {before} else {kept} end"
