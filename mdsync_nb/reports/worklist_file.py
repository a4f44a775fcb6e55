"""The workbook beside the report: what waits, to decide, and the numbers behind the charts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import xlsxwriter

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.model.words import SideWords
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.book import AS_TEXT, SHEET_ROWS, fill, forms_of, write
from mdsync_nb.reports.figures_file import figures

DECISIONS = ("take source", "keep ours", "value", "later")


class Column(NamedTuple):
    """A column of the sheet: its head, the column of frames.WORKLIST, its width in letters."""

    head: str
    name: str
    width: int
    folded: bool = False


COLUMNS = (
    Column("Place", "rank", 7),
    Column("Company", "company", 16),
    Column("Table", "table", 16),
    Column("Number", "key", 14),
    Column("Name", "name", 30),
    Column("Field", "field", 22),
    Column("There: {at}", "source", 26),
    Column("Here: {within}", "destination", 26),
    Column("Last agreed", "base", 26),
    Column("State", "state", 22),
    Column("Why it waits", "why", 48),
    Column("Your decision", "", 16),
    Column("Value or comment", "", 30),
    Column("Changed there by", "source_by", 18),
    Column("Changed there (UTC)", "source_at", 18),
    Column("Changed here by", "destination_by", 18),
    Column("Changed here (UTC)", "destination_at", 18),
    Column("Agreed (UTC)", "base_at", 18),
    Column("Mapping", "mapping", 22, folded=True),
    Column("Rule", "rule", 22, folded=True),
    Column("Id there", "source_id", 38, folded=True),
    Column("Id here", "destination_id", 38, folded=True),
)
DECISION = [column.head for column in COLUMNS].index("Your decision")
ABOUT = (
    "take source: the value of {there} is written to {here}.",
    "keep ours: {here} keeps its value.",
    "value: the value you write beside it is written.",
    "later: it waits and is listed again.",
)


def write_worklist(c: Comparison, path: Path) -> Path:
    """Write every row that waits as a workbook, with a list to decide from, and give its path.

    Values are text and never a formula, so a name like =1+1 stays a name and 00010 stays 00010;
    times are dates in UTC. Masked fields are masked. The same comparison gives the same bytes.
    The tables behind the report's charts have a sheet each.
    """
    rows = _shown(c)
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), AS_TEXT) as book:
        book.set_properties({"title": c.title, "created": c.at.replace(tzinfo=None)})
        forms = forms_of(book)
        for start in range(0, max(rows.height, 1), SHEET_ROWS):
            part = start // SHEET_ROWS
            sheet = book.add_worksheet(f"Worklist {part + 1}" if part else "Worklist")
            _fill(sheet, rows.slice(start, SHEET_ROWS), forms, words=c.words)
        for name, table in figures(c).items():
            fill(book.add_worksheet(name), table, forms)
        _about(c, book.add_worksheet("About"), forms)
    return path


def _shown(c: Comparison) -> pl.DataFrame:
    """The worklist with the columns of the sheet in their order, companies by name."""
    never = pl.col("base").is_null() & pl.col("base_at").is_null()
    rows = tally.waiting(c).with_columns(
        pl.col("company").replace(tally.names(c)),
        pl.when(never).then(pl.lit("not known")).otherwise(pl.col("base")).alias("base"),
    )
    return rows.select(
        pl.col(column.name) if column.name else pl.lit(None).alias(column.head)
        for column in COLUMNS
    )


def _fill(sheet: Any, rows: pl.DataFrame, forms: dict[str, Any], *, words: SideWords) -> None:
    _lay_out(sheet, rows.height)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, words.said(column.head), forms["head"])
    for line, row in enumerate(rows.iter_rows(), start=1):
        for place, value in enumerate(row):
            if place in (DECISION, DECISION + 1):
                sheet.write_blank(line, place, None, forms["decide"])
            else:
                write(sheet, line, place, value, forms)


def _lay_out(sheet: Any, rows: int) -> None:
    last = len(COLUMNS) - 1
    for place, column in enumerate(COLUMNS):
        folded = {"level": 1, "hidden": True} if column.folded else {}
        sheet.set_column(place, place, column.width, None, folded)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), last)
    sheet.data_validation(
        1,
        DECISION,
        max(rows, 1),
        DECISION,
        {"validate": "list", "source": list(DECISIONS), "ignore_blank": True},
    )
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _about(c: Comparison, sheet: Any, forms: dict[str, Any]) -> None:
    hidden = f"Values of {wording.listing(c.masked)} are masked in this workbook."
    told = [c.title, wording.long_moment(c.at), *map(c.words.said, ABOUT), "Times are UTC."]
    sheet.set_column(0, 0, 90)
    for line, text in enumerate([*told, hidden] if c.masked else told):
        sheet.write_string(line, 0, text, forms["text"] if line else forms["bold"])
