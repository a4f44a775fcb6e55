"""Cleaning up: old jobs, plans, loads and changes go; what something still refers to stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.store.changes_kept import forget_changes
from mdsync_nb.store.happened import SETTLED, STANDS, SUCCEEDED
from mdsync_nb.store.sql import frame_of

STANDING = f"""select unnest([min(e.job_id), max(e.job_id)]) from job_error e {SETTLED}
    where {STANDS} group by e.mapping, e.source_id, e.rule, e.message"""
"""The first and the newest job of every error that stands: they say since when and until when."""

ERROR, ASIDE = "An error of it still stands.", "A coupling that is set aside refers to it."
REFERRED: tuple[tuple[str, str], ...] = (
    ("It is in process.", "j.status = 'in process'"),
    (
        ASIDE,
        """j.job_id in (select unnest([last_job, last_integration_job]) from coupling
            where skipped)""",
    ),
    (ERROR, f"j.job_id in ({STANDING})"),
    (
        "It wrote records that no load has confirmed yet.",
        "j.job_id in (select job_id from pending) or j.seq in (select seq from pending)",
    ),
    ("Records it took back are held until a retry.", "j.job_id in (select job_id from hold)"),
    (
        "The full synchronization refers to it.",
        """j.job_id in (select job_id from review)
            or j.plan_id in (select plan_id from review)""",
    ),
    (
        "It is the last job of its mapping.",
        """j.job_id in (select last_job from mapping_state)
            or j.job_id in (select max(job_id) from job group by mapping)""",
    ),
)
"""Why an old job stays, in this order (semantics.md 7.5; the product asks the second alone)."""

UNDONE = "A job that stays took it back."
UNFINISHED = "Its plan was not applied to its end, and it stays."
LAST_LOAD = "It is the last load of its table."
IN_FORCE = "It is in force."


@dataclass(frozen=True)
class Retention:
    """What is old: jobs and loads from before a time (UTC) that are not among the newest `keep`.

    plans: a plan that was not applied and is newer than this may still be, and stays.
    """

    jobs: datetime
    loads: datetime
    plans: datetime
    keep: int


@dataclass(frozen=True)
class Cleaned:
    """What went and what stayed (`frames.CLEANED`), and reports of runs whose errors stand."""

    rows: pl.DataFrame
    reports: list[str]


def clean_up(db: duckdb.DuckDBPyConnection, retention: Retention, uses: pl.DataFrame) -> Cleaned:
    """Delete what is old and nothing refers to; gives what went, and what stayed and why.

    uses: the tables of mappings, `mapping`, `side`, `company`, `table`.
    """
    _note_jobs(db, retention)
    _note_plans(db, retention)
    _note_loads(db, retention)
    rows = [_jobs(db), _plans(db), _loads(db)]
    reports = _reports_that_stay(db)
    _delete(db)
    rows.append(_delete_queue_runs(db, retention))
    rows.append(forget_changes(db, uses))
    found = [frames.conform(one, frames.CLEANED) for one in rows]
    return Cleaned(pl.concat(found), reports)


def _note_jobs(db: duckdb.DuckDBPyConnection, retention: Retention) -> None:
    """Judge every job: `why` it stays, null for one that goes, and whether it is `old`."""
    arms = " ".join(f"when {test} then {_text(reason)}" for reason, test in REFERRED)
    db.execute(
        f"""create or replace temp table judged_job as
        select j.job_id, j.plan_id, coalesce(j.finished_at, j.started_at) as at,
            coalesce(j.finished_at, j.started_at) < $before
                and row_number() over (order by j.job_id desc) > $keep as old,
            case {arms} when p.status <> 'applied' and p.made_at >= least($before, $plans)
                then {_text(UNFINISHED)} end as why,
            p.undoes, coalesce(p.status, 'applied') <> 'applied' as begun
        from job j left join plan p using (plan_id)""",
        {"before": retention.jobs, "keep": retention.keep, "plans": retention.plans},
    )
    db.execute("update judged_job set why = 'young' where not old and why is null")
    while True:
        before = _staying(db)
        db.execute(
            f"""update judged_job set why = {_text(UNDONE)} where why is null and job_id in
                (select undoes from judged_job where why is not null)"""
        )
        db.execute(
            f"""update judged_job set why = {_text(UNFINISHED)} where why is null and begun
                and plan_id in (select plan_id from judged_job where why is not null)"""
        )
        if _staying(db) == before:
            return


def _staying(db: duckdb.DuckDBPyConnection) -> int:
    ((many,),) = db.execute("select count(*) from judged_job where why is not null").fetchall()
    return int(many)


def _text(reason: str) -> str:
    return "'" + reason.replace("'", "''") + "'"


def _note_plans(db: duckdb.DuckDBPyConnection, retention: Retention) -> None:
    """Note the plans that go: old, of no job that stays, and not about to be applied."""
    db.execute(
        """create or replace temp table going_plan as select plan_id from plan p
        where made_at < case when status = 'applied' then $jobs else least($jobs, $plans) end
          and plan_id not in (select plan_id from judged_job
                where why is not null and plan_id is not null)
          and plan_id not in (select plan_id from review where plan_id is not null)""",
        {"jobs": retention.jobs, "plans": retention.plans},
    )


def _note_loads(db: duckdb.DuckDBPyConnection, retention: Retention) -> None:
    """Judge every load: `why` it stays, null for one that goes."""
    db.execute(
        f"""create or replace temp table judged_load as
        select l.load_id, case when not (l.loaded_at < $before
                and row_number() over (order by l.load_id desc) > $keep) then 'young'
            when l.load_id in (select load_id from image) then '{IN_FORCE}'
            when l.load_id in (select max(load_id) from load group by company, "table")
                then '{LAST_LOAD}' end as why
        from load l""",
        {"before": retention.loads, "keep": retention.keep},
    )


YOUNG = "Not old enough, or among the newest that are kept."


def _jobs(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The jobs that go, those that are old and stay, and how many are young."""
    return frame_of(
        db,
        f"""select 'job' as kind, j.job_id::varchar || ' ' || j.mapping as what, o.at,
            o.why is null as deleted, coalesce(r.records, 0) as records,
            coalesce(o.why, case when j.undone_by is null and j.inserted + j.modified + j.deleted
                + j.coupled + j.uncoupled > 0 then 'Old. It can then no longer be undone.'
                else 'Old.' end) as reason
        from judged_job o join job j using (job_id)
        left join (select job_id, count(*) as records from job_record group by all) r using (job_id)
        where o.why is distinct from 'young' and (o.old or o.why is null)
        union all
        select 'job', 'others', null, false, count(*), '{YOUNG}'
        from judged_job where not old having count(*) > 0
        order by deleted desc, what""",
    )


def _plans(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return frame_of(
        db,
        """select 'plan' as kind, plan_id || ' ' || title as what, made_at as at, true as deleted,
            coalesce(d.records, 0) as records, case status when 'applied' then 'Old.'
                when 'stopped' then 'Old, and it was stopped.'
                else 'Old, and it was never applied.' end as reason
        from plan join going_plan using (plan_id)
        left join (select plan_id, count(*) as records from plan_decision group by all) d
            using (plan_id)
        order by made_at""",
    )


def _loads(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return frame_of(
        db,
        f"""select 'load' as kind, l.load_id::varchar || ' ' || company || ' ' || "table" as what,
            loaded_at as at, o.why is null as deleted, coalesce(set_aside, 0) as records,
            coalesce(o.why, 'Old.') as reason
        from judged_load o join load l using (load_id) where o.why is distinct from 'young'
        union all
        select 'load', 'others', null, false, count(*), '{YOUNG}'
        from judged_load where why = 'young' having count(*) > 0
        order by deleted desc, what""",
    )


def _reports_that_stay(db: duckdb.DuckDBPyConnection) -> list[str]:
    """The reports of runs whose jobs stay because an error of theirs stands."""
    found = frame_of(
        db,
        f"""select distinct q.report from queue_log q join job j on j.queue_log = q.log_id
        join judged_job o using (job_id)
        where o.why in ({_text(ERROR)}, {_text(ASIDE)}) and q.report is not null""",
    )
    return [str(one) for one in found["report"].to_list()]


def _delete(db: duckdb.DuckDBPyConnection) -> None:
    """Delete jobs, plans and loads with all that belongs to them. A rejection that stands stays.

    An error that a job settled does not stand again because that job goes: it goes with it.
    """
    gone = "(select job_id from judged_job where why is null)"
    left = SUCCEEDED.format(and_more=f"and job_id not in {gone}")
    db.execute(
        f"""delete from job_error where rowid in (
            select e.rowid from job_error e {SETTLED}
            left join {left} r on r.mapping = e.mapping and r.id = e.source_id
            where not {STANDS} and coalesce(r.job_id, 0) <= e.job_id)"""
    )
    for table in ("job_record", "job_error", "job_coupling", "job"):
        db.execute(f"delete from {table} where job_id in {gone}")
    db.execute(f"delete from rejection where lifted_by in {gone}")
    for table in ("plan_cell", "plan_decision", "plan"):
        db.execute(f"delete from {table} where plan_id in (select plan_id from going_plan)")
    for table in ("set_aside", "load"):
        db.execute(
            f"""delete from {table} where load_id in
                (select load_id from judged_load where why is null)"""
        )


def _delete_queue_runs(db: duckdb.DuckDBPyConnection, retention: Retention) -> pl.DataFrame:
    """Delete old runs of job queue entries, but for the newest of each and those of jobs."""
    db.execute(
        """create or replace temp table going_run as select log_id from (
            select log_id, status, coalesce(finished_at, started_at) as ended,
                row_number() over (order by log_id desc) as nth from queue_log)
        where ended < $before and nth > $keep and status <> 'in process'
          and log_id not in (select queue_log from job where queue_log is not null)
          and log_id not in (select log_id from queue_entry where log_id is not null)""",
        {"before": retention.jobs, "keep": retention.keep},
    )
    found = frame_of(
        db,
        """select 'queue run' as kind, count(*)::varchar || ' runs' as what,
            null::timestamp as at, true as deleted, count(*) as records, 'Old.' as reason
        from going_run having count(*) > 0""",
    )
    db.execute("delete from queue_log where log_id in (select log_id from going_run)")
    return found
