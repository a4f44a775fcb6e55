"""Running a full synchronization: line by line, wave by wave, going on where it ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from mdsync_nb.core import full_sync
from mdsync_nb.engine.doors import Verbs
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.progress import Progress, Work
from mdsync_nb.engine.review import ALIKE, MATCHED, lines_of, review, visits_all
from mdsync_nb.engine.running import Applied
from mdsync_nb.errors import (
    MdsyncError,
    PlanStale,
    PlanStopped,
    Stopped,
    StoreBusy,
    UsageError,
)
from mdsync_nb.model import (
    Direction,
    LineStatus,
    OnlyCoupled,
    Recommendation,
    TableMapping,
    UpdateConflict,
)
from mdsync_nb.store import Store

TITLE = "Full synchronization"
GOES_ON = "The lines before it are done. To go on: mdsync review --start."

OPEN = pl.col("status").is_in([LineStatus.READY.value, LineStatus.IN_PROCESS.value])
BEGUN = pl.col("plan_id").is_not_null() | pl.col("job_id").is_not_null()
"""Lines that were started, and those of them that have something to go on with."""

COUNTED = {
    "coupled": "coupled",
    "uncoupled": "left uncoupled",
    "inserted": "created",
    "modified": "changed",
    "deleted": "deleted",
    "waiting": "waiting",
    "failed": "failed",
    "skipped": "set aside",
    "stale": "moved since",
}
"""The counters a line tells of, in words."""

SENDS = {
    UpdateConflict.SEND_UPDATE_TO_INTEGRATION: Direction.TO_INTEGRATION.value,
    UpdateConflict.GET_UPDATE_FROM_INTEGRATION: Direction.FROM_INTEGRATION.value,
}
"""Which way pairs go after they were coupled, where the mapping flows both ways."""


@dataclass(frozen=True)
class Starting:
    """How lines are started. exclude: names of mappings left out. restart: the lines are forgotten
    first. force: also what breaks a limit."""

    exclude: Collection[str] = ()
    restart: bool = False
    only_coupled: OnlyCoupled = OnlyCoupled.CHANGE
    force: bool = False


@dataclass(frozen=True, repr=False)
class Started:
    """What became of the lines: `frames.REVIEW`, one entry a job that wrote, and the errors of
    this start by mapping. jobs: the numbers of all its jobs in their order, those that couple, too.
    """

    lines: pl.DataFrame
    applied: tuple[Applied, ...]
    errors: Mapping[str, MdsyncError]
    jobs: tuple[int, ...]

    def __repr__(self) -> str:
        over = self.lines.filter(status=LineStatus.FINISHED.value).height
        told = f"jobs: {len(self.applied)}, errors: {len(self.errors)}"
        return f"Started({over} of {self.lines.height} lines finished, {told})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import started_summary

        return started_summary(self)._repr_html_()


def only_coupled_of(word: str) -> OnlyCoupled:
    """Give the word people say. Raises UsageError for another one."""
    try:
        return OnlyCoupled(word)
    except ValueError as error:
        raise UsageError(
            f"Nobody knows what {word!r} makes of only_coupled.", hint="Say change or keep."
        ) from error


def start(
    verbs: Verbs, chosen: Sequence[TableMapping], how: Starting, progress: Progress
) -> Started:
    """Run what the lines recommend, wave after wave; lines that are finished are left alone.

    What was interrupted or stopped goes on first. A line that ends in error stops those that wait
    for it and no other. Raises CouldNotRun when another process runs lines, StoreBusy, Stopped.
    Source: semantics.md 6.4, 6.5.
    """
    run = _Start(verbs, [one.name for one in chosen], how)
    with verbs.store.alone_in_review():
        run.prepare(chosen)
        with progress.work(TITLE, run.parts(), hint=GOES_ON) as work, run.left_when_stopped(work):
            for name in run.turns():
                work.begins(name)
                run.line(name)
                work.done()
        run.leave_entries()
        return Started(run.lines(), tuple(run.applied), run.errors, tuple(run.jobs))


def _alone(found: Matched) -> list[str]:
    """The records that found no counterpart, by their ids."""
    return found.matches.filter(~pl.col("outcome").is_in(["match", "coupled"]))[
        "source_id"
    ].to_list()


def _both(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    """The later of two jobs, with the counters of both."""
    return {**other, **{name: (one or {}).get(name, 0) + other[name] for name in COUNTED}}


@dataclass(frozen=True)
class _Start:
    """One start: its lines by name, and what became of them so far."""

    verbs: Verbs
    names: list[str]
    how: Starting
    applied: list[Applied] = field(default_factory=list)
    errors: dict[str, MdsyncError] = field(default_factory=dict)
    jobs: list[int] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The store of the workbench."""
        return self.verbs.store

    def lines(self) -> pl.DataFrame:
        """The lines as they are now."""
        return lines_of(self.store, self.verbs.workspace, self.names)

    def prepare(self, chosen: Sequence[TableMapping]) -> None:
        """Forget, refresh and leave out lines, as was asked for."""
        if self.how.restart:
            self.store.forget_review(*self.names)
        review(self.store, self.verbs.workspace, chosen)
        if self.how.exclude:
            kept = full_sync.excluded(self.store.review_lines(), self.how.exclude)
            left_out = kept.filter(status=LineStatus.EXCLUDED.value)["mapping"]
            self.store.note_review(*left_out, status=LineStatus.EXCLUDED.value)

    def parts(self) -> list[str]:
        """A blank for each line that runs when none of them ends in error: which one comes next is
        known when its turn comes."""
        every = lines_of(self.store, self.verbs.workspace, self.verbs.workspace.mappings)
        return [""] * full_sync.cascade(every, self.names).height

    def turns(self) -> Iterator[str]:
        """The lines, each when it is its turn; those that were begun before come first."""
        yield from full_sync.interrupted(self.lines())["mapping"]
        while names := self._ready():
            yield from names

    @contextmanager
    def left_when_stopped(self, work: Work) -> Iterator[None]:
        """Leave the lines as they are when a stop is asked for: what was begun goes on with the
        next start, what was not waits for its turn."""
        try:
            yield
        except (Stopped, KeyboardInterrupt) as error:
            said = f" {error}" if isinstance(error, PlanStopped) else ""
            kept = self.store.review_lines().filter(pl.col("mapping").is_in(self.names), OPEN)
            begun = kept.filter(BEGUN, status=LineStatus.IN_PROCESS.value)["mapping"]
            again = {"status": LineStatus.READY.value, "message": f"Stopped.{said}"}
            self.store.note_review(*begun, **again)
            blank = {"status": LineStatus.BLANK.value, "message": ""}
            self.store.note_review(*kept.filter(~BEGUN)["mapping"], **blank)
            if isinstance(error, Stopped):
                raise work.stopped() from error
            error.add_note(f"{work.stopped()} {GOES_ON}")
            raise

    def _ready(self) -> list[str]:
        """The lines whose turn it is, noted as ready; none when nothing is left to start."""
        every = lines_of(self.store, self.verbs.workspace, self.verbs.workspace.mappings)
        ready = full_sync.may_start(every)["mapping"]
        names = [name for name in ready if name in self.names]
        if names:
            self.store.note_review(*names, status=LineStatus.READY.value)
        return names

    def line(self, name: str) -> None:
        """Run one line and keep what became of it; its recurring entry does not start meanwhile."""
        with self.store.queue.held_for_full_sync(name):
            self._line(name)

    def leave_entries(self) -> None:
        """Leave a recurring job queue entry for each table that is in step now."""
        ended = self.lines().filter(pl.col("status") == LineStatus.FINISHED.value)["mapping"]
        if ended.len():
            self.verbs.generate_entries(*ended)

    def _line(self, name: str) -> None:
        kept = self.store.review_lines().row(by_predicate=pl.col("mapping") == name, named=True)
        self.store.note_review(name, status=LineStatus.IN_PROCESS.value)
        couples = kept["recommendation"] == Recommendation.COUPLE
        try:
            told = self._coupled(name, kept) if couples else self._synchronized(name, kept)
        except (StoreBusy, Stopped):
            raise
        except MdsyncError as error:
            self.errors[name] = error
            told = {"status": LineStatus.ERROR.value, "message": f"{error} {error.hint}".strip()}
        self.store.note_review(name, **{"status": LineStatus.FINISHED.value, **told})

    def _synchronized(self, name: str, kept: Mapping[str, Any]) -> dict[str, object]:
        """Full Synchronization: every record, through a plan and its limits.

        With Dataverse it is forced, and creates what has no counterpart (semantics.md 6.4).
        """
        keep_creating = self.how.only_coupled is OnlyCoupled.CHANGE
        forced = self._mapping(name).profile.force_writes
        job = self._again(kept["plan_id"]) or self._applied(
            name,
            self.verbs.plan(
                name, full=True, force=forced, create=forced, keep_creating=keep_creating
            ),
        )
        return self._told(job)

    def _mapping(self, name: str) -> TableMapping:
        return self.verbs.workspace.mapping(name)

    def _coupled(self, name: str, kept: Mapping[str, Any]) -> dict[str, object]:
        """Couple Records: by the criteria of the mapping, then what it says about the rest.

        What was coupled is synchronized where `sync_after_coupling` says so, and what found no
        counterpart is created where `create_new` does (semantics.md 10). `only_coupled` stays.
        """
        number, job = kept["job_id"], self._again(kept["plan_id"])
        found = None
        forced = self._mapping(name).profile.force_writes
        if job is None or forced:
            found = self.verbs.match(name) if number else self.verbs.couple(name)
            self.jobs.extend([found.job] if found.job else [])
            number = number or found.job
        coupling = self._job(pl.col("job_id") == number)
        after = self._forced_after_coupling if forced else self._after_coupling
        for plan in after(found, coupling["coupled"]) if found else ():
            job = _both(job, self._applied(name, plan))
        if job is None:
            return self._told({**coupling, "failed": 0, "uncoupled": coupling["failed"]})
        return self._told({**job, "coupled": coupling["coupled"]})

    def _after_coupling(self, found: Matched, coupled: int) -> Iterator[Plan]:
        """The plan for what was coupled and what was not; none when neither is wanted."""
        mapping = self._mapping(found.mapping.name)
        alone = _alone(found)
        if self._visits_all(mapping, coupled):
            yield self.verbs.plan(mapping.name, full=True, keep_creating=False)
        elif mapping.create_new and alone:
            yield self.verbs.plan(mapping.name, full=True, records=alone)

    def _forced_after_coupling(self, found: Matched, coupled: int) -> Iterator[Plan]:
        """With Dataverse: the plan that creates local records there, and the one for all pairs.

        Both are forced; the second goes where `update_conflict` sends it (semantics.md 10).
        """
        mapping = self._mapping(found.mapping.name)
        visits, alone = self._visits_all(mapping, coupled), _alone(found)
        if mapping.create_new and alone and Direction.TO_INTEGRATION in mapping.directions:
            way = Direction.TO_INTEGRATION.value
            yield self.verbs.plan(
                mapping.name, records=alone, direction=way, force=True, create=True
            )
        if visits:
            both = mapping.direction is Direction.BIDIRECTIONAL
            sent = SENDS.get(mapping.update_conflict) if both else None
            yield self.verbs.plan(mapping.name, full=True, direction=sent, force=True)

    def _visits_all(self, mapping: TableMapping, coupled: int) -> bool:
        with self.store.reading() as reading:
            untouched = reading.coupled(mapping.name)[1]
        return visits_all(mapping, coupled=coupled, untouched=untouched)

    def _applied(self, name: str, plan: Plan) -> dict[str, Any]:
        """Apply a plan, noted first so that an interruption goes on with it; gives its job."""
        self.store.note_review(name, plan_id=plan.plan_id)
        self._apply(plan.plan_id)
        return self._job(pl.col("plan_id") == plan.plan_id)

    def _apply(self, plan_id: str) -> None:
        done = self.verbs.apply(plan_id, force=self.how.force)
        self.applied.extend(done)
        self.jobs.extend(one.job_id for one in done)

    def _again(self, plan_id: str | None) -> dict[str, Any] | None:
        """Go on with the plan a line was interrupted in; None without one, or when it is stale."""
        if plan_id is None:
            return None
        try:
            self._apply(plan_id)
        except PlanStale:
            return None
        return self._job(pl.col("plan_id") == plan_id)

    def _job(self, test: pl.Expr) -> dict[str, Any]:
        """The newest job that passes a test, with the counters of all that do: those of a plan
        are one for each direction."""
        with self.store.lists() as lists:
            found = lists.jobs().filter(test)
        return {**found.row(0, named=True), **found.select(list(COUNTED)).sum().row(0, named=True)}

    def _told(self, job: Mapping[str, Any]) -> dict[str, object]:
        """What is kept of a line that ended: its last job, and what was done in a sentence."""
        said = [f"{word} {job[name]:,}" for name, word in COUNTED.items() if job[name]]
        alike = self._alike(job["plan_id"])
        told = [f"{', '.join(said).capitalize()}."] if said else ["Nothing was to be done."]
        told += [f"Not created, because they look like existing records: {alike:,}."] * bool(alike)
        return {"job_id": job["job_id"], "message": " ".join(told)}

    def _alike(self, plan_id: str | None) -> int:
        if plan_id is None:
            return 0
        counts = self.verbs.read_plan(plan_id).counts
        return int(counts.filter(pl.col("rule").is_in([*ALIKE, MATCHED]))["records"].sum())
