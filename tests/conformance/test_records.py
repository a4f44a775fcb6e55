"""Conformance: records people name, on the list of errors and elsewhere."""

import polars as pl
import pytest

from mdsync_nb.errors import MdsyncError, UsageError

from .pairs import CLIENT, FROM, TO

ONE_WAY = {"direction": TO, "fields": {"Name": {"integration": "Name", "direction": TO}}}
VENDOR = {**CLIENT, "table": "Supplier", "integration_table": "vendor"}
SUPPLIER = {
    "Supplier": {"key": ["No"], "fields": {"No": "code(20)", "Name": "text(50)", "City": "text(30)",
                                           "Phone": "text(30)", "Mail": "text(80)"}},
    "vendor": {"key": ["VendorId"], "fields": {"VendorId": "guid", "Name": "text(160)",
               "City": "text(80)", "Phone": "text(50)", "Mail": "text(100)"}},
}  # fmt: skip


def skipped(p, *handles, mapping="CLIENT"):
    """Let pairs conflict twice in the same words, so that they are set aside."""
    said = p.mappings[mapping]
    for handle in handles:
        p.local.put(said["table"], handle, Name="here")
        p.int.put(said["integration_table"], handle, Name="there")
    p.load()
    p.run(mapping)
    p.run(mapping)
    return p


def flags(p):
    """Local key -> whether its pair is set aside."""
    rows = p.ask(
        'select l."No" as no, c.skipped from coupling c join LOCAL.Client l on l._id = c.local_id'
    )
    return dict(rows.sort("no").iter_rows())


@pytest.mark.case("SK-012")
def test_one_way_pairs_that_are_chosen_are_released_and_go_into_one_job(pairs):
    p = pairs({"CLIENT": ONE_WAY})
    p.synced("A", "B", "C")
    p.local.drop("Client", "A", "B", "C")
    p.load()
    p.applied(p.bench.find_deleted())
    for handle in "ABC":
        p.local.put("Client", handle, Name=f"{handle} again")
    p.load()
    assert list(flags(p).values()) == [True, True, True]
    asked = p.bench.synchronize_records("CLIENT", records=["A", "B"], direction=FROM, anyway=True)
    assert p.applied(asked.plan) == {"to": {"modified": 2}}
    assert flags(p) == {"A": False, "B": False, "C": True}


@pytest.mark.case("SK-013")
def test_pairs_that_flow_both_ways_go_in_the_direction_that_is_chosen(pairs):
    p = pairs()
    p.synced("A", "B")
    skipped(p, "A", "B")
    assert flags(p) == {"A": True, "B": True}
    with pytest.raises(UsageError, match="flows both ways"):
        p.bench.synchronize_records("CLIENT", records=["A"], anyway=True)
    asked = p.bench.synchronize_records("CLIENT", records=["A"], direction="from", anyway=True)
    assert p.applied(asked.plan) == {"from": {"modified": 1}}
    assert p.held("LOCAL") == ["here", "there"]
    assert flags(p) == {"A": False, "B": True}


@pytest.mark.case("SK-014", "MG-004")
def test_records_of_two_tables_are_one_job_a_table(pairs):
    p = pairs({"CLIENT": {}, "VENDOR": VENDOR}, tables=SUPPLIER)
    p.both("A")
    p.both("B", mapping="VENDOR")
    p.couple("A")
    p.couple("B", mapping="VENDOR")
    p.run()
    p.load()
    for table in ("Client", "Supplier"):
        p.local.put(table, "N", Name="New")
    p.load()
    made = p.bench.create_records("CLIENT", "VENDOR", records=["N"], direction=TO)
    assert p.applied(made.plan) == {"CLIENT to": {"inserted": 1}, "VENDOR to": {"inserted": 1}}
    p.load()
    p.local.put("Client", "A", Name="x")
    p.local.put("Supplier", "B", Name="x")
    p.load()
    asked = p.bench.synchronize_records("CLIENT", "VENDOR", records=["A", "B"], direction=TO)
    assert p.applied(asked.plan) == {"CLIENT to": {"modified": 1}, "VENDOR to": {"modified": 1}}


def one_left(p, gone="local"):
    """A pair that is set aside because one of its records is gone."""
    p.synced("A", "B")
    side, table = (p.local, "Client") if gone == "local" else (p.int, "account")
    other, its = (p.int, "account") if gone == "local" else (p.local, "Client")
    side.drop(table, "A")
    other.put(its, "A", Name="left")
    p.load()
    p.run()
    p.run()
    return p


@pytest.mark.case("SK-017")
def test_uncoupling_a_pair_leaves_the_record_that_is_left(pairs):
    p = one_left(pairs())
    assert p.coupling_of_int("A")["skipped"] is True
    p.bench.uncouple("CLIENT", records=[p.int.id("A", "account")])
    assert p.held("INT") == ["B", "left"]
    assert p.ask("select * from coupling").height == 1


@pytest.mark.case("SK-021")
def test_deleting_the_record_that_is_left_takes_the_pair_off_the_list(pairs):
    p = one_left(pairs())
    assert p.bench.errors().height == 1
    plan = p.bench.delete_records("CLIENT", records=[p.int.id("A", "account")])
    assert p.applied(plan)["to"] == {"deleted": 1}
    assert p.held("INT") == ["B"]
    assert p.ask("select * from coupling").height == 1
    assert p.bench.errors().is_empty()


@pytest.mark.case("SK-023")
def test_a_record_that_may_not_be_deleted_stays_with_its_pair_and_its_line(pairs):
    p = one_left(pairs())
    (p.root / "out").write_text("no folder", "utf-8")
    plan = p.bench.delete_records("CLIENT", records=[p.int.id("A", "account")])
    with pytest.raises(MdsyncError):
        p.bench.apply(plan.plan_id)
    assert p.held("INT") == ["B", "left"]
    assert p.ask("select * from coupling").height == 2
    assert p.bench.errors().height == 1


@pytest.mark.case("SK-024", "MG-007")
def test_restoring_creates_each_missing_record_anew_and_couples_it(pairs):
    p = one_left(pairs())
    gone_there = p.int.id("B", "account")
    p.int.drop("account", "B")
    p.local.put("Client", "B", Name="right")
    p.load()
    p.run()
    p.run()
    plan = p.bench.restore_records("CLIENT")
    assert p.applied(plan) == {"to": {"inserted": 1}, "from": {"inserted": 1}}
    assert p.held("LOCAL") == p.held("INT") == ["left", "right"]
    assert "A" not in p.held("LOCAL", "No")
    assert gone_there not in p.held("INT", "AccountId")
    assert p.ask("select skipped from coupling")["skipped"].to_list() == [False, False]


@pytest.mark.case("SK-028")
def test_another_counterpart_takes_a_pair_off_the_list(pairs):
    p = pairs()
    p.synced("A")
    p.int.put("account", "OTHER", Name="other")
    skipped(p, "A")
    assert flags(p) == {"A": True}
    chosen = pl.DataFrame(
        {"integration_id": [p.int.id("OTHER", "account")], "local_id": [p.local.id("A", "Client")]}
    )
    p.bench.couple("CLIENT", pairs=chosen)
    assert flags(p) == {"A": False}


@pytest.mark.case("SK-031")
def test_find_for_deleted_sets_aside_what_a_one_way_mapping_lost(pairs):
    p = pairs({"CLIENT": ONE_WAY})
    p.synced("A", "B")
    p.local.drop("Client", "A")
    p.load()
    assert p.bench.errors().is_empty()
    assert p.applied(p.bench.find_deleted()) == {"from": {"skipped": 1}}
    assert p.bench.errors()["message"].to_list() == ["Its local record is gone."]
    both_ways = pairs()
    both_ways.synced("A")
    both_ways.local.drop("Client", "A")
    both_ways.load()
    assert both_ways.bench.find_deleted().steps == []


@pytest.mark.case("LK-009")
def test_of_several_records_those_without_a_choice_are_left_out_and_counted(pairs):
    p = pairs()
    p.synced("SAME", "NEWER")
    p.int.put("account", "NEWER", Name="newer there")
    p.local.put("Client", "ALONE", Name="alone")
    p.load()
    asked = p.bench.synchronize_records("CLIENT", records=["SAME", "NEWER", "ALONE"], direction=TO)
    assert (asked.scheduled, asked.total) == (1, 3)
    assert dict(asked.left_out.select("key", "reason").iter_rows()) == {
        "ALONE": "not coupled",
        "NEWER": "changed on the other side since the last synchronization; choose it alone",
    }
    assert p.applied(asked.plan) == {"to": {"modified": 1}}


@pytest.mark.case("MG-002", "MG-009")
def test_creating_new_there_couples_as_many_as_were_named(pairs):
    p = pairs()
    p.synced("A")
    for handle in ("N1", "N2", "N3"):
        p.local.put("Client", handle, Name=handle)
    p.load()
    p.run()  # the watermark passes them, and only coupled records are synchronized
    made = p.bench.create_records("CLIENT", records=["N1", "N2", "N3"], direction=TO)
    assert p.applied(made.plan) == {"to": {"inserted": 3}}
    assert p.held("INT") == ["A", "N1", "N2", "N3"]
    assert p.bench.status()["coupled"].to_list() == [4]


@pytest.mark.case("MG-003")
def test_creating_new_here_couples_as_many_as_were_named(pairs):
    p = pairs()
    p.synced("A")
    for handle in ("N1", "N2"):
        p.int.put("account", handle, Name=handle)
    p.load()
    named = [p.int.id(one, "account") for one in ("N1", "N2")]
    made = p.bench.create_records("CLIENT", records=named, direction="from")
    assert p.applied(made.plan) == {"from": {"inserted": 2}}
    assert p.held("LOCAL") == ["A", "N1", "N2"]


@pytest.mark.case("MG-006")
def test_a_counterpart_that_is_gone_is_created_anew_and_one_that_is_there_is_left_out(pairs):
    p = pairs()
    p.synced("A", "B")
    before = p.coupling("A")["integration_id"]
    p.int.drop("account", "A")
    p.load()
    made = p.bench.create_records("CLIENT", records=["A", "B"], direction=TO)
    assert made.left_out["reason"].to_list() == ["already coupled"]
    assert p.applied(made.plan) == {"to": {"inserted": 1}}
    assert p.coupling("A")["integration_id"] != before


@pytest.mark.case("SK-004")
def test_a_record_that_is_set_aside_is_not_synchronized_from_its_card(pairs):
    p = pairs()
    p.synced("A")
    skipped(p, "A")
    asked = p.bench.synchronize_records("CLIENT", records=["A"], direction=TO)
    assert (asked.plan, asked.scheduled) == (None, 0)
    assert asked.left_out["reason"].to_list() == ["set aside; retry puts it back"]


@pytest.mark.case("TS-010")
def test_who_chooses_a_side_is_warned_that_the_other_one_goes(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A", Name="here")
    p.int.put("account", "A", Name="there")
    p.load()
    asked = p.bench.synchronize_records("CLIENT", records=["A"], direction=TO)
    assert "one side's values go" in asked.notices[0]
    assert p.applied(asked.plan) == {"to": {"modified": 1}}
    assert p.held("INT") == ["here"]


@pytest.mark.case("CP-008")
def test_a_coupling_of_a_local_record_needs_its_mapping(pairs):
    p = pairs()
    p.both("A")
    p.load()
    pair = {"integration_id": [p.int.id("A", "account")], "mapping": [""]}
    named = pl.DataFrame({**pair, "local_id": [p.local.id("A", "Client")]})
    with pytest.raises(UsageError, match="mapping must be specified"):
        p.bench.import_couplings(named)
    blank = pl.DataFrame({**pair, "local_id": [""]})
    assert len(p.bench.import_couplings(blank)) == 1


def unplaced(p):
    """Three couplings nobody knows the mapping of: found here, found there, found nowhere."""
    p.local.put("Client", "A", Name="A")
    p.int.put("account", "B", Name="B")
    p.load()
    pairs = [
        (p.local.id("A", "Client"), "11111111-1111-4111-8111-111111111111"),
        ("22222222-2222-4222-8222-222222222222", p.int.id("B", "account")),
        ("33333333-3333-4333-8333-333333333333", "44444444-4444-4444-8444-444444444444"),
    ]
    frame = pl.DataFrame(pairs, schema=["local_id", "integration_id"], orient="row")
    p.bench.import_couplings(frame.with_columns(mapping=pl.lit("")), unplaced=True)
    return p


@pytest.mark.case("CP-009")
def test_repairing_finds_the_mapping_by_either_side_and_deletes_what_no_table_holds(pairs):
    p = unplaced(pairs())
    assert p.bench.repair_couplings() == (2, 1)
    assert p.ask("select mapping from coupling")["mapping"].to_list() == ["DV/CLIENT"] * 2


@pytest.mark.case("CP-010")
def test_repairing_by_the_local_side_alone_leaves_the_others(pairs):
    p = unplaced(pairs())
    assert p.bench.repair_couplings(local_only=True) == (1, 0)
    found = p.ask("select mapping from coupling order by mapping")["mapping"].to_list()
    assert found == ["", "", "DV/CLIENT"]
