"""Two images side by side: which of their records are put together, narrow, and which are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from mdsync_nb.core.drifting import Drifting
from mdsync_nb.store.earlier import Standing, Then
from mdsync_nb.store.flow import Side
from mdsync_nb.store.sql import column_type, key_text, literal, quoted, text_of

BY = ("coupling", "primary key", "id")
"""The ways records are put together, in this order."""


@dataclass(frozen=True)
class CoupledBy:
    """Whose couplings put records together. there, here: mappings, and the side of them that this
    image is. Both the same mappings, or those of two companies that are coupled to a third."""

    there: Sequence[str] = ()
    there_side: Side = "local"
    here: Sequence[str] = ()
    here_side: Side = "integration"

    @property
    def relation(self) -> str:
        """The SQL of the pairs; asks for `$there`, and of two companies for `$here`."""
        mine, theirs = f"{self.there_side}_key_hash", f"{self.here_side}_key_hash"
        if self.there_side != self.here_side:
            return f"""select {mine} as lk, {theirs} as rk from coupling
                where list_contains($there, mapping)"""
        other = "integration" if self.there_side == "local" else "local"
        return f"""select a.{mine} as lk, b.{theirs} as rk from coupling a join coupling b
            on a.{other}_key_hash = b.{other}_key_hash
            where list_contains($there, a.mapping) and list_contains($here, b.mapping)"""

    @property
    def params(self) -> dict[str, object]:
        """What the SQL asks for."""
        both: dict[str, object] = {"there": list(self.there), "here": list(self.here)}
        return both if self.there_side == self.here_side else {"there": both["there"]}


@dataclass(frozen=True)
class Together:
    """How two images are put beside each other: by couplings, then what is left by key or by id."""

    there: Standing
    here: Standing
    couplings: CoupledBy | None = None
    by_key: bool = False
    by_id: bool = False

    @property
    def one_place(self) -> bool:
        """Whether both sides are the same table of the same company."""
        mine, theirs = self.there, self.here
        return (mine.company, mine.table) == (theirs.company, theirs.table)


def put_together(
    db: duckdb.DuckDBPyConnection,
    wanted: Together,
    sides: tuple[Then, Then],
    compared: Sequence[Drifting],
) -> dict[str, int]:
    """Put the pairs into `pair` (`lrow`, `rrow`, `lk`, `rk`, `alike`), the others of either side
    into `alone_l` and `alone_r` (`row`, `k`), and pairs that are not alike into `unlike`; `n` is
    the number of each record of these three. Gives how many pairs each of BY made.

    alike: nothing that is compared differs, as far as narrow columns tell.
    """
    there, here = sides
    hashes = _hashes(wanted, sides, compared)
    for side, one, hashed in (("l", there, hashes[0]), ("r", here, hashes[1])):
        key = f", {key_text(one.key_fields or [])} as key" if wanted.by_key else ""
        db.execute(
            f"""create or replace temp table side_{side} as
            select row, _key_hash as k, {hashed} as h{key} from {one.relation}"""
        )
    db.execute(
        "create or replace temp table pair (lrow bigint, rrow bigint, lk ubigint, rk ubigint, "
        "alike boolean, way utinyint)"
    )
    alike = "l.row = r.row and l.row >= 0" if wanted.one_place else "l.h = r.h"
    if wanted.couplings:
        _pair(db, f"({wanted.couplings.relation}) c join side_l l on l.k = c.lk "
              "join side_r r on r.k = c.rk", alike, 0, wanted.couplings.params)  # fmt: skip
    if wanted.by_key:
        _pair(db, f"{_left_over('l')} join {_left_over('r')} using (key)", alike, 1, {})
    if wanted.by_id:
        _pair(db, f"{_left_over('l')} join {_left_over('r')} using (k)", alike, 2, {})
    _number(db)
    counted = db.sql("select way, count(*) from pair group by way").fetchall()
    return {BY[int(way)]: int(many) for way, many in sorted(counted)}


def _number(db: duckdb.DuckDBPyConnection) -> None:
    db.execute(
        """create or replace temp table unlike as
        select row_number() over () as n, lrow, rrow from pair where not alike"""
    )
    before = ["unlike"]
    for side in ("l", "r"):
        first = " + ".join(f"(select count(*) from {one})" for one in before)
        db.execute(
            f"""create or replace temp table alone_{side} as
            select row_number() over () + {first} as n, row, k from {_rest(side)}"""
        )
        before.append(f"alone_{side}")


def _rest(side: str) -> str:
    return f"side_{side} where k not in (select {side}k from pair)"


def _left_over(side: str) -> str:
    return f"(select * from {_rest(side)}) {side}"


def _pair(
    db: duckdb.DuckDBPyConnection, joined: str, alike: str, way: int, params: dict[str, object]
) -> None:
    """Put pairs in; a record that would be in several of them is in none: nobody knows which."""
    db.execute(
        f"""create or replace temp table found as select l.row as lrow, r.row as rrow,
        l.k as lk, r.k as rk, coalesce({alike}, false) as alike from {joined}""",
        params,
    )
    ((many, there, here),) = db.sql(
        "select count(*), count(distinct lk), count(distinct rk) from found"
    ).fetchall()
    if not many == there == here:
        several = "select {0} from found group by {0} having count(*) > 1"
        tests = (f"{one} in ({several.format(one)})" for one in ("lk", "rk"))
        db.execute(f"delete from found where {' or '.join(tests)}")
    db.execute(f"insert into pair select *, {way} from found")


def _hashes(
    wanted: Together, sides: tuple[Then, Then], compared: Sequence[Drifting]
) -> tuple[str, str]:
    """The SQL of what tells that two rows are alike: the stored hashes of whole rows, where both
    images hold the same fields; else those of the fields that are compared."""
    if wanted.one_place or _same_rows(sides, compared):
        return "_row_hash", "_row_hash"
    both = [(meant(one, "there"), meant(one, "here")) for one in compared]
    if not both:
        return "0", "0"
    return tuple(f"hash({', '.join(part)})" for part in zip(*both, strict=True))  # type: ignore[return-value]


def _same_rows(sides: tuple[Then, Then], compared: Sequence[Drifting]) -> bool:
    """Whether equal hashes of whole rows mean that all that is compared is equal."""
    shapes = [
        {name: column_type(field) for name, field in one.image.schema.by_name.items()}
        for one in sides
    ]
    whole = all(set(one.fields) == set(one.image.schema.by_name) for one in sides)
    renamed = any(one.there and one.here and one.there.name != one.here.name for one in compared)
    another = any(one.currencies and len(set(one.currencies)) == 2 for one in compared)
    return whole and shapes[0] == shapes[1] and not renamed and not another


def meant(one: Drifting, side: str, column: str = "") -> str:
    """The SQL of a field's value as it is compared: typed where both sides hold it alike, else as
    canonical text; a blank currency as the one it means. column: where it stands, if not under its
    own name."""
    there, here = one.there, one.here
    assert there is not None
    assert here is not None
    field = there if side == "there" else here
    column = column or quoted(field.name)
    if one.currencies:
        own = one.currencies[0 if side == "there" else 1]
        return f"coalesce({column}, {literal(own)})"
    same = there.type is here.type and column_type(there) == column_type(here)
    return column if same else text_of(field, column)
