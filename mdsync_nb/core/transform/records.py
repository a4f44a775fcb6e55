"""Source records as their transformation rules leave them, before anything is compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb.core.transfer import FieldPair
from mdsync_nb.core.transform.fitting import misfit, typed
from mdsync_nb.core.transform.rules import Lookup, LookupKey, key_of, transformed
from mdsync_nb.core.values import as_text
from mdsync_nb.model.culture import CULTURES
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field, TableSchema
from mdsync_nb.model.table_mapping import TableMapping
from mdsync_nb.model.transformation import TransformationRule, TransformationType

NUMBERS = (TransformationType.ROUND, TransformationType.DECIMAL_FORMATTING)
DATES = (FieldType.DATE, FieldType.DATETIME)
FAILED = "transformation_failed"


@dataclass(frozen=True)
class Rewrite:
    """A source field whose values go through a chain of rules."""

    field: Field
    rules: tuple[TransformationRule, ...]


def rewrites_of(mapping: TableMapping, source: TableSchema) -> tuple[Rewrite, ...]:
    """Give what rewrites the source fields of a mapping, in the order of its field mappings.

    Also of fields that are switched off, since another may read the same source field
    (semantics.md 5.3). A field the source file does not hold has nothing to rewrite.
    """
    return tuple(
        Rewrite(source.by_name[name], one.transformation)
        for one in mapping.fields
        if one.transformation
        and one.constant is None
        and one.flows(mapping.towards)
        and (name := one.names(mapping.towards)[0]) in source.by_name
    )


def lookups_needed(mapping: TableMapping) -> tuple[TransformationRule, ...]:
    """Give the Field Lookups among the rules of a mapping, each once."""
    rules = [rule for one in mapping.fields for rule in one.transformation]
    found = {key_of(one): one for one in rules if one.type is TransformationType.FIELD_LOOKUP}
    return tuple(found.values())


def keys_are_rewritten(mapping: TableMapping, key: Collection[str]) -> bool:
    """Whether a field of the destination's key comes from a source field with rules."""
    flowing = [one for one in mapping.fields if one.flows(mapping.towards)]
    rewritten = {one.names(mapping.towards)[0] for one in flowing if one.transformation}
    return any(
        name in key and its in rewritten and one.constant is None
        for one in flowing
        for its, name in [one.names(mapping.towards)]
    )


def rewritten(
    records: pl.DataFrame,
    rewrites: Sequence[Rewrite],
    lookups: Mapping[LookupKey, Lookup],
    fields: Sequence[FieldPair] = (),
) -> pl.DataFrame:
    """Give source records as their rules leave them, each field rewritten once, in order.

    records: source values as `s:<field>`, typed. A value the rules leave as it was stays what it
    was; another has to fit the source field's type and length. fields: those that are compared; a
    date has to come out as XML writes it, and not blank. Adds `transformation_failed`: the first
    thing that went wrong with the record, in words, else null; its value is then null.
    Source: semantics.md 5.3.
    """
    result = records.with_columns(pl.lit(None, dtype=pl.String).alias(FAILED))
    for one in rewrites:
        if f"s:{one.field.name}" in result.columns:
            result = _rewritten(result, one, lookups)
    for pair in fields:
        if pair.mapping.transformation and pair.mapping.constant is None:
            result = _dated(result, pair)
    return result


def _rewritten(
    records: pl.DataFrame, one: Rewrite, lookups: Mapping[LookupKey, Lookup]
) -> pl.DataFrame:
    column, field = f"s:{one.field.name}", one.field
    before, after = _cultures(field, one.rules)
    plain = records.select(_spelled(as_text(pl.col(column), field), before)).to_series()
    told = transformed(plain, one.rules, lookups).with_columns(
        text=_plain(pl.col("value"), after), before=plain.fill_null(""), was=records[column]
    )
    same = (pl.col("value") == pl.col("before")).fill_null(value=False)
    faults = told.select(
        pl.coalesce("fault", pl.when(~same).then(misfit(pl.col("text"), field)))
    ).to_series()
    values = told.select(
        pl.when(same).then("was").otherwise(typed(pl.col("text"), field)).alias(column)
    ).to_series()
    return records.with_columns(values, fault=faults).with_columns(
        pl.when(pl.col("fault").is_null()).then(column).alias(column),
        pl.coalesce(FAILED, pl.format(f"{_braced(field.name)}: {{}}.", "fault")).alias(FAILED),
    ).drop("fault")  # fmt: skip


def _dated(records: pl.DataFrame, pair: FieldPair) -> pl.DataFrame:
    """Fail what a date is to be made of and cannot: blank, or not as XML writes it (5, 5.3)."""
    if pair.destination.type not in DATES:
        return records
    text = as_text(pl.col(f"s:{pair.source.name}"), pair.source).fill_null("")
    wrong = typed(text, pair.destination).is_null()
    name = _braced(pair.name)
    why = pl.format(f"{name}: '{{}}' is not a date as XML writes it, like 2026-11-20.", text)
    return records.with_columns(pl.coalesce(FAILED, pl.when(wrong).then(why)).alias(FAILED))


def _braced(name: str) -> str:
    """Give a name as `pl.format` leaves it alone."""
    return name.replace("{", "{{").replace("}", "}}")


def _cultures(field: Field, rules: Sequence[TransformationRule]) -> tuple[str | None, str | None]:
    """Give the cultures a decimal is written in for the first rule, and read in after the last.

    A number has no spelling of its own: the first rule about numbers gets it as it reads them, and
    Round gives it back as it writes them; Decimal Formatting gives XML.
    """
    about = [one for one in rules if one.type in NUMBERS]
    if field.type is not FieldType.DECIMAL or not about:
        return None, None
    is_round = about[-1].type is TransformationType.ROUND
    return about[0].culture, about[-1].culture if is_round else None


def _spelled(text: pl.Expr, culture: str | None) -> pl.Expr:
    if culture is None:
        return text
    return text.str.replace(".", CULTURES[culture].decimal, literal=True)


def _plain(text: pl.Expr, culture: str | None) -> pl.Expr:
    if culture is None:
        return text
    said = CULTURES[culture]
    return text.str.replace_all(said.group, "", literal=True).str.replace(
        said.decimal, ".", literal=True
    )
