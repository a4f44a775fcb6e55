"""Conformance: coupling, uncoupling, and what counts as changed since."""

from datetime import timedelta

import polars as pl
import pytest

from mdsync_nb.errors import UsageError

from .pairs import FROM, TABLES, TO

COUPLED = "select local_id, integration_id from coupling order by all"


def rules(p, way, *named):
    """The rules that decide the records a run would look at one by one."""
    return p.bench.plan(direction=way, records=named).decisions["rule"].to_list()


def ids(p, here, there):
    return p.local.id(here, "Client"), p.int.id(there, "account")


@pytest.mark.case("CP-001")
def test_a_pair_is_found_by_either_record(pairs):
    p = pairs()
    p.local.put("Client", "L1", Name="Kilo")
    p.int.put("account", "I1", Name="Kilo")
    p.couple(L1="I1")
    pair = ids(p, "L1", "I1")
    assert p.ask(COUPLED).rows() == [pair]
    for named in pair:
        (found,) = p.bench.plan(records=[named], direction=TO).decisions.to_dicts()
        assert (found["source_id"], found["destination_id"]) == pair


@pytest.mark.case("CP-004")
def test_a_record_whose_counterpart_is_gone_can_have_another_one(pairs):
    p = pairs()
    p.synced("L1")
    p.local.drop("Client", "L1")
    p.local.put("Client", "L2", Name="Another")
    p.couple(L2="L1")
    assert p.ask(COUPLED).rows() == [ids(p, "L2", "L1")]
    assert p.bench.jobs()["coupled"][0] == 1


@pytest.mark.case("CP-004")
def test_a_record_whose_counterpart_is_there_keeps_it(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L2", Name="Another")
    with pytest.raises(UsageError, match="already coupled"):
        p.couple(L2="L1")
    assert p.ask(COUPLED).rows() == [ids(p, "L1", "L1")]


@pytest.mark.case("CP-005")
def test_a_coupling_can_be_removed_twice(pairs):
    p = pairs()
    p.synced("L1")
    job, uncoupled = p.bench.uncouple("CLIENT", records=["L1"])
    assert uncoupled == 1
    assert p.bench.jobs().filter(job_id=job)["uncoupled"].to_list() == [1]
    assert p.bench.uncouple("CLIENT", records=["L1"]) is None
    assert p.ask(COUPLED).is_empty()


@pytest.mark.case("CP-006")
def test_both_records_of_a_new_pair_count_as_changed(pairs):
    p = pairs()
    p.both("L1", Name="Kilo")
    p.couple("L1")
    found = p.coupling()
    assert found["local_modified_at"] is None
    assert found["integration_modified_at"] is None
    assert rules(p, TO, "L1") == rules(p, FROM, "L1") == ["touched"]


@pytest.mark.case("CP-007")
@pytest.mark.parametrize(
    ("later", "changed"), [(timedelta(), []), (timedelta(hours=1), ["touched"])]
)
def test_a_record_counts_as_changed_when_its_time_is_after_the_noted_one(pairs, later, changed):
    p = pairs()
    p.synced("L1")
    for side, noted in ((p.local, "local_modified_at"), (p.int, "integration_modified_at")):
        table = "Client" if side is p.local else "account"
        moment = p.coupling()[noted] + later
        side.tables[table]["L1"]["SystemModifiedAt"] = moment.isoformat() + "Z"
    p.clock.tick(hours=2)
    p.load()
    assert rules(p, TO, "L1") == rules(p, FROM, "L1") == changed


@pytest.mark.case("EX-010")
def test_a_run_that_finds_nothing_changed_leaves_the_coupling_as_it_is(pairs):
    p = pairs()
    p.synced("L1")
    p.local.put("Client", "L1", Name="Edited")
    p.load()
    p.run()
    p.load()
    before = p.coupling()
    assert p.run(records=["L1"]) == {"to": {"unchanged": 1}, "from": {"unchanged": 1}}
    assert p.coupling() == before


@pytest.mark.case("EX-011")
def test_a_noted_time_is_not_moved_back(pairs):
    p = pairs()
    p.synced("L1")
    p.clock.tick(days=1)
    p.local.put("Client", "L1", Phone="1")
    p.load()
    p.run(direction=TO)
    noted = p.coupling()["local_modified_at"]
    p.local.put("Client", "L1", Phone="2")
    earlier = noted - timedelta(hours=3)
    p.local.tables["Client"]["L1"]["SystemModifiedAt"] = earlier.isoformat() + "Z"
    p.load()
    assert p.run(direction=TO) == {"to": {"modified": 1}}
    assert p.coupling()["local_modified_at"] == noted


def test_a_whole_table_without_company_ids_is_uncoupled_as_one_job(pairs):
    p = pairs()
    p.int.put("account", "I4", Name="Alone")
    p.synced("L1", "L2", "L3")
    job, uncoupled = p.bench.uncouple("CLIENT")
    assert uncoupled == 3
    told = p.bench.jobs().filter(job_id=job).row(0, named=True)
    assert (told["kind"], told["uncoupled"], told["failed"]) == ("uncoupling", 3, 0)
    assert p.ask(COUPLED).is_empty()


@pytest.mark.case("UN-003")
def test_only_the_records_that_are_named_are_uncoupled(pairs):
    p = pairs()
    p.synced("L1", "L2", "L3")
    p.bench.uncouple("CLIENT", records=["L1", "L2"])
    assert p.ask(COUPLED).rows() == [ids(p, "L3", "L3")]


@pytest.mark.case("UN-005")
def test_records_of_two_mappings_are_uncoupled_in_two_jobs(pairs):
    p = pairs({"CLIENT": {}, "PERSON": {"table": "Person", "integration_table": "human"}},
              tables={"Person": TABLES["Client"], "human": TABLES["account"]})  # fmt: skip
    p.synced("L1")
    p.synced("P1", mapping="PERSON")
    jobs = [p.bench.uncouple(one)[0] for one in ("CLIENT", "PERSON")]
    told = p.bench.jobs().filter(pl.col("job_id").is_in(jobs)).sort("job_id")
    assert told["mapping"].to_list() == ["DV/CLIENT", "DV/PERSON"]
    assert told["uncoupled"].to_list() == [1, 1]


@pytest.mark.case("CP-004")
def test_undoing_a_coupling_gives_a_record_its_counterpart_back(pairs):
    p = pairs()
    p.synced("L1")
    p.int.put("account", "I2", Name="Another")
    p.couple(L1="I2")
    assert p.ask(COUPLED).rows() == [ids(p, "L1", "I2")]
    p.bench.undo(p.bench.jobs()["job_id"][0])
    assert p.ask(COUPLED).rows() == [ids(p, "L1", "L1")]
