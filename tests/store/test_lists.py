"""The frames people look at: jobs, errors, status and loads have the columns they promise."""

from __future__ import annotations

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.errors import UnknownName

from .conftest import World

TIME, WHOLE, TEXT, YES = pl.Datetime("us"), pl.Int64, pl.String, pl.Boolean
JOBS = {
    "job_id": WHOLE, "plan_id": TEXT, "mapping": TEXT, "kind": TEXT, "direction": TEXT,
    "status": TEXT, "step": WHOLE, "steps": WHOLE,
    "started_at": TIME, "finished_at": TIME, "seconds": pl.Float64, "inserted": WHOLE, "modified": WHOLE,
    "deleted": WHOLE, "unchanged": WHOLE, "skipped": WHOLE, "failed": WHOLE, "waiting": WHOLE,
    "stale": WHOLE, "coupled": WHOLE, "uncoupled": WHOLE, "undone_by": WHOLE,
    "queue_log": WHOLE, "message": TEXT,
}  # fmt: skip
RECORDS = {
    "mapping": TEXT, "source_id": TEXT, "destination_id": TEXT, "key": TEXT, "action": TEXT,
    "rule": TEXT, "outcome": TEXT, "message": TEXT,
}  # fmt: skip
ERRORS = {
    "mapping": TEXT, "key": TEXT, "rule": TEXT, "message": TEXT, "seen": WHOLE,
    "first_seen": TIME, "last_seen": TIME, "job_id": WHOLE, "skipped": YES, "source_id": TEXT,
    "destination_id": TEXT, "signature": TEXT, "family": TEXT, "cause": TEXT,
}  # fmt: skip
STATUS = {
    "mapping": TEXT, "coupled": WHOLE, "agreed": WHOLE, "failed": WHOLE, "skipped": WHOLE,
    "held": WHOLE, "pending": WHOLE, "not_taken_over": WHOLE, "watermark": TIME,
    "local_watermark": TIME, "last_run_at": TIME, "last_job": WHOLE, "only_coupled": YES,
}  # fmt: skip


def columns(frame: pl.DataFrame) -> dict[str, object]:
    """The columns of a frame with their types."""
    return dict(frame.schema)


def used(world: World) -> None:
    """One record written, one created, one failed, one not looked at."""
    world.in_step("1,Anna,10", "2,Bert,20", "4,Dora,40")
    world.deliver("HQ", "1,Anne,10", "2,Berta,20", "3,Carl,30", "4,Dora,40")
    world.deliver("DE", "1,Anna,10", "2,Bertram,20", "4,Dora,40")
    world.load()
    world.sync(full=True)


def test_an_empty_workbench_has_empty_lists_with_all_their_columns(world: World):
    bench = world.bench
    assert columns(bench.jobs()) == JOBS
    with pytest.raises(UnknownName):
        bench.jobs(job=1)
    assert columns(bench.errors()) == ERRORS
    assert columns(bench.loads()) == columns(frames.empty(frames.LOADS))
    assert [one.height for one in (bench.jobs(), bench.errors(), bench.loads())] == [0, 0, 0]


def test_the_status_of_a_mapping_that_never_ran_is_all_zeros(world: World):
    status = world.bench.status()
    assert columns(status) == STATUS
    assert status.row(0) == ("DE/THING", 0, 0, 0, 0, 0, 0, 0, None, None, None, None, None)


def test_lists_of_a_used_workbench_have_the_same_columns(world: World):
    used(world)
    bench = world.bench
    assert columns(bench.jobs()) == JOBS
    assert columns(bench.jobs(job=2)) == RECORDS
    assert columns(bench.errors()) == ERRORS
    assert columns(bench.status()) == STATUS
    assert columns(bench.loads()) == columns(frames.empty(frames.LOADS))


def test_the_status_counts_couplings_failures_and_what_waits_for_a_load(world: World):
    used(world)
    status = world.bench.status().row(0, named=True)
    counted = ("coupled", "agreed", "failed", "skipped", "held", "pending", "not_taken_over")
    assert [status[name] for name in counted] == [4, 4, 1, 0, 0, 2, 0]
    assert (status["last_job"], status["only_coupled"]) == (2, False)
    world.load("DE")
    status = world.bench.status().row(0, named=True)
    assert (status["pending"], status["not_taken_over"]) == (0, 2)


def test_jobs_and_loads_stand_newest_first(world: World):
    used(world)
    assert world.bench.jobs()["job_id"].to_list() == [2, 1]
    assert world.bench.loads()["load_id"].to_list() == [4, 3, 2, 1]
    assert world.bench.loads()["company"].to_list() == ["DE", "HQ"] * 2


def test_jobs_and_errors_can_be_asked_of_one_mapping(world: World):
    used(world)
    assert world.bench.jobs("THING").height == 2
    assert world.bench.errors("DE/THING").height == 1
    with pytest.raises(UnknownName, match="no mapping 'OTHER'"):
        world.bench.errors("OTHER")


def test_an_error_stands_until_the_record_succeeds_and_counts_how_often_it_was_seen(world: World):
    used(world)
    first = world.bench.errors().row(0, named=True)
    assert (first["key"], first["rule"], first["seen"], first["job_id"]) == (
        "2", "local-change", 1, 2,
    )  # fmt: skip
    world.sync()
    again = world.bench.errors().row(0, named=True)
    assert (again["seen"], again["job_id"], again["first_seen"]) == (2, 3, first["first_seen"])
    assert again["last_seen"] > again["first_seen"]
    world.deliver("DE", "1,Anne,10", "2,Berta,20", "3,Carl,30", "4,Dora,40")
    world.load("DE")
    world.sync()
    assert world.bench.errors().is_empty()


def test_what_waits_for_a_load_is_listed_by_table_and_state(world: World):
    used(world)
    with world.bench.store.lists() as lists:
        assert lists.pending().rows() == [("DE", "Thing", "pending", 2)]


def test_plans_are_listed_with_what_became_of_them(world: World):
    used(world)
    world.later()
    world.bench.plan("THING")
    plans = world.bench.plans()
    assert columns(plans) == frames.PLANS
    assert plans.select("kind", "status", "done", "writes").rows() == [
        ("modified", "planned", 0, 0), ("full", "applied", 1, 2),
    ]  # fmt: skip
