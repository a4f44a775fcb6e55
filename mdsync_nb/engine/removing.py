"""Records that are deleted because a person asked for it, with what an undo needs of them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.transfer import NOT_COMPARABLE, FieldPair
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.candidates import Looked
from mdsync_nb.engine.keys import Judged
from mdsync_nb.engine.rewriting import Rewriting
from mdsync_nb.engine.wide import Sides, sides_of
from mdsync_nb.model import FieldMapping


def removed(looked: Looked, sides: Sides) -> Judged:
    """Give the records to be deleted, and a cell for every value they hold here.

    A cell's source is null: nothing is there afterwards. Taking the job back writes the values.
    """
    gone = looked.noisy.filter(pl.col("rule") == "delete")
    if gone.is_empty():
        return pl.DataFrame(schema={"detail": pl.String, "rule": pl.String}), pl.DataFrame()
    fields = [
        FieldPair(one, one, FieldMapping(local=one.name, integration=one.name, constant=""))
        for one in sides.destination.schema.fields
        if one.type not in NOT_COMPARABLE
    ]
    whole = replace(sides, fields=tuple(fields), rewriting=Rewriting())
    pairs = sides_of(gone.with_row_index("ix"), whole)
    values = [
        pairs.select(
            "source_id",
            "destination_id",
            field=pl.lit(one.name),
            source=pl.lit(None, dtype=pl.String),
            destination=as_text(pl.col(f"d:{one.name}"), one.destination),
            base=pl.lit(None, dtype=pl.String),
            kept=pl.lit(value=False),
            warning=pl.lit(""),
            **{"class": pl.lit("source", dtype=frames.CELL_CLASS)},
        ).filter(pl.col("destination").is_not_null())
        for one in fields
    ]
    told = pairs.drop(one for one in pairs.columns if one.startswith(("s:", "d:")))
    return (
        told.with_columns(conflict=pl.lit(""), detail=pl.lit(None, dtype=pl.String)),
        pl.concat(values),
    )
