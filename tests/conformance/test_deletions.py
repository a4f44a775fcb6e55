"""Conformance: a record whose counterpart is gone."""

import pytest

from .pairs import FIELDS, FROM, TABLES, TO

GONE = "It cannot be updated because it is coupled to a deleted record."
NUMBERED = {
    "account": {**TABLES["account"], "fields": {**TABLES["account"]["fields"], "Number": "text(20)"}}
}  # fmt: skip


def deleted_here(pairs, policy, only_coupled, direction):
    """A synchronized pair; the local record is deleted and the other one is edited."""
    fields = {**FIELDS, "No": {"integration": "Number", "direction": FROM}}
    if direction == FROM:
        fields = {name: {**said, "direction": FROM} for name, said in fields.items()}
    p = pairs({"CLIENT": {"fields": fields, "direction": direction, "only_coupled": only_coupled,
                          "deletion_conflict": policy}}, tables=NUMBERED)  # fmt: skip
    p.local.put("Client", "L1", Name="Kilo")
    p.int.put("account", "L1", Name="Kilo", Number="L1")
    p.couple("L1")
    p.run()
    p.load()
    p.local.drop("Client", "L1")
    p.int.put("account", "L1", Name="Edited")
    p.load()
    return p


MAPPINGS = {"TB": (True, "bidirectional"), "TF": (True, FROM), "FF": (False, FROM)}


@pytest.mark.case("DEL-NONE-TB", "DEL-NONE-TF", "DEL-NONE-FF")
@pytest.mark.parametrize(("only_coupled", "direction"), MAPPINGS.values(), ids=MAPPINGS)
def test_without_a_policy_it_fails_once_and_is_set_aside_at_the_second_time(
    pairs, only_coupled, direction
):
    p = deleted_here(pairs, "none", only_coupled, direction)
    assert p.run(direction=FROM) == {"from": {"failed": 1}}
    assert p.bench.errors()["message"].to_list() == [GONE]
    assert (p.coupling()["last_result"], p.coupling()["skipped"]) == ("failure", False)
    p.int.put("account", "L1", Name="Edited again")
    p.load()
    assert p.run(direction=FROM) == {"from": {"skipped": 1}}
    assert p.coupling()["skipped"] is True
    assert p.held("LOCAL") == []


@pytest.mark.case("DEL-REMOVE-TB", "DEL-REMOVE-TF", "DEL-REMOVE-FF")
@pytest.mark.parametrize(("only_coupled", "direction"), MAPPINGS.values(), ids=MAPPINGS)
def test_remove_coupling_takes_the_pair_apart_and_creates_nothing(pairs, only_coupled, direction):
    p = deleted_here(pairs, "remove_coupling", only_coupled, direction)
    assert p.run(direction=FROM) == {"from": {"unchanged": 1}}
    assert p.ask("select * from coupling").is_empty()
    assert (p.held("LOCAL"), p.held("INT")) == ([], ["Edited"])


@pytest.mark.case("DEL-RESTORE-TB", "DEL-RESTORE-TF")
@pytest.mark.parametrize("direction", ["bidirectional", FROM])
def test_restore_records_creates_it_again_although_only_coupled_ones_are_synchronized(
    pairs, direction
):
    p = deleted_here(pairs, "restore_records", True, direction)
    before = p.coupling()["local_id"]
    assert p.run(direction=FROM) == {"from": {"inserted": 1}}
    assert (p.held("LOCAL"), p.held("INT")) == (["Edited"], ["Edited"])
    assert p.coupling()["local_id"] == p.ask('select _id from LOCAL."Client"')["_id"][0]
    assert p.coupling()["local_id"] != before
    assert p.coupling()["skipped"] is False


@pytest.mark.case("DEL-010")
def test_naming_it_twice_sets_it_aside_at_the_second_time(pairs):
    p = deleted_here(pairs, "none", True, "bidirectional")
    named = [p.int.id("L1", "account")]
    assert p.run(records=named, direction=FROM) == {"from": {"failed": 1}}
    assert p.coupling()["skipped"] is False
    assert p.run(records=named, direction=FROM) == {"from": {"skipped": 1}}
    assert p.coupling()["skipped"] is True


@pytest.mark.case("DEL-011")
def test_deleting_a_record_leaves_its_coupling(pairs):
    p = pairs()
    p.synced("L1")
    before = p.coupling()
    p.local.drop("Client", "L1")
    p.load()
    assert p.coupling() == before
    assert before["skipped"] is False


@pytest.mark.case("EX-007")
def test_a_forced_run_knows_no_deletion_policy(pairs):
    p = pairs({"CLIENT": {"deletion_conflict": "restore_records"}})
    p.synced("L1")
    p.int.drop("account", "L1")
    p.load()
    assert p.run(records=["L1"], direction=TO, force=True) == {"to": {"failed": 1}}
    assert p.held("INT") == []
    assert p.coupling()["local_id"] == p.local.id("L1", "Client")
