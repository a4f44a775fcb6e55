"""The records that wait, one row each, and what somebody says of many of them at once."""

from __future__ import annotations

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.deciding import KEEP, OPEN_TO_DECIDE, TAKE
from mdsync_nb.engine.messages import RULES
from mdsync_nb.engine.worklist import WHOLE_RECORD

KEYS = ["mapping", "source_id", "destination_id"]
CONFLICTS = {"true": "true conflict", "timestamp": "timestamp only"}
THERE, HERE, MERGE = "there", "here", "merge"
"""What somebody can say of a whole record: all values from there, all as here, each from the side
that changed it."""

BLOCKED = ("reference-missing", "must-be-coupled", "template-missing", "rename-taken")
"""Rules whose message names what is missing: that is the cause."""


def waiting_records(c: Comparison) -> pl.DataFrame:
    """Give what waits, one row a record (`frames.WAITING`), by impact."""
    rows = c.worklist
    told = pl.col("field") != WHOLE_RECORD
    side = {
        "from_there": pl.col("source_changed") & ~pl.col("destination_changed"),
        "from_here": pl.col("destination_changed") & ~pl.col("source_changed"),
        "open": pl.col("source_changed") == pl.col("destination_changed"),
    }
    first = ["rank", "company", "table", "key", "name", "state", "rule", "why"]
    first += ["field", "type", "source", "destination"]
    records = rows.group_by(KEYS, maintain_order=True).agg(
        pl.col(first).first(),
        fields=pl.col("field").filter(told),
        **{name: (test & told).sum() for name, test in side.items()},
        **{
            f"{side}_{what}": pl.col(f"{side}_{what}").first()
            for side in ("source", "destination")
            for what in ("by", "at")
        },
    )
    decided = c.decisions.select(*KEYS, "class", "conflict", "message").unique(KEYS)
    known = records.join(decided, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    return frames.conform(_in_words(known), frames.WAITING)


def _in_words(known: pl.DataFrame) -> pl.DataFrame:
    states = {name: rule.state for name, rule in RULES.items() if rule.state == "blocked"}
    causes = {name: rule.message for name, rule in RULES.items()}
    said = pl.col("message").fill_null("")
    undecided = pl.col("class").cast(pl.String).is_in(["undecided", "new_source"])
    message = pl.when(said == "").then("why").otherwise(said)
    of_rule = pl.col("rule").replace_strict(causes, default="", return_dtype=pl.String)
    return known.with_row_index("record").with_columns(
        record=pl.col("record").cast(pl.Int64),
        state=pl.coalesce(
            pl.col("conflict").replace_strict(CONFLICTS, default=None, return_dtype=pl.String),
            pl.col("rule").replace_strict(states, default=None, return_dtype=pl.String),
            "state",
        ),
        message=message,
        cause=pl.when(pl.col("rule").is_in(BLOCKED) | (of_rule == ""))
        .then(message)
        .otherwise(of_rule),
        since=pl.min_horizontal("source_at", "destination_at"),
        coupled=pl.col("destination_id").is_not_null() & ~undecided
        & (pl.col("rule") != "not-coupled-yet"),
        **{name: pl.col(name).cast(pl.Int64) for name in ("from_there", "from_here", "open")},
    )  # fmt: skip


def can_be_decided() -> pl.Expr:
    """Whether the values of a record (`frames.WAITING`) can be decided side by side."""
    return pl.col("rule").is_in(OPEN_TO_DECIDE) & (pl.col("fields").list.len() > 0)


def can_be_merged() -> pl.Expr:
    """Whether every field of a record was changed on one side only."""
    return can_be_decided() & (pl.col("open") == 0)


def answers(c: Comparison, records: pl.DataFrame, said: str) -> pl.DataFrame:
    """Give the decisions (`frames.ANSWERS`) for records as a whole. said: THERE, HERE or MERGE.

    records: rows of `frames.WAITING`; those that cannot be decided so are left out.
    """
    test = can_be_merged() if said == MERGE else can_be_decided()
    chosen = records.filter(test).select(KEYS)
    rows = c.worklist.with_row_index("row").join(
        chosen, on=KEYS, how="semi", nulls_equal=True, maintain_order="left"
    )
    from_there = pl.when("source_changed").then(pl.lit(TAKE)).otherwise(pl.lit(KEEP))
    words = {THERE: pl.lit(TAKE), HERE: pl.lit(KEEP), MERGE: from_there}
    return _answers(rows.with_columns(decision=words[said], value=pl.lit(None, dtype=pl.String)))


def answers_by_field(c: Comparison, said: pl.DataFrame) -> pl.DataFrame:
    """Give the decisions (`frames.ANSWERS`) of records, field by field.

    said: `mapping`, `source_id`, `destination_id`, `field`, `decision` and `value`, as in
    `frames.ANSWERS`; what does not wait is left out.
    """
    rows = c.worklist.with_row_index("row")
    on = [*KEYS, "field"]
    return _answers(rows.join(said, on=on, nulls_equal=True, maintain_order="left"))


def _answers(rows: pl.DataFrame) -> pl.DataFrame:
    return frames.conform(rows.with_columns(pl.col("row").cast(pl.Int64)), frames.ANSWERS)
