"""Entries that run notebooks: each in a process of its own, which may fail, hang or be killed."""

from __future__ import annotations

import json
from datetime import timedelta

import psutil
import pytest

from mdsync_nb.queue import child, worker

from .conftest import Nights

WAITS = "import time\ntime.sleep(600)"
DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"


def kernels() -> int:
    """The kernels that run below this process."""
    family = psutil.Process().children(recursive=True)
    return sum("ipykernel" in " ".join(one.cmdline()) for one in family if one.is_running())


def test_a_recurring_entry_runs_its_notebook_and_leaves_a_report(nights: Nights):
    nights.set_queue("minutes_between_runs: 30")
    nights.deliver("HQ", "1,Anne,10", "2,Bert,20")
    nights.later()
    (ran,) = nights.bench.run_jobs()
    assert ran.outcome.succeeded, ran.outcome
    assert (ran.counts or {})["modified"] == 1
    assert nights.rows()[0][1] == "Anne"
    (run,) = nights.bench.show_entry("THING").to_dicts()
    assert run["report"].endswith("what_changed_since_the_last_run.html")
    assert (nights.root / run["report"]).is_file()
    jobs = nights.ask("select queue_log from job where kind = 'modified'")
    assert jobs["queue_log"].to_list() == [run["log_id"]]


def test_an_entry_may_run_any_notebook_once_with_its_parameters(nights: Nights):
    nights.notebook("note_it", 'word = "blank"', "open('noted.txt', 'w').write(word)")
    entry = nights.bench.add_entry("note_it", parameters={"word": "5 > 4 & $HOME"})
    nights.bench.hold_entries("THING")
    assert nights.tick() == [""]
    assert (nights.root / "noted.txt").read_text("utf-8") == "5 > 4 & $HOME"
    (row,) = nights.bench.list_entries(str(entry)).to_dicts()
    assert (row["status"], row["kind"], row["earliest_start"]) == ("finished", "once", None)
    assert json.loads(row["parameters"]) == {"word": "5 > 4 & $HOME"}


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("raise ValueError('no such luck')", "it_stops stopped: ValueError: no such luck"),
        (DIES, "it_stops stopped: DeadKernelError: Kernel died"),
    ],
    ids=["raises", "kernel killed"],
)
def test_a_notebook_that_stops_is_an_attempt_that_failed_with_a_report(
    nights: Nights, cell: str, said: str
):
    nights.notebook("it_stops", "x = 1", cell)
    entry = nights.bench.add_entry("it_stops")
    nights.bench.hold_entries("THING")
    assert nights.tick() == [said]
    (run,) = nights.bench.show_entry(str(entry)).to_dicts()
    assert (run["status"], run["message"]) == ("error", said)
    assert "stopped before its end" in (nights.root / run["report"]).read_text("utf-8")
    (row,) = nights.bench.list_entries(str(entry)).to_dicts()
    assert (row["status"], row["attempts"]) == ("ready", 1)
    assert kernels() == 0


def test_a_notebook_that_says_nothing_for_too_long_is_ended_with_its_kernel_and_tried_again(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
):
    def with_less_patience(*words, silence: timedelta, **named):
        assert silence == timedelta(minutes=60)
        return child.run_notebook(*words, silence=timedelta(seconds=7), **named)

    monkeypatch.setattr(worker, "run_notebook", with_less_patience)
    nights.notebook("it_hangs", "x = 1", WAITS)
    entry = str(nights.bench.add_entry("it_hangs"))
    nights.bench.hold_entries("THING")
    (said,) = nights.tick()
    assert said.startswith("it_hangs said nothing for 0.1")
    assert kernels() == 0
    (run,) = nights.bench.show_entry(entry).to_dicts()
    assert (run["status"], run["message"]) == ("error", said)
    assert "`silence_timeout` gives it more time" in run["hint"]
    assert nights.bench.list_entries(entry).select("status", "attempts").rows() == [("ready", 1)]


def test_a_process_that_is_killed_leaves_no_answer_and_that_is_said(nights: Nights):
    nights.notebook("it_kills", "x = 1", "import os\nos.kill(os.getppid(), 9)\n" + WAITS)
    ended = child.run_notebook(nights.root, "it_kills", {}, log_id=1, silence=timedelta(seconds=60))
    assert ended.message == "The process of the notebook ended with -9 and no answer."
    assert kernels() == 0
