"""Conformance: fields that refer to records of another mapping."""

import pytest

KNOWN = {
    "Customer": {"key": ["No."], "fields": ["No.", "Name", "Primary Contact No.", "Salesperson Code"]},
    "Contact": {"key": ["No."], "fields": ["No.", "Surname", "Type", "Company No."]},
    "Salesperson/Purchaser": {"key": ["Code"], "fields": ["Code", "Name"]},
    "account": {"key": ["AccountId"], "fields": ["AccountId", "Name", "PrimaryContactId", "OwnerId"]},
    "contact": {"key": ["ContactId"], "fields": ["ContactId", "LastName"]},
    "systemuser": {"key": ["SystemUserId"], "fields": ["SystemUserId", "FullName"]},
}  # fmt: skip
BOTH = "bidirectional"
FIRST = "11111111-1111-1111-1111-111111111111"
CONTACT = {
    "table": "Contact", "integration_table": "contact", "match": [],
    "fields": {"Surname": {"integration": "LastName", "direction": BOTH}},
}  # fmt: skip
SELLER = {
    "table": "Salesperson/Purchaser", "integration_table": "systemuser", "match": [],
    "direction": "from_integration", "fields": {"Name": {"integration": "FullName"}},
}  # fmt: skip


def customers(pairs, *handles, clears=False, contact=None, **said):
    """Customers that were synchronized, and a contact K on both sides that is not coupled."""
    client = {
        "table": "Customer", "match": [],
        "fields": {
            "Name": {"integration": "Name", "direction": BOTH},
            "Primary Contact No.": {"integration": "PrimaryContactId", "direction": BOTH,
                                    "clear_on_failed": clears},
            "Salesperson Code": {"integration": "OwnerId", "direction": "to_integration",
                                 "not_null": True},
        },
    }  # fmt: skip
    mappings = {"SELLER": SELLER, "CONTACT": CONTACT | (contact or {}), "CLIENT": client | said}
    p = pairs(mappings, known=KNOWN)
    p.local.put("Contact", "K", Surname="Kant", Type="Person")
    p.int.put("contact", "K", LastName="Kant")
    p.local.put("Salesperson/Purchaser", "S", Name="Sam")
    for one in handles:
        p.both(one, Name=one)
    if handles:
        p.couple(*handles)
        p.run("CLIENT")
    p.load()
    return p


def refer(p, handle, contact):
    p.local.put("Customer", handle, **{"Primary Contact No.": contact})
    p.load()


def there(p, handle, contact):
    p.int.put("account", handle, PrimaryContactId=contact)
    p.load()


def send(p, *handles):
    """Force customers to the other side: the plan, and the counters."""
    plan = p.bench.plan("CLIENT", records=list(handles), direction="to_integration", force=True)
    return plan, p.applied(plan)["CLIENT to"]


def held(p, company):
    field = (
        ("Customer", "Primary Contact No.")
        if company == "LOCAL"
        else ("account", "PrimaryContactId")
    )
    return p.held(company, field[1], field[0])


@pytest.mark.case("LK-001")
def test_a_reference_to_what_is_not_coupled_is_cleared_where_it_says_so(pairs):
    p = customers(pairs, "A", clears=True)
    refer(p, "A", "K")
    there(p, "A", FIRST)
    assert send(p, "A")[1] == {"modified": 1}
    assert held(p, "INT") == [None]
    assert p.bench.errors().is_empty()


@pytest.mark.case("LK-002")
def test_a_reference_to_what_is_not_coupled_fails_in_that_direction_alone(pairs):
    p = customers(pairs, "A")
    there(p, "A", FIRST)
    refer(p, "A", "K")
    before = p.coupling("A", "Customer")["last_result"]
    plan, done = send(p, "A")
    assert done == {"failed": 1}
    assert "Primary Contact No. K must be coupled" in plan.decisions["message"][0]
    assert held(p, "INT") == [FIRST]
    coupling = p.coupling("A", "Customer")
    assert coupling["last_integration_result"] == "failure"
    assert coupling["last_integration_job"] == p.bench.jobs()["job_id"].max()
    assert coupling["last_result"] == before


@pytest.mark.case("LK-004")
def test_a_reference_from_there_fails_and_leaves_the_other_result_alone(pairs):
    p = customers(pairs, "A")
    there(p, "A", p.int.id("K", "contact"))
    plan = p.bench.plan("CLIENT", direction="from_integration")
    assert "must be coupled" in plan.decisions["message"][0]
    assert p.applied(plan) == {"CLIENT from": {"failed": 1}}
    coupling = p.coupling("A", "Customer")
    assert (coupling["last_result"], coupling["last_integration_result"]) == ("failure", "success")
    assert coupling["last_job"] == p.bench.jobs()["job_id"].max()
    assert held(p, "LOCAL") == [None]


@pytest.mark.case("LK-005")
def test_a_reference_goes_over_as_the_id_of_the_counterpart(pairs):
    p = customers(pairs, "A")
    p.couple("K", mapping="CONTACT")
    refer(p, "A", "K")
    assert send(p, "A")[1] == {"modified": 1}
    assert held(p, "INT") == [p.int.id("K", "contact")]


@pytest.mark.case("LK-006")
def test_a_reference_comes_back_as_the_number_of_the_counterpart(pairs):
    p = customers(pairs, "A")
    p.couple("K", mapping="CONTACT")
    there(p, "A", p.int.id("K", "contact"))
    assert p.run("CLIENT", direction="from_integration") == {"CLIENT from": {"modified": 1}}
    assert held(p, "LOCAL") == ["K"]


@pytest.mark.case("LK-007")
def test_a_new_record_refers_to_one_created_before_it(pairs):
    p = customers(pairs, only_coupled=False, contact={"only_coupled": False})
    p.int.drop("contact", "K")
    p.local.put("Customer", "A", Name="A", **{"Primary Contact No.": "K"})
    p.load()
    assert p.run("CONTACT", direction="to_integration") == {"CONTACT to": {"inserted": 1}}
    p.load()
    assert p.run("CLIENT", direction="to_integration") == {"CLIENT to": {"inserted": 1}}
    (contact,) = p.held("INT", "ContactId", "contact")
    assert held(p, "INT") == [contact]


@pytest.mark.case("LK-009")
def test_of_selected_records_one_with_an_uncoupled_salesperson_fails_by_itself(pairs):
    p = customers(pairs, "SAME", "SELLS")
    p.local.put("Customer", "ALONE", Name="ALONE")
    p.local.put("Customer", "SELLS", **{"Salesperson Code": "S"})
    p.load()
    p.both("NEVER", Name="Never")
    p.couple("NEVER")
    p.load()
    plan, done = send(p, "SAME", "SELLS", "NEVER", "ALONE")
    said = dict(plan.decisions.select("key", "message").iter_rows())
    assert "Salesperson Code S must be coupled" in said["SELLS"]
    assert done["failed"] == 1
    assert "inserted" not in done


PERSON = {"local_filter": {"Type": "Person", "Company No.": {"<>": ""}}, "only_coupled": False}


@pytest.mark.case("LK-012", "LK-013", "LK-032")
@pytest.mark.parametrize("values", [{"Type": "Company", "Company No.": "X"}, {"Type": "Person"}])
def test_a_record_outside_the_filter_is_not_synchronized_by_itself(pairs, values):
    p = customers(pairs, contact=PERSON)
    p.local.put("Contact", "K", **values)
    p.load()
    plan = p.bench.plan("CONTACT", records=["K"], direction="to_integration")
    assert plan.writes == 0
    assert p.applied(plan).get("CONTACT to", {}).get("failed", 0) == 0
    assert p.held("INT", "LastName", "contact") == ["Kant"]
    assert p.ask("select * from coupling").is_empty()
