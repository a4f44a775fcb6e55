"""What a run makes of its entry, and which entry is next: the rules as tables."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.queue import (
    LONG_WAIT,
    after_failure,
    after_success,
    choose,
    is_idle,
    rerun_delay,
)
from mdsync_nb.model import EntryKind, EntryStatus, Schedule

NOW = datetime(2026, 3, 2, 2)
EVERY_30 = Schedule(minutes_between_runs=30, inactivity_timeout=720, max_attempts=3)


@pytest.mark.parametrize(
    ("counts", "idle"),
    [
        ({"unchanged": 9}, True),
        ({"skipped": 1, "coupled": 2, "uncoupled": 3}, True),
        ({"waiting": 4}, True),
        ({}, True),
        ({"inserted": 1}, False),
        ({"modified": 1, "unchanged": 9}, False),
        ({"deleted": 1}, False),
        ({"failed": 1}, False),
        (None, False),
    ],
)
def test_a_run_is_idle_when_its_jobs_wrote_nothing_and_nothing_failed(counts, idle):
    assert is_idle(counts) is idle


@pytest.mark.parametrize(
    ("kind", "idle", "timeout", "status", "minutes"),
    [
        ("recurring", False, 720, "ready", 30),
        ("recurring", True, 720, "on hold with inactivity timeout", 720),
        ("recurring", True, 3, "on hold with inactivity timeout", 5),
        ("recurring", True, 0, "on hold with inactivity timeout", None),
        ("once", False, 720, "finished", None),
        ("once", True, 720, "finished", None),
    ],
)
def test_after_a_run_that_came_to_its_end(kind, idle, timeout, status, minutes):
    schedule = EVERY_30.model_copy(update={"inactivity_timeout": timeout})
    found = after_success(EntryKind(kind), schedule, idle=idle, now=NOW)
    start = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert found == (status, start, 0)


@pytest.mark.parametrize(
    ("before", "soon", "status", "wait"),
    [
        (0, True, "ready", timedelta(seconds=30, milliseconds=10)),
        (1, True, "ready", timedelta(seconds=30, milliseconds=100)),
        (1, False, "ready", timedelta(minutes=30)),
        (2, True, "error", None),
        (2, False, "error", None),
    ],
)
def test_after_a_run_that_failed(before, soon, status, wait):
    found = after_failure(EVERY_30, attempts=before, soon=soon, now=NOW)
    assert found == (status, None if wait is None else NOW + wait, before + 1)


@pytest.mark.parametrize(
    ("attempt", "wait"),
    [
        (1, timedelta(seconds=30.01)),
        (3, timedelta(seconds=31)),
        (5, timedelta(seconds=130)),
        (7, timedelta(seconds=10_030)),
        (8, LONG_WAIT),
        (500, LONG_WAIT),
    ],
)
def test_each_attempt_waits_longer_until_six_hours(attempt, wait):
    assert rerun_delay(Schedule(rerun_delay=30), attempt) == wait


def entries(*rows):
    """Entries, each as mapping, status, minutes until its start (None: not by itself), category."""
    found = []
    for number, (mapping, status, minutes, *category) in enumerate(rows, 1):
        start = None if minutes is None else NOW + timedelta(minutes=minutes)
        found.append(
            {"entry_id": number, "mapping": mapping, "status": status, "earliest_start": start,
             "category": category[0] if category else ""}
        )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("rows", "chosen", "waiting"),
    [
        ([("A", "ready", 0)], 1, []),
        ([("A", "ready", 1)], None, []),
        ([("A", "waiting", -5)], 1, []),
        ([("A", "on hold with inactivity timeout", -1)], 1, []),
        ([("A", "on hold with inactivity timeout", None)], None, []),
        ([("A", "on hold", -1)], None, []),
        ([("A", "error", -1)], None, []),
        ([("A", "finished", -1)], None, []),
        ([("off", "ready", -1)], None, []),
        ([(None, "ready", -1)], 1, []),
        ([("B", "ready", -9), ("A", "ready", -1)], 2, []),
        ([(None, "ready", -9), ("A", "ready", -1)], 2, []),
        ([("A", "in process", -9), ("A", "ready", -1)], None, [2]),
        ([("A", "in process", -9), ("B", "ready", -1)], None, [2]),
        ([("B", "in process", -9), ("A", "ready", -1)], 2, []),
        ([("A", "in process", -9, "x"), ("C", "ready", -1, "x")], None, [2]),
        ([("A", "in process", -9, "x"), ("C", "ready", -1, "y")], 2, []),
        ([("A", "in process", -9, "x"), (None, "ready", -1, "x"), ("C", "ready", -1)], 3, [2]),
        ([(None, "in process", -9), (None, "ready", -1)], 2, []),
    ],
)
def test_which_entry_is_next_where_b_needs_a(rows, chosen, waiting):
    found = choose(entries(*rows), ["A", "B", "C"], {"B": ["A"]}, now=NOW)
    assert found == (chosen, waiting)


ROW = st.tuples(
    st.sampled_from(["A", "B", "C", None, "off"]),
    st.sampled_from([one.value for one in EntryStatus]),
    st.none() | st.integers(-60, 60),
    st.sampled_from(["", "x", "y"]),
)


@given(st.lists(ROW, max_size=8))
def test_what_is_next_never_meets_its_own_mapping_or_category_in_process(rows):
    known = entries(*rows)
    chosen, waiting = choose(known, ["A", "B", "C"], {"B": ["A"]}, now=NOW)
    running = [one for one in known if one["status"] == "in process"]
    assert chosen not in waiting
    for one in known:
        if one["entry_id"] == chosen:
            assert one["earliest_start"] <= NOW
            for other in running:
                assert one["mapping"] is None or other["mapping"] != one["mapping"]
                assert not one["category"] or other["category"] != one["category"]
