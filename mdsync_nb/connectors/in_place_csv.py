"""A text file patched so that everything not in the plan stays as it is, byte for byte.

A quote inside an unquoted value of a record that is to change is refused: where its values end
is then a matter of opinion.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdsync_nb.connectors.dialect import Dialect
from mdsync_nb.connectors.grid import Cell, Edits
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.text_grid import TextGrid, quoted
from mdsync_nb.errors import CouldNotRun, SourceUnreadable


def decoded(content: bytes, dialect: Dialect, place: Place) -> str:
    """Give the text of a file; refuse one that would not come back as the same bytes."""
    body = content.removeprefix(dialect.bom)
    try:
        text = body.decode(dialect.encoding)
        same = text.encode(dialect.encoding) == body
    except UnicodeError as error:
        raise _unreadable(place, f"it is not {dialect.encoding} throughout") from error
    if not same:
        raise _unreadable(place, f"its {dialect.encoding} cannot be written back byte for byte")
    return text


def encoded(text: str, dialect: Dialect, place: Place) -> bytes:
    """Give the bytes of a text; refuse a character the file's encoding does not have."""
    try:
        return dialect.bom + text.encode(dialect.encoding)
    except UnicodeEncodeError as error:
        around = text[max(0, error.start - 20) : error.end + 20].strip()
        raise CouldNotRun(
            f"{place.company} {place.table}: {text[error.start : error.end]!r} (in {around!r}) "
            f"cannot be written in {dialect.encoding}, the encoding of {place.name}.",
            hint="Have the file exported as UTF-8, or correct the value, then plan again.",
        ) from error


def _unreadable(place: Place, reason: str, row: int | None = None) -> SourceUnreadable:
    return SourceUnreadable(place.company, place.table, place.name, reason=reason, row=row)


def patched_text(grid: TextGrid, edits: Edits, place: Place) -> str:
    """Give the text of the file with the edits of a plan; what they do not name stays as it is."""
    lines = grid.lines.slice(1)
    cuts: list[tuple[int, int, str]] = []
    for record, cells in edits.cells.items():
        start, _, raw = lines.select("start", "end", "raw").row(record)
        cuts += _cell_cuts(grid, raw, start=start, cells=cells, row=record + 2, place=place)
    ends = lines.select("start", "end")
    cuts += [(*ends.row(record), "") for record in edits.deleted]
    pieces, at = [], 0
    for start, end, new in sorted(cuts):
        pieces += [grid.text[at:start], new]
        at = end
    kept = "".join([*pieces, grid.text[at:]])
    return kept + _appended_text(grid, edits, kept, place)


def _cell_cuts(
    grid: TextGrid, raw: str, *, start: int, cells: Mapping[int, Cell], row: int, place: Place
) -> list[tuple[int, int, str]]:
    """Give where the changed values of one record stand in the text, and what goes there."""
    spans = grid.spans(raw)
    if spans is None or len(spans) != len(grid.header):
        reason = "a record that is to change has not one value for every column"
        raise _unreadable(place, reason, row)
    cuts = []
    for position, cell in cells.items():
        first, last = spans[position]
        old = raw[first:last]
        if grid.bare(pl.Series([old]))[0] == cell.text:
            continue
        always = bool(grid.dialect.quote) and old.startswith(grid.dialect.quote)
        new = _raw_value(cell.text, grid.dialect, always=always, place=place)
        cuts.append((start + first, start + last, new))
    return cuts


def _raw_value(text: str, dialect: Dialect, *, always: bool, place: Place) -> str:
    try:
        return quoted(text, dialect, always=always)
    except ValueError as error:
        raise CouldNotRun(
            f"{place.company} {place.table}: {text!r} needs quotes, and {place.name} has none.",
            hint="Say under `format:` which quote the file uses, or have it exported with quotes.",
        ) from error


def _appended_text(grid: TextGrid, edits: Edits, kept: str, place: Place) -> str:
    """Give the inserted records as lines after what the file holds; its last line ends as before."""
    if not edits.appended:
        return ""
    newline, lines = grid.dialect.newline, []
    for cells in edits.appended:
        lines.append(
            grid.dialect.delimiter.join(
                _new_value(grid, position, cells, place) for position in range(len(grid.header))
            )
        )
    if not kept or kept.endswith("\n"):
        return "".join(line + newline for line in lines)
    return "".join(newline + line for line in lines)


def _new_value(grid: TextGrid, position: int, cells: Mapping[int, Cell], place: Place) -> str:
    """Give one value of an inserted record, in quotes where its column has them."""
    cell = cells.get(position)
    text = cell.text if cell else ""
    quotes = grid.always_quoted if text else grid.blanks_quoted
    alone = len(grid.header) == 1 and bool(grid.dialect.quote)
    always = quotes[position] or (alone and not text)
    return _raw_value(text, grid.dialect, always=always, place=place)
