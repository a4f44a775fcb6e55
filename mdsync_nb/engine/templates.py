"""Config templates: the values new records get besides those that are transferred."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.core import filters
from mdsync_nb.core.transfer import CELLS_FOUND, constant_text
from mdsync_nb.engine.keys import Judged
from mdsync_nb.engine.wide import Sides
from mdsync_nb.model import TableMapping, Template

MISSING = "template_missing"


def templated(
    pairs: pl.DataFrame, carried: pl.DataFrame, sides: Sides, mapping: TableMapping
) -> Judged:
    """Give records to be created with the cells of their templates, which overwrite what is
    transferred.

    pairs: `ix`, `source_row`; adds `template_missing`, why the record cannot be created. carried:
    of `inserted_cells`. Each record gets the first template whose filter it passes. The product
    writes the record and then looks for its template; here a record without one is not written.
    Source: semantics.md 4.8.
    """
    templates = [one for one in mapping.templates if one.direction is mapping.towards]
    if not templates:
        return pairs.with_columns(pl.lit(None, dtype=pl.String).alias(MISSING)), carried
    chosen = _chosen(pairs, sides, templates)
    absent = {
        number: f"The Config. Template Header {one.code} was not found."
        for number, one in enumerate(templates)
        if not one.found
    }
    said = pl.col("template").replace_strict(absent, default=None, return_dtype=pl.String)
    told = pairs.join(chosen.select("ix", said.alias(MISSING)), on="ix", maintain_order="left")
    added = chosen.join(_values(sides, templates), on="template").drop("template")
    kept = carried.join(added, on=["ix", "field"], how="anti")
    filled = added.filter(pl.col("source").is_not_null()).match_to_schema(CELLS_FOUND)
    return told, pl.concat([kept, filled])


def _chosen(pairs: pl.DataFrame, sides: Sides, templates: Sequence[Template]) -> pl.DataFrame:
    """The template of each pair, by its place: `ix`, `template`; null where none is for it."""
    schema, first = sides.source.schema, pl.lit(None, dtype=pl.Int64)
    asked: list[str] = []
    for number, one in reversed(list(enumerate(templates))):
        known, absent = filters.evaluable(one.filter, schema.by_name)
        test = filters.in_filter(known, schema, "t:") if not absent else pl.lit(value=False)
        asked += filters.columns(known)
        first = pl.when(test).then(pl.lit(number, dtype=pl.Int64)).otherwise(first)
    fields = list(dict.fromkeys(asked))
    rows = sides.reading.wide(sides.source, pairs["source_row"], fields)
    values = rows.select(
        pl.col("row").alias("source_row"), *(pl.col(one).alias(f"t:{one}") for one in fields)
    )
    placed = pairs.select("ix", "source_row").join(values, on="source_row", how="left")
    return placed.select("ix", template=first)


def _values(sides: Sides, templates: Sequence[Template]) -> pl.DataFrame:
    """The values of the templates: `template`, and the columns of `CELLS_FOUND` less `ix`."""
    here = sides.destination.schema.by_name
    rows = [
        (number, field, constant_text(text, here[field]))
        for number, one in enumerate(templates)
        for field, text in one.values.items()
        if field in here
    ]
    schema = {"template": pl.Int64, "field": pl.String, "source": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        destination=pl.lit(None, dtype=pl.String),
        differs=pl.lit(value=True),
        currency_meaning=pl.lit(value=False),
        warning=pl.lit(""),
    )
