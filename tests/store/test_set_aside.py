"""Rows that cannot be read safely: the record an earlier load brought is not called gone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .conftest import World

IDS = "SystemId,No.,Name,Limit"
A, B = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"


def test_a_record_whose_row_is_set_aside_keeps_what_an_earlier_load_brought(world: World):
    world.deliver("DE", "1,Anna,10", "2,Bert,20", "3,Carl,30")
    world.load("DE")
    world.deliver("DE", "1,Anna,ten", "3,Carl,30")
    load = world.load("DE")["DE"]
    assert (load["rows"], load["kept"], load["set_aside"], load["deleted"]) == (2, 1, 1, 1)
    assert world.rows() == [("1", "Anna", Decimal("10")), ("3", "Carl", Decimal("30"))]
    assert world.ask("select id from change where kind = 'deleted'").rows() == [("2",)]


def test_all_rows_with_one_key_are_set_aside_and_their_record_stays(world: World):
    world.deliver("DE", "1,Anna,10")
    world.load("DE")
    world.deliver("DE", "1,Anna,11", "1,Anna,12", "2,Bert,20")
    load = world.load("DE")["DE"]
    assert (load["set_aside"], load["inserted"], load["deleted"]) == (2, 1, 0)
    assert world.rows() == [("1", "Anna", Decimal("10")), ("2", "Bert", Decimal("20"))]


def test_the_record_goes_when_its_row_is_gone_at_last_and_changes_when_it_can_be_read(
    world: World,
):
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    world.deliver("DE", "1,Anna,x", "2,Bert,x")
    world.load("DE")
    world.deliver("DE", "2,Bert,22")
    load = world.load("DE")["DE"]
    assert (load["changed"], load["deleted"]) == (1, 1)
    assert world.rows() == [("2", "Bert", Decimal("22"))]


def test_a_record_with_an_id_is_kept_by_its_key(world: World):
    world.deliver("DE", f"{A},1,Anna,10", f"{B},2,Bert,20", header=IDS)
    world.load("DE")
    world.deliver("DE", f"{A},1,Anna,x", f"{B},2,Bert,20", header=IDS)
    assert world.load("DE")["DE"]["deleted"] == 0
    assert [key for key, *_ in world.rows()] == ["1", "2"]


def test_a_row_without_a_key_hides_nobody(world: World):
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    world.deliver("DE", "1,Anna,10", ",Total,30")
    load = world.load("DE")["DE"]
    assert (load["set_aside"], load["deleted"], load["complete"]) == (1, 1, "yes")


def test_where_a_key_cannot_be_read_nobody_is_called_gone(world: World):
    text = (world.root / "mdsync.yaml").read_text("utf-8").replace("No.: code(20)", "No.: integer")
    world.write(text)
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    world.deliver("DE", "1,Anna,10", "2-,Bert,20")
    load = world.load("DE")["DE"]
    assert (load["set_aside"], load["deleted"], load["complete"]) == (1, 0, "unknown")
    assert [key for key, *_ in world.rows()] == [1, 2]


def test_nothing_is_written_from_or_into_a_record_that_was_set_aside(world: World):
    world.in_step("1,Anna,10", "2,Bert,20", "3,Carl,30")
    world.deliver("HQ", "1,Anne,x", "2,Berta,20", "3,Carla,30")
    world.deliver("DE", "1,Anna,10", "2,Bert,x", "3,Carl,30")
    world.load()
    assert world.planned(full=True) == {"set-aside": 2, "changed": 1}


def test_every_row_of_a_file_with_rows_set_aside_is_in_one_box(world: World):
    world.in_step("1,Anna,10", "2,Bert,20", "3,Carl,30")
    world.deliver("DE", "1,Anna,x", "2,Bert,20", "3,C,30", "3,C,31", "4,Dora,x", ",Total,9")
    world.load("DE")
    box = world.bench.compare().reconciliation.row(0, named=True)
    there = ("not_compared", "set_aside")
    assert (
        box["source_rows"]
        == 3
        == box["agree"]
        + box["only_source"]
        + sum(box[f"source_{one}"] for one in there)
        + box["differ"]
        + box["undecided_source"]
    )
    assert (
        box["destination_rows"]
        == 6
        == box["agree"]
        + box["only_destination"]
        + sum(box[f"destination_{one}"] for one in there)
        + box["differ"]
        + box["undecided_destination"]
    )
    assert (box["destination_set_aside"], box["source_set_aside"], box["agree"]) == (5, 2, 1)


@pytest.mark.parametrize("shown", ["1,Anne,x", None])
def test_a_write_waits_for_a_load_that_shows_its_record(world: World, shown: str | None):
    """A row that was set aside does not confirm what we wrote, and neither does one left out of an
    incomplete load, though the image still holds it."""
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Bert,20")
    world.load("HQ")
    assert world.sync() == {"modified": 1, "unchanged": 1}
    if shown is None:
        world.set(complete="no")
    world.deliver("DE", *([shown] if shown else []), "2,Bert,20")
    world.load("DE")
    assert world.rows()[0][1] == "Anne"
    assert world.pending() == {"1": "pending"}
    world.deliver("DE", "1,Anne,10", "2,Bert,20")
    world.load("DE")
    assert world.pending() == {}
