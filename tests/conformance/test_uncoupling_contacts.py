"""Conformance: the contacts of a customer or vendor are uncoupled with it."""

import polars as pl
import pytest
from typer.testing import CliRunner

from mdsync_nb.cli import app

from .pairs import FROM
from .test_parents import BOTH, KNOWN, MAPPINGS, PERSON, RELATED

OURS = "c0000000-0000-4000-8000-000000000001"
FIRMS = (("Customer", "C1", "CT1"), ("Customer", "C2", "CT2"), ("Vendor", "V1", "CT3"))
PEOPLE = {
    # contact: company here, parent account there, type
    "P1": ("CT1", "C1", "Person"),
    "P2": ("CT1", "C1", "Person"),
    "MOVED": ("CT2", "C1", "Person"),
    "FIRM": ("CT1", "C1", "Company"),
    "P3": ("CT2", "C2", "Person"),
    "P4": ("CT3", "V1", "Person"),
    "NOBODY": ("", "", "Person"),
}


def people(pairs, *, named=("account", "contact"), beside=RELATED, **mappings):
    """Two customers and a vendor, their companies and the people of these, all coupled.

    named: the tables of Dataverse that name our company.
    """
    known = {table: {**said, "fields": [*said["fields"], "CompanyId"]} if table in named else said
             for table, said in KNOWN.items()}  # fmt: skip
    ours = {table: {"CompanyId": OURS} if table in named else {} for table in known}
    said = {name: {**one, **mappings.get(name, {})} for name, one in MAPPINGS.items()}
    p = pairs(said, known=known, beside=beside)
    for table, number, company in FIRMS:
        p.local.put(table, number, Name=number)
        p.int.put("account", number, Name=number, CustomerTypeCode=table, **ours["account"])
        if beside:
            p.local.put("Contact Business Relation", company, **{
                "Business Relation Code": "B", "Link to Table": table, "No.": number})  # fmt: skip
    for one, (company, parent, kind) in PEOPLE.items():
        p.local.put("Contact", one, Surname=one, Type=kind, **{"Company No.": company})
        there = p.int.id(parent, "account") if parent else ""
        p.int.put("contact", one, LastName=one, ParentCustomerId=there, **ours["contact"])
    p.load()
    for mapping, records in (("CUSTOMER", ("C1", "C2")), ("VENDOR", ("V1",)), ("CONTACT", PEOPLE)):
        here, there = p.mappings[mapping]["table"], p.mappings[mapping]["integration_table"]
        chosen = [{"integration_id": p.int.id(one, there), "local_id": p.local.id(one, here)}
                  for one in records]  # fmt: skip
        p.bench.couple(mapping, pairs=pl.DataFrame(chosen))
    return p


def flowing(way):
    return {name: {**one, "direction": FROM if way == FROM else one["direction"]}
            for name, one in PERSON.items()}  # fmt: skip


def coupled(p):
    return p.ask("select * from coupling order by all")


def apart(p):
    """The contacts that are not coupled."""
    return set(p.ask("""select "LastName" as name from INT.contact
        where _id not in (select integration_id from coupling)""")["name"])  # fmt: skip


def let_go(p):
    """The contacts that name no company."""
    named = """select "LastName" as name from INT.contact where "CompanyId" is null"""
    return set(p.ask(named)["name"])


def told(p):
    """The jobs that uncoupled: mapping, records uncoupled, records changed at Dataverse."""
    jobs = p.bench.jobs().filter(kind="uncoupling").sort("job_id")
    return [(row["mapping"], row["uncoupled"], row["modified"]) for row in jobs.to_dicts()]


UNCOUPLED = (
    # mapping, records, contacts, jobs
    ("CUSTOMER", ["C1"], {"P1", "P2"}, [("DV/CUSTOMER", 1, 1), ("DV/CONTACT", 2, 2)]),
    ("CUSTOMER", [], {"P1", "P2", "P3"}, [("DV/CUSTOMER", 2, 2), ("DV/CONTACT", 3, 3)]),
    ("VENDOR", [], {"P4"}, [("DV/VENDOR", 1, 1), ("DV/CONTACT", 1, 1)]),
    ("CONTACT", ["P1"], {"P1"}, [("DV/CONTACT", 1, 1)]),
)


@pytest.mark.case("UN-005")
def test_people_of_the_company_under_the_same_account_go_along_and_come_back(pairs):
    p = people(pairs)
    before = coupled(p)
    for mapping, records, contacts, jobs in UNCOUPLED:
        plan = p.bench.uncouple_plan(mapping, records=records)
        assert plan.writes == sum(modified for _, _, modified in jobs)
        job, many = p.bench.uncouple(mapping, records=records)
        assert (told(p)[-len(jobs) :], many) == (jobs, jobs[0][1])
        assert apart(p) == let_go(p) == contacts
        for one in range(job + len(jobs) - 1, job - 1, -1):
            p.bench.undo(one)
        assert coupled(p).equals(before)
        assert apart(p) == let_go(p) == set()


@pytest.mark.parametrize(
    ("named", "way", "jobs"),
    [
        (("account",), BOTH, [("DV/CUSTOMER", 1, 1), ("DV/CONTACT", 2, 0)]),
        (("contact",), BOTH, [("DV/CUSTOMER", 1, 0), ("DV/CONTACT", 2, 2)]),
        (("account", "contact"), FROM, [("DV/CUSTOMER", 1, 1), ("DV/CONTACT", 2, 0)]),
        ((), BOTH, [("DV/CUSTOMER", 1, 0), ("DV/CONTACT", 2, 0)]),
    ],
    ids=["only accounts", "only contacts", "contacts only come in", "nobody"],
)
def test_contacts_go_along_whoever_names_a_company(pairs, named, way, jobs):
    p = people(pairs, named=named, CONTACT={"direction": way, "fields": flowing(way)})
    before = coupled(p)
    plan = p.bench.uncouple_plan("CUSTOMER", records=["C1"])
    assert plan.writes == sum(modified for _, _, modified in jobs)
    job, _ = p.bench.uncouple("CUSTOMER", records=["C1"])
    assert (told(p), apart(p)) == (jobs, {"P1", "P2"})
    assert "contact" not in named or let_go(p) == ({"P1", "P2"} if jobs[1][2] else set())
    p.bench.undo(job + 1)
    p.bench.undo(job)
    assert coupled(p).equals(before)


def test_without_the_relations_of_the_company_the_parent_account_alone_decides(pairs):
    p = people(pairs, beside={})
    p.bench.uncouple("CUSTOMER", records=["C1"])
    assert apart(p) == {"P1", "P2", "MOVED"}


def test_the_contacts_of_a_pair_of_which_one_record_is_gone_stay_coupled(pairs):
    p = people(pairs)
    p.local.drop("Customer", "C1")
    p.int.drop("account", "C2")
    p.load()
    assert p.bench.uncouple("CUSTOMER")[1] == 2
    assert apart(p) == set()


def test_no_plan_is_made_where_nothing_is_written_and_no_contact_is_coupled(pairs):
    p = people(pairs, named=())
    p.bench.uncouple("CONTACT")
    assert p.bench.uncouple_plan("CUSTOMER") is None


def test_the_command_shows_the_contacts_before_it_asks(pairs):
    p = people(pairs)
    words = ["uncouple", "CUSTOMER", "C1", "-C", str(p.root)]
    asked = CliRunner().invoke(app, words)
    assert "DV/CONTACT" in asked.stdout
    assert "uncouple 3 records, change 3 in INT?" in asked.stderr
    assert apart(p) == set()
    done = CliRunner().invoke(app, [*words, "--yes"])
    assert done.exit_code == 0, done.stderr
    assert "contact_modify.csv" in done.stdout
    assert apart(p) == {"P1", "P2"}
