"""docs/store.md shows every table of the workbench file with its columns and types."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import bare, read, tables

from mdsync_nb.frames import SYSTEM
from mdsync_nb.store.schema import TABLES

SHOWN = tables(read("docs/store.md"), "table")


def columns_of_the_file() -> dict[str, list[tuple[str, str]]]:
    db = duckdb.connect()
    db.execute(TABLES)
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in db.sql(
        """select table_name, column_name, lower(data_type) from duckdb_columns()
        where schema_name = 'main' and not internal order by table_oid, column_index"""
    ).fetchall():
        found.setdefault(table, []).append((column, kind))
    return found


THERE = columns_of_the_file()


def test_every_table_is_shown_and_none_is_invented() -> None:
    assert set(SHOWN) - {"(company).(table)"} == set(THERE)


@pytest.mark.parametrize("table", sorted(THERE))
def test_columns_and_types_are_those_of_the_file(table: str) -> None:
    assert [(bare(row[0]), bare(row[1])) for row in SHOWN[table]] == THERE[table]


def test_the_columns_of_an_image_are_named() -> None:
    assert [bare(row[0]) for row in SHOWN["(company).(table)"]] == list(SYSTEM)


def test_every_column_has_a_meaning() -> None:
    assert all(len(row) == 3 and row[2].endswith(".") for rows in SHOWN.values() for row in rows)
