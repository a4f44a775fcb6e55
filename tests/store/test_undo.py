"""Undo: a job is taken back as far as nobody went on from it, and is not done again by itself."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from mdsync_nb.errors import UnknownName, UsageError

from .conftest import World

AGREEMENT = pl.exclude("rowid")


def changed(world: World) -> None:
    """One record changed at the source and one new there, written by the last job."""
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,11", "2,Bert,20", "3,Carl,30")
    world.load("HQ")


def undo(world: World, job: int | None = None) -> dict[str, int]:
    """Undo a job, the newest when none is named; gives the counters that are not 0."""
    world.later(minutes=1)
    (done,) = world.bench.undo(world.last_job() if job is None else job)
    return {name: count for name, count in done.counts.items() if count}


def state(world: World) -> dict[str, Any]:
    """Values, couplings with base, hashes and times, and what waits for a load."""
    return {
        "rows": world.rows("DE", "No.", "Name", "Limit", "_row_hash"),
        "couplings": world.couplings().to_dicts(),
        "pending": world.pending(),
        "cells": world.bench.compare().cells.sort("source_id", "field").to_dicts(),
    }


def test_values_couplings_base_hashes_and_times_come_back(world: World):
    changed(world)
    before = state(world)
    assert world.sync(full=True) == {"inserted": 1, "modified": 1, "unchanged": 1}
    assert state(world) != before
    assert undo(world) == {"deleted": 1, "modified": 1, "uncoupled": 1}
    assert state(world) == before


def test_undoing_is_no_edit_and_the_watermark_stays(world: World):
    changed(world)
    stamps = world.rows("DE", "_id", "_modified_at", "_modified_by", "_created_at")
    world.sync(full=True)
    watermark = world.bench.status()["watermark"][0]
    job = world.last_job()
    undo(world)
    assert world.bench.status()["watermark"][0] == watermark
    jobs = world.bench.jobs()
    assert jobs.filter(job_id=job)["undone_by"].to_list() == [world.last_job()]
    assert jobs["kind"][0] == "undo"
    assert world.rows("DE", "_id", "_modified_at", "_modified_by", "_created_at") == stamps


def test_no_run_does_it_again_until_a_retry_lets_it(world: World):
    changed(world)
    world.sync(full=True)
    undo(world)
    assert world.planned() == {"undone": 2}
    for words in ({}, {"full": True}):
        assert world.bench.plan("THING", **words).writes == 0
    held = {"1": "undone", "3": "undone"}
    decisions = world.bench.plan("THING", full=True).decisions
    assert dict(decisions.filter(action="wait").select("key", "rule").rows()) == held
    assert world.bench.status()["held"][0] == 2
    assert world.bench.retry("THING", records=["1"]) == 1
    assert world.planned() == {"changed": 1, "undone": 1}
    assert world.bench.retry("THING") == 1
    assert world.sync(full=True) == {"inserted": 1, "modified": 1, "unchanged": 1}


def test_what_only_agreed_is_taken_back_and_not_held(world: World):
    changed(world)
    world.sync(full=True)
    undo(world)
    assert world.ask("select integration_id from hold order by 1").rows() == [("1",), ("3",)]


def test_a_change_set_takes_back_what_a_change_set_brought(world: World):
    changed(world)
    world.sync(full=True)
    (done,) = world.bench.undo(world.last_job())
    assert {path.name: path.read_text("utf-8") for path in done.files[:-1]} == {
        "01_Thing_modify.csv": "No.,Name,Limit\n1,Anna,10\n",
        "01_Thing_delete.csv": "No.\n3\n",
    }


def test_a_record_that_moved_since_stays_as_it_is(world: World):
    changed(world)
    world.sync(full=True)
    job = world.last_job()
    world.deliver("DE", "1,Anne,99", "2,Bert,20", "3,Carl,30")
    world.load("DE")
    before = world.couplings().filter(integration_id="1").to_dicts()
    assert undo(world, job) == {"deleted": 1, "uncoupled": 1, "stale": 1}
    assert [name for _, name, _ in world.rows()] == ["Anne", "Bert"]
    assert world.couplings().filter(integration_id="1").to_dicts() == before
    assert world.ask("select integration_id from hold").rows() == [("3",)]
    assert "moved since" in world.bench.jobs(job=world.last_job()).filter(key="1")["message"][0]


def test_what_was_never_taken_over_only_loses_its_agreement(world: World):
    changed(world)
    before = world.couplings().to_dicts()
    world.sync(full=True)
    job = world.last_job()
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    assert undo(world, job) == {"unchanged": 2, "uncoupled": 1}
    assert world.pending() == {}
    assert world.couplings().to_dicts() == before
    assert world.bench.plan("THING", full=True).writes == 0
    assert world.planned(full=True)["undone"] == 2


def test_a_job_is_undone_once(world: World):
    changed(world)
    world.sync(full=True)
    job = world.last_job()
    undo(world)
    with pytest.raises(UsageError, match=f"Job {job} was undone by job {world.last_job()}"):
        undo(world, job)


def test_undoing_an_undo_brings_everything_back(world: World):
    changed(world)
    world.sync(full=True)
    written = state(world)
    undo(world)
    assert undo(world) == {"inserted": 1, "modified": 1, "coupled": 1}
    now = state(world)
    assert now["rows"] == written["rows"]
    assert now["couplings"] == written["couplings"]
    assert world.bench.status()["held"][0] == 0
    assert world.planned(full=True) == {"touched": 3}


def test_an_undone_undo_can_be_undone_again(world: World):
    changed(world)
    before = state(world)
    world.sync(full=True)
    undo(world)
    undo(world)
    undo(world)
    assert state(world) == before
    assert world.bench.status()["held"][0] == 2


def test_an_undo_undone_lets_new_records_flow_again(world: World):
    changed(world)
    world.sync(full=True)
    flows = "select only_coupled from mapping_state"
    assert world.ask(flows).item() is False
    undo(world)
    assert world.ask(flows).item() is None
    undo(world)
    assert world.ask(flows).item() is False


def test_undoing_a_later_full_run_leaves_what_an_earlier_one_let_flow(world: World):
    changed(world)
    world.sync(full=True)
    world.deliver("HQ", "1,Anne,12", "2,Bert,20", "3,Carl,30")
    world.load("HQ")
    world.sync(full=True)
    undo(world)
    assert world.ask("select only_coupled from mapping_state").item() is False


def test_a_coupling_job_is_undone_where_nobody_went_on_from_it(world: World):
    world.deliver("HQ", "1,Anne,10", "2,Bert,20")
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load()
    world.bench.couple("THING")
    world.bench.sync("THING", force=True)
    assert undo(world, 1) == {"uncoupled": 1}
    assert world.couplings()["integration_id"].to_list() == ["1"]
    assert world.planned(full=True) == {"touched": 1, "not-coupled-yet": 1}
    world.bench.couple("THING")
    assert world.couplings().height == 2


def test_a_coupling_that_was_undone_comes_back_when_that_is_undone(world: World):
    world.in_step("1,Anna,10")
    before = world.couplings().to_dicts()
    assert undo(world) == {"uncoupled": 1}
    assert world.couplings().is_empty()
    assert undo(world) == {"coupled": 1}
    assert world.couplings().to_dicts() == before


def test_an_agreement_that_was_only_noted_can_be_undone(world: World):
    world.deliver("HQ", "1,Anna,10", "2,Bert,20")
    world.deliver("DE", "1,Ann,10", "2,Bert,20")
    world.load()
    world.bench.couple("THING")
    before = world.couplings().to_dicts()
    world.deliver("DE", "1,Anna,10", "2,Bert,20")
    world.load("DE")
    assert world.sync() == {"unchanged": 2}
    assert undo(world) == {"unchanged": 1}
    assert world.couplings().to_dicts() == before


def test_undo_holds_although_a_later_run_looked_at_the_record(world: World):
    """Saved without a change, noted by another job: the first one can still be taken back."""
    times = "No.,Name,Limit,SystemModifiedAt"
    world.in_step("1,Anna,10,2026-01-01", header=times)
    world.deliver("HQ", "1,Anne,10,2026-03-01T11:00", header=times)
    world.load("HQ")
    world.sync()
    job = world.last_job()
    world.deliver("HQ", "1,Anne,10,2026-03-02T11:00", header=times)
    world.load("HQ")
    world.sync()
    assert undo(world, job) == {"modified": 1}
    assert world.planned(full=True) == {"undone": 1}


def test_a_job_nobody_knows_or_that_changed_nothing_cannot_be_undone(world: World):
    world.in_step("1,Anna,10")
    world.sync(full=True)
    with pytest.raises(UnknownName, match="no job '77'"):
        world.bench.undo(77)
    with pytest.raises(UsageError, match="changed nothing"):
        world.bench.undo(2)


def test_undo_is_a_plan_that_can_be_read_first(world: World):
    changed(world)
    world.sync(full=True)
    plan = world.bench.undo_plan(world.last_job())
    assert dict(plan.counts.select("action", "records").rows()) == {"delete": 1, "modify": 1}
    assert plan.kind == "undo"
    cells = plan.cells.filter(source_id="1").sort("field")
    assert cells.select("field", "source", "destination").rows() == [
        ("Limit", "10", "11"),
        ("Name", "Anna", "Anne"),
    ]
    assert world.rows()[0][1] == "Anne"
    assert world.bench.undo_plan(world.last_job()).plan_id == plan.plan_id
