"""Which change of an entry is told, and when what did not arrive is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.core.notices import after_attempt, changed, notices, wait_after
from mdsync_nb.model import NoticeEvent

ALL = tuple(NoticeEvent)
AT = datetime(2026, 3, 1)
YES = {"yes": True, "no": False, "": None}
TOLD = """
    failing before | many before | failing | waiting | told
                   |             | no      | 0       |
                   |             | yes     | 0       | failure
                   |             |         | 0       |
    no             | no          | yes     |         | failure
    yes            | no          | yes     |         |
    yes            | no          |         |         |
    yes            | no          | no      |         | recovery
    no             | no          | no      | 50      |
    no             | no          | no      | 51      | waiting
    no             | yes         | no      | 90      |
    no             | yes         | no      | 50      |
    no             | yes         |         |         |
    yes            | no          | no      | 51      | recovery waiting
    no             | no          | yes     | 51      | failure waiting
"""


def rows(table: str) -> list[list[str]]:
    return [[one.strip() for one in line.split("|")] for line in table.strip().splitlines()[1:]]


def outcome(**how: object) -> pl.DataFrame:
    row = {"entry_id": 1, "mapping": "DE/THING", "notebook": "", "message": "", **how}
    return pl.DataFrame([row], schema=frames.ENTRY_OUTCOMES)


def state(*known: tuple[int, bool, bool]) -> pl.DataFrame:
    return pl.DataFrame(known, schema=frames.NOTICE_STATE, orient="row")


@pytest.mark.parametrize(
    ("failing_before", "many_before", "failing", "waiting", "told"), rows(TOLD)
)
def test_a_change_is_told_and_a_state_is_not(
    failing_before: str, many_before: str, failing: str, waiting: str, told: str
):
    before = [(1, YES[failing_before], YES[many_before])] if failing_before else []
    now = outcome(failing=YES[failing], waiting=int(waiting) if waiting else None)
    known = changed(state(*before), now, above=50)
    assert notices(known, ALL)["event"].to_list() == told.split()
    again = changed(frames.conform(known, frames.NOTICE_STATE), now, above=50)
    assert notices(again, ALL).is_empty()


def test_it_is_told_again_once_it_fell_below_in_between():
    known, told = state(), []
    for waiting in (60, 70, 50, 60):
        found = changed(known, outcome(waiting=waiting), above=50)
        told.append(notices(found, ALL).height)
        known = frames.conform(found, frames.NOTICE_STATE)
    assert told == [1, 0, 0, 1]


@pytest.mark.parametrize("event", ALL)
def test_only_what_somebody_wants_is_told(event: NoticeEvent):
    failed = changed(state(), outcome(failing=True, waiting=60), above=50)
    well = changed(state((1, True, False)), outcome(failing=False), above=50)
    told = [*notices(failed, [event])["event"], *notices(well, [event])["event"]]
    assert told == [event.value]


def test_several_entries_are_told_each_by_its_name():
    both = pl.concat(
        [
            outcome(failing=True, message="Why."),
            outcome(entry_id=2, mapping=None, notebook="check", failing=True),
        ]
    )
    told = notices(changed(state(), both, above=50), ALL)
    assert told["title"].to_list() == ["Failed: DE/THING", "Failed: check"]
    assert told["message"][0].endswith(" Why.")
    assert told["mapping"].to_list() == ["DE/THING", ""]


def test_texts_are_one_line_of_a_bounded_length():
    told = notices(
        changed(state(), outcome(failing=True, message="a\n\x00\x1b[1m" + "b" * 9999), above=5), ALL
    )
    assert told["message"][0].isprintable()
    assert len(told["message"][0]) == 2000


def test_each_wait_is_longer_than_the_one_before_up_to_a_limit():
    waits = [wait_after(n) for n in range(1, 8)]
    assert waits[:4] == [timedelta(minutes=n) for n in (1, 4, 16, 64)]
    assert waits == sorted(waits)
    assert wait_after(10_000) == timedelta(hours=6)


@pytest.mark.parametrize(
    ("sent", "attempts", "status", "next_at"),
    [
        (True, 1, "sent", None),
        (True, 5, "sent", None),
        (False, 1, "waiting", AT + timedelta(minutes=1)),
        (False, 4, "waiting", AT + timedelta(minutes=64)),
        (False, 5, "given up", None),
        (False, 9, "given up", None),
    ],
)
def test_what_did_not_arrive_is_tried_again_until_the_attempts_are_used_up(
    sent: bool, attempts: int, status: str, next_at: datetime | None
):
    assert after_attempt(sent=sent, attempts=attempts, most=5, at=AT) == (status, next_at)
