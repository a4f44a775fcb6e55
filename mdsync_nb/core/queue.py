"""Job queue entries: how they are made, which is next, and what a run makes of its entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from mdsync_nb.model.queue import EntryKind, EntryStatus, Schedule
from mdsync_nb.model.table_mapping import TableMapping

LEAST_INACTIVE = 5
"""Minutes an entry sleeps at least."""

LONG_WAIT = timedelta(hours=6)
STEADY_AFTER = 7
"""After this many failures in a row the wait no longer grows."""

WORKED = ("inserted", "modified", "deleted", "failed")
"""Counters of jobs that say a run was not idle."""

STARTS = (EntryStatus.READY.value, EntryStatus.WAITING.value, EntryStatus.INACTIVE.value)
"""Statuses from which an entry starts when its time has come."""

SOON = timedelta(seconds=1)
"""From making an entry that runs once to its start (semantics.md 7.3)."""

WAKES_IN = timedelta(seconds=30)
"""From a change to the run it pulls forward (semantics.md 7.6)."""


class Next(NamedTuple):
    """What becomes of an entry: its status, when it may start (None: not by itself), and how many
    attempts failed since it last succeeded."""

    status: EntryStatus
    earliest_start: datetime | None
    attempts: int


def recurring(mapping: TableMapping, at: datetime) -> dict[str, Any]:
    """Give the recurring entry of a mapping as it is made: on hold where its settings say so."""
    schedule = mapping.schedule
    status = EntryStatus.ON_HOLD if schedule.on_hold else EntryStatus.READY
    return {
        "mapping": mapping.name,
        "kind": EntryKind.RECURRING.value,
        "status": status.value,
        "earliest_start": at + timedelta(minutes=schedule.minutes_between_runs),
    }


def of_notebook(notebook: str, parameters: Mapping[str, Any], **how: Any) -> dict[str, Any]:
    """Give an entry that runs a notebook, not before a time: once, or again and again.

    how: mapping, category, earliest_start; first_start and every (minutes), or None: once.
    """
    kind = EntryKind.RECURRING if how["every"] else EntryKind.ONCE
    asked = {"notebook": notebook, "parameters": dict(parameters), **how}
    return {**asked, "kind": kind.value, "status": EntryStatus.READY.value}


def is_idle(counts: Mapping[str, int] | None) -> bool:
    """Whether a run had nothing to do. counts: the sums of its jobs, None when it had no job.

    Unchanged, skipped, coupled and uncoupled records count for nothing, nor do those that wait for
    a person; failed ones do. Without a job it was not idle. Source: semantics.md 7.3.
    """
    return counts is not None and not any(counts.get(name, 0) for name in WORKED)


def after_success(
    kind: EntryKind,
    schedule: Schedule,
    *,
    idle: bool,
    now: datetime,
    next_start: datetime | None = None,
) -> Next:
    """Give what becomes of an entry whose run came to its end. Source: semantics.md 7.3.

    next_start: of one that keeps to its own times, whatever it found to do.
    """
    if kind is EntryKind.ONCE:
        return Next(EntryStatus.FINISHED, None, 0)
    if next_start is not None:
        return Next(EntryStatus.READY, next_start, 0)
    if not idle:
        again = now + timedelta(minutes=schedule.minutes_between_runs)
        return Next(EntryStatus.READY, again, 0)
    asleep = schedule.inactivity_timeout
    wakes = now + timedelta(minutes=max(asleep, LEAST_INACTIVE)) if asleep else None
    return Next(EntryStatus.INACTIVE, wakes, 0)


def after_failure(schedule: Schedule, *, attempts: int, soon: bool, now: datetime) -> Next:
    """Give what becomes of an entry whose run failed.

    attempts: how many failed before. soon: trying again may help; else the next attempt is at the
    regular time, as after a plan that was refused. Source: semantics.md 7.3.
    """
    failed = attempts + 1
    if failed >= schedule.max_attempts:
        return Next(EntryStatus.ERROR, None, failed)
    regular = timedelta(minutes=schedule.minutes_between_runs)
    wait = rerun_delay(schedule, failed) if soon else regular
    return Next(EntryStatus.READY, now + wait, failed)


def start_after(first: datetime, every: int, now: datetime) -> datetime:
    """Give the next of the times that lie so many minutes apart; those that passed are not made
    up for."""
    step = timedelta(minutes=every)
    return first + step * max((now - first) // step + 1, 1)


def rerun_delay(schedule: Schedule, attempt: int) -> timedelta:
    """Give how long to wait after the attempt of this number failed; the first is 1.

    The rerun delay and 10 to the power of the attempt in milliseconds; six hours beyond the
    seventh. Source: semantics.md 7.3.
    """
    if attempt > STEADY_AFTER:
        return LONG_WAIT
    return timedelta(seconds=schedule.rerun_delay, milliseconds=10**attempt)


def choose(
    entries: Sequence[Mapping[str, Any]],
    order: Sequence[str],
    needs: Mapping[str, Sequence[str]],
    *,
    now: datetime,
) -> tuple[int | None, list[int]]:
    """Give the entry to run now, or None, and those that are due and have to wait for another.

    entries: rows of `frames.QUEUE` with the category in force. order: the mappings that may run,
    each after those it needs. One runs at a time of a mapping, and of a category; and none while a
    mapping it needs is in process. What is due starts in that order, then by its number.
    Source: semantics.md 7.3.
    """
    running = [one for one in entries if one["status"] == EntryStatus.IN_PROCESS.value]
    busy = {one["mapping"] for one in running}
    categories = {one["category"] for one in running if one["category"]}
    place = {name: number for number, name in enumerate(order)}
    due = [one for one in entries if _is_due(one, place, now)]
    due.sort(key=lambda one: (place.get(one["mapping"], len(place)), one["entry_id"]))
    blocked = [
        one["entry_id"]
        for one in due
        if one["category"] in categories
        or (one["mapping"] is not None and busy & {one["mapping"], *needs.get(one["mapping"], ())})
    ]
    free = [one["entry_id"] for one in due if one["entry_id"] not in blocked]
    return (free[0] if free else None), blocked


def _is_due(one: Mapping[str, Any], place: Mapping[str, int], now: datetime) -> bool:
    waits = one["status"] in STARTS
    known = one["mapping"] is None or one["mapping"] in place
    return waits and known and one["earliest_start"] is not None and one["earliest_start"] <= now
