"""The numbers behind the charts of the report, as tables for its workbook."""

from __future__ import annotations

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally
from mdsync_nb.reports.kinds_chart import counts_of, kinds_in

STATES = {
    "compared": "compared",
    "absent": "not in a file",
    "currency": "amounts in different currencies",
    "only-blank": "only a blank currency, which means the company's own",
}
BOXES = {
    "source_rows": "Rows in {there}'s file",
    "source_not_compared": "Not compared there",
    "source_set_aside": "Set aside there",
    "only_source": "Only there",
    "agree": "Agree",
    "differ": "Differ",
    "undecided_source": "Undecided there",
    "undecided_destination": "Undecided here",
    "only_destination": "Only here",
    "destination_set_aside": "Set aside here",
    "destination_not_compared": "Not compared here",
    "destination_rows": "Rows in {here}'s file",
}


def figures(c: Comparison) -> dict[str, pl.DataFrame]:
    """Give the tables behind the charts by the name of their sheet, with heads as people read them.

    Kinds: records a company and kind of difference. Fields: records that differ a field, table
    and company. Rows: every row of every file in its box.
    """
    return {"Kinds": _kinds(c), "Fields": _fields(c), "Rows": _rows(c)}


def _kinds(c: Comparison) -> pl.DataFrame:
    words, one = [kind.word for kind in kinds_in(c.words)], c.words.one.capitalize()
    rows = [
        {one: firm.name, "agree": tally.sums_of(c, firm.code)["agree"]}
        | dict(zip(words, counts_of(c, firm), strict=True))
        for firm in tally.subsidiaries(c)
    ]
    numbers = dict.fromkeys(("agree", *words), pl.Int64)
    return pl.DataFrame(rows, schema={one: pl.String, **numbers}).with_columns(
        pl.sum_horizontal(words).alias("do not agree")
    )


def _fields(c: Comparison) -> pl.DataFrame:
    ordered = c.fields.sort("records", "table", "field", "company", descending=[True, *[False] * 3])
    return ordered.select(
        pl.col("table").alias("Table"),
        pl.col("field").alias("Field"),
        pl.col("company").replace(tally.names(c)).alias(c.words.one.capitalize()),
        pl.col("records").alias("Records"),
        pl.col("state").replace(STATES).alias("How"),
    )


def _rows(c: Comparison) -> pl.DataFrame:
    return c.reconciliation.select(
        pl.col("table").alias("Table"),
        pl.col("company").replace(tally.names(c)).alias(c.words.one.capitalize()),
        *(pl.col(box).fill_null(0).alias(c.words.said(head)) for box, head in BOXES.items()),
    )
