"""The gates of both ladders, replayed for the records somebody asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from mdsync_nb.core.classify import BEFORE_VALUES
from mdsync_nb.core.conditions import gates_of_each
from mdsync_nb.core.ladder import Rule
from mdsync_nb.core.resolve import AFTER_VALUES, INSERTING
from mdsync_nb.core.transfer import field_pairs
from mdsync_nb.engine.candidates import look
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.engine.rewriting import rewriting_of
from mdsync_nb.engine.step import read_values, to_create
from mdsync_nb.engine.wide import Sides
from mdsync_nb.store import Image, Reading

PLACE = ["coupling_row", "source_row", "destination_row"]
"""What tells two records of one visit apart, also where neither has an id yet."""

Place = tuple[int | None, ...]


@dataclass(frozen=True)
class Gates:
    """The gates of both ladders for one record, what they decide, and the values that differ.

    frame: `ladder`, `rule`, `holds`, `because`, `decides`, in the order the gates are asked, up to
    the one that decides. cells: those of `frames.CELLS`, without the mapping.
    """

    frame: pl.DataFrame
    decision: dict[str, Any]
    cells: pl.DataFrame


@dataclass(frozen=True)
class Replayed:
    """A step as its records see it. source, destination: None where a company has no file for the
    table; then there are no gates. fields: how many fields of a pair are compared."""

    wanted: StepWanted
    source: Image | None
    destination: Image | None
    gates: tuple[Gates, ...] = ()
    fields: int = 0


def replayed(reading: Reading, wanted: StepWanted) -> Replayed:
    """Replay both ladders for the records a step was asked for, all in one look."""
    mapping = wanted.mapping
    source = reading.image(mapping.source, mapping.source_table)
    destination = reading.image(mapping.destination, mapping.destination_table)
    if source is None or destination is None:
        return Replayed(wanted, source, destination)
    fields, _ = field_pairs(mapping, source.schema, destination.schema, wanted.currencies)
    looked = look(reading, wanted, (source, destination), fields, one_by_one=True)
    if looked.noisy.is_empty():
        return Replayed(wanted, source, destination, fields=len(fields))
    rewriting = rewriting_of(reading, wanted, source, fields)
    sides = Sides(reading, source, destination, tuple(fields), rewriting, mapping.name, wanted.flow)
    decided, cells, unread = read_values(looked, wanted, sides, {})
    created, created_cells = to_create(looked, wanted, sides, {})
    every = pl.concat([decided, created, unread], how="diagonal_relaxed")
    differ = pl.concat([cells, created_cells], how="diagonal_relaxed")
    ladders = (
        _asked(BEFORE_VALUES, looked.noisy, "before values"),
        _asked(AFTER_VALUES, decided, "after values"),
        _asked(INSERTING, created, "before creating"),
    )
    told = tuple(_gates(row, ladders, differ) for row in every.iter_rows(named=True))
    return Replayed(wanted, source, destination, told, len(fields))


def _asked(ladder: Sequence[Rule], facts: pl.DataFrame, name: str) -> dict[Place, pl.DataFrame]:
    """The gates of one ladder by record: up to the first that holds."""
    if facts.is_empty():
        return {}
    every = zip(facts.select(PLACE).rows(), gates_of_each(ladder, facts), strict=True)
    return {
        place: one.head(one["holds"].to_list().index(True) + 1).with_columns(ladder=pl.lit(name))
        for place, one in every
    }


def _gates(
    row: dict[str, Any], ladders: Sequence[dict[Place, pl.DataFrame]], cells: pl.DataFrame
) -> Gates:
    place = tuple(row[one] for one in PLACE)
    told = pl.concat([one[place] for one in ladders if place in one])
    last = pl.int_range(pl.len()) == pl.len() - 1
    ids = {one: row[one] for one in ("source_id", "destination_id")}
    own = [pl.col(name).eq_missing(pl.lit(value)) for name, value in ids.items()]
    frame = told.select("ladder", "rule", "holds", "because", decides=last)
    return Gates(frame, row, cells.filter(own))
