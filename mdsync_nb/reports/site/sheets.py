"""The files beside the pages: every table as CSV and in one workbook, harmless to spreadsheets."""

from __future__ import annotations

import polars as pl

FORMULA = r"^[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
"""How a text begins that a spreadsheet may take for a formula, in full width as well."""

NUMBER = r"^[+-]?\d+([.,]\d+)*$"
TIME = "%Y-%m-%d %H:%M:%S"


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Give a frame with yes and no in place of booleans, and lists as one text."""
    return rows.with_columns(
        *(
            pl.when(pl.col(name)).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(name)
            for name, kind in rows.schema.items()
            if kind == pl.Boolean
        ),
        *(
            pl.col(name).cast(pl.List(pl.String)).list.join(", ").alias(name)
            for name, kind in rows.schema.items()
            if isinstance(kind, pl.List)
        ),
    )


def as_csv(rows: pl.DataFrame) -> bytes:
    """Give a frame as CSV: UTF-8 as spreadsheets recognise it, times in UTC.

    A text that looks like a formula has an apostrophe before it; a number is left as it is.
    """
    return b"\xef\xbb\xbf" + plain(rows).with_columns(
        *(
            pl.when(_harmful(name)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
            for name, kind in rows.schema.items()
            if kind == pl.String
        )
    ).write_csv(datetime_format=TIME).encode("utf-8")


def stacked(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Give the tables of several pages as one, with every column that any of them has."""
    return pl.concat([plain(one) for one in parts], how="diagonal_relaxed")


def _harmful(name: str) -> pl.Expr:
    text = pl.col(name)
    return text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
