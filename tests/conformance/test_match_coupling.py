"""Conformance: coupling records by what they have in common."""

import pytest

from mdsync_nb.errors import UsageError

from .holding import holding

MAIL_THEN_PHONE = [{"field": "Mail", "priority": 1}, {"field": "Phone", "priority": 2}]


def five(p, *, phones_there):
    """Five records on either side; those here have the phones 1 to 5."""
    for n, there in enumerate(phones_there, start=1):
        p.local.put("Client", f"L{n}", Name=f"Local {n}", Phone=str(n))
        p.int.put("account", f"I{n}", Name=f"There {n}", Phone=str(there))


def coupled(p):
    """Load and couple; what the job counts, and what was made of each local record by its key."""
    p.load()
    found = p.bench.couple("CLIENT")
    (job,) = p.bench.jobs().filter(job_id=found.job).to_dicts()
    return (job["coupled"], job["failed"]), dict(found.matches.select("key", "outcome").rows())


def couplings(p):
    """The keys of coupled records: here, there."""
    return p.ask(
        """select l."No", c.integration_id from coupling c
        join LOCAL."Client" l on l._id = c.local_id order by 1"""
    ).rows()


@pytest.mark.case("MB-002")
def test_five_records_with_the_same_phones_are_five_pairs(pairs):
    p = pairs()
    five(p, phones_there=[1, 2, 3, 4, 5])
    counts, _ = coupled(p)
    assert counts == (5, 0)
    assert couplings(p) == [(f"L{n}", p.int.id(f"I{n}", "account")) for n in range(1, 6)]


@pytest.mark.case("MB-004")
def test_a_pair_that_is_coupled_already_stays_as_it_is(pairs):
    p = pairs()
    five(p, phones_there=[2, 1, 3, 4, 5])
    p.couple(L1="I1")
    before = p.coupling("L1")
    _, outcomes = coupled(p)
    assert outcomes == {
        "L1": "coupled", "L2": "taken", "L3": "match", "L4": "match", "L5": "match",
    }  # fmt: skip
    assert p.coupling("L1") == before
    assert [here for here, _ in couplings(p)] == ["L1", "L3", "L4", "L5"]


@pytest.mark.case("MB-004")
def test_of_records_that_are_named_only_those_without_a_counterpart_are_coupled(pairs):
    p = pairs()
    five(p, phones_there=[1, 2, 3, 4, 5])
    p.couple(L1="I1")
    before = p.coupling("L1")
    found = p.bench.couple("CLIENT", records=["L1", "L2", "L3"])
    assert found.counts == {"coupled": 1, "match": 2}
    assert p.coupling("L1") == before
    assert [here for here, _ in couplings(p)] == ["L1", "L2", "L3"]


@pytest.mark.case("MB-005")
def test_records_without_a_match_fail_and_the_job_says_how_many(pairs):
    p = pairs({"CLIENT": {"create_new": False}})
    five(p, phones_there=[1, 2, 33, 44, 55])
    counts, outcomes = coupled(p)
    assert counts == (2, 3)
    assert [outcomes[f"L{n}"] for n in (3, 4, 5)] == ["unmatched"] * 3
    assert p.bench.jobs()["message"][0].startswith("3 records were not coupled")


@pytest.mark.case("MB-006")
def test_a_phone_that_several_have_couples_nobody(pairs):
    p = pairs({"CLIENT": {"create_new": False}})
    five(p, phones_there=[1, 1, 1, 1, 1])
    counts, outcomes = coupled(p)
    assert counts == (0, 5)
    assert outcomes == {"L1": "ambiguous", **dict.fromkeys(("L2", "L3", "L4", "L5"), "unmatched")}
    assert couplings(p) == []


@pytest.mark.case("MB-008")
def test_coupling_without_a_synchronization_after_it_leaves_the_names(pairs):
    p = pairs({"CLIENT": {"sync_after_coupling": False, "create_new": False}})
    p.local.put("Client", "L1", Name="Here", Phone="1")
    p.int.put("account", "I1", Name="There", Phone="1")
    p.load()
    p.bench.start_review()
    (job,) = p.bench.jobs().to_dicts()
    assert (job["kind"], job["coupled"], job["failed"]) == ("coupling", 1, 0)
    assert (p.held("LOCAL"), p.held("INT")) == (["Here"], ["There"])


@pytest.mark.case("MB-009")
def test_a_record_without_the_first_criterion_is_coupled_by_the_second(pairs):
    p = pairs({"CLIENT": {"match": MAIL_THEN_PHONE}})
    p.local.put("Client", "L1", Phone="1")
    p.int.put("account", "I1", Phone="1", Mail="one@example.com")
    p.int.put("account", "I2", Phone="2", Mail="two@example.com")
    assert coupled(p) == ((1, 0), {"L1": "match"})
    assert couplings(p) == [("L1", p.int.id("I1", "account"))]


@pytest.mark.case("MB-010")
def test_what_the_first_criterion_did_not_find_the_second_does_not_find_either(pairs):
    p = pairs({"CLIENT": {"match": MAIL_THEN_PHONE, "create_new": False}})
    p.local.put("Client", "L1", Phone="1", Mail="x@example.com")
    p.int.put("account", "I1", Phone="1", Mail="other@example.com")
    assert coupled(p) == ((0, 1), {"L1": "unmatched"})
    assert couplings(p) == []


@pytest.mark.case("MB-011")
def test_a_blank_is_no_condition_and_finds_nobody(pairs):
    p = pairs({"CLIENT": {"create_new": False}})
    p.local.put("Client", "L1", Name="Anna")
    p.int.put("account", "I1", Name="Anna")
    assert coupled(p) == ((0, 1), {"L1": "unmatched"})


@pytest.mark.case("MB-013")
def test_without_criteria_nothing_is_coupled_and_the_run_says_what_is_missing(pairs):
    p = pairs({"CLIENT": {"match": []}})
    five(p, phones_there=[1, 2, 3, 4, 5])
    p.load()
    with pytest.raises(UsageError, match="You must say which fields"):
        p.bench.couple("CLIENT")
    done = p.bench.start_review()
    assert done.lines["message"].item().startswith("You must say which fields")
    assert couplings(p) == []


@pytest.mark.case("MB-014")
def test_records_without_a_match_are_created_and_coupled_where_the_mapping_says_so(pairs):
    p = pairs({"CLIENT": {"create_new": True, "sync_after_coupling": False}})
    five(p, phones_there=[1, 2, 33, 44, 55])
    p.load()
    p.bench.start_review()
    coupling, creating = p.bench.jobs().sort("job_id").to_dicts()
    assert (coupling["coupled"], coupling["failed"]) == (2, 0)
    assert (creating["direction"], creating["inserted"], creating["failed"]) == (
        "to_integration", 3, 0,
    )  # fmt: skip
    there = p.held("INT")
    assert len(there) == 8
    assert {"Local 3", "Local 4", "Local 5"} <= set(there)
    assert [here for here, _ in couplings(p)] == [f"L{n}" for n in range(1, 6)]


@pytest.mark.case("EX-016")
def test_in_master_data_a_blank_matches_the_only_blank(pairs):
    p = holding(pairs, match=["Phone"])
    p.int.put("Client", "I1", Name="Anna")
    p.local.put("Client", "L1", Name="Anna")
    p.local.put("Client", "L2", Name="Berta", Phone="2")
    assert coupled(p) == ((1, 0), {"I1": "match"})
    assert couplings(p) == [("L1", p.int.id("I1", "Client"))]
