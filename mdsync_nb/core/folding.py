"""Texts as they are compared when people know a record again: letters and digits alone."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

NEITHER_LETTER_NOR_DIGIT = r"(?:[^\p{L}\p{M}\p{N}]|[\x{0300}-\x{036F}])+"


def letters_and_digits(column: pl.Series) -> pl.Expr:
    """The column without spaces, signs, accents and case; null where nothing is left.

    Only the accents of Latin, Greek and Cyrillic go; elsewhere a mark is a letter of its own.
    """
    text, plain = column.cast(pl.String), pl.col(column.name).cast(pl.String).str.to_lowercase()
    signs = "[^a-z0-9]+"
    if not (text.str.len_bytes() == text.str.len_chars()).all():  # else there are no accents
        plain = plain.str.normalize("NFKD").str.to_lowercase().str.replace_all("ß", "ss")
        signs = NEITHER_LETTER_NOR_DIGIT
    kept = plain.str.replace_all(signs, "")
    return pl.when(kept != "").then(kept).alias(column.name)


def exported(fields: Sequence[str], source: pl.DataFrame, local: pl.DataFrame) -> list[str]:
    """The fields that both sides exported, in the order asked for."""
    return [name for name in fields if name in source.columns and name in local.columns]
