"""Plans and jobs as they are kept: a plan under its id, a job under its number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import Direction
from mdsync_nb.store.flow import flow_of
from mdsync_nb.store.sql import frame_of, listed, number_of

COUNTERS = (
    "inserted", "modified", "deleted", "unchanged", "skipped", "failed", "coupled", "uncoupled",
    "waiting", "stale",
)  # fmt: skip


@dataclass(frozen=True)
class StoredPlan:
    """A plan as it is kept. steps: one dict a step, with its facts and its counts per rule."""

    plan_id: str
    made_at: datetime
    kind: str
    title: str
    settings_hash: str
    status: str
    steps: list[dict[str, Any]]
    undoes: int | None
    decisions: pl.DataFrame
    cells: pl.DataFrame


HASHED = {
    **frames.DECISIONS,
    "step": pl.Int32(),
    "source_hash": frames.HASH,
    "destination_hash": frames.HASH,
}
"""Decisions as they are planned: with the step and the row hashes they were made from."""


LOOSELY = """set disabled_compression_methods = 'dict_fsst'; set threads = 1;
    set wal_autocheckpoint = '1KB'"""
"""Until the end of the visit: packing the texts of a plan tightly costs as much as making it, two
threads that write into one table cost half as much again as one, and what goes straight into the
file need not be written twice."""


def keep_plan(db: duckdb.DuckDBPyConnection, plan: StoredPlan) -> bool:
    """Keep a plan under its id; False when the same plan is kept already."""
    known = db.sql("select 1 from plan where plan_id = $p", params={"p": plan.plan_id}).fetchall()
    if known:
        return False
    db.execute(
        "insert into plan values (?, ?, ?, ?, ?, 'planned', ?, ?)",
        [plan.plan_id, plan.made_at, plan.kind, plan.title, plan.settings_hash,
         json.dumps(plan.steps, default=str), plan.undoes],
    )  # fmt: skip
    db.execute(LOOSELY)
    keep_rows(db, plan.plan_id, plan.decisions, plan.cells)
    return True


def keep_rows(
    db: duckdb.DuckDBPyConnection, plan_id: str, decisions: pl.DataFrame, cells: pl.DataFrame
) -> None:
    """Keep the decisions and cells of a plan."""
    for table, frame in (("plan_decision", decisions), ("plan_cell", cells)):
        db.register("kept", frame)
        db.execute(f"insert into {table} by name select $p as plan_id, * from kept", {"p": plan_id})
        db.unregister("kept")


def plan_of(db: duckdb.DuckDBPyConnection, plan_id: str) -> StoredPlan | None:
    """Give a kept plan, or None."""
    rows = db.sql(
        """select plan_id, made_at, kind, title, settings_hash, status, undoes, steps
        from plan where plan_id = $p""",
        params={"p": plan_id},
    ).fetchall()
    if not rows:
        return None
    known, made_at, kind, title, settings_hash, status, undoes, written = rows[0]
    decisions, cells = (
        frame_of(db, f"select * exclude (plan_id) from {table} where plan_id = $p", p=plan_id)
        for table in ("plan_decision", "plan_cell")
    )
    steps = json.loads(written)
    return StoredPlan(
        known, made_at, kind, title, settings_hash, status, steps, undoes, decisions, cells
    )


def begin_job(db: duckdb.DuckDBPyConnection, job: Mapping[str, object]) -> int:
    """Note the intent: a job in process; gives its number.

    A job of the same plan and step that never ended is taken up again under its number.
    """
    started = db.sql(
        "select job_id from job where plan_id = $p and step = $s and status = 'in process'",
        params={"p": job["plan_id"], "s": job["step"]},
    ).fetchall()
    if started:
        again = {"q": job.get("queue_log"), "j": started[0][0]}
        db.execute("update job set queue_log = coalesce($q, queue_log) where job_id = $j", again)
        return int(started[0][0])
    job_id = number_of(db, "select nextval('job_seq')")
    row = {**dict.fromkeys(COUNTERS, 0), **job, "job_id": job_id, "status": "in process"}
    db.execute(
        f"insert into job ({listed(row)}) values ({', '.join('?' for _ in row)})",
        list(row.values()),
    )
    return job_id


def take_place(db: duckdb.DuckDBPyConnection, job_id: int) -> int:
    """Give a job its place in the order of changes, in the transaction that makes them."""
    seq = number_of(db, "select nextval('change_seq')")
    db.execute("update job set seq = $s where job_id = $j", {"s": seq, "j": job_id})
    return seq


def end_job(
    db: duckdb.DuckDBPyConnection,
    job_id: int,
    *,
    at: datetime,
    counts: Mapping[str, int],
    message: str = "",
    status: str = "finished",
    trace: str = "",
) -> None:
    """Note the outcome of a job: its counters and what it has to say."""
    said = {"message": message, "status": status, "traceback": trace or None}
    row: dict[str, object] = {**counts, **said, "finished_at": at}
    values = ", ".join(f"{name} = ?" for name in row)
    db.execute(f"update job set {values} where job_id = ?", [*row.values(), job_id])


def counts_of(db: duckdb.DuckDBPyConnection, job_id: int) -> dict[str, int] | None:
    """Give the counters of a job that was finished, or None when it is still to be done."""
    found = db.sql(
        f"select {listed(COUNTERS)} from job where job_id = $j and status = 'finished'",
        params={"j": job_id},
    ).fetchall()
    return dict(zip(COUNTERS, found[0], strict=True)) if found else None


def finished_job(db: duckdb.DuckDBPyConnection, plan_id: str, step: int) -> int | None:
    """Give the job that did a step of a plan, or None when it is still to be done."""
    found = db.sql(
        "select job_id from job where plan_id = $p and step = $s and status = 'finished'",
        params={"p": plan_id, "s": step},
    ).fetchall()
    return int(found[0][0]) if found else None


def in_process(db: duckdb.DuckDBPyConnection) -> list[str]:
    """Give the plans that have a job in process, the oldest first."""
    rows = db.sql(
        """select plan_id from job where status = 'in process' and plan_id is not null
        group by plan_id order by min(job_id)"""
    ).fetchall()
    return [str(plan) for (plan,) in rows]


def close_jobs(
    db: duckdb.DuckDBPyConnection, plan_id: str, *, at: datetime, message: str, status: str
) -> None:
    """Note that the jobs of a plan that did not end will not any more."""
    db.execute(
        """update job set status = $s, finished_at = $at, message = $m
        where plan_id = $p and status = 'in process'""",
        {"s": status, "at": at, "m": message, "p": plan_id},
    )


def note_stop(
    db: duckdb.DuckDBPyConnection, plan_id: str, *, at: datetime, message: str
) -> list[int]:
    """Note that somebody stopped a plan; gives the jobs that did steps of it, in their order.

    A job in process wrote nothing and ends. A plan of which nothing was written is as it was.
    """
    close_jobs(db, plan_id, at=at, message=message, status="stopped")
    done = db.sql(
        "select job_id from job where plan_id = $p and status = 'finished' order by job_id",
        params={"p": plan_id},
    ).fetchall()
    if done:
        db.execute(
            "update plan set status = 'stopped' where plan_id = $p and status <> 'applied'",
            {"p": plan_id},
        )
    return [int(one) for (one,) in done]


def standing_of(db: duckdb.DuckDBPyConnection, plan_id: str) -> tuple[str | None, int | None]:
    """Give the status of a plan, None for one nobody kept, and a job of it that was undone."""
    found = db.sql(
        """select status, (select max(job_id) from job where plan_id = $p
            and status = 'finished' and undone_by is not null)
        from plan where plan_id = $p""",
        params={"p": plan_id},
    ).fetchall()
    return found[0] if found else (None, None)


def mark_applied(db: duckdb.DuckDBPyConnection, plan_id: str) -> None:
    """Note that a plan was applied."""
    db.execute("update plan set status = 'applied' where plan_id = $p", {"p": plan_id})


def advance(
    db: duckdb.DuckDBPyConnection,
    mapping: str,
    *,
    step: Mapping[str, Any],
    job_id: int,
    at: datetime,
) -> None:
    """Move what runs change about a mapping: the watermark forward, never back (semantics.md 7.1).

    A full synchronization also lets new records of the source company flow from then on, unless
    the run was told to leave that as it was (6.5).
    """
    known = db.sql(
        "select 1 from mapping_state where mapping = $m", params={"m": mapping}
    ).fetchall()
    if not known:
        db.execute("insert into mapping_state (mapping) values ($m)", {"m": mapping})
    flow = flow_of(Direction(step["direction"]))
    db.execute(
        f"""update mapping_state set
            {flow.watermark} = greatest({flow.watermark}, $w::timestamp),
            {flow.seq} = greatest(coalesce({flow.seq}, 0), $s), last_job = $j, last_run_at = $at
        where mapping = $m""",
        {"w": step["read_up_to"], "s": step["source_seq"], "j": job_id, "at": at, "m": mapping},
    )
    if step["candidates"] == "all":
        db.execute(
            "update mapping_state set last_full_at = $at where mapping = $m",
            {"at": at, "m": mapping},
        )
        if step.get("keep_creating"):
            db.execute(
                """update mapping_state set only_coupled = false, only_coupled_job = $j
                where mapping = $m and only_coupled is distinct from false""",
                {"j": job_id, "m": mapping},
            )
