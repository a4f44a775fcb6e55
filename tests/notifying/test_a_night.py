"""A night as a whole: an entry fails, somebody hears of it once, it runs again, and they hear that."""

from __future__ import annotations

import os
import sys
from datetime import UTC
from pathlib import Path

import pytest

from .conftest import Night, Server

HEARS = "import os; print(os.environ['MDSYNC_TITLE'], file=open('heard.txt', 'a'))"


def put(night: Night, company: str, text: str) -> None:
    """A company delivers a file, taken now."""
    file = Path(night.root / company / "thing.csv")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    moment = night.now.replace(tzinfo=UTC).timestamp()
    os.utime(file, (moment, moment))


def tick(night: Night) -> list[str]:
    """One tick ten minutes later; gives how each entry is after its run."""
    night.later(minutes=10)
    return [one.next.status.value for one in night.bench.run_jobs()]


@pytest.fixture
def nightly(night: Night) -> Night:
    """One entry that synchronizes, and is given up when it fails twice."""
    schedule = {"minutes_between_runs": 1, "inactivity_timeout": 5, "max_attempts": 2}
    night.more = {"queue": {**schedule, "notebook": "", "rerun_delay": 0}}
    for company in ("HQ", "DE"):
        put(night, company, "No.\nA\n")
    night.tell(command=[sys.executable, "-c", HEARS])
    night.bench.load()
    night.bench.couple("DE/THING", criteria=["No."])
    night.bench.generate_entries()
    return night


def heard(night: Night) -> list[str]:
    file = night.root / "heard.txt"
    return file.read_text("utf-8").splitlines() if file.exists() else []


def test_a_failure_is_told_once_after_the_last_attempt_and_the_recovery_once(nightly: Night):
    tick(nightly)
    assert heard(nightly) == []
    put(nightly, "HQ", "Other\nA\n")
    assert tick(nightly) == ["ready"]
    assert heard(nightly) == []
    assert tick(nightly) == ["error"]
    assert heard(nightly) == ["Failed: DE/THING"]
    assert tick(nightly) == []
    put(nightly, "HQ", "No.\nA\n")
    nightly.bench.restart_entries()
    tick(nightly)
    tick(nightly)
    assert heard(nightly) == ["Failed: DE/THING", "Runs again: DE/THING"]


def test_a_target_that_is_down_makes_no_run_fail(nightly: Night, server: Server):
    nightly.tell(webhook=server.url)
    server.statuses = [500, 200]
    put(nightly, "HQ", "Other\nA\n")
    tick(nightly)
    assert tick(nightly) == ["error"]
    assert nightly.listed("status", "attempts") == [("waiting", 1)]
    assert tick(nightly) == []
    assert nightly.listed("status", "attempts") == [("sent", 2)]


def test_what_a_worker_that_was_gone_did_not_tell_is_told_by_the_next_tick(nightly: Night):
    put(nightly, "HQ", "Other\nA\n")
    tick(nightly)
    nightly.tell()
    assert tick(nightly) == ["error"]
    nightly.tell(command=[sys.executable, "-c", HEARS])
    assert tick(nightly) == []
    assert heard(nightly) == ["Failed: DE/THING"]
