"""Walking through the steps of a plan: each is looked at as those before it would leave things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mdsync_nb.core.actions import Purpose
from mdsync_nb.engine import planning
from mdsync_nb.engine.belonging import contacts_of
from mdsync_nb.engine.claims import removed_from_here
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.step import evaluate
from mdsync_nb.engine.step_facts import facts_of
from mdsync_nb.engine.stepping import Pretend, Run, steps, wanted_of
from mdsync_nb.errors import UsageError
from mdsync_nb.model import Direction, TableMapping
from mdsync_nb.store import Pretending, Reading
from mdsync_nb.workspace import Workspace

Facts = list[dict[str, Any]]


def direction_of(word: str) -> Direction:
    """Give the direction people name. Raises UsageError for another word."""
    ways = Direction.TO_INTEGRATION, Direction.FROM_INTEGRATION
    found = next((one for one in ways if word in (one.value, one.value.partition("_")[0])), None)
    if found is None:
        raise UsageError(
            f"{word!r} is no direction.", hint="Say to_integration or from_integration."
        )
    return found


def planned(
    reading: Pretending,
    workspace: Workspace,
    mappings: Sequence[TableMapping],
    run: Run,
    *,
    at: datetime,
    kind: str,
    keep_creating: bool,
    done: Callable[[], None],
) -> tuple[list[StepFound], Facts]:
    """Look at every step of a plan, and give what was found with what the plan keeps of each.

    mappings: each `going` in its direction. What a plan does not keep is only counted. Where
    a step needs what the one before it would write, that one is done as if.
    """
    founds: list[StepFound] = []
    facts: Facts = []
    seed = planning.seed_of(reading, kind, mappings, run.records)
    pretend = _pretend(reading, workspace, seed, at)
    for found in steps(reading, workspace, mappings, replace(run, brief=True), pretend):
        if found.source and found.destination:
            founds.append(found)
            facts.append(step_of(reading, workspace, found, seed=seed, keep_creating=keep_creating))
        done()
    for follows in _following(reading, workspace, founds):
        founds.append(follows)
        step = step_of(reading, workspace, follows, seed=seed)
        facts.append({**step, "follows": True})
    return founds, facts


def _following(
    reading: Reading, workspace: Workspace, founds: Sequence[StepFound]
) -> list[StepFound]:
    """The steps that come after what the others uncouple: what lets go of it at Dataverse, and
    what uncouples the contacts that belong to it (semantics.md 4.7, 10)."""
    more = []
    for found in founds:
        removed = found.wanted.mapping.going(Direction.TO_INTEGRATION), removed_from_here(found)
        after = [
            (Purpose.LET_GO, *removed),
            *((Purpose.UNCOUPLE, *one) for one in contacts_of(reading, found)),
        ]
        for purpose, mapping, records in after:
            run = Run(candidates="records", records=tuple(records), purpose=purpose)
            wanted = wanted_of(reading, workspace, mapping, run)
            more += [evaluate(reading, wanted, {})] if records else []
    return [one for one in more if one.decisions.height]


def _pretend(reading: Pretending, workspace: Workspace, seed: str, at: datetime) -> Pretend:
    def leave(number: int, found: StepFound) -> None:
        if found.source is None or found.destination is None:
            return
        wanted = found.wanted
        step = {"seed": seed, "fingerprint": wanted.fingerprint, "forced": wanted.forced}
        facts = facts_of(workspace, wanted.mapping, (found.source, found.destination), step)
        decisions, cells = planning.kept_decisions([found])
        reading.leave(replace(facts, plan_id=f"as if {number}"), decisions, cells, at=at)

    return leave


def step_of(
    reading: Reading,
    workspace: Workspace,
    found: StepFound,
    *,
    seed: str,
    keep_creating: bool = False,
) -> dict[str, Any]:
    """Give what a plan keeps of a step besides its decisions."""
    name = found.wanted.mapping.name
    assert found.destination is not None
    return planning.step_facts(
        found,
        settings_hash=workspace.hash_of(workspace.mapping(name)),
        last_job=reading.last_job(name),
        seed=seed,
        in_filter=planning.in_filter_count(reading, found.destination, found),
        keep_creating=keep_creating,
    )
