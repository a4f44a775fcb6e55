"""What a person asks to be done with coupled records: short ladders beside the one of a run."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from mdsync_nb.core.classify import (
    BEFORE_VALUES,
    COUPLED,
    DESTINATION,
    DESTINATION_COMPLETE,
    SOURCE,
    SOURCE_COMPLETE,
)
from mdsync_nb.core.ladder import Rule
from mdsync_nb.model.kinds import Action


class Purpose(StrEnum):
    """What the records of a step are looked at for."""

    SYNCHRONIZE = "synchronize"
    RESTORE = "restore"
    DELETE = "delete"
    FIND_DELETED = "find_deleted"
    UNCOUPLE = "uncoupling"
    LET_GO = "let_go"


NOT_ASKED = Rule("not-asked", pl.lit(value=True), Action.NONE)
"""Nothing is to be done with any other record."""

RESTORING = (
    Rule("source-not-loaded", ~SOURCE, Action.NONE),
    Rule("destination-not-loaded", ~DESTINATION & ~DESTINATION_COMPLETE, Action.NONE),
    Rule(
        "restore",
        COUPLED & ~DESTINATION,
        Action.INSERT,
        "Its record is gone; it is created again.",
    ),
    NOT_ASKED,
)

DELETING = (
    Rule("source-not-loaded", ~SOURCE & ~SOURCE_COMPLETE, Action.NONE),
    Rule(
        "delete",
        COUPLED & ~SOURCE & DESTINATION,
        Action.DELETE,
        "Its counterpart is gone; it is deleted too.",
    ),
    NOT_ASKED,
)

FINDING = (
    Rule("set-aside-before", COUPLED & pl.col("skipped"), Action.NONE),
    Rule("destination-not-loaded", ~DESTINATION & ~DESTINATION_COMPLETE, Action.NONE),
    Rule(
        "found-deleted",
        COUPLED & ~DESTINATION,
        Action.SKIP,
        "Its local record is gone.",
        "orphan",
        "users",
    ),
    Rule(
        "found-outside",
        COUPLED & ~pl.col("destination_in_filter"),
        Action.SKIP,
        "Its local record is outside the filter.",
        "left the filter",
        "users",
    ),
    NOT_ASKED,
)
"""Source: semantics.md 11.1."""

CLAIMED = pl.col("claimed")
"""The record at Dataverse names a company it belongs to."""

RESET = Rule(
    "company-id-reset",
    CLAIMED & pl.col("stuck"),
    Action.MODIFY,
    "It is not coupled; its company id is reset.",
)
UNCOUPLING = (
    Rule("uncouple", COUPLED & CLAIMED, Action.MODIFY, "Uncoupled; its company id is reset."),
    Rule("uncouple-alone", COUPLED, Action.UNCOUPLE, "Uncoupled; there is no company id to reset."),
    Rule("not-coupled", pl.col("named"), Action.SKIP, "It is not coupled.", "not coupled", "users"),
    RESET,
    NOT_ASKED,
)
"""Source: semantics.md 10 (Uncoupling)."""

UNCOUPLES = ("uncouple", "uncouple-alone")
"""The rules that take a pair apart because a person asked for it."""

LETTING_GO = (RESET, NOT_ASKED)
"""What a removed coupling leaves to be done at Dataverse. Source: semantics.md 4.7."""

LADDERS = {
    Purpose.SYNCHRONIZE: BEFORE_VALUES,
    Purpose.RESTORE: RESTORING,
    Purpose.DELETE: DELETING,
    Purpose.FIND_DELETED: FINDING,
    Purpose.UNCOUPLE: UNCOUPLING,
    Purpose.LET_GO: LETTING_GO,
}
