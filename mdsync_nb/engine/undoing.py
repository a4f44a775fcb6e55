"""Undo: a plan that reverses what a job wrote, where nobody moved the records since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.planning import plan_id_of
from mdsync_nb.errors import NothingToUndo, UnknownName, UsageError
from mdsync_nb.model import Direction, TableMapping
from mdsync_nb.store import Store, StoredPlan
from mdsync_nb.store.plans import HASHED

REVERSED = {"insert": "delete", "modify": "modify", "delete": "insert", "unchanged": "unchanged"}
MESSAGES = {
    "insert": "Created by job {job}; it is deleted again.",
    "modify": "Changed by job {job}; its values are put back.",
    "delete": "Deleted by job {job}; it is created again.",
    "unchanged": "Job {job} noted an agreement; it is taken back.",
}

COUNTED = ("inserted", "modified", "deleted", "coupled", "uncoupled")
"""The counters of what is taken back. What a run only found as agreed is not offered."""


def can_be_undone() -> pl.Expr:
    """Whether a job (a row of `jobs`) may have something to take back, and was not taken back."""
    ended = pl.col("status") == "finished"
    kept = (pl.col("kind") == "decisions") & (pl.col("unchanged") > 0)
    did = kept | pl.any_horizontal(pl.col(one) > 0 for one in COUNTED)
    return ended & did & pl.col("undone_by").is_null() & (pl.col("kind") != "repair")


def undo_plan(
    store: Store, job_id: int, mapping_of: dict[str, TableMapping], *, at: datetime, facts: Any
) -> StoredPlan:
    """Make the plan that takes a job back: values, couplings, base, agreed hashes and times.

    Records moved since are stale and stay. What the job inserted is deleted, under a limit of its
    own: never more than the job created. Watermarks stay; the records are held until a retry.
    facts: gives settings hash and fingerprint of a mapping.
    Raises UnknownName for a job nobody knows, UsageError when it was undone,
    NothingToUndo when it changed nothing.
    """
    with store.lists() as lists:
        job = lists.job(job_id)
        if job is None:
            raise UnknownName("job", job_id, lists.jobs()["job_id"].to_list())
        if job["undone_by"] is not None:
            raise UsageError(f"Job {job_id} was undone by job {job['undone_by']}.")
        records, cells = lists.job_writes(job_id)
        coupled = lists.couples(job_id)
    records = records.filter(pl.col("action").is_in(list(REVERSED)))
    if records.is_empty() and not coupled:
        raise NothingToUndo(job_id)
    name = str(job["mapping"])
    if name not in mapping_of:
        raise UnknownName("mapping", name, list(mapping_of))
    decisions = _reversed(records, job_id)
    back = _reversed_cells(cells)
    settings_hash, fingerprint = facts(mapping_of[name])
    counts = decisions.group_by("action", "rule").agg(records=pl.len()).sort("action").to_dicts()
    to = job["direction"] == Direction.TO_INTEGRATION.value
    way = Direction.TO_INTEGRATION if to else Direction.FROM_INTEGRATION
    steps = [
        {
            "mapping": name,
            "direction": way.value,
            "destination": mapping_of[name].going(way).destination,
            "seed": str(job_id),
            "candidates": "records",
            "full": False,
            "fingerprint": fingerprint,
            "settings_hash": settings_hash,
            "last_job": job_id,
            "counts": counts,
            "refused": [],
            **_touched(store, job),
        }
    ]
    plan_id = plan_id_of("undo", steps, (decisions, back))
    title = f"Undo of job {job_id}"
    return StoredPlan(
        plan_id, at, "undo", title, settings_hash, "planned", steps, job_id, decisions, back
    )


def _touched(store: Store, job: dict[str, object]) -> dict[str, object]:
    """Whether the job touched records of which nothing differed: then their times go back, too."""
    plan_id, number = job["plan_id"], job["step"]
    if not isinstance(plan_id, str) or not isinstance(number, int):
        return {}
    step = store.plan(plan_id).steps[number]
    return {"touch": step["touch"]} if "touch" in step else {}


def _reversed(records: pl.DataFrame, job_id: int) -> pl.DataFrame:
    messages = {name: text.format(job=job_id) for name, text in MESSAGES.items()}
    return frames.conform(
        records.with_columns(
            step=pl.lit(0),
            rule=pl.lit("undo"),
            conflict=pl.lit(""),
            source_hash=pl.lit(None, dtype=pl.UInt64),
            destination_hash=pl.when(pl.col("action") == "delete")
            .then(None)
            .otherwise("after_hash"),
            message=pl.col("action").replace_strict(messages, return_dtype=pl.String),
            action=pl.col("action").replace_strict(REVERSED, return_dtype=pl.String),
            **{"class": pl.lit("agrees")},
        ),
        HASHED,
    )


def _reversed_cells(cells: pl.DataFrame) -> pl.DataFrame:
    """A cell's source is what is written: here, what stood there before the job."""
    return frames.conform(
        cells.with_columns(
            step=pl.lit(0),
            source="destination",
            destination="source",
            base="source",
            kept=pl.lit(value=False),
            warning=pl.lit(""),
        ),
        {**frames.CELLS, "step": pl.Int32()},
    )
