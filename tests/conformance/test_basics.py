"""Conformance: counters, force, unchanged, job envelope, one way, hook, error log."""

import pytest

from mdsync_nb.errors import UsageError

from .pairs import FIELDS, FROM, TABLES, TO

NUMBERED = {
    "tables": {
        "account": {**TABLES["account"], "fields": {**TABLES["account"]["fields"], "Number": "text(20)"}}
    }
}  # fmt: skip
WITH_NUMBER = {**FIELDS, "No": {"integration": "Number", "direction": FROM}}


def one_way(direction):
    """A mapping whose fields all flow in one direction, as a pack would have it."""
    fields = {name: {**said, "direction": direction} for name, said in FIELDS.items()}
    return {"CLIENT": {"direction": direction, "fields": fields}}


@pytest.mark.case("TS-003")
def test_a_forced_run_writes_what_was_edited(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.load()
    plan = p.bench.plan("CLIENT", records=["L1"], direction="to_integration", force=True)
    assert p.applied(plan) == {"to": {"modified": 1}}
    assert p.held("INT") == ["Edited"]


@pytest.mark.case("TS-004")
def test_records_nobody_coupled_are_created_when_that_is_asked_for(pairs):
    p = pairs({"CLIENT": {"fields": WITH_NUMBER}}, **NUMBERED)
    p.int.put("account", "I1", Name="One", Number="1")
    p.load()
    create = {"direction": FROM, "create": True}
    assert p.run("CLIENT", **create) == {"from": {"inserted": 1}}
    assert p.held("LOCAL") == ["One"]
    p.int.put("account", "I2", Name="Two", Number="2")
    p.int.put("account", "I3", Name="Three", Number="3")
    p.load()
    two = [p.int.id(one, "account") for one in ("I2", "I3")]
    assert p.run("CLIENT", records=two, **create) == {"from": {"inserted": 2}}
    assert p.held("LOCAL") == ["One", "Three", "Two"]


@pytest.mark.case("TS-005")
def test_what_changed_there_since_the_last_success_is_written_here(pairs):
    p = pairs()
    p.synced("L1")
    p.clock.tick(days=1)
    p.int.put("account", "L1", Name="Edited", Mail="new@there")
    p.load()
    assert p.run(direction=FROM) == {"from": {"modified": 1}}
    assert (p.held("LOCAL"), p.held("LOCAL", "Mail")) == (["Edited"], ["new@there"])


@pytest.mark.case("TS-007")
def test_what_did_not_change_is_left_before_anything_is_transformed(pairs):
    p = pairs()
    p.synced("L1", Name="kilo")
    louder = {"Name": {**FIELDS["Name"], "direction": TO, "transformation": "UPPERCASE"}}
    p.open(CLIENT={"fields": {**FIELDS, **louder}})
    assert p.run(records=["L1"], direction=TO) == {"to": {"unchanged": 1}}
    assert p.held("INT") == ["kilo"]


@pytest.mark.case("TS-008")
def test_an_edit_of_an_unmapped_field_only_moves_the_time_forward(pairs):
    p = pairs()
    p.synced("L1")
    p.clock.tick(days=1)
    p.local.put("Client", "L1", Note="only here")
    edited = p.clock.now
    p.load()
    assert p.coupling()["local_modified_at"] < edited
    assert p.run(direction=TO) == {"to": {"unchanged": 1}}
    assert p.coupling()["local_modified_at"] == edited
    assert p.coupling()["last_integration_result"] == "success"


@pytest.mark.case("TS-009")
def test_unmapped_fields_edited_on_both_sides_are_no_conflict(pairs):
    p = pairs()
    p.synced("L1")
    p.clock.tick(days=1)
    p.local.put("Client", "L1", Note="here")
    p.int.put("account", "L1", Note="there")
    p.load()
    assert p.run(direction=TO) == {"to": {"unchanged": 1}}
    assert p.coupling()["last_integration_result"] == "success"
    assert p.bench.errors().is_empty()


@pytest.mark.case("TS-010")
def test_sending_one_record_overwrites_what_both_sides_changed(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Here")
    p.int.put("account", "L1", Name="There")
    p.load()
    plan = p.bench.plan("CLIENT", records=["L1"], direction=TO, force=True)
    lost = plan.cells.filter(field="Name").select("source", "destination").rows()
    assert lost == [("Here", "There")]
    assert p.applied(plan) == {"to": {"modified": 1}}
    assert (p.held("LOCAL"), p.held("INT")) == (["Here"], ["Here"])


@pytest.mark.case("TS-012")
def test_sending_what_nobody_edited_writes_it_all_the_same(pairs):
    p = pairs()
    p.synced("L1")
    plan = p.bench.plan("CLIENT", records=["L1"], direction=TO, force=True)
    assert plan.decisions["action"].to_list() == ["modify"]
    assert p.applied(plan) == {"to": {"modified": 1}}


@pytest.mark.case("TS-013")
def test_a_direction_the_mapping_does_not_have_is_refused_with_a_message(pairs):
    p = pairs(one_way(FROM))
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.load()
    before = p.bench.jobs().height
    with pytest.raises(UsageError, match="not configured for to_integration synchronization"):
        p.bench.plan("CLIENT", direction=TO)
    assert p.bench.jobs().height == before
    assert p.held("INT") == ["L1"]


@pytest.mark.case("TS-014")
def test_a_record_of_another_table_counts_nowhere(pairs):
    p = pairs({"CLIENT": {}, "OTHER": {"table": "Person", "integration_table": "human"}},
              tables={"Person": TABLES["Client"], "human": TABLES["account"]})  # fmt: skip
    p.synced("L1")
    p.local.put("Person", "P1", Name="Somebody")
    p.load()
    named = [p.local.id("P1", "Person")]
    assert p.run("CLIENT", records=named, direction=TO, force=True) == {"CLIENT to": {}}
    assert p.held("INT") == ["L1"]


@pytest.mark.case("TS-015")
def test_a_one_way_mapping_to_the_other_side_overwrites_what_is_newer_there(pairs):
    p = pairs(one_way(TO))
    p.synced("L1")
    p.local.put("Client", "L1", Name="Here")
    p.int.put("account", "L1", Name="There")
    p.load()
    assert p.run() == {"to": {"modified": 1}}
    assert p.held("INT") == ["Here"]


@pytest.mark.case("TS-016")
def test_a_one_way_mapping_from_the_other_side_overwrites_what_is_newer_here(pairs):
    p = pairs(one_way(FROM))
    p.synced("L1")
    p.int.put("account", "L1", Name="There")
    p.local.put("Client", "L1", Name="Here")
    p.load()
    assert p.run() == {"from": {"modified": 1}}
    assert p.held("LOCAL") == ["There"]


def by_name(pairs, *there):
    """A local record without a counterpart, others there, and the name as natural key."""
    p = pairs({"CLIENT": {"natural_key": ["Name"], "only_coupled": False}})
    p.local.put("Client", "L1", Name="Kilo", Phone="1")
    for one in there:
        p.int.put("account", one, Name="Kilo", Phone="2")
    p.load()
    return p


@pytest.mark.case("TS-017")
def test_a_natural_key_couples_and_writes_instead_of_creating(pairs):
    p = by_name(pairs, "I1")
    assert p.run(direction=TO) == {"to": {"modified": 1}}
    assert p.coupling("L1")["integration_id"] == p.int.id("I1", "account")
    assert p.held("INT", "Phone") == ["1"]


@pytest.mark.case("TS-018")
def test_a_natural_key_of_several_records_fails_the_record(pairs):
    p = by_name(pairs, "I1", "I2")
    assert p.run(direction=TO) == {"to": {"failed": 1}}
    (said,) = p.bench.errors().to_dicts()
    assert said["message"].startswith("Several records have its natural key.")
    assert p.ask("select * from coupling").is_empty()


@pytest.mark.case("TS-019")
def test_an_error_names_both_records(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Here")
    p.int.put("account", "L1", Name="There")
    p.load()
    assert p.run(direction=TO) == {"to": {"failed": 1}}
    (error,) = p.bench.errors().to_dicts()
    assert error["source_id"] == p.local.id("L1", "Client")
    assert error["destination_id"] == p.int.id("L1", "account")


@pytest.mark.case("TS-020")
def test_an_error_without_a_destination_leaves_that_side_empty(pairs):
    since = {"integration": "Since", "direction": TO, "transformation": "TRIM"}
    p = pairs({"CLIENT": {"only_coupled": False, "fields": {**FIELDS, "Since": since}}})
    p.local.put("Client", "L1", Name="Here")
    p.load()
    assert p.run(direction=TO) == {"to": {"failed": 1}}
    (error,) = p.bench.errors().to_dicts()
    assert error["source_id"] == p.local.id("L1", "Client")
    assert not error["destination_id"]
