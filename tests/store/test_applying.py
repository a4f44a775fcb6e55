"""Applying a plan: what is written, what is left, what is remembered, and what is said of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from mdsync_nb.errors import PlanStale, PlanTooLarge, UsageError
from mdsync_nb.store.judging import NAMESPACE

from .conftest import World

IDS = "SystemId,No.,Name,Limit"


def record(number: int, name: str, limit: str = "10") -> str:
    """A line with an id."""
    return f"00000000-0000-4000-8000-{number:012d},{number},{name},{limit}"


def three(world: World) -> None:
    """Two records changed at the source and one new there."""
    world.in_step("1,Anna,10", "2,Bert,20", "3,Carl,30")
    world.deliver("HQ", "1,Anne,10", "2,Bert,25.5", "3,Carl,30", "4,Dora,40")
    world.load("HQ")


def test_an_applied_plan_writes_the_image_a_change_set_and_its_job(world: World):
    three(world)
    plan = world.bench.plan("THING", full=True)
    (done,) = world.bench.apply(plan.plan_id)
    assert [row[:3] for row in world.rows()] == [
        ("1", "Anne", Decimal("10")),
        ("2", "Bert", Decimal("25.5")),
        ("3", "Carl", Decimal("30")),
        ("4", "Dora", Decimal("40")),
    ]
    assert world.out() == {
        "01_Thing_insert.csv": "No.,Name,Limit\n4,Dora,40\n",
        "01_Thing_modify.csv": "No.,Name,Limit\n1,Anne,10\n2,Bert,25.5\n",
    }
    assert {path.parent.relative_to(world.root).as_posix() for path in done.files} == {
        f"out/{plan.plan_id}/DE"
    }
    job = world.bench.jobs().row(0, named=True)
    assert (job["status"], job["plan_id"], job["kind"]) == ("finished", plan.plan_id, "full")
    assert (job["inserted"], job["modified"], job["unchanged"], job["stale"]) == (1, 2, 1, 0)
    assert job["started_at"] <= job["finished_at"]
    assert world.bench.read_plan(plan.plan_id).status == "applied"


def test_a_job_says_what_it_did_to_each_record(world: World):
    three(world)
    world.sync(full=True)
    records = world.bench.jobs(job=world.last_job())
    assert records.select("key", "action", "outcome", "destination_id").sort("key").rows() == [
        ("1", "modify", "applied", "1"),
        ("2", "modify", "applied", "2"),
        ("4", "insert", "applied", "4"),
    ]


def test_what_was_written_is_stamped_and_agrees_from_then_on(world: World):
    three(world)
    now = world.later()
    world.sync(full=True)
    stamps = world.rows("DE", "No.", "_modified_by", "_modified_at")
    assert [(key, by) for key, by, _ in stamps] == [
        ("1", "mdsync"), ("2", "mdsync"), ("3", None), ("4", "mdsync"),
    ]  # fmt: skip
    assert all(at > now for _, by, at in stamps if by)
    couplings = world.couplings()
    assert couplings["integration_id"].to_list() == ["1", "2", "3", "4"]
    assert couplings["last_result"].to_list() == ["success", "success", None, "success"]
    assert world.planned(full=True) == {"touched": 4}


def test_the_base_of_a_pair_is_what_it_held_at_the_last_success(world: World):
    three(world)
    world.sync(full=True)
    world.deliver("HQ", "1,Anneliese,10", "2,Bert,25.5", "3,Carl,30", "4,Dora,40")
    world.deliver("DE", "1,Anne,11", "2,Bert,25.5", "3,Carl,30", "4,Dora,40")
    world.load()
    cells = world.bench.compare().cells.sort("field")
    assert cells.select("field", "base", "source", "destination", "class").rows() == [
        ("Limit", "10", "10", "11", "destination"),
        ("Name", "Anne", "Anneliese", "Anne", "source"),
    ]


def test_applying_twice_changes_nothing(world: World):
    three(world)
    plan = world.bench.plan("THING", full=True)
    assert len(world.bench.apply(plan.plan_id)) == 1
    before = world.rows(), world.bench.jobs().height, world.out()
    assert world.bench.apply(plan.plan_id) == []
    assert (world.rows(), world.bench.jobs().height, world.out()) == before


def test_the_same_input_gives_the_same_plan(world: World):
    three(world)
    first = world.bench.plan("THING", full=True)
    world.later()
    assert world.bench.plan("THING", full=True).plan_id == first.plan_id
    assert world.ask("select count(*) from plan").item() == 1


@pytest.mark.parametrize("side", ["HQ", "DE"])
def test_a_record_that_moved_since_the_plan_is_stale_and_the_next_run_sees_it(
    world: World, side: str
):
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Berta,20")
    world.load("HQ")
    plan = world.bench.plan("THING")
    moved = {"HQ": "1,Annette,10", "DE": "1,Anna,99"}[side]
    world.deliver(side, moved, "2,Berta,20" if side == "HQ" else "2,Bert,20")
    world.load(side)
    (done,) = world.bench.apply(plan.plan_id)
    assert (done.counts["modified"], done.counts["stale"]) == (1, 1)
    assert world.rows()[0][1] == "Anna"
    assert world.out() == {"01_Thing_modify.csv": "No.,Name\n2,Berta\n"}
    error = world.bench.errors().row(0, named=True)
    assert (error["key"], error["message"]) == ("1", "It moved since the plan was made.")
    assert world.planned() == {{"HQ": "changed", "DE": "local-change"}[side]: 1}


def test_a_record_created_here_since_the_plan_is_not_created_twice(world: World):
    world.in_step(record(1, "Anna"), header=IDS)
    world.deliver("HQ", record(1, "Anna"), record(2, "Bert"), header=IDS)
    world.load("HQ")
    plan = world.bench.plan("THING", full=True)
    world.deliver("DE", record(1, "Anna"), record(7, "Bert").replace(",7,", ",2,"), header=IDS)
    world.load("DE")
    (done,) = world.bench.apply(plan.plan_id)
    assert (done.counts["inserted"], done.counts["stale"]) == (0, 1)
    assert len(world.rows()) == 2
    assert "created since the plan" in world.bench.errors()["message"][0]
    assert world.planned() == {"not-coupled-yet": 1}


def test_an_id_we_make_is_a_uuid5_of_what_was_planned_from_and_the_source_record(world: World):
    world.deliver("HQ", record(1, "Anna"), header=IDS)
    world.deliver("DE", header=IDS)
    world.load()
    plan = world.bench.plan("THING", full=True)
    world.bench.apply(plan.plan_id)
    source = record(1, "Anna").split(",")[0]
    made = str(uuid.uuid5(uuid.UUID(NAMESPACE), f"{plan.steps[0]['seed']}:{source}"))
    assert world.rows("DE", "_id") == [(made,)]
    assert world.couplings()["local_id"].to_list() == [made]


def test_a_plan_whose_settings_moved_is_stale(world: World):
    three(world)
    plan = world.bench.plan("THING")
    world.set(thing=", first_sync: source_wins, overwrite_local_change: yes")
    with pytest.raises(PlanStale, match="settings of DE/THING moved"):
        world.bench.apply(plan.plan_id)
    assert world.bench.jobs().height == 1
    assert world.out() == {}


def test_a_plan_above_its_limits_is_refused_unless_forced(world: World):
    world.set(thing=", first_sync: source_wins, limits: {inserts: 10%, floor: 1}")
    three(world)
    plan = world.bench.plan("THING", full=True)
    assert [str(one) for one in plan.refusals] == []
    world.deliver("HQ", *(f"{n},N,1" for n in range(1, 9)))
    world.load("HQ")
    plan = world.bench.plan("THING", full=True)
    with pytest.raises(PlanTooLarge, match="create 5 records"):
        world.bench.apply(plan.plan_id)
    assert world.bench.jobs()["kind"].to_list() == ["coupling"]
    assert world.bench.apply(plan.plan_id, force=True)[0].counts["inserted"] == 5


def test_a_value_that_does_not_convert_is_left_out_with_a_warning(world: World):
    fields = ", fields: {Name: {integration: Name}, Limit: {integration: Name}}"
    world.set(thing=", first_sync: source_wins" + fields)
    world.deliver("HQ", "1,12,0", "2,twelve,0", "3,thirteen,0")
    world.deliver("DE", "1,x,0", "2,x,0")
    world.load()
    world.bench.couple("THING")
    plan = world.bench.plan(full=True)
    (job,) = world.bench.apply(plan.plan_id, force=True)
    assert (job.counts["modified"], job.counts["inserted"], job.counts["failed"]) == (2, 1, 0)
    assert world.rows()[:2] == [("1", "12", Decimal("12")), ("2", "twelve", Decimal("0"))]
    warned = plan.cells.filter(pl.col("warning") != "").sort("source_id")
    assert warned["field"].to_list() == ["Limit", "Limit"]
    assert "'twelve' is not a number" in warned["warning"][0]


def test_two_new_records_that_would_get_one_key_both_fail(world: World):
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(text.replace("match: [No.]", "match: [No.], fields: {No.: {integration: Name}}"))
    world.deliver("HQ", "1,A,10", "2,A,20", "3,B,30")
    world.deliver("DE")
    world.load()
    counts = world.sync(full=True)
    assert (counts["inserted"], counts["failed"]) == (1, 2)
    assert world.rows("DE", "No.") == [("B",)]
    assert set(world.bench.errors()["rule"]) == {"key-taken"}


def test_three_failures_in_a_row_set_a_record_aside_and_a_full_run_tries_it_again(world: World):
    world.in_step("1,Anna,10")
    world.deliver("HQ", "1,Anne,10")
    world.deliver("DE", "1,Ann,10")
    world.load()
    outcomes = [world.sync() for _ in range(4)]
    assert outcomes == [{"failed": 1}, {"failed": 1}, {"skipped": 1}, {}]
    status = world.bench.status().row(0, named=True)
    assert (status["failed"], status["skipped"]) == (0, 1)
    assert world.bench.errors().select("key", "seen", "skipped").rows() == [("1", 3, True)]
    assert world.sync(full=True) == {"failed": 1}
    assert world.bench.status()["skipped"][0] == 0


def test_retry_puts_a_record_that_was_set_aside_back_into_the_next_run(world: World):
    world.in_step("1,Anna,10")
    world.deliver("HQ", "1,Anne,10")
    world.deliver("DE", "1,Ann,10")
    world.load()
    for _ in range(3):
        world.sync()
    assert world.bench.retry("THING", records=["2"]) == 0
    assert world.bench.retry("THING", records=["1"]) == 1
    world.deliver("DE", "1,Anne,10")
    world.load("DE")
    assert world.sync() == {"unchanged": 1}
    assert world.bench.errors().is_empty()


def test_what_waits_is_looked_at_again_by_the_next_run(world: World):
    """A pair that agreed once and waits now is not forgotten when the watermark passes it."""
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(
        text.replace("HQ: {", "HQ: {currency: GBP, ")
        .replace("DE: {folder", "DE: {currency: EUR, folder")
        .replace("Thing", "Customer")
        .replace("key: No., fields: {No.: code(20), Name: text, Limit: decimal(2)}", "")
        .replace("tables:\n  Customer: {}\n", "")
        .replace("THING", "CUSTOMER")
    )
    header = "No.,Name,Currency Code"
    for company in ("HQ", "DE"):
        world.deliver(company, "1,Anna,USD", header=header)
    world.load()
    world.bench.couple("CUSTOMER")
    world.bench.sync("CUSTOMER")
    world.deliver("HQ", "1,Anna,", header=header)
    world.load("HQ")
    for _ in range(3):
        (done,) = world.bench.sync("CUSTOMER")
        assert done.counts["waiting"] == 1
    world.deliver("HQ", "1,Anna,USD", header=header)
    world.load("HQ")
    world.bench.sync("CUSTOMER")
    assert world.bench.plan("CUSTOMER").waiting == 0


def test_pairs_a_person_chose_are_coupled_once_each(world: World):
    import polars as pl

    world.deliver("HQ", "1,Anna,10", "2,Bert,20")
    world.deliver("DE", "A,Anna,10", "B,Bert,20")
    world.load()
    both = pl.DataFrame({"integration_id": ["1", "2"], "local_id": ["A", "A"]})
    with pytest.raises(UsageError, match="'A' is in several pairs"):
        world.bench.couple("THING", pairs=both)
    assert world.couplings().is_empty()
    assert world.bench.couple("THING", pairs=both.head(1)).job == 1
    assert world.couplings().select("integration_id", "local_id").rows() == [("1", "A")]


def test_times_in_the_store_are_utc_and_those_of_the_workbench_clock(world: World):
    three(world)
    world.now = datetime(2026, 5, 5, 12)
    world.bench.sync("THING", force=True)
    job = world.bench.jobs().row(0, named=True)
    assert job["started_at"] == job["finished_at"] == datetime(2026, 5, 5, 12)
