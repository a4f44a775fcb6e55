"""What the report site is made of: many records explained in one look, as each is by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mdsync_nb.engine import overview as overviews
from mdsync_nb.engine.overview import IDS, Overview
from mdsync_nb.engine.stepping import Run, one_way, steps

BY_NUMBER = {"CUSTOMER": {"table": "Customer", "match": ["No."], "filter": {"Blocked": ""}}}
TWO_WAY = {
    "CUSTOMER": {
        "table": "Customer",
        "match": ["No."],
        "direction": "bidirectional",
        "fields": {
            "Name": {"integration": "Name", "direction": "bidirectional"},
            "Phone No.": {"integration": "Phone No.", "direction": "to_integration"},
        },
    }
}


def seen(world: Any, **how: Any) -> Overview:
    """The overview as the site would have it now."""
    bench = world.bench
    chosen = [one_way(one) for one in bench.workspace.select()]
    with bench.store.reading() as reading:
        founds = list(steps(reading, bench.workspace, chosen, Run(candidates="all")))
        found = overviews.overview(
            reading, bench.workspace, founds, at=world.clock(), schedules=how.get("schedules", {})
        )
    with bench.store.site_lists() as lists:
        return overviews.with_lists(found, lists)


@pytest.fixture
def lived(twins: Callable[..., Any]) -> Any:
    """Two companies after a first synchronization, and records that wait for all kinds of reasons."""
    t = twins(BY_NUMBER)
    t.both("AGREES", "BOTH", "LEFT", "GONE HQ", "GONE SUB", "CHANGED", name="A")
    t.couple()
    t.sync()
    t.both("BOTH", city="Ulm")
    t.sub.put("BOTH", name="Ours")
    t.hq.put("BOTH", name="Theirs")
    t.hq.put("CHANGED", name="Anna")
    t.hq.put("LEFT", blocked="All")
    t.hq.drop("GONE HQ")
    t.sub.drop("GONE SUB")
    t.hq.touch("GONE SUB")
    t.load()
    t.sync()
    t.load()
    return t


def test_records_explained_together_are_as_each_is_by_itself(lived: Any):
    found = seen(lived)
    rules = {told.key: told.rule for told in found.explained.values()}
    assert rules == {
        "BOTH": "local-change",
        "LEFT": "left-filter",
        "GONE HQ": "orphan",
        "GONE SUB": "coupled-to-deleted",
        "CHANGED": "not-taken-over",
    }
    for told in found.explained.values():
        alone = lived.bench.explain(told.mapping, told.source_id or told.destination_id)
        for name in ("rule", "verdict", "next_run", "step", "times", "way"):
            assert getattr(told, name) == getattr(alone, name), (told.key, name)
        for name in ("gates", "cells", "history"):
            assert getattr(told, name).equals(getattr(alone, name)), (told.key, name)


def test_they_come_in_the_order_of_the_worklist(lived: Any):
    found = seen(lived)
    listed = found.comparison.worklist.select(IDS).unique(maintain_order=True)
    assert list(found.explained) == listed.rows()


def test_a_record_of_a_mapping_that_flows_both_ways_is_explained_for_both_steps(
    twins: Callable[..., Any],
):
    t = twins(TWO_WAY, link={"kind": "dataverse"})
    t.both("BOTH", "AGREES", name="A", phone="1")
    t.couple()
    t.sync()
    t.hq.put("BOTH", name="Theirs")
    t.sub.put("BOTH", name="Ours")
    t.load()
    told = next(iter(seen(t).explained.values()))
    alone = t.bench.explain("SUB/CUSTOMER", "BOTH")
    assert told.gates.equals(alone.gates)
    assert told.gates["ladder"].str.starts_with("to HQ").any()
    assert told.gates["ladder"].str.starts_with("from HQ").any()


def test_a_build_is_kept_with_its_figures_and_the_next_one_comes_after_it(lived: Any):
    first = seen(lived)
    assert first.figures["run_id"].to_list() == [1]
    assert lived.bench.store.note_site(first.figures, at=lived.clock()) == 1
    again = seen(lived)
    assert again.figures["run_id"].to_list() == [1, 2]
    row = again.figures.row(0, named=True)
    counts = {"pairs": 3, "agree": 1, "differ": 2, "waiting": 5}
    assert {name: row[name] for name in counts} == counts


def test_a_mapping_is_as_fresh_as_its_newest_change_was_read(lived: Any):
    now = seen(lived).freshness.row(0, named=True)
    assert (now["state"], now["minutes"]) == ("in step", None)
    lived.hq.put("AGREES", name="B")
    lived.load()
    lived.clock.tick(hours=13)
    late = seen(lived, schedules={"SUB/CUSTOMER": (30, 720)}).freshness.row(0, named=True)
    assert (late["state"], late["minutes"], late["inactivity"]) == ("late", 30, 720)
    assert late["behind"] > 720
