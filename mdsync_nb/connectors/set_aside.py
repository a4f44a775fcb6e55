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
    rows_of,
    staged_key,
    together,
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
) -> pl.DataFrame:
    """Give the rows that cannot be read safely (`frames.SET_ASIDE`); `staged` is left without them.

    A value that does not cast, a blank key or id, and all rows that share an id or a key. Only
    when there is such a row are the files read again, to say where it is.
    """
    connection.execute(TABLES)
    first = selections[0]
    source = f"read_parquet({literal(as_path(staged))})"
    unnamed = frame_of(connection, f"select count(*) - count(_id) from {source}").item()
    if unnamed:
        _remember(together(selections), where, connection)
    twins = _find_twins(connection, source, "id", "_id")
    if first.id_column is not None:
        twins += _find_twins(connection, source, "key", staged_key(first.schema))
    if not unnamed and not twins:
        return frames.empty(frames.SET_ASIDE)
    _leave_out(connection, source, staged, staged_key(first.schema))
    found = [_reasons(one, where, connection) for one in selections]
    return frames.conform(pl.concat(found), frames.SET_ASIDE).sort("file", "row", "column")


def _remember(
    selections: Sequence[Selection], where: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> None:
    """Keep the ids and keys of rows that are set aside anyway: another row may share them."""
    for one in selections:
        rows = rows_of(one.part, where)
        connection.execute(
            f"insert into unnamed select _given, _key from {one.keyed(rows.sql)} where {one.wrong}",
            rows.parameters,
        )


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


def _leave_out(connection: duckdb.DuckDBPyConnection, source: str, staged: Path, key: str) -> None:
    """Write the staged file again without the rows that are set aside."""
    kept = staged.with_name(f"{staged.name}.kept")
    write_parquet(
        connection,
        f"select * from {source} where _id is not null"
        f" and _id not in (select id from twin_id) and {key} not in (select key from twin_key)",
        kept,
    )
    kept.replace(staged)


def _reasons(
    one: Selection, where: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> pl.DataFrame:
    """Give the rows of one part that are set aside, one row a reason."""
    rows = numbered_rows(one.part, where)
    seen = ", ".join(
        f"{cast.text} as _text{n}, {cast.failed} as _failed{n}"
        for n, cast in enumerate(one.checked)
    )
    connection.execute("set preserve_insertion_order = true")
    connection.execute(
        "create or replace temp table suspect as select _file, _row, _given, _key,"
        f" {one.key_failed} as _key_failed{', ' if seen else ''}{seen} from {one.keyed(rows.sql)}"
        f" where {one.wrong} or _given in (select id from twin_id)"
        " or _key in (select key from twin_key)",
        rows.parameters,
    )
    return frame_of(connection, " union all ".join(_arms(one)))


def _arms(one: Selection) -> Iterator[str]:
    """Give a query for each reason a row can have."""
    for number, cast in enumerate(one.checked):
        reason = _reason_of(cast, f"_text{number}")
        yield _arm(cast.column.name, f"_text{number}", reason, f"suspect where _failed{number}")
    yield _arm(
        one.key_columns,
        "''",
        "'the primary key is blank'",
        "suspect where _key is null and not _key_failed",
    )
    named = "primary key"
    if one.id_column is not None:
        id_name, named = one.id_column.name, "SystemId"
        yield _arm(id_name, "''", "'the SystemId is blank'", "suspect where _given is null")
        shared = "records || ' rows have this primary key'"
        yield _arm(one.key_columns, "_key", shared, "suspect join twin_key on twin_key.key = _key")
    yield _arm(
        one.id_column.name if one.id_column else one.key_columns,
        "_given",
        f"records || ' rows have this {named}'",
        "suspect join twin_id on id = _given",
    )


def _arm(column: str, value: str, reason: str, rows: str) -> str:
    return (
        f'select _file as file, _row as row, {literal(column)} as "column", {value} as value,'
        f" {reason} as reason, _key as key from {rows}"
    )


def _reason_of(cast: Cast, text: str) -> str:
    """Give the SQL for why a value does not cast."""
    if not cast.column.faults:
        return literal(cast.reason)
    faults = ", ".join(map(literal, cast.column.faults))
    return f"case when {text} in ({faults}) then {FAULT} else {literal(cast.reason)} end"
