"""Conformance: contacts that come from Dataverse belong to the company of their parent account."""

import pytest

from .pairs import FROM

BOTH = "bidirectional"
KNOWN = {
    "Customer": {"key": ["No."], "fields": ["No.", "Name"]},
    "Vendor": {"key": ["No."], "fields": ["No.", "Name"]},
    "Contact": {"key": ["No."], "fields": ["No.", "Name", "Surname", "Type", "Company No.",
                                           "Company Name"]},
    "Contact Business Relation": {"key": ["Contact No."], "fields": [
        "Contact No.", "Business Relation Code", "Link to Table", "No."]},
    "account": {"key": ["AccountId"], "fields": ["AccountId", "Name", "CustomerTypeCode"]},
    "contact": {"key": ["ContactId"], "fields": ["ContactId", "LastName", "ParentCustomerId"]},
}  # fmt: skip
NAME = {"Name": {"integration": "Name", "direction": BOTH}}
PERSON = {"Type": {"constant": "Person", "direction": FROM},
          "Surname": {"integration": "LastName", "direction": BOTH}}  # fmt: skip
MAPPINGS = {
    "CUSTOMER": {"table": "Customer", "fields": NAME, "match": [], "only_coupled": False,
                 "integration_filter": {"CustomerTypeCode": "Customer"}},
    "VENDOR": {"table": "Vendor", "fields": NAME, "match": []},
    "CONTACT": {"table": "Contact", "integration_table": "contact", "fields": PERSON, "match": [],
                "local_filter": {"Type": "Person", "Company No.": {"<>": ""}}},
}  # fmt: skip
RELATED = {"Contact Business Relation": "Contact No."}


def firms(pairs, beside=RELATED, **contact):
    """A customer and a vendor, each coupled to an account and with a contact of its company."""
    mappings = {**MAPPINGS, "CONTACT": {**MAPPINGS["CONTACT"], **contact}}
    p = pairs(mappings, known=KNOWN, beside=beside)
    for table, code, number, company in (
        ("Customer", "CUST", "C1", "CT000001"), ("Vendor", "VEND", "V1", "CT000002"),
    ):  # fmt: skip
        p.local.put(table, number, Name=f"{table} Ltd")
        p.int.put("account", number, Name=f"{table} Ltd", CustomerTypeCode=table)
        p.local.put("Contact", company, Name=f"{table} Limited", Type="Company",
                    **{"Company No.": company})  # fmt: skip
        if beside:
            p.local.put("Contact Business Relation", company, **{
                "Business Relation Code": code, "Link to Table": table, "No.": number})  # fmt: skip
    p.couple("C1", mapping="CUSTOMER")
    p.couple("V1", mapping="VENDOR")
    return p


def taken(p, parent):
    """Let a contact of a parent account come from Dataverse; what became of it here."""
    there = p.int.id(parent, "account") if parent else ""
    p.int.put("contact", "K", LastName="Kant", ParentCustomerId=there)
    p.load()
    plan = p.bench.plan("CONTACT", records=[p.int.id("K", "contact")], direction=FROM, create=True)
    assert p.applied(plan) == {"CONTACT from": {"inserted": 1}}
    (person,) = p.ask("select * from LOCAL.Contact where \"Type\" = 'Person'").to_dicts()
    assert p.coupling_of_int("K", "contact")["local_id"] == person["_id"]
    return plan, {name: person[name] for name in ("No.", "Company No.", "Company Name")}


@pytest.mark.case("LK-011")
@pytest.mark.parametrize(
    ("parent", "company"),
    [("C1", ("CT000001", "Customer Limited")), ("V1", ("CT000002", "Vendor Limited"))],
)
def test_a_new_contact_belongs_to_the_company_of_its_parent_account(pairs, parent, company):
    p = firms(pairs)
    _, person = taken(p, parent)
    assert (person["Company No."], person["Company Name"]) == company
    assert person["No."] == "CT000003"


@pytest.mark.case("LK-030")
def test_a_parent_account_that_is_no_customer_gives_no_company_and_no_customer(pairs):
    p = firms(pairs)
    p.int.put("account", "A1", Name="Somebody", CustomerTypeCode="Press")
    plan, person = taken(p, "A1")
    assert (person["Company No."], person["Company Name"]) == (None, None)
    assert p.ask('select "No." from LOCAL.Customer')["No."].to_list() == ["C1"]
    account = p.int.id("A1", "account")
    assert p.ask(f"select * from coupling where integration_id = '{account}'").is_empty()
    assert set(plan.cells["warning"]) == {""}


def test_a_contact_without_a_parent_account_has_no_company(pairs):
    _, person = taken(firms(pairs), "")
    assert person["Company No."] is None


def test_who_belongs_to_whom_is_not_guessed_where_no_file_tells(pairs):
    plan, person = taken(firms(pairs, beside={}), "C1")
    assert person["Company No."] is None
    (warned,) = plan.cells.filter(field="Company No.").to_dicts()
    assert warned["warning"] == "not known: Contact Business Relation was not loaded"


def test_what_the_mapping_says_of_the_company_counts(pairs):
    said = {**PERSON, "Company No.": {"constant": "CT000002", "direction": FROM}}
    _, person = taken(firms(pairs, fields=said), "C1")
    assert person["Company No."] == "CT000002"


def moved(p, parent, **contact):
    """A contact taken over under C1 goes to another parent account there; its plan from there.

    contact: what else is changed of it there.
    """
    taken(p, "C1")
    p.int.put("contact", "K", ParentCustomerId=p.int.id(parent, "account") if parent else "",
              **contact)  # fmt: skip
    p.load()
    return p.bench.plan("CONTACT", direction=FROM)


def belongs(p):
    (person,) = p.ask("select * from LOCAL.Contact where \"Type\" = 'Person'").to_dicts()
    return person["Company No."], person["Company Name"]


def test_a_contact_that_is_changed_goes_to_the_company_of_its_new_account_and_back(pairs):
    p = firms(pairs)
    plan = moved(p, "V1", LastName="Hume")
    told = {row["field"]: (row["destination"], row["source"]) for row in plan.cells.to_dicts()}
    assert told == {
        "Surname": ("Kant", "Hume"),
        "Company No.": ("CT000001", "CT000002"),
        "Company Name": ("Customer Limited", "Vendor Limited"),
    }
    assert p.applied(plan) == {"CONTACT from": {"modified": 1}}
    assert belongs(p) == ("CT000002", "Vendor Limited")
    assert p.bench.plan("CONTACT", direction=FROM).writes == 0
    p.bench.undo(p.bench.jobs()["job_id"].max())
    assert belongs(p) == ("CT000001", "Customer Limited")


def test_the_company_goes_along_with_what_is_written_and_alone_only_where_a_person_asks(pairs):
    p = firms(pairs)
    assert moved(p, "V1").writes == 0
    person = [p.int.id("K", "contact")]
    plan = p.bench.plan("CONTACT", records=person, direction=FROM, force=True)
    assert set(plan.decisions["rule"]) == {"forced"}
    assert set(plan.cells["field"]) == {"Company No.", "Company Name"}
    assert p.applied(plan) == {"CONTACT from": {"modified": 1}}
    assert belongs(p) == ("CT000002", "Vendor Limited")


@pytest.mark.parametrize("parent", ["A1", ""], ids=["no customer", "no account"])
def test_a_changed_contact_keeps_its_company_where_its_account_gives_none(pairs, parent):
    p = firms(pairs)
    p.int.put("account", "A1", Name="Somebody", CustomerTypeCode="Press")
    plan = moved(p, parent, LastName="Hume")
    assert set(plan.cells["field"]) == {"Surname"}


def test_what_the_mapping_says_of_the_company_of_a_changed_contact_counts(pairs):
    said = {**PERSON, "Company No.": {"constant": "CT000001", "direction": FROM},
            "Company Name": {"constant": "Customer Limited", "direction": FROM}}  # fmt: skip
    plan = moved(firms(pairs, fields=said), "V1", LastName="Hume")
    assert set(plan.cells["field"]) == {"Surname"}
