"""Criteria of coupling: which cannot be used, in words, and as columns that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdsync_nb.core.filter_values import is_text, meant
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import Field, FieldType, MatchField, TableSchema


def in_words(fields: Sequence[str]) -> str:
    """The fields as a sentence names them: "VAT Registration No., Name and Post Code"."""
    return " and ".join([", ".join(fields[:-1]), fields[-1]] if len(fields) > 1 else fields)


def refuse_unusable(
    criteria: Sequence[MatchField],
    schema: TableSchema,
    mapping: str,
    proposals: Sequence[Sequence[str]],
) -> None:
    """Raise UsageError when there is no criterion, or one twice; UnknownName for no field."""
    of = mapping or schema.table
    if not criteria:
        usual = "; ".join(" + ".join(fields) for fields in proposals)
        raise UsageError(
            f"You must say which fields of {of} are compared to couple its records.",
            hint=f"Set `match` of {of}" + (f"; try one of: {usual}." if usual else "."),
        )
    names = [one.field for one in criteria]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(
            f"{of} compares {twice} twice.", hint=f"Leave one of them in `match` of {of}."
        )
    for name in names:
        if name not in schema.by_name:
            raise UnknownName(f"field of {schema.table}", name, tuple(schema.by_name))


def refuse_unexported(
    criteria: Sequence[MatchField], sides: Mapping[str, pl.DataFrame], of: str
) -> None:
    """Raise UsageError for a criterion that a side did not export. sides: by their companies."""
    for one in criteria:
        without = [side for side, frame in sides.items() if one.field not in frame.columns]
        if without:
            raise UsageError(
                f"{of} compares {one.field}, which {' and '.join(without)} did not export.",
                hint=f"Ask for an export with {one.field}, or choose another field.",
            )


def key_of(field: Field, case_sensitive: bool) -> pl.Expr:
    """The column as coupling compares it, under its own name (`name_of`)."""
    value = meant(field, field.name)
    if field.type is FieldType.TEXT and not case_sensitive:
        value = value.str.to_lowercase()
    return value.alias(name_of(field))


def says_blank(field: Field) -> pl.Expr:
    """Whether a column as coupling compares it (`key_of`) is blank."""
    key = pl.col(name_of(field))
    return key == "" if is_text(field) else key.is_null()


def blank_of(field: Field) -> pl.Expr:
    """Whether a record is blank in the field."""
    value = meant(field, field.name)
    return value == "" if is_text(field) else value.is_null()


def name_of(field: Field) -> str:
    """The name of the column as coupling compares it; no field has such a name."""
    return f"={field.name}"
