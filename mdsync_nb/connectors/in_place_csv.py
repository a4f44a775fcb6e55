"""A text file patched so that everything not in the plan stays as it is, byte for byte."""

from __future__ import annotations

import polars as pl

from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.dialect import Dialect, dialect_of
from mdsync_nb.connectors.edits import edits_of
from mdsync_nb.connectors.grid import Edits
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.text_grid import TextGrid, quoted
from mdsync_nb.errors import CouldNotRun


def decoded(content: bytes, dialect: Dialect, place: Place) -> str:
    """Give the text of a file; refuse one that would not come back as the same bytes."""
    body = content.removeprefix(dialect.bom)
    try:
        text = body.decode(dialect.encoding)
        same = text.encode(dialect.encoding) == body
    except UnicodeError as error:
        raise place.export.unreadable(f"it is not {dialect.encoding} throughout") from error
    if not same:
        raise place.export.unreadable(
            f"its {dialect.encoding} cannot be written back byte for byte"
        )
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


def patched_text(grid: TextGrid, edits: Edits, place: Place) -> str:
    """Give the text of the file with the edits of a plan; what they do not name stays as it is."""
    lines = grid.lines.slice(1)
    changing = lines.select("start", "raw")[list(edits.cells)].rows()
    spans, texts, always = [], [], []
    for (record, cells), (start, raw) in zip(edits.cells.items(), changing, strict=True):
        found = _spans(grid, raw, row=record + 2, place=place)
        for position, cell in cells.items():
            first, last = found[position]
            spans.append((start + first, start + last))
            texts.append(cell.text)
            always.append(bool(grid.dialect.quote) and raw.startswith(grid.dialect.quote, first))
    cuts = list(zip(spans, _quoted(texts, always, grid, place), strict=True))
    gone = lines.select("start", "end")[list(edits.deleted)].rows()
    cuts += [((start, end), "") for start, end in gone]
    pieces, at = [], 0
    for (start, end), new in sorted(cuts):
        pieces += [grid.text[at:start], new]
        at = end
    kept = "".join([*pieces, grid.text[at:]])
    return kept + _appended_text(grid, edits, kept, place)


def _spans(grid: TextGrid, raw: str, *, row: int, place: Place) -> list[tuple[int, int]]:
    """Give where the values of one record stand in it; refuse one that does not fit the header."""
    spans = grid.spans(raw)
    if spans is None or len(spans) != len(grid.header):
        reason = "a record that is to change has not one value for every column"
        raise place.export.unreadable(reason, row)
    return spans


def quoted_values(texts: pl.Series, always: pl.Series, dialect: Dialect, place: Place) -> pl.Series:
    """Give values as they stand in the file; refuse one that needs quotes in a file without any."""
    try:
        return quoted(texts, dialect, always)
    except ValueError as error:
        raise CouldNotRun(
            f"{place.company} {place.table}: {str(error)!r} needs quotes, and {place.name} has "
            "none.",
            hint="Say under `format:` which quote the file uses, or have it exported with quotes.",
        ) from error


def _quoted(texts: list[str], always: list[bool], grid: TextGrid, place: Place) -> list[str]:
    """Give values as they stand in the file."""
    values, marks = pl.Series(texts, dtype=pl.String), pl.Series(always, dtype=pl.Boolean)
    return quoted_values(values, marks, grid.dialect, place).to_list()


def _appended_text(grid: TextGrid, edits: Edits, kept: str, place: Place) -> str:
    """Give the inserted records as lines after what the file holds; it ends as before."""
    width = len(grid.header)
    newline = grid.dialect.newline if grid.line_end == "\n" else grid.line_end
    alone = width == 1 and bool(grid.dialect.quote)
    texts, always = [], []
    for cells in edits.appended:
        for position in range(width):
            text = cells[position].text if position in cells else ""
            quotes = grid.always_quoted if text else grid.blanks_quoted
            texts.append(text)
            always.append(quotes[position] or (alone and not text))
    values = _quoted(texts, always, grid, place)
    lines = [grid.dialect.delimiter.join(row) for row in _rows(values, width)]
    if not kept or kept.endswith(grid.line_end):
        return "".join(line + newline for line in lines)
    return "".join(newline + line for line in lines)


def _rows(values: list[str], width: int) -> list[list[str]]:
    """Give values in rows of a width."""
    return [values[at : at + width] for at in range(0, len(values), width)]


def patched_file(content: bytes, changes: TableChanges, place: Place) -> bytes:
    """Give the bytes of a text file with the changes of a table; the same bytes without any.

    Raises what `edits_of` raises, and CouldNotRun for a text the file cannot hold.
    """
    dialect = dialect_of(place.path, place.format)
    grid = TextGrid(decoded(content, dialect, place), dialect)
    edits = edits_of(grid, changes, place)
    if not edits.any:
        return content
    return encoded(patched_text(grid, edits, place), dialect, place)
