"""Keys: which ones records get by a step, which ones they give up, and who is in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from mdsync_nb.core.numbering import next_numbers
from mdsync_nb.core.transfer import CELLS_FOUND
from mdsync_nb.engine.wide import Sides

KEYS = {"field": pl.String, "value": pl.String}
"""Keys records will have: the field of the key, and its value as text."""

Planned = Mapping[tuple[str, str], pl.DataFrame]
"""Company and table -> the keys (`KEYS`) that records would have there by then."""

MOVES = ("new", "restore", "renamed")
"""Rules by which a record gets a key it did not have here."""


def place_of(sides: Sides) -> tuple[str, str]:
    """The company and table a step writes."""
    return sides.destination.company, sides.destination.table


def and_planned(planned: Planned, place: tuple[str, str], more: pl.DataFrame) -> Planned:
    """Give what is planned with more keys at one place."""
    known = planned.get(place, pl.DataFrame(schema=KEYS))
    return {**planned, place: pl.concat([known, more.match_to_schema(pl.Schema(KEYS))])}


def keys_of(cells: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """Give the keys (`KEYS`) that records would get by these cells."""
    keys = list(sides.destination.schema.key)
    return cells.filter(pl.col("field").is_in(keys)).select("field", value="source")


def moving_keys(decided: pl.DataFrame, cells: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """The keys that records get by what was decided."""
    moving = decided.filter(pl.col("rule").is_in(MOVES)).select("source_id", "destination_id")
    return keys_of(cells.join(moving, on=["source_id", "destination_id"], how="semi"), sides)


Judged = tuple[pl.DataFrame, pl.DataFrame]


def settled(judge: Callable[[pl.Series], Judged], moving: pl.Series) -> Judged:
    """Judge as if every record in `moving` got its new key, then without those that do not get it,
    until it holds: whoever needs a key that nobody gets or gives up cannot go on either."""
    while True:
        decided, cells = judge(moving)
        moved = decided.filter(pl.col("rule").is_in(MOVES) & pl.col("ix").is_in(moving.implode()))
        if moved.height == moving.len():
            return decided, cells
        moving = moved["ix"]


def rename_taken(known: pl.DataFrame, moving: pl.Series, sides: Sides) -> pl.Series:
    """Whether a renamed record's new key belongs to another record that keeps it.

    moving: those that give their key up. Two records that swap their keys both do, so neither is
    in the way; one that cannot be renamed keeps its key, so who wants it has to wait.
    """
    renamed = known.filter("renamed")
    if renamed.is_empty():
        return pl.Series("rename_taken", [False] * known.height, dtype=pl.Boolean)
    present = sides.reading.keys_present(sides.destination, renamed["source_key"])
    given_up = renamed.filter(pl.col("ix").is_in(moving.implode()))["destination_key"]
    kept = present.filter(~present.is_in(given_up.implode()))
    taken = pl.col("renamed") & pl.col("source_key").is_in(kept.implode())
    return known.select(taken.alias("rename_taken")).to_series()


def numbered(pairs: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """Give the cells of the key for records to be created whose source does not tell it.

    pairs: `ix`, `source_key`, in whose order they are numbered. Columns as of
    `transfer.inserted_cells`; none where the key is carried, or is the id.
    """
    schema, none = sides.destination.schema, pl.DataFrame(schema=CELLS_FOUND)
    carried = {one.name for one in sides.fields}
    if len(schema.key) > 1 or schema.key[0] in carried or schema.keyed_by_id:
        return none
    numbers = next_numbers(sides.reading.keys(sides.destination, schema.key[0]), pairs.height)
    ordered = pairs.sort("source_key", "source_id").select("ix")
    return ordered.select(
        "ix",
        field=pl.lit(schema.key[0]),
        source=pl.Series(numbers, dtype=pl.String),
        destination=pl.lit(None, dtype=pl.String),
        differs=pl.lit(value=True),
        currency_meaning=pl.lit(value=False),
        warning=pl.lit(""),
    ).match_to_schema(CELLS_FOUND)


def restored_in_the_way(pairs: pl.DataFrame, sides: Sides) -> pl.Series:
    """Whether a record to be created would get a key another record has here by now.

    Of new records the first ladder knows it, unless their key is rewritten on the way.
    """
    restored = (pl.col("rule") == "restore") | pl.lit(sides.rewriting.keys)
    present = sides.reading.keys_present(sides.destination, pairs.filter(restored)["source_key"])
    return pairs.select(restored & pl.col("source_key").is_in(present.implode())).to_series()
