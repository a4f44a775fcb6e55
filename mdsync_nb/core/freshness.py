"""How fresh a mapping is: whether its newest change was read, and for how long it waits."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from mdsync_nb import frames

NOT_LOADED, NEVER, IN_STEP, BEHIND, LATE = "not loaded", "never run", "in step", "behind", "late"


def freshness(mappings: pl.DataFrame, *, now: datetime) -> pl.DataFrame:
    """Say of every mapping whether its newest change was read (`frames.FRESHNESS`).

    mappings: the columns of `frames.FRESHNESS` but `behind` and `state`. A change waits from the
    moment it was made. It is late once it waits longer than the schedule lets it: the minutes
    between two runs, or after a run that found nothing the inactivity timeout; nothing is late
    where no schedule is known. now: UTC.
    """
    newest, read = pl.col("newest"), pl.coalesce("read_up_to", "last_run_at")
    waited = (pl.lit(now, dtype=frames.TIME) - newest).dt.total_minutes()
    at_worst = pl.max_horizontal("minutes", "inactivity")
    state = (
        pl.when(newest.is_null()).then(pl.lit(NOT_LOADED))
        .when(pl.col("last_run_at").is_null()).then(pl.lit(NEVER))
        .when(newest <= read).then(pl.lit(IN_STEP))
        .when(waited > at_worst).then(pl.lit(LATE))
        .otherwise(pl.lit(BEHIND))
    )  # fmt: skip
    judged = mappings.with_columns(state=state).with_columns(
        behind=pl.when(pl.col("state").is_in([BEHIND, LATE])).then(waited.clip(lower_bound=0))
    )
    return frames.conform(judged, frames.FRESHNESS)
