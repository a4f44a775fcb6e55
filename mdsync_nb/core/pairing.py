"""What a pair is after its values were looked at: facts of its cells, its class, its references."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from polars import selectors as cs

from mdsync_nb.core.classify import AGREED, DESTINATION_MOVED, SOURCE_MOVED
from mdsync_nb.core.transfer import NEVER_BLANKED, FieldPair
from mdsync_nb.frames import CELL_CLASS, PAIR_CLASS
from mdsync_nb.model.kinds import Direction, PairClass

NOT_TRANSFERRED = (pl.col("warning") != "") & pl.col("source").eq_missing(pl.col("destination"))
"""Cells that only say why a value of the source is not transferred: nothing differs by them."""


def facts_of_cells(found: pl.DataFrame, fields: Sequence[FieldPair]) -> pl.DataFrame:
    """Give the facts the second ladder asks for, one row a pair that has a cell.

    found: `ix`, `field`, `differs`, `class`, `currency_meaning`, `missing` (text or null), `held`,
    `kept`, `warning`. What is kept is not written, so it can neither rename, nor refer, nor mean a
    currency. `warned` says how many warnings there are, in words.
    Source: semantics.md 8.4.
    """
    keys = [one.name for one in fields if one.is_key]
    both_ways = [one.name for one in fields if one.mapping.direction is Direction.BIDIRECTIONAL]
    changed, carried = pl.col("class"), pl.col("differs") & ~pl.col("kept")
    told = found.select(
        "ix",
        "differs",
        "kept",
        carried=carried,
        currency_meaning=pl.col("currency_meaning") & ~pl.col("kept"),
        missing_reference=pl.when(~pl.col("kept")).then("missing"),
        protected="held",
        both_ways=pl.col("differs") & pl.col("field").is_in(both_ways),
        renamed=carried & pl.col("field").is_in(keys),
        any_both=changed == "both",
        changed_there=changed.is_in(["source", "both", "both_same"]),
        changed_here=changed.is_in(["destination", "both", "both_same"]),
        warned=(pl.col("warning") != "").cast(pl.UInt32),
    )
    missing, warnings = pl.col("missing_reference"), pl.col("warned").sum()
    many = (
        pl.when(warnings == 1)
        .then(pl.lit("1 warning"))
        .otherwise(pl.format("{} warnings", warnings))
    )
    return told.group_by("ix").agg(
        cs.boolean().any(),
        missing.first(ignore_nulls=True),
        warned=pl.when(warnings > 0).then(many),
    )


def class_read() -> pl.Expr:
    """Give the three-way class of a pair whose values were looked at.

    With a base, who changed what since says it; without one the times and the loads since they were
    coupled do, and before that nobody can say. A record new on both sides since the mapping was
    coupled is new in both. Values a transformation rule cannot be applied to are not compared.
    """
    differs = pl.col("differs")
    there = pl.when(AGREED).then(pl.col("changed_there")).otherwise(SOURCE_MOVED)
    here = pl.when(AGREED).then(pl.col("changed_here")).otherwise(DESTINATION_MOVED)
    new_in_both = pl.col("coupling_row").is_null() & pl.col("mapping_coupled")
    return (
        pl.when(pl.col("transformation_failed").is_not_null()).then(_of(PairClass.NOT_COMPARED))
        .when(new_in_both & differs).then(_of(PairClass.NEW_BOTH_DIFFER))
        .when(new_in_both).then(_of(PairClass.NEW_BOTH_SAME))
        .when(there & here & differs).then(_of(PairClass.CHANGED_BOTH))
        .when(AGREED & there & here).then(_of(PairClass.CHANGED_BOTH_SAME))
        .when(there & differs).then(_of(PairClass.CHANGED_SOURCE))
        .when(here & differs).then(_of(PairClass.CHANGED_DESTINATION))
        .when(differs).then(_of(PairClass.ORIGIN_UNKNOWN))
        .otherwise(_of(PairClass.AGREES))
    )  # fmt: skip


def missing_references(
    found: pl.DataFrame, fields: Sequence[FieldPair], known: dict[str, pl.Series], company: str
) -> pl.DataFrame:
    """Add `missing`: the reference a cell would write that does not exist at the destination.

    known: field -> the keys its related table holds there, as earlier steps would leave it; a
    field without an entry is not checked. A field with Clear Value on Failed Sync is blanked
    instead (semantics.md 2, 5.2).
    """
    checked = found.with_columns(absent=pl.lit(value=False), missing=pl.lit(None, dtype=pl.String))
    for one in fields:
        if one.name not in known:
            continue
        gone = (
            (pl.col("field") == one.name)
            & pl.col("differs")
            & pl.col("source").is_not_null()
            & ~pl.col("source").is_in(known[one.name].implode())
        )
        related = one.destination.relation_table
        words = pl.format(f"{related} {{}} is missing in {company}.", "source")
        checked = checked.with_columns(
            absent=pl.col("absent") | (gone & one.mapping.clear_on_failed),
            missing=pl.when(gone & (not one.mapping.clear_on_failed))
            .then(words)
            .otherwise("missing"),
        )
    blanked = pl.col("destination").is_not_null() & ~pl.col("field").is_in(NEVER_BLANKED)
    cleared = checked.with_columns(
        source=pl.when("absent").then(None).otherwise("source"),
        differs=pl.when("absent").then(blanked).otherwise("differs"),
    )
    return cleared.filter(~pl.col("absent") | pl.col("differs")).drop("absent")


def turned(cells: pl.DataFrame) -> pl.DataFrame:
    """Give cells (`frames.CELLS`) of a step as the step in the other direction sees them."""
    sides = {"source": "destination", "destination": "source"}
    ids = {f"{one}_id": f"{other}_id" for one, other in sides.items()}
    classes = pl.col("class").cast(pl.String).replace(sides).cast(CELL_CLASS)
    return cells.with_columns(classes).rename({**sides, **ids}).select(cells.columns)


def worth_a_row(found: pl.DataFrame) -> pl.DataFrame:
    """Give the cells people look at and plans write: fields that differ, fields both sides changed
    to the same, and warnings. What only differs in letters (a blank currency) is neither."""
    alike = (pl.col("class") == "both_same") & pl.col("source").eq_missing(pl.col("destination"))
    return found.filter(pl.col("differs") | alike | (pl.col("warning") != ""))


def _of(one: PairClass) -> pl.Expr:
    return pl.lit(one.value, dtype=PAIR_CLASS)
