"""What applying a step needs to know besides its decisions: of its plan, mapping and images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from mdsync_nb.model import Direction, TableMapping
from mdsync_nb.store import Image, StepFacts, StoredPlan, flow_of
from mdsync_nb.workspace import Workspace

RUNS = ("modified", "full")
"""Kinds of plans that move a mapping forward."""

QUIET = {"unchanged": "unchanged"}
"""Actions of records that a plan only counts, with the counter of the job they go into."""


def facts_of(
    workspace: Workspace,
    mapping: TableMapping,
    images: tuple[Image, Image],
    step: Mapping[str, Any],
) -> StepFacts:
    """Give what applying a step needs to know. images: (source, destination)."""
    source, destination = images
    two_way = mapping.direction is Direction.BIDIRECTIONAL
    return StepFacts(
        plan_id="",
        step=0,
        seed=step["seed"],
        mapping=mapping.name,
        destination=destination,
        source=source,
        fingerprint=step["fingerprint"],
        user=workspace.company(mapping.destination).sync_user,
        flow=flow_of(mapping.towards),
        skips_after=mapping.profile.skips_after,
        goes_back=two_way and not step.get("forced"),
        touch=step.get("touch"),
    )


def advances(step: dict[str, Any], stored: StoredPlan) -> bool:
    """Whether a step moves the watermark: not of a part run, nor where it only follows another."""
    return stored.kind in RUNS and not step.get("follows", False)


def readers_of(workspace: Workspace, facts: StepFacts) -> list[str]:
    """The mappings that read the table a step writes, besides its own; those are to be woken.

    What a mapping wrote itself wakes none that writes there, too. Source: semantics.md 7.6.
    """
    place = (facts.destination.company, facts.destination.table)
    return [
        one.name
        for one in workspace.mappings.values()
        if one.name != facts.mapping and one.schedule.wake and place in one.read_places
    ]


def quiet_counts(step: dict[str, Any], stored: StoredPlan, number: int) -> dict[str, int]:
    """The counters of records the plan only counted: all of a rule less those it kept."""
    kept = stored.decisions.filter(pl.col("step") == number)
    counts: dict[str, int] = {}
    for one in step["counts"]:
        counter = QUIET.get(one["action"])
        if counter:
            single = kept.filter(pl.col("rule") == one["rule"]).height
            counts[counter] = counts.get(counter, 0) + one["records"] - single
    return counts
