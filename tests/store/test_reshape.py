"""Columns that come, go, or change their type between two loads are not changes of records."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .conftest import HEADER, World

OPEN_ENDED = """
companies:
  HQ: {folder: HQ, complete: yes, tables: {Thing: thing.csv}}
  DE: {folder: DE, complete: yes, tables: {Thing: thing.csv}}
tables:
  Thing: {key: No.}
limits: {updates: 100%, inserts: 100%, deletes: 100%}
links:
  DE:
    local: DE
    integration: HQ
    mappings:
      THING: {table: Thing, match: [No.]}
"""
MORE = "No.,Name,Limit,City"
IDS = "SystemId,No.,Name,Limit"


@pytest.fixture
def open_ended(world: World) -> World:
    """A world whose table declares its key only: its fields are those of the files."""
    world.write(OPEN_ENDED)
    return world


def test_a_column_that_appears_is_no_change_and_is_there_at_once(open_ended: World):
    world = open_ended
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    world.deliver("DE", "1,Anna,10,Bonn", "2,Berta,20,", header=MORE)
    load = world.load("DE")["DE"]
    assert load["changed"] == 1
    assert world.ask("select field, before, after from change_cell").rows() == [
        ("Name", "Bert", "Berta")
    ]
    assert world.rows("DE", "Name", "City") == [("Anna", "Bonn"), ("Berta", None)]


def test_a_column_that_vanishes_is_no_change_and_comes_back_without_one(open_ended: World):
    world = open_ended
    world.deliver("DE", "1,Anna,10,Bonn", header=MORE)
    world.load("DE")
    world.deliver("DE", "1,Anna,10")
    assert world.load("DE")["DE"]["changed"] == 0
    world.deliver("DE", "1,Anna,10,Köln", header=MORE)
    assert world.load("DE")["DE"]["changed"] == 0
    assert world.rows("DE", "City") == [("Köln",)]


def test_a_column_that_changes_its_type_is_no_change_of_its_records(world: World):
    world.deliver("DE", "1,Anna,10", "2,Bert,20.5")
    world.load("DE")
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(text.replace("Limit: decimal(2)", "Limit: text"))
    assert world.load("DE")["DE"]["changed"] == 0
    assert world.rows("DE", "Limit") == [("10",), ("20.5",)]
    world.write(text)
    assert world.load("DE")["DE"]["changed"] == 0
    assert world.rows("DE", "Limit") == [(Decimal("10"),), (Decimal("20.5"),)]


def test_a_record_the_new_file_does_not_show_keeps_its_value_in_the_new_type(world: World):
    world.set(complete="no")
    world.deliver("DE", "1,Anna,10", "2,Bert,20.5")
    world.load("DE")
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(text.replace("Limit: decimal(2)", "Limit: decimal(4)"))
    world.deliver("DE", "1,Anna,10.1234")
    world.load("DE")
    assert world.rows("DE", "Limit") == [(Decimal("10.1234"),), (Decimal("20.5"),)]


def test_what_agreed_still_agrees_and_what_differed_still_differs(open_ended: World):
    """Record 1 agreed, record 2 was changed at the source and record 3 here since they agreed."""
    world = open_ended
    world.in_step("1,Anna,10", "2,Bert,20", "3,Carl,30")
    world.deliver("HQ", "1,Anna,10", "2,Berta,20", "3,Carl,30")
    world.deliver("DE", "1,Anna,10", "2,Bert,20", "3,Carlo,30")
    world.load()
    before = world.bench.compare()
    world.deliver("HQ", "1,Anna,10,x", "2,Berta,20,x", "3,Carl,30,x", header=MORE)
    world.deliver("DE", "1,Anna,10,y", "2,Bert,20,y", "3,Carlo,30,y", header="No.,Name,Limit,Town")
    loads = world.load()
    assert [load["changed"] for load in loads.values()] == [0, 0]
    after = world.bench.compare()
    assert after.classes.sort("class").equals(before.classes.sort("class"))
    assert after.cells.sort("source_id").equals(before.cells.sort("source_id"))
    assert dict(after.decisions.select("key", "class").rows()) == {
        "2": "changed_source",
        "3": "changed_destination",
    }


def test_what_waits_for_a_load_is_recognised_in_another_shape(world: World):
    world.in_step("1,Anna,10", "2,Bert,20", "3,Carl,30", "4,Dora,40")
    world.deliver("HQ", *(f"{n},New {n},{n}1" for n in (1, 2, 3, 4)), "5,Emil,50")
    world.load("HQ")
    world.sync(full=True)
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(text.replace("Limit: decimal(2)", "Limit: decimal(3)"))
    world.deliver("DE", "1,New 1,11", "2,Bert,20", "3,Other,31", "5,Emil,50")
    world.load("DE")
    assert world.pending() == {
        "2": "not taken over",
        "3": "changed since",
        "4": "changed since",
    }
    world.write(text)
    world.deliver("DE", "1,New 1,11", "2,New 2,21", "3,Other,31", "4,New 4,41", "5,Emil,50")
    world.load("DE")
    assert "2" not in world.pending()


def test_a_job_can_be_undone_after_the_columns_changed(open_ended: World):
    world = open_ended
    world.in_step("1,Anna,10")
    world.deliver("HQ", "1,Anne,10")
    world.load("HQ")
    world.sync()
    job = world.last_job()
    world.deliver("DE", "1,Anne,10,Bonn", header=MORE)
    world.load("DE")
    (undone,) = world.bench.undo(job)
    assert undone.counts["modified"] == 1
    assert world.rows("DE", "Name", "City") == [("Anna", "Bonn")]


def ids(*keys: str) -> list[str]:
    """Records with an id each."""
    return [
        f"{int(key):032x}"[:8] + f"-0000-4000-8000-{int(key):012x},{key},N{key},1" for key in keys
    ]


def test_couplings_follow_when_a_company_starts_and_stops_to_deliver_ids(world: World):
    plain = [f"{key},N{key},1" for key in ("1", "2")]
    world.in_step(*plain)
    for lines, header in ((ids("1", "2"), IDS), (plain, HEADER)):
        for company in ("HQ", "DE"):
            world.deliver(company, *lines, header=header)
        loads = world.load()
        assert [(one["inserted"], one["changed"], one["deleted"]) for one in loads.values()] == [
            (0, 0, 0)
        ] * 2
        assert world.planned(full=True) == {"touched": 2}
        assert (
            world.couplings()["local_id"].to_list()
            == world.ask('select _id from DE.Thing order by "No."')["_id"].to_list()
        )
    assert world.couplings()["local_id"].to_list() == ["1", "2"]


def test_the_base_follows_too(world: World):
    world.in_step("1,N1,1")
    world.deliver("DE", "1,Here,1")
    world.load("DE")
    world.deliver("DE", *(line.replace("N1", "Here") for line in ids("1")), header=IDS)
    world.load("DE")
    cell = world.bench.compare().cells.row(0, named=True)
    assert (cell["base"], cell["destination"], cell["class"]) == ("N1", "Here", "destination")
