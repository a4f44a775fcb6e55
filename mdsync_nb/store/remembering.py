"""What is remembered of a step that was written: changes, what waits for a load, couplings, job."""

from __future__ import annotations

from datetime import datetime

import duckdb

from mdsync_nb.store.couples import agree, part_removed, remember_failures, set_aside
from mdsync_nb.store.echoes import OPEN
from mdsync_nb.store.flow import Flow
from mdsync_nb.store.judging import StepFacts
from mdsync_nb.store.keeping import keep_apart, remember_stays
from mdsync_nb.store.taking_back import let_go_decided

WRITTEN = "t.outcome = 'applied' and t.action in ('insert', 'modify', 'delete')"
DESTINATION = "case when destination_id not like 'new:%' then destination_id end"
"""Of a record that was to be created and was not there is none (semantics.md 7.4)."""


def remember_changes(db: duckdb.DuckDBPyConnection, facts: StepFacts, seq: int) -> None:
    """Remember what the image held before, so that there is a base to compare with."""
    named = {"seq": seq, "company": facts.destination.company, "table": facts.destination.table}
    db.execute(
        f"""insert into change select $seq, $company, $table, destination_id, hash(destination_id),
            case action when 'insert' then 'inserted' when 'delete' then 'deleted'
            else 'changed' end
        from todo t where {WRITTEN}
          and (action <> 'modify' or row in (select row from writes))""",
        named,
    )
    db.execute(
        """insert into change_cell select $seq, $company, $table, hash(destination_id), field,
            before, after from writes where action = 'modify'""",
        named,
    )
    db.execute(
        f"""update image set seq = $seq, rows = (select count(*) from {facts.destination.relation})
        where company = $company and "table" = $table""",
        named,
    )


def remember_pending(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, *, job_id: int, seq: int
) -> None:
    """Note each write until a load confirms it; a second write keeps what was before the first."""
    place = {"company": facts.destination.company, "table": facts.destination.table}
    db.execute(
        f"""create or replace temp table waiting as
        select $company as company, $table as "table", t.destination_id as id,
            hash(t.destination_id) as key_hash, coalesce(a.key, t.key_now) as key,
            coalesce(p.before_id, t.was_id) as before_id, $job as job_id,
            coalesce(p.seq, $seq) as seq,
            case when p.id is null then t.destination_hash else p.before_hash end as before_hash,
            a.h as after_hash, 'pending' as status
        from todo t left join after a on a.k = hash(t.destination_id)
        left join pending p on p.company = $company and p."table" = $table
            and p.key_hash = hash(t.was_id) and {OPEN}
        where {WRITTEN}""",
        {**place, "job": job_id, "seq": seq},
    )
    db.execute(
        f"""delete from pending where company = $company and "table" = $table
            and key_hash in (select hash(t.was_id) from todo t where {WRITTEN}
                union select key_hash from waiting)""",
        place,
    )
    db.execute(
        "insert into pending select * from waiting where before_hash is distinct from after_hash"
    )


def forget_pending(db: duckdb.DuckDBPyConnection, undone: int) -> None:
    """Stop waiting for writes of an undone job that never arrived."""
    db.execute(
        """delete from pending where job_id = $undone and key_hash in
            (select hash(destination_id) from todo
             where outcome = 'applied' and action = 'unchanged')""",
        {"undone": undone},
    )


def remember_agreement(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, *, job_id: int, seq: int, at: datetime
) -> int:
    """Remember that the records the step applied agree now, and couple those it created; gives how
    many a person took apart by it."""
    db.execute(
        """create or replace temp table settled as
        select t.coupling_row, t.source_id, t.destination_id, t.source_modified_at,
            a.m as destination_modified_at, t.source_now as source_hash, a.h as destination_hash,
            false as set_back
        from todo t join after a on a.k = hash(t.destination_id)
        where t.outcome = 'applied' and t.action in ('insert', 'modify', 'unchanged')
          and t.rule not in
            ('ours-stays', 'remove-coupling', 'uncouple', 'company-id-reset')"""
    )
    uncoupled = part_removed(db, job_id=job_id)
    keep_apart(db, facts, seq)
    remember_stays(db, job_id=job_id)
    flow = facts.flow
    agree(db, flow, job_id=job_id, seq=seq, at=at, fingerprint=facts.fingerprint)
    if facts.undone is None:
        let_go_decided(db, facts.mapping, flow)
    db.execute(
        f"""create or replace temp table made as
        select $mapping as mapping, {_of_both(flow)},
            $fingerprint::ubigint as fingerprint, $seq as agreed_seq, $at::timestamp as agreed_at,
            null::varchar as {flow.back.result}, null::bigint as {flow.back.job},
            'success' as {flow.result}, $job as {flow.job}, 0 as failures, false as skipped,
            $job as coupled_job
        from settled where coupling_row is null""",
        {"mapping": facts.mapping, "fingerprint": facts.fingerprint, "seq": seq, "at": at,
         "job": job_id},
    )  # fmt: skip
    db.execute("insert into coupling by name select * from made")
    db.execute(
        "insert into job_coupling by name select $job as job_id, false as existed, * from made",
        {"job": job_id},
    )
    return uncoupled


def _of_both(flow: Flow) -> str:
    """The SQL of what a new pair says of its two records."""
    return ", ".join(
        f"""{role}_id as {side}_id, hash({role}_id) as {side}_key_hash,
        {role}_modified_at as {side}_modified_at, {role}_hash as {side}_row_hash"""
        for role, side in (("source", flow.source), ("destination", flow.destination))
    )


def remember_open(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, *, job_id: int, last_job: int | None
) -> None:
    """Note what the next run looks at again: couplings that wait, and whatever was stale.

    last_job: the mapping's last job when the plan was made; what was noted later stays.
    """
    db.execute(
        """create or replace temp table refused as
        select coupling_row, message from todo
        where outcome = 'fail' and coupling_row is not null"""
    )
    remember_failures(db, facts.flow, job_id=job_id, skips_after=facts.skips_after)
    db.execute(
        f"""update todo set outcome = 'skip' where outcome = 'fail' and coupling_row in
        (select rowid from coupling where skipped and {facts.flow.job} = $job)""",
        {"job": job_id},
    )
    set_aside(db, job_id=job_id)
    key = f"{facts.flow.source}_key_hash"
    db.execute(
        f"""delete from revisit where mapping = $mapping and {key} is not null
            and (job_id <= $last or {key} in (select hash(source_id) from todo))""",
        {"mapping": facts.mapping, "last": last_job or 0},
    )
    db.execute(
        f"""insert into revisit (mapping, {key}, job_id)
        select $mapping, hash(source_id), $job from todo
        where source_id is not null
          and (outcome = 'stale' or (outcome = 'wait' and coupling_row is not null))""",
        {"mapping": facts.mapping, "job": job_id},
    )


def remember_records(db: duckdb.DuckDBPyConnection, *, job_id: int, at: datetime) -> None:
    """Note what the job did to each record it has something to say about, and its errors."""
    db.execute(
        f"""insert into job_record
        select $job, mapping, source_id, {DESTINATION}, t.key, action, rule, outcome,
            message, destination_hash, a.h, was_modified_at, was_modified_by
        from todo t left join after a on a.k = hash(t.destination_id)
        where outcome not in ('none', 'unchanged')""",
        {"job": job_id},
    )
    db.execute(
        f"""insert into job_error
        select $job, mapping, $at, source_id, {DESTINATION}, key, rule, message
        from todo where action = 'fail' or outcome = 'fail'
            or (outcome = 'stale' and action in ('insert', 'modify', 'delete'))
            or (outcome = 'skip' and action = 'fail')
            or (outcome = 'skip' and rule in ('found-deleted', 'found-outside'))""",
        {"job": job_id, "at": at},
    )
