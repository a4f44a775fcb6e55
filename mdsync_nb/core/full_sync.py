"""Full synchronization: what each table is recommended, what waits for what, what may start."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from mdsync_nb import frames
from mdsync_nb.frames import REVIEW, REVIEW_KEPT, conform
from mdsync_nb.model.kinds import LineStatus, LinkKind, Recommendation

CONTACTS, CURRENCIES, USERS = "Contact", "transactioncurrency", "systemuser"
UNITS = ("Unit of Measure", "Unit Group", "Item Unit of Measure", "Resource Unit of Measure")
"""Dataverse always has one schedule of units of its own, so that one counts as none."""

OPTIONS = "."
"""What the name of an option set has in it: it is a field of a table (`account.PaymentTerms`)."""

THERE, HERE = pl.col("source_rows"), pl.col("local_rows")
WITH_DATAVERSE = pl.col("kind") == LinkKind.DATAVERSE
COUPLED_WITH = pl.col("integration_table")
OPTION_SET = WITH_DATAVERSE & COUPLED_WITH.str.contains(OPTIONS, literal=True)
CURRENCY = WITH_DATAVERSE & (COUPLED_WITH == CURRENCIES)
FILLED = pl.when(WITH_DATAVERSE & pl.col("table").is_in(UNITS)).then(1).otherwise(0) < THERE

RECOMMENDED = (
    (THERE.is_null() | HERE.is_null(), Recommendation.NOT_LOADED),
    (~WITH_DATAVERSE & (pl.col("table") == CONTACTS), Recommendation.COUPLE),
    (WITH_DATAVERSE & (COUPLED_WITH == USERS), Recommendation.FULL),
    (CURRENCY & pl.col("base_currency"), Recommendation.FULL),
    (CURRENCY | (OPTION_SET & (HERE > 0)), Recommendation.COUPLE),
    (OPTION_SET, Recommendation.NO_RECORDS),
    (~FILLED & (HERE == 0), Recommendation.NO_RECORDS),
    (FILLED & (HERE > 0), Recommendation.COUPLE),
    (pl.lit(value=True), Recommendation.FULL),
)
"""The first whose test holds is recommended. Source: semantics.md 6.3, FS-017, FS-018. The first
row is ours: a table nobody loaded cannot be called empty."""

RUNS = pl.col("recommendation").is_in([Recommendation.FULL, Recommendation.COUPLE])
STATUS = pl.col("status")
SATISFIES = STATUS.is_in([LineStatus.FINISHED, LineStatus.EXCLUDED]) | ~RUNS
"""Lines nothing has to wait for any more (semantics.md 6.4). Records that failed leave a line
finished (FS-010); excluding stands for deleting a line in the product, and a table that was never
loaded has no line there."""

OF_JOBS = ("to_job_id", "to_job_status", "from_job_id", "from_job_status")


def new_lines(facts: pl.DataFrame) -> pl.DataFrame:
    """Give a blank line for each mapping, with what it is recommended.

    facts: `frames.REVIEW_FACTS`. Gives `frames.REVIEW_KEPT`. Source: semantics.md 6.3.
    """
    recommended = pl.coalesce(
        pl.when(test).then(pl.lit(value.value)) for test, value in RECOMMENDED
    )
    blank = conform(facts, frames.REVIEW_FACTS).with_columns(
        recommendation=recommended,
        status=pl.lit(LineStatus.BLANK.value),
        plan_id=pl.lit(None, dtype=pl.String),
        job_id=pl.lit(None, dtype=pl.Int64),
        message=pl.lit(""),
        **{name: pl.lit(None, dtype=REVIEW_KEPT[name]) for name in OF_JOBS},
    )
    return conform(blank, REVIEW_KEPT)


def refreshed(kept: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Give the kept lines with new ones in place of those that are blank or not there yet.

    kept, lines: `frames.REVIEW_KEPT`. A line that was started keeps its status and values
    (semantics.md 6.2, FS-006).
    """
    started = kept.filter(STATUS != LineStatus.BLANK)
    fresh = lines.join(started, on="mapping", how="anti")
    others = kept.join(fresh, on="mapping", how="anti")
    return conform(pl.concat([others, fresh]), REVIEW_KEPT)


def restarted(kept: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Give the kept lines with those of the names forgotten, whatever became of them."""
    return kept.filter(~pl.col("mapping").is_in(list(names)))


def excluded(kept: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Give the kept lines with those of the names left out, unless they are finished already."""
    left_out = pl.col("mapping").is_in(list(names)) & (STATUS != LineStatus.FINISHED)
    word = pl.lit(LineStatus.EXCLUDED.value)
    return kept.with_columns(status=pl.when(left_out).then(word).otherwise("status"))


def review(places: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Give the lines with their waves, and what each blank one waits for.

    places: `mapping`, `table`, `depends_on` (names of mappings), in the order of dependencies.
    kept: `frames.REVIEW_KEPT`. Gives `frames.REVIEW` in the order of places. A dependency without a
    line counts for nothing (FS-004), nor does one that comes after the line: it closes a circle.
    """
    lines = places.join(kept, on="mapping", how="inner", maintain_order="left")
    before = (
        _dependencies(lines)
        .group_by("mapping", maintain_order=True)
        .agg(depends_on=pl.col("depends_on"))
    )
    none = pl.lit([], dtype=REVIEW["depends_on"])
    lines = (
        lines.drop("depends_on")
        .join(before, on="mapping", how="left", maintain_order="left")
        .with_columns(pl.col("depends_on").fill_null(none))
    )
    lines = lines.with_columns(wave=pl.Series(_waves(lines), dtype=pl.Int64))
    return conform(_with_waiting(lines), REVIEW)


def _dependencies(lines: pl.DataFrame) -> pl.DataFrame:
    """Which line waits for which: `mapping`, `depends_on`, in the order of the lines."""
    placed = lines.select("mapping", "depends_on").with_row_index("place")
    names = placed.select(depends_on="mapping", goes="place")
    return (
        placed.explode("depends_on")
        .join(names, on="depends_on")
        .filter(pl.col("goes") < pl.col("place"))
        .unique(["place", "goes"])
        .sort("place", "goes")
        .select("mapping", "depends_on")
    )


def _waves(lines: pl.DataFrame) -> list[int | None]:
    """The wave of each line: the first, or the one after the last it waits for; none without
    anything to do."""
    waves: dict[str, int] = {}
    asked = lines.select("mapping", "depends_on", runs=RUNS & (STATUS != LineStatus.EXCLUDED))
    for mapping, depends_on, runs in asked.iter_rows():
        if runs:
            waves[mapping] = 1 + max((waves.get(one, 0) for one in depends_on), default=0)
    return [waves.get(mapping) for mapping in lines["mapping"]]


def _with_waiting(lines: pl.DataFrame) -> pl.DataFrame:
    """Say of blank lines what they wait for; the product blocks without a word."""
    blockers = _blockers(lines)
    ended = pl.when(pl.col("status") == LineStatus.ERROR).then(pl.lit(" (ended in error)"))
    said = blockers.group_by("mapping", maintain_order=True).agg(
        waits=pl.concat_str("depends_on", ended.otherwise(pl.lit("")))
    )
    words = pl.format("Waits for {}.", pl.col("waits").list.join(", "))
    blank = RUNS & (STATUS == LineStatus.BLANK) & pl.col("waits").is_not_null()
    return lines.join(said, on="mapping", how="left", maintain_order="left").with_columns(
        message=pl.when(blank).then(words).otherwise("message")
    )


def _blockers(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines that others wait for: `mapping`, `depends_on`, `status` of the latter."""
    unsatisfied = lines.filter(~SATISFIES).select(depends_on="mapping", status="status")
    asked = lines.select("mapping", "depends_on").explode("depends_on")
    return asked.join(unsatisfied, on="depends_on", how="inner", maintain_order="left")


def may_start(lines: pl.DataFrame) -> pl.DataFrame:
    """Give the blank lines that wait for nothing and have something to do (`frames.REVIEW`).

    Source: semantics.md 6.4, FS-002, FS-004, FS-005.
    """
    blank = lines.filter(RUNS & (STATUS == LineStatus.BLANK))
    return blank.join(_blockers(lines), on="mapping", how="anti", maintain_order="left")


def interrupted(lines: pl.DataFrame) -> pl.DataFrame:
    """Give the lines that were started and did not end; nobody else may be running them."""
    return lines.filter(STATUS.is_in([LineStatus.READY, LineStatus.IN_PROCESS]))


def cascade(lines: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Give the lines of the names that would run when no line ends in error, in their order.

    Each line that ends lets others start (semantics.md 6.4, FS-008).
    """
    among = pl.col("mapping").is_in(list(names))
    reached = interrupted(lines).filter(among)
    while True:
        now = ended(lines, reached["mapping"].to_list(), LineStatus.FINISHED)
        more = may_start(now).filter(among)
        if more.is_empty():
            return lines.filter(pl.col("mapping").is_in(reached["mapping"].implode()))
        reached = pl.concat([reached, more])


def ended(lines: pl.DataFrame, names: Collection[str], status: LineStatus) -> pl.DataFrame:
    """Give the lines as they would be, had those of the names ended with a status."""
    told = pl.when(pl.col("mapping").is_in(list(names))).then(pl.lit(status.value))
    return lines.with_columns(status=told.otherwise("status"))
