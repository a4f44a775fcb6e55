"""The rows that cannot be read safely: found, named with their reasons, and left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.connectors.casting import Cast
from mdsync_nb.connectors.selection import (
    Selection,
    numbered_rows,
    staged_key,
)
from mdsync_nb.connectors.sql import as_path, frame_of, literal, write_parquet

TABLES = """
create temp table unnamed (id VARCHAR, key VARCHAR);
create temp table twin_id (id VARCHAR, records BIGINT);
create temp table twin_key (key VARCHAR, records BIGINT);
"""
FAULT = "'the sheet shows an error instead of a value'"


def set_rows_aside(
    staged: Path,
    selections: Sequence[Selection],
    where: Mapping[str, str],
    connection: duckdb.DuckDBPyConnection,
    *,
    kept: Path,
) -> pl.DataFrame:
    """Give the rows that cannot be read safely (`frames.SET_ASIDE`); `kept` gets the others.

    A value that does not cast, a blank key or id, and all rows that share an id or a key. Only
    when there is such a row are the files read again, to say where it is; else `kept` is not made.
    """
    connection.execute(TABLES)
    first = selections[0]
    source = f"read_parquet({literal(as_path(staged))})"
    found: list[pl.DataFrame] = []
    if frame_of(connection, f"select count(*) - count(_id) from {source}").item():
        found += [_unreadable(one, where, connection) for one in selections]
    twins = _find_twins(connection, source, "id", "_id")
    if first.id_column is not None:
        twins += _find_twins(connection, source, "key", staged_key(first.schema))
    if twins:
        found += [_sharing(one, where, connection) for one in selections]
    if not found:
        return frames.empty(frames.SET_ASIDE)
    _leave_out(connection, source, staged_key(first.schema), kept)
    return frames.conform(pl.concat(found), frames.SET_ASIDE).sort("file", "row", "column")


def _unreadable(
    one: Selection, where: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> pl.DataFrame:
    """Give the rows of a part that cannot be read, one row a reason.

    Their ids and keys are kept in `unnamed`, for another row may share them.
    """
    rows = numbered_rows(one.part, where)
    checks = "".join(
        f", {cast.text} as _text{n}, {cast.failed} as _failed{n}"
        for n, cast in enumerate(one.checked)
    )
    _in_file_order(
        connection,
        f"select _file, _row, _given, _key, {one.key_failed} as _key_failed{checks}"
        f" from {one.keyed(rows.sql)} where {one.wrong}",
        rows.parameters,
    )
    connection.execute("insert into unnamed select _given, _key from suspect")
    return frame_of(connection, " union all ".join(_failures(one)))


def _sharing(
    one: Selection, where: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> pl.DataFrame:
    """Give the rows of a part whose id or key another row has as well."""
    rows = numbered_rows(one.part, where)
    _in_file_order(
        connection,
        f"select _file, _row, _given, _key from {one.keyed(rows.sql)}"
        " where _given in (select id from twin_id) or _key in (select key from twin_key)",
        rows.parameters,
    )
    id_column, word = (one.key_columns, "primary key")
    if one.id_column is not None:
        id_column, word = one.id_column.name, "SystemId"
    by_id = _arm(id_column, "_given", _shared(word), "suspect join twin_id on id = _given")
    by_key = _arm(
        one.key_columns, "_key", _shared("primary key"), "suspect join twin_key on key = _key"
    )
    return frame_of(connection, f"{by_id} union all {by_key}")


def _in_file_order(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Mapping[str, object]
) -> None:
    """Keep what a query finds as the table `suspect`; only now do rows have numbers."""
    connection.execute("set preserve_insertion_order = true")
    connection.execute(f"create or replace temp table suspect as {query}", dict(parameters))
    connection.execute("set preserve_insertion_order = false")


def _find_twins(connection: duckdb.DuckDBPyConnection, source: str, name: str, value: str) -> int:
    """Find the ids (or keys) that several rows have, and say how many there are.

    Hashes are counted first, since they are small; texts only where hashes meet.
    """
    every = (
        f"(select {value} as {name} from {source} where _id is not null"
        f" union all select {name} from unnamed where {name} is not null)"
    )
    met = f"select hash({name}) from {every} group by all having count(*) > 1"
    connection.execute(
        f"insert into twin_{name} select {name}, count(*) from {every}"
        f" where hash({name}) in ({met}) group by all having count(*) > 1"
    )
    return int(frame_of(connection, f"select count(*) from twin_{name}").item())


def _leave_out(connection: duckdb.DuckDBPyConnection, source: str, key: str, kept: Path) -> None:
    """Write the rows that are not set aside."""
    write_parquet(
        connection,
        f"select * from {source} where _id is not null"
        f" and _id not in (select id from twin_id) and {key} not in (select key from twin_key)",
        kept,
    )


def _failures(one: Selection) -> Iterator[str]:
    """Give a query for each reason why a row of a part cannot be read."""
    for number, cast in enumerate(one.checked):
        reason = _reason_of(cast, f"_text{number}")
        yield _arm(cast.column.name, f"_text{number}", reason, f"suspect where _failed{number}")
    blank = "suspect where _key is null and not _key_failed"
    yield _arm(one.key_columns, "''", "'the primary key is blank'", blank)
    if one.id_column is not None:
        nothing = "suspect where _given is null"
        yield _arm(one.id_column.name, "''", "'the SystemId is blank'", nothing)


def _arm(column: str, value: str, reason: str, rows: str) -> str:
    return (
        f'select _file as file, _row as row, {literal(column)} as "column", {value} as value,'
        f" {reason} as reason, _key as key from {rows}"
    )


def _shared(word: str) -> str:
    return f"records || ' rows have this {word}'"


def _reason_of(cast: Cast, text: str) -> str:
    """Give the SQL for why a value does not cast."""
    if not cast.column.faults:
        return literal(cast.reason)
    faults = ", ".join(map(literal, cast.column.faults))
    return f"case when {text} in ({faults}) then {FAULT} else {literal(cast.reason)} end"
