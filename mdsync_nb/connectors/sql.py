"""SQL that is safe to put together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl


def identifier(name: str) -> str:
    """Give a name as SQL reads it, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give a text as SQL reads it, whatever characters it holds."""
    return "'" + text.replace("'", "''") + "'"


def as_path(path: Path) -> str:
    """Give a path as DuckDB opens it: its wildcard characters stand for themselves."""
    return re.sub(r"([\[*?])", r"[\1]", str(path))


def frame_of(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    parameters: Mapping[str, object] | None = None,
) -> pl.DataFrame:
    """Give what a query gives as a frame."""
    found: pl.DataFrame = connection.sql(query, params=dict(parameters or {})).pl()
    return found


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Write what a query gives to a Parquet file, streaming, in no particular order."""
    connection.execute(
        f"copy ({query}) to {literal(str(path))} (format parquet, compression zstd,"
        " compression_level 1, row_group_size 122880)",
        dict(parameters or {}),
    )
