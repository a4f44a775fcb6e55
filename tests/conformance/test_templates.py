"""Conformance: the values new records get from config templates."""

import pytest

from mdsync_nb.errors import SettingsError

PHONES = [
    {"direction": "to_integration", "filter": {"Phone": "123"}, "values": {"Note": "first"}},
    {"direction": "to_integration", "filter": {"Phone": "456"}, "values": {"Note": "second"}},
]


def new_records(pairs, templates, *handles, declared=None, **values):
    """Two sides, and new records here that are to be created in Dataverse."""
    said = {"only_coupled": False}
    p = pairs({"CLIENT": said if templates is None else {**said, "templates": templates}})
    if declared:
        p.top = {"config_templates": declared}
        p.open()
    for one in handles:
        p.local.put("Client", one, **({"Name": one} | values))
    p.load()
    return p


MISSING = "Its template is missing. The Config. Template Header LOST was not found."


@pytest.mark.case("TPL-002")
def test_a_template_that_is_declared_nowhere_fails_the_new_record(pairs):
    p = new_records(pairs, [{"code": "LOST", "direction": "to_integration"}], "A")
    plan = p.bench.plan("CLIENT", direction="to_integration")
    assert plan.decisions.select("rule", "message").rows() == [("template-missing", MISSING)]
    assert p.applied(plan) == {"to": {"failed": 1}}
    assert p.ask("select * from coupling").is_empty()
    assert p.held("INT") == []
    assert p.bench.errors()["message"].to_list() == [MISSING]


def test_a_code_alone_is_the_template_of_new_records_here(pairs):
    p = new_records(pairs, "LOST")
    p.int.put("account", "A", Name="A")
    p.load()
    plan = p.bench.plan("CLIENT", direction="from_integration")
    assert plan.decisions["message"].to_list() == [MISSING]
    assert p.applied(plan) == {"from": {"failed": 1}}
    assert p.held("LOCAL") == []


@pytest.mark.case("TPL-003")
def test_each_new_record_gets_the_template_whose_filter_its_source_passes(pairs):
    p = new_records(pairs, PHONES)
    for one, phone in (("A", "123"), ("B", "456"), ("C", "789")):
        p.local.put("Client", one, Name=one, Phone=phone)
    p.load()
    assert p.run(direction="to_integration") == {"to": {"inserted": 3}}
    rows = p.ask('select "Name", "Note" from INT.account order by 1').rows()
    assert rows == [("A", "first"), ("B", "second"), ("C", None)]


@pytest.mark.case("TPL-004")
def test_the_template_of_the_lowest_priority_is_applied(pairs):
    both = [
        {"priority": 2, "direction": "to_integration", "values": {"Note": "later"}},
        {"priority": 1, "direction": "to_integration", "values": {"Note": "sooner"}},
    ]
    p = new_records(pairs, both, "A")
    assert p.run(direction="to_integration") == {"to": {"inserted": 1}}
    assert p.held("INT", "Note") == ["sooner"]


def test_a_template_overwrites_what_is_transferred_and_leads_to_another(pairs):
    declared = {
        "FIRST": {"values": {"City": "Ulm", "Kind": "1"}, "next": "SECOND"},
        "SECOND": {"values": {"Note": "nested"}},
    }
    templates = [{"code": "FIRST", "direction": "to_integration"}]
    p = new_records(pairs, templates, "A", declared=declared, City="Bonn")
    assert p.run(direction="to_integration") == {"to": {"inserted": 1}}
    rows = p.ask('select "Name", "City", "Kind", "Note" from INT.account').rows()
    assert rows == [("A", "Ulm", "Person", "nested")]
    assert p.coupling("A")["last_integration_result"] == "success"


def test_a_template_is_of_one_direction_and_not_of_records_that_exist(pairs):
    p = new_records(pairs, [{"values": {"Note": "here"}}], "A")
    assert p.run(direction="to_integration") == {"to": {"inserted": 1}}
    assert p.held("INT", "Note") == [None]
    p.int.put("account", "B", Name="B")
    p.load()
    assert p.run(direction="from_integration")["from"]["inserted"] == 1
    rows = p.ask('select "Name", "Note" from LOCAL."Client" order by 1').rows()
    assert rows == [("A", None), ("B", "here")]


@pytest.mark.parametrize(
    ("templates", "declared", "word"),
    [
        ([{"priority": "1"}], {}, "values"),
        ([{"values": {"Note": "x"}, "direction": "bidirectional"}], {}, "direction"),
        ("A", {"A": {"next": "NONE"}}, "NONE"),
        ("A", {"A": {"next": "B"}, "B": {"next": "A"}}, "does not come back"),
    ],
)
def test_a_template_that_cannot_be_is_refused(pairs, templates, declared, word):
    with pytest.raises(SettingsError) as refused:
        new_records(pairs, templates, "A", declared=declared)
    assert word in str(refused.value)
