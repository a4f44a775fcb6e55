"""What each type of transformation rule makes of a text (semantics.md 12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb.core.transform import texts
from mdsync_nb.core.transform.dates import Reader, by_culture, exact
from mdsync_nb.core.transform.numbers import local, number, plain, rounded
from mdsync_nb.core.transform.patterns import pattern
from mdsync_nb.model.transformation import TransformationRule as Rule
from mdsync_nb.model.transformation import TransformationType as Type

LookupKey = tuple[str, str, str]
"""Table, source field and target field of a Field Lookup."""

YEARS_1_TO_9999 = (-62_135_596_800, 253_402_300_799)
"""The seconds since 1970 that are a time the product can hold."""


@dataclass(frozen=True)
class Lookup:
    """What a Field Lookup reads: rows with `source` and `target` as text, in key order.

    is_code: the source field holds codes, so it is found whatever the case.
    """

    rows: pl.DataFrame
    is_code: bool = False


def key_of(rule: Rule) -> LookupKey:
    """Give what a Field Lookup needs to be given."""
    return rule.table, rule.source_field, rule.target_field


def transformed(
    values: pl.Series,
    rules: Sequence[Rule],
    lookups: Mapping[LookupKey, Lookup] | None = None,
) -> pl.DataFrame:
    """Give what a chain of rules makes of texts: `value`, and `fault` where a rule cannot go on.

    values: text; null counts as blank. One row a value, in their order; `value` is null where there
    is a `fault` (words like "'abc' is not a number"). lookups: by `key_of` a rule; a lookup in a
    table that is not among them is a fault of every value. Each different text is looked at once.
    Source: semantics.md 12, 5.3.
    """
    asked = pl.DataFrame({"text": values.cast(pl.String).fill_null("")})
    told = asked.unique().with_columns(value="text", fault=pl.lit(None, dtype=pl.String))
    for rule in rules:
        told = _applied(told, rule, lookups or {})
    return asked.join(told, on="text", how="left", maintain_order="left").select("value", "fault")


def _applied(told: pl.DataFrame, rule: Rule, lookups: Mapping[LookupKey, Lookup]) -> pl.DataFrame:
    if rule.type in EXPRESSIONS:
        return told.with_columns(value=EXPRESSIONS[rule.type](pl.col("value"), rule))
    if rule.type is Type.FIELD_LOOKUP:
        return _looked_up(told, rule, lookups.get(key_of(rule)))
    return _each(told, EACH[rule.type](rule))


def _each(told: pl.DataFrame, make: Callable[[str], str]) -> pl.DataFrame:
    """Apply what no expression can do to each different text; a ValueError is its fault."""
    asked = told.select(pl.col("value").drop_nulls().unique()).to_series()
    made: dict[str, tuple[str | None, str | None]] = {}
    for text in asked:
        try:
            made[text] = make(text), None
        except ValueError as fault:
            made[text] = None, str(fault)
    rows = pl.DataFrame(
        [(text, *result) for text, result in made.items()],
        schema={"value": pl.String, "made": pl.String, "why": pl.String},
        orient="row",
    )
    return told.join(rows, on="value", how="left").select(
        "text", value="made", fault=pl.coalesce("fault", "why")
    )


def _looked_up(told: pl.DataFrame, rule: Rule, lookup: Lookup | None) -> pl.DataFrame:
    """Type 13: the target field of the first row whose source field is the value, else nothing."""
    if lookup is None:
        why = f"{rule.table} was not loaded here with {rule.source_field} and {rule.target_field}"
        return told.with_columns(
            value=pl.lit(None, dtype=pl.String),
            fault=pl.coalesce("fault", pl.lit(why)),
        )
    rows = lookup.rows.select(
        asked=pl.col("source").fill_null(""), target=pl.col("target").fill_null("")
    ).unique("asked", keep="first", maintain_order=True)
    asked = texts.as_code(pl.col("value")) if lookup.is_code else pl.col("value")
    found = told.with_columns(asked=asked).join(rows, on="asked", how="left")
    target = pl.col("target").fill_null("")
    if rule.lookup_result == "original_if_blank":
        target = pl.when(pl.col("target") == "").then("value").otherwise(target)
    value = pl.when(pl.col("value").is_not_null()).then(target)
    return found.select("text", value=value, fault="fault")


def _replaced(rule: Rule) -> Callable[[str], str]:
    compiled = pattern(rule.find)
    return lambda text: compiled.replaced(text, rule.replace)


def _matched(rule: Rule) -> Callable[[str], str]:
    return pattern(rule.find).captured


def _date_reader(rule: Rule) -> Reader:
    return by_culture(rule.culture) if rule.culture or not rule.format else exact(rule.format)


def _formatted_date(rule: Rule) -> Callable[[str], str]:
    read = _date_reader(rule)

    def formatted(text: str) -> str:
        found = read(text)
        return text if found is None else found.date().isoformat()

    return formatted


def _formatted_time(rule: Rule) -> Callable[[str], str]:
    read = _date_reader(rule)

    def formatted(text: str) -> str:
        found = read(text)
        return text if found is None else f"{found.isoformat(timespec='seconds')}Z"

    return formatted


def _formatted_decimal(rule: Rule) -> Callable[[str], str]:
    def formatted(text: str) -> str:
        found = number(text, rule.culture)
        return "0" if found is None else plain(found)

    return formatted


def _rounded(rule: Rule) -> Callable[[str], str]:
    rounding = rounded(rule.precision, rule.direction)

    def formatted(text: str) -> str:
        found = number(text, rule.culture)
        if found is None:
            raise ValueError(f"'{text}' is not a number")
        return local(rounding(found), rule.culture)

    return formatted


def _extracted(rule: Rule) -> Callable[[str], str]:
    read = by_culture(rule.culture)

    def extracted(text: str) -> str:
        found = read(text)
        if found is None:
            raise ValueError(f"'{text}' is not a date")
        return str(getattr(found, rule.part))

    return extracted


def _from_timestamp(value: pl.Expr) -> pl.Expr:
    seconds = value.str.strip_chars(" ").cast(pl.Int64, strict=False)
    inside = seconds.is_between(*YEARS_1_TO_9999)
    moment = pl.from_epoch(pl.when(inside).then(seconds), time_unit="s")
    text = moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ").fill_null("")
    return pl.when(value.is_not_null()).then(text)


EXPRESSIONS: dict[Type, Callable[[pl.Expr, Rule], pl.Expr]] = {
    Type.UPPERCASE: lambda value, _: texts.uppercase(value),
    Type.LOWERCASE: lambda value, _: texts.lowercase(value),
    Type.TITLE_CASE: lambda value, _: texts.title_case(value),
    Type.TRIM: lambda value, _: value.str.strip_chars(" "),
    Type.SUBSTRING: texts.substring,
    Type.REPLACE: lambda value, rule: value.str.replace_all(rule.find, rule.replace, literal=True),
    Type.REMOVE_NON_ALPHANUMERIC: lambda value, _: value.str.replace_all(r"[^\p{L}\p{Nd}]", ""),
    Type.CUSTOM: lambda value, _: value,
    Type.UNIX_TIMESTAMP: lambda value, _: _from_timestamp(value),
}
"""Types that Polars has an expression for. A custom rule is code of the product: unchanged."""

EACH: dict[Type, Callable[[Rule], Callable[[str], str]]] = {
    Type.REGEX_REPLACE: _replaced,
    Type.REGEX_MATCH: _matched,
    Type.DATE_FORMATTING: _formatted_date,
    Type.DATE_TIME_FORMATTING: _formatted_time,
    Type.DECIMAL_FORMATTING: _formatted_decimal,
    Type.ROUND: _rounded,
    Type.EXTRACT_FROM_DATE: _extracted,
}
"""Types that need Python, over the different texts alone."""
