"""What we wrote is pending until a load shows what became of it."""

from __future__ import annotations

import pytest

from .conftest import World

IDS = "SystemId,No.,Name,Limit"
TIMES = "No.,Name,Limit,SystemModifiedAt"


def record(number: int, name: str, start: int = 0) -> str:
    """A line with an id."""
    return f"{start:08d}-0000-4000-8000-{number:012d},{number},{name},10"


def wrote(world: World) -> None:
    """Record 1 was changed by us and record 2 created."""
    world.in_step("1,Anna,10", "9,Nina,90")
    world.deliver("HQ", "1,Anne,10", "2,Bert,20", "9,Nina,90")
    world.load("HQ")
    world.sync(full=True)
    assert world.pending() == {"1": "pending", "2": "pending"}


def test_what_comes_back_as_written_is_confirmed_and_no_change_of_theirs(world: World):
    wrote(world)
    world.deliver("DE", "1,Anne,10", "2,Bert,20", "9,Nina,90")
    load = world.load("DE")["DE"]
    assert (load["inserted"], load["changed"], load["deleted"]) == (0, 0, 0)
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 3}


def test_what_comes_back_as_before_is_not_taken_over_and_not_planned_again(world: World):
    wrote(world)
    world.deliver("DE", "1,Anna,10", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {"1": "not taken over", "2": "not taken over"}
    for words in ({}, {"full": True}):
        plan = world.bench.plan("THING", **words)
        assert plan.writes == 0
        assert world.planned(**words)["not-taken-over"] == 2
    waits = world.bench.compare().worklist.filter(key="1")
    assert waits["state"].to_list() == ["not yet taken over"]


def test_what_comes_back_as_something_else_is_a_local_change(world: World):
    wrote(world)
    world.deliver("DE", "1,Antje,10", "2,Bernd,20", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {"1": "changed since", "2": "changed since"}
    compared = world.bench.compare().decisions.sort("key")
    assert compared["class"].to_list() == ["changed_destination"] * 2
    world.deliver("HQ", "1,Annette,10", "2,Berthold,20", "9,Nina,90")
    world.load("HQ")
    assert world.planned() == {"local-change": 2}


def test_a_change_set_imported_late_is_confirmed_then(world: World):
    wrote(world)
    world.deliver("DE", "1,Anna,10", "9,Nina,90")
    world.load("DE")
    world.deliver("DE", "1,Anne,10", "2,Bert,20", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 3}


def test_a_second_write_before_any_load_remembers_what_was_before_the_first(world: World):
    wrote(world)
    world.deliver("HQ", "1,Annette,11", "2,Bert,21", "9,Nina,90")
    world.load("HQ")
    assert world.sync()["modified"] == 2
    world.deliver("DE", "1,Anna,10", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {"1": "not taken over", "2": "not taken over"}
    world.deliver("DE", "1,Annette,11", "2,Bert,21", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {}


def test_a_source_that_goes_on_while_a_write_waits_is_not_forgotten(world: World):
    wrote(world)
    world.deliver("DE", "1,Anna,10", "9,Nina,90")
    world.load("DE")
    world.deliver("HQ", "1,Annette,10", "2,Bert,20", "9,Nina,90")
    world.load("HQ")
    world.sync()
    world.deliver("DE", "1,Anne,10", "2,Bert,20", "9,Nina,90")
    world.load("DE")
    assert world.sync()["modified"] == 1
    assert world.rows()[0][1] == "Annette"


def test_a_write_after_somebody_changed_the_record_waits_for_its_own_echo(world: World):
    """What was changed since the first write is the before of the second."""
    world.set(thing=", first_sync: source_wins, overwrite_local_change: yes")
    wrote(world)
    world.deliver("DE", "1,Antje,10", "2,Bert,20", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {"1": "changed since"}
    world.deliver("HQ", "1,Annette,10", "2,Bert,20", "9,Nina,90")
    world.load("HQ")
    assert world.sync()["modified"] == 1
    assert world.pending() == {"1": "pending"}
    world.deliver("DE", "1,Antje,10", "2,Bert,20", "9,Nina,90")
    world.load("DE")
    assert world.pending() == {"1": "not taken over"}


def test_what_is_not_taken_over_is_planned_again_on_request_only(world: World):
    wrote(world)
    world.deliver("DE", "1,Anna,10", "9,Nina,90")
    world.load("DE")
    plan = world.bench.plan("THING", again=True)
    assert (plan.writes, world.planned()["not-taken-over"]) == (2, 2)
    world.bench.apply(plan.plan_id)
    assert world.pending() == {"1": "pending", "2": "pending"}
    assert [name for _, name, _ in world.rows()] == ["Anne", "Bert", "Nina"]
    assert world.planned(full=True) == {"touched": 3}


def test_a_write_that_was_not_taken_over_has_not_happened_to_its_pair(world: World):
    """Who changed what, and since when, is told as before it."""
    world.in_step("1,Anna,10")
    world.deliver("HQ", "1,Anne,10")
    world.load("HQ")
    before = world.bench.compare().cells
    world.sync()
    world.deliver("DE", "1,Anna,10")
    world.load("DE")
    cells = world.bench.compare().cells
    assert cells.select("field", "base", "source", "destination", "class").rows() == [
        ("Name", "Anna", "Anne", "Anna", "source")
    ]
    assert cells.equals(before)


@pytest.mark.parametrize("between", [False, True])
def test_a_company_gives_its_own_id_to_a_record_we_created(world: World, between: bool):
    """Found by its key; also when a load in between did not have it yet."""
    world.in_step(record(1, "Anna"), header=IDS)
    world.deliver("HQ", record(1, "Anna"), record(2, "Bert"), header=IDS)
    world.load("HQ")
    assert world.sync(full=True)["inserted"] == 1
    ours = world.couplings()["local_id"][1]
    if between:
        world.deliver("DE", record(1, "Anna"), header=IDS)
        world.load("DE")
        assert world.pending() == {"2": "not taken over"}
    world.deliver("DE", record(1, "Anna"), record(2, "Bert", start=77), header=IDS)
    load = world.load("DE")["DE"]
    theirs = record(2, "Bert", start=77).split(",")[0]
    assert ours != theirs
    assert (load["inserted"], load["deleted"]) == (int(between), 0)
    assert world.couplings()["local_id"].to_list()[1] == theirs
    assert world.rows("DE", "_id")[1] == (theirs,)
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 2}


def test_a_record_with_a_new_id_can_still_be_undone(world: World):
    world.in_step(record(1, "Anna"), header=IDS)
    world.deliver("HQ", record(1, "Anna"), record(2, "Bert"), header=IDS)
    world.load("HQ")
    world.sync(full=True)
    job = world.last_job()
    world.deliver("DE", record(1, "Anna"), record(2, "Bert", start=77), header=IDS)
    world.load("DE")
    (undone,) = world.bench.undo(job)
    assert undone.counts["deleted"] == 1
    assert [key for key, *_ in world.rows()] == ["1"]


def test_the_time_a_company_gives_our_write_is_no_local_change(world: World):
    at = "2026-03-01T08:00:00Z"
    world.in_step(f"1,Anna,10,{at}", header=TIMES)
    world.deliver("HQ", "1,Anne,10,2026-03-01T11:00:00Z", header=TIMES)
    world.load("HQ")
    assert world.sync() == {"modified": 1}
    world.deliver("DE", "1,Anne,10,2026-03-05T09:00:00Z", header=TIMES)
    world.load("DE")
    assert world.pending() == {}
    world.deliver("HQ", "1,Annette,10,2026-03-06T11:00:00Z", header=TIMES)
    world.load("HQ")
    assert world.planned() == {"changed": 1}


def test_a_rename_that_was_not_taken_over_waits_and_is_confirmed_later(world: World):
    world.in_step(record(1, "Anna"), record(2, "Bert"), header=IDS)
    plain = "No.,Name,Limit"
    world.deliver("DE", "1,Anna,10", "2,Bert,10", header=plain)
    world.load("DE")
    world.deliver("HQ", record(1, "Anna").replace(",1,", ",5,"), record(2, "Bert"), header=IDS)
    world.load("HQ")
    assert world.sync()["modified"] == 1
    assert world.rows("DE", "_id", "No.") == [("2", "2"), ("5", "5")]
    assert world.pending() == {"5": "pending"}
    world.deliver("DE", "1,Anna,10", "2,Bert,10", header=plain)
    world.load("DE")
    assert world.pending() == {"5": "not taken over"}
    assert world.bench.plan("THING", full=True).writes == 0
    world.deliver("DE", "5,Anna,10", "2,Bert,10", header=plain)
    world.load("DE")
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 2}


def test_a_refused_file_judges_nothing(world: World):
    wrote(world)
    (world.root / "DE" / "thing.csv").unlink()
    world.load("DE")
    assert world.pending() == {"1": "pending", "2": "pending"}
