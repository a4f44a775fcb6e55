"""Records named by the message they failed with."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch

import polars as pl


def failed_like(errors: pl.DataFrame, message: str, records: Sequence[str]) -> list[str]:
    """Give the source ids of records with an error that reads like a text, whatever its capitals.

    errors: of `Lists.errors`. message: `*` stands for any text. records: only these ids or keys;
    without any, all.
    """
    alike = [one for one in errors["message"].unique() if fnmatch(one.lower(), message.lower())]
    found = errors.filter(pl.col("message").is_in(alike))
    if records:
        ids = ("key", "source_id", "destination_id")
        named = pl.any_horizontal(pl.col(one).is_in(list(records)) for one in ids)
        found = found.filter(named)
    return found["source_id"].unique(maintain_order=True).to_list()
