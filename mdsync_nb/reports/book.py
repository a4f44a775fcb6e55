"""Workbooks of reports: values are text and never a formula, times are dates in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

AS_TEXT = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""How a workbook takes texts: as they are."""

SHEET_ROWS = 1_000_000
"""Rows a sheet takes; what is more goes on a next one. (A sheet ends at 1,048,576.)"""

LONGEST = 32_767
"""Characters a cell takes."""


def write_book(path: Path, sheets: Mapping[str, pl.DataFrame], *, title: str, at: datetime) -> Path:
    """Write frames as a workbook, one sheet each with heads as people read them; gives its path.

    A frame of more rows than a sheet takes goes on in a next one.
    """
    with xlsxwriter.Workbook(str(path), AS_TEXT) as book:
        book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
        forms = forms_of(book)
        for name, rows in sheets.items():
            for start in range(0, max(rows.height, 1), SHEET_ROWS):
                part = f" {start // SHEET_ROWS + 1}" if start else ""
                fill(book.add_worksheet(f"{name}{part}"), rows.slice(start, SHEET_ROWS), forms)
    return path


def forms_of(book: Any) -> dict[str, Any]:
    """Give the formats that every sheet of a workbook shares, by their name."""
    return {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "time": book.add_format(
            {"num_format": "d mmm yyyy hh:mm", "align": "left", "valign": "top"}
        ),
        "whole": book.add_format({"valign": "top"}),
        "decide": book.add_format(
            {"num_format": "@", "bg_color": "#FBECE3", "text_wrap": True, "valign": "top"}
        ),
        "bold": book.add_format({"bold": True}),
    }


def fill(sheet: Any, rows: pl.DataFrame, forms: dict[str, Any]) -> None:
    """Write a frame into a sheet, with its heads and a filter."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows.height, 1), rows.width - 1)
    for place, (name, kind) in enumerate(rows.schema.items()):
        sheet.set_column(place, place, 14 if kind.is_numeric() else 24)
        sheet.write_string(0, place, name, forms["head"])
    for line, row in enumerate(rows.iter_rows(), start=1):
        for place, value in enumerate(row):
            write(sheet, line, place, value, forms)


def write(sheet: Any, line: int, place: int, value: object, forms: dict[str, Any]) -> None:
    """Write one value into a cell: a text as a text, whatever it looks like."""
    if isinstance(value, datetime):
        sheet.write_datetime(line, place, value, forms["time"])
    elif isinstance(value, int):
        sheet.write_number(line, place, value, forms["whole"])
    elif value is not None:
        text = str(value)
        cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
        sheet.write_string(line, place, cut, forms["text"])
