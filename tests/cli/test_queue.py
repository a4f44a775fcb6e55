"""The job queue by command: what is shown, what is answered, and with which exit code."""

from __future__ import annotations

from typing import Any

import pytest

from ..nights.conftest import Nights, nights

__all__ = ["nights"]


def test_entries_are_listed_with_what_they_run_and_when(nights: Nights, mdsync: Any):
    nights.tick()
    told = mdsync("queue", "list", folder=nights.root)
    assert told.exit_code == 0
    for word in ("DE/THING", "synchronize modified", "on hold with inactivity timeout"):
        assert word in told.stdout


def test_without_an_entry_it_is_said_how_to_make_them(nights: Nights, mdsync: Any):
    assert (
        mdsync("queue", "delete", "*", "--yes", folder=nights.root).stdout == "1 entry deleted.\n"
    )
    assert "mdsync queue generate" in mdsync("queue", "list", folder=nights.root).stdout
    made = mdsync("queue", "generate", "--missing-only", folder=nights.root)
    assert made.stdout == "1 entry made.\n"


def test_an_entry_in_error_is_told_by_the_exit_code_and_restarted(nights: Nights, mdsync: Any):
    nights.set_queue('notebook: "", max_attempts: 1')
    (nights.root / "HQ" / "thing.csv").unlink()
    nights.tick()
    listed = mdsync("queue", "list", folder=nights.root)
    assert (listed.exit_code, "error" in listed.stdout) == (1, True)
    assert "there is no such file" in mdsync("queue", "show", "THING", folder=nights.root).stdout
    assert mdsync("queue", "restart", folder=nights.root).stdout == "1 entry ready again.\n"
    assert mdsync("queue", "restart", folder=nights.root).stdout == "No entry to change.\n"


@pytest.mark.parametrize(
    ("changed", "said", "code"),
    [
        ("1,Anne,10", "changed 1", 0),
        ("1,Anna,10", "as agreed", 0),
        ("x", "attempt 1 failed", 3),
    ],
)
def test_running_an_entry_says_what_it_came_to(
    nights: Nights, mdsync: Any, changed: str, said: str, code: int
):
    nights.deliver("HQ", changed, "2,Bert,20", header="No.,Name,Limit" if "," in changed else "x")
    nights.load()
    told = mdsync("queue", "run", "THING", folder=nights.root)
    assert said in told.stdout
    assert told.exit_code == code


def test_a_tick_says_each_run_or_that_nothing_is_due(nights: Nights, mdsync: Any, mdsync_json: Any):
    nights.bench.ready_entries()
    assert "DE/THING" in mdsync("run-jobs", folder=nights.root).stdout
    assert mdsync("run-jobs", folder=nights.root).stderr == "No entry is due.\n"
    assert mdsync_json("run-jobs", folder=nights.root) == ([], 0)


def test_a_notebook_is_added_with_its_time_and_parameters(nights: Nights, mdsync_json: Any):
    words = ("queue", "add", "03", "--at", "2026-03-02T05:00", "-p", "apply=yes", "--category", "n")
    found, code = mdsync_json(*words, folder=nights.root)
    assert code == 0
    (row,), _ = mdsync_json("queue", "list", found["entry_id"], folder=nights.root)
    assert row["notebook"] == "03_what_changed_since_the_last_run"
    assert (row["earliest_start"], row["category"]) == ("2026-03-02T05:00:00Z", "n")
    assert row["parameters"] == '{"apply": true}'
