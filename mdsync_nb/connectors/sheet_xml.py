"""The XML of a sheet patched cell by cell; every row and cell not in the plan stays as it is."""

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
from mdsync_nb.connectors.sheet_grid import SAMPLE, SheetGrid, column_number, letters
from mdsync_nb.errors import CouldNotRun

LONGEST = 32_767
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
EXACT_DIGITS = 15
LOOKS_CODED = r"_(?=x[0-9A-Fa-f]{4}_)"


@dataclass(frozen=True)
class Model:
    """What a new cell takes over: its style attribute and its type (`n`, `b` or `t` for a text)."""

    style: str = ""
    type: str = "t"


def patched_sheet(grid: SheetGrid, edits: Edits, place: Place) -> tuple[str, int]:
    """Give the sheet's XML with the edits of a plan, and the number of its last row with values.

    A text stays a text, a number cell a number cell; a deleted record leaves an empty row.
    Raises CouldNotRun when a cell to change holds a formula or a text is too long for Excel.
    """
    numbers = grid.lines["number"].to_list()
    rows: dict[int, Mapping[int, Cell | None]] = {}
    rows.update({numbers[record]: cells for record, cells in edits.cells.items()})
    blank: Mapping[int, Cell | None] = dict.fromkeys(range(len(grid.header)))
    rows.update({numbers[record]: blank for record in edits.deleted})
    used = grid.lines.filter(grid.present())["number"].max()
    last = max(grid.header_row, int(str(used or 0)))
    rows.update({last + ahead: cells for ahead, cells in enumerate(edits.appended, start=1)})
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
    found = grid.rows.filter(pl.col("number").is_in(list(rows)))
    existing = {row["number"]: row for row in found.iter_rows(named=True)}
    models = {at: _model(grid, at) for at in {at for cells in rows.values() for at in cells}}
    sheet = _Sheet(grid.prefix, models, place, grid.first_day)
    cuts = []
    for number, cells in sorted(rows.items()):
        if number in existing:
            row = existing[number]
            cuts.append((row["start"], row["end"], sheet.with_cells(row["raw"], number, cells)))
            continue
        later = grid.rows.filter(pl.col("number") > number)["start"]
        at = later[0] if len(later) else grid.within[1]
        empty = f'<{grid.prefix}row r="{number}"></{grid.prefix}row>'
        cuts.append((at, at, sheet.with_cells(empty, number, cells)))
    return cuts


def _model(grid: SheetGrid, position: int) -> Model:
    """Give what new cells of a column take over from its first cell with a value."""
    cells = grid.cells(grid.lines["raw"].head(SAMPLE), position)
    held = cells.filter(pl.col("inner").str.contains("<").fill_null(False))["tag"]
    if held.is_empty():
        return Model()
    return Model(style=_style(held[0]), type=_type(held[0]))


def _style(tag: str) -> str:
    """Give the style attribute of a cell with the space before it."""
    found = re.search(r'\ss="\d+"', tag)
    return found.group() if found else ""


def _type(tag: str) -> str:
    """Give `n` for a number, `b` for true or false, `t` for anything that is a text."""
    found = re.search(r'\st="(\w+)"', tag)
    return "t" if found and found.group(1) not in "nb" else (found.group(1) if found else "n")


@dataclass(frozen=True)
class _Sheet:
    """How cells of one sheet are written."""

    prefix: str
    models: Mapping[int, Model]
    place: Place
    first_day: date

    def with_cells(self, raw: str, number: int, cells: Mapping[int, Cell | None]) -> str:
        """Give the XML of a row with some of its cells changed, added or (None) emptied."""
        p = self.prefix
        if re.match(r"<[^>]*/>", raw):
            raw = re.sub(r"\s*/>", f"></{p}row>", raw, count=1)
        opened = raw.index(">") + 1
        old = {
            column_number(found.group(1)): found
            for found in re.finditer(
                rf'<{p}c\b[^>]*?\sr="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</{p}c>)', raw, re.DOTALL
            )
        }
        pieces, at = [], opened
        for position, cell in sorted(cells.items()):
            if position in old:
                start, end = old[position].span()
            elif cell is None or not cell.text:
                continue
            else:
                before = [found.end() for column, found in old.items() if column < position]
                start = end = max(before, default=opened)
            known = old[position].group() if position in old else ""
            pieces += [raw[at:start], self.cell(known, f"{letters(position)}{number}", cell)]
            at = end
        return raw[:opened] + "".join(pieces) + raw[at:]

    def cell(self, old: str, address: str, cell: Cell | None) -> str:
        """Give the XML of one cell; it keeps the style of the old one, or of its column."""
        p, tag = self.prefix, old[: old.find(">") + 1]
        if re.search(rf"<{p}f[\s/>]", old):
            raise CouldNotRun(
                f"{self.place.company} {self.place.table}: cell {address} of {self.place.name} "
                "holds a formula, which a value would replace.",
                hint="Change what the formula reads, or set `write: change_set`.",
            )
        model = self.models[column_number(address.rstrip("0123456789"))]
        held = re.search(rf"<{p}(?:v|t)[\s>]", old) is not None
        style = _style(tag) or ("" if held else model.style)
        start = f'<{p}c r="{address}"{style}'
        if cell is None or not cell.text:
            return f"{start}/>"
        kind = _type(tag) if held else model.type
        plain = self.plain(cell.value) if kind == "n" else None
        if kind == "b" and isinstance(cell.value, bool):
            return f'{start} t="b"><{p}v>{int(cell.value)}</{p}v></{p}c>'
        if plain is not None:
            return f"{start}><{p}v>{plain}</{p}v></{p}c>"
        return f'{start} t="inlineStr"><{p}is>{self.text(cell.text, address)}</{p}is></{p}c>'

    def plain(self, value: object) -> str | None:
        """Give a number or a day as a number cell holds it; None for what it cannot hold."""
        if isinstance(value, date) and not isinstance(value, datetime):
            days = (value - self.first_day).days
            return str(days) if days > 60 else None
        if not isinstance(value, int | Decimal | float) or isinstance(value, bool):
            return None
        text = format(Decimal(str(value)), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        exact = len(text.strip("-").replace(".", "").lstrip("0")) <= EXACT_DIGITS
        return text if exact else None

    def text(self, text: str, address: str) -> str:
        """Give a text as XML, what XML cannot hold in the way of Excel (`_xHHHH_`)."""
        if len(text) > LONGEST:
            raise CouldNotRun(
                f"{self.place.company} {self.place.table}: the text for cell {address} of "
                f"{self.place.name} has {len(text):,} characters; Excel takes {LONGEST:,}."
            )
        coded = re.sub(LOOKS_CODED, "_x005F_", text)
        coded = CONTROL.sub(lambda mark: f"_x{ord(mark.group()):04X}_", coded)
        return f'<{self.prefix}t xml:space="preserve">{escape(coded)}</{self.prefix}t>'


def _reaching(xml: str, prefix: str, bottom: int) -> str:
    """Give the XML with the range it says it holds reaching down to a row."""
    return extended(xml, rf"<{prefix}dimension\b[^>]*?\sref=", bottom)


def extended(xml: str, before: str, bottom: int) -> str:
    """Give XML whose ranges after the pattern `before` reach at least to the row `bottom`."""

    def reaching(found: re.Match[str]) -> str:
        return f'{found.group(1)}{max(int(found.group(2)), bottom)}"'

    return re.sub(rf'({before}"[A-Z]+\d+:[A-Z]+)(\d+)"', reaching, xml)
