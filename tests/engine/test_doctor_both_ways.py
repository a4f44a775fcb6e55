"""The doctor looks at a link with Dataverse in both directions, and says in which it found it."""

import pytest
from typer.testing import CliRunner

from mdsync_nb.cli import app
from tests.conformance.pairs import FROM, TO, Pairs


@pytest.fixture
def p(tmp_path):
    made = Pairs(tmp_path, {"CLIENT": {"only_coupled": False}})
    made.synced("A", "B", "C")
    return made


def found(p):
    """What was found: the check, the direction, the company that is written, and how many."""
    return p.bench.doctor().select("check", "direction", "company", "records").rows()


def test_what_is_in_step_has_no_findings(p):
    assert found(p) == []


def test_a_record_that_is_gone_is_said_once_of_the_side_where_it_is_missing(p):
    p.local.drop("Client", "A")
    p.int.drop("account", "B")
    p.load()
    assert found(p) == [("gone-here", FROM, "LOCAL", 1), ("gone-here", TO, "INT", 1)]


def test_values_are_too_long_in_the_direction_they_flow_in(p):
    p.int.put("account", "A", Name="N" * 60, Mail="M" * 90)
    p.load()
    told = p.bench.doctor().filter(check="too-long").select("field", "direction").rows()
    assert told == [("Mail", FROM), ("Name", FROM)]


def test_records_no_run_visits_are_found_on_either_side(tmp_path):
    p = Pairs(tmp_path)
    p.synced("A")
    for side, table in ((p.local, "Client"), (p.int, "account")):
        side.put(table, f"{side.name} NEW", Name="New")
    p.both("A", City="Ulm")
    p.load()
    p.run()
    p.open(CLIENT={"only_coupled": False})
    told = p.bench.doctor().filter(check="widened-filter").select("direction", "records").rows()
    assert told == [(FROM, 1), (TO, 1)]


def test_a_conflict_waits_in_both_directions(p):
    p.local.put("Client", "A", Name="Ours")
    p.int.put("account", "A", Name="Theirs")
    p.load()
    assert found(p) == [("waiting", FROM, "LOCAL", 1), ("waiting", TO, "INT", 1)]
    shown = CliRunner().invoke(app, ["doctor", "-C", str(p.root)]).stdout
    assert "DV/CLIENT → INT" in shown
    assert "DV/CLIENT → LOCAL" in shown
