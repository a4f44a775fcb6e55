"""Doing again what jobs did: what has to be asked for, so that a plan is made of how it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from mdsync_nb.core.actions import Purpose
from mdsync_nb.errors import UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store import StoredPlan
from mdsync_nb.workspace import Workspace

Row = Mapping[str, Any]

RUNS = ("modified", "full", Purpose.FIND_DELETED.value)
"""Kinds of jobs that look at whole mappings: several are asked for together."""

OF_RECORDS = ("records", Purpose.RESTORE.value, Purpose.DELETE.value)
"""Kinds of jobs about records somebody named."""


@dataclass(frozen=True)
class Again:
    """What is asked for again. records: only these; of whole mappings none is named. direction: the
    only one it went; None where it went each way of its mapping. forced, creates: as in `plan`."""

    kind: str
    mappings: tuple[str, ...]
    records: tuple[str, ...] = ()
    direction: str | None = None
    forced: bool = False
    creates: bool = False


def can_be_asked_again() -> pl.Expr:
    """Whether what a job did (a row of `jobs`) can be planned again."""
    ended = pl.col("status") != "in process"
    return ended & pl.col("kind").is_in([*RUNS, *OF_RECORDS]) & pl.col("plan_id").is_not_null()


def asked_again(
    jobs: Sequence[Row], plans: Mapping[str, StoredPlan], workspace: Workspace
) -> list[Again]:
    """Give what has to be asked for to do again what jobs did, in their order.

    plans: those of the jobs. Raises UsageError for a job only a person can repeat, UnknownName for
    one of a mapping that is gone.
    """
    runs: dict[tuple[str, str | None], dict[str, None]] = {}
    named: list[Again] = []
    for job in jobs:
        plan, mapping = plans.get(job["plan_id"]), workspace.mapping(job["mapping"])
        if job["kind"] in RUNS and plan:
            place = (str(job["kind"]), _only_way(job, plan, mapping))
            runs.setdefault(place, {})[mapping.name] = None
        elif job["kind"] in OF_RECORDS and plan:
            named.append(_of_records(job, plan))
        else:
            raise UsageError(
                f"Job {job['job_id']} cannot be done again: it did what a person said once.",
                hint="Look at what waits now, and say it again.",
            )
    return [Again(kind, tuple(some), direction=way) for (kind, way), some in runs.items()] + named


def _only_way(job: Row, plan: StoredPlan, mapping: TableMapping) -> str | None:
    """The direction a plan was asked to go in a mapping that goes both; None when it was not. A
    step that only follows another is no way of its own."""
    steps = [one for one in plan.steps if one["mapping"] == mapping.name]
    ways = {one["direction"] for one in steps if not one.get("follows")}
    asked = len(ways) < len(mapping.directions) and job["kind"] != Purpose.FIND_DELETED.value
    return min(ways, default=None) if asked else None


def _of_records(job: Row, plan: StoredPlan) -> Again:
    """The records a job was planned for, by an id they still have."""
    step = plan.steps[job["step"]]
    mine = plan.decisions.filter(pl.col("step") == job["step"])
    ids = mine.select(pl.coalesce("source_id", "destination_id")).to_series()
    known = ids.filter(~ids.str.starts_with("new:")).unique(maintain_order=True)
    if known.is_empty():
        raise UsageError(f"Job {job['job_id']} was about no record that can be named.")
    return Again(
        str(job["kind"]),
        (str(job["mapping"]),),
        tuple(known.to_list()),
        direction=step["direction"],
        forced=bool(step.get("forced")),
        creates=bool((mine["class"].cast(pl.String) == "new_source").any()),
    )
