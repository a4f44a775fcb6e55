"""The plans that are kept: a row each, without their records; and how one is discarded."""

from __future__ import annotations

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import Action
from mdsync_nb.store.sql import frame_of

WRITING = [one.value for one in Action if one.writes]
WAITING = [one.value for one in Action if one.waits]
STEP = """[{"mapping": "VARCHAR", "destination": "VARCHAR", "refused": ["JSON"],
    "counts": [{"action": "VARCHAR", "records": "BIGINT"}]}]"""
"""What is read of the steps of a plan."""

LISTED = f"""
with step as (select plan_id, unnest(from_json(steps, '{STEP}')) as s from plan),
summed as (
    select plan_id, list(distinct s.mapping order by s.mapping) as mappings, count(*) as steps,
        list(distinct s.destination order by s.destination) as companies,
        sum(list_sum([c.records for c in s.counts if list_contains($writes, c.action)])) as writes,
        sum(list_sum([c.records for c in s.counts if list_contains($waits, c.action)])) as waiting,
        bool_or(len(s.refused) > 0) as refused
    from step group by plan_id),
begun as (
    select plan_id, count(*) filter (status = 'finished') as done,
        count(*) filter (status = 'finished' and undone_by is not null) as undone,
        count(*) filter (status = 'in process') as going, arg_max(status, job_id) as last
    from job where plan_id is not null group by plan_id)
select p.plan_id, p.title, p.kind, p.made_at,
    case when p.status = 'applied' then 'applied' when b.going > 0 then 'in process'
        when b.last = 'failed' then 'failed' when b.done > 0 then 'stopped' else p.status end
        as status,
    coalesce(s.mappings, []) as mappings, coalesce(s.companies, []) as companies,
    coalesce(s.writes, 0) as writes,
    coalesce(s.waiting, 0) as waiting, coalesce(s.refused, false) as refused,
    coalesce(s.steps, 0) as steps, coalesce(b.done, 0) as done, coalesce(b.undone, 0) as undone,
    p.undoes
from plan p left join summed s using (plan_id) left join begun b using (plan_id)
order by p.made_at desc, p.plan_id
"""


def plans_kept(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every plan, newest first (`frames.PLANS`)."""
    found = frame_of(db, LISTED, writes=WRITING, waits=WAITING)
    return frames.conform(found, frames.PLANS)


def discard(db: duckdb.DuckDBPyConnection, plan_id: str) -> None:
    """Forget a plan nothing was written of; a line of the full synchronization that was to go on
    with it makes a new one. Raises what `refuse_written` raises."""
    refuse_written(db, plan_id)
    db.execute("update review set plan_id = null where plan_id = $p", {"p": plan_id})
    for table in ("plan_cell", "plan_decision", "plan"):
        db.execute(f"delete from {table} where plan_id = $p", {"p": plan_id})


def refuse_written(db: duckdb.DuckDBPyConnection, plan_id: str) -> None:
    """Raise UsageError for a plan that was written, wholly or in part, UnknownName for none."""
    known = [str(one) for (one,) in db.sql("select plan_id from plan").fetchall()]
    if plan_id not in known:
        raise UnknownName("plan", plan_id, known)
    wrote = db.sql(
        """select job_id from job where plan_id = $p and status in ('finished', 'in process')
        order by job_id""",
        params={"p": plan_id},
    ).fetchall()
    if wrote:
        jobs = ", ".join(str(one) for (one,) in wrote)
        raise UsageError(
            f"Plan {plan_id} was written, by job {jobs}; what was written has to keep its plan.",
            hint="Take jobs back with `mdsync undo`; `mdsync clean-up` deletes plans that are old.",
        )
