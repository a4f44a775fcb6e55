"""The second ladder: what decides a pair once its values are known."""

from __future__ import annotations

import polars as pl

from mdsync_nb.core.classify import DESTINATION_MOVED, FORCED, SOURCE_CHANGED, SOURCE_LATER
from mdsync_nb.core.ladder import Rule
from mdsync_nb.core.values import later
from mdsync_nb.model.kinds import Action

LOCALLY_CHANGED = (
    pl.when(pl.col("destination_has_times"))
    .then(
        (DESTINATION_MOVED | ~pl.col("destination_as_agreed").fill_null(value=True))
        & later(pl.col("destination_modified_at"), pl.col("destination_created_at"))
    )
    .otherwise(pl.coalesce(~pl.col("destination_as_agreed"), DESTINATION_MOVED))
)
"""The local record moved since the last success (semantics.md 8.4), by its time or its values: an
edit between the snapshot and our write is older than the write. Without times, by its values, or
by a load since the two were coupled."""

DESTINATION_CHANGED = (
    pl.col("failed_back")
    | (pl.col("destination_has_times") & DESTINATION_MOVED)
    | ~pl.col("destination_as_agreed").fill_null(value=True)
)
"""The destination moved since the last success too: by its time, by its values, or the last run in
the other direction failed (semantics.md 4.3)."""

CONFLICT = pl.col("two_way") & DESTINATION_CHANGED & pl.col("both_ways")
"""Both records moved, and a field that flows both ways differs (semantics.md 4.6)."""

ORIGIN_UNKNOWN = (
    (pl.col("source_as_agreed").is_null() | pl.col("destination_as_agreed").is_null())
    & ~SOURCE_LATER
    & ~pl.col("source_wins")
)
"""Nobody can say who changed it: the two never agreed, and no time of the source moved since."""

REFERENCE_MISSING = Rule(
    "reference-missing",
    pl.col("missing_reference").is_not_null(),
    Action.FAIL,
    "Blocked by a missing record.",
    "blocked",
    "set-up",
)
TRANSFORMATION_FAILED = Rule(
    "transformation-failed",
    pl.col("transformation_failed").is_not_null(),
    Action.FAIL,
    "A transformation rule cannot be applied.",
    "not transformed",
    "set-up",
)
CURRENCY_MEANING = Rule(
    "currency-meaning",
    pl.col("currency_meaning"),
    Action.WAIT,
    "A blank currency means another currency here; writing it would change the meaning.",
    "currency",
    "users",
)

NOT_COUPLED = Rule(
    "must-be-coupled",
    pl.col("unresolved").is_not_null(),
    Action.FAIL,
    "It refers to a record without a counterpart.",
    "blocked",
    "set-up",
)

TEMPLATE_MISSING = Rule(
    "template-missing",
    pl.col("template_missing").is_not_null(),
    Action.FAIL,
    "Its template is missing.",
    "blocked",
    "set-up",
)

AFTER_VALUES = (
    TRANSFORMATION_FAILED,
    NOT_COUPLED,
    Rule("natural-key", pl.col("natural"), Action.MODIFY, "Coupled by its natural key."),
    Rule("forced", pl.col("overrides"), Action.MODIFY, "A person chose this side."),
    Rule(
        "forced-alike",
        FORCED & ~pl.col("differs"),
        Action.MODIFY,
        "A person chose this side; nothing differs.",
    ),
    Rule("late-unchanged", ~pl.col("differs"), Action.UNCHANGED),
    Rule(
        "origin-unknown",
        ORIGIN_UNKNOWN,
        Action.WAIT,
        "Differs, origin unknown.",
        "differs, origin unknown",
        "users",
    ),
    Rule(
        "ours-stays",
        pl.col("keeps_ours") & LOCALLY_CHANGED & pl.col("protected") & ~pl.col("not_taken_over"),
        Action.UNCHANGED,
        "It was modified here since the last synchronization, and it stays as it is here.",
    ),
    Rule(
        "conflict-lost",
        CONFLICT & pl.col("yields"),
        Action.SKIP,
        "Both records were modified; the other side wins.",
        "the other side wins",
    ),
    Rule(
        "update-conflict",
        CONFLICT & ~pl.col("prevails") & pl.col("protected"),
        Action.FAIL,
        "It cannot be updated: both records were modified since the last synchronization.",
        "changed in both",
        "users",
    ),
    CURRENCY_MEANING,
    Rule(
        "local-change",
        ~pl.col("two_way") & LOCALLY_CHANGED & pl.col("protected") & ~pl.col("not_taken_over"),
        Action.FAIL,
        "It was modified here since the last synchronization, and a different value comes in.",
        "changed in both",
        "users",
    ),
    Rule(
        "kept-here",
        pl.col("kept") & ~pl.col("carried"),
        Action.UNCHANGED,
        "Changed only here; it stays as it is here.",
    ),
    REFERENCE_MISSING,
    Rule(
        "rename-taken",
        pl.col("rename_taken"),
        Action.FAIL,
        "It was renamed, and another record has the new key here.",
        "blocked",
        "users",
    ),
    Rule("renamed", pl.col("renamed"), Action.MODIFY, "Renamed at the source."),
    Rule(
        "merged",
        pl.col("kept"),
        Action.MODIFY,
        "What changed only there is written; what changed only here stays.",
    ),
    Rule(
        "conflict-won",
        CONFLICT & pl.col("prevails"),
        Action.MODIFY,
        "Both records were modified; this side wins.",
    ),
    Rule("changed", pl.lit(value=True), Action.MODIFY),
)
"""Source: semantics.md 4.5 steps 6 to 9, 4.6, 5.3, 8.4, 8.5; origin-unknown, currency-meaning and
reference-missing are ours: what the data cannot say, or must not do, is not done. So are kept-here
and merged. Asked of one row a pair: the facts of the first ladder and `differs`, `kept`, `carried`,
`currency_meaning`, `protected`, `missing_reference`, `transformation_failed`, `rename_taken`,
`renamed`, `source_wins`, `keeps_ours`, `destination_created_at`."""

INSERTING = (
    TRANSFORMATION_FAILED,
    NOT_COUPLED,
    Rule(
        "key-taken",
        pl.col("key_taken"),
        Action.FAIL,
        "Another record has this key already.",
        "undecided",
        "users",
    ),
    TEMPLATE_MISSING,
    REFERENCE_MISSING,
    CURRENCY_MEANING,
    Rule("new", pl.col("rule") == "new", Action.INSERT, "", "only at the holding"),
    Rule("restore", pl.lit(value=True), Action.INSERT),
)
"""What decides a record to be created once its values are known."""


BY_A_PERSON = (
    Rule("decided", pl.lit(value=False), Action.MODIFY, "Decided by a person."),
    Rule("decided-stays", pl.lit(value=False), Action.UNCHANGED, "Decided by a person."),
)
"""What no ladder decides: values a person chose, and differences a person lets stand."""


def conflict_label() -> pl.Expr:
    """Say of a pair both sides of which moved: `true` when one field was changed in both to
    different values, `timestamp` when both were only saved, else nothing.

    Needs `any_both` (a cell changed in both) and `agreed` (there is a base).
    """
    changed_here = pl.when("two_way").then(CONFLICT).otherwise(LOCALLY_CHANGED)
    both = SOURCE_CHANGED & changed_here & pl.col("differs") & pl.col("agreed")
    return (
        pl.when(both & pl.col("any_both")).then(pl.lit("true"))
        .when(both).then(pl.lit("timestamp"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
