"""What becomes of each field that differs: it is carried, it stays as it is here, or it is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from mdsync_nb.core.transfer import FieldPair
from mdsync_nb.model.kinds import Direction, UpdateConflict

STAYING = ("kept-here", "renamed", "merged")
"""Rules of records whose fields that were changed only here stay."""


def resolved(
    found: pl.DataFrame,
    fields: Sequence[FieldPair],
    *,
    policy: UpdateConflict,
    overwrites: bool,
    two_way: bool = False,
    forced: bool = False,
) -> pl.DataFrame:
    """Add `held` and `kept` to cells; what differs and is neither is carried from the source.

    found: `ix`, `field`, `differs`, `class`. overwrites: the source may overwrite every field.
    two_way: a field that flows one way alone is its source's. forced: a person chose the
    source's values, so all of them are carried.

    held: local-change protection stops the record for it. A merge holds only what both changed to
    different values, or what nobody can say who changed. kept: changed only here, so a merge leaves
    it. A constant is always carried, and so is a field that may be overwritten. A key of several
    fields is one value: when each side changed another part of it, it is held.
    Source: semantics.md 8.4; merge is ours.
    """
    if forced:
        return found.with_columns(held=pl.lit(value=False), kept=pl.lit(value=False))
    protected = pl.col("differs") & _protected(fields, overwrites=overwrites, two_way=two_way)
    if policy is not UpdateConflict.MERGE:
        return found.with_columns(held=protected, kept=pl.lit(value=False))
    by_one = pl.col("class").is_in(["source", "destination"])
    here = pl.col("class") == "destination"
    marked = found.with_columns(held=protected & ~by_one, kept=protected & here)
    keys = [one.name for one in fields if one.is_key]
    return _keys_whole(marked, keys) if len(keys) > 1 else marked


def _keys_whole(marked: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    in_key = pl.col("field").is_in(list(keys))
    carried = (in_key & pl.col("differs") & ~pl.col("kept")).any().over("ix")
    torn = in_key & pl.col("kept") & carried
    return marked.with_columns(held=pl.col("held") | torn, kept=pl.col("kept") & ~torn)


def _protected(fields: Sequence[FieldPair], *, overwrites: bool, two_way: bool) -> pl.Expr:
    """Whether a field is protected: a constant is not, nor what may be overwritten."""
    free = [
        one.name
        for one in fields
        if one.mapping.overwrite_local_change
        or one.mapping.constant is not None
        or (two_way and one.mapping.direction is not Direction.BIDIRECTIONAL)
    ]
    return pl.lit(not overwrites) & ~pl.col("field").is_in(free)


def fields_in_words(found: pl.DataFrame, mark: Literal["held", "kept"]) -> pl.DataFrame:
    """Name the fields of each pair that are held, or kept: `ix`, `held_fields` (`kept_fields`)."""
    named = found.filter(mark).group_by("ix").agg(pl.col("field").alias(f"{mark}_fields"))
    return named.with_columns(pl.col(f"{mark}_fields").list.sort().list.join(", "))
