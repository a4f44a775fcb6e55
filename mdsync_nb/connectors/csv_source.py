"""Text files as DuckDB reads them: every column as text, every row with as many as the header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from mdsync_nb.connectors.dialect import CHUNK, Dialect, dialect_of, header_line
from mdsync_nb.connectors.folders import Export
from mdsync_nb.connectors.sources import Column, Part, Reading
from mdsync_nb.connectors.sql import literal

PLAIN = re.compile(r"utf-?8|ascii|us-ascii")


def csv_parts(exports: Sequence[Export], reading: Reading) -> tuple[Part, ...]:
    """Give each text file as a part; files that are not plain UTF-8 are read from a copy.

    Raises SourceUnreadable for an empty file and for bytes its encoding does not know.
    """
    return tuple(_part(export, reading) for export in exports)


def _part(export: Export, reading: Reading) -> Part:
    dialect = dialect_of(export.path, reading.format)
    header = header_line(export.path, dialect)
    names = _names(header, dialect)
    if not any(name.strip() for name in names):
        raise export.unreadable("it is empty; not even a header is there")
    columns = tuple(
        Column(name, f"_c{number}", decimal=reading.format.decimal)
        for number, name in enumerate(names)
    )
    return Part(
        exports=(export,),
        columns=columns,
        table=_table(columns, dialect),
        file=literal(export.shown),
        row="row_number() over () + 1",
        format=reading.format,
        paths=(_readable(export, dialect, header, reading.scratch),),
        notes=_notes(export, dialect),
    )


def _names(header: str, dialect: Dialect) -> list[str]:
    """Give the column names of a header line."""
    text = io.StringIO(header, newline="")
    if not dialect.quote:
        return next(csv.reader(text, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE), [])
    doubled = dialect.escape == dialect.quote
    rows = csv.reader(
        text,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        doublequote=doubled,
        escapechar=None if doubled else dialect.escape,
    )
    return next(rows, [])


def _table(columns: Sequence[Column], dialect: Dialect) -> str:
    """Give the SQL that reads such files. DuckDB finds the line end itself; told, it errs."""
    types = ", ".join(f"{literal(column.sql)}: 'VARCHAR'" for column in columns)
    escape = dialect.escape if dialect.quote else ""
    return (
        f"read_csv($files, auto_detect = false, columns = {{{types}}}, header = true,"
        f" delim = {literal(dialect.delimiter)}, quote = {literal(dialect.quote)},"
        f" escape = {literal(escape)}, allow_quoted_nulls = false, strict_mode = true,"
        " null_padding = false, hive_partitioning = false, compression = 'none')"
    )


def _readable(export: Export, dialect: Dialect, header: str, scratch: Path) -> Path:
    """Give the file, or a copy of it that DuckDB can read.

    A copy is UTF-8 and has a header without line breaks, which DuckDB would not survive.
    """
    plain = PLAIN.fullmatch(dialect.encoding.lower()) is not None
    if plain and "\n" not in header and "\r" not in header:
        return export.path
    copy = scratch / f"{len(list(scratch.iterdir()))}.csv"
    with copy.open("w", encoding="utf-8", newline="") as target:
        target.write(header.replace("\r", " ").replace("\n", " "))
        for number, text in enumerate(_texts(export, dialect)):
            target.write(text[len(header) :] if number == 0 else text)
    return copy


def _texts(export: Export, dialect: Dialect) -> Iterator[str]:
    """Give the text of a file in chunks, the whole header in the first."""
    decoder = codecs.getincrementaldecoder(dialect.encoding)("strict")
    with export.path.open("rb") as stream:
        stream.seek(len(dialect.bom))
        try:
            for chunk in iter(partial(stream.read, CHUNK), b""):
                yield decoder.decode(chunk)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise export.unreadable(
                f"it holds bytes that are not {dialect.encoding} (near byte {stream.tell():,})"
            ) from error


def _notes(export: Export, dialect: Dialect) -> tuple[str, ...]:
    """Say when the last line has no end, as in a file that was cut off within its last value."""
    width = len("\n".encode(dialect.encoding))
    with export.path.open("rb") as stream:
        stream.seek(-min(width, export.path.stat().st_size), 2)
        last = stream.read().decode(dialect.encoding, errors="replace")
    if last in ("\n", "\r"):
        return ()
    return (f"{export.shown}: the last line has no line end; the file may be cut off",)
