"""Texts that people write for the value of a field, in filters and constants."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from mdsync_nb.model import Condition, Field, FieldType
from mdsync_nb.workspace.reading import nearest

YES = {"yes", "true", "on", "1"}
NO = {"no", "false", "off", "0"}


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_made_by(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def parsed(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return parsed


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+", text) is not None


RIGHT: dict[FieldType, tuple[Callable[[str], bool], str]] = {
    FieldType.INTEGER: (_is_whole, "a whole number"),
    FieldType.BIG_INTEGER: (_is_whole, "a whole number"),
    FieldType.DECIMAL: (_is_decimal, "a number with a decimal point, like 1250.5"),
    FieldType.BOOLEAN: (lambda text: text.lower() in YES | NO, "yes or no"),
    FieldType.DATE: (_is_made_by(date.fromisoformat), "a date like 2026-11-20"),
    FieldType.DATETIME: (_is_made_by(datetime.fromisoformat), "a time like 2026-11-20T06:00:00Z"),
}


def right_value(field: Field, text: str) -> str:
    """Give what would be right instead of a value, or nothing when the field can hold it.

    Blank is always right: it is the blank of the field's type. An option is written by the name
    of its member, as the product's own developers wrote it.
    """
    if field.type is FieldType.OPTION and field.options:
        return "" if text in field.options else nearest(text, field.options)
    if field.type in (FieldType.CODE, FieldType.TEXT) and len(text) > (field.length or len(text)):
        return f"at most {field.length} characters"
    fits, words = RIGHT.get(field.type, (bool, ""))
    return "" if not text or fits(text) else words


def as_stored(field: Field | None, text: str) -> str:
    """Give a value in the spelling records hold it in: codes in capitals, yes as `true`."""
    if field is None or not text:
        return text
    if field.type is FieldType.CODE:
        return text.strip().upper()
    if field.type is FieldType.BOOLEAN:
        return "true" if text.lower() in YES else "false"
    return text


def stored_condition(condition: Condition, field: Field | None) -> Condition:
    """Give a condition with its values as records hold them."""
    values = tuple(as_stored(field, text) for text in condition.values)
    return condition.model_copy(update={"values": values})
