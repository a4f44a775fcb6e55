"""What a word of `update_conflict` makes of the conflicts: how many it settles, which values go."""

from __future__ import annotations

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.pairing import NOT_TRANSFERRED
from mdsync_nb.model.kinds import UpdateConflict

RECORD = ["mapping", "source_id", "destination_id"]
SETTLED = pl.col("action").is_in(["modify", "unchanged"])
"""A conflict that a run settles, one way or the other; every other one waits or fails."""

WRITTEN = pl.col("action") == "modify"
CHANGED_HERE = pl.col("class").is_in(["destination", "both"])
CHANGED_THERE = pl.col("class").is_in(["source", "both"])


def lost_values(
    decisions: pl.DataFrame, cells: pl.DataFrame, policy: UpdateConflict, *, back: bool = False
) -> pl.DataFrame:
    """Give the values that go when conflicts are settled in a way (`frames.LOST`).

    decisions, cells: `frames.DECISIONS` and `frames.CELLS`, as the policy decides them. Lost here:
    changed here since the two agreed, and overwritten. Lost there: changed there, and not carried.
    A conflict that is left waits, and loses nothing. A value both changed to the same is not lost.
    back: they are of the step that writes there, so that here and there are the other way round.
    """
    here, there = ("there", "here") if back else ("here", "there")
    settled = decisions.filter((pl.col("conflict") != "") & SETTLED)
    differ = cells.filter((pl.col("class") != "both_same") & ~NOT_TRANSFERRED).join(
        settled.select(*RECORD, "key", "action"), on=RECORD
    )
    carried = WRITTEN & ~pl.col("kept")
    parts = [
        differ.filter(carried & CHANGED_HERE).with_columns(lost=pl.lit(here)),
        differ.filter(~carried & CHANGED_THERE).with_columns(lost=pl.lit(there)),
    ]
    found = pl.concat(parts).with_columns(policy=pl.lit(policy.value))
    return frames.conform(found, frames.LOST)


def rehearsed(
    decisions: pl.DataFrame,
    cells: pl.DataFrame,
    policy: UpdateConflict,
    *,
    in_force: bool,
    back: bool = False,
) -> pl.DataFrame:
    """Count what becomes of the conflicts of each mapping under one policy (`frames.REHEARSAL`).

    decisions, cells: as of `lost_values`. Source: semantics.md 4.6, 8.4; labels are ours.
    """
    conflicts = decisions.filter(pl.col("conflict") != "")
    true, timestamp = pl.col("conflict") == "true", pl.col("conflict") == "timestamp"
    counted = conflicts.group_by("mapping").agg(
        true=true.sum(),
        timestamp=timestamp.sum(),
        settled_true=(true & SETTLED).sum(),
        settled_timestamp=(timestamp & SETTLED).sum(),
        left=(~SETTLED).sum(),
        written=WRITTEN.sum(),
    )
    lost = lost_values(decisions, cells, policy, back=back)
    gone = lost.group_by("mapping").agg(
        lost_here=(pl.col("lost") == "here").sum(), lost_there=(pl.col("lost") == "there").sum()
    )
    found = counted.join(gone, on="mapping", how="left").with_columns(
        pl.col("lost_here", "lost_there").fill_null(0),
        policy=pl.lit(policy.value),
        in_force=pl.lit(in_force),
    )
    return frames.conform(found, frames.REHEARSAL)
