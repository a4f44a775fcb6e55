"""An Excel file patched in the XML of one sheet; every other part of the file stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

import polars as pl

from mdsync_nb.connectors.grid import Cell, Edits
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.sheet_grid import CODED, SAMPLE, SheetGrid, column_number, letters
from mdsync_nb.errors import CouldNotRun

LONGEST = 32_767
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
EXACT_DIGITS = 15


@dataclass(frozen=True)
class Model:
    """What a new cell takes over: its style attribute and its type (`n`, `b` or `t` for a text)."""

    style: str = ""
    type: str = "t"


def patched_sheet(grid: SheetGrid, edits: Edits, place: Place) -> tuple[str, int]:
    """Give the sheet's XML with the edits of a plan, and the number of its last row with values.

    Raises CouldNotRun when a cell to change holds a formula or a text is too long for Excel.
    """
    numbers = grid.lines["number"].to_list()
    rows: dict[int, dict[int, Cell | None]] = {
        numbers[record]: dict(cells) for record, cells in edits.cells.items()
    }
    for record in edits.deleted:
        rows[numbers[record]] = dict.fromkeys(range(len(grid.header)))
    used = grid.lines.filter(grid.present())["number"]
    last = max([grid.header_row, *used.to_list()[-1:]])
    for ahead, appended in enumerate(edits.appended, start=1):
        rows[last + ahead] = dict(appended)
    pieces, at = [], 0
    for start, end, new in _row_cuts(grid, rows, place):
        pieces += [grid.xml[at:start], new]
        at = end
    xml = "".join([*pieces, grid.xml[at:]])
    bottom = last + len(edits.appended)
    return (_reaching(xml, grid.prefix, bottom) if edits.appended else xml), bottom


def _row_cuts(
    grid: SheetGrid, rows: Mapping[int, Mapping[int, Cell | None]], place: Place
) -> list[tuple[int, int, str]]:
    """Give where the rows to change stand in the XML, and what goes there."""
    existing = {
        number: (start, end, raw)
        for number, start, end, raw in grid.rows.filter(pl.col("number").is_in(list(rows)))
        .select("number", "start", "end", "raw")
        .rows()
    }
    models = {
        position: _model(grid, position)
        for position in sorted({position for cells in rows.values() for position in cells})
    }
    cuts = []
    for number, cells in sorted(rows.items()):
        if number in existing:
            start, end, raw = existing[number]
        else:
            later = grid.rows.filter(pl.col("number") > number)["start"]
            start = end = later[0] if len(later) else grid.within[1]
            raw = f'<{grid.prefix}row r="{number}"></{grid.prefix}row>'
        cuts.append((start, end, _with_cells(raw, number, cells, grid.prefix, models, place)))
    return cuts
