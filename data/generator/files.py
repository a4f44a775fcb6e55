"""The files the companies export: CSV in three dialects, and an Excel configuration package.

Written byte by byte, so that they are the same on every run and every system.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from generator.tables import DATES, DECIMALS, LAYOUT, LAYOUTS, Company, Record

SYSTEM_COLUMNS = ("SystemId", "SystemCreatedAt", "SystemModifiedAt", "SystemModifiedBy")
CREATED = datetime(2026, 3, 1)
PACKAGE = "HARBOUR-MASTER"
NOT_IN_PACKAGE = {"Customer": ("Blocked",)}
ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


class Dialect(NamedTuple):
    """How a company writes a CSV file."""

    delimiter: str
    decimal: str
    date: str
    encoding: str
    newline: str
    system_columns: bool


class Export(NamedTuple):
    """Who exports how, and at which time of the day."""

    taken: str
    dialect: Dialect | None


EXPORTS = {
    "holding": Export("01:30:00", Dialect(",", ".", r"\1-\2-\3", "utf-8", "\n", True)),
    "nordic": Export("01:40:00", Dialect(";", ",", r"\3-\2-\1", "utf-8-sig", "\r\n", True)),
    "deutschland": Export("17:45:00", None),
    "lumiere": Export("09:12:00", Dialect(";", ",", r"\3/\2/\1", "cp1252", "\r\n", False)),
}


def write_snapshot(folder: Path, company: Company, export: Export) -> None:
    """One snapshot of one company: its files, and a manifest that says when it was taken."""
    folder.mkdir(parents=True, exist_ok=True)
    if export.dialect is None:
        (folder / "Deutschland.xlsx").write_bytes(excel(company))
    else:
        for table, records in company.items():
            content = csv(table, records, export.dialect)
            (folder / f"{LAYOUT[table].file}.csv").write_bytes(content)
    manifest = {"taken_at": f"{folder.name}T{export.taken}Z", "complete": True}
    (folder / "manifest.json").write_bytes(f"{json.dumps(manifest)}\n".encode())


def csv(table: str, records: Iterable[Record], dialect: Dialect) -> bytes:
    """A table as a CSV file of that dialect; quotes only where the text needs them."""
    header = (*LAYOUT[table].columns, *(SYSTEM_COLUMNS if dialect.system_columns else ()))
    rows = [header, *(_row(record, dialect) for record in records)]
    text = "".join(_line(row, dialect) + dialect.newline for row in rows)
    return text.encode(dialect.encoding)


def rows_text(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Plain comma-separated text."""
    plain = EXPORTS["holding"].dialect
    assert plain is not None
    return "".join(_line(row, plain) + "\n" for row in (header, *rows))


def excel(company: Company) -> bytes:
    """A configuration package as Excel: one sheet a table, every cell a text.

    A1 package code, B1 table caption, C1 table id, row 3 captions, records from row 4. The archive
    is stored, not compressed, and stamped with one date: compression differs between systems.
    """
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True, "strings_to_numbers": False}) as workbook:
        workbook.set_properties({"created": CREATED, "title": PACKAGE})
        for layout in LAYOUTS:
            if layout.table in company:
                sheet = workbook.add_worksheet(layout.table.replace("/", "_")[:31])
                for row, cells in _sheet(layout.table, company[layout.table]):
                    for column, text in enumerate(cells):
                        if text:
                            sheet.write_string(row, column, text)
    return _stored(book)


def _sheet(table: str, records: Iterable[Record]) -> Iterable[tuple[int, tuple[str, ...]]]:
    layout = LAYOUT[table]
    columns = tuple(c for c in layout.columns if c not in NOT_IN_PACKAGE.get(table, ()))
    yield 0, (PACKAGE, table, str(layout.table_id))
    yield 2, columns
    for row, record in enumerate(records, start=3):
        yield row, tuple(_dated(name, record.values[name], r"\3.\2.\1") for name in columns)


def _stored(book: io.BytesIO) -> bytes:
    """The same archive without compression, every entry of the same date."""
    stored = io.BytesIO()
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(stored, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, CREATED.timetuple()[:6])
            entry.create_system = 3
            target.writestr(entry, source.read(name))
    return stored.getvalue()


def _row(record: Record, dialect: Dialect) -> tuple[str, ...]:
    values = tuple(_written(name, value, dialect) for name, value in record.values.items())
    if not dialect.system_columns:
        return values
    times = tuple(
        f"{t.isoformat(timespec='milliseconds')}Z" for t in (record.created_at, record.modified_at)
    )
    return (*values, record.system_id, *times, record.modified_by)


def _written(name: str, value: str, dialect: Dialect) -> str:
    if name in DECIMALS:
        return value.replace(".", dialect.decimal)
    return _dated(name, value, dialect.date)


def _dated(name: str, value: str, pattern: str) -> str:
    """A date as the company writes dates; what is no date stays as it is."""
    return ISO_DATE.sub(pattern, value) if name in DATES else value


def _line(values: Iterable[str], dialect: Dialect) -> str:
    return dialect.delimiter.join(_quoted(value, dialect.delimiter) for value in values)


def _quoted(value: str, delimiter: str) -> str:
    if any(sign in value for sign in (delimiter, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value
