"""Numbers for records whose key comes from nowhere: they go on after the highest one."""

from __future__ import annotations

import polars as pl

NUMBERED = r"^(.*?)([0-9]+)$"


def next_numbers(keys: pl.Series, many: int) -> list[str]:
    """Give keys for so many new records: the highest one of the usual form, counted on.

    keys: those in use (text). The usual form is the letters before the last digits that most keys
    share; its digits keep their number (`C00019` is followed by `C00020`). Without any such key it
    begins with 1. Ours: the product takes the next number of a No. Series, which exports do not
    tell for certain.
    """
    parts = keys.to_frame("key").select(
        form=pl.col("key").str.extract(NUMBERED, 1), digits=pl.col("key").str.extract(NUMBERED, 2)
    )
    known = parts.drop_nulls().with_columns(
        number=pl.col("digits").cast(pl.Int64, strict=False),
        width=pl.col("digits").str.len_chars(),
        records=pl.len().over("form"),
    ).drop_nulls("number")  # fmt: skip
    if known.is_empty():
        return [str(n) for n in range(1, many + 1)]
    last = known.sort("records", "form", "number").row(-1, named=True)
    return [f"{last['form']}{last['number'] + n:0{last['width']}d}" for n in range(1, many + 1)]
