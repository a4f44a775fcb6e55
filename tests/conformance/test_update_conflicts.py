"""Conformance: both sides changed since the last success."""

from datetime import timedelta

import pytest

from .pairs import FROM, TABLES, TO

SENDS, GETS = "send_update_to_integration", "get_update_from_integration"


def both_edited(pairs, here, there, policy="none"):
    """A synchronized pair, then edited on both sides."""
    p = pairs({"CLIENT": {"update_conflict": policy}})
    p.synced("L1")
    p.local.put("Client", "L1", **here)
    p.int.put("account", "L1", **there)
    p.load()
    return p


def same_field(pairs, policy="none"):
    return both_edited(pairs, {"Name": "Here"}, {"Name": "There"}, policy)


@pytest.mark.case("CONF-002")
def test_a_field_edited_on_both_sides_fails_coming_in(pairs):
    p = same_field(pairs)
    assert p.run(direction=FROM) == {"from": {"failed": 1}}
    assert (p.held("LOCAL"), p.held("INT")) == (["Here"], ["There"])


@pytest.mark.case("CONF-004")
def test_one_field_edited_here_and_another_there_fails_coming_in(pairs):
    p = both_edited(pairs, {"Name": "Here"}, {"City": "Rome"})
    assert p.run(direction=FROM) == {"from": {"failed": 1}}
    assert (p.held("LOCAL"), p.held("LOCAL", "City")) == (["Here"], ["Bonn"])
    assert (p.held("INT"), p.held("INT", "City")) == (["L1"], ["Rome"])


@pytest.mark.case("CONF-005")
def test_a_field_that_only_flows_there_is_overwritten_there(pairs):
    p = both_edited(pairs, {"Phone": "1"}, {"Phone": "2"})
    assert p.run(direction=TO) == {"to": {"modified": 1}}
    assert (p.held("LOCAL", "Phone"), p.held("INT", "Phone")) == (["1"], ["1"])


@pytest.mark.case("CONF-006")
def test_a_field_that_only_flows_here_is_overwritten_here(pairs):
    p = both_edited(pairs, {"Mail": "a@here"}, {"Mail": "a@there"})
    assert p.run(direction=FROM) == {"from": {"modified": 1}}
    assert (p.held("LOCAL", "Mail"), p.held("INT", "Mail")) == (["a@there"], ["a@there"])


@pytest.mark.case("CONF-007")
def test_an_unmapped_field_edited_on_both_sides_is_no_conflict(pairs):
    p = both_edited(pairs, {"Note": "here"}, {"Note": "there"})
    assert p.run(direction=TO) == {"to": {"unchanged": 1}}
    assert (p.held("LOCAL", "Note"), p.held("INT", "Note")) == (["here"], ["there"])


@pytest.mark.case("CONF-010")
def test_get_update_from_integration_writes_what_comes_in(pairs):
    p = same_field(pairs, GETS)
    assert p.run(direction=FROM) == {"from": {"modified": 1}}
    assert (p.held("LOCAL"), p.held("INT")) == (["There"], ["There"])


@pytest.mark.case("CONF-011", "CONF-012")
@pytest.mark.parametrize(("policy", "way", "job"), [(SENDS, FROM, "from"), (GETS, TO, "to")])
def test_the_side_that_loses_is_skipped_without_a_trace(pairs, policy, way, job):
    p = same_field(pairs, policy)
    before = p.coupling()
    assert p.run(direction=way) == {job: {"skipped": 1}}
    assert (p.held("LOCAL"), p.held("INT")) == (["Here"], ["There"])
    assert p.bench.errors().is_empty()
    assert p.coupling() == before
    assert before["skipped"] is False


@pytest.mark.case("CONF-013")
def test_a_conflict_is_found_once_the_values_are_known_and_nothing_is_written(pairs):
    p = both_edited(pairs, {"Name": "Here", "Phone": "1"}, {"Name": "There"})
    plan = p.bench.plan(direction=TO)
    assert plan.decisions["rule"].to_list() == ["update-conflict"]
    assert sorted(plan.cells["field"]) == ["Name", "Phone"]
    assert p.applied(plan) == {"to": {"failed": 1}}
    assert (p.held("INT"), p.held("INT", "Phone")) == (["There"], [None])


@pytest.mark.case("CONF-015")
@pytest.mark.parametrize("seconds", [0, -300, 300])
def test_conflicts_of_two_mappings_fail_both_ways_and_leave_the_times(pairs, seconds):
    p = pairs({"CLIENT": {}, "PERSON": {"table": "Person", "integration_table": "human"}},
              tables={"Person": TABLES["Client"], "human": TABLES["account"]})  # fmt: skip
    p.int.skew = timedelta(seconds=seconds)
    for mapping in ("CLIENT", "PERSON"):
        p.both("L1", mapping, Name="L1")
        p.couple("L1", mapping=mapping)
    p.run()
    p.load()
    for table, there in (("Client", "account"), ("Person", "human")):
        p.local.put(table, "L1", Name="Here")
        p.int.put(there, "L1", Name="There")
    p.load()
    states = [p.state(f"DV/{one}") for one in ("CLIENT", "PERSON")]
    times = "select local_id, local_modified_at, integration_modified_at from coupling order by 1"
    before = p.ask(times)
    failed = {"failed": 1}
    assert p.run() == {
        "CLIENT to": failed, "CLIENT from": failed, "PERSON to": failed, "PERSON from": failed
    }  # fmt: skip
    assert p.ask(times).equals(before)
    for here, there in (("Client", "account"), ("Person", "human")):
        assert (p.held("LOCAL", table=here), p.held("INT", table=there)) == (["Here"], ["There"])
    for old in states:
        new = p.state(old["mapping"])
        assert all(new[mark] >= old[mark] for mark in ("watermark", "local_watermark"))


@pytest.mark.case("EX-008")
def test_what_is_sent_leaves_the_record_there_to_be_read(pairs):
    p = both_edited(pairs, {"Phone": "1"}, {"Note": "there"})
    assert p.run(direction=TO) == {"to": {"modified": 1}}
    ((written,),) = p.ask("select _modified_at from INT.account").rows()
    assert written - p.coupling()["integration_modified_at"] == timedelta(milliseconds=999)
    assert p.run(direction=FROM) == {"from": {"unchanged": 1}}
    assert p.coupling()["integration_modified_at"] == written


@pytest.mark.case("EX-009")
def test_what_comes_in_leaves_the_record_here_to_be_sent(pairs):
    p = both_edited(pairs, {"Note": "here"}, {"Mail": "a@there"})
    assert p.run(direction=FROM) == {"from": {"modified": 1}}
    ((written,),) = p.ask('select _modified_at from LOCAL."Client"').rows()
    assert written - p.coupling()["local_modified_at"] == timedelta(milliseconds=10)
