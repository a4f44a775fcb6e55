"""Couplings: how pairs are put together, and how an agreement is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb.errors import UsageError
from mdsync_nb.store.flow import Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.naming import among_named
from mdsync_nb.store.rejections import STANDS, lift
from mdsync_nb.store.sql import number_of

NOT_REJECTED = f"""and not exists (select 1 from rejection r where r.mapping = $mapping
    and r.integration_id = p.integration_id and r.local_id = p.local_id and r.{STANDS})"""
"""Of a pair `p` to be coupled: nobody rejected it since it was found."""


@dataclass(frozen=True)
class NewCouplings:
    """Pairs to be coupled: `integration_id`, `local_id`, `equal` (they agree in every field).

    now: they have the times of their coupling, else none. chosen: a person chose the pairs.
    """

    mapping: str
    pairs: pl.DataFrame
    integration: Image
    local: Image
    fingerprint: int
    now: bool = True
    chosen: bool = False


def insert_couplings(
    db: duckdb.DuckDBPyConnection, new: NewCouplings, *, job_id: int, seq: int
) -> int:
    """Couple pairs of which neither side is coupled yet, and give how many there were. Pairs that
    a person chose take the place of what they had (semantics.md 3.2).

    Both times become the `as_of` of their side, as the product takes *now* for master data
    (semantics.md 3.4); with Dataverse they stay blank, so both records count as changed (3.1).
    Pairs that are equal have agreed: their hashes and this moment become the base. A pair that was
    rejected since it was found is left out; one that a person chose is no longer rejected.
    Raises UsageError when a record is in two of the pairs, or was chosen for another although its
    own counterpart is there.
    """
    _refuse_two_counterparts(new.pairs)
    db.register("fresh", new.pairs.select("integration_id", "local_id", "equal"))
    if new.chosen:
        _make_way(db, new, job_id=job_id)
    agreed = "case when p.equal then {} end"
    db.execute(
        f"""create or replace temp table joined as
        select $mapping as mapping, p.local_id, p.integration_id, l._key_hash as local_key_hash,
            i._key_hash as integration_key_hash,
            case when $now then greatest(l._modified_at, $local_as_of) end as local_modified_at,
            case when $now then greatest(i._modified_at, $integration_as_of) end
                as integration_modified_at,
            {agreed.format("l._row_hash")} as local_row_hash,
            {agreed.format("i._row_hash")} as integration_row_hash,
            $fingerprint::ubigint as fingerprint, {agreed.format("$seq")} as agreed_seq,
            {agreed.format("$at::timestamp")} as agreed_at, null::varchar as last_result,
            null::bigint as last_job, 0 as failures, false as skipped, $job as coupled_job
        from fresh p join {new.local.relation} l on l._key_hash = hash(p.local_id)
        join {new.integration.relation} i on i._key_hash = hash(p.integration_id)
        where l._key_hash not in (select local_key_hash from coupling where mapping = $mapping)
          and i._key_hash not in
            (select integration_key_hash from coupling where mapping = $mapping)
          {"" if new.chosen else NOT_REJECTED}""",
        {
            "mapping": new.mapping,
            "now": new.now,
            "local_as_of": new.local.as_of,
            "integration_as_of": new.integration.as_of,
            "fingerprint": new.fingerprint,
            "seq": seq,
            "at": max(new.local.as_of, new.integration.as_of),
            "job": job_id,
        },
    )
    db.unregister("fresh")
    db.execute("insert into coupling by name select * from joined")
    db.execute(
        "insert into job_coupling by name select $job as job_id, false as existed, * from joined",
        {"job": job_id},
    )
    lift(db, job_id=job_id)
    return number_of(db, "select count(*) from joined")


def _make_way(db: duckdb.DuckDBPyConnection, new: NewCouplings, *, job_id: int) -> None:
    """Take the couplings apart that pairs a person chose replace: a local record gets another
    counterpart, or the one of a record there is gone."""
    db.execute(
        """create or replace temp table parting as
        select distinct c.rowid as row, c.* from coupling c join fresh p
        on (c.local_id = p.local_id) <> (c.integration_id = p.integration_id)
        where c.mapping = $mapping""",
        {"mapping": new.mapping},
    )
    kept = db.sql(
        f"""select integration_id, local_id from parting
        where integration_id in (select integration_id from fresh)
          and local_key_hash in (select _key_hash from {new.local.relation}) order by all limit 1"""
    ).fetchall()
    for there, here in kept:
        raise UsageError(
            f"{there} cannot be coupled: it is already coupled to {here}.",
            hint="Uncouple that one first, or choose another record.",
        )
    part(db, job_id=job_id)


def _refuse_two_counterparts(pairs: pl.DataFrame) -> None:
    for side, said in (("integration_id", "source"), ("local_id", "local")):
        hashes = pairs[side].hash()
        if hashes.n_unique() == hashes.len():
            continue
        twice = pairs.filter(pl.col(side).is_duplicated())
        if twice.height:
            raise UsageError(
                f"The {said} record {twice[side][0]!r} is in several pairs.",
                hint="A record has one counterpart; leave the other pairs out.",
            )


def note_parting(
    db: duckdb.DuckDBPyConnection,
    mapping: str,
    records: Sequence[str],
    sides: tuple[Image, Image] | None,
) -> int:
    """Note the couplings to take apart as `parting`, and give how many there are.

    records: ids or keys of either side; none named means all of the mapping. sides: (source,
    destination), by which records are named.
    """
    named_by: dict[str, object] = {"mapping": mapping}
    among, named = among_named(mapping, records, sides) if sides else ("", named_by)
    db.execute(
        f"""create or replace temp table parting as
        select rowid as row, * from coupling where mapping = $mapping {among}""",
        named,
    )
    return number_of(db, "select count(*) from parting")


def part(db: duckdb.DuckDBPyConnection, *, job_id: int) -> int:
    """Take the couplings in `parting` apart and give how many; the job remembers how they were.

    The records stay on both sides (semantics.md 10, uncoupling without an uncouple codeunit).
    """
    db.execute(
        """insert into job_coupling by name
        select $job as job_id, true as existed, * exclude (row) from parting""",
        {"job": job_id},
    )
    db.execute("delete from coupling where rowid in (select row from parting)")
    return number_of(db, "select count(*) from parting")


def part_removed(db: duckdb.DuckDBPyConnection, *, job_id: int) -> int:
    """Take the couplings apart that Remove Coupling decided, whose last record was deleted, or that
    a person asked to be taken apart, and give how many those of a person were (semantics.md 4.7,
    10, 11.1)."""
    db.execute(
        """create or replace temp table parting as select c.rowid as row, c.* from coupling c
        where c.rowid in (select coupling_row from todo
            where outcome = 'applied' and was_id in (c.local_id, c.integration_id)
              and rule in ('remove-coupling', 'delete', 'uncouple', 'uncouple-alone'))"""
    )
    part(db, job_id=job_id)
    asked = "outcome = 'applied' and rule in ('uncouple', 'uncouple-alone')"
    return number_of(
        db,
        f"select count(*) from parting where row in (select coupling_row from todo where {asked})",
    )


def agree(
    db: duckdb.DuckDBPyConnection,
    flow: Flow,
    *,
    job_id: int,
    seq: int,
    at: datetime,
    fingerprint: int,
) -> None:
    """Remember that the pairs in `settled` agree now: times forward, hashes, no failures.

    `settled` holds coupling_row and both rows' times and hashes. A time never moves backwards
    (semantics.md 3.1, 3.4), but for a destination that is still to be read (4.5, step 10). They are
    written anew at the end, as changed records are.
    """
    db.execute(
        """create or replace temp table agreeing as select c.rowid as row, c.* from coupling c
        where c.rowid in (select coupling_row from settled)"""
    )
    db.execute(
        """insert into job_coupling by name
        select $job as job_id, true as existed, * exclude (row) from agreeing""",
        {"job": job_id},
    )
    there, here = flow.source, flow.destination
    db.execute(
        f"""update agreeing c set
            {there}_modified_at = greatest(c.{there}_modified_at, s.source_modified_at),
            {here}_modified_at = case when s.set_back then s.destination_modified_at
                else greatest(c.{here}_modified_at, s.destination_modified_at) end,
            {there}_row_hash = s.source_hash, {here}_row_hash = s.destination_hash,
            {here}_id = s.destination_id, {here}_key_hash = hash(s.destination_id),
            fingerprint = $fingerprint, agreed_seq = $seq, agreed_at = $at,
            {flow.result} = 'success', {flow.job} = $job, failures = 0, skipped = false
        from settled s where c.row = s.coupling_row""",
        {"job": job_id, "seq": seq, "at": at, "fingerprint": fingerprint},
    )
    db.execute("delete from coupling where rowid in (select row from agreeing)")
    db.execute("insert into coupling by name select * exclude (row) from agreeing")


def remember_failures(
    db: duckdb.DuckDBPyConnection, flow: Flow, *, job_id: int, skips_after: int | None
) -> None:
    """Count a failure on the pairs in `refused`, and set aside those that failed too often.

    skips_after: so many in a row, whatever their texts; None: twice in this direction with the same
    text, of which the first 250 characters count (semantics.md 3.1, 3.4, 4.10).
    """
    too_often = f"c.failures + 1 >= {skips_after}" if skips_after else _same_again(flow)
    db.execute(
        """insert into job_coupling by name select $job as job_id, true as existed, c.*
        from coupling c where c.rowid in (select coupling_row from refused)""",
        {"job": job_id},
    )
    db.execute(
        f"""create or replace temp table refused_now as
        select c.rowid as row, {too_often} as too_often from coupling c
        join refused r on c.rowid = r.coupling_row"""
    )
    db.execute(
        f"""update coupling c set failures = failures + 1,
            skipped = skipped or coalesce(r.too_often, false),
            {flow.result} = 'failure', {flow.job} = $job
        from refused_now r where c.rowid = r.row""",
        {"job": job_id},
    )


def set_aside(db: duckdb.DuckDBPyConnection, *, job_id: int) -> None:
    """Set pairs aside that were looked for because a record is gone (semantics.md 11.1)."""
    found = """select coupling_row from todo
        where outcome = 'skip' and rule in ('found-deleted', 'found-outside')"""
    db.execute(
        f"""insert into job_coupling by name select $job as job_id, true as existed, c.*
        from coupling c where c.rowid in ({found})""",
        {"job": job_id},
    )
    db.execute(f"update coupling set skipped = true where rowid in ({found})")


def _same_again(flow: Flow) -> str:
    before = f"""(select arg_max(e.message, e.failed_at) from job_error e
        where e.job_id = c.{flow.job} and e.mapping = c.mapping
          and e.source_id = c.{flow.source}_id)"""
    return f"""c.{flow.result} = 'failure' and r.message <> ''
        and left(r.message, 250) = left({before}, 250)"""
