"""Any record is explained: why it is what it is, what the next run does, what a person can do."""

import pytest

from mdsync_nb.errors import UnknownName

BY_NUMBER = {"CUSTOMER": {"table": "Customer", "match": ["No."], "filter": {"Blocked": ""}}}


@pytest.fixture
def lived(twins):
    """Two companies after a first synchronization, and what happened to their records since."""
    t = twins(BY_NUMBER)
    t.both("SAME", "CHANGED", "CHANGED HERE", "SKIPPED", "BLOCKED", "GONE HQ", "GONE SUB", name="A")
    t.couple()
    t.sync()
    t.hq.put("NEVER COUPLED", name="New")
    t.load()
    t.sync()
    t.bench.sql("select 1")
    t.hq.put("CHANGED", name="Anna")
    t.both("CHANGED HERE", city="Ulm")
    t.sub.put("CHANGED HERE", name="Ours")
    t.hq.put("CHANGED HERE", name="Theirs")
    t.hq.put("BLOCKED", blocked="All")
    t.hq.drop("GONE HQ")
    t.sub.drop("GONE SUB")
    t.hq.touch("GONE SUB")
    t.sub.put("ONLY HERE", name="Ours")
    t.hq.put("BAD", limit="much")
    t.load()
    return t


@pytest.mark.parametrize(
    ("record", "rule", "next_run", "step"),
    [
        (
            "SAME",
            "nothing-changed",
            "nothing of it changed there, and the mapping has read up to",
            "",
        ),
        ("CHANGED", "changed", "looks at it and writes what differs", ""),
        ("CHANGED HERE", "local-change", "looks at it and fails with it", "One decision each"),
        ("BLOCKED", "left-filter", "looks at it and leaves it as it is", "Widen the filter"),
        ("GONE HQ", "orphan", "looks at it and leaves it as it is", "Block the record here"),
        (
            "GONE SUB",
            "coupled-to-deleted",
            "looks at it and fails with it",
            "`deletion_conflict: restore_records`",
        ),
        ("NEVER COUPLED", "only-coupled", "it is not coupled, and the mapping has read up to", ""),
        ("ONLY HERE", "only-here", "the source has no such record", ""),
    ],
)
def test_a_record_is_explained_with_its_next_run_and_a_step(lived, record, rule, next_run, step):
    told = lived.bench.explain("SUB/CUSTOMER", record)
    assert told.rule == rule
    assert next_run in told.next_run
    assert told.step.startswith(step)
    assert bool(told.step) == bool(step)
    last = told.gates.row(-1, named=True)
    assert (last["rule"], last["holds"], last["decides"]) == (rule, True, True)
    assert told.gates["because"].str.len_chars().min() > 0
    assert told.gates.head(-1).filter("decides").is_empty()


def test_a_row_that_was_set_aside_is_explained_by_where_it_stands(lived):
    told = lived.bench.explain("SUB/CUSTOMER", "BAD")
    assert told.rule == "set-aside"
    for part in ("HQ", "Customer.csv", "Credit Limit (LCY)", "'much'"):
        assert part in told.verdict
    assert told.step == "Correct the row at HQ, export it again, and load."


def test_a_record_nobody_delivered_is_not_explained(lived):
    with pytest.raises(UnknownName, match="NOBODY"):
        lived.bench.explain("SUB/CUSTOMER", "NOBODY")


def test_a_record_set_aside_after_failures_waits_for_its_release(lived):
    for _ in range(3):
        lived.sync()
    told = lived.bench.explain("SUB/CUSTOMER", "CHANGED HERE")
    assert (told.rule, told.action) == ("skipped-flag", "skip")
    assert told.history["outcome"].to_list()[-3:] == ["fail", "fail", "skip"]
    lived.bench.retry("SUB/CUSTOMER")
    assert lived.bench.explain("SUB/CUSTOMER", "CHANGED HERE").rule == "local-change"


def test_a_run_by_hand_is_not_the_jobs_and_the_other_side_moved_since(twins):
    """The product shows a later modified date and does nothing: the record moved on its other side."""
    t = twins(BY_NUMBER)
    t.both("A", name="A")
    t.couple()
    t.sync()
    t.hq.put("A", name="B")
    t.load()
    t.sync(records=["A"])
    t.take_over()
    t.load("SUB")
    told = t.bench.explain("SUB/CUSTOMER", "A")
    assert told.rule in ("nothing-changed", "touched")
    assert told.times["here modified"] > told.times["source modified"]
    assert told.times["source when last agreed"] == told.times["source modified"]
    assert "finds nothing to write" in told.next_run or "nothing of it changed" in told.next_run
