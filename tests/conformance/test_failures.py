"""Conformance: what failed, what is set aside, and what is put back."""

import pytest

from .buyers import FAILS, PASSES, buyers, give, sent
from .pairs import FIELDS, TO


def set_aside(pairs, *handles):
    """Customers that failed twice in the same way."""
    p = buyers(pairs, *handles)
    give(p, "EUR", *handles)
    sent(p)
    assert sent(p) == {"skipped": len(handles)}
    return p


def flagged(p):
    """The local ids of the pairs that are set aside."""
    return set(p.ask("select local_id from coupling where skipped")["local_id"])


def ids(p, *handles):
    return {p.local.id(one, "Customer") for one in handles}


@pytest.mark.case("SK-001")
def test_once_its_cause_is_gone_it_succeeds(pairs):
    p = buyers(pairs, "L1")
    give(p, "EUR", "L1")
    assert sent(p) == FAILS
    assert p.coupling("L1", "Customer")["last_integration_result"] == "failure"
    p.couple("EUR", mapping="CURRENCY")
    assert sent(p) == PASSES
    found = p.coupling("L1", "Customer")
    assert (found["last_integration_result"], found["skipped"]) == ("success", False)


@pytest.mark.case("SK-002")
def test_another_error_than_before_does_not_set_it_aside(pairs):
    p = buyers(pairs, "L1")
    give(p, "EUR", "L1")
    assert sent(p) == FAILS
    give(p, "USD", "L1")
    assert sent(p) == FAILS
    assert not flagged(p)


@pytest.mark.case("SK-003")
def test_the_same_error_twice_in_a_row_sets_it_aside(pairs):
    p = buyers(pairs, "L1")
    give(p, "EUR", "L1")
    assert sent(p) == FAILS
    assert not flagged(p)
    assert sent(p) == {"skipped": 1}
    assert flagged(p) == ids(p, "L1")


@pytest.mark.case("SK-004", "EX-006")
def test_a_forced_run_leaves_what_is_set_aside_and_says_so(pairs):
    p = set_aside(pairs, "L1")
    p.couple("EUR", mapping="CURRENCY")
    plan = p.bench.plan("CLIENT", records=["L1"], direction=TO, force=True)
    assert plan.decisions.select("action", "rule").rows() == [("skip", "skipped-flag")]
    assert "retry puts it back" in plan.decisions["message"][0]
    assert p.applied(plan)["CLIENT to"] == {"skipped": 1}
    assert p.held("INT", "TransactionCurrencyId") == [None]


@pytest.mark.case("SK-008")
def test_retry_puts_back_the_records_that_are_named(pairs):
    p = set_aside(pairs, "L1", "L2", "L3")
    assert p.bench.retry("CLIENT", records=["L1", "L2"]) == 2
    assert flagged(p) == ids(p, "L3")


@pytest.mark.case("SK-009")
def test_retry_without_a_name_puts_back_all(pairs):
    p = set_aside(pairs, "L1", "L2", "L3")
    assert p.bench.retry("CLIENT") == 3
    assert not flagged(p)


@pytest.mark.case("SK-010")
def test_what_was_put_back_succeeds_once_its_cause_is_gone(pairs):
    p = set_aside(pairs, "L1")
    p.bench.retry("CLIENT")
    p.couple("EUR", mapping="CURRENCY")
    assert sent(p) == PASSES
    found = p.coupling("L1", "Customer")
    assert (found["last_integration_result"], found["skipped"]) == ("success", False)


@pytest.mark.case("EX-013")
def test_the_same_error_in_the_other_direction_does_not_set_it_aside(pairs):
    p = pairs({"CLIENT": {"fields": {"Name": FIELDS["Name"]}}})
    p.synced("L1")
    p.local.put("Client", "L1", Name="Here")
    p.int.put("account", "L1", Name="There")
    p.load()
    assert p.run() == {"to": {"failed": 1}, "from": {"failed": 1}}
    assert p.bench.errors()["message"].n_unique() == 1
    found = p.coupling()
    assert (found["last_integration_result"], found["last_result"]) == ("failure", "failure")
    assert found["skipped"] is False


@pytest.mark.case("EX-014")
def test_what_is_not_coupled_fails_each_time_and_is_never_set_aside(pairs):
    p = buyers(pairs, "L1", only_coupled=False)
    for _ in range(3):
        give(p, "EUR", "L2")
        assert sent(p) == FAILS
    (error,) = p.bench.errors().to_dicts()
    assert (error["seen"], error["skipped"]) == (3, False)
    assert not flagged(p)


@pytest.mark.case("SK-019")
def test_cleaning_up_keeps_the_job_a_skipped_coupling_refers_to(pairs):
    p = buyers(pairs, "L1", "L2")
    give(p, "EUR", "L1")
    sent(p)
    assert sent(p) == {"skipped": 1}
    give(p, "EUR", "L2")
    assert sent(p) == FAILS
    p.couple("EUR", mapping="CURRENCY")
    assert sent(p) == PASSES
    _, unreferenced, referenced, *_ = p.bench.jobs("CLIENT")["job_id"].to_list()
    assert p.coupling("L1", "Customer")["last_integration_job"] == referenced
    p.clock.tick(days=8)
    p.bench.clean_up(older_than="7d")
    left = p.bench.jobs("CLIENT")["job_id"].to_list()
    errors = p.ask("select job_id from job_error")["job_id"].to_list()
    assert unreferenced not in {*left, *errors}
    assert referenced in left
