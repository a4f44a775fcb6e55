"""What a policy makes of conflicts, counted from what it decides."""

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.core.rehearsal import lost_values, rehearsed
from mdsync_nb.model import UpdateConflict

CELLS = [
    ("T", "Limit", "both"), ("T", "Name", "source"), ("T", "City", "destination"),
    ("T", "Phone", "both_same"), ("S", "Name", "source"), ("S", "City", "destination"),
    ("N", "Name", "destination"),
]  # fmt: skip


def decided(true, timestamp, *kept):
    rows = [("T", "true", true), ("S", "timestamp", timestamp), ("N", "", "modify")]
    decisions = pl.DataFrame(
        [("M", one, one, one, "changed_both", act, "r", "", label) for one, label, act in rows],
        schema=frames.DECISIONS,
        orient="row",
    )
    cells = pl.DataFrame(
        [
            ("M", one, one, field, "a", "b", "c", of, (one, field) in kept, "")
            for one, field, of in CELLS
        ],
        schema=frames.CELLS,
        orient="row",
    )
    return decisions, cells


@pytest.mark.parametrize(
    ("given", "settled", "left", "written", "lost"),
    [
        (decided("fail", "fail"), (0, 0), 2, 0, (0, 0)),
        (decided("unchanged", "unchanged"), (1, 1), 0, 0, (0, 3)),
        (decided("modify", "modify"), (1, 1), 0, 2, (3, 0)),
        (decided("fail", "modify", ("S", "City")), (0, 1), 1, 1, (0, 0)),
        (decided("wait", "modify"), (0, 1), 1, 1, (1, 0)),
        (decided("skip", "skip"), (0, 0), 2, 0, (0, 0)),
    ],
    ids=["none", "ours stays", "theirs wins", "merge", "one waits for something else", "set aside"],
)
def test_conflicts_are_settled_or_left_and_what_is_settled_may_lose_values(
    given, settled, left, written, lost
):
    (row,) = rehearsed(*given, UpdateConflict.MERGE, in_force=True).to_dicts()
    assert (row["true"], row["timestamp"]) == (1, 1)
    assert (row["settled_true"], row["settled_timestamp"]) == settled
    assert (row["left"], row["written"]) == (left, written)
    assert (row["lost_here"], row["lost_there"]) == lost
    values = lost_values(*given, UpdateConflict.MERGE)
    assert tuple(values.filter(lost=side).height for side in ("here", "there")) == lost
    assert set(values["policy"]) <= {"merge"}


def test_the_values_that_go_are_named_and_those_both_changed_alike_are_not_among_them():
    values = lost_values(*decided("modify", "unchanged"), UpdateConflict.NONE).sort("key", "field")
    assert values.select("key", "field", "lost").rows() == [
        ("S", "Name", "there"), ("T", "City", "here"), ("T", "Limit", "here"),
    ]  # fmt: skip


def test_without_a_conflict_there_is_nothing_to_rehearse():
    decisions, cells = decided("modify", "modify")
    quiet = decisions.with_columns(conflict=pl.lit(""))
    assert rehearsed(quiet, cells, UpdateConflict.MERGE, in_force=True).is_empty()
    assert lost_values(quiet, cells, UpdateConflict.MERGE).is_empty()
