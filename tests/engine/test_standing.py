"""How tables stand: what changed since they were read, what waits, what their last job did."""

from __future__ import annotations

from typing import Any

import pytest

from mdsync_nb import frames
from mdsync_nb.errors import CouldNotRun, UnknownName

BOTH_WAYS = {
    "CUSTOMER": {
        "table": "Customer",
        "match": ["No."],
        "direction": "bidirectional",
        "fields": {"Name": {"integration": "Name", "direction": "bidirectional"}},
    }
}
BY_NUMBER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


def stands(t: Any, *names: str) -> tuple[Any, ...]:
    found = t.bench.tables()
    assert dict(found.schema) == frames.TABLES
    return found.select(names).row(0)


def test_a_table_is_behind_until_a_run_has_read_its_changes(twins: Any) -> None:
    t = twins(BY_NUMBER)
    assert stands(t, "state", "rows_there", "outcome") == ("not loaded", None, None)
    t.both("A", "B", "C", name="Anna")
    t.couple()
    assert stands(t, "state", "from_there", "waits") == ("never run", None, None)
    assert stands(t, "coupled", "outcome", "last_kind") == (3, "3 coupled", "coupling")
    t.sync()
    assert stands(t, "state", "from_there", "from_here", "waits") == ("in step", 0, None, 0)
    t.hq.put("A", name="Berta")
    t.hq.put("B", name="Theirs")
    t.sub.put("B", name="Ours")
    t.load()
    assert stands(t, "state", "from_there", "from_here", "waits") == ("behind", 2, None, 0)
    t.sync()
    assert stands(t, "state", "from_there", "waits", "outcome") == (
        "in step", 0, 1, "1 changed, 1 failed",
    )  # fmt: skip


def test_what_its_own_jobs_wrote_is_no_change_to_a_table_that_flows_both_ways(twins: Any) -> None:
    t = twins(BOTH_WAYS, link={"kind": "dataverse"})
    t.both("A", "B", name="Anna")
    t.couple()
    t.sync()
    t.hq.put("A", name="Berta")
    t.sub.put("B", name="Clara")
    t.load()
    assert stands(t, "state", "from_there", "from_here") == ("behind", 1, 1)
    assert t.sync()["modified"] == 2
    assert stands(t, "state", "from_there", "from_here") == ("in step", 0, 0)
    assert stands(t, "outcome") == ("2 changed",)


def test_what_is_off_or_on_hold_is_said_before_anything_else(twins: Any) -> None:
    t = twins(BY_NUMBER)
    t.both("A", name="Anna")
    t.couple()
    t.bench.generate_entries()
    t.bench.hold_entries()
    assert stands(t, "state", "entry") == ("on hold", "on hold")
    t.open(CUSTOMER={"enabled": False})
    assert stands(t, "state", "enabled") == ("off", False)
    with pytest.raises(UnknownName):
        t.bench.tables("VENDOR")


def test_what_a_coupling_left_is_undecided_and_did_not_fail(twins: Any) -> None:
    t = twins(BY_NUMBER | {"CUSTOMER": {"table": "Customer", "match": ["Name"]}})
    t.both("A", "B", name="Anna")
    t.both("C", name="Clara")
    t.couple()
    assert stands(t, "coupled", "outcome") == (1, "1 coupled, 2 undecided")


def test_a_plan_that_was_finished_at_the_second_try_stopped_nothing(
    twins: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    t = twins(BY_NUMBER)
    t.both("A", name="Anna")
    t.couple()
    t.sync()
    t.hq.put("A", name="Berta")
    t.load()
    plan = t.bench.plan().plan_id

    def is_full(*_: object, **__: object) -> None:
        raise CouldNotRun("The disk is full.", hint="Make room.")

    with monkeypatch.context() as full:
        full.setattr("mdsync_nb.engine.company_files.write_change_set", is_full)
        with pytest.raises(CouldNotRun):
            t.bench.apply(plan)
    assert stands(t, "state", "outcome") == ("in error", "Stopped. The disk is full.")
    t.applied(plan)
    assert stands(t, "state", "outcome") == ("in step", "1 changed")
