"""How every table stands: what changed since it was read, what waits, and what its last run did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import Direction, EntryKind, EntryStatus, TableMapping

OFF, NOT_LOADED, ON_HOLD = "off", "not loaded", "on hold"
IN_ERROR, NEVER, BEHIND, IN_STEP = "in error", "never run", "behind", "in step"
STATES = (OFF, NOT_LOADED, ON_HOLD, IN_ERROR, NEVER, BEHIND, IN_STEP)
"""The states of a table; the first that holds is said."""

DID = {
    "coupled": "coupled",
    "inserted": "created",
    "modified": "changed",
    "deleted": "deleted",
    "uncoupled": "uncoupled",
    "waiting": "waiting",
    "failed": "failed",
    "skipped": "set aside",
    "stale": "moved since",
}
"""The counters of a job that are told, in words."""

STATUS = ("coupled", "failed", "skipped", "watermark", "local_watermark", "last_run_at")
"""What is taken from the status."""

SIDES = {"integration": "there", "local": "here"}


def uses(mappings: Sequence[TableMapping]) -> pl.DataFrame:
    """Give the tables of mappings: `mapping`, `side`, `company`, `table`, `reads`."""
    rows = [
        row
        for one in mappings
        for row in (
            (one.name, "integration", one.integration, one.integration_table,
             Direction.FROM_INTEGRATION in one.directions),
            (one.name, "local", one.local, one.table,
             Direction.TO_INTEGRATION in one.directions),
        )
    ]  # fmt: skip
    texts = dict.fromkeys(("mapping", "side", "company", "table"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "reads": pl.Boolean}, orient="row")


def standing(
    mappings: Sequence[TableMapping],
    status: pl.DataFrame,
    kept: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    entries: pl.DataFrame,
) -> pl.DataFrame:
    """Give how tables stand (`frames.TABLES`): those of a company together, else in their order.

    status: as the verb gives it. kept: their sides, what their runs left, their last jobs. entries:
    `frames.QUEUE`.
    """
    sides, left, jobs = kept
    recurring = entries.filter(kind=EntryKind.RECURRING.value).select(
        "mapping", entry="status", next_start="earliest_start"
    )
    known = _settings(mappings)
    status = status.select("mapping", *STATUS)
    for facts in (status, _by_side(sides), left, _last(jobs), recurring):
        known = known.join(facts, on="mapping", how="left", maintain_order="left")
    ran = pl.col("last_run_at").is_not_null()
    known = known.with_columns(waits=pl.when(ran).then(pl.col("waits").fill_null(0)))
    return frames.conform(known.with_columns(state=_state()), frames.TABLES)


def _settings(mappings: Sequence[TableMapping]) -> pl.DataFrame:
    places = {one.local: place for place, one in reversed(list(enumerate(mappings)))}
    rows = [
        (one.name, one.local, one.integration, one.table, one.direction.value, one.enabled,
         ", ".join(match.field for match in one.match))
        for one in sorted(mappings, key=lambda one: places[one.local])
    ]  # fmt: skip
    names = ("mapping", "company", "other", "table", "direction", "enabled", "matched_by")
    return pl.DataFrame(rows, schema={one: frames.TABLES[one] for one in names}, orient="row")


def _by_side(sides: pl.DataFrame) -> pl.DataFrame:
    """Put both sides of a mapping into one row."""
    parts = [
        sides.filter(side=side).select(
            "mapping", pl.col("changes").alias(f"from_{word}"), pl.col("rows").alias(f"rows_{word}")
        )
        for side, word in SIDES.items()
    ]
    return parts[0].join(parts[1], on="mapping", how="left")


def _last(jobs: pl.DataFrame) -> pl.DataFrame:
    """Say what the last job of each mapping did."""
    said = pl.Series("outcome", [_outcome(one) for one in jobs.to_dicts()], dtype=pl.String)
    return jobs.select("mapping", "last_job", "last_kind", "last_status", "last_at", said)


def _outcome(job: Mapping[str, Any]) -> str:
    if job["last_status"] == "failed":
        return f"Stopped. {job['message'] or ''}".strip()
    if job["last_status"] == "stopped":
        return "stopped, nothing written"
    words = DID | ({"failed": "undecided"} if job["last_kind"] == "coupling" else {})
    did = [f"{job[name]:,} {word}" for name, word in words.items() if job[name]]
    return ", ".join(did) or "nothing to do"


def _state() -> pl.Expr:
    """The first word that holds, in the order of `STATES`."""
    changes = pl.sum_horizontal("from_there", "from_here")
    failed = (pl.col("entry") == EntryStatus.ERROR.value) | (pl.col("last_status") == "failed")
    tests = (
        ~pl.col("enabled"),
        pl.col("rows_there").is_null() | pl.col("rows_here").is_null(),
        pl.col("entry") == EntryStatus.ON_HOLD.value,
        failed,
        pl.col("last_run_at").is_null(),
        changes > 0,
    )
    arms = zip(tests, STATES, strict=False)
    return pl.coalesce(*(pl.when(test).then(pl.lit(word)) for test, word in arms), pl.lit(IN_STEP))
