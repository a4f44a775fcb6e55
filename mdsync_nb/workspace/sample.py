"""What a file shows at a glance: its columns, some values of each, and how many rows it has."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import fastexcel
import polars as pl

from mdsync_nb.connectors.dialect import CHUNK, Dialect, dialect_of
from mdsync_nb.model import FileFormat

SHOWN = 300
FEW = 100
PACKAGE_HEADER = 2
PLAIN_ASCII = "ascii"

ESCAPED_QUOTE = re.compile(rb'\\"(?=[^",;\t|\r\n])')
"""A quote behind a backslash and before a text; before a delimiter it would end a value."""

Row = Sequence[object]


class Table(NamedTuple):
    """What stands in a file as a table, its rows read as they are asked for. about: what a sample
    says of it besides."""

    header: Row
    rows: Iterable[Row]
    about: dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """One table-like thing in a file: a text file, a sheet, the records of a service.

    values: the first texts of each column that are not blank. few: for columns with at most
    `FEW` different texts, how many rows have each. table_id: as a configuration package says.
    dialect: of a text file; its encoding is `PLAIN_ASCII` where any other would do.
    """

    path: Path
    sheet: str
    sheets: int
    header: tuple[str, ...]
    values: Mapping[str, Sequence[str]]
    few: Mapping[str, Counter[str]] = field(repr=False)
    rows: int
    table_id: int | None = None
    dialect: Dialect | None = None


def samples_of(path: Path) -> list[Sample]:
    """Look at a file; one sample a sheet, none for a file that is not a table or cannot be read."""
    read = READERS.get(path.suffix.lower())
    try:
        found = [_sample(path, one) for one in read(path)] if read else []
    except UNREADABLE:
        return []
    return [one for one in found if any(one.header)]


def rows_of(path: Path, sheet: str, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Read a table once more: the texts of these columns of its header, row by row.

    sheet: as a sample has it.
    """
    for table in READERS[path.suffix.lower()](path):
        if str(table.about.get("sheet", "")) == sheet:
            names = _names(table.header)
            places = [names.index(column) for column in columns]
            yield from (tuple(_cell(row, place) for place in places) for row in table.rows)


def _cell(row: Sequence[object], place: int) -> str:
    """A cell as text; blank where it is, or a row ends before it."""
    cell = row[place] if place < len(row) else None
    return "" if cell is None else str(cell)


@cache
def tells_apart(path: Path, sheet: str, key: tuple[str, ...], column: str) -> bool:
    """Whether keys stand on several rows of a table, and the rows of one key always have another
    value in a column: the file holds the same records several times.

    sheet, key, column: as for `rows_of`.
    """
    seen = Counter(rows_of(path, sheet, (*key, column)))
    keys = {one[:-1] for one in seen}
    return len(keys) < len(seen) == seen.total()


def is_table_file(path: Path) -> bool:
    """True for a file of a kind that may hold a table."""
    ours = path.name == "manifest.json" or path.name.startswith((".", "~$"))
    return path.is_file() and path.suffix.lower() in READERS and not ours


def _names(header: Row) -> tuple[str, ...]:
    return tuple("" if name is None else str(name).strip() for name in header)


def _sample(path: Path, table: Table) -> Sample:
    names = _names(table.header)
    values: dict[str, list[str]] = {name: [] for name in names if name}
    few: dict[str, Counter[str]] = {name: Counter() for name in names if name}
    counted = 0
    for row in table.rows:
        counted += 1
        for name, value in zip(names, row, strict=False):
            if name:
                _count(name, "" if value is None else str(value), values, few)
    about: dict[str, Any] = {"sheet": "", "sheets": 1} | table.about
    return Sample(path=path, header=names, values=values, few=few, rows=counted, **about)


def _count(
    name: str, text: str, values: Mapping[str, list[str]], few: dict[str, Counter[str]]
) -> None:
    if text and len(values[name]) < SHOWN:
        values[name].append(text)
    if name in few:
        few[name][text] += 1
        if len(few[name]) > FEW:
            del few[name]


def _text(path: Path) -> Iterator[Table]:
    """A text file, its dialect looked up in it."""
    with path.open("rb") as start:
        written = start.read(CHUNK)
    backslash = ESCAPED_QUOTE.search(written) is not None
    dialect = dialect_of(path, FileFormat(escape="backslash" if backslash else "double"))
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as stream:
        stream.read(len(dialect.bom.decode(dialect.encoding)))
        rows = csv.reader(
            stream,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote,
            doublequote=not backslash,
            escapechar="\\" if backslash else None,
        )
        header = next(rows, [])
        any_will_do = written.isascii() and not dialect.bom
        found = replace(dialect, encoding=PLAIN_ASCII) if any_will_do else dialect
        yield Table(header, (row for row in rows if row), {"dialect": found})


def _excel(path: Path) -> Iterator[Table]:
    """Every sheet, plain or of a configuration package."""
    book = fastexcel.read_excel(path)
    for name in book.sheet_names:
        cells = book.load_sheet(name, header_row=None, dtypes="string").to_polars()
        rows = cells.rows()
        if not rows:
            continue
        identity = str(rows[0][2] or "") if cells.width > 2 else ""
        package = identity.isdecimal() and len(rows) > PACKAGE_HEADER
        top = PACKAGE_HEADER if package else 0
        about = {"sheet": name, "sheets": len(book.sheet_names)}
        about |= {"table_id": int(identity) if package else None}
        yield Table(rows[top], (row for row in rows[top + 1 :] if any(row)), about)


def _json(path: Path) -> Iterator[Table]:
    """The records of a service's page, or a plain list of records."""
    page = json.loads(path.read_bytes(), parse_float=str, parse_int=str)
    records = page.get("value") if isinstance(page, dict) else page
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        return
    header = dict.fromkeys(name for one in records for name in one if "@odata" not in name)
    rows = ([_json_text(one.get(name)) for name in header] for one in records)
    yield Table(list(header), rows, {})


def _json_text(value: object) -> object:
    return json.dumps(value) if isinstance(value, bool | dict | list) else value


def _parquet(path: Path) -> Iterator[Table]:
    frame = pl.read_parquet(path)
    yield Table(frame.columns, frame.cast(pl.String, strict=False).iter_rows(), {})


READERS: dict[str, Callable[[Path], Iterator[Table]]] = {
    ".csv": _text,
    ".txt": _text,
    ".tsv": _text,
    ".xlsx": _excel,
    ".xlsm": _excel,
    ".xls": _excel,
    ".json": _json,
    ".parquet": _parquet,
}
UNREADABLE = (OSError, ValueError, csv.Error, fastexcel.FastExcelError, pl.exceptions.PolarsError)
