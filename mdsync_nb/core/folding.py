"""Texts as they are compared when people know a record again: letters and digits alone."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

ACCENTS = r"[\x{0300}-\x{036F}]"
NEITHER_LETTER_NOR_DIGIT = r"(?:[^\p{L}\p{M}\p{N}]|[\x{0300}-\x{036F}])+"


def letters_and_digits(column: pl.Series) -> pl.Expr:
    """The column without spaces, signs, accents and case; null where nothing is left.

    Only the accents of Latin, Greek and Cyrillic go; elsewhere a mark is a letter of its own.
    """
    return _without_signs(column, "")


def words(column: pl.Series) -> pl.Expr:
    """The words of the column, each as `letters_and_digits` has it; null where there is none."""
    return _without_signs(column, " ")


def _without_signs(column: pl.Series, instead: str) -> pl.Expr:
    text, plain = column.cast(pl.String), pl.col(column.name).cast(pl.String).str.to_lowercase()
    signs = "[^a-z0-9]+"
    if not (text.str.len_bytes() == text.str.len_chars()).all():  # else there are no accents
        plain = plain.str.normalize("NFKD")
        plain = plain.str.replace_all(ACCENTS, "") if instead else plain
        plain = plain.str.to_lowercase().str.replace_all("ß", "ss")
        signs = NEITHER_LETTER_NOR_DIGIT
    kept = plain.str.replace_all(signs, instead).str.strip_chars()
    return pl.when(kept != "").then(kept).alias(column.name)


def exported(fields: Sequence[str], source: pl.DataFrame, local: pl.DataFrame) -> list[str]:
    """The fields that both sides exported, in the order asked for."""
    return [name for name in fields if name in source.columns and name in local.columns]
