"""Filters as people write and paste them, as conditions in one spelling whatever the company's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mdsync_nb.core.filter_expressions import in_tree, member_position
from mdsync_nb.core.filter_language import Value, parsed, printed, with_values
from mdsync_nb.core.filter_values import NotHeld, members
from mdsync_nb.core.table_view import Asked, field_of, parsed_view
from mdsync_nb.errors import FilterMistake
from mdsync_nb.model import Condition, Field, FieldType, FileFormat, TableSchema
from mdsync_nb.model.filter import MATCHES, Filter, conditions
from mdsync_nb.workspace.values import right_value, stored_condition

WITH_COMMA = re.compile(r"[+-]?\d+,\d+")
IN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})\b(.*)")
YEAR_LAST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b(.*)")
NO_THOUSANDS = "a number without marks between thousands; a decimal mark is a comma here, as in 1,5"


def conditions_of(
    written: Filter | str, schema: TableSchema | None, format: FileFormat
) -> tuple[Condition, ...]:
    """Give the conditions of a filter of one side, or of a table view.

    Numbers and dates of expressions and views are written as the company's format says, or with a
    point and as ISO; conditions hold them as the latter. Where a field is not known before its
    files are read, they stay as they are.
    Raises FilterMistake for what cannot be read.
    """
    known = schema.by_name if schema else {}
    asked: Iterable[Condition]
    if isinstance(written, str):
        asked = [_of_view(one, schema, format) for one in parsed_view(written)]
    else:
        asked = conditions(written)
    return tuple(_stored(one, known.get(one.field), format) for one in asked)


def view_mistakes(
    view: str, schema: TableSchema | None, format: FileFormat
) -> Iterator[FilterMistake]:
    """Everything that is wrong in a view, each with its position in it.

    A field the table lacks is told elsewhere.
    """
    try:
        asked = parsed_view(view)
    except FilterMistake as mistake:
        yield mistake
        return
    for one in asked:
        field = field_of(one.field, schema) if schema else None
        try:
            if one.constant and field:
                _refuse_constant(one, field, format)
            elif not one.constant:
                refuse_expression(one.text, field, format)
        except NotHeld as error:
            yield FilterMistake(view, one.at, right=str(error))
        except FilterMistake as mistake:
            yield FilterMistake(view, one.at + mistake.at, right=mistake.right)


def refuse_expression(expression: str, field: Field | None, format: FileFormat) -> None:
    """Raise FilterMistake for an expression that cannot be read, or that its field cannot hold."""
    tree = parsed(expression)
    if field is not None:
        spelled = with_values(tree, lambda one: _spelled(expression, one, field, format))
        in_tree(spelled, expression, field, field.name)


def _refuse_constant(asked: Asked, field: Field, format: FileFormat) -> None:
    right = right_value(field, _constant(asked.text, field, format))
    if right:
        raise NotHeld(right)


def _of_view(asked: Asked, schema: TableSchema | None, format: FileFormat) -> Condition:
    field = field_of(asked.field, schema) if schema else None
    name = field.name if field else asked.field
    if not asked.constant:
        return Condition(field=name, operator=MATCHES, values=(asked.text,))
    text = _constant(asked.text, field, format) if field else asked.text
    return Condition(field=name, values=(text,))


def _constant(text: str, field: Field, format: FileFormat) -> str:
    """A value of a view in our spelling: an option by its member, also from caption or ordinal."""
    place = member_position(field, text)
    return ours(text, field, format) if place is None else members(field)[place]


def _stored(condition: Condition, field: Field | None, format: FileFormat) -> Condition:
    if condition.operator != MATCHES or field is None:
        return stored_condition(condition, field)
    expression = condition.values[0]
    tree = with_values(parsed(expression), lambda one: _spelled(expression, one, field, format))
    return condition.model_copy(update={"values": (printed(tree),)})


def _spelled(expression: str, value: Value, field: Field, format: FileFormat) -> Value:
    try:
        return replace(value, text=ours(value.text, field, format))
    except NotHeld as error:
        raise FilterMistake(expression, value.at, right=str(error)) from error


def ours(text: str, field: Field, format: FileFormat) -> str:
    """Give a number with a decimal point and a day as ISO, from how the company writes them.

    A number whose points may stand between thousands is refused where the decimal mark is a comma.
    Raises NotHeld with what would be right.
    """
    if field.type is FieldType.DECIMAL and format.decimal == ",":
        if IN_THOUSANDS.fullmatch(text.strip()):
            raise NotHeld(NO_THOUSANDS)
        return text.replace(",", ".") if WITH_COMMA.fullmatch(text.strip()) else text
    if field.type in (FieldType.DATE, FieldType.DATETIME):
        return _day(text.strip(), format)
    return text


def _day(text: str, format: FileFormat) -> str:
    first, last = YEAR_FIRST.fullmatch(text), YEAR_LAST.fullmatch(text)
    if first:
        year, month, day, rest = first.groups()
    elif last and format.date_order != "ymd":
        one, other, year, rest = last.groups()
        day, month = (one, other) if format.date_order == "dmy" else (other, one)
    else:
        return text
    return f"{year}-{month:0>2}-{day:0>2}{rest}"
