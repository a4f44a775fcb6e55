"""How often mappings run by themselves, for whoever asks how late a change may be."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from mdsync_nb.model import EntryKind, EntryStatus
from mdsync_nb.workspace import Workspace

RESTING = (EntryStatus.ON_HOLD.value, EntryStatus.ERROR.value, EntryStatus.FINISHED.value)
"""How an entry is that does not start by itself."""


def paces(entries: pl.DataFrame, workspace: Workspace) -> dict[str, tuple[int, int]]:
    """Give mapping -> minutes between two runs, and minutes after a run that found nothing.

    entries: `frames.QUEUE`. Only of mappings that are on and whose recurring entry starts by
    itself. 0 minutes after an idle run is until a change wakes it.
    """
    running = entries.filter(
        (pl.col("kind") == EntryKind.RECURRING.value) & ~pl.col("status").is_in(RESTING)
    )
    known = {name: workspace.mappings.get(name) for name in running["mapping"].drop_nulls()}
    return {
        name: (one.schedule.minutes_between_runs, one.schedule.inactivity_timeout)
        for name, one in known.items()
        if one is not None and one.enabled
    }


def next_starts(entries: pl.DataFrame) -> dict[str, datetime]:
    """Give mapping -> when its recurring entry may start next, where it starts by itself."""
    due = entries.filter(
        (pl.col("kind") == EntryKind.RECURRING.value)
        & ~pl.col("status").is_in(RESTING)
        & pl.col("mapping").is_not_null()
        & pl.col("earliest_start").is_not_null()
    )
    return dict(due.select("mapping", "earliest_start").iter_rows())
