"""Conformance: mappings and what they say about single fields."""

import pytest

from mdsync_nb.errors import SettingsError, UsageError

from .pairs import CLIENT, FIELDS, FROM, TO


def only(*names):
    """The fields of the mapping, of which only these are enabled."""
    return {"fields": {n: {**one, "enabled": n in names} for n, one in FIELDS.items()}}


def with_owner(**said):
    """The fields, and the person a record belongs to, with more said about it."""
    owner = {"integration": "PersonId", "direction": TO, **said}
    return {"fields": {**FIELDS, "Person": owner}}


def visits(p):
    """How many records a run from Dataverse looks at."""
    return int(p.bench.plan(direction=FROM).counts["records"].sum())


@pytest.mark.case("LK-019")
def test_a_field_that_flows_both_ways_travels_from_either_side(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A", City="Ulm")
    p.load()
    p.run()
    assert p.held("INT", "City") == ["Ulm"]
    p.load()
    p.int.put("account", "A", City="Graz")
    p.load()
    p.run()
    assert p.held("LOCAL", "City") == ["Graz"]


@pytest.mark.case("LK-020")
def test_a_mapping_without_an_enabled_field_creates_nothing_and_says_why(pairs):
    p = pairs({"CLIENT": only()})
    p.local.put("Client", "NEW", Name="New")
    p.load()
    with pytest.raises(UsageError, match="no enabled field mappings of DV/CLIENT"):
        p.bench.plan(records=["NEW"], direction=TO, create=True)
    assert p.held("INT") == []


@pytest.mark.case("LK-021")
def test_a_disabled_field_of_a_new_record_stays_blank(pairs):
    p = pairs({"CLIENT": only("Name", "Phone", "Mail")})
    p.local.put("Client", "NEW", Name="New", City="Ulm", Phone="1")
    p.load()
    assert p.run(records=["NEW"], direction=TO, create=True) == {"to": {"inserted": 1}}
    assert [p.held("INT", field) for field in ("Name", "City", "Phone")] == [["New"], [None], ["1"]]


@pytest.mark.case("LK-023")
def test_not_null_is_only_for_guids(pairs):
    said = with_owner(not_null=True)
    assert pairs({"CLIENT": said}).bench.list_mappings().height == 1
    said["fields"]["Name"] = {**FIELDS["Name"], "not_null": True}
    with pytest.raises(SettingsError, match=r"Name\.not_null: found 'yes'.* guid"):
        pairs({"CLIENT": said})


@pytest.mark.case("LK-023")
@pytest.mark.parametrize("cleared", [{"clear_on_failed": True}, {}])
def test_not_null_and_clearing_on_failure_exclude_each_other(pairs, cleared):
    said = with_owner(not_null=True, **cleared)
    listed = {} if cleared else {"clear_on_failed": ["Person"]}
    with pytest.raises(SettingsError, match=r"Person\.not_null: .*clear_on_failed"):
        pairs({"CLIENT": {**said, **listed}})


@pytest.mark.case("LK-024")
def test_a_mapping_that_is_deleted_takes_only_its_own_field_rows_along(pairs):
    p = pairs({"CLIENT": {}, "OTHER": only("Name", "City")})
    before = p.bench.show_mapping("DV/CLIENT").fields
    del p.mappings["OTHER"]
    p.open()
    assert p.bench.list_mappings()["mapping"].to_list() == ["DV/CLIENT"]
    assert p.bench.show_mapping("DV/CLIENT").fields.equals(before)


@pytest.mark.case("LK-025")
def test_the_watermark_of_dataverse_leaves_out_what_is_older(pairs):
    p = pairs()
    p.both("OLDER", Name="Older")
    p.both("NEWER", Name="Newer")
    p.couple("OLDER", "NEWER")
    assert visits(p) == 2
    p.run(direction=TO)
    assert p.state()["local_watermark"] is not None
    assert (visits(p), p.state()["watermark"]) == (2, None)
    p.run(direction=FROM)
    assert p.state()["watermark"] is not None
    assert visits(p) == 1


ROWS = {"Phone": FIELDS["Phone"], "Mail": FIELDS["Mail"], "Name": FIELDS["Name"]}


@pytest.mark.case("LK-027")
@pytest.mark.parametrize(
    ("enabled", "answer"), [((), False), (("Phone",), True), (("Name",), True)]
)
def test_a_mapping_is_enabled_for_a_direction_that_an_enabled_field_flows_in(
    pairs, enabled, answer
):
    shared = {**CLIENT, "direction": TO, "fields": ROWS}
    p = pairs(top={"mappings": {"CLIENT": shared}})
    off = {name: name in enabled for name in ("Phone", "Name")}
    p.mappings = {"CLIENT": {"fields": off, "table": "Client", "integration_table": "account"}}
    p.open()
    p.local.put("Client", "NEW", Name="New", Phone="1")
    p.load()
    if answer:
        assert p.run(records=["NEW"], create=True) == {"to": {"inserted": 1}}
    else:
        with pytest.raises(UsageError, match=r"no enabled field mappings .* to_integration"):
            p.bench.plan(records=["NEW"], create=True)


@pytest.mark.case("LK-028")
def test_a_direction_needs_an_enabled_field_of_exactly_that_one(pairs):
    p = pairs({"CLIENT": {**only("Name", "City")}})
    with pytest.raises(SettingsError, match=r"direction: found 'to_integration'.* enabled field"):
        p.bench.set_mappings("CLIENT", words={"direction": TO})
    p.open(CLIENT=only("Name", "City", "Phone"))
    p.bench.write_settings(p.bench.set_mappings("CLIENT", words={"direction": TO}))
    assert p.bench.list_mappings()["direction"].to_list() == [TO]
