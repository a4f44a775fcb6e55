"""What the report site says of the job queue: how late a change may be, and what ran."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from mdsync_nb.queue.pace import paces

from .conftest import Nights


def rows(front: Path, name: str) -> list[dict[str, str]]:
    """A table of the site, from its file."""
    file = front.parent / "csv" / f"{name}.csv"
    return list(csv.DictReader(file.open(encoding="utf-8-sig", newline="")))


def pace(nights: Nights) -> dict[str, tuple[int, int]]:
    """How often each mapping runs by itself now."""
    return paces(nights.bench.store.queue.entries(), nights.bench.workspace)


def test_a_mapping_runs_as_often_as_its_entry_in_force_says(nights: Nights):
    name = nights.bench.list_entries()["mapping"][0]
    schedule = nights.bench.workspace.mapping(name).schedule
    assert pace(nights)[name] == (schedule.minutes_between_runs, schedule.inactivity_timeout)
    nights.set_queue('notebook: "", minutes_between_runs: 5, inactivity_timeout: 0')
    assert pace(nights)[name] == (5, 0)
    nights.bench.hold_entries(name)
    assert name not in pace(nights)


def test_the_site_says_what_is_expected_and_what_ran(nights: Nights, edited: Callable[[str], None]):
    nights.set_queue('notebook: "", minutes_between_runs: 30, inactivity_timeout: 720')
    edited("Anne")
    assert nights.tick(hours=1) == [""]
    front = nights.bench.site()
    fresh = rows(front, "front-freshness")[0]
    assert (fresh["Minutes between runs"], fresh["Inactivity timeout (minutes)"]) == ("30", "720")
    assert fresh["State"] == "in step"
    assert "30 minutes; 12 hours after an idle run" in front.read_text("utf-8")
    ran = next(row for row in rows(front, "index-runs") if row["Jobs"])
    assert ran["Outcome"] == "done"
    assert (front.parent / "jobs" / f"{ran['Jobs']}.html").is_file()
    edited("Anna")
    nights.later(hours=20)
    nights.load()
    nights.later(hours=13)
    assert rows(nights.bench.site(), "front-freshness")[0]["State"] == "late"
