"""Conformance: the first synchronization of tables, line by line."""

import pytest
from typer.testing import CliRunner

from mdsync_nb.cli.app import app
from mdsync_nb.errors import CouldNotRun

from .pairs import CLIENT, FROM, TO

FULL, COUPLE, NOTHING = "Full Synchronization", "Couple Records", "No Records Found"
TABLES = {
    f"{side}{one}": {"key": [key], "fields": {key: kind, "Name": "text(50)"}}
    for side, key, kind in (("Table ", "No", "code(20)"), ("entity", "EntityId", "guid"))
    for one in "ABC"
}
CURRENCY = {
    "transactioncurrency": {"key": ["TransactionCurrencyId"], "fields": {
        "TransactionCurrencyId": "guid", "Name": "text(100)", "ExchangeRate": "decimal"}},
    "Currency": {"key": ["Code"], "fields": {"Code": "code(10)", "Name": "text(30)"}},
}  # fmt: skip


def line(one, *depends_on, **said):
    """A mapping to Dataverse of one of the tables A, B and C."""
    fields = {"Name": {"integration": "Name", "direction": TO}}
    return {
        "table": f"Table {one}", "integration_table": f"entity{one}", "direction": TO,
        "fields": fields, "match": ["Name"], "depends_on": list(depends_on), **said,
    }  # fmt: skip


def lines(pairs, **depends_on):
    """Mappings A, B and C with a local record each, after those they depend on."""
    p = pairs({n: line(n, *on.split()) for n, on in depends_on.items()}, tables=TABLES)
    for one in depends_on:
        p.local.put(f"Table {one}", f"{one}1", Name=one)
    p.load()
    return p


def told(frame, *names):
    """What the lines say, by the short name of their mapping."""
    rows = frame.select("mapping", *names).rows()
    return {row[0].partition("/")[2]: row[1] if len(names) == 1 else row[1:] for row in rows}


def one_record_each(pairs, local=0, there=0, **said):
    """The mapping of clients with so many records on either side, of nobody alike."""
    p = pairs({"CLIENT": said})
    for n in range(local):
        p.local.put("Client", f"L{n}", Name=f"Here {n}", Phone=f"1{n}")
    for n in range(there):
        p.int.put("account", f"I{n}", Name=f"There {n}", Phone=f"2{n}", Mail="i@example.com")
    p.load()
    return p


@pytest.mark.case("FS-002")
def test_a_line_starts_when_all_it_depends_on_are_finished(pairs):
    p = lines(pairs, A="", C="", B="A C")
    p.bench.start_review("A")
    assert told(p.bench.review(), "status") == {"A": "finished", "C": "", "B": ""}
    done = p.bench.start_review("C", "B")
    started = p.bench.jobs().sort("job_id")["mapping"].to_list()
    assert started == ["DV/A", "DV/C", "DV/B"]
    assert told(done.lines, "status") == {"C": "finished", "B": "finished"}


@pytest.mark.case("FS-002")
def test_a_line_waits_while_another_it_depends_on_is_blank(pairs):
    p = lines(pairs, A="", C="", B="A C")
    p.bench.review()
    p.bench.start_review("A")
    done = p.bench.start_review("B")
    assert told(done.lines, "status", "message") == {"B": ("", "Waits for DV/C.")}
    assert told(p.bench.start_review("C").lines, "status") == {"C": "finished"}
    assert told(p.bench.review(), "status") == {"A": "finished", "C": "finished", "B": ""}


@pytest.mark.case("FS-004")
def test_a_dependency_without_a_line_counts_for_nothing(pairs):
    p = lines(pairs, A="", B="A")
    p.open(A={"enabled": False})
    done = p.bench.start_review()
    assert told(done.lines, "status", "depends_on") == {"B": ("finished", [])}


@pytest.mark.case("FS-005")
def test_a_line_that_ended_in_error_blocks_those_that_depend_on_it(pairs):
    p = lines(pairs, A="", B="A")
    p.int.put("entityA", "I1", Name="Somebody")
    p.load()
    p.open(A={"match": []})
    p.bench.start_review()
    again = p.bench.start_review()
    assert told(again.lines, "status", "message")["B"] == ("", "Waits for DV/A (ended in error).")
    assert told(again.lines, "status")["A"] == "error"
    assert set(p.bench.jobs()["mapping"]) <= {"DV/A"}


@pytest.mark.case("FS-006")
def test_a_line_that_was_started_keeps_its_status_and_values(pairs):
    p = lines(pairs, A="", B="")
    p.bench.start_review("A")
    before = told(p.bench.review("A"), "status", "recommendation", "local_rows", "job_id")
    p.local.drop("Table A", "A1")
    p.local.drop("Table B", "B1")
    p.load()
    assert told(p.bench.review("A"), "status", "recommendation", "local_rows", "job_id") == before
    assert told(p.bench.review("B"), "recommendation", "local_rows") == {"B": (NOTHING, 0)}


@pytest.mark.case("FS-008")
def test_the_end_of_a_line_starts_those_that_depend_on_it(pairs):
    p = lines(pairs, A="", B="A")
    done = p.bench.start_review()
    jobs = p.bench.jobs().sort("job_id").select("mapping", "inserted", "failed").rows()
    assert jobs == [("DV/A", 1, 0), ("DV/B", 1, 0)]
    assert told(done.lines, "status", "to_job_status") == {
        "A": ("finished", "success"), "B": ("finished", "success"),
    }  # fmt: skip
    assert p.bench.list_mappings()["mapping"].to_list() == ["DV/A", "DV/B"]


@pytest.mark.case("FS-009")
def test_a_line_that_flows_both_ways_has_a_job_for_each_way(pairs):
    p = one_record_each(pairs, there=1)
    done = p.bench.start_review().lines.row(0, named=True)
    jobs = p.bench.jobs().sort("job_id").select("job_id", "direction", "inserted").rows()
    assert jobs == [(done["to_job_id"], TO, 0), (done["from_job_id"], FROM, 1)]
    assert (done["to_job_status"], done["from_job_status"]) == ("success", "success")
    assert p.held("LOCAL") == ["There 0"]
    assert p.state()["only_coupled"] is None


@pytest.mark.case("FS-009")
def test_a_full_synchronization_creates_and_writes_and_only_coupled_stays_as_it_is(pairs):
    p = one_record_each(pairs, local=2)
    p.start()
    assert p.held("INT") == ["Here 0", "Here 1"]
    p.local.put("Client", "NEW", Name="Later")
    p.load()
    assert p.run()["to"] == {}
    assert p.held("INT") == ["Here 0", "Here 1"]


@pytest.mark.case("FS-010")
def test_records_that_fail_leave_the_line_finished_and_both_jobs_in_error(pairs):
    rule = {"type": "round", "precision": "1", "direction": "="}
    fields = {**CLIENT["fields"], "Name": {**CLIENT["fields"]["Name"], "transformation": "WHOLE"}}
    p = pairs({"CLIENT": {"fields": fields}}, top={"transformations": {"WHOLE": rule}})
    p.both("C", Name="no number")
    p.couple("C")
    done = p.bench.start_review()
    assert done.lines.row(0, named=True)["status"] == "finished"
    assert told(done.lines, "to_job_status", "from_job_status") == {"CLIENT": ("error", "error")}


@pytest.mark.case("FS-015")
def test_a_start_that_is_not_confirmed_starts_nothing(pairs):
    p = one_record_each(pairs, local=1)
    before = p.bench.review()
    asked = CliRunner().invoke(app, ["review", "--start", "--folder", str(p.root)], input="n\n")
    assert "Start 1 table" in asked.output
    assert p.bench.jobs().is_empty()
    assert p.bench.review().equals(before)
    assert p.held("INT") == []


@pytest.mark.case("FS-016")
def test_without_a_blank_line_there_is_nothing_to_start(pairs):
    p = one_record_each(pairs, local=1)
    p.bench.start_review()
    jobs = p.bench.jobs()
    assert p.bench.forecast().lines.is_empty()
    assert p.bench.start_review().applied == ()
    assert p.bench.jobs().equals(jobs)


@pytest.mark.case("FS-016")
def test_while_somebody_runs_the_lines_nobody_else_starts_them(pairs):
    p = one_record_each(pairs, local=1)
    with p.bench.store.alone_in_review(), pytest.raises(CouldNotRun, match="Another run"):
        p.bench.start_review()
    assert p.bench.jobs().is_empty()


@pytest.mark.case("FS-017")
@pytest.mark.parametrize(
    ("local", "there", "recommended"),
    [(1, 1, COUPLE), (0, 0, NOTHING), (1, 0, FULL), (0, 1, FULL)],
)
def test_the_recommendation_follows_what_both_tables_hold(pairs, local, there, recommended):
    p = one_record_each(pairs, local, there)
    assert told(p.bench.review(), "recommendation") == {"CLIENT": recommended}


@pytest.mark.case("FS-018")
@pytest.mark.parametrize(
    ("rates", "recommended"), [(["1"], FULL), (["1", "1.1"], COUPLE), (["1.1"], COUPLE)]
)
def test_the_base_currency_alone_is_no_currency_to_couple_with(pairs, rates, recommended):
    fields = {"Name": {"integration": "Name", "direction": TO}}
    one = {"table": "Currency", "integration_table": "transactioncurrency", "direction": TO,
           "fields": fields, "match": ["Name"]}  # fmt: skip
    p = pairs({"CURRENCY": one}, tables=CURRENCY)
    p.local.put("Currency", "USD", Name="Dollar")
    for n, rate in enumerate(rates):
        p.int.put("transactioncurrency", f"I{n}", ExchangeRate=rate)
    p.load()
    assert told(p.bench.review(), "recommendation") == {"CURRENCY": recommended}
