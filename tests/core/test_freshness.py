"""How fresh a mapping is, by its newest change, how far it was read, and its schedule."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.core.freshness import freshness

NOW = datetime(2026, 3, 10, 12)

CASES = """
    newest | read | ran  | minutes | inactivity | state      | behind
    -      | -    | -    | -       | -          | not loaded | -
    10     | -    | -    | 30      | 720        | never run  | -
    60     | 60   | 50   | 30      | 720        | in step    | -
    60     | 59   | 50   | -       | -          | in step    | -
    60     | 90   | 50   | 30      | 720        | behind     | 60
    60     | -    | 50   | 30      | 720        | in step    | -
    60     | -    | 90   | 30      | 720        | behind     | 60
    720    | 900  | 10   | 30      | 720        | behind     | 720
    721    | 900  | 10   | 30      | 720        | late       | 721
    31     | 900  | 10   | 30      | -          | late       | 31
    9999   | 9999 | 1    | -       | -          | in step    | -
    9998   | 9999 | 1    | -       | -          | behind     | 9998
    -5     | 10   | 10   | 30      | 720        | behind     | 0
"""
"""Minutes before now: of the newest change, of how far was read, of the last run."""

ROWS = [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()]


def number(cell: str) -> int | None:
    return None if cell == "-" else int(cell)


def before(cell: str) -> datetime | None:
    return None if cell == "-" else NOW - timedelta(minutes=int(cell))


@pytest.mark.parametrize("row", ROWS[1:], ids=" ".join)
def test_a_change_that_was_not_read_is_behind_and_late_once_the_schedule_is_over(row: list[str]):
    case = dict(zip(ROWS[0], row, strict=True))
    schema = {k: v for k, v in frames.FRESHNESS.items() if k not in ("behind", "state")}
    known = {
        "mapping": "DE/CUSTOMER",
        "newest": before(case["newest"]),
        "read_up_to": before(case["read"]),
        "last_run_at": before(case["ran"]),
        "minutes": number(case["minutes"]),
        "inactivity": number(case["inactivity"]),
    }
    found = freshness(pl.DataFrame([known], schema=schema), now=NOW).to_dicts()[0]
    assert (found["state"], found["behind"]) == (case["state"], number(case["behind"]))
