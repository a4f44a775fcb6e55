"""What the sections count: companies by name, sums a company, and the worklist as it is shown."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import wording
from mdsync_nb.reports.masking import masked

Row = dict[str, Any]

BOXES = (
    "source_rows",
    "source_not_compared",
    "source_set_aside",
    "only_source",
    "agree",
    "differ",
    "undecided_source",
    "undecided_destination",
    "only_destination",
    "destination_set_aside",
    "destination_not_compared",
    "destination_rows",
)
"""The numbers of a reconciliation line, from the holding's file to the subsidiary's."""


class Company(NamedTuple):
    """A company of a report: its code, the name people read, and its row of frames.COMPANIES."""

    code: str
    name: str
    row: Row


def companies(c: Comparison) -> list[Company]:
    """Give the companies in the order of the report, the holding first."""
    found = [Company(row["company"], row["name"] or row["company"], row) for row in _rows(c)]
    return sorted(found, key=lambda company: not company.row["is_source"])


def holding(c: Comparison) -> Company | None:
    """Give the company the others are compared with, if the report has one."""
    return next((company for company in companies(c) if company.row["is_source"]), None)


def means(c: Comparison, row: Row, side: str) -> str:
    """Give the currency a blank currency code stands for on a side: the company's own.

    row: of frames.WORKLIST.
    """
    if row["field"] != "Currency Code":
        return ""
    first = holding(c)
    code = first.code if side == "source" and first else row["company"]
    firm = next((firm for firm in companies(c) if firm.code == code), None)
    return (firm.row["currency"] or "") if firm else ""


def subsidiaries(c: Comparison) -> list[Company]:
    """Give the companies that are compared with the holding."""
    return [company for company in companies(c) if not company.row["is_source"]]


def names(c: Comparison) -> dict[str, str]:
    """Give the name people read for every code."""
    return {company.code: company.name for company in companies(c)}


def named(c: Comparison, code: str | None) -> str:
    """Give the name of a company by its code, or the code when nobody knows it."""
    return names(c).get(code or "", code or "")


def only_blank(c: Comparison) -> list[str]:
    """Give where currencies differ only by being blank, which means the company's own."""
    rows = c.fields.filter(pl.col("state") == "only-blank", pl.col("records") > 0).to_dicts()
    return [
        f"{wording.number(row['records'])} in {row['table']}, {named(c, row['company'])}"
        for row in rows
    ]


def lines(c: Comparison) -> list[Row]:
    """Give the reconciliation line by line, numbers that are not known as 0."""
    return c.reconciliation.with_columns(pl.col(BOXES).fill_null(0)).to_dicts()


def tables(c: Comparison) -> list[str]:
    """Give the tables in the order of the report."""
    return list(dict.fromkeys(line["table"] for line in lines(c)))


def sums(rows: list[Row]) -> dict[str, int]:
    """Give the sum of every box of the lines."""
    return {box: sum(int(row[box]) for row in rows) for box in BOXES}


def sums_of(c: Comparison, company: str | None = None) -> dict[str, int]:
    """Give the sums of one company, or of all."""
    return sums([line for line in lines(c) if company in (None, line["company"])])


def pairs(boxes: Row) -> int:
    """Give how many records were found on both sides."""
    return int(boxes["agree"]) + int(boxes["differ"])


def waiting(c: Comparison) -> pl.DataFrame:
    """Give the worklist as everybody may see it: masked, best first."""
    return masked(c.worklist, c.masked).sort("rank", nulls_last=True, maintain_order=True)


def records(worklist: pl.DataFrame) -> int:
    """Give how many records the rows of a worklist are about."""
    return worklist.select("mapping", "key", "source_id", "destination_id").n_unique()


def _rows(c: Comparison) -> list[Row]:
    return c.companies.with_columns(pl.col("is_source").fill_null(False)).to_dicts()
