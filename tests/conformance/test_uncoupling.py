"""Conformance: uncoupling where the records of Dataverse name the company they belong to."""

import pytest
from typer.testing import CliRunner

from mdsync_nb.cli import app
from mdsync_nb.reports.pieces.words import OUTCOMES

from .pairs import FIELDS, FROM, TABLES, TO

BEFORE = OUTCOMES["coupled"]
OURS, THEIRS = "c0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"
CLAIMED = {"account": {**TABLES["account"],
                       "fields": {**TABLES["account"]["fields"], "CompanyId": "guid"}}}  # fmt: skip


def claimed(pairs, *handles, **said):
    """Pairs that were synchronized, and whose records there name our company."""
    p = pairs({"CLIENT": said}, tables=CLAIMED)
    for one in handles:
        p.local.put("Client", one, Name=one)
        p.int.put("account", one, Name=one, CompanyId=OURS)
    p.couple(*handles)
    p.run()
    return p


def alone(p, handle, company, **values):
    p.int.put("account", handle, Name=handle, CompanyId=company, **values)
    p.load()


def named(p):
    """The company every record there names, by its name."""
    rows = p.ask('select "Name", "CompanyId" from INT.account').rows()
    return {name: company for name, company in rows if company}


def coupled(p):
    return p.ask("select * from coupling order by all")


@pytest.mark.case("UN-001")
def test_a_whole_table_is_uncoupled_and_lets_go_of_what_was_left_behind(pairs):
    p = claimed(pairs, "L1", "L2", "L3")
    alone(p, "STUCK", OURS)
    alone(p, "OTHER", THEIRS)
    plan = p.bench.uncouple_plan("CLIENT")
    assert (plan.writes, named(p)["L1"]) == (4, OURS)
    job, uncoupled = p.bench.uncouple("CLIENT")
    told = p.bench.jobs().filter(job_id=job).row(0, named=True)
    assert (told["kind"], told["uncoupled"], told["modified"]) == ("uncoupling", 3, 4)
    assert (told["failed"], told["skipped"], told["unchanged"]) == (0, 0, 0)
    assert uncoupled == 3
    assert coupled(p).is_empty()
    assert named(p) == {"OTHER": THEIRS}


@pytest.mark.case("UN-001")
def test_an_undo_gives_the_company_and_the_coupling_back(pairs):
    p = claimed(pairs, "L1", "L2")
    alone(p, "STUCK", OURS)
    before, company = coupled(p), named(p)
    job, _ = p.bench.uncouple("CLIENT")
    p.bench.undo(job)
    assert coupled(p).equals(before)
    assert named(p) == company
    assert p.ask("select * from hold").is_empty()
    assert p.bench.plan().writes == 0


@pytest.mark.case("UN-003")
def test_records_that_are_named_are_let_go_alone(pairs):
    p = claimed(pairs, "L1", "L2")
    alone(p, "STUCK", OURS)
    job, uncoupled = p.bench.uncouple("CLIENT", records=["L1", p.int.id("STUCK", "account")])
    told = p.bench.jobs().filter(job_id=job).row(0, named=True)
    assert (uncoupled, told["modified"], told["skipped"]) == (1, 1, 1)
    assert named(p) == {"L2": OURS, "STUCK": OURS}


def test_a_pair_of_which_nothing_is_left_is_uncoupled_without_a_write(pairs):
    p = claimed(pairs, "L1", "L2")
    p.local.drop("Client", "L1", "L2")
    p.int.drop("account", "L1")
    p.load()
    job, uncoupled = p.bench.uncouple("CLIENT")
    told = p.bench.jobs().filter(job_id=job).row(0, named=True)
    assert (uncoupled, told["modified"]) == (2, 1)
    assert coupled(p).is_empty()
    assert named(p) == {}


@pytest.mark.parametrize(
    ("filter_there", "reset"),
    [
        ({}, {"ELSE", "STUCK"}),
        ({"City": "Bonn"}, {"STUCK"}),
        ({"CompanyId": [OURS, ""]}, {"ELSE", "STUCK"}),
        ({"CompanyId": [THEIRS, ""]}, set()),
    ],
    ids=["none", "another field", "our company", "another company"],
)
def test_what_was_left_behind_has_to_be_in_the_filter_and_ours(pairs, filter_there, reset):
    p = claimed(pairs, "L1", integration_filter=filter_there)
    alone(p, "STUCK", OURS, City="Bonn")
    alone(p, "ELSE", OURS, City="Ulm")
    p.bench.uncouple("CLIENT")
    assert {"STUCK", "ELSE"} - named(p).keys() == reset


def test_a_record_that_got_another_counterpart_since_the_plan_keeps_it(pairs):
    p = claimed(pairs, "L1")
    plan = p.bench.uncouple_plan("CLIENT")
    p.int.put("account", "I2", Name="I2")
    p.couple(L1="I2")
    p.bench.apply(plan.plan_id)
    assert coupled(p)["integration_id"].to_list() == [p.int.id("I2", "account")]


def test_a_record_that_another_mapping_holds_is_not_let_go(pairs):
    p = pairs({"CLIENT": {}, "PERSON": {"table": "Person"}},
              tables={**CLAIMED, "Person": TABLES["Client"]})  # fmt: skip
    p.local.put("Client", "L1", Name="L1")
    p.local.put("Person", "P1", Name="P1")
    for one in ("L1", "P1"):
        p.int.put("account", one, Name=one, CompanyId=OURS)
    p.couple("L1")
    p.couple("P1", mapping="PERSON")
    p.bench.uncouple("CLIENT")
    assert named(p) == {"P1": OURS}


@pytest.mark.parametrize(
    ("said", "plans"), [({"direction": TO}, True), ({"direction": FROM}, False), ({}, True)]
)
def test_only_a_mapping_that_flows_to_dataverse_lets_go(pairs, said, plans):
    fields = {name: {**one, "direction": said.get("direction", one["direction"])}
              for name, one in FIELDS.items()}  # fmt: skip
    p = claimed(pairs, "L1", fields=fields, **said)
    assert (p.bench.uncouple_plan("CLIENT") is not None) is plans
    assert p.bench.uncouple("CLIENT")[1] == 1
    assert named(p) == ({} if plans else {"L1": OURS})


def test_a_coupling_that_is_removed_lets_go_of_the_record_there(pairs):
    p = claimed(pairs, "L1", "L2", deletion_conflict="remove_coupling")
    p.local.drop("Client", "L1")
    p.int.put("account", "L1", Name="Edited")
    p.load()
    plan = p.bench.plan()
    jobs = p.bench.apply(plan.plan_id)
    told = p.bench.jobs().filter(plan_id=plan.plan_id).sort("job_id")
    assert told["direction"].to_list() == [TO, FROM, TO]
    assert told["unchanged"].to_list() == [0, 2, 0]
    assert told["modified"].to_list() == [0, 0, 1]
    assert named(p) == {"L2": OURS}
    assert coupled(p).height == 1
    for one in reversed(jobs):
        if one.counts["modified"] + one.counts["unchanged"]:
            p.bench.undo(one.job_id)
    assert named(p) == {"Edited": OURS, "L2": OURS}
    assert coupled(p).height == 2


def test_the_command_shows_what_it_would_write_before_it_asks(pairs):
    p = claimed(pairs, "L1", "L2")
    words = ["uncouple", "CLIENT", "--all", "-C", str(p.root)]
    asked = CliRunner().invoke(app, words)
    assert "uncouple 2 records, change 2 in INT?" in asked.stderr
    assert coupled(p).height == 2
    done = CliRunner().invoke(app, [*words, "--yes"])
    assert done.exit_code == 0, done.stderr
    assert "Uncoupled" in done.stdout
    assert "01_account_modify.csv" in done.stdout
    assert named(p) == {}


def test_the_view_shows_what_taking_a_pair_apart_writes_before_it_is_written(pairs):
    p = claimed(pairs, "L1", "L2", match=["Name"])
    view = p.bench.view.coupling("CLIENT")
    assert (view.tried.side, view.grid.rows["outcome"].to_list()) == ("local", [BEFORE] * 2)
    assert view.grid.rows["counterpart_key"].null_count() == 0
    view.grid._table.selected_rows = [0]
    view.pairing.uncouple(view.bar.selected())
    view.strip.working.wait(60)
    (plan,) = view.strip.plans
    assert (plan.writes, coupled(p).height, named(p)["L1"]) == (1, 2, OURS)
    view.strip.apply()
    view.strip.working.wait(60)
    assert named(p) == {"L2": OURS}
    assert view.rows.filter(outcome=BEFORE).height == 1
