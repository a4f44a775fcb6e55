"""Conformance: what the synchronization of master data does otherwise."""

import polars as pl
import pytest

from .holding import holding
from .pairs import FROM

PROTECTED = "modified here since the last synchronization"


def changed_on_both_sides(pairs, fields=None, **said):
    """A pair that agreed; then the record here and the one there get different names."""
    p = holding(pairs, fields, **said)
    p.synced("A", Name="Agreed")
    p.local.put("Client", "A", Name="Ours")
    p.int.put("Client", "A", Name="Theirs")
    p.load()
    return p


def failing(pairs, times):
    """A pair that fails so many times in a row, because it was changed here."""
    p = changed_on_both_sides(pairs)
    return p, [p.run()["from"] for _ in range(times)]


@pytest.mark.case("MD-002")
def test_a_field_whose_local_change_may_be_overwritten_gets_the_source_s_value(pairs):
    p = changed_on_both_sides(pairs, {"Name": {"overwrite_local_change": True}})
    assert p.run() == {"from": {"modified": 1}}
    assert p.held("LOCAL") == ["Theirs"]


@pytest.mark.case("MD-003")
def test_a_table_whose_local_changes_may_be_overwritten_gets_the_source_s_values(pairs):
    p = changed_on_both_sides(pairs, overwrite_local_change=True)
    assert p.run() == {"from": {"modified": 1}}
    assert p.held("LOCAL") == ["Theirs"]


@pytest.mark.case("MD-004")
def test_a_blank_primary_contact_of_the_source_blanks_nothing(pairs):
    p = holding(pairs)
    p.synced("A", **{"Primary Contact No.": "CT1"})
    p.int.put("Client", "A", Name="Edited", **{"Primary Contact No.": ""})
    p.load()
    assert p.run() == {"from": {"modified": 1}}
    assert p.held("LOCAL", "Primary Contact No.") == ["CT1"]
    assert p.held("LOCAL") == ["Edited"]


@pytest.mark.case("MD-005")
def test_a_record_renamed_at_the_source_is_renamed_here_and_gets_its_other_changes(pairs):
    p = holding(pairs)
    p.synced("A")
    p.int.put("Client", "A", No="B", City="Ulm")
    p.load()
    assert p.run() == {"from": {"modified": 1}}
    assert (p.held("LOCAL", "No"), p.held("LOCAL", "City")) == (["B"], ["Ulm"])


def changed(p):
    """Whether a run over all records takes each as changed, by key; nothing is written."""
    rules = p.bench.plan(records=["A"]).decisions["rule"].to_list()
    return rules not in ([], ["nothing-changed"])


@pytest.mark.case("MD-006")
def test_a_record_is_changed_when_the_source_was_modified_after_the_last_synchronization(pairs):
    p = holding(pairs)
    p.synced("A")
    assert not changed(p)
    p.int.put("Client", "A", Name="Edited")
    p.load()
    assert changed(p)


@pytest.mark.case("MD-006")
def test_a_record_that_failed_last_is_changed_until_it_is_set_aside(pairs):
    p = changed_on_both_sides(pairs)
    for failures in (1, 2):
        p.run()
        assert p.coupling()["failures"] == failures
        assert p.bench.plan().decisions["rule"].to_list() == ["local-change"]
    p.run()
    assert p.bench.plan().decisions["rule"].to_list() == []
    assert p.bench.plan(records=["A"]).decisions["rule"].to_list() == ["skipped-flag"]


@pytest.mark.case("MD-007")
def test_a_record_named_by_its_id_is_created_and_coupled(pairs):
    p = holding(pairs, only_coupled=False)
    p.synced("A")
    p.int.put("Client", "NEW", Name="New")
    p.load()
    assert p.run(records=[p.int.id("NEW", "Client")]) == {"from": {"inserted": 1}}
    assert p.held("LOCAL", "No") == ["A", "NEW"]
    assert p.coupling("NEW")["integration_id"] == p.int.id("NEW", "Client")


@pytest.mark.case("MD-009")
def test_records_after_the_watermark_are_something_to_do(pairs):
    p = holding(pairs)
    p.synced("A")
    p.run()
    assert p.bench.plan().decisions.is_empty()
    p.int.put("Client", "A", Name="Edited")
    p.load()
    assert p.bench.plan().decisions["action"].to_list() == ["modify"]


@pytest.mark.case("MD-011")
def test_the_third_failure_in_a_row_sets_a_pair_aside(pairs):
    p, counted = failing(pairs, 3)
    assert counted == [{"failed": 1}, {"failed": 1}, {"skipped": 1}]
    assert (p.coupling()["skipped"], p.coupling()["failures"]) == (True, 3)
    assert PROTECTED in p.bench.errors()["message"][0]


@pytest.mark.case("MD-012")
def test_two_failures_do_not_set_a_pair_aside(pairs):
    p, counted = failing(pairs, 2)
    assert counted == [{"failed": 1}, {"failed": 1}]
    assert (p.coupling()["skipped"], p.coupling()["failures"]) == (False, 2)


@pytest.mark.case("MD-015")
def test_a_pair_that_gets_another_local_record_starts_afresh(pairs):
    p, _ = failing(pairs, 3)
    p.local.put("Client", "OTHER", Name="Agreed")
    p.load()
    p.bench.uncouple("CLIENT", records=["A"])
    pair = {"integration_id": p.int.id("A", "Client"), "local_id": p.local.id("OTHER", "Client")}
    p.bench.couple("CLIENT", pairs=pl.DataFrame([pair]))
    now = p.coupling("OTHER")
    assert now["integration_id"] == p.int.id("A", "Client")
    assert (now["skipped"], now["failures"]) == (False, 0)


@pytest.mark.case("MD-024")
def test_a_full_synchronization_lets_new_records_flow_from_then_on(pairs):
    p = holding(pairs, only_coupled=True)
    p.int.put("Client", "A", Name="Anna")
    p.load()
    assert p.run() == {"from": {}}
    p.start()
    assert p.state()["only_coupled"] is False
    p.int.put("Client", "B", Name="Berta")
    p.load()
    assert p.run() == {"from": {"inserted": 1}}
    assert p.held("LOCAL") == ["Anna", "Berta"]
    assert p.bench.jobs()["direction"].unique().to_list() == [FROM]
