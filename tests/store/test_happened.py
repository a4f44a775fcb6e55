"""What happened: the records behind the counters of a job, and the log of one record."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.errors import UnknownName, UsageError

from .conftest import World, copied

NASTY = "O'Brien\"; drop table job; --"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Job 1 coupled 1, 2 and 4; job 2 changed 1, created 3, and failed with 2."""
    world = World(tmp_path_factory.mktemp("made"))
    world.in_step("1,Anna,10", "2,Bert,20", "4,Dora,40")
    world.deliver("HQ", "1,Anne,10", "2,Berta,20", "3,Carl,30", "4,Dora,40")
    world.deliver("DE", "1,Anna,10", "2,Bertram,20", "4,Dora,40")
    world.load()
    world.sync(full=True)
    return world


@pytest.fixture
def used(made: World, tmp_path: Path) -> World:
    """A copy of it to go on with."""
    return copied(made, tmp_path)


def keys(world: World, job: int, only: str) -> list[str]:
    return world.bench.jobs(job=job, only=only)["key"].to_list()


@pytest.mark.parametrize(
    ("job", "only", "expected"),
    [
        (1, "coupled", ["1", "2", "4"]),
        (1, "inserted", []),
        (2, "inserted", ["3"]),
        (2, "modified", ["1"]),
        (2, "failed", ["2"]),
        (2, "deleted", []),
        (2, "waiting", []),
        (2, "coupled", []),
        (2, "", ["1", "3", "2"]),
        (1, "", ["1", "2", "4"]),
    ],
)
def test_a_counter_of_a_job_leads_to_its_records(
    used: World, job: int, only: str, expected: list[str]
) -> None:
    assert keys(used, job, only) == expected
    counted = used.bench.jobs().filter(job_id=job)
    if only:
        assert counted[only].item() == len(expected)


def test_jobs_can_be_asked_for_by_what_they_counted(used: World) -> None:
    assert used.bench.jobs(only="failed")["job_id"].to_list() == [2]
    assert used.bench.jobs(only="deleted").is_empty()
    took = used.bench.jobs()["seconds"]
    assert (took >= 0).all()


@pytest.mark.parametrize("only", ["unchanged", "moved", "failed' or 1=1 --"])
def test_a_counter_nobody_keeps_records_of_is_wrong_usage(used: World, only: str) -> None:
    with pytest.raises(UsageError) as raised:
        used.bench.jobs(job=2, only=only)
    assert "inserted, modified" in raised.value.hint


def log(world: World, record: str) -> list[tuple[int, str, str]]:
    found = world.bench.history("THING", record)
    assert dict(found.schema) == frames.HISTORY
    return found.select("job_id", "kind", "action").rows()


def test_the_log_of_a_record_has_all_jobs_newest_first(used: World) -> None:
    used.sync()
    assert log(used, "2") == [
        (3, "modified", "fail"),
        (2, "full", "fail"),
        (1, "coupling", "couple"),
    ]
    assert log(used, "4") == [(1, "coupling", "couple")]


def test_an_undo_and_an_uncoupling_are_in_the_log(used: World) -> None:
    used.bench.undo(2)
    used.bench.uncouple("THING", records=["1"])
    used.bench.undo(used.last_job())
    assert [action for _, _, action in log(used, "1")] == [
        "couple",
        "uncouple",
        "modify",
        "modify",
        "couple",
    ]
    assert keys(used, 4, "uncoupled") == ["1"]
    assert keys(used, 5, "coupled") == ["1"]
    assert keys(used, 3, "uncoupled") == ["3"]


def test_a_record_that_is_gone_has_a_log_and_one_nobody_knows_has_none(used: World) -> None:
    used.deliver("HQ", "1,Anne,10")
    used.deliver("DE", "1,Anne,10")
    used.load()
    assert log(used, "2")[-1][2] == "couple"
    for nobody in ("99", NASTY, ""):
        with pytest.raises(UnknownName):
            used.bench.history("THING", nobody)


def test_explain_shows_the_same_log_oldest_first(used: World) -> None:
    history = used.bench.explain("THING", "2").history
    assert history.reverse().equals(used.bench.history("THING", "2"))


def test_errors_are_grouped_by_what_their_messages_have_in_common(used: World) -> None:
    used.sync()
    one = used.bench.errors().row(0, named=True)
    assert (one["family"], one["cause"], one["seen"]) == ("real", "local-change", 2)
    assert one["signature"].endswith("Fields: …")
    kind = used.bench.errors(by="message")
    assert dict(kind.schema) == frames.ERROR_KINDS
    assert kind.select("records", "seen", "mappings").row(0) == (1, 2, ["DE/THING"])
    assert used.bench.errors(transient=True).is_empty()
    assert used.bench.errors(real=True).equals(used.bench.errors())
    for wrong in ({"by": "day"}, {"real": True, "transient": True}):
        with pytest.raises(UsageError):
            used.bench.errors(**wrong)


def test_a_record_that_moved_meanwhile_is_transient(world: World) -> None:
    world.in_step("1,Anna,10")
    world.deliver("HQ", "1,Anne,10")
    world.load("HQ")
    plan = world.bench.plan("THING")
    world.deliver("DE", "1,Other,10")
    world.load("DE")
    world.bench.apply(plan.plan_id, force=True)
    found = world.bench.errors(transient=True)
    assert found.select("cause", "key").row(0) == ("stale-write", "1")


def test_a_job_is_diagnosed_by_its_messages(used: World) -> None:
    found = used.bench.diagnose(job=2)
    assert dict(found.schema) == frames.DIAGNOSES
    assert found.select("id", "records").rows() == [("local-change", 1)]
    assert used.bench.diagnose(job=1).is_empty()
    assert used.bench.diagnose(f"429 {NASTY}")["id"].to_list() == ["throttling"]
    with pytest.raises(UnknownName):
        used.bench.diagnose(job=9)
    for wrong in ({}, {"message": " "}, {"message": "x", "job": 2}):
        with pytest.raises(UsageError):
            used.bench.diagnose(**wrong)


def test_a_value_with_quotes_is_a_value(world: World) -> None:
    world.in_step('"A\'B",Anna,10')
    assert log(world, "A'B") == [(1, "coupling", "couple")]
    assert isinstance(world.bench.jobs(job=1, only="coupled"), pl.DataFrame)
