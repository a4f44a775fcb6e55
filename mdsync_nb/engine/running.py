"""Applying plans: one job a step, the company's files and the workbench together."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from traceback import format_exc

import polars as pl
from filelock import Timeout

from mdsync_nb.core.queue import recurring
from mdsync_nb.engine.company_files import CompanyFiles
from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.engine.planning import as_plan
from mdsync_nb.engine.step_facts import RUNS, advances, facts_of, quiet_counts, readers_of
from mdsync_nb.errors import (
    CouldNotRun,
    MdsyncError,
    PlanStale,
    PlanStopped,
    Stopped,
    StoreBusy,
    UnknownName,
)
from mdsync_nb.model import Direction
from mdsync_nb.store import (
    Applying,
    FilesWritten,
    Image,
    Ready,
    StepFacts,
    Store,
    StoredPlan,
)
from mdsync_nb.store.waiting import Patience
from mdsync_nb.workspace import Workspace

Clock = Callable[[], datetime]
Told = Callable[[], object]
"""Is told of each step that is done."""

NOTHING_WRITTEN = "Stopped; nothing of it was written."


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
    store: Store,
    workspace: Workspace,
    stored: StoredPlan,
    *,
    clock: Clock,
    force: bool,
    told: Told = lambda: None,
) -> Iterator[Applied]:
    """Apply a plan step by step, each as one job, giving each as it ends.

    Steps that were done before, until somebody stopped it or it was interrupted, are left as they
    are. Raises PlanTooLarge when the plan breaks a limit and force is off, PlanStale when the
    settings it was made from have moved, PlanStopped when a stop is asked for.
    A plan that was applied already writes nothing.
    """
    refusals = as_plan(stored).refusals
    if refusals and not force and stored.status != "applied":
        raise refusals[0]
    with _alone(store, stored.plan_id), store.plans.telling(stored.plan_id):
        if _is_applied(store, stored.plan_id):
            return
        _refuse_moved_settings(workspace, stored)
        files = CompanyFiles(workspace, stored.plan_id, clock, undoes=_undone(store, stored))
        run = _Run(store, workspace, stored, clock, files, clock())
        with _noted_when_stopped(store, stored, clock, force=bool(refusals)):
            for step in range(len(stored.steps)):
                store.goes_on()
                yield from run.step(step, told)
        run.leave_entries()
        store.plans.finish(stored.plan_id)


def _undone(store: Store, stored: StoredPlan) -> tuple[int, str] | None:
    if stored.undoes is None:
        return None
    with store.lists() as lists:
        job = lists.job(stored.undoes)
    return (stored.undoes, str(job["plan_id"])) if job and job["plan_id"] else None


def _is_applied(store: Store, plan_id: str) -> bool:
    """Whether every step of a plan was applied, by whomever. Raises UnknownName when it was
    discarded meanwhile, PlanStale when a job of it was undone."""
    status, undone = store.plans.standing(plan_id)
    if status is None:
        raise UnknownName("plan", plan_id)
    if status != "applied" and undone is not None:
        raise PlanStale(f"Job {undone} of plan {plan_id} was undone, and the rest builds on it.")
    return status == "applied"


@contextmanager
def _noted_when_stopped(
    store: Store, stored: StoredPlan, clock: Clock, *, force: bool
) -> Iterator[None]:
    """Note it when somebody stops a plan: the steps that are done are whole, no other was begun,
    and nobody ends it but who applies it again. force: it has to be insisted on once more."""
    try:
        yield
    except (Stopped, KeyboardInterrupt) as error:
        jobs = store.plans.note_stop(stored.plan_id, at=clock(), message=NOTHING_WRITTEN)
        said = PlanStopped(stored.plan_id, jobs=jobs, of=len(stored.steps), force=force)
        if isinstance(error, Stopped):
            raise said from None
        error.add_note(f"{said} {said.hint}")
        raise


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
        except (StoreBusy, Stopped):
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
    """One plan being applied. begun_at: when that began. blocked: table -> keys of records that
    could not be created."""

    store: Store
    workspace: Workspace
    stored: StoredPlan
    clock: Clock
    files: CompanyFiles
    begun_at: datetime
    blocked: dict[str, list[str]] = field(default_factory=dict)

    def step(self, number: int, told: Told) -> Iterator[Applied]:
        """Do one step, unless it was done before."""
        facts = self._facts(number)
        done = self.store.finished(facts)
        if done:
            job_id, ready = done
            self.files.remember(facts.destination, ready)
            told()
        else:
            job_id = self._begun(number)
            applied = self._applied(number, facts, job_id)
            told()
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
                quiet=quiet_counts(step, self.stored, number),
                write_files=write_files,
                advances=step if advances(step, self.stored) else None,
                wakes=readers_of(self.workspace, facts),
            )
            try:
                counts = self.store.apply_step(facts, applying)
            except (StoreBusy, Stopped):
                raise
            except Exception as error:
                said = str(error) or type(error).__name__
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

    def _begun(self, number: int) -> int:
        """Note the intent of a step, for the workbench and for whoever looks on; gives its job."""
        step = self.stored.steps[number]
        both = {
            "plan_id": self.stored.plan_id,
            "mapping": step["mapping"],
            "kind": self.stored.kind,
            "direction": step["direction"],
            "started_at": self.clock(),
        }
        job = self.store.begin({**both, "step": number, "settings_hash": step["settings_hash"]})
        place = {"step": number + 1, "steps": len(self.stored.steps), "job_id": job}
        whole = {"title": self.stored.title, "begun_at": self.begun_at}
        self.store.plans.tell({**both, **whole, **place})
        return job
