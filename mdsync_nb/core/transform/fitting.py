"""Texts as values of a field: what fits its type and length, and what to say of what does not."""

from __future__ import annotations

import polars as pl

from mdsync_nb.core.transform.texts import as_code
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

SCALE = 20
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
GUID = r"(?i)^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$"
WORDS = {
    FieldType.INTEGER: "a whole number",
    FieldType.BIG_INTEGER: "a whole number",
    FieldType.DECIMAL: "a number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "a date like 2026-11-20",
    FieldType.DATETIME: "a time like 2026-11-20T06:00:00Z",
    FieldType.TIME: "a time of day like 06:00:00",
    FieldType.GUID: "an id",
    FieldType.OPTION: "one of its options",
}
"""What a text has to be for a type; the types not named take any text."""

YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
NEVER_BLANK = (FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.DECIMAL, FieldType.BOOLEAN)


def typed(text: pl.Expr, field: Field) -> pl.Expr:
    """Give a text as a value of a field's type; null where it is blank or no such value.

    Numbers, dates and times as XML writes them; an option by its number, caption or name, whatever
    the case (semantics.md 5).
    """
    value = _filled(text)
    match field.type:
        case FieldType.DECIMAL:
            scale = SCALE if field.scale is None else field.scale
            number = rf"^[+-]?([0-9]+(\.[0-9]{{0,{scale}}}0*)?|\.[0-9]{{1,{scale}}}0*)$"
            value = _matching(text, number).cast(pl.Decimal(38, scale), strict=False)
        case FieldType.INTEGER | FieldType.BIG_INTEGER:
            value = _matching(text, "^[+-]?[0-9]+$").cast(pl.Int64, strict=False)
        case FieldType.BOOLEAN:
            low = text.str.to_lowercase()
            value = low.replace_strict(YES_OR_NO, default=None, return_dtype=pl.Boolean)
        case FieldType.DATE:
            value = _matching(text, f"^{DAY}$").str.to_date("%Y-%m-%d", strict=False)
        case FieldType.DATETIME:
            clock = _matching(text, f"^{DAY}T{TIME}Z?$").str.strip_suffix("Z")
            value = clock.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
        case FieldType.TIME:
            value = _matching(text, f"^{TIME}$").str.to_time("%H:%M:%S%.f", strict=False)
        case FieldType.OPTION if field.options:
            low = text.str.to_lowercase()
            value = _filled(
                low.replace_strict(spellings(field), default=None, return_dtype=pl.String)
            )
        case FieldType.GUID:
            value = _matching(text, GUID)
        case FieldType.CODE:
            value = _filled(as_code(text))
    return value


def misfit(text: pl.Expr, field: Field) -> pl.Expr:
    """Say why a text cannot be a value of a field; null where it can.

    Blank is a value of every type but numbers, yes or no, and options without a blank one.
    Source: semantics.md 5.3.
    """
    never = pl.lit(None, dtype=pl.String)
    fault = never
    if field.type in WORDS and (field.type is not FieldType.OPTION or field.options):
        wrong = typed(text, field).is_null()
        if field.type is FieldType.OPTION:
            wrong = ~text.str.to_lowercase().is_in(list(spellings(field)))
        elif field.type not in NEVER_BLANK:
            wrong = wrong & (text != "")
        why = pl.format(f"'{{}}' is not {WORDS[field.type]}", text)
        fault = pl.when(wrong).then(why).otherwise(never)
    if field.type in (FieldType.CODE, FieldType.TEXT) and field.length is not None:
        long = typed(text, field).str.len_chars()
        why = pl.format(f"'{{}}' has {{}} characters, and it holds {field.length}", text, long)
        fault = pl.when(long > field.length).then(why).otherwise(never)
    return fault


def _matching(text: pl.Expr, form: str) -> pl.Expr:
    return pl.when(text.str.contains(form)).then(text)


def _filled(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def spellings(field: Field) -> dict[str, str]:
    """Give the spellings of an option's members in small letters; the strongest is the number."""
    numbers = field.ordinals or range(len(field.options))
    spellings: dict[str, str] = {}
    for names in (field.options, field.captions, [str(one) for one in numbers]):
        spellings |= {one.lower(): name for one, name in zip(names, field.options, strict=False)}
    return spellings
