"""How names and values become SQL: quoted, never pasted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import polars as pl

from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

HASH_VERSION = "duckdb-2/1"

TYPES = {
    FieldType.INTEGER: "bigint",
    FieldType.BIG_INTEGER: "bigint",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.DATETIME: "timestamp",
    FieldType.TIME: "time",
}
FILE = "workbench"
"""The name DuckDB gives everything in workbench.duckdb; a schema called so could not be told apart.
Other words it keeps for itself are refused as names of companies."""


def frame_of(db: duckdb.DuckDBPyConnection, query: str, **params: object) -> pl.DataFrame:
    """Give the rows of a query as a frame; values go in as parameters."""
    found: pl.DataFrame = (db.sql(query, params=params) if params else db.sql(query)).pl()
    return found


def number_of(db: duckdb.DuckDBPyConnection, query: str, **params: object) -> int:
    """Give the one number a query answers with."""
    return int(db.execute(query, params).fetchall()[0][0])


def quoted(name: str) -> str:
    """Give a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give a text as an SQL literal, where a parameter cannot stand."""
    return "'" + text.replace("'", "''") + "'"


def schema_name(company: str) -> str:
    """Give the SQL name of a company: its own."""
    return quoted(f"{company}_" if company.casefold() == FILE else company)


def image_name(company: str, table: str) -> str:
    """Give the SQL name of an image: the schema is the company, the table keeps its name."""
    return f"{schema_name(company)}.{quoted(table)}"


def parquet(path: Path) -> str:
    """Give the SQL that reads a staged file, with the number of each row."""
    return f"read_parquet({literal(str(path))}, file_row_number = true)"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Give quoted names separated by commas, each behind the prefix."""
    return ", ".join(prefix + quoted(name) for name in names)


def and_listed(fields: Sequence[str]) -> str:
    """Give quoted names behind others, each after a comma; nothing without any."""
    return f", {listed(fields)}" if fields else ""


def row_hash(fields: Iterable[str], prefix: str = "") -> str:
    """Give the SQL that hashes all fields of a row into 64 bits, in the order of their names."""
    ordered = sorted(fields)
    return f"hash({listed(ordered, prefix)})" if ordered else "0::ubigint"


def column_type(field: Field) -> str:
    """Give the SQL type an image holds a field in."""
    if field.type is FieldType.DECIMAL:
        return f"decimal(38, {20 if field.scale is None else field.scale})"
    return TYPES.get(field.type, "varchar")


def text_of(field: Field, value: str) -> str:
    """Give the SQL that writes a typed value as its one canonical text (`core.values.as_text`)."""
    if field.type is FieldType.DECIMAL:
        plain = f"({value})::varchar"
        cut = f"rtrim(rtrim({plain}, '0'), '.')"
        return f"case when contains({plain}, '.') then {cut} else {plain} end"
    if field.type is FieldType.DATETIME:
        return f"strftime({value}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"({value})::varchar"


def value_of(field: Field, text: str, *, cast: str = "cast") -> str:
    """Give the SQL that reads a canonical text back into the field's type.

    cast: `try_cast` gives nothing for a text that is no such value, instead of an error.
    """
    if field.type is FieldType.DATETIME:
        text = f"replace(replace({text}, 'T', ' '), 'Z', '')"
    return f"{cast}({text} as {column_type(field)})"


def key_text(schema_key: Iterable[Field], prefix: str = "") -> str:
    """Give the SQL of a record's primary key as text; several fields stand behind each other."""
    parts = [f"coalesce({text_of(one, prefix + quoted(one.name))}, '')" for one in schema_key]
    if len(parts) == 1:
        return parts[0]
    escaped = [f"replace(replace({part}, '\\', '\\\\'), ',', '\\,')" for part in parts]
    return " || ',' || ".join(escaped)
