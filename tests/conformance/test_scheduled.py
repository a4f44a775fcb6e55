"""Conformance: what a scheduled run visits, and how far it reads."""

from datetime import timedelta

import pytest

from .buyers import FAILS, buyers, give, sent
from .pairs import FIELDS, FROM, TABLES, TO

NUMBERED = {
    "account": {**TABLES["account"], "fields": {**TABLES["account"]["fields"], "Number": "text(20)"}}
}  # fmt: skip
NUMBER = {"integration": "Number", "direction": "bidirectional"}
CREATES = {"only_coupled": False, "fields": {**FIELDS, "No": NUMBER}}
MODIFIED, UNCHANGED = {"modified": 1}, {"unchanged": 1}


def creating(pairs, **said):
    """A mapping that also creates records, by their number."""
    return pairs({"CLIENT": CREATES | said}, tables=NUMBERED)


@pytest.mark.case("SJ-002")
def test_only_what_is_in_the_filter_here_is_created_there(pairs):
    p = creating(pairs, local_filter={"City": "Bonn"})
    for handle, city in (("L1", "Bonn"), ("L2", "Rome"), ("L3", "Bonn")):
        p.local.put("Client", handle, Name=handle, City=city)
    p.load()
    assert p.run(direction=TO) == {"to": {"inserted": 2}}
    assert p.held("INT") == ["L1", "L3"]


@pytest.mark.case("SJ-003")
def test_without_a_filter_every_coupled_record_is_written(pairs):
    p = pairs()
    p.synced("L1", "L2", "L3")
    for handle in ("L1", "L2", "L3"):
        p.local.put("Client", handle, Name=f"{handle} edited")
    p.load()
    assert p.run(direction=TO) == {"to": {"modified": 3}}
    assert p.held("INT") == ["L1 edited", "L2 edited", "L3 edited"]


@pytest.mark.case("SJ-004")
def test_only_what_is_in_the_filter_there_is_created_here(pairs):
    p = creating(pairs, integration_filter={"City": "Rome"})
    for handle, city in (("1", "Bonn"), ("2", "Rome"), ("3", "Bonn")):
        p.int.put("account", handle, Name=handle, Number=handle, City=city)
    p.load()
    assert p.run(direction=FROM) == {"from": {"inserted": 1}}
    assert p.held("LOCAL") == ["2"]


@pytest.mark.case("SJ-005")
def test_what_the_integration_user_changed_counts_where_nothing_flows_back(pairs):
    fields = {name: {**said, "direction": FROM} for name, said in FIELDS.items()}
    p = pairs({"CLIENT": {"direction": FROM, "fields": fields}})
    p.synced("L1", "L2", "L3")
    for handle in ("L1", "L2", "L3"):
        p.int.put("account", handle, by="INTEGRATION", Name="Edited")
    p.load()
    assert p.run() == {"from": {"modified": 3}}


@pytest.mark.case("SJ-006")
def test_what_is_not_coupled_has_no_counter_where_only_coupled_ones_are_synchronized(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.local.put("Client", "L2", Name="Alone")
    p.load()
    assert p.run(direction=TO) == {"to": MODIFIED}
    assert p.held("INT") == ["Edited"]


@pytest.mark.case("LK-015")
def test_naming_a_record_that_is_not_coupled_skips_it(pairs):
    p = pairs()
    p.local.put("Client", "L1", Name="Alone")
    p.load()
    assert p.run(records=["L1"], direction=TO) == {"to": {"skipped": 1}}
    assert p.held("INT") == []


@pytest.mark.case("LK-016")
def test_naming_a_coupled_record_writes_what_was_edited(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.load()
    assert p.run(records=["L1"], direction=TO) == {"to": MODIFIED}
    assert p.held("INT") == ["Edited"]


@pytest.mark.case("SJ-011")
def test_new_records_of_both_sides_are_created_on_the_other(pairs):
    p = creating(pairs)
    for one in ("1", "2"):
        p.local.put("Client", one, Name=f"here {one}")
        p.int.put("account", f"there {one}", Name=f"there {one}", Number=f"9{one}")
    p.load()
    found = p.run()
    assert found["to"] == {"inserted": 2}
    assert found["from"]["inserted"] == 2
    assert p.bench.jobs().height == 2
    assert p.held("LOCAL") == p.held("INT") == ["here 1", "here 2", "there 1", "there 2"]


@pytest.mark.case("SJ-012")
def test_a_new_record_there_is_created_here_and_coupled(pairs):
    p = creating(pairs)
    p.int.put("account", "I1", Name="New", Number="1")
    p.load()
    assert p.run(direction=FROM) == {"from": {"inserted": 1}}
    assert p.coupling()["integration_id"] == p.int.id("I1", "account")


@pytest.mark.case("SJ-015")
def test_after_a_creation_two_runs_find_nothing_more_to_do(pairs):
    p = creating(pairs)
    p.int.put("account", "I1", Name="New", Number="1")
    p.load()
    assert p.run() == {"to": {}, "from": {"inserted": 1}}
    p.load()
    assert p.run() == {"to": UNCHANGED, "from": UNCHANGED}
    p.load()
    assert p.run() == {"to": {}, "from": UNCHANGED}


def edited(p, side, table, handle, name):
    """Edit a record on one side and run."""
    side.put(table, handle, Name=name)
    p.load()
    found = p.run()
    assert p.held("LOCAL") == p.held("INT")
    assert name in p.held("INT")
    p.load()
    return found


@pytest.mark.case("SJ-017")
@pytest.mark.parametrize("seconds", [0, -300, 300])
def test_each_edit_here_is_sent_whatever_the_clock_there_says(pairs, seconds):
    p = pairs()
    p.int.skew = timedelta(seconds=seconds)
    p.synced("L1")
    for name in ("once", "twice"):
        found = edited(p, p.local, "Client", "L1", name)
        assert found == {"to": MODIFIED, "from": UNCHANGED}


@pytest.mark.case("SJ-019")
def test_an_edit_here_and_then_one_there_go_their_ways(pairs):
    p = pairs()
    p.synced("L1")
    found = edited(p, p.local, "Client", "L1", "here")
    assert found == {"to": MODIFIED, "from": UNCHANGED}
    assert edited(p, p.int, "account", "L1", "there") == {"to": {}, "from": MODIFIED}


@pytest.mark.case("SJ-020")
def test_an_edit_there_and_then_one_here_go_their_ways(pairs):
    p = pairs()
    p.synced("L1")
    assert edited(p, p.int, "account", "L1", "there") == {"to": {}, "from": MODIFIED}
    found = edited(p, p.local, "Client", "L1", "here")
    assert found == {"to": MODIFIED, "from": UNCHANGED}


@pytest.mark.case("SJ-022")
def test_edits_of_two_pairs_on_different_sides_are_done_in_one_run(pairs):
    p = pairs()
    p.synced("L1", "L2")
    p.local.put("Client", "L1", Name="here")
    p.int.put("account", "L2", Name="there")
    p.load()
    assert p.run() == {"to": MODIFIED, "from": {"modified": 1, "unchanged": 1}}
    differing = p.ask(
        """select * from coupling c join LOCAL."Client" l on l._id = c.local_id
        join INT.account i on i._id = c.integration_id
        where c.local_modified_at <> l._modified_at or c.integration_modified_at <> i._modified_at"""
    )
    assert differing.is_empty()


@pytest.mark.case("EX-002")
def test_what_failed_is_taken_up_again_whatever_the_watermark_and_the_filter(pairs):
    p = buyers(pairs, "L1", "L2")
    give(p, "EUR", "L1")
    assert sent(p) == FAILS
    p.local.put("Customer", "L2", Name="Later")
    p.couple("EUR", mapping="CURRENCY")
    p.open(CLIENT={"local_filter": {"Name": "Later"}})
    plan = p.bench.plan("CLIENT", direction=TO)
    assert sorted(plan.decisions["key"]) == ["L1", "L2"]
    assert p.applied(plan)["CLIENT to"] == {"modified": 2}


@pytest.mark.case("EX-003")
def test_a_creation_that_failed_is_forgotten_until_an_edit_or_a_full_run(pairs):
    p = buyers(pairs, "L1", only_coupled=False)
    give(p, "EUR", "L2")
    assert sent(p) == FAILS
    p.couple("EUR", mapping="CURRENCY")
    assert sent(p) == {}
    assert sent(p, full=True)["inserted"] == 1


@pytest.mark.case("EX-020")
def test_the_job_to_the_other_side_ends_before_the_one_back_begins(pairs):
    p = creating(pairs, fields={"Name": FIELDS["Name"], "No": NUMBER})
    p.local.put("Client", "1", Name="here")
    p.int.put("account", "I2", Name="there", Number="2")
    p.load()
    assert p.run() == {"to": {"inserted": 1}, "from": {"inserted": 1}}
    back, there = p.bench.jobs().to_dicts()
    assert (there["direction"], back["direction"]) == (TO, FROM)
    assert there["job_id"] < back["job_id"]
    assert there["finished_at"] <= back["started_at"]


@pytest.mark.case("SJ-008")
@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=1)])
def test_the_watermark_is_the_newest_record_and_never_after_the_export(pairs, after):
    p = pairs()
    p.synced("L1", "L2")
    there = p.state()["watermark"]
    p.local.put("Client", "L1", Name="Early")
    p.local.put("Client", "L2", Name="Late")
    newest = p.clock.now + after
    p.local.tables["Client"]["L2"]["SystemModifiedAt"] = newest.isoformat() + "Z"
    p.load()
    assert p.run(direction=TO) == {"to": {"modified": 2}}
    ((taken,),) = p.ask("select as_of from image where company = 'LOCAL'").rows()
    assert p.state()["local_watermark"] == min(newest, taken)
    assert p.state()["watermark"] == there


@pytest.mark.case("SJ-010")
def test_a_run_without_changes_moves_no_watermark_back(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.load()
    p.run()
    before = p.state()
    p.load()
    p.run()
    after = p.state()
    assert all(after[mark] >= before[mark] for mark in ("watermark", "local_watermark"))


@pytest.mark.case("EX-004")
def test_what_is_not_coupled_moves_the_watermark_all_the_same(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L2", Name="Alone")
    newest = p.clock.now
    p.load()
    assert p.run(direction=TO) == {"to": {}}
    assert p.state()["local_watermark"] == newest


@pytest.mark.case("EX-015")
def test_master_data_reads_on_although_nothing_was_changed(pairs):
    fields = {"Name": {"direction": FROM}}
    p = pairs({"CLIENT": {"direction": FROM, "integration_table": "Client", "fields": fields}},
              kind="master_data")  # fmt: skip
    p.synced("L1")
    p.load()
    assert p.run() == {"from": {}}
    ((taken,),) = p.ask("select as_of from image where company = 'INT'").rows()
    assert p.state()["watermark"] == taken
