"""The demo's mdsync.yaml fits the files of the demo."""

import csv
from pathlib import Path

import pytest

from mdsync_nb.model import Completeness
from mdsync_nb.workspace import open_workspace

DEMO = Path(__file__).parents[2] / "data" / "demo"

pytestmark = pytest.mark.skipif(
    not (DEMO / "mdsync.yaml").is_file(), reason="data/demo was not generated"
)
COMPANIES = ["HOLDING", "NORDIC", "DEUTSCHLAND", "LUMIERE"]


@pytest.fixture(scope="module")
def demo():
    return open_workspace(DEMO)


def test_three_subsidiaries_are_linked_to_the_holding(demo):
    assert list(demo.settings.companies) == COMPANIES
    links = demo.settings.links
    assert list(links) == COMPANIES[1:]
    assert {link.integration for link in links.values()} == {"HOLDING"}
    currencies = [company.currency for company in demo.settings.companies.values()]
    assert currencies == ["GBP", "GBP", "EUR", "EUR"]
    assert all(one.complete is Completeness.YES for one in demo.settings.companies.values())
    assert demo.settings.report.mask == ()


@pytest.mark.parametrize("company", COMPANIES)
def test_every_table_has_its_file_in_every_snapshot(demo, company):
    settings = demo.company(company)
    snapshots = [one for one in (DEMO / settings.folder).parent.iterdir() if one.is_dir()]
    assert snapshots
    files = {settings.table_file(table).file for table in settings.tables}
    assert all((snapshot / file).is_file() for snapshot in snapshots for file in files)


@pytest.mark.parametrize("company", ["HOLDING", "NORDIC", "LUMIERE"])
def test_every_column_is_a_field_or_a_system_field(demo, company):
    settings = demo.company(company)
    snapshot = max((DEMO / settings.folder).parent.iterdir())
    encoding = settings.format.encoding.replace("utf-8", "utf-8-sig")
    for table in settings.tables:
        with (snapshot / settings.table_file(table).file).open(encoding=encoding) as stream:
            header = next(csv.reader(stream, delimiter=settings.format.delimiter))
        fields = [name for name in header if not name.startswith("System")]
        assert set(fields) <= demo.schema(table).by_name.keys()
        assert set(demo.schema(table).key) <= set(fields)


def test_records_are_told_to_be_the_same_by_number_and_in_lumiere_by_firm_or_person(demo):
    found = {
        name: [one.field for one in demo.mapping(name).match]
        for link in COMPANIES[1:]
        for name in (f"{link}/CUSTOMER", f"{link}/VENDOR", f"{link}/SALESPERSON")
    }
    assert found == {
        "NORDIC/CUSTOMER": ["No."],
        "NORDIC/VENDOR": ["No."],
        "NORDIC/SALESPERSON": ["Code"],
        "DEUTSCHLAND/CUSTOMER": ["No."],
        "DEUTSCHLAND/VENDOR": ["No."],
        "DEUTSCHLAND/SALESPERSON": ["Code"],
        "LUMIERE/CUSTOMER": ["VAT Registration No.", "Name"],
        "LUMIERE/VENDOR": ["VAT Registration No.", "Name"],
        "LUMIERE/SALESPERSON": ["Code"],
    }
    assert {one.priority for one in demo.mapping("LUMIERE/VENDOR").match} == {1}


@pytest.mark.parametrize("short", ["CUSTOMER", "VENDOR", "CONTACT"])
def test_lumiere_takes_records_of_three_countries_and_keeps_its_own_numbers(demo, short):
    mapping = demo.mapping(f"LUMIERE/{short}")
    countries = {one.field: one.values for one in mapping.integration_filter}
    assert countries["Country/Region Code"] == ("FR", "BE", "LU")
    assert "Country/Region Code" not in {one.field for one in mapping.local_filter}
    assert [one.local for one in mapping.fields if not one.enabled] == ["No."]


def test_every_mapping_has_a_match(demo):
    assert all(mapping.match for mapping in demo.mappings.values())
    assert len(demo.select()) == 3 * 8
