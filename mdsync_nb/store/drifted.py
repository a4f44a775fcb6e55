"""What differs between two images put together: wide only for pairs that are not alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.drift_spread import FACET
from mdsync_nb.core.drifting import Drifting
from mdsync_nb.store.earlier import Then
from mdsync_nb.store.sql import frame_of, key_text, quoted, text_of
from mdsync_nb.store.stopping import GoesOn
from mdsync_nb.store.together import Together, meant, put_together

VALUES_AT_ONCE = 24_000_000
"""Values of either side that are laid beside each other at a time; many differing records are
compared some fields after the other, so that memory does not hold all of them wide."""

EQUAL, DIFFERS, ONLY_THERE, ONLY_HERE = range(4)
FEW = 24
"""Values a field has at most to be a facet by itself."""

Sides = tuple[Then, Then]


@dataclass(frozen=True)
class Drifted:
    """What was found. scope: `frames.DRIFT_SCOPE`; records: `frames.DRIFT_RECORDS`; found:
    `frames.DRIFT_FOUND`; ways: how many pairs each way of putting together made."""

    scope: pl.DataFrame
    records: pl.DataFrame
    found: pl.DataFrame
    ways: dict[str, int]


def drifted(
    db: duckdb.DuckDBPyConnection,
    wanted: Together,
    sides: Sides,
    *,
    fields: Sequence[Drifting],
    names: tuple[str | None, str | None],
    facets: Sequence[str],
    goes_on: GoesOn,
) -> Drifted:
    """Put two images together and give what differs.

    fields: those of both sides. names: the field that holds what people call a record, on either
    side, where there is one. facets: fields to divide by, whatever values they hold, besides those
    with few. goes_on: is asked between the steps.
    """
    compared = [one for one in fields if one.is_compared]
    ways = put_together(db, wanted, sides, compared)
    goes_on()
    cells = _cells(db, sides, compared, goes_on=goes_on)
    goes_on()
    counted = cells.group_by("record").agg(fields=pl.len().cast(pl.Int64))
    named = pl.DataFrame(
        {"f": range(len(compared)), "field": [one.name for one in compared]},
        schema={"f": pl.Int64, "field": pl.Categorical()},
    )
    return Drifted(
        _scope(db, sides, counted["record"], _facets(db, sides[0], fields, facets)),
        frames.conform(_records(db, sides, counted, names), frames.DRIFT_RECORDS),
        frames.conform(cells.join(named, on="f"), frames.DRIFT_FOUND),
        ways,
    )


def _cells(
    db: duckdb.DuckDBPyConnection, sides: Sides, fields: Sequence[Drifting], *, goes_on: GoesOn
) -> pl.DataFrame:
    """The values that differ: `record`, `f` (the number of the field), `there`, `here`."""
    schema = {"record": pl.UInt32(), "f": pl.Int64(), "there": pl.String(), "here": pl.String()}
    ((many,),) = db.sql("select count(*) from unlike").fetchall()
    parts = [pl.DataFrame(schema=schema)]
    at_once = max(1, VALUES_AT_ONCE // max(1, many))
    for first in range(0, len(fields) if many else 0, at_once):
        goes_on()
        parts.append(_part(db, sides, fields[first : first + at_once], first))
    return pl.concat([one.cast(schema) for one in parts])  # type: ignore[arg-type]


def _part(
    db: duckdb.DuckDBPyConnection, sides: Sides, fields: Sequence[Drifting], first: int
) -> pl.DataFrame:
    columns = ", ".join(
        f"l.{quoted(one.there.name)} as {quoted(f'l:{n}')}, "
        f"r.{quoted(one.here.name)} as {quoted(f'r:{n}')}"
        for n, one in enumerate(fields)
        if one.there and one.here
    )
    there, here = sides
    db.execute(
        f"""create or replace temp table beside as select u.n, {columns} from unlike u
        join {there.relation} l on l.row = u.lrow join {here.relation} r on r.row = u.rrow"""
    )
    each = [_differing(one, n, first + n) for n, one in enumerate(fields)]
    found = frame_of(db, " union all ".join(each))
    db.execute("drop table beside")
    return found


def _differing(one: Drifting, n: int, f: int) -> str:
    assert one.there is not None
    assert one.here is not None
    mine, theirs = quoted(f"l:{n}"), quoted(f"r:{n}")
    return f"""select n as record, {f} as f, {text_of(one.there, mine)} as there,
        {text_of(one.here, theirs)} as here from beside
        where {meant(one, "there", mine)} is distinct from {meant(one, "here", theirs)}"""


def _records(
    db: duckdb.DuckDBPyConnection,
    sides: Sides,
    counted: pl.DataFrame,
    names: tuple[str | None, str | None],
) -> pl.DataFrame:
    """The records that are not equal. counted: `record` and `fields` of those that differ."""
    there, here = sides
    keys = [_key(one, mark) for one, mark in ((there, "l."), (here, "r."))]
    called = [
        f"{mark}{quoted(name)}::varchar" if name else "null::varchar"
        for name, mark in zip(names, ("l.", "r."), strict=True)
    ]
    db.register("counted", counted)
    found = frame_of(
        db,
        f"""select u.n as record, {DIFFERS} as state, {keys[0]} as key,
            coalesce({called[0]}, {called[1]}) as name,
            l._id as there_id, r._id as here_id, c.fields
        from counted c join unlike u on u.n = c.record
        join {there.relation} l on l.row = u.lrow join {here.relation} r on r.row = u.rrow
        union all select a.n, {ONLY_THERE}, {keys[0]}, {called[0]}, l._id, null, 0
        from alone_l a join {there.relation} l on l.row = a.row
        union all select a.n, {ONLY_HERE}, {keys[1]}, {called[1]}, null, r._id, 0
        from alone_r a join {here.relation} r on r.row = a.row""",
    )
    db.unregister("counted")
    return _with_state(found)


def _key(one: Then, mark: str) -> str:
    fields = one.key_fields
    if fields is None or one.image.schema.keyed_by_id:
        return f"{mark}_id"
    return key_text(fields, mark)


def _facets(
    db: duckdb.DuckDBPyConnection, there: Then, fields: Sequence[Drifting], asked: Sequence[str]
) -> list[Drifting]:
    """The fields to divide by: those asked for, and those of both sides that hold few values."""
    both = [one for one in fields if one.there and one.here]
    counts = ", ".join(
        f"approx_count_distinct({quoted(one.name)}) + bool_or({quoted(one.name)} is null)::int"
        for one in both
    )
    many = frame_of(db, f"select {counts} from {there.relation}").row(0) if both else ()
    return [
        one
        for one, found in zip(both, many, strict=True)
        if one.name in asked or (one.says_what_it_is and 2 <= int(found or 0) <= FEW)
    ]


def _scope(
    db: duckdb.DuckDBPyConnection, sides: Sides, differing: pl.Series, facets: Sequence[Drifting]
) -> pl.DataFrame:
    there, here = sides
    mine = "".join(
        f", {text_of(one.there, 'l.' + quoted(one.there.name))} as {quoted(FACET + one.name)}"
        for one in facets
        if one.there
    )
    theirs = "".join(
        f", {text_of(one.here, 'r.' + quoted(one.here.name))}" for one in facets if one.here
    )
    db.register("differing", pl.DataFrame({"n": differing}))
    found = frame_of(
        db,
        f"""select d.n as record, case when d.n is null then {EQUAL} else {DIFFERS} end as state
            {mine}
        from pair p join {there.relation} l on l.row = p.lrow
        left join (unlike u join differing d on d.n = u.n)
          on u.lrow = p.lrow and u.rrow = p.rrow
        union all select n, {ONLY_THERE} {mine} from alone_l a
        join {there.relation} l on l.row = a.row
        union all select n, {ONLY_HERE} {theirs} from alone_r a
        join {here.relation} r on r.row = a.row""",
    )
    db.unregister("differing")
    divided = _with_state(found).cast({FACET + one.name: pl.Categorical() for one in facets})
    return divided.cast({"record": frames.DRIFT_SCOPE["record"]})


def _with_state(found: pl.DataFrame) -> pl.DataFrame:
    """The states by their places in `frames.DRIFT_STATES`."""
    states = pl.Series(frames.DRIFT_STATES, dtype=frames.DRIFT_STATE)
    return found.with_columns(states.gather(found["state"]).alias("state"))
