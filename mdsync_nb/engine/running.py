"""Applying plans: one job a step, the company's files and the workbench together."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from traceback import format_exc
from typing import Any

import polars as pl
from filelock import Timeout

from mdsync_nb.core.queue import recurring
from mdsync_nb.engine.company_files import CompanyFiles
from mdsync_nb.engine.comparison import Written
from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.engine.planning import Plan, as_plan
from mdsync_nb.errors import CouldNotRun, MdsyncError, PlanStale, StoreBusy
from mdsync_nb.model import Direction, TableMapping
from mdsync_nb.store import (
    Applying,
    FilesWritten,
    Image,
    Ready,
    StepFacts,
    Store,
    StoredPlan,
    flow_of,
)
from mdsync_nb.store.waiting import Patience
from mdsync_nb.workspace import Workspace

Clock = Callable[[], datetime]
RUNS = ("modified", "full")
"""Kinds of plans that move a mapping forward."""

QUIET = {"unchanged": "unchanged"}
"""Actions of records that a plan only counts, with the counter of the job they go into."""


@dataclass(frozen=True, repr=False)
class Applied:
    """One step that was applied: its job, counters, and the files it wrote."""

    job_id: int
    mapping: str
    counts: dict[str, int]
    files: tuple[Path, ...]

    def __repr__(self) -> str:
        return f"Applied(job {self.job_id}, {self.mapping}: {_counted([self])})"

    def _repr_html_(self) -> str:
        return Jobs([self])._repr_html_()


class Jobs(list[Applied]):
    """The jobs that applied a plan, in their order. A list that shows itself in a notebook."""

    def __repr__(self) -> str:
        if not self:
            return "[]"
        first, last = self[0].job_id, self[-1].job_id
        numbers = f"job {first}" if first == last else f"jobs {first} to {last}"
        return f"Jobs({numbers}: {_counted(self)})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces import applied_jobs

        return applied_jobs(self)._repr_html_()


def _counted(applied: Sequence[Applied]) -> str:
    """What jobs did, in words and numbers; what is as agreed only where nothing else happened."""
    sums = {name: sum(one.counts.get(name, 0) for one in applied) for name in COUNTERS}
    told = [f"{many} {COUNTERS[name]}" for name, many in sums.items() if many]
    loud = [one for one in told if not one.endswith(COUNTERS["unchanged"])]
    return ", ".join(loud or told) or "nothing to do"


def apply_plan(
    store: Store, workspace: Workspace, stored: StoredPlan, *, clock: Clock, force: bool
) -> Iterator[Applied]:
    """Apply a plan step by step, each as one job, giving each as it ends.

    Steps that were done before an interruption are left as they are. Raises PlanTooLarge when the
    plan breaks a limit and force is off, PlanStale when the settings it was made from have moved.
    A plan that was applied already writes nothing.
    """
    refusals = as_plan(stored).refusals
    if refusals and not force and stored.status != "applied":
        raise refusals[0]
    with _alone(store, stored.plan_id):
        if store.plans.is_applied(stored.plan_id):
            return
        _refuse_moved_settings(workspace, stored)
        files = CompanyFiles(workspace, stored.plan_id, clock)
        run = _Run(store, workspace, stored, clock, files)
        for step in range(len(stored.steps)):
            yield from run.step(step)
        run.leave_entries()
        store.plans.finish(stored.plan_id)


@contextmanager
def _alone(store: Store, plan_id: str) -> Iterator[None]:
    """Be the only one who writes a plan."""
    lock, words = store.plans.alone_with(plan_id), f"plan {plan_id}, which another process writes"
    try:
        Patience(lock.timeout, lambda: store.file.waits(words)).acquire(lock)
    except Timeout as error:
        raise CouldNotRun(
            f"Another process has been writing plan {plan_id} for {lock.timeout:.0f} s.",
            hint="Wait until it has ended; `mdsync jobs` shows how far it is.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def finish_interrupted(store: Store, workspace: Workspace, *, clock: Clock) -> list[str]:
    """End the plans that somebody was writing who is gone, so that nothing is written in part.

    Gives their ids. What cannot be ended is noted at its jobs: nothing of them was written.
    """
    found = store.plans.interrupted()
    for plan_id in found:
        try:
            for _ in apply_plan(store, workspace, store.plan(plan_id), clock=clock, force=True):
                pass
        except StoreBusy:
            raise
        except MdsyncError as error:
            said = f"It was interrupted and cannot be ended: {error}"
            store.plans.give_up(plan_id, at=clock(), message=said)
    return found


def _refuse_moved_settings(workspace: Workspace, stored: StoredPlan) -> None:
    for step in stored.steps:
        now = workspace.hash_of(workspace.mapping(step["mapping"]))
        if now != step["settings_hash"]:
            raise PlanStale(f"The settings of {step['mapping']} moved since plan {stored.plan_id}.")


@dataclass(frozen=True)
class _Run:
    """One plan being applied. blocked: table -> keys of records that could not be created."""

    store: Store
    workspace: Workspace
    stored: StoredPlan
    clock: Clock
    files: CompanyFiles
    blocked: dict[str, list[str]] = field(default_factory=dict)

    def step(self, number: int) -> Iterator[Applied]:
        """Do one step, unless it was done before."""
        facts = self._facts(number)
        done = self.store.finished(facts)
        if done:
            job_id, ready = done
            self.files.remember(facts.destination, ready)
        else:
            job_id = self.store.begin(self._job(number))
            applied = self._applied(number, facts, job_id)
            yield applied
            if not applied.counts["failed"] + applied.counts["stale"]:
                return
        refused = self.store.refused_creations(job_id, facts.destination)
        self.blocked.setdefault(facts.destination.table, []).extend(refused)

    def leave_entries(self) -> None:
        """Leave a recurring job queue entry for each mapping that ran for the first time."""
        if self.stored.kind in RUNS:
            names = dict.fromkeys(one["mapping"] for one in self.stored.steps)
            at = self.clock()
            rows = [recurring(self.workspace.mapping(one), at) for one in names]
            self.store.queue.add_first(rows, plan_id=self.stored.plan_id, at=at)

    def _applied(self, number: int, facts: StepFacts, job_id: int) -> Applied:
        files: list[Path] = []
        with tempfile.TemporaryDirectory(prefix="mdsync-") as scratch:

            def write_files(image: Image, ready: Ready) -> FilesWritten:
                paths, written = self.files.write(image, ready, Path(scratch))
                files.extend(paths)
                return written

            step = self.stored.steps[number]
            applying = Applying(
                job_id=job_id,
                clock=self.clock,
                quiet=_quiet(step, self.stored, number),
                write_files=write_files,
                advances=step if _advances(step, self.stored) else None,
                wakes=readers_of(self.workspace, facts),
            )
            try:
                counts = self.store.apply_step(facts, applying)
            except StoreBusy:
                raise
            except (Exception, KeyboardInterrupt) as error:
                said = str(error) or "It was ended by hand; nothing of it was written."
                self.store.fail(job_id, at=self.clock(), message=said, trace=format_exc())
                raise
        return Applied(job_id, facts.mapping, counts, tuple(files))

    def _facts(self, number: int) -> StepFacts:
        step = self.stored.steps[number]
        mapping = self.workspace.mapping(step["mapping"]).going(Direction(step["direction"]))
        with self.store.reading() as reading:
            destination = reading.image(mapping.destination, mapping.destination_table)
            source = reading.image(mapping.source, mapping.source_table)
        if destination is None or source is None:
            raise PlanStale(f"A company of {mapping.name} has no records any more.")
        refused = [
            {"field": field.name, "value": key}
            for field in destination.schema.fields
            for key in self.blocked.get(field.relation_table, [])
        ]
        return replace(
            facts_of(self.workspace, mapping, (source, destination), step),
            plan_id=self.stored.plan_id,
            step=number,
            undone=self.stored.undoes,
            blocked=pl.DataFrame(refused, schema={"field": pl.String, "value": pl.String}),
        )

    def _job(self, number: int) -> dict[str, object]:
        step = self.stored.steps[number]
        return {
            "plan_id": self.stored.plan_id,
            "step": number,
            "mapping": step["mapping"],
            "kind": self.stored.kind,
            "direction": step["direction"],
            "settings_hash": step["settings_hash"],
            "started_at": self.clock(),
        }


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


def _advances(step: dict[str, Any], stored: StoredPlan) -> bool:
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


def _quiet(step: dict[str, Any], stored: StoredPlan, number: int) -> dict[str, int]:
    """The counters of records the plan only counted: all of a rule less those it kept."""
    kept = stored.decisions.filter(pl.col("step") == number)
    counts: dict[str, int] = {}
    for one in step["counts"]:
        counter = QUIET.get(one["action"])
        if counter:
            single = kept.filter(pl.col("rule") == one["rule"]).height
            counts[counter] = counts.get(counter, 0) + one["records"] - single
    return counts


def written(plan: Plan, applied: Sequence[Applied]) -> Written:
    """Say what applying a plan wrote: records, values, jobs, what failed and what waits."""
    writing = plan.decisions.filter(pl.col("action").is_in(["insert", "modify", "delete"]))
    values = plan.cells.join(writing, on=["mapping", "source_id", "destination_id"], how="semi")

    changing = ("inserted", "modified", "deleted")

    def total(*counters: str) -> int:
        return sum(one.counts.get(counter, 0) for one in applied for counter in counters)

    return Written(
        plan.plan_id,
        plan.title,
        tuple(one.job_id for one in applied if any(one.counts.get(name) for name in changing)),
        records=total(*changing),
        values=values.filter(
            pl.col("source").ne_missing(pl.col("destination")) & ~pl.col("kept")
        ).height,
        failed=total("failed"),
        waiting=total("waiting", "skipped"),
    )
