"""Values as people and cells see them: one canonical text for each typed value."""

from __future__ import annotations

import polars as pl

from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field


def as_text(value: pl.Expr, field: Field) -> pl.Expr:
    """Give a typed value as its canonical text; blank stays null. (`store.sql.text_of` in Polars.)

    Decimals lose trailing zeros, times are ISO in UTC, options are member names.
    """
    if field.type is FieldType.DECIMAL:
        plain = value.cast(pl.String)
        cut = plain.str.strip_chars_end("0").str.strip_chars_end(".")
        return pl.when(plain.str.contains(".", literal=True)).then(cut).otherwise(plain)
    if field.type is FieldType.DATETIME:
        return value.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    if field.type is FieldType.TIME:
        whole = value.dt.strftime("%H:%M:%S%.6f")
        return whole.str.strip_chars_end("0").str.strip_suffix(".")
    return value.cast(pl.String)


def later(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether a time is later than another: less than 10 ms apart is equal, blank is earliest.

    Source: semantics.md 4.3.
    """
    return one.is_not_null() & (other.is_null() | (one - other >= pl.duration(milliseconds=10)))
