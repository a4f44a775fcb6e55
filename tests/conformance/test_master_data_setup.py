"""Conformance: setting up the synchronization of master data."""

import shutil

import pytest
import yaml

from mdsync_nb.errors import SettingsError
from mdsync_nb.workbench import Workbench

from .holding import holding
from .pairs import FROM

SYSTEM = ("SystemId", "SystemCreatedAt", "SystemModifiedAt", "SystemModifiedBy")
TABLES = {
    "No. Series": "Code", "Business Relation": "Code", "Salesperson/Purchaser": "Code",
    "Customer": "No.", "Vendor": "No.", "Contact": "No.", "Country/Region": "Code",
    "Currency": "Code", "Payment Terms": "Code", "Shipment Method": "Code",
    "Shipping Agent": "Code", "VAT Business Posting Group": "Code",
    "VAT Product Posting Group": "Code", "Gen. Business Posting Group": "Code",
    "Gen. Product Posting Group": "Code", "Customer Posting Group": "Code",
    "Vendor Posting Group": "Code", "G/L Account": "No.", "Dimension": "Code",
}  # fmt: skip


def subsidiary(root, source="HQ", **more):
    """A workspace of the subsidiary SUB with the product's own mappings, and a source company."""
    said = {"tables": {one: one.replace("/", " ") + ".csv" for one in TABLES}}
    companies = {name: {**said, "folder": name} for name in dict.fromkeys((source, "SUB"))}
    link = {"local": "SUB", "integration": source}
    settings = {"companies": companies, "links": {"SUB": link}, **more}
    (root / "mdsync.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
    for company in companies:
        (root / company).mkdir(exist_ok=True)
        for table, key in TABLES.items():
            file = root / company / said["tables"][table]
            file.write_text(",".join([key, *SYSTEM]) + "\n", "utf-8")
    return Workbench(root, progress=False)


def rows(bench):
    """Every mapping in force, and its field rows."""
    listed = bench.list_mappings()
    return {name: bench.show_mapping(name).fields.rows() for name in listed["mapping"]}, listed


@pytest.mark.case("MD-016")
def test_a_source_company_brings_the_default_mappings_and_a_job_of_each(tmp_path):
    bench = subsidiary(tmp_path)
    listed = bench.list_mappings()
    assert listed.height >= 16
    assert listed["enabled"].all()
    assert set(listed["direction"]) == {FROM}
    bench.load()
    jobs = bench.sync()
    assert [one.mapping for one in jobs] == bench.jobs().sort("job_id")["mapping"].to_list()
    assert {one.mapping for one in jobs} >= {
        f"SUB/{name}" for name in ("CUSTOMER", "VENDOR", "CONTACT", "CURRENCY", "GLACCOUNT")
    }
    assert len(jobs) >= 16


@pytest.mark.case("MD-017")
def test_a_company_cannot_be_its_own_source(tmp_path):
    with pytest.raises(SettingsError, match=r"links\.SUB\.integration: .*another company than SUB"):
        subsidiary(tmp_path, source="SUB")


@pytest.mark.case("MD-018")
def test_a_mapping_that_is_disabled_runs_no_more_and_keeps_its_couplings(pairs):
    p = holding(pairs)
    p.synced("A")
    couplings = p.ask("select * from coupling")
    p.bench.write_settings(p.bench.disable_mappings("CLIENT"))
    p.int.put("Client", "A", Name="Edited")
    p.load()
    assert p.run() == {}
    assert p.bench.list_mappings().select("mapping", "enabled").rows() == [("DV/CLIENT", False)]
    assert p.ask("select * from coupling").equals(couplings)
    p.bench.write_settings(p.bench.enable_mappings("CLIENT"))
    assert p.run() == {"from": {"modified": 1}}


@pytest.mark.case("MD-021")
def test_an_exported_setup_that_is_imported_again_is_the_same(tmp_path):
    mapping = {"PAYMENTTERMS": {"only_coupled": False, "fields": {"Due Date Calculation": True}}}
    bench = subsidiary(tmp_path, mappings=mapping)
    before = rows(bench)
    shutil.copy(tmp_path / "mdsync.yaml", tmp_path / "exported.yaml")
    bench.write_settings(bench.reset_mappings("PAYMENTTERMS"))
    assert rows(bench)[0] != before[0]
    shutil.copy(tmp_path / "exported.yaml", tmp_path / "mdsync.yaml")
    after = rows(Workbench(tmp_path, progress=False))
    assert after[0] == before[0]
    assert after[1].equals(before[1])


@pytest.mark.case("MD-022")
def test_a_table_a_person_adds_has_all_its_fields_disabled_and_named(tmp_path):
    bench = subsidiary(tmp_path)
    bench.write_settings(bench.add_table("Unit of Measure"))
    fields = bench.show_mapping("UNITOFMEASURE").fields
    assert {"Code", "Description"} <= set(fields["field"])
    assert not fields["enabled"].any()
    assert (fields["integration"] == fields["field"]).all()


@pytest.mark.case("MD-023")
def test_tables_that_refer_to_each_other_are_added_once_each(tmp_path):
    """Currency and G/L Account refer to each other."""
    bench = subsidiary(tmp_path, packs=[])
    bench.write_settings(bench.add_table("Customer", with_related=True))
    tables = bench.list_mappings()["table"].to_list()
    assert len(tables) == len(set(tables))
    assert {"Customer", "Contact", "Payment Terms", "Currency", "G/L Account"} <= set(tables)
    assert set(bench.list_mappings()["fields_enabled"]) == {0}
