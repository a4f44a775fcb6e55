"""The candidates of a step: which pairs it looks at, noted as the keys of their records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import duckdb

from mdsync_nb.store.flow import FROM, TO, Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.naming import NAMED, named_records
from mdsync_nb.store.sql import frame_of, key_text, literal

OVERLAP = timedelta(milliseconds=999)
"""A watermark read overlaps by this much, as the product's does (semantics.md 7.1)."""


@dataclass(frozen=True)
class PairsWanted:
    """Which pairs of a mapping a step looks at.

    flow: the direction of the step. candidates: `all`; `modified` since the mapping last ran;
    or `records`, whose source ids or keys are in `records`. source_fields and
    destination_fields come along as `s:` and `d:` columns, for filters. fingerprint: of the
    field mappings in force. folded: of all candidates, those that are as they last agreed come
    as one row; then no columns can come along. open_too: modified ones include pairs that never
    agreed or are mapped otherwise since. without: records that this user was the last to change
    are no modified ones.
    """

    mapping: str
    source: Image
    destination: Image
    fingerprint: int
    candidates: Literal["all", "modified", "records"] = "all"
    records: Sequence[str] = ()
    source_fields: Sequence[str] = ()
    destination_fields: Sequence[str] = ()
    folded: bool = False
    flow: Flow = FROM
    open_too: bool = True
    without: str = ""


def note_candidates(
    db: duckdb.DuckDBPyConnection, wanted: PairsWanted, coupling: str, *, open_writes: bool
) -> None:
    """Note the keys of the candidates on either side, and their couplings."""
    db.execute("create or replace temp table candidate (k ubigint)")
    if wanted.candidates == "records":
        _note_records(db, wanted)
    else:
        _note_modified(db, wanted, open_writes=open_writes)
    db.execute(
        f"""create or replace temp table candidate_coupling as
        {coupling} and {wanted.flow.source}_key_hash in (select k from candidate)""",
        {"mapping": wanted.mapping, "fingerprint": wanted.fingerprint},
    )
    db.execute(
        "create or replace temp table candidate_here as select dk as k from candidate_coupling"
    )
    if wanted.candidates == "records":
        _note_records_here(db, wanted)


def _note_records(db: duckdb.DuckDBPyConnection, wanted: PairsWanted) -> None:
    db.execute(
        f"insert into candidate {named_records(wanted.source, wanted.destination, wanted.flow)}",
        {"records": list(wanted.records), "mapping": wanted.mapping},
    )


def _note_records_here(db: duckdb.DuckDBPyConnection, wanted: PairsWanted) -> None:
    """Records of the destination that are asked for and have no counterpart."""
    db.execute(
        f"""insert into candidate_here select _key_hash from {wanted.destination.relation}
        where (_id in {NAMED} or {key_text(wanted.destination.key_fields)} in {NAMED})
          and _key_hash not in (select k from candidate_here)""",
        {"records": list(wanted.records)},
    )


def _note_modified(
    db: duckdb.DuckDBPyConnection, wanted: PairsWanted, *, open_writes: bool
) -> None:
    """Modified after the watermark, changed in a load since the last run, or to be looked at again.

    Again: failed, never agreed, mapped otherwise since, waiting or stale in the last run, undone,
    and written but not taken over. A watermark of the local side is read without the overlap.
    Source: semantics.md 4.11, 7.1.
    """
    state, flow = state_of(db, wanted.mapping), wanted.flow
    source = wanted.source
    moved = [
        """select key_hash from change where company = $company and "table" = $table
            and seq > $seq"""
    ]
    watermark = state.get(flow.watermark)
    if watermark is None:
        moved.append(f"select _key_hash from {source.relation}")
    elif source.has_times:
        moved.append(f"select _key_hash from {source.relation} where _modified_at > $read_from")
    query = " union ".join(moved)
    if wanted.without:
        query = f"""select _key_hash from {source.relation} where _key_hash in ({query})
            and _modified_by is distinct from $without"""
    query = " union ".join([query, *_again(wanted, open_writes=open_writes)])
    params = {
        "company": source.company,
        "table": source.table,
        "seq": state.get(flow.seq) or 0,
        "mapping": wanted.mapping,
        "fingerprint": wanted.fingerprint,
        "read_from": watermark if flow is TO else watermark and watermark - OVERLAP,  # type: ignore[operator]
        "without": wanted.without,
    }
    db.execute(f"insert into candidate {query}", used(params, query))


def used(params: Mapping[str, object], query: str) -> dict[str, object]:
    """The parameters a query has a place for; it takes no others."""
    return {name: value for name, value in params.items() if f"${name}" in query}


def _again(wanted: PairsWanted, *, open_writes: bool) -> list[str]:
    """The SQL of what is looked at again, a test each: what is true of no coupling is known from
    the bounds of the blocks, but only of a test that stands alone."""
    flow, key = wanted.flow, f"{wanted.flow.source}_key_hash"
    tests = [f"{flow.result} = 'failure'"]
    if wanted.open_too:
        tests += [f"{flow.source}_row_hash is null", "fingerprint <> $fingerprint"]
    again = [
        f"select {key} from coupling where mapping = $mapping and not skipped and {test}"
        for test in tests
    ]
    again += [
        f"select {key} from revisit where mapping = $mapping and {key} is not null",
        f"select {key} from hold where mapping = $mapping",
    ]
    if open_writes:
        again.append(
            f"""select {key} from coupling where mapping = $mapping
            and {flow.destination}_key_hash in ({open_writes_of(wanted)})"""
        )
    return again


def state_of(db: duckdb.DuckDBPyConnection, mapping: str) -> dict[str, object]:
    """Give what runs changed about a mapping: watermark, last run; empty before the first."""
    rows = frame_of(db, "select * from mapping_state where mapping = $m", m=mapping).to_dicts()
    return rows[0] if rows else {}


def open_writes_of(wanted: PairsWanted) -> str:
    return f"""select key_hash from pending where status = 'not taken over'
        and company = {literal(wanted.destination.company)}
        and "table" = {literal(wanted.destination.table)}"""
