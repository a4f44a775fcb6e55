"""Somebody watches long work and ends it: what is done is whole, and the rest goes on later."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from mdsync_nb import watched
from mdsync_nb.engine.company_files import CompanyFiles
from mdsync_nb.errors import PlanStale, PlanStopped, Stopped, UnknownName, UsageError

from .test_full_sync import lines, three


class Watcher:
    """Notes what it is told; ends the work once a word of it is said so often."""

    def __init__(self, word: str = "", times: int = 1, error: type[BaseException] | None = None):
        self.stop, self.said = threading.Event(), []
        self.word, self.left, self.error = word, times, error

    def told(self, what: str, done: int, total: int) -> None:
        self.said.append((what, done, total))
        self.left -= bool(self.word) and self.word in what
        if self.word and not self.left:
            if self.error:
                raise self.error
            self.stop.set()


class Asked(threading.Event):
    """Wants the work to end when it was asked for the n-th time."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left = n

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def two_steps(twins):
    """A plan of two steps: terms, and people who are created after them."""
    t = three(twins)
    t.bench.couple("SUB/TERMS")
    return t, t.bench.plan("SUB/TERMS", "SUB/PERSON", full=True).plan_id


def files(t) -> list[str]:
    return [path.name for path in sorted((t.root / "out").rglob("*.csv"))]


def test_who_watches_is_told_what_is_being_done_and_how_much_of_it_is_done(twins):
    t, watcher = three(twins), Watcher()
    with watched(watcher):
        t.bench.compare()
    assert watcher.said == [
        ("Compare, SUB/TERMS", 0, 3),
        ("Compare, SUB/PERSON", 1, 3),
        ("Compare, SUB/CUSTOMER", 2, 3),
        ("Compare", 3, 3),
    ]
    t.bench.compare()
    assert len(watcher.said) == 4


def test_of_work_that_is_part_of_other_work_the_whole_is_counted(twins):
    t, watcher = three(twins), Watcher()
    with watched(watcher):
        t.bench.start_review()
    assert ("Full synchronization, SUB/PERSON, Apply", 1, 3) in watcher.said
    assert watcher.said[-1] == ("Full synchronization", 3, 3)


def test_work_that_only_looks_ends_between_two_tables(twins):
    t = three(twins)
    with pytest.raises(Stopped) as told, watched(Watcher("SUB/PERSON")):
        t.bench.compare()
    assert str(told.value) == "Compare was stopped after 1 of 3 tables."
    assert told.value.exit_code == 130


def test_ctrl_c_is_told_how_far_work_was_and_what_stays(twins):
    t = three(twins)
    with (
        pytest.raises(KeyboardInterrupt) as told,
        watched(Watcher("HQ Payment Terms", error=KeyboardInterrupt)),
    ):
        t.bench.load("HQ")
    assert told.value.__notes__[0].startswith("Load was stopped after ")
    assert "load again to go on" in told.value.__notes__[0]


def test_a_plan_that_is_stopped_says_which_jobs_stand_and_goes_on_when_it_is_applied_again(twins):
    t, plan_id = two_steps(twins)
    with pytest.raises(PlanStopped) as told, watched(Watcher("Apply, SUB/PERSON")):
        t.bench.apply(plan_id)
    (job,) = told.value.jobs
    assert str(told.value) == (
        f"Plan {plan_id} was stopped after 1 of 2 steps; nothing else of it was written."
    )
    assert f"mdsync apply {plan_id}. To take back what was done: mdsync undo {job}" in (
        told.value.hint
    )
    row = t.bench.plans().row(0, named=True)
    assert (row["plan_id"], row["status"], row["done"], row["steps"]) == (plan_id, "stopped", 1, 2)
    assert (row["companies"], row["writes"]) == (["SUB"], 2)
    assert t.bench.store.plans.interrupted() == []
    t.load()
    assert t.bench.plans(status="stopped").height == 1
    (done,) = t.bench.apply(plan_id)
    assert done.mapping == "SUB/PERSON"
    assert t.bench.plans()["status"].to_list() == ["applied"]
    mine = t.bench.jobs().filter(plan_id=plan_id).sort("job_id")
    assert mine.select("step", "steps", "status").rows() == [
        (1, 2, "finished"), (2, 2, "finished"),
    ]  # fmt: skip


def test_a_plan_goes_on_no_more_when_a_job_of_it_was_taken_back(twins):
    t, plan_id = two_steps(twins)
    with pytest.raises(PlanStopped) as told, watched(Watcher("Apply, SUB/PERSON")):
        t.bench.apply(plan_id)
    t.bench.undo(told.value.jobs[0])
    with pytest.raises(PlanStale, match="was undone, and the rest builds on it"):
        t.bench.apply(plan_id)


@pytest.mark.parametrize("n", [2, 4])
def test_whenever_it_is_stopped_a_step_is_done_or_not_and_the_end_is_the_same(twins, n):
    t, plan_id = two_steps(twins)
    watcher = Watcher()
    watcher.stop = Asked(n)
    with pytest.raises(PlanStopped) as told, watched(watcher):
        t.bench.apply(plan_id)
    done = t.bench.jobs().filter(plan_id=plan_id, status="finished")
    assert t.bench.jobs()["message"][0] == "Stopped; nothing of it was written."
    assert sorted(done["job_id"]) == list(told.value.jobs)
    assert len(files(t)) == len(told.value.jobs)
    assert t.bench.plans()["status"][0] == ("stopped" if done.height else "planned")
    t.bench.apply(plan_id)
    assert files(t) == ["01_Payment_Terms_insert.csv", "02_Salesperson_Purchaser_insert.csv"]
    assert t.bench.plan("SUB/TERMS", "SUB/PERSON", full=True).writes == 0


def test_ctrl_c_leaves_a_plan_as_a_stop_does(twins):
    t, plan_id = two_steps(twins)
    with (
        pytest.raises(KeyboardInterrupt) as told,
        watched(Watcher("Apply, SUB/PERSON", error=KeyboardInterrupt)),
    ):
        t.bench.apply(plan_id)
    assert f"Plan {plan_id} was stopped after 1 of 2 steps" in told.value.__notes__[0]
    assert t.bench.plans()["status"].to_list() == ["stopped"]
    assert len(t.bench.apply(plan_id)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_ctrl_c_while_the_files_are_written_waits_until_the_step_is_kept(twins, monkeypatch):
    t, plan_id = two_steps(twins)
    write = CompanyFiles.write

    def interrupted(*words):
        os.kill(os.getpid(), signal.SIGINT)
        return write(*words)

    monkeypatch.setattr(CompanyFiles, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        t.bench.apply(plan_id)
    assert files(t) == ["01_Payment_Terms_insert.csv"]
    assert t.bench.plans().select("status", "done").rows() == [("stopped", 1)]


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_a_full_synchronization_that_is_stopped_keeps_its_lines_and_goes_on(twins, error):
    t = three(twins)
    with (
        pytest.raises(error or Stopped) as told,
        watched(Watcher("SUB/PERSON, Apply", error=error)),
    ):
        t.bench.start_review()
    said = str(told.value) if error is None else told.value.__notes__[-1]
    assert said.startswith("Full synchronization was stopped after 1 of 3 tables.")
    now = lines(t.bench.review(), "status")
    assert (now["TERMS"], now["CUSTOMER"]) == ("finished", "")
    assert now["PERSON"] != "finished"
    again = t.bench.start_review()
    assert set(lines(again.lines, "status").values()) == {"finished"}
    finished = t.bench.jobs().sort("job_id")
    assert finished.select("mapping", "kind").rows() == [
        ("SUB/TERMS", "coupling"), ("SUB/TERMS", "full"), ("SUB/PERSON", "full"),
        ("SUB/CUSTOMER", "full"),
    ]  # fmt: skip


def test_who_looks_on_sees_which_step_of_how_many_is_being_written(twins):
    t, plan_id = two_steps(twins)
    seen = []

    class Looks(Watcher):
        def told(self, *words: object) -> None:  # noqa: ARG002
            seen.extend(t.bench.in_process().select("step", "steps", "mapping", "status").rows())

    with watched(Looks()):
        t.bench.apply(plan_id)
    assert (1, 2, "SUB/TERMS", "in process") in seen
    assert (2, 2, "SUB/PERSON", "in process") in seen
    assert t.bench.in_process().is_empty()


def test_a_plan_nothing_was_written_of_can_be_discarded(twins):
    t, plan_id = two_steps(twins)
    other = t.bench.plan("SUB/TERMS", full=True).plan_id
    assert set(t.bench.plans("SUB/PERSON")["plan_id"]) == {plan_id}
    t.bench.discard_plan(other)
    assert t.bench.plans()["plan_id"].to_list() == [plan_id]
    with pytest.raises(UnknownName):
        t.bench.apply(other)
    (job, _) = t.bench.apply(plan_id)
    with pytest.raises(UsageError, match=f"was written, by job {job.job_id}"):
        t.bench.discard_plan(plan_id)
    with pytest.raises(UsageError, match="No plan is 'half'"):
        t.bench.plans(status="half")
