"""The version of a workbench file: an older one is brought up to date, a newer one is refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from mdsync_nb.errors import StoreTooNew
from mdsync_nb.store import Store, schema

from .conftest import World

DIRECTIONS = {
    "plan_cell": ("warning",),
    "coupling": ("last_integration_result", "last_integration_job"),
    "job_coupling": ("last_integration_result", "last_integration_job"),
    "kept_cell": ("side",),
    "hold": ("local_key_hash",),
    "revisit": ("local_key_hash",),
    "mapping_state": ("local_watermark", "local_seq"),
}
"""The columns of version 4."""

NIGHTS = """drop table queue_entry; drop table queue_log; drop sequence queue_seq;
    drop table notification; drop table notice_state; drop sequence notification_seq;
    drop table site_run; drop table site_figure; drop table rejection; alter table load drop column stamps;
    alter table job drop column queue_log; alter table job drop column traceback;
    drop table gone_row; drop table forgotten; alter table load drop column fields"""
"""What takes version 5 out again: the queue, notifications, builds of the site, rejected pairs, what
jobs say, what earlier loads held."""

ADD_A_COLUMN = "alter table job add column host varchar; create table host (name varchar)"


def version(path: Path) -> str:
    """The version a file says it has."""
    with duckdb.connect(str(path), read_only=True) as db:
        return str(db.sql("select value from meta where name = 'version'").fetchall()[0][0])


def before_directions(db: duckdb.DuckDBPyConnection) -> None:
    """Take out what the queue brought, and mappings in both directions."""
    db.execute(NIGHTS)
    for table, columns in DIRECTIONS.items():
        for column in columns:
            db.execute(f"alter table {table} drop column {column}")


def of_a_version(path: Path, number: int) -> None:
    """Let a file say it is of another version."""
    with duckdb.connect(str(path)) as db:
        db.execute("update meta set value = ? where name = 'version'", [str(number)])


@pytest.fixture
def used(world: World) -> World:
    """A workbench with a load, couplings and a job in it."""
    world.in_step("1,Anna,10")
    return world


@pytest.fixture
def path(world: World) -> Path:
    """The workbench file."""
    return world.root / ".mdsync" / "workbench.duckdb"


def test_a_new_workbench_has_the_version_of_the_library(used: World, path: Path):
    assert version(path) == str(schema.VERSION)


@pytest.mark.parametrize("first", ["read", "write"])
def test_an_older_workbench_is_brought_up_to_date_and_keeps_what_it_holds(
    used: World, path: Path, monkeypatch: pytest.MonkeyPatch, first: str
):
    """A step from this version to the next, taken by whoever opens the file first."""
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.STEPS, schema.VERSION - 1, ADD_A_COLUMN)
    before = used.rows()
    if first == "write":
        used.load()
    assert used.bench.jobs().height == 1
    assert used.rows() == before
    assert version(path) == str(schema.VERSION)
    assert "host" in used.ask("select * from job").columns


def test_a_workbench_from_before_merges_goes_on(used: World, path: Path):
    with duckdb.connect(str(path)) as db:
        before_directions(db)
        db.execute(
            "drop table review; drop table kept_cell; alter table plan_cell drop column kept"
        )
        db.execute("update meta set value = '1' where name = 'version'")
    used.deliver("HQ", "1,Anne,10")
    used.load("HQ")
    assert used.sync() == {"modified": 1}
    assert used.ask("select field, kept from plan_cell").rows() == [("Name", False)]
    assert used.ask("select * from kept_cell").is_empty()


def tables(path: Path) -> list[tuple[str, str, str]]:
    """The columns of a file's own tables, with their types."""
    with duckdb.connect(str(path), read_only=True) as db:
        return db.sql(
            """select table_name, column_name, data_type from duckdb_columns()
            where schema_name = 'main' and not internal order by all"""
        ).fetchall()


@pytest.mark.parametrize("first", ["read", "write"])
def test_a_workbench_of_version_2_gets_the_lines_of_a_full_synchronization(
    used: World, path: Path, first: str
):
    now, before = tables(path), used.rows()
    with duckdb.connect(str(path)) as db:
        before_directions(db)
        db.execute("drop table review")
    of_a_version(path, 2)
    lines = used.bench.store.review_lines() if first == "read" else used.bench.review()
    assert lines.height == (0 if first == "read" else 1)
    assert (tables(path), version(path)) == (now, str(schema.VERSION))
    assert used.rows() == before


def test_several_steps_are_taken_in_their_order(
    used: World, path: Path, monkeypatch: pytest.MonkeyPatch
):
    now = schema.VERSION
    monkeypatch.setattr(schema, "VERSION", now + 2)
    monkeypatch.setitem(schema.STEPS, now, "create table host (name varchar)")
    monkeypatch.setitem(schema.STEPS, now + 1, "insert into host values ('first')")
    assert used.ask("select name from host").rows() == [("first",)]


def test_a_step_that_fails_leaves_the_file_as_it_was(
    used: World, path: Path, monkeypatch: pytest.MonkeyPatch
):
    before = version(path)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(
        schema.STEPS, schema.VERSION - 1, "create table host (name varchar); select 1 / 'x'"
    )
    with pytest.raises(duckdb.Error):
        used.rows()
    assert version(path) == before
    with duckdb.connect(str(path), read_only=True) as db:
        assert not db.sql("select 1 from duckdb_tables() where table_name = 'host'").fetchall()


@pytest.mark.parametrize("first", ["read", "write"])
def test_a_workbench_of_a_newer_version_is_refused_and_let_go(used: World, path: Path, first: str):
    of_a_version(path, schema.VERSION + 1)
    with pytest.raises(StoreTooNew, match=f"version {schema.VERSION + 1}") as raised:
        _ = used.bench.status() if first == "read" else used.load()
    assert "Install the newer mdsync_nb" in raised.value.hint
    of_a_version(path, schema.VERSION)
    assert used.bench.status().height == 1


def test_a_file_that_was_only_begun_is_finished(tmp_path: Path):
    path = tmp_path / "workbench.duckdb"
    duckdb.connect(str(path)).close()
    with Store.at(path).lists() as lists:
        assert lists.jobs().is_empty()
    assert version(path) == str(schema.VERSION)
