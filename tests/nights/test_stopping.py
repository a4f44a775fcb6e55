"""A worker that is told to end, or is killed, leaves nothing running and an entry that goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from mdsync_nb.cli.ending import ended

from .conftest import Nights

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals and named pipes")

HANGS = """
import os, time
with open("begun", "w") as pipe:
    pipe.write(f"{os.getppid()} {os.getpid()}")
time.sleep(600)
"""


@contextmanager
def hanging(nights: Nights, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A worker whose notebook has begun and hangs, and the processes of the notebook."""
    nights.bench.hold_entries("THING")
    nights.notebook("it_hangs", "x = 1", HANGS)
    nights.bench.add_entry("it_hangs")
    os.mkfifo(nights.root / "begun")
    command = [sys.executable, "-m", "mdsync_nb", "run-jobs", *words, "-C", str(nights.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as worker:
        try:
            family = (nights.root / "begun").read_text("utf-8").split()
            yield worker, [int(one) for one in family]
        finally:
            worker.kill()


def gone(family: list[int]) -> bool:
    """Whether processes end, as they do a moment after whoever started them."""
    there = [psutil.Process(one) for one in family if psutil.pid_exists(one)]
    _, alive = psutil.wait_procs(there, timeout=20)
    return not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def test_a_watching_worker_that_is_told_to_end_ends_its_notebook_and_notes_it(nights: Nights):
    with hanging(nights, "--watch") as (worker, family):
        worker.terminate()
        _, said = worker.communicate(timeout=60)
        assert (worker.returncode, said) == (0, "Told to end.\n")
        assert gone(family)
    (run,) = nights.bench.show_entry("2").to_dicts()
    assert (run["status"], run["message"]) == ("lost", "The worker was told to end.")
    (row,) = nights.bench.list_entries("2").to_dicts()
    assert (row["status"], row["attempts"]) == ("ready", 0)


def test_the_notebook_of_a_worker_that_is_killed_ends_with_it(nights: Nights):
    with hanging(nights) as (worker, family):
        worker.kill()
        assert gone(family)
    (row,) = nights.bench.list_entries("2").to_dicts()
    assert row["status"] == "in process"
    nights.now = row["started_at"]
    (said,) = nights.tick(minutes=2)
    assert "was gone before it noted how the run ended" in said


def test_a_command_that_is_told_to_end_does_its_last_things_and_exits_with_143():
    done = []

    def verb() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("last things")

    before = signal.getsignal(signal.SIGTERM)
    assert ended(verb, json=False, debug=False) == 143
    assert done == ["last things"]
    assert signal.getsignal(signal.SIGTERM) is before
