"""Whole links: switched off and on again, and given another source company."""

import pytest

from mdsync_nb.errors import UnknownName, UsageError

CUSTOMER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


def coupled(t):
    t.both("A", "B", name="Anna")
    t.couple()
    t.sync()
    return t


def test_a_link_that_is_off_is_not_run_and_keeps_its_couplings(twins):
    t = coupled(twins(CUSTOMER))
    t.bench.write_settings(t.bench.disable_link("SUB"))
    with pytest.raises(UsageError, match="switched off"):
        t.bench.plan("CUSTOMER")
    assert t.bench.plan().steps == []
    assert t.bench.status()["coupled"].to_list() == [2]
    t.bench.write_settings(t.bench.enable_link("SUB"))
    t.hq.put("A", name="Berta")
    t.load()
    assert t.sync() == {"modified": 1}


def test_a_link_that_is_on_already_needs_no_edit(twins):
    t = twins(CUSTOMER)
    assert not t.bench.enable_link("SUB").changes


def test_forgetting_a_link_takes_its_couplings_apart_and_undo_brings_them_back(twins):
    t = coupled(twins(CUSTOMER))
    (job,) = t.bench.forget_link("SUB").values()
    assert t.bench.sql("select 1 from coupling").is_empty()
    assert t.bench.sql("select 1 from mapping_state").is_empty()
    assert t.bench.jobs().row(0, named=True)["uncoupled"] == 2
    t.bench.undo(job)
    assert t.bench.status()["coupled"].to_list() == [2]


def test_forgetting_a_link_without_couplings_is_no_job(twins):
    t = twins(CUSTOMER)
    assert t.bench.forget_link("SUB") == {}
    with pytest.raises(UnknownName):
        t.bench.forget_link("NORTH")


def test_another_source_company_is_shown_as_a_diff_first(twins):
    t = coupled(twins(CUSTOMER))
    with pytest.raises(UsageError, match="is the local company"):
        t.bench.change_source("SUB", "SUB")
    with pytest.raises(UnknownName):
        t.bench.change_source("SUB", "NORTH")
    assert not t.bench.change_source("SUB", "HQ").changes
