"""Parquet files with the types they have; only what does not fit is read as text later."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from mdsync_nb.connectors.folders import Export
from mdsync_nb.connectors.sources import TEXT, Column, Part, Reading
from mdsync_nb.connectors.sql import as_path, frame_of, identifier, literal

FILES = "read_parquet($files, hive_partitioning = false, file_row_number = true)"


def parquet_parts(exports: Sequence[Export], reading: Reading) -> tuple[Part, ...]:
    """Give each Parquet file as a part.

    Raises SourceUnreadable for a file that is no Parquet file or was cut off.
    """
    return tuple(_part(export, reading) for export in exports)


def _part(export: Export, reading: Reading) -> Part:
    columns = tuple(
        Column(name, f"_c{n}", kind, reading.format.decimal if kind == TEXT else ".")
        for n, (name, kind) in enumerate(_types(export, reading.connection))
    )
    named = ", ".join(f"{identifier(column.name)} as {column.sql}" for column in columns)
    return Part(
        exports=(export,),
        columns=columns,
        table=f"(select {named}, file_row_number as _number from {FILES})",
        file=literal(export.shown),
        row="_number + 2",
        format=reading.format,
        paths=(export.path,),
    )


def _types(export: Export, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Give the columns of a Parquet file with DuckDB's types, without its own row number."""
    try:
        described = frame_of(
            connection,
            f"describe select * exclude (file_row_number) from {FILES}",
            {"files": [as_path(export.path)]},
        )
    except duckdb.Error as error:
        raise export.unreadable("it is not a Parquet file, or it was cut off") from error
    return list(zip(described["column_name"], described["column_type"], strict=True))
