"""Transformation rules: how a source value is rewritten before it is compared (semantics.md 12)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field as Setting

from mdsync_nb.model.base import Settings


class TransformationType(StrEnum):
    """What a transformation rule does, by the product's types."""

    UPPERCASE = "uppercase"
    LOWERCASE = "lowercase"
    TITLE_CASE = "title_case"
    TRIM = "trim"
    SUBSTRING = "substring"
    REPLACE = "replace"
    REGEX_REPLACE = "regex_replace"
    REMOVE_NON_ALPHANUMERIC = "remove_non_alphanumeric"
    DATE_FORMATTING = "date_formatting"
    DECIMAL_FORMATTING = "decimal_formatting"
    REGEX_MATCH = "regex_match"
    CUSTOM = "custom"
    DATE_TIME_FORMATTING = "date_time_formatting"
    FIELD_LOOKUP = "field_lookup"
    ROUND = "round"
    EXTRACT_FROM_DATE = "extract_from_date"
    UNIX_TIMESTAMP = "unix_timestamp"


class TransformationRule(Settings):
    """One rule; `next` names the one its result is passed on to.

    Which words a type needs and uses is in USES; the others stay blank.
    """

    type: TransformationType
    find: str = ""
    replace: str = ""
    start_position: int = Setting(default=0, ge=0)
    length: int = Setting(default=0, ge=0)
    starting_text: str = ""
    ending_text: str = ""
    format: str = ""
    culture: str = ""
    precision: str = ""
    direction: str = ""
    part: str = ""
    table: str = ""
    source_field: str = ""
    target_field: str = ""
    lookup_result: Literal["target", "original_if_blank"] = "target"
    next: str = ""


class Uses(NamedTuple):
    """The words a type uses: those it cannot be without, and those it may have."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


USES = {
    TransformationType.UPPERCASE: Uses(),
    TransformationType.LOWERCASE: Uses(),
    TransformationType.TITLE_CASE: Uses(),
    TransformationType.TRIM: Uses(),
    TransformationType.SUBSTRING: Uses(
        (), ("start_position", "length", "starting_text", "ending_text")
    ),
    TransformationType.REPLACE: Uses(("find",), ("replace",)),
    TransformationType.REGEX_REPLACE: Uses(("find",), ("replace",)),
    TransformationType.REMOVE_NON_ALPHANUMERIC: Uses(),
    TransformationType.DATE_FORMATTING: Uses((), ("format", "culture")),
    TransformationType.DECIMAL_FORMATTING: Uses((), ("culture",)),
    TransformationType.REGEX_MATCH: Uses(("find",)),
    TransformationType.CUSTOM: Uses(),
    TransformationType.DATE_TIME_FORMATTING: Uses((), ("format", "culture")),
    TransformationType.FIELD_LOOKUP: Uses(
        ("table", "source_field", "target_field"), ("lookup_result",)
    ),
    TransformationType.ROUND: Uses(("precision", "direction"), ("culture",)),
    TransformationType.EXTRACT_FROM_DATE: Uses(("part",), ("culture",)),
    TransformationType.UNIX_TIMESTAMP: Uses(),
}

EXCLUDING = {"starting_text": "start_position", "ending_text": "length", "format": "culture"}
"""Words that exclude each other: with both, the first would not be looked at (semantics.md 12)."""

DIRECTIONS = ("=", "<", ">")
PARTS = ("day", "month", "year")
