"""One table of one company, read from its files into one typed Parquet file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import duckdb
import polars as pl

from mdsync_nb.connectors.broken import explained
from mdsync_nb.connectors.choice import Choice, choice_of
from mdsync_nb.connectors.columns import matched
from mdsync_nb.connectors.csv_source import csv_parts
from mdsync_nb.connectors.excel_source import excel_parts
from mdsync_nb.connectors.folders import (
    Delivery,
    Export,
    SourceFile,
    delivery_of,
    folder_of,
    snapshots,
)
from mdsync_nb.connectors.in_memory import database
from mdsync_nb.connectors.json_source import json_parts
from mdsync_nb.connectors.manifest import (
    Manifest,
    check_contents,
    check_rows,
    manifest_of,
    when_taken,
)
from mdsync_nb.connectors.parquet_source import parquet_parts
from mdsync_nb.connectors.selection import Selection, rows_of, together
from mdsync_nb.connectors.set_aside import set_rows_aside
from mdsync_nb.connectors.sources import Part, Reader, Reading
from mdsync_nb.connectors.sql import as_path, frame_of, write_parquet
from mdsync_nb.connectors.times import check_zone
from mdsync_nb.errors import UsageError
from mdsync_nb.model.company import CompanySettings
from mdsync_nb.model.kinds import Completeness
from mdsync_nb.model.schema import TableSchema

__all__ = ["SourceFile", "Staged", "columns_delivered", "folder_of", "snapshots", "stage"]

READERS: dict[str, Reader] = {
    ".csv": csv_parts,
    ".txt": csv_parts,
    ".tsv": csv_parts,
    ".tab": csv_parts,
    ".parquet": parquet_parts,
    ".xlsx": excel_parts,
    ".xlsm": excel_parts,
    ".xls": excel_parts,
    ".json": json_parts,
}


@dataclass(frozen=True)
class Staged:
    """One table of one company as it was read, and the Parquet file that holds its rows.

    path: columns `_id`, `_modified_at`, `_created_at`, `_modified_by`, then the fields of
    `schema`, which are those found. absent: declared fields the files do not have. unknown:
    columns that are no field. rows: after `where:`; kept: of them in `path`; the others are in
    set_aside (`frames.SET_ASIDE`). as_of: when the files were taken, naive UTC.
    """

    company: str
    table: str
    path: Path
    schema: TableSchema
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: int
    kept: int
    set_aside: pl.DataFrame
    has_ids: bool
    has_times: bool
    as_of: datetime
    complete: Completeness
    files: tuple[SourceFile, ...]
    notes: tuple[str, ...]


def stage(
    company: str,
    settings: CompanySettings,
    table: str,
    schema: TableSchema | None,
    *,
    root: Path,
    snapshot: str | None,
    clock: Callable[[], datetime],
    into: Path,
) -> Staged:
    """Read the files of a table into one Parquet file; a row that cannot be read is set aside.

    Values have the types of the schema, one blank for each, and times in UTC; of a table nobody
    declared, types are inferred. `into` appears when all of it is written, or not at all.
    Raises SourceUnreadable, ColumnMissing, UnknownName, UsageError, CouldNotRun.
    """
    delivery = delivery_of(company, settings, table, root=root, snapshot=snapshot)
    with _scratch(into) as folder:
        with _watched(delivery) as files, database() as connection:
            reading = _reading(settings, table, schema, folder, connection)
            manifest = manifest_of(delivery)
            check_contents(manifest, delivery, files)
            read = _read(delivery, schema, settings, manifest, reading)
            as_of, late = when_taken(manifest, settings, delivery.exports, clock, connection)
        read.path.replace(into)
    return Staged(
        company=company,
        table=table,
        path=into,
        schema=read.choice.schema,
        absent=read.choice.absent,
        unknown=read.choice.unknown,
        rows=read.rows,
        kept=read.kept,
        set_aside=read.set_aside,
        has_ids=read.choice.has_ids,
        has_times=read.choice.has_times,
        as_of=as_of,
        complete=_complete(manifest, settings, read.parts),
        files=files,
        notes=(*late, *(note for part in read.parts for note in part.notes), *read.choice.notes),
    )


def columns_delivered(
    company: str,
    settings: CompanySettings,
    table: str,
    schema: TableSchema | None,
    *,
    root: Path,
) -> tuple[list[str], list[str]]:
    """Give the fields that the newest files of a table hold, and the columns that are no field.

    With several files, the fields are those all of them hold. No row is taken.
    Raises SourceUnreadable, ColumnMissing, UnknownName, UsageError, CouldNotRun.
    """
    delivery = delivery_of(company, settings, table, root=root, snapshot=None)
    with tempfile.TemporaryDirectory(prefix="mdsync-") as name:
        folder = Path(name)
        with database() as connection:
            reading = _reading(settings, table, schema, folder, connection)
            parts = _parts(delivery.exports, reading)
            found = [matched(part, schema, settings, reading.file) for part in parts]
    fields = [one for one in found[0].fields if all(one in other.fields for other in found)]
    return fields, list(dict.fromkeys(name for one in found for name in one.unknown))


@dataclass(frozen=True)
class _Read:
    path: Path
    parts: tuple[Part, ...]
    choice: Choice
    rows: int
    kept: int
    set_aside: pl.DataFrame


def _read(
    delivery: Delivery,
    schema: TableSchema | None,
    settings: CompanySettings,
    manifest: Manifest,
    reading: Reading,
) -> _Read:
    """Write the rows of all files in one go, then leave out those that cannot be read safely."""
    connection, where = reading.connection, reading.file.where
    every, kept = reading.scratch / "every.parquet", reading.scratch / "kept.parquet"
    parts = _parts(delivery.exports, reading)
    with _explaining(parts):
        choice = choice_of(parts, schema, settings, reading)
        _write(choice.selections, reading, every)
        rows = _count(connection, every)
        if delivery.exports[0].table in manifest.rows:
            delivered = _delivered(parts, connection) if where else rows
            check_rows(manifest, delivery.exports[0], delivered)
        aside = set_rows_aside(every, choice.selections, where, connection, kept=kept)
        path = every if aside.is_empty() else kept
        return _Read(path, parts, choice, rows, _count(connection, path), aside)


def _write(selections: Sequence[Selection], reading: Reading, result: Path) -> None:
    """Write the rows of all files as the table has them, in one streaming statement."""
    queries: list[str] = []
    parameters: dict[str, object] = {}
    for number, one in enumerate(together(selections)):
        rows = rows_of(one.part, reading.file.where, number=number)
        queries.append(one.staged(rows.sql))
        parameters |= rows.parameters
    write_parquet(reading.connection, " union all ".join(queries), result, parameters)


def _delivered(parts: Sequence[Part], connection: duckdb.DuckDBPyConnection) -> int:
    """Give how many rows the files have, whatever table or company they belong to."""
    every = (rows_of(part, {}) for part in parts)
    counts = (
        frame_of(connection, f"select count(*) from {rows.sql}", rows.parameters) for rows in every
    )
    return sum(int(count.item()) for count in counts)


def _count(connection: duckdb.DuckDBPyConnection, staged: Path) -> int:
    query = "select count(*) from read_parquet($file)"
    return int(frame_of(connection, query, {"file": as_path(staged)}).item())


def _reading(
    settings: CompanySettings,
    table: str,
    schema: TableSchema | None,
    scratch: Path,
    connection: duckdb.DuckDBPyConnection,
) -> Reading:
    """Give how the files of a table are written: the file's own word before the company's."""
    file = settings.table_file(table)
    assert file is not None, "the delivery of a table without a file was found"
    format = file.format or settings.format
    check_zone(format.time_zone, connection)
    fields = schema.fields if schema else ()
    annotations = tuple(name for one in fields for name in one.columns if "@" in name)
    expected = tuple(one.name for one in fields)
    return Reading(connection, scratch, file, format, expected, annotations)


def _parts(exports: Sequence[Export], reading: Reading) -> tuple[Part, ...]:
    """Give what the files hold, in their order; files that end alike are read alike."""
    parts: list[Part] = []
    for ending, alike in groupby(exports, key=lambda export: export.path.suffix.lower()):
        if ending not in READERS:
            known = ", ".join(READERS)
            raise UsageError(
                f"{exports[0].shown}: a file that ends in {ending!r} cannot be read.",
                hint=f"Export it as one of: {known}.",
            )
        parts += READERS[ending](tuple(alike), reading)
    return tuple(parts)


def _complete(manifest: Manifest, settings: CompanySettings, parts: Sequence[Part]) -> Completeness:
    """Give whether every record of the table is there; a page that names a next one says no."""
    if any(part.complete is False for part in parts):
        return Completeness.NO
    if manifest.complete is None:
        return settings.complete
    return Completeness.YES if manifest.complete else Completeness.NO


@contextmanager
def _watched(delivery: Delivery) -> Iterator[tuple[SourceFile, ...]]:
    """Give the files by their content; one that changes while it is read is not taken."""
    files = tuple(export.content() for export in delivery.exports)
    before = [export.stamp() for export in delivery.exports]
    yield files
    for export, stamp in zip(delivery.exports, before, strict=True):
        if export.stamp() != stamp:
            raise export.unreadable("it changed while it was read")


@contextmanager
def _scratch(into: Path) -> Iterator[Path]:
    """Give a folder beside the result for what is only needed meanwhile."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=".staging-", dir=into.parent, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


@contextmanager
def _explaining(parts: Sequence[Part]) -> Iterator[None]:
    """Turn what the database says about a file into words for the person who sent it."""
    try:
        yield
    except duckdb.Error as error:
        raise explained(error, parts) from error
