"""What an expression of the product's filter language asks of a column, by the field's type."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl

from mdsync_nb.core import filter_values as values
from mdsync_nb.core.filter_language import AllOf, AnyOf, Comparison, Range, Tree, Value, parsed
from mdsync_nb.core.filter_values import ORDER, NotHeld, ordered
from mdsync_nb.errors import FilterMistake
from mdsync_nb.model import Field, FieldType

A_WHOLE_TEXT = "a whole text, because one with * or ? has no place in an order"
NO_ORDER = "single values, because the order of its options is not known"


def in_expression(expression: str, field: Field, column: str) -> pl.Expr:
    """Whether a record passes an expression, as `in_tree` says; also refuses what is none."""
    return in_tree(parsed(expression), expression, field, column)


def in_tree(tree: Tree, expression: str, field: Field, column: str) -> pl.Expr:
    """Whether a record passes an expression of the product's filter language; never null.

    Values are read as those of conditions are (`filters.in_filter`), and options by ordinal, too.
    In a text capitals count unless it stands after `@`; they count neither in an order nor in
    other types. `*` and `?` are for texts and codes. A day stands for all of it where the field
    holds moments (UTC). A blank comes before every value.
    Raises FilterMistake with the position in `expression` for what the type cannot hold.
    Source: Business Central, filter criteria and operators.
    """

    def passes(tree: Tree) -> pl.Expr:
        match tree:
            case AnyOf(parts):
                return pl.any_horizontal([passes(one) for one in parts])
            case AllOf(parts):
                return pl.all_horizontal([passes(one) for one in parts])
            case Range(low, high):
                limits = [(sign, one) for sign, one in ((">=", low), ("<=", high)) if one]
                return pl.all_horizontal([compared(*one) for one in limits])
            case Comparison(sign, value):
                return compared(sign, value)

    def compared(sign: str, value: Value) -> pl.Expr:
        try:
            if sign in ORDER:
                return _in_order(field, column, sign, value)
            same = _same(field, column, value)
        except NotHeld as error:
            raise FilterMistake(expression, value.at, right=str(error)) from error
        return same if sign == "=" else ~same

    return passes(tree)


def member_position(field: Field, text: str) -> int | None:
    """Where the member of an option stands that a text names by name, caption or ordinal.

    None for what is none of them, and where the members are not known. A name or caption goes
    before an ordinal.
    """
    if not values.has_members(field):
        return None
    try:
        return values.position(field, text)
    except NotHeld:
        ordinals = [str(one) for one in field.ordinals or range(len(field.options))]
        if text.strip() not in ordinals:
            return None
        return ordinals.index(text.strip()) + len(values.members(field)) - len(field.options)


def _same(field: Field, column: str, value: Value) -> pl.Expr:
    """Whether the column holds the value of an expression, or fits its pattern."""
    exact = field.type is FieldType.TEXT and not value.any_case
    side = values.meant(field, column) if exact else values.comparable(field, column)
    if value.is_pattern and values.is_text(field) and not values.has_members(field):
        return side.str.contains(_pattern(value.text, field, exact=exact))
    if exact and value.text.strip():
        return side.eq_missing(pl.lit(value.text))
    if _is_day(field, value.text):
        first, last = _limit(field, value.text), _last_moment(value.text)
        return ordered(side, ">=", first) & ordered(side, "<=", last)
    return side.eq_missing(pl.lit(_limit(field, value.text)))


def _pattern(text: str, field: Field, *, exact: bool) -> str:
    """The regular expression of a text with `*` for any characters and `?` for one."""
    if not exact:
        text = text.strip().upper() if field.type is FieldType.CODE else text.lower()
    signs = {"*": ".*", "?": "."}
    return "^(?s:" + "".join(signs.get(one) or pl.escape_regex(one) for one in text) + ")$"


def _in_order(field: Field, column: str, sign: str, value: Value) -> pl.Expr:
    """Whether the column stands before or after the value of an expression."""
    if field.type is FieldType.OPTION and not values.has_members(field):
        raise NotHeld(NO_ORDER)
    if value.is_pattern and values.is_text(field):
        raise NotHeld(A_WHOLE_TEXT)
    limit = _limit(field, value.text)
    if sign in ("<=", ">") and _is_day(field, value.text):
        limit = _last_moment(value.text)
    return ordered(values.comparable(field, column), sign, limit)


def _limit(field: Field, text: str) -> values.Value | None:
    place = member_position(field, text)
    return values.wanted(field, text) if place is None else place


def _is_day(field: Field, text: str) -> bool:
    """Whether a text names a day where the field holds moments."""
    if field.type is not FieldType.DATETIME:
        return False
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _last_moment(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day.strip()), time.max)
