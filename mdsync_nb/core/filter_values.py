"""Texts that people write in filters as values of a type, and columns as they are compared."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import polars as pl

from mdsync_nb.model import Field, FieldType

Value = str | int | bool | Decimal | date | datetime | time

ZERO: dict[FieldType, int | bool] = {
    FieldType.INTEGER: 0,
    FieldType.BIG_INTEGER: 0,
    FieldType.DECIMAL: 0,
    FieldType.BOOLEAN: False,
}
"""What an absent number or boolean means where `blank_is_zero`."""

NOT_TEXT = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.TIME, *ZERO})

YES, NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}

ORDER: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The operators that ask for an order; a blank comes before every value."""


class NotHeld(ValueError):
    """A text that a field cannot hold; its words say what would be right."""


class Reading(NamedTuple):
    """How the text of a condition becomes a value of a type, and what a right text looks like."""

    read: Callable[[str], Value]
    right: str


def meant(field: Field, column: str) -> pl.Expr:
    """The column as the product means it: absent text is "", and an absent number may be 0.

    Codes lose the spaces around them and stand in capitals. Dates and times, and the numbers and
    booleans of a table that the product does not know, keep null for "nothing".
    """
    value = pl.col(column)
    if field.type in ZERO:
        return value.fill_null(ZERO[field.type]) if field.blank_is_zero else value
    if not is_text(field):
        return value
    text = value.cast(pl.String).fill_null("")
    return text.str.strip_chars().str.to_uppercase() if field.type is FieldType.CODE else text


def is_text(field: Field) -> bool:
    """Whether the field is compared as text, so that its blank is "" and not null."""
    return field.type not in NOT_TEXT


def comparable(field: Field, column: str) -> pl.Expr:
    """The column as it is compared: text whatever its case, options by their position."""
    value = meant(field, column)
    if field.type is FieldType.CODE or not is_text(field):
        return value
    value = value.str.to_lowercase()
    if field.type is FieldType.GUID:
        return value.str.replace_all("[{}-]", "")
    return _place(value, field) if has_members(field) else value


def ordered(side: pl.Expr, sign: str, wanted: Value | None) -> pl.Expr:
    """The comparison, with null before every value."""
    if wanted is not None:
        return ORDER[sign](side, pl.lit(wanted)).fill_null(sign in ("<", "<="))
    of_a_blank = {"<": pl.lit(False), "<=": side.is_null(), ">": side.is_not_null()}
    return of_a_blank.get(sign, pl.lit(True))


def wanted(field: Field, text: str) -> Value | None:
    """The text of a condition as a value of the field; null asks for a blank.

    Raises NotHeld for a text the type cannot hold.
    """
    if has_members(field):
        return position(field, text)
    if not text.strip():
        zero = ZERO.get(field.type) if field.blank_is_zero else None
        return "" if is_text(field) else zero
    reading = READINGS.get(field.type)
    if reading is None:
        return text.lower()
    try:
        return reading.read(text.strip())
    except (ValueError, OverflowError) as error:
        raise NotHeld(reading.right) from error


def has_members(field: Field) -> bool:
    """Whether the members of an option are known, so that they have an order."""
    return field.type is FieldType.OPTION and bool(field.options)


def members(field: Field) -> tuple[str, ...]:
    """The members of an option in order; a blank that is not declared comes first."""
    return field.options if "" in field.options else ("", *field.options)


def position(field: Field, text: str) -> int:
    """Where the member stands that a text names, by member or caption, whatever the case.

    Raises NotHeld with the members there are.
    """
    known, asked = members(field), text.strip().lower()
    named = [one.lower() for one in known]
    captions = [one.lower() for one in field.captions]
    if asked in named:
        return named.index(asked)
    if asked in captions:
        return captions.index(asked) + len(known) - len(field.options)
    raise NotHeld(f"one of {', '.join(one or 'blank' for one in known)}")


def _place(value: pl.Expr, field: Field) -> pl.Expr:
    """Where a member stands among those of its option; what is not among them stands last."""
    known = [name.lower() for name in members(field)]
    places = {name: known.index(name) for name in known}
    return value.replace_strict(
        list(places), list(places.values()), default=len(known), return_dtype=pl.Int32
    )


def _number(text: str) -> Decimal:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,20})?", text):
        raise ValueError(text)
    return Decimal(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", text):
        raise ValueError(text)
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError(text)
    return text.lower() in YES


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def _clock(text: str) -> time:
    found = time.fromisoformat(text)
    if found.tzinfo:
        raise ValueError(text)
    return found


READINGS: dict[FieldType, Reading] = {
    FieldType.CODE: Reading(str.upper, "a code"),
    FieldType.INTEGER: Reading(_whole, "a whole number such as 30"),
    FieldType.BIG_INTEGER: Reading(_whole, "a whole number such as 30"),
    FieldType.DECIMAL: Reading(_number, "a number such as 1234.50"),
    FieldType.BOOLEAN: Reading(_yes_or_no, "true or false"),
    FieldType.DATE: Reading(date.fromisoformat, "a date such as 2026-03-10"),
    FieldType.DATETIME: Reading(_moment, "a time such as 2026-03-10T06:30:00Z"),
    FieldType.TIME: Reading(_clock, "a time of day such as 06:30:00"),
    FieldType.GUID: Reading(lambda text: UUID(text).hex, "an id such as 5f0c2e1a-0d5e-4c61-..."),
}
"""Types that do not take every text; the others are compared as text, whatever the case."""
