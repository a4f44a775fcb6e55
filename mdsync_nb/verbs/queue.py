"""The verbs of the workbench about the job queue: what runs by itself, when, and what became of it.

Each is a method of `Workbench`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb import notifying
from mdsync_nb.core.queue import SOON, Next, of_notebook, recurring
from mdsync_nb.errors import CouldNotRun, UnknownName, UsageError
from mdsync_nb.model import EntryStatus
from mdsync_nb.notebooks import find_notebook
from mdsync_nb.parameters import as_declared, declared_in
from mdsync_nb.queue import entries
from mdsync_nb.queue.worker import Ran, Worker, own_name

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

OVER = (EntryStatus.ERROR.value, EntryStatus.FINISHED.value)


def _quietly(ran: Ran) -> None:
    """Say nothing of a run."""


def list_entries(self: Workbench, *names: str) -> pl.DataFrame:
    """Show the job queue entries, one row each, with their newest run (`frames.QUEUE`).

    names: numbers, mappings, links, tables or patterns; without any, all. Raises UnknownName.
    """
    known = entries.in_force(self.store.queue.entries(), self.workspace)
    if not names:
        return known
    return known.filter(pl.col("entry_id").is_in(entries.named(known, names, self.workspace)))


def show_entry(self: Workbench, entry: str) -> pl.DataFrame:
    """Show the runs of an entry, newest first (`frames.QUEUE_LOG`). Raises UnknownName."""
    return self.store.queue.log(_one(self, entry))


def hold_entries(self: Workbench, *names: str) -> int:
    """Keep entries from starting; one in process comes to its end first. Gives how many.

    names: as for `list_entries`. Raises UnknownName.
    """
    return _put(self, names, EntryStatus.ON_HOLD, None)


def ready_entries(self: Workbench, *names: str) -> int:
    """Let entries start with the next tick. Gives how many.

    names: as for `list_entries`. Raises UnknownName.
    """
    return _put(self, names, EntryStatus.READY, self._clock())


def restart_entries(self: Workbench, *names: str) -> int:
    """Let entries that ended in error, or ran once, start again with the next tick, as if nothing
    had failed before. Gives how many.

    names: as for `list_entries`; without any, all that ended in error. Raises UnknownName.
    """
    known = self.store.queue.entries()
    over = known.filter(pl.col("status").is_in(OVER if names else OVER[:1]))["entry_id"].to_list()
    chosen = [one for one in entries.named(known, names, self.workspace) if one in over]
    self.store.queue.put(chosen, Next(EntryStatus.READY, self._clock(), 0))
    return len(chosen)


def delete_entries(self: Workbench, *names: str) -> int:
    """Delete entries that are not in process; their log stays. Gives how many.

    names: as for `list_entries`, at least one. Raises UnknownName, UsageError.
    """
    if not names:
        raise UsageError("No entry was named.", hint="Name entries; `*` stands for all of them.")
    return self.store.queue.delete(_named(self, names))


def generate_entries(self: Workbench, *mappings: str, missing_only: bool = True) -> list[int]:
    """Make the recurring entry of each mapping that has none; gives their numbers.

    mappings: as for `compare`. missing_only: leave the others as they are; else they are made anew,
    ready for their first run. Raises UnknownName.
    """
    chosen, at, queue = self.workspace.select(*mappings), self._clock(), self.store.queue
    if not missing_only:
        names = [one.name for one in chosen]
        there = queue.entries().filter(pl.col("mapping").is_in(names), kind="recurring")
        queue.delete(there["entry_id"].to_list())
    return queue.add([recurring(one, at) for one in chosen], at=at)


def add_entry(
    self: Workbench,
    notebook: str,
    *,
    mapping: str = "",
    at: datetime | None = None,
    every: int | None = None,
    category: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> int:
    """Let a notebook run, by the next tick or not before a time; gives the entry's number.

    mapping: of which no other entry runs meanwhile. at: UTC where it says no zone. every: minutes,
    for one that runs again and again, at times that lie so far apart; without it, it runs once.
    category: entries of one category run one at a time. Raises UnknownName for a notebook,
    parameter or mapping nobody knows, UsageError for a value that does not fit.
    """
    if every is not None and (every < 1 or mapping):
        raise UsageError(
            "An entry of a mapping keeps to its settings, and minutes are 1 or more.",
            hint="Leave out the mapping, or say `minutes_between_runs` in mdsync.yaml.",
        )
    found = find_notebook(self.workspace, notebook)
    given = as_declared(found.stem, declared_in(found), parameters or {})
    name = self.workspace.mapping(mapping).name if mapping else None
    now = self._clock()
    start = _in_utc(at) if at else now + SOON
    when = {"earliest_start": start, "every": every, "first_start": start if every else None}
    row = of_notebook(found.stem, given, mapping=name, category=category, **when)
    return self.store.queue.add([row], at=now)[0]


def run_entry(self: Workbench, entry: str) -> Ran:
    """Run one entry now, whatever its status and time; gives what it came to.

    One on hold is on hold again afterwards. Raises UnknownName, CouldNotRun when it is in process.
    """
    worker, number = _worker(self), _one(self, entry)
    taken = worker.take(self, number)
    if taken is None:
        raise CouldNotRun(
            f"Entry {number} is in process already.",
            hint="Wait until its run has ended; `mdsync queue list` shows who runs it.",
        )
    ran = worker.run(self, taken)
    notifying.tell(self.store, self.workspace, self._clock())
    return ran


def run_jobs(self: Workbench, *, say: Callable[[Ran], object] = _quietly) -> list[Ran]:
    """Load what was delivered and run the entries that are due, each once: one tick, for cron or
    Task Scheduler. Gives the runs.

    say: is told each run as it ends. Several processes may do this at once: no entry is run by two
    of them. Raises StoreBusy, SettingsError.
    """
    ran = []
    for one in _worker(self).tick():
        ran.append(one)
        say(one)
        notifying.tell(self.store, self.workspace, self._clock())
    notifying.tell(self.store, self.workspace, self._clock())
    return ran


def _worker(self: Workbench) -> Worker:
    root, clock, shown = self.workspace.root, self._clock, self._progress.shown

    def opens(log_id: int | None) -> Workbench:
        return type(self)(root, clock=clock, progress=shown, queue_log=log_id)

    return Worker(opens, clock, own_name())


def _put(
    self: Workbench, names: tuple[str, ...], status: EntryStatus, start: datetime | None
) -> int:
    chosen = _named(self, names)
    self.store.queue.put(chosen, Next(status, start, 0))
    return len(chosen)


def _named(self: Workbench, names: tuple[str, ...]) -> list[int]:
    known = self.store.queue.entries()
    everything = not names or "*" in names
    return entries.named(known, () if everything else names, self.workspace)


def _one(self: Workbench, entry: str) -> int:
    known = self.store.queue.entries()
    found = entries.named(known, (str(entry),), self.workspace)
    if len(found) > 1:
        raise UsageError(
            f"{entry} has {len(found)} entries.",
            hint=f"Name one by its number: {', '.join(map(str, found))}.",
        )
    if not found:
        raise UnknownName("job queue entry", entry, known["entry_id"].to_list())
    return found[0]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
