"""What is said of a decision: the message of its rule, and the fields or counts it names."""

from __future__ import annotations

from typing import Literal

import polars as pl

from mdsync_nb.core.actions import LADDERS
from mdsync_nb.core.merging import STAYING, fields_in_words
from mdsync_nb.core.resolve import AFTER_VALUES, BY_A_PERSON, INSERTING
from mdsync_nb.engine.references import left_behind
from mdsync_nb.engine.wide import Sides
from mdsync_nb.frames import ACTION

ACTIONS = [rule for ladder in LADDERS.values() for rule in ladder]
RULES = {rule.id: rule for rule in (*ACTIONS, *INSERTING, *AFTER_VALUES, *BY_A_PERSON)}

NAMED: dict[Literal["held", "kept"], tuple[str, ...]] = {
    "held": ("local-change", "update-conflict"),
    "kept": STAYING,
}
"""Which fields the message of which rule names."""


COUNTERS = {
    "inserted": "created",
    "modified": "changed",
    "deleted": "deleted",
    "unchanged": "as agreed",
    "waiting": "wait",
    "failed": "failed",
    "skipped": "set aside",
    "stale": "moved since",
    "uncoupled": "uncoupled",
}
"""Every counter of a job that writes, in the order of its table."""


def counter_words(kind: str) -> dict[str, str]:
    """What the counters of a kind of job are called: of a coupling, what it left is undecided."""
    return COUNTERS | ({"failed": "undecided"} if kind == "coupling" else {})


def with_left_behind(decided: pl.DataFrame, cells: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """Say of renamed records who still refers to the key they give up: `left_behind`."""
    renamed = decided.filter(rule="renamed").select("ix")
    if renamed.is_empty():
        return decided.with_columns(left_behind=pl.lit(None, dtype=pl.String))
    keys = pl.col("field").is_in(list(sides.destination.schema.key)) & pl.col("differs")
    old = cells.filter(keys).join(renamed, on="ix", how="semi")
    said = left_behind(old.select("ix", "field", "destination"), sides)
    return decided.join(said, on="ix", how="left")


def with_fields_named(decided: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Name the fields that hold a record up, or stay as they are: `held_fields`, `kept_fields`."""
    for mark, rules in NAMED.items():
        of = decided.filter(pl.col("rule").is_in(rules)).select("ix")
        named = fields_in_words(cells.filter(mark).join(of, on="ix", how="semi"), mark)
        decided = (
            decided.with_columns(pl.lit(None, dtype=pl.String).alias(f"{mark}_fields"))
            if named.is_empty()
            else decided.join(named, on="ix", how="left")
        )
    return decided


def told_of() -> pl.Expr:
    """Give what a message says besides its rule's words; null for most."""
    return (
        pl.when(pl.col("rule") == "transformation-failed").then("transformation_failed")
        .when(pl.col("rule") == "must-be-coupled").then("unresolved")
        .when(pl.col("rule") == "reference-missing").then("missing_reference")
        .when(pl.col("rule") == "update-conflict").then(pl.format("Fields: {}.", "held_fields"))
        .when(pl.col("rule") == "local-change").then(pl.format("Fields: {}.", "held_fields"))
        .when(pl.col("rule") == "kept-here").then(pl.format("Fields: {}.", "kept_fields"))
        .when(pl.col("rule") == "merged").then(pl.format("Kept: {}.", "kept_fields"))
        .when(pl.col("rule") == "renamed").then("left_behind")
        .when(pl.col("rule") == "late-unchanged").then("warned")
        .when(pl.col("reason") != "").then("reason")
    )  # fmt: skip


def with_messages(decided: pl.DataFrame) -> pl.DataFrame:
    """Add the action of each rule, and its message with the `detail`."""
    actions = {name: rule.action.value for name, rule in RULES.items()}
    messages = {name: rule.message for name, rule in RULES.items()}
    said = pl.col("rule").replace_strict(messages, return_dtype=pl.String)
    detail = pl.col("detail").str.strip_chars().str.strip_chars_end(".")
    sentence = pl.format("{}{}.", detail.str.head(1).str.to_uppercase(), detail.str.tail(-1))
    return decided.with_columns(
        action=pl.col("rule").replace_strict(actions, return_dtype=pl.String).cast(ACTION),
        message=pl.when(pl.col("detail").is_null())
        .then(said)
        .otherwise(pl.concat_str([said, sentence], separator=" ").str.strip_chars()),
    )
