"""Filters: which records a mapping looks at, from conditions as people write them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from mdsync_nb.core.filter_expressions import in_expression
from mdsync_nb.core.filter_values import (
    ORDER,
    NotHeld,
    Value,
    comparable,
    has_members,
    ordered,
    wanted,
)
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import Condition, Field, FieldType, TableSchema
from mdsync_nb.model.filter import MATCHES


def in_filter(conditions: Sequence[Condition], schema: TableSchema, prefix: str = "") -> pl.Expr:
    """Whether a record passes all conditions of a filter: true or false, never null.

    Reads the columns `prefix` + field. Texts of the conditions are read by the field's type: code
    without spaces around and in capitals, text whatever its case, numbers with a decimal point,
    dates and times as ISO (without an offset: UTC), options by member or caption. A blank text
    asks for a blank; an absent number or boolean is 0 or false where `blank_is_zero`. A blank comes
    before every value, as in the product, so `<` and `>=` divide the records between them. `=` and
    `<>` take several texts: any of them, none of them. `matches` takes an expression of the product
    (`in_expression`). Without conditions every record passes.
    Raises UnknownName for a field the table lacks, UsageError for a text the type cannot hold,
    FilterMistake for an expression.
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


def _holds(condition: Condition, schema: TableSchema, prefix: str) -> pl.Expr:
    field = schema.by_name.get(condition.field)
    if field is None:
        raise UnknownName(f"field of {schema.table}", condition.field, tuple(schema.by_name))
    _refuse_what_has_no_answer(condition, field, schema.table)
    if condition.operator == MATCHES:
        return in_expression(condition.values[0], field, prefix + field.name)
    side = comparable(field, prefix + field.name)
    values = [_asked(field, text, schema.table) for text in condition.values]
    if condition.operator in ORDER:
        return ordered(side, condition.operator, values[0])
    one_of_them = pl.any_horizontal([side.eq_missing(pl.lit(value)) for value in values])
    return one_of_them if condition.operator == "=" else ~one_of_them


def _refuse_what_has_no_answer(condition: Condition, field: Field, table: str) -> None:
    """Stop where a comparison asks for nothing, for several limits, or for an unknown order."""
    asked, count = condition.operator, len(condition.values)
    single = asked in ORDER or asked == MATCHES
    if count == 0 or (single and count > 1):
        right = "one text" if single else "at least one text"
        raise _refused(table, f"{field.name} {asked}", list(condition.values), right)
    if asked in ORDER and field.type is FieldType.OPTION and not has_members(field):
        right = "= or <>, because the order of its options is not known"
        raise _refused(table, field.name, f"{asked} {condition.values[0]}", right)


def _asked(field: Field, text: str, table: str) -> Value | None:
    try:
        return wanted(field, text)
    except NotHeld as error:
        raise _refused(table, field.name, text, str(error)) from error


def _refused(table: str, field: str, found: object, right: str) -> UsageError:
    return UsageError(
        f"The filter of {table} asks {field} for {found!r}; right would be {right}.",
        hint=f"Correct the filter of {table} in mdsync.yaml.",
    )
