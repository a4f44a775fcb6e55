"""A run that is killed at any step leaves everything as before or as after it, and applying the
plan again comes to the same end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mdsync_nb.errors import PlanStale

from .conftest import World


class Killed(BaseException):
    """A process that is gone, as far as the code that ran can tell."""


KILLED_AT = """
import os, sys
import mdsync_nb.{room} as room

def killed(*words, **named):
    os.kill(os.getpid(), 9)

def after(step):
    def stepped(*words, **named):
        step(*words, **named)
        os.kill(os.getpid(), 9)
    return stepped

room.{step} = {how}
from mdsync_nb.workbench import Workbench
Workbench(sys.argv[1], progress=False).apply(sys.argv[2])
"""
MOMENTS = {
    "before the files are written": ("store.applying", "ready", "killed"),
    "after the files are written": ("store.applying", "_note_patched", "killed"),
    "after the image is written": ("store.applying", "remember_changes", "killed"),
    "before the job is ended": ("store.plans", "end_job", "killed"),
    "after the job is noted": ("store.plans", "begin_job", "after(room.begin_job)"),
    "before the plan is ended": ("store.plans", "mark_applied", "killed"),
}
TWO_TABLES = """
companies:
  HQ: {folder: HQ, complete: yes, tables: {Thing: thing.csv, Part: part.csv}}
  DE: {folder: DE, complete: yes, tables: {Thing: thing.csv, Part: part.csv}}
tables:
  Thing: {key: No., fields: {No.: code(20), Name: text, Limit: decimal(2)}}
  Part: {key: No., fields: {No.: code(20), Name: text, Limit: decimal(2)}}
limits: {updates: 100%, inserts: 100%, deletes: 100%}
links:
  DE:
    local: DE
    integration: HQ
    first_sync: source_wins
    mappings:
      THING: {table: Thing, match: [No.]}
      PART: {table: Part, match: [No.], depends_on: [THING]}
"""


def kill(world: World, plan_id: str, moment: tuple[str, str, str]) -> None:
    """Apply a plan in a process that is killed at a moment."""
    room, step, how = moment
    code = KILLED_AT.format(room=room, step=step, how=how)
    done = subprocess.run([sys.executable, "-c", code, str(world.root), plan_id], check=False)
    assert done.returncode == -9


def to_apply(world: World) -> str:
    """A plan that changes, creates and leaves records."""
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Bert,20", "3,Carl,30")
    world.load("HQ")
    return world.bench.plan("THING", full=True).plan_id


def end_of(world: World) -> dict[str, object]:
    """Everything a person can see of how a plan ended."""
    job = world.bench.jobs().row(0, named=True)
    counters = ("status", "inserted", "modified", "unchanged", "stale", "failed")
    return {
        "rows": world.rows(),
        "jobs": world.bench.jobs()["kind"].to_list(),
        "job": {name: job[name] for name in counters},
        "couplings": world.couplings().select("integration_id", "local_id", "last_result").rows(),
        "pending": world.pending(),
        "file": world.file(),
        "out": world.out(),
        "plan": world.bench.read_plan(job["plan_id"]).status,
        "errors": world.bench.errors().height,
        "next": world.planned(full=True),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed there by a signal")
@pytest.mark.parametrize("write", ["change_set", "in_place"])
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_applying_again_after_a_kill_comes_to_the_same_end(
    world: World, tmp_path_factory: pytest.TempPathFactory, write: str, moment: tuple[str, str, str]
):
    untouched = World(tmp_path_factory.mktemp("untouched"))
    ends = []
    for one in (untouched, world):
        one.set(de=f", write: {write}")
        plan_id = to_apply(one)
        if one is world:
            kill(one, plan_id, moment)
            assert one.rows()[0][1] in ("Anna", "Anne")
        one.bench.apply(plan_id)
        ends.append(end_of(one))
    assert ends[1] == ends[0]


@pytest.mark.parametrize("write", ["change_set", "in_place"])
def test_a_plan_of_several_steps_goes_on_where_it_was_interrupted(
    world: World, monkeypatch: pytest.MonkeyPatch, write: str
):
    """The first step is not done again, and the change set holds what it wrote all the same."""
    world.write(TWO_TABLES.replace("folder: DE,", f"folder: DE, write: {write},"))
    for file in ("thing.csv", "part.csv"):
        world.deliver("HQ", "1,Anne,10", "2,Bert,20", file=file)
        world.deliver("DE", "1,Anna,10", file=file)
    world.load()
    for mapping in ("THING", "PART"):
        world.bench.couple(mapping)
    plan = world.bench.plan(full=True)
    fail_at(monkeypatch, "Part")
    with pytest.raises(Killed):
        world.bench.apply(plan.plan_id)
    monkeypatch.undo()
    (done,) = world.bench.apply(plan.plan_id)
    assert done.mapping == "DE/PART"
    jobs = world.bench.jobs().filter(plan_id=plan.plan_id)
    assert jobs.select("mapping", "status", "modified", "inserted", "stale").rows() == [
        ("DE/PART", "finished", 1, 1, 0),
        ("DE/THING", "finished", 1, 1, 0),
    ]
    if write == "in_place":
        assert world.file() == world.file(file="part.csv")
    else:
        assert world.out() == {
            "01_Thing_insert.csv": "No.,Name,Limit\n2,Bert,20\n",
            "01_Thing_modify.csv": "No.,Name\n1,Anne\n",
            "02_Part_insert.csv": "No.,Name,Limit\n2,Bert,20\n",
            "02_Part_modify.csv": "No.,Name\n1,Anne\n",
        }
        (note,) = (world.root / "out").rglob("README.txt")
        assert all(name in note.read_text("utf-8") for name in world.out())


def fail_at(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    """Let a run be interrupted when the files of a table are written, and the workbench is not."""
    from mdsync_nb.store import applying

    step = applying._write_files

    def interrupted(db: object, image: applying.Image, *words: object) -> None:
        step(db, image, *words)  # type: ignore[arg-type]
        if image.table == table:
            raise Killed

    monkeypatch.setattr(applying, "_write_files", interrupted)


def test_a_file_written_by_us_and_then_by_others_is_not_taken_for_ours(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.set(de=", write: in_place")
    plan_id = to_apply(world)
    fail_at(monkeypatch, "Thing")
    with pytest.raises(Killed):
        world.bench.apply(plan_id)
    monkeypatch.undo()
    theirs = world.file().replace("2,Bert", "2,Berta")
    assert "1,Anne" in theirs
    (world.root / "DE" / "thing.csv").write_text(theirs, "utf-8")
    with pytest.raises(PlanStale):
        world.bench.apply(plan_id)
    assert world.file() == theirs
    world.load("DE")
    assert world.planned(full=True) == {
        "late-unchanged": 1,
        "local-change": 1,
        "not-coupled-yet": 1,
    }


def test_a_load_that_is_interrupted_leaves_the_image_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    from mdsync_nb.store import loads

    def interrupted(*words: object) -> None:
        raise InterruptedError

    world.in_step("1,Anna,10")
    world.deliver("DE", "1,Ann,10", "2,Bert,20")
    monkeypatch.setattr(loads, "judge_pending", interrupted)
    with pytest.raises(InterruptedError):
        world.load("DE")
    monkeypatch.undo()
    assert [name for _, name, _ in world.rows()] == ["Anna"]
    assert world.bench.loads().height == 2
    assert world.load("DE")["DE"]["inserted"] == 1
