"""Records are taken apart one by one or all together, and an undo couples them as they were."""

import polars as pl
import pytest

BY_NUMBER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


@pytest.fixture
def t(twins):
    found = twins(BY_NUMBER)
    found.both("A", "B", "C", name="Anna")
    found.couple()
    found.sync()
    return found


def couplings(t) -> pl.DataFrame:
    return t.bench.sql("select * from coupling order by integration_id")


def coupled(t) -> int:
    return couplings(t).height


@pytest.mark.parametrize("named", ["key", "source id", "local id"])
def test_a_record_is_named_by_its_key_or_an_id_of_either_side(t, named):
    names = {"key": "B", "source id": t.hq.id("B"), "local id": t.sub.id("B")}
    assert t.bench.uncouple("SUB/CUSTOMER", records=[names[named]])[1] == 1
    assert t.hq.id("B") not in couplings(t)["integration_id"].to_list()
    assert coupled(t) == 2


def test_a_whole_mapping_is_one_job_and_the_next_run_takes_nobody_for_another(t):
    job, many = t.bench.uncouple("SUB/CUSTOMER")
    assert many == 3
    told = t.bench.jobs().row(0, named=True)
    assert (told["job_id"], told["kind"], told["uncoupled"]) == (job, "uncoupling", 3)
    t.hq.make("A", "B", name="Berta")
    t.load()
    assert set(t.bench.plan().decisions["rule"]) == {"not-coupled-yet"}
    assert t.sync() == {"waiting": 2}
    assert set(t.held("SUB").values()) == {"Anna"}
    assert t.bench.uncouple("SUB/CUSTOMER") is None


def test_an_undo_couples_them_with_what_they_last_agreed_on(t):
    t.hq.put("A", name="Berta")
    t.sub.put("A", city="Ulm")
    t.load()
    before = couplings(t)
    cells = t.bench.compare().cells
    job, _ = t.bench.uncouple("SUB/CUSTOMER", records=["A"])
    assert t.bench.compare().cells["base"].to_list() != cells["base"].to_list()
    t.bench.undo(job)
    assert couplings(t).equals(before)
    assert t.bench.compare().cells.equals(cells)


def test_an_undo_leaves_records_alone_that_have_another_counterpart_by_now(t):
    job, _ = t.bench.uncouple("SUB/CUSTOMER", records=["A", "B"])
    t.pair("CUSTOMER", A="B")
    t.bench.undo(job)
    pairs = dict(couplings(t).select("integration_id", "local_id").rows())
    assert pairs == {t.hq.id("A"): t.sub.id("B"), t.hq.id("C"): t.sub.id("C")}


def test_a_record_is_released_by_its_key(t):
    t.hq.put("A", name="Theirs")
    t.sub.put("A", name="Ours")
    t.load()
    for _ in range(3):
        t.sync()
    assert t.bench.status()["skipped"].item() == 1
    assert t.bench.retry("SUB/CUSTOMER", records=["B"]) == 0
    assert t.bench.retry("SUB/CUSTOMER", records=["A"]) == 1
