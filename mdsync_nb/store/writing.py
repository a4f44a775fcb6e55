"""Writing what a step may write into the image, as the company's files will hold it too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb.model import Field, FieldType
from mdsync_nb.store.gone import keep_gone
from mdsync_nb.store.judging import StepFacts
from mdsync_nb.store.sql import (
    column_type,
    frame_of,
    key_text,
    listed,
    literal,
    quoted,
    row_hash,
    value_of,
)

RENAMED = "_previous:"
"""A column `_previous:<field>` holds a field of the key as it was before the write."""


@dataclass(frozen=True)
class Ready:
    """What of a step is written: whole rows as they will be, for the company's files.

    inserted: `_id` and every field of the table, typed. modified: the same, and `_previous:<key>`.
    cells: `_id`, `field` of the modified records. deleted: the key fields. touched: the ids of
    modified records that hold what they held.
    """

    inserted: pl.DataFrame
    modified: pl.DataFrame
    cells: pl.DataFrame
    deleted: pl.DataFrame
    touched: pl.Series


def note_writes(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Put the values of what may be written into `writes`, one row a record and field, and records
    that get a new time and no value into `touched`. An undo gives such a time back."""
    db.execute(
        """create or replace temp table writes as
        select t.row, t.source_id, t.destination_id, t.action, x.field, x.source as after,
            x.destination as before
        from plan_cell x join todo t using (source_id)
        where x.plan_id = $plan and x.step = $step and t.outcome = 'applied'
          and t.action in ('insert', 'modify', 'delete')
          and x.source is distinct from x.destination and not x.kept""",
        facts.of_plan,
    )
    touches = "false" if facts.touch is None else "true"
    db.execute(
        f"""create or replace temp table touched as select row, destination_id from todo
        where {touches} and outcome = 'applied' and action = 'modify'
          and row not in (select row from writes where row is not null)"""
    )


def ready(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> Ready:
    """Give the rows of `writes` as they will be; nothing is changed."""
    image = facts.destination
    fields = image.schema.fields
    fresh = ", ".join(f"{_fresh(facts, one)} as {quoted(one.name)}" for one in fields)
    kept = ", ".join(
        f"""case when bool_or(w.field = {literal(one.name)}) then {_last(one, "w.")}
        else any_value(i.{quoted(one.name)}) end as {quoted(one.name)}"""
        for one in fields
    )
    previous = ", ".join(
        f"""case when bool_or(w.field = {literal(one.name)})
        then {value_of(one, f"max(w.before) filter (w.field = {literal(one.name)})")}
        else any_value(i.{quoted(one.name)}) end as {quoted(RENAMED + one.name)}"""
        for one in image.key_fields
    )
    touched = "select row, destination_id from touched" + (
        "" if facts.undone is None else " limit 0"
    )
    joined = f"""from (select row, destination_id from writes where action = 'modify'
            union ({touched})) t join {image.relation} i on i.rowid = t.row
        left join writes w on w.row = t.row and w.action = 'modify'"""
    field = literal(facts.touch or "")
    return Ready(
        frame_of(
            db,
            f"""select destination_id as _id, {fresh} from writes w where action = 'insert'
            group by destination_id""",
        ),
        frame_of(db, f"select t.destination_id as _id, {kept}, {previous} {joined} group by 1"),
        frame_of(
            db,
            f"""select destination_id as _id, field from writes where action = 'modify'
            union all select destination_id, {field} from ({touched}) where {field} <> ''""",
        ),
        frame_of(
            db,
            f"""select {listed(image.schema.key)} from {image.relation} where rowid in
            (select row from todo where outcome = 'applied' and action = 'delete')""",
        ),
        frame_of(db, f"select destination_id from ({touched})").to_series(),
    )


def write_rows(db: duckdb.DuckDBPyConnection, facts: StepFacts, *, seq: int, at: datetime) -> None:
    """Write `writes` into the image, stamped with who and when, and put what is there then into
    `after`: key hash, row hash, time and key of every record the step applied.

    A record of which nothing is written stays as it is, also when it counts as modified, unless it
    is to be touched. Records
    that change are taken out, changed, and written anew at the end with those created:
    setting fields where they stand rewrites those columns of the whole image.
    """
    _delete(db, facts, seq)
    _take_out(db, facts)
    _modify(db, facts, at)
    _insert(db, facts, at)
    _put_back(db, facts)


def _delete(db: duckdb.DuckDBPyConnection, facts: StepFacts, seq: int) -> None:
    these = """rowid in
        (select row from todo where outcome = 'applied' and action = 'delete')"""
    keep_gone(db, facts.destination, these, seq=seq)
    db.execute(f"delete from {facts.destination.relation} where {these}")


def _take_out(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    image = facts.destination.relation
    db.execute(
        f"""create or replace temp table rewritten as select i.rowid as row, i.* from {image} i
        where i.rowid in
            (select row from writes where action = 'modify' union select row from touched)"""
    )
    db.execute(f"delete from {image} where rowid in (select row from rewritten)")


def _modify(db: duckdb.DuckDBPyConnection, facts: StepFacts, at: datetime) -> None:
    fields = db.sql("select distinct field from writes where action = 'modify'").fetchall()
    for (name,) in fields:
        one = facts.destination.schema.by_name[name]
        db.execute(
            f"""update rewritten i set {quoted(name)} = {_or_blank(one, value_of(one, "w.after"))}
            from writes w where i.row = w.row and w.action = 'modify' and w.field = $field""",
            {"field": name},
        )
    db.execute(
        "update rewritten set _modified_at = $at, _modified_by = $user",
        {"at": at, "user": facts.user},
    )
    if facts.undone is not None:
        _give_times_back(db, facts)
    _follow_keys(db, facts, {name for (name,) in fields})


def _give_times_back(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """An undone record is as it was before the job, in its times too: undoing is no local edit."""
    db.execute(
        """update rewritten i
        set _modified_at = t.before_modified_at, _modified_by = t.before_modified_by
        from (select t.row, r.before_modified_at, r.before_modified_by from todo t
              join job_record r on r.source_id = t.source_id and r.job_id = $undone
              where t.outcome = 'applied' and t.action = 'modify') t
        where i.row = t.row""",
        {"undone": facts.undone},
    )


def _follow_keys(db: duckdb.DuckDBPyConnection, facts: StepFacts, fields: set[str]) -> None:
    """Where a company has no ids, a renamed record is known by its new key from now on."""
    if facts.destination.has_ids or not fields & set(facts.destination.schema.key):
        return
    key = key_text(facts.destination.key_fields, "i.")
    db.execute(
        f"""update todo t set destination_id = {key} from rewritten i
        where i.row = t.row and t.outcome = 'applied' and t.action = 'modify'"""
    )
    db.execute(
        """update rewritten i set _id = t.destination_id, _key_hash = hash(t.destination_id)
        from todo t where i.row = t.row and t.outcome = 'applied' and t.action = 'modify'"""
    )
    db.execute(
        "update writes w set destination_id = t.destination_id from todo t where t.row = w.row"
    )


def _insert(db: duckdb.DuckDBPyConnection, facts: StepFacts, at: datetime) -> None:
    fields = facts.destination.schema.fields
    values = ", ".join(f"{_fresh(facts, one)} as {quoted(one.name)}" for one in fields)
    db.execute(
        f"""insert into rewritten by name
        select destination_id as _id, hash(destination_id) as _key_hash,
            $at::timestamp as _modified_at, $at::timestamp as _created_at, $user as _modified_by,
            0::ubigint as _row_hash, {values}
        from writes w where action = 'insert' group by destination_id""",
        {"at": at, "user": facts.user},
    )


def _fresh(facts: StepFacts, one: Field) -> str:
    """The SQL of a field of a record that is created; a key that is the id is made, not carried."""
    schema = facts.destination.schema
    if schema.keyed_by_id and one.name == schema.key[0]:
        return "destination_id"
    return _or_blank(one, _last(one, "w."))


def _last(one: Field, prefix: str) -> str:
    """The SQL of the value that is written into a field of one record."""
    return value_of(one, f"max({prefix}after) filter ({prefix}field = {literal(one.name)})")


def _or_blank(one: Field, value: str) -> str:
    """An absent number is 0 and an absent boolean false, in tables that the product knows."""
    if one.blank_is_zero and one.type is FieldType.BOOLEAN:
        return f"coalesce({value}, false)"
    if one.blank_is_zero and column_type(one).startswith(("decimal", "bigint")):
        return f"coalesce({value}, 0)"
    return value


def _put_back(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    image = facts.destination
    db.execute(
        f"""insert into {image.relation} by name select * exclude (row)
        replace ({row_hash(image.schema.by_name)} as _row_hash) from rewritten"""
    )
    db.execute("drop table rewritten")
    db.execute(
        f"""create or replace temp table after as select i._key_hash as k, i._row_hash as h,
            i._modified_at as m, {key_text(image.key_fields, "i.")} as key from {image.relation} i
        where i._key_hash in (select hash(destination_id) from todo where outcome = 'applied')"""
    )
