"""The first ladder: what decides a pair before its values are looked at, and what class it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb.core.ladder import Rule, first_that_holds
from mdsync_nb.core.values import later
from mdsync_nb.frames import PAIR_CLASS
from mdsync_nb.model.kinds import Action, PairClass

COUPLED = pl.col("coupling_row").is_not_null()
SOURCE = pl.col("source_row").is_not_null()
DESTINATION = pl.col("destination_row").is_not_null()
IN_FILTER = pl.col("source_in_filter")
FULL, ONLY_COUPLED = pl.col("full"), pl.col("only_coupled")
FORCED, NATURAL = pl.col("forced"), pl.col("natural")
BY_ID = FORCED & pl.col("named")
"""A person chose the direction for single records: their ids stand in place of the filter
(semantics.md 4.12). A full synchronization is forced, too, and keeps the filters (6.4)."""

ALONE = ~COUPLED & ~NATURAL
SOURCE_COMPLETE, DESTINATION_COMPLETE = pl.col("source_complete"), pl.col("destination_complete")
AGREED = pl.col("source_as_agreed").is_not_null() & pl.col("destination_as_agreed").is_not_null()
AS_AGREED = (pl.col("source_as_agreed") & pl.col("destination_as_agreed")).fill_null(value=False)
SOURCE_MOVED = COUPLED & later(pl.col("source_modified_at"), pl.col("agreed_source_modified_at"))
DESTINATION_MOVED = COUPLED & later(
    pl.col("destination_modified_at"), pl.col("agreed_destination_modified_at")
)
"""The record moved since the two were coupled or last agreed: by its modified time, or where a
company delivers none, by the load that first showed other values."""

SOURCE_LATER = pl.col("source_has_times") & SOURCE_MOVED
WRITTEN_AGAIN = pl.col("again") & pl.col("not_taken_over")
CREATED_AGAIN = pl.col("restores") | WRITTEN_AGAIN
SOURCE_CHANGED = (
    pl.col("failed_last")
    | SOURCE_LATER
    | ~pl.col("source_as_agreed").fill_null(value=True)
    | WRITTEN_AGAIN
)
"""The source moved since the last success: by its time, by its values, or the last run failed."""

NEVER_AGREED = COUPLED & ~AGREED & pl.col("open_too")
"""The two never agreed, and nothing but their values tells whether they do."""

BEFORE_VALUES = (
    Rule(
        "skipped-flag",
        COUPLED & pl.col("skipped") & ~FULL & ~pl.col("anyway"),
        Action.SKIP,
        "Set aside after it failed again; retry puts it back.",
        "set aside",
        "users",
    ),
    Rule(
        "undone",
        pl.col("held"),
        Action.WAIT,
        "Undone by a person; retry releases it.",
        "undone",
        "users",
    ),
    Rule(
        "not-taken-over",
        COUPLED & pl.col("not_taken_over") & ~pl.col("again"),
        Action.WAIT,
        "Written before, not yet taken over by the company.",
        "not yet taken over",
        "set-up",
    ),
    Rule("set-aside", pl.col("aside"), Action.NONE),
    Rule("both-gone", COUPLED & ~SOURCE & ~DESTINATION, Action.NONE, "Both records are gone."),
    Rule(
        "orphan",
        COUPLED & ~SOURCE & SOURCE_COMPLETE,
        Action.NONE,
        "Coupled to a record that is gone at the source.",
        "orphan",
        "set-up",
    ),
    Rule("source-not-loaded", COUPLED & ~SOURCE, Action.NONE),
    Rule(
        "left-filter",
        COUPLED & ~IN_FILTER & ~pl.col("failed_last") & ~BY_ID,
        Action.NONE,
        "Still coupled, no longer updated: it left the filter.",
        "left the filter",
        "set-up",
    ),
    Rule("only-here", ~COUPLED & ~SOURCE, Action.NONE),
    Rule("outside-filter", ALONE & ~IN_FILTER & ~BY_ID, Action.NONE),
    Rule(
        "natural-key-unsure",
        ~COUPLED & pl.col("natural_unsure"),
        Action.FAIL,
        "Several records have its natural key.",
        "undecided",
        "users",
    ),
    Rule(
        "two-firms",
        ALONE & pl.col("two_firms"),
        Action.WAIT,
        "One number, two firms.",
        "undecided",
        "users",
    ),
    Rule(
        "looks-like-existing",
        ALONE & pl.col("undecided"),
        Action.WAIT,
        "Looks like an existing one.",
        "undecided",
        "users",
    ),
    Rule(
        "not-coupled-yet",
        ALONE & pl.col("found"),
        Action.WAIT,
        "Not coupled yet: confirm the match first.",
        "not coupled yet",
        "users",
    ),
    Rule(
        "only-coupled-asked",
        ALONE & ONLY_COUPLED & pl.col("named"),
        Action.SKIP,
        "It is not coupled, and this mapping only synchronizes coupled records.",
        "not coupled",
        "users",
    ),
    Rule("only-coupled", ALONE & ONLY_COUPLED, Action.NONE),
    Rule(
        "cannot-tell-if-missing",
        ALONE & ~DESTINATION_COMPLETE,
        Action.WAIT,
        "It may exist in the part that was not delivered; ask for a complete export.",
        "not known to be missing",
        "set-up",
    ),
    Rule(
        "key-taken",
        ALONE & pl.col("key_taken"),
        Action.FAIL,
        "Another record has this key already.",
        "undecided",
        "users",
    ),
    Rule("new", ALONE, Action.INSERT),
    Rule("destination-not-loaded", ~DESTINATION & ~DESTINATION_COMPLETE, Action.NONE),
    Rule("restore", ~DESTINATION & CREATED_AGAIN, Action.INSERT),
    Rule(
        "remove-coupling",
        ~DESTINATION & pl.col("uncouples"),
        Action.UNCHANGED,
        "Its counterpart is gone; the coupling is removed.",
    ),
    Rule(
        "remove-coupling-fails",
        ~DESTINATION & pl.col("removes"),
        Action.FAIL,
        "The record here is gone, and its coupling cannot be removed from the source's side.",
        "orphan",
        "users",
    ),
    Rule(
        "coupled-to-deleted",
        ~DESTINATION,
        Action.FAIL,
        "It cannot be updated because it is coupled to a deleted record.",
        "orphan",
        "users",
    ),
    Rule(
        "nothing-changed",
        ~FULL & ~FORCED & ~NATURAL & ~SOURCE_CHANGED & ~NEVER_AGREED,
        Action.UNCHANGED,
    ),
    Rule("touched", AS_AGREED & ~FORCED, Action.UNCHANGED),
    Rule("look-at-values", pl.lit(value=True), Action.MODIFY),
)
"""Source: semantics.md 4.5 steps 0 to 5, 4.7, 8.2, 8.4; the other rules are ours: what a person
undid, what was written and not taken over, and what incomplete loads cannot say."""

LOOK_AT_VALUES = len(BEFORE_VALUES) - 1
NOTHING_CHANGED, TOUCHED = LOOK_AT_VALUES - 2, LOOK_AT_VALUES - 1
SILENT = tuple(
    position
    for position, rule in enumerate(BEFORE_VALUES)
    if rule.action in (Action.NONE, Action.UNCHANGED) and not rule.message and position != TOUCHED
)
"""Rules by which nothing is done with a pair, nothing said of it, and nothing remembered."""


@dataclass(frozen=True)
class RunFacts:
    """What is the same for all pairs of a step; the ladder reads it as columns."""

    full: bool = False
    forced: bool = False
    named: bool = False
    anyway: bool = False
    again: bool = False
    only_coupled: bool = True
    restores: bool = False
    removes: bool = False
    uncouples: bool = False
    source_complete: bool = True
    destination_complete: bool = True
    source_has_times: bool = False
    destination_has_times: bool = False
    mapping_coupled: bool = False
    open_too: bool = True

    def columns(self) -> dict[str, pl.Expr]:
        """The facts as literal columns."""
        return {name: pl.lit(value) for name, value in vars(self).items()}


def classify(
    pairs: pl.LazyFrame, run: RunFacts, ladder: Sequence[Rule] = BEFORE_VALUES
) -> pl.LazyFrame:
    """Give every candidate the rule that decides it before its values are looked at.

    pairs: one row a candidate, columns `frames.PAIRS` with `source_in_filter`, `found`,
    `undecided`, `two_firms`, `key_taken`, `aside`; times UTC, microseconds.
    Adds `rule`, a position in the ladder (UInt8), and `read`: both records exist, belong
    together, and are not both as they last agreed. Source: semantics.md 4.5.
    """
    together = COUPLED | pl.col("found") | NATURAL
    return pairs.with_columns(**run.columns()).with_columns(
        rule=first_that_holds(ladder),
        read=SOURCE
        & DESTINATION
        & together
        & (IN_FILTER | pl.col("failed_last") | BY_ID)
        & (~AS_AGREED | FORCED)
        & ~pl.col("aside"),
    )


def class_unread() -> pl.Expr:
    """Give the three-way class of pairs whose values need not be looked at.

    Missing and gone are said only of complete loads; what lies outside the filter is not compared.
    """
    changed_here = pl.coalesce(~pl.col("destination_as_agreed"), DESTINATION_MOVED)
    changed_there = pl.coalesce(~pl.col("source_as_agreed"), SOURCE_MOVED)
    return (
        pl.when(pl.col("aside")).then(_of(PairClass.NOT_COMPARED))
        .when(COUPLED & ~SOURCE & ~DESTINATION).then(_of(PairClass.GONE_BOTH))
        .when(COUPLED & ~SOURCE & ~SOURCE_COMPLETE).then(_of(PairClass.NOT_COMPARED))
        .when(COUPLED & ~SOURCE & changed_here).then(_of(PairClass.GONE_SOURCE_CHANGED_DESTINATION))
        .when(COUPLED & ~SOURCE).then(_of(PairClass.GONE_SOURCE))
        .when(SOURCE & ~IN_FILTER).then(_of(PairClass.NOT_COMPARED))
        .when(COUPLED & ~DESTINATION & ~DESTINATION_COMPLETE).then(_of(PairClass.NOT_COMPARED))
        .when(COUPLED & ~DESTINATION & changed_there)
        .then(_of(PairClass.GONE_DESTINATION_CHANGED_SOURCE))
        .when(COUPLED & ~DESTINATION).then(_of(PairClass.GONE_DESTINATION))
        .when(~COUPLED & (pl.col("undecided") | pl.col("two_firms"))).then(_of(PairClass.UNDECIDED))
        .when(~COUPLED & ~DESTINATION & DESTINATION_COMPLETE).then(_of(PairClass.NEW_SOURCE))
        .when(~COUPLED & ~DESTINATION).then(_of(PairClass.NOT_COMPARED))
        .when(~COUPLED & ~SOURCE & pl.col("destination_in_filter") & SOURCE_COMPLETE)
        .then(_of(PairClass.NEW_DESTINATION))
        .when(~COUPLED & ~SOURCE).then(_of(PairClass.NOT_COMPARED))
        .otherwise(_of(PairClass.AGREES))
    )  # fmt: skip


def _of(one: PairClass) -> pl.Expr:
    return pl.lit(one.value, dtype=PAIR_CLASS)
