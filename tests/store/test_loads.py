"""Loads: what each puts in force, what it remembers, and what it must never claim."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from mdsync_nb.errors import UsageError

from .conftest import HEADER, World

TIMES = "No.,Name,Limit,SystemModifiedAt"
COUNTS = ("rows", "kept", "set_aside", "inserted", "changed", "deleted")


def counts(load: dict[str, object]) -> tuple[object, ...]:
    """The counters of a load."""
    return tuple(load[name] for name in COUNTS)


def changes(world: World) -> list[tuple[object, ...]]:
    """What the last load or job changed, by key."""
    return world.ask(
        "select id, kind from change where seq = (select max(seq) from change) order by id"
    ).rows()


def cells(world: World) -> list[tuple[object, ...]]:
    """Every cell that ever changed, oldest first."""
    return world.ask(
        """select field, before, after from change_cell join change using (seq, key_hash)
        order by seq, id, field"""
    ).rows()


def test_the_first_load_brings_everything_and_calls_nothing_of_it_a_change(world: World):
    world.deliver("DE", "1,Anna,10", "2,Bert,20.50")
    load = world.load("DE")["DE"]
    assert counts(load) == (2, 2, 0, 2, 0, 0)
    assert world.rows() == [("1", "Anna", Decimal("10")), ("2", "Bert", Decimal("20.50"))]
    assert world.ask("select * from change").is_empty()


def test_a_later_load_writes_and_remembers_the_difference_only(world: World):
    world.deliver("DE", "1,Anna,10", "2,Bert,20", "3,Carl,30")
    world.load("DE")
    world.deliver("DE", "2,Berta,20.5", "3,Carl,30", "4,Dora,40")
    load = world.load("DE")["DE"]
    assert counts(load) == (3, 3, 0, 1, 1, 1)
    assert [name for name, *_ in world.rows()] == ["2", "3", "4"]
    assert changes(world) == [("1", "deleted"), ("2", "changed"), ("4", "inserted")]
    assert cells(world) == [("Limit", "20", "20.5"), ("Name", "Bert", "Berta")]


def test_a_value_that_becomes_blank_or_stops_being_blank_is_a_change(world: World):
    world.deliver("DE", "1,,10", "2,Bert,")
    world.load("DE")
    world.deliver("DE", "1,Anna,10", "2,,20")
    assert world.load("DE")["DE"]["changed"] == 2
    assert cells(world) == [
        ("Name", None, "Anna"),
        ("Limit", None, "20"),
        ("Name", "Bert", None),
    ]


def test_the_same_file_loaded_twice_changes_nothing(world: World):
    world.in_step("1,Anna,10", "2,Bert,20")
    before = world.rows(), world.couplings().to_dicts(), world.planned(full=True)
    loads = world.load()
    assert [counts(one) for one in loads.values()] == [(2, 2, 0, 0, 0, 0)] * 2
    assert (world.rows(), world.couplings().to_dicts(), world.planned(full=True)) == before
    assert cells(world) == []


def test_the_order_of_rows_and_the_spelling_of_numbers_are_no_changes(world: World):
    world.deliver("DE", "1,Anna,10", "2,Bert,20.5")
    world.load("DE")
    world.deliver("DE", "2,Bert,20.50", '1,"Anna",10.0')
    assert counts(world.load("DE")["DE"]) == (2, 2, 0, 0, 0, 0)


def test_a_record_saved_without_a_change_only_moves_its_time(world: World):
    world.deliver("DE", "1,Anna,10,2026-01-01T08:00:00Z", header=TIMES)
    world.load("DE")
    world.deliver("DE", "1,Anna,10,2026-02-01T08:00:00Z", header=TIMES)
    load = world.load("DE")["DE"]
    assert (load["changed"], load["has_times"]) == (0, True)
    assert world.rows("DE", "_modified_at") == [(datetime(2026, 2, 1, 8),)]
    assert world.ask("select * from change").is_empty()


def test_without_modified_times_a_record_is_as_old_as_the_load_that_first_saw_its_value(
    world: World,
):
    world.deliver("DE", "1,Anna,10", "2,Bert,20", at=datetime(2026, 1, 1))
    world.load("DE")
    world.deliver("DE", "1,Anna,11", "2,Bert,20", at=datetime(2026, 2, 1))
    world.load("DE")
    assert world.rows("DE", "_modified_at") == [(datetime(2026, 2, 1),), (datetime(2026, 1, 1),)]


@pytest.mark.parametrize("complete", ["no", "unknown"])
def test_a_load_that_is_not_known_to_be_complete_deletes_nothing(world: World, complete: str):
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    world.set(complete=complete)
    world.deliver("DE", "1,Anne,10")
    load = world.load("DE")["DE"]
    assert counts(load) == (1, 1, 0, 0, 1, 0)
    assert load["complete"] == complete
    assert [key for key, *_ in world.rows()] == ["1", "2"]


def test_a_file_that_cannot_be_read_is_refused_and_the_previous_snapshot_stays(world: World):
    world.in_step("1,Anna,10")
    world.deliver("DE", "1,Anna", 'oh,"no', header=HEADER)
    load = world.load()["DE"]
    assert load["refused"] is True
    assert "thing.csv" in load["message"]
    assert "previous snapshot stays in force" in load["message"]
    assert world.rows() == [("1", "Anna", Decimal("10"))]
    assert world.planned(full=True) == {"touched": 1}
    newest = world.bench.loads().row(0, named=True)
    assert (newest["company"], newest["load_id"]) == ("DE", load["load_id"])


def test_a_missing_file_and_a_missing_declared_column_are_refused_by_themselves(world: World):
    world.in_step("1,Anna,10")
    world.deliver("DE", "1,Anna", header="No.,Name")
    (world.root / "HQ" / "thing.csv").unlink()
    loads = world.load()
    assert [one["refused"] for one in loads.values()] == [True, True]
    assert "has no column 'Limit'" in loads["DE"]["message"]
    assert world.rows("HQ") == world.rows("DE") == [("1", "Anna", Decimal("10"))]


def test_an_older_file_is_taken_and_its_load_says_what_that_means(world: World):
    world.deliver("DE", "1,Anna,10", at=datetime(2026, 2, 1))
    world.load("DE")
    world.deliver("DE", "1,Ann,10", at=datetime(2026, 1, 1))
    load = world.load("DE")["DE"]
    assert "taken 2026-01-01 00:00, before the snapshot it replaces (2026-02-01" in load["message"]
    assert world.rows() == [("1", "Ann", Decimal("10"))]


def test_an_older_file_says_nothing_about_what_was_written_since(world: World):
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Berta,20")
    world.load("HQ")
    world.sync()
    world.deliver("DE", "1,Old,10", "2,Bert,20", at=datetime(2026, 1, 1))
    world.load("DE")
    assert world.pending() == {"1": "pending", "2": "pending"}
    world.deliver("DE", "1,Anne,10", "2,Berta,20")
    world.load("DE")
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 2}


def test_a_watermark_never_moves_back_with_an_older_file(world: World):
    world.in_step("1,Anna,10")
    world.sync()
    before = world.bench.status()["watermark"][0]
    world.deliver("HQ", "1,Old,10", at=datetime(2026, 1, 1))
    world.load("HQ")
    world.sync()
    assert world.bench.status()["watermark"][0] == before


def test_a_table_that_becomes_empty_loses_every_record(world: World):
    world.deliver("DE", "1,Anna,10")
    world.load("DE")
    world.deliver("DE")
    assert counts(world.load("DE")["DE"]) == (0, 0, 0, 0, 0, 1)
    assert world.rows() == []


def test_the_hash_of_a_row_tells_where_a_blank_stands(world: World):
    world.deliver("DE", "1,A,", "2,,5")
    world.load("DE")
    first = world.rows("DE", "_row_hash")
    world.deliver("DE", "1,,5", "2,A,")
    assert world.load("DE")["DE"]["changed"] == 2
    assert first != world.rows("DE", "_row_hash")


@pytest.mark.parametrize("taken", ["rowid", "Row", "_row_hash"])
def test_a_column_called_as_one_of_ours_is_refused_with_the_way_out(world: World, taken: str):
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(text.replace(", fields: {No.: code(20), Name: text, Limit: decimal(2)}", ""))
    world.deliver("DE", "1,x", header=f"No.,{taken}")
    with pytest.raises(UsageError, match="the workbench itself calls a column") as raised:
        world.load("DE")
    assert f"columns: {{{taken}: ...}}" in raised.value.hint


def test_a_load_leaves_no_files_behind(world: World):
    world.in_step("1,Anna,10")
    kept = {path.name for path in Path(world.root / ".mdsync").iterdir()}
    locks = {"workbench.duckdb.lock", "workbench.duckdb.turn.lock", "workbench.duckdb.holder"}
    assert kept <= {"workbench.duckdb", *locks}
