"""The pairs a step looks at: both sides and their coupling, joined narrow on hashes of the ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import polars as pl

from mdsync_nb.store.candidates import PairsWanted, note_candidates, open_writes_of, used
from mdsync_nb.store.flow import Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import frame_of, number_of, quoted


def _coupling(flow: Flow, relation: str, marks: Mapping[str, str]) -> str:
    s, d = flow.source, flow.destination
    return f"""select rowid as row, {s}_key_hash as sk, {d}_key_hash as dk,
        {s}_modified_at as sm, {d}_modified_at as dm,
        case when fingerprint = $fingerprint then {s}_row_hash end as sh,
        case when fingerprint = $fingerprint then {d}_row_hash end as dh,
        {", ".join(f"{test} as {mark}" for mark, test in marks.items())}
        from {relation} where mapping = $mapping"""


def _marks(db: duckdb.DuckDBPyConnection, wanted: PairsWanted) -> dict[str, str]:
    """The SQL of what may be said of a coupling; mostly it is said of none, and that is known from
    the bounds of the blocks, without reading them."""
    flow = wanted.flow
    tests = {
        "failed": f"{flow.result} = 'failure'",
        "failed_back": f"{flow.back.result} = 'failure'",
        "skipped": "skipped",
    }
    said = ", ".join(
        f"exists (from coupling where mapping = $m and {test})" for test in tests.values()
    )
    found = frame_of(db, f"select {said}", m=wanted.mapping).row(0)
    return {
        mark: test if any_ else "false"
        for (mark, test), any_ in zip(tests.items(), found, strict=True)
    }


AGREED = ("local_modified_at", "integration_modified_at", "local_row_hash",
          "integration_row_hash", "fingerprint", "agreed_seq", "agreed_at")  # fmt: skip
AS_BEFORE = f"""(select c.rowid, c.* replace ({
    ", ".join(
        f"case when b.job_id is null then c.{one} else b.{one} end as {one}" for one in AGREED
    )
}) from coupling c
    left join (select p.key_hash, j.direction, b.* from pending p join job j on j.seq = p.seq
        join job_coupling b on b.job_id = j.job_id and b.mapping = j.mapping and b.existed
        where p.status = 'not taken over' and p.before_hash is not null) b
      on b.mapping = c.mapping and b.integration_key_hash = c.integration_key_hash
     and b.key_hash = case when b.direction = 'to_integration' then c.integration_key_hash
                      else c.local_key_hash end)"""
"""Couplings, where a write that was not taken over has not happened: the pair is as before it."""


AS_AGREED = """source_as_agreed and destination_as_agreed
    and source_modified_at <= agreed_source_modified_at
    and destination_modified_at <= agreed_destination_modified_at
    and not failed_last and not failed_back and not skipped and not held and not not_taken_over"""
"""True of pairs of which nothing moved, not even a time: all that is said of one is true of all."""

NOTHING = ("failed_last", "failed_back", "skipped", "held", "not_taken_over")
"""What is true of no pair of which nothing moved."""

MANY = -1
"""The position in a row that stands for many pairs."""


def pairs_of(db: duckdb.DuckDBPyConnection, wanted: PairsWanted) -> pl.DataFrame:
    """Give the candidates of a step as `frames.PAIRS`, narrow, in no order.

    Uncoupled records of either side stand alone. Adds the columns asked for as `s:<field>` and
    `d:<field>`.
    """
    open_writes = not frame_of(db, f"{open_writes_of(wanted)} limit 1").is_empty()
    relation = AS_BEFORE if open_writes else "coupling"
    coupling = _coupling(wanted.flow, relation, _marks(db, wanted))
    if wanted.candidates != "all":
        note_candidates(db, wanted, coupling, open_writes=open_writes)
        return _pairs(db, wanted, _candidates(wanted), open_writes=open_writes)
    with _as_written(db):
        found = _pairs(db, wanted, _all(wanted, coupling), open_writes=open_writes)
    return pl.concat([found, _folded(db, wanted, found)]) if wanted.folded else found


def _folded(
    db: duckdb.DuckDBPyConnection, wanted: PairsWanted, others: pl.DataFrame
) -> pl.DataFrame:
    """Give one row for the pairs that are as they last agreed: what is coupled, less the others."""
    coupled = number_of(db, "select count(*) from coupling where mapping = $m", m=wanted.mapping)
    row = {
        **dict.fromkeys(others.columns),
        **dict.fromkeys(("coupling_row", "source_row", "destination_row"), MANY),
        **dict.fromkeys(("source_as_agreed", "destination_as_agreed"), True),
        **dict.fromkeys(NOTHING, False),
        "records": coupled - others["coupling_row"].count(),
    }
    return pl.DataFrame([row] if row["records"] else [], schema=others.schema)


@contextmanager
def _as_written(db: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Keep the tables behind `full join` in memory, and let the couplings stream past both.

    Left to itself the engine keeps the couplings and then the first result, which are wider: half
    as much time and memory again when all three tables are of one size.
    """
    db.execute("set disabled_optimizers = 'build_side_probe_side'")
    try:
        yield
    finally:
        db.execute("reset disabled_optimizers")


def _pairs(
    db: duckdb.DuckDBPyConnection, wanted: PairsWanted, joined: str, *, open_writes: bool
) -> pl.DataFrame:
    query = f"""select * from (select
            c.row as coupling_row, s.row as source_row, d.row as destination_row,
            s.m as source_modified_at, d.m as destination_modified_at,
            c.sm as agreed_source_modified_at, c.dm as agreed_destination_modified_at,
            s.h = c.sh as source_as_agreed, d.h = c.dh as destination_as_agreed,
            coalesce(c.failed, false) as failed_last,
            coalesce(c.failed_back, false) as failed_back, coalesce(c.skipped, false) as skipped,
            {_held(db, wanted)} as held, {_not_taken_over(wanted, open_writes)} as not_taken_over,
            1::bigint as records
            {_brought("s", wanted.source_fields)} {_brought("d", wanted.destination_fields)}
        from {joined}) {f"where ({AS_AGREED}) is not true" if wanted.folded else ""}"""
    params = {"mapping": wanted.mapping, "fingerprint": wanted.fingerprint}
    return frame_of(db, query, **used(params, query))


def _all(wanted: PairsWanted, coupling: str) -> str:
    return f"""({coupling}) c
        full join ({_narrow(wanted.source, "s", wanted.source_fields)}) s on s.k = c.sk
        full join ({_narrow(wanted.destination, "d", wanted.destination_fields)}) d on d.k = c.dk"""


def _candidates(wanted: PairsWanted) -> str:
    source = _narrow(wanted.source, "s", wanted.source_fields)
    destination = _narrow(wanted.destination, "d", wanted.destination_fields)
    return f"""candidate_coupling c
        full join ({source} where _key_hash in (select k from candidate)) s on s.k = c.sk
        full join ({destination} where _key_hash in (select k from candidate_here)) d
        on d.k = c.dk"""


def _narrow(image: Image, side: str, fields: Sequence[str]) -> str:
    named = "".join(f", {quoted(one)} as {quoted(f'{side}:{one}')}" for one in fields)
    return f"""select rowid as row, _key_hash as k, _modified_at as m, _row_hash as h{named}
        from {image.relation}"""


def _brought(side: str, fields: Sequence[str]) -> str:
    return "".join(f", {side}.{quoted(f'{side}:{one}')}" for one in fields)


def _held(db: duckdb.DuckDBPyConnection, wanted: PairsWanted) -> str:
    holds = "select 1 from hold where mapping = $m limit 1"
    if frame_of(db, holds, m=wanted.mapping).is_empty():
        return "false"
    return f"""coalesce(c.sk, s.k) in
        (select {wanted.flow.source}_key_hash from hold where mapping = $mapping)"""


def _not_taken_over(wanted: PairsWanted, open_writes: bool) -> str:
    return f"coalesce(c.dk in ({open_writes_of(wanted)}), false)" if open_writes else "false"
