"""Filters: which records a mapping looks at, from conditions as people write them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import polars as pl

from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import Condition, Field, FieldType, TableSchema

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


class Reading(NamedTuple):
    """How the text of a condition becomes a value of a type, and what a right text looks like."""

    read: Callable[[str], Value]
    right: str


def in_filter(conditions: Sequence[Condition], schema: TableSchema, prefix: str = "") -> pl.Expr:
    """Whether a record passes all conditions of a filter: true or false, never null.

    Reads the columns `prefix` + field. Texts of the conditions are read by the field's type: code
    without spaces around and in capitals, text whatever its case, numbers with a decimal point,
    dates and times as ISO (without an offset: UTC), options by member or caption. A blank text
    asks for a blank; an absent number or boolean is 0 or false where `blank_is_zero`. A blank comes
    before every value, as in the product, so `<` and `>=` divide the records between them. `=` and
    `<>` take several texts: any of them, none of them. Without conditions every record passes.
    Raises UnknownName for a field the table lacks, UsageError for a text the type cannot hold.
    Source: semantics.md 1.1 (filters), 8.6.
    """
    if not conditions:
        return pl.lit(True)
    return pl.all_horizontal([_holds(one, schema, prefix) for one in conditions])


def columns(conditions: Sequence[Condition]) -> list[str]:
    """The fields a filter needs, each once, in the order they are first asked for."""
    return list(dict.fromkeys(one.field for one in conditions))


def evaluable(
    conditions: Sequence[Condition], present: Collection[str]
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """The conditions whose field was exported, and those that must be reported as not evaluated.

    A condition on a field that nobody exported says nothing about a record; to pass it silently
    would claim a filter that was never applied.
    """
    known = tuple(one for one in conditions if one.field in present)
    return known, tuple(one for one in conditions if one.field not in present)


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


def _holds(condition: Condition, schema: TableSchema, prefix: str) -> pl.Expr:
    field = schema.by_name.get(condition.field)
    if field is None:
        raise UnknownName(f"field of {schema.table}", condition.field, tuple(schema.by_name))
    _refuse_what_has_no_answer(condition, field, schema.table)
    side = _comparable(field, prefix + field.name)
    wanted = [_wanted(field, text, schema.table) for text in condition.values]
    if condition.operator in ORDER:
        return _ordered(side, condition.operator, wanted[0])
    one_of_them = pl.any_horizontal([side.eq_missing(pl.lit(value)) for value in wanted])
    return one_of_them if condition.operator == "=" else ~one_of_them


def _refuse_what_has_no_answer(condition: Condition, field: Field, table: str) -> None:
    """Stop where a comparison asks for nothing, for several limits, or for an unknown order."""
    asked, count = condition.operator, len(condition.values)
    if count == 0 or (asked in ORDER and count > 1):
        right = "one text" if asked in ORDER else "at least one text"
        raise _refused(table, f"{field.name} {asked}", list(condition.values), right)
    if asked in ORDER and field.type is FieldType.OPTION and not _has_members(field):
        right = "= or <>, because the order of its options is not known"
        raise _refused(table, field.name, f"{asked} {condition.values[0]}", right)


def _comparable(field: Field, column: str) -> pl.Expr:
    """The column as it is compared: text whatever its case, options by their position."""
    value = meant(field, column)
    if field.type is FieldType.CODE or not is_text(field):
        return value
    value = value.str.to_lowercase()
    if field.type is FieldType.GUID:
        return value.str.replace_all("[{}-]", "")
    return _place(value, field) if _has_members(field) else value


def _place(value: pl.Expr, field: Field) -> pl.Expr:
    """Where a member stands among those of its option; what is not among them stands last."""
    members = [name.lower() for name in _members(field)]
    places = {name: members.index(name) for name in members}
    return value.replace_strict(
        list(places), list(places.values()), default=len(members), return_dtype=pl.Int32
    )


def _ordered(side: pl.Expr, sign: str, wanted: Value | None) -> pl.Expr:
    """The comparison, with null before every value."""
    if wanted is not None:
        return ORDER[sign](side, pl.lit(wanted)).fill_null(sign in ("<", "<="))
    of_a_blank = {"<": pl.lit(False), "<=": side.is_null(), ">": side.is_not_null()}
    return of_a_blank.get(sign, pl.lit(True))


def _wanted(field: Field, text: str, table: str) -> Value | None:
    """The text of a condition as a value of the field; null asks for a blank."""
    if _has_members(field):
        return _position(field, text, table)
    if not text.strip():
        zero = ZERO.get(field.type) if field.blank_is_zero else None
        return "" if is_text(field) else zero
    reading = READINGS.get(field.type)
    if reading is None:
        return text.lower()
    try:
        return reading.read(text.strip())
    except (ValueError, OverflowError) as error:
        raise _refused(table, field.name, text, reading.right) from error


def _position(field: Field, text: str, table: str) -> int:
    """Where the member stands that a text names, by member or caption, whatever the case."""
    members, asked = _members(field), text.strip().lower()
    shift = len(members) - len(field.options)
    named = [one.lower() for one in members]
    captions = [one.lower() for one in field.captions]
    if asked in named:
        return named.index(asked)
    if asked in captions:
        return captions.index(asked) + shift
    known = ", ".join(one or "blank" for one in members)
    raise _refused(table, field.name, text, f"one of {known}")


def _has_members(field: Field) -> bool:
    return field.type is FieldType.OPTION and bool(field.options)


def _members(field: Field) -> tuple[str, ...]:
    """The members of an option in order; a blank that is not declared comes first."""
    return field.options if "" in field.options else ("", *field.options)


def _refused(table: str, field: str, found: object, right: str) -> UsageError:
    return UsageError(
        f"The filter of {table} asks {field} for {found!r}; right would be {right}.",
        hint=f"Correct the filter of {table} in mdsync.yaml.",
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
