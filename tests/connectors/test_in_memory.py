"""A database in memory is kept for the next use, and nothing of one use is seen in another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from mdsync_nb.connectors import in_memory
from mdsync_nb.connectors.in_memory import attach, attached


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The databases that are made while a test runs, by their folder for what does not fit."""
    made: list[Path] = []
    make = in_memory._made

    def noted(spill: Path, memory: int) -> duckdb.DuckDBPyConnection:
        made.append(spill)
        return make(spill, memory)

    monkeypatch.setattr(in_memory, "_made", noted)
    monkeypatch.setattr(in_memory, "_idle", {})
    yield made
    for one in in_memory._idle.values():
        one.close()


def names(db: duckdb.DuckDBPyConnection) -> set[str]:
    """What is attached to a database."""
    query = "select database_name from duckdb_databases() where not internal"
    return {name for (name,) in db.execute(query).fetchall()}


def test_nothing_of_one_use_is_seen_in_the_next_of_the_same_database(tmp_path, made):
    with attached(tmp_path) as db:
        attach(db, ":memory:", "work")
        db.execute("create table a as select 1; create temp table b as select 1; set threads = 1")
        assert names(db) == {"work", "mdsync:idle"}
    with attached(tmp_path) as db:
        assert names(db) == {"mdsync:idle"}
        attach(db, ":memory:", "work")
        for name in ("a", "b"):
            with pytest.raises(duckdb.CatalogException):
                db.execute(f"select * from {name}")
    assert made == [tmp_path]


def test_a_file_is_let_go_even_where_the_use_failed(tmp_path, made):
    file = str(tmp_path / "it's.duckdb")
    for failing in (False, True):
        try:
            with attached(tmp_path) as db:
                attach(db, file, "work")
                db.execute("create or replace table a as select 1; begin")
                db.execute("insert into a values (2)" if failing else "commit")
                assert not failing
        except AssertionError:
            pass
        with duckdb.connect(file) as own:
            assert own.execute("select * from a").fetchall() == [(1,)]
    with attached(tmp_path):
        assert made == [tmp_path, tmp_path]


def test_what_is_not_to_be_kept_is_not(tmp_path, made):
    for _ in range(2):
        with attached(tmp_path, keep=False) as db:
            db.execute("set lock_configuration = true")
    assert made == [tmp_path, tmp_path]


def test_two_uses_at_once_have_a_database_each(tmp_path, made):
    with attached(tmp_path) as one, attached(tmp_path) as other:
        attach(one, ":memory:", "work")
        assert names(other) == {"mdsync:idle"}
    assert made == [tmp_path, tmp_path]


def test_only_the_last_ones_used_are_kept(tmp_path, made):
    for number in (*range(in_memory.KEPT + 1), 0):
        with attached(tmp_path / str(number)):
            assert len(in_memory._idle) <= in_memory.KEPT
    assert [one.name for one in made].count("0") == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_makes_its_own(tmp_path, made):
    with attached(tmp_path):
        pass
    child = os.fork()
    if not child:
        with attached(tmp_path) as db:
            os._exit(db.execute("select 7").fetchall()[0][0] if len(made) == 2 else 1)
    _, ended = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(ended) == 7


def test_it_downloads_nothing_and_counts_in_utc(tmp_path, made):
    with attached(tmp_path, 256) as db:
        asked = ("TimeZone", "autoload_known_extensions", "memory_limit")
        found = [db.execute(f"select current_setting('{one}')").fetchall()[0][0] for one in asked]
    assert found == ["UTC", False, "256.0 MiB"]
    assert made == [tmp_path]
