"""Entries as they are in force: what is kept of them, and what the settings say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.queue import choose
from mdsync_nb.errors import UnknownName
from mdsync_nb.model import ONCE, EntryKind, Schedule, TableMapping
from mdsync_nb.workspace import Workspace


def in_force(entries: pl.DataFrame, workspace: Workspace) -> pl.DataFrame:
    """Give entries (`frames.QUEUE`) with notebook, parameters and category of their schedule."""
    rows = [
        {**one, **_said(one, workspace.mappings.get(one["mapping"]))} for one in entries.to_dicts()
    ]
    return pl.DataFrame(rows, schema=frames.QUEUE)


def _said(entry: Mapping[str, Any], mapping: TableMapping | None) -> dict[str, str]:
    if entry["kind"] != EntryKind.RECURRING.value or mapping is None:
        return {}
    schedule = mapping.schedule
    given = f'{{"mappings": ["{mapping.name}"], "apply": true}}' if schedule.notebook else "{}"
    return {"notebook": schedule.notebook, "category": schedule.category, "parameters": given}


def schedule_of(entry: Mapping[str, Any], workspace: Workspace) -> Schedule:
    """Give the schedule in force of an entry."""
    mapping = workspace.mappings.get(entry["mapping"])
    schedule = mapping.schedule if mapping else Schedule()
    if entry["kind"] == EntryKind.ONCE.value:
        return schedule.model_copy(update={"max_attempts": ONCE.max_attempts})
    return schedule


def may_run(workspace: Workspace) -> list[str]:
    """Give the mappings whose entries start by themselves, each after those it needs."""
    return [one.name for one in workspace.mappings.values() if one.enabled]


def chosen_now(
    entries: pl.DataFrame, workspace: Workspace, *, now: datetime, done: Iterable[int]
) -> tuple[int | None, list[int]]:
    """Give the entry to run now, and those that are due and wait for another (`core.queue.choose`).

    done: entries that have run in this tick.
    """
    known = in_force(entries.filter(~pl.col("entry_id").is_in(list(done))), workspace)
    needs = {
        name: [f"{one.link}/{other}" for other in one.depends_on]
        for name, one in workspace.mappings.items()
    }
    return choose(known.to_dicts(), may_run(workspace), needs, now=now)


def named(entries: pl.DataFrame, names: Sequence[str], workspace: Workspace) -> list[int]:
    """Give the numbers of the entries people name: by number, mapping, link, table or pattern.

    Without a name, all of them. Raises UnknownName.
    """
    if not names:
        return entries["entry_id"].to_list()
    found: list[int] = []
    for name in names:
        fits = _of_name(entries, name, workspace)
        if not fits:
            raise UnknownName("job queue entry", name, entries["entry_id"].to_list())
        found += fits
    return list(dict.fromkeys(found))


def _of_name(entries: pl.DataFrame, name: str, workspace: Workspace) -> list[int]:
    if name.isdecimal():
        return entries.filter(entry_id=int(name))["entry_id"].to_list()
    mappings = [one.name for one in workspace.named(name)]
    return entries.filter(pl.col("mapping").is_in(mappings))["entry_id"].to_list()
