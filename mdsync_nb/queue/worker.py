"""One tick of the job queue: load what was delivered, run what is due, note what became of it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.queue import Next, after_failure, after_success, is_idle, start_after
from mdsync_nb.engine.loading import arrived, load_company, stamps_now
from mdsync_nb.engine.running import Applied, finish_interrupted
from mdsync_nb.errors import CouldNotRun, Stopped, UsageError
from mdsync_nb.model import EntryKind, EntryStatus
from mdsync_nb.queue.child import run_notebook
from mdsync_nb.queue.entries import chosen_now, in_force, schedule_of
from mdsync_nb.queue.outcome import Outcome, failed, logged
from mdsync_nb.store import Store, Taken
from mdsync_nb.store.left import refusal
from mdsync_nb.workspace import Workspace

Clock = Callable[[], datetime]


class Verbs(Protocol):
    """What a run needs of a workbench: the same doors everybody goes through."""

    @property
    def workspace(self) -> Workspace:
        """What people set."""

    @property
    def store(self) -> Store:
        """What is kept."""

    def sync(self, *mappings: str) -> list[Applied]:
        """Plan and apply in one go."""


@dataclass(frozen=True)
class Ran:
    """One run that ended: its entry, what it came to, and what becomes of the entry.

    counts: the sums of its jobs, None when it had no job.
    """

    entry_id: int
    log_id: int
    mapping: str | None
    notebook: str
    outcome: Outcome
    counts: dict[str, int] | None
    next: Next
    attempts: int


@dataclass(frozen=True)
class Worker:
    """Runs entries of a workspace, one after the other. opens: gives the workbench anew, for the
    run of a number; so that settings changed meanwhile are in force."""

    opens: Callable[[int | None], Verbs]
    clock: Clock
    name: str

    def tick(self) -> Iterator[Ran]:
        """Run what is due, each entry once, giving each run as it ends.

        Raises StoreBusy, SettingsError: then nothing else of this tick is done.
        """
        verbs = self.opens(None)
        yield from self.take_back(verbs)
        load_arrivals(verbs, self.clock)
        done: list[int] = []
        while taken := self._taken(verbs, done):
            done.append(taken.entry["entry_id"])
            yield self.run(verbs, taken)

    def take_back(self, verbs: Verbs) -> Iterator[Ran]:
        """End the plans of those who are gone, and take back the entries they were running."""
        workspace, queue = verbs.workspace, verbs.store.queue
        if not queue.left_open():
            return
        finish_interrupted(verbs.store, workspace, clock=self.clock)

        def becomes(row: Any) -> Next:
            schedule = schedule_of(row, workspace)
            return after_failure(schedule, attempts=row["attempts"], soon=True, now=self.clock())

        lease = workspace.settings.worker.lease
        for row in queue.abandoned(becomes, at=self.clock(), lease=lease):
            yield Ran(
                row["entry_id"], row["log_id"], row["mapping"], row["notebook"] or "",
                Outcome(message=row["message"]), queue.counts(row["log_id"]), becomes(row),
                row["attempts"],
            )  # fmt: skip
        with suppress(CouldNotRun), verbs.store.alone_in_review():
            queue.go_on()

    def take(self, verbs: Verbs, entry_id: int) -> Taken | None:
        """Take one entry, whatever its status and time; None when it is in process."""

        def chosen(known: pl.DataFrame) -> tuple[int | None, Sequence[int]]:
            found = known.filter(pl.col("entry_id") == entry_id, pl.col("status") != "in process")
            return (entry_id if found.height else None), ()

        return self._take(verbs, chosen)

    def run(self, verbs: Verbs, taken: Taken) -> Ran:
        """Run an entry that was taken, and note how that ended and when it runs again."""
        queue = verbs.store.queue
        try:
            workspace, entry, outcome = self._attempt(taken)
        except BaseException as error:
            self._interrupted(queue, taken, str(error) or "The worker was told to end.")
            raise
        counts = queue.counts(taken.log_id)
        next_ = self._next(entry, workspace, outcome, idle=is_idle(counts))
        told = {
            **logged(outcome, idle=is_idle(counts)),
            "report": _below(workspace, outcome.report),
        }
        queue.finish(taken, told, next_, at=self.clock())
        return Ran(
            entry["entry_id"], taken.log_id, entry["mapping"], entry["notebook"], outcome, counts,
            next_, entry["attempts"],
        )  # fmt: skip

    def _taken(self, verbs: Verbs, done: Sequence[int]) -> Taken | None:
        def chosen(known: pl.DataFrame) -> tuple[int | None, Sequence[int]]:
            return chosen_now(known, verbs.workspace, now=self.clock(), done=done)

        return self._take(verbs, chosen)

    def _take(self, verbs: Verbs, choose: Any) -> Taken | None:
        lease = verbs.workspace.settings.worker.lease
        return verbs.store.queue.take(choose, worker=self.name, at=self.clock(), lease=lease)

    def _attempt(self, taken: Taken) -> tuple[Workspace, dict[str, Any], Outcome]:
        """Run an entry with the settings as they are now."""
        verbs = self.opens(taken.log_id)
        known = pl.DataFrame([taken.entry], schema=frames.QUEUE)
        (entry,) = in_force(known, verbs.workspace).to_dicts()
        return verbs.workspace, entry, self._outcome(verbs, entry, taken.log_id)

    def _outcome(self, verbs: Verbs, entry: dict[str, Any], log_id: int) -> Outcome:
        try:
            refuse_old_snapshots(verbs, entry["mapping"])
            if not entry["notebook"]:
                verbs.sync(entry["mapping"])
                return Outcome()
            return run_notebook(
                verbs.workspace.root,
                entry["notebook"],
                json.loads(entry["parameters"] or "{}"),
                log_id=log_id,
                silence=timedelta(minutes=schedule_of(entry, verbs.workspace).silence_timeout),
            )
        except Stopped:
            raise
        except Exception as error:
            return failed(error)

    def _next(
        self, entry: dict[str, Any], workspace: Workspace, outcome: Outcome, *, idle: bool
    ) -> Next:
        schedule, now = schedule_of(entry, workspace), self.clock()
        if outcome.succeeded:
            first, every = entry["first_start"], entry["every"]
            start = start_after(first, every, now) if first and every else None
            kind = EntryKind(entry["kind"])
            return after_success(kind, schedule, idle=idle, now=now, next_start=start)
        return after_failure(schedule, attempts=entry["attempts"], soon=outcome.soon, now=now)

    def _interrupted(self, queue: Any, taken: Taken, why: str) -> None:
        """The worker cannot go on: the entry is as it was, and the run is logged as lost."""
        was = taken.entry
        told = {"status": "lost", "message": why}
        as_before = Next(EntryStatus(was["status"]), was["earliest_start"], was["attempts"])
        queue.finish(taken, told, as_before, at=self.clock())


def load_arrivals(verbs: Verbs, clock: Clock) -> None:
    """Load the tables whose files are not those of their newest load, where settings say so.

    A file that is refused is noted at its load; the runs that need it say so.
    """
    if not verbs.workspace.settings.worker.load:
        return
    store, workspace = verbs.store, verbs.workspace
    for company, tables in arrived(store, workspace).items():
        for table in tables:
            _loaded(store, workspace, (company, table), clock)


def _loaded(store: Store, workspace: Workspace, place: tuple[str, str], clock: Clock) -> None:
    """Load one table; what is wrong with its file, or with what is set of it, stops no other."""
    company, table = place
    stamps = stamps_now(workspace, company, table)
    try:
        for _ in load_company(store, workspace, company, clock=clock, tables=(table,)):
            pass
    except UsageError as error:
        said = f"{company} {table}: {error} {error.hint}"
        store.record_refusal(company, table, at=clock(), message=said, stamps=stamps)


def refuse_old_snapshots(verbs: Verbs, mapping: str | None) -> None:
    """Raise CouldNotRun when the newest files of a mapping's companies could not be read: what they
    were to bring is not there, so the run would say nothing of it. Source: semantics.md 7.3.
    """
    if mapping is None:
        return
    said = verbs.workspace.mapping(mapping)
    places = ((said.integration, said.integration_table), (said.local, said.table))
    with verbs.store.reading() as reading:
        refused = [one for place in places if (one := refusal(reading, *place))]
    if refused:
        raise CouldNotRun(refused[0], hint="The run is tried again; nothing was written.")


def own_name() -> str:
    """Give a name for this process that says where it runs."""
    return f"{platform.node() or 'here'}:{os.getpid()}"


def _below(workspace: Workspace, report: str | None) -> str | None:
    """A report relative to the workspace, so that it is found where the folder is moved."""
    if report is None:
        return None
    path = Path(report)
    inside = path.is_relative_to(workspace.root)
    return path.relative_to(workspace.root).as_posix() if inside else str(path)
