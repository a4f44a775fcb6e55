"""The demo's 25 customers that changed on both sides: rehearsed, then merged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def merging(demo_copy: Path) -> Path:
    """The demo, with customers merged."""
    settings = demo_copy / "mdsync.yaml"
    said = settings.read_text("utf-8")
    assert said.count("  CUSTOMER:\n    match: [No.]\n") == 1
    merged = said.replace(
        "  CUSTOMER:\n    match: [No.]\n",
        "  CUSTOMER:\n    match: [No.]\n    update_conflict: merge\n",
    )
    settings.write_text(merged, "utf-8")
    return demo_copy


def test_a_merge_settles_24_of_the_25_and_loses_nothing(demo: Path, mdsync_json: Any) -> None:
    found, code = mdsync_json("rehearse", folder=demo)
    told = {one["policy"]: one for one in found["rehearsal"]}
    assert code == 0
    assert [one for one in told if told[one]["in_force"]] == ["none"]
    assert {(one["true"], one["timestamp"]) for one in told.values()} == {(1, 24)}
    counts = ("settled_true", "settled_timestamp", "left", "written", "lost_here", "lost_there")
    assert {name: tuple(one[count] for count in counts) for name, one in told.items()} == {
        "none": (0, 0, 25, 0, 0, 0),
        "send_update_to_integration": (1, 24, 0, 0, 0, 26),
        "get_update_from_integration": (1, 24, 0, 25, 26, 0),
        "merge": (0, 24, 1, 24, 0, 0),
    }


def test_the_values_that_would_be_lost_are_named_and_masked_ones_are_not(
    demo_copy: Path, mdsync: Any, mdsync_json: Any
) -> None:
    found, _ = mdsync_json("rehearse", "NORDIC/CUSTOMER", "--values", folder=demo_copy)
    one = [row for row in found["values"] if row["key"] == "10250" and row["lost"] == "here"]
    limit = next(row for row in one if row["field"] == "Credit Limit (LCY)")
    assert (limit["base"], limit["source"], limit["destination"]) == ("100000", "250000", "50000")
    settings = demo_copy / "mdsync.yaml"
    text = settings.read_text("utf-8").replace("mask: []", "mask: [Credit Limit (LCY)]")
    settings.write_text(text, "utf-8")
    told = mdsync("rehearse", "NORDIC/CUSTOMER", "--values", folder=demo_copy).stdout
    assert "250000" not in told
    assert "•••" in told


def test_people_read_what_each_word_settles_or_that_there_is_nothing(
    demo: Path, mdsync: Any
) -> None:
    told = mdsync("rehearse", "NORDIC/CUSTOMER", folder=demo)
    assert told.exit_code == 0
    line = next(one for one in told.stdout.splitlines() if " merge " in one)
    assert " ".join(line.split()) == "NORDIC/CUSTOMER merge no 1 0 24 24 1 24 0 0"
    nothing = mdsync("rehearse", "NORDIC/ITEM", folder=demo).stdout
    assert nothing == "No record was changed on both sides since the two agreed.\n"
    assert mdsync("rehearse", "NORDIC/ITEM", "--values", folder=demo).stdout == (
        "No value would be lost.\n"
    )


def test_what_was_rehearsed_is_planned_and_leaves_one_conflict(
    merging: Path, mdsync: Any, mdsync_json: Any
) -> None:
    shown = mdsync("plan", "NORDIC/CUSTOMER", folder=merging).stdout
    assert "First of 24 values kept: changed only here" in shown
    made, _ = mdsync_json("plan", "NORDIC/CUSTOMER", folder=merging)
    rules = {one["rule"]: one["records"] for one in made["counts"]}
    assert (rules["merged"], rules["local-change"]) == (24, 1)
    compared, _ = mdsync_json("compare", "NORDIC/CUSTOMER", folder=merging)
    assert (compared["true_conflicts"], compared["timestamp_only"]) == (1, 0)
    _, code = mdsync_json("apply", made["plan_id"], "--yes", folder=merging)
    assert code == 3
    after, _ = mdsync_json("plan", "NORDIC/CUSTOMER", folder=merging)
    assert after["writes"] == 0
