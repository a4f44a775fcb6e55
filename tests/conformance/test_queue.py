"""Conformance: the job queue entries that run mappings by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mdsync_nb.workbench import Workbench

from .holding import holding

QUEUE = {"notebook": "", "inactivity_timeout": 5, "minutes_between_runs": 30}
INACTIVE = "on hold with inactivity timeout"
TWO = {
    "CLIENT": {"queue": QUEUE},
    "OTHER": {"table": "Item", "integration_table": "product", "queue": QUEUE},
}
FIELDS = {"Name": "text(50)", "City": "text(30)", "Phone": "text(30)", "Mail": "text(80)"}
ITEMS = {
    "Item": {"key": ["No"], "fields": {"No": "code(20)", **FIELDS}},
    "product": {"key": ["ProductId"], "fields": {"ProductId": "guid", **FIELDS}},
}


def entry(p, mapping="CLIENT"):
    """Status, attempts and the minutes until the entry of a mapping starts."""
    row = p.bench.list_entries(f"DV/{mapping}").row(0, named=True)
    start = row["earliest_start"]
    minutes = None if start is None else (start - p.clock.now) / timedelta(minutes=1)
    return row["status"], row["attempts"], minutes


def ticked(p):
    """Let everything that is due run, at a time when the entries are."""
    p.clock.tick(minutes=45)
    ran = p.bench.run_jobs()
    p._take_over()
    return ran


def in_step(pairs, **said):
    """A pair in step, and an entry that is ready."""
    p = pairs({"CLIENT": {"queue": QUEUE | said}})
    p.synced("A")
    return p


@pytest.mark.case("IN-001")
def test_a_run_with_nothing_to_do_lets_the_entry_sleep(pairs):
    p = in_step(pairs)
    (ran,) = ticked(p)
    assert not any(ran.counts[one] for one in ("inserted", "modified", "deleted", "failed"))
    assert entry(p) == (INACTIVE, 0, 5)


@pytest.mark.case("IN-003")
def test_a_run_that_wrote_lets_the_entry_be_ready(pairs):
    p = in_step(pairs)
    p.local.put("Client", "A", Name="Edited")
    p.load()
    ticked(p)
    assert entry(p) == ("ready", 0, 30)
    assert p.held("INT") == ["Edited"]


@pytest.mark.case("IN-004")
def test_only_the_entry_of_the_table_that_changed_is_woken_and_a_deletion_wakes_none(pairs):
    p = pairs(TWO, tables=ITEMS)
    p.synced("A")
    for one in ("X", "Y"):
        p.both(one, "OTHER", Name=one)
    p.couple("X", "Y", mapping="OTHER")
    p.run("OTHER")
    p.load()
    ticked(p), ticked(p)
    assert {entry(p, one)[0] for one in TWO} == {INACTIVE}
    p.open(
        CLIENT={"queue": QUEUE | {"inactivity_timeout": 720}},
        OTHER={"queue": QUEUE | {"inactivity_timeout": 720}},
    )
    ticked(p)
    asleep = entry(p)
    p.int.drop("product", "Y")
    p.load()
    assert entry(p, "OTHER")[0] == INACTIVE
    p.local.put("Item", "X", Name="Edited")
    p.load()
    status, _, minutes = entry(p, "OTHER")
    assert status == "ready"
    assert minutes <= 0.5
    assert entry(p)[0] == asleep[0]


@pytest.mark.case("MD-010")
def test_an_entry_of_master_data_that_wrote_is_ready(pairs):
    p = holding(pairs, queue=QUEUE)
    p.synced("A")
    p.int.put("Client", "A", Name="Edited")
    p.load()
    ticked(p)
    assert entry(p)[:2] == ("ready", 0)
    assert p.held("LOCAL") == ["Edited"]


@pytest.mark.case("SJ-014")
def test_a_side_that_cannot_be_read_is_an_attempt_and_counts_nothing(pairs):
    p = in_step(pairs)
    (p.int.folder / "account.csv").unlink()
    jobs = p.bench.jobs().height
    p.clock.tick(minutes=45)
    (ran,) = p.bench.run_jobs()
    assert "account.csv cannot be read" in ran.outcome.message
    assert entry(p)[:2] == ("ready", 1)
    assert (ran.counts, p.bench.jobs().height) == (None, jobs)


@pytest.mark.case("FS-012")
def test_an_entry_that_changes_leaves_the_lines_of_a_full_synchronization_as_they_are(pairs):
    p = in_step(pairs)
    p.bench.review()
    before = p.bench.review()
    p.bench.add_entry("where_do_the_companies_differ")
    p.bench.hold_entries()
    assert p.bench.review().equals(before)


@pytest.mark.case("FS-013")
@pytest.mark.parametrize("status", ["ready", "on hold"])
def test_the_entry_of_a_mapping_is_on_hold_while_its_full_synchronization_runs(pairs, status):
    seen = []

    class Watching(Workbench):
        def apply(self, plan_id, *, force=False):
            seen.append(self.list_entries()["status"].to_list())
            return super().apply(plan_id, force=force)

    p = pairs({"CLIENT": {"queue": QUEUE, "only_coupled": False}})
    p.local.put("Client", "A", Name="A")
    p.load()
    p.bench.generate_entries()
    if status == "on hold":
        p.bench.hold_entries()
    bench = Watching(p.root, clock=p.clock, progress=False)
    bench.start_review()
    assert seen == [["on hold"]]
    assert bench.list_entries()["status"].to_list() == [status]
