"""The shipped facts about Dataverse's tables are those the product and the schema publish."""

import importlib
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from mdsync_nb.model import FieldType
from mdsync_nb.workspace import product_tables

PROJECT = Path(__file__).parents[2]
PACKS = PROJECT / "mdsync_nb" / "packs"
DATA = PROJECT.parent / "shared" / "data"

needs_the_definitions = pytest.mark.skipif(
    not (DATA / "dataverse_schema").is_dir(),
    reason="../shared/data/dataverse_schema is not beside the project",
)

TABLES = ["account", "contact", "systemuser", "transactioncurrency"]
OPTION_SETS = [
    "account.PaymentTermsCodeEnum",
    "account.Address1_FreightTermsCodeEnum",
    "account.Address1_ShippingMethodCodeEnum",
]


@pytest.fixture(scope="module")
def fields() -> pl.DataFrame:
    return pl.read_csv(PACKS / "dv_fields.csv", infer_schema=False)


@pytest.fixture
def make_dataverse_facts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PROJECT / "tools")
    return importlib.import_module("make_dataverse_facts")


@needs_the_definitions
def test_the_shipped_facts_are_a_fresh_build(make_dataverse_facts):
    fields = make_dataverse_facts.build_dataverse_fields().write_csv()
    tables = make_dataverse_facts.build_dataverse_tables().write_csv()
    assert (PACKS / "dv_fields.csv").read_text("utf-8") == fields
    assert (PACKS / "dv_tables.csv").read_text("utf-8") == tables


def test_the_columns_are_those_of_the_product_s_facts_and_four_more(fields):
    product = pl.read_csv(PACKS / "bc_fields.csv", infer_schema=False).columns
    assert fields.columns == [*product, "columns", "system", "blank_is_zero", "extensible"]


def test_tables_come_in_order_with_fields_by_number_once_each(fields):
    assert list(fields["table"].unique(maintain_order=True)) == [*TABLES, *OPTION_SETS]
    assert not fields.select("table", "field").is_duplicated().any()
    for numbers in fields.group_by("table").agg(pl.col("field_no").cast(pl.Int64))["field_no"]:
        assert list(numbers) == sorted(numbers)


def test_code_and_text_have_a_length_and_nothing_else_has(fields):
    has_length = pl.col("length").is_not_null()
    assert fields.filter(has_length != (pl.col("type") == "text")).is_empty()


def test_every_relation_names_the_key_of_a_table_that_is_known(fields):
    related = fields.filter(pl.col("relation_table").is_not_null())
    for table, field in related.select("relation_table", "relation_field").unique().rows():
        assert product_tables()[table].key == (field,)


def test_every_reference_by_guid_is_also_found_by_the_column_of_a_lookup(fields):
    lookups = fields.filter((pl.col("type") == "guid") & pl.col("relation_table").is_not_null())
    assert lookups["columns"].str.contains(r"^_\w+_value$").all()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_tells_the_id_and_the_times_of_its_records(table):
    schema = product_tables()[table]
    assert {field.system: field.name for field in schema.fields if field.system} == {
        "SystemId": schema.key[0],
        "SystemCreatedAt": "CreatedOn",
        "SystemModifiedAt": "ModifiedOn",
        "SystemModifiedBy": "ModifiedBy",
    }


@pytest.mark.parametrize("table", OPTION_SETS)
def test_an_option_set_is_a_table_of_numbers_and_labels(table):
    schema = product_tables()[table]
    value, label = schema.fields
    assert schema.key == (value.name,) == ("Value",)
    assert (value.type, value.system) == (FieldType.INTEGER, "SystemId")
    assert (label.name, label.type, label.length) == ("Label", FieldType.TEXT, 250)


@pytest.mark.parametrize(
    ("table", "field", "related"),
    [
        ("account", "TransactionCurrencyId", "transactioncurrency"),
        ("account", "PrimaryContactId", "contact"),
        ("account", "OwnerId", "systemuser"),
        ("contact", "OwnerId", "systemuser"),
        ("contact", "ParentCustomerId", "account"),
        *((*table.split("."), table) for table in OPTION_SETS),
        ("contact", "PaymentTermsCodeEnum", ""),  # the contact's option set is another one
        ("account", "CompanyId", ""),  # no mapping asks for the companies of Dataverse
    ],
)
def test_a_reference_names_the_table_it_leads_to(table, field, related):
    assert product_tables()[table].by_name[field].relation_table == related


@pytest.mark.parametrize(
    ("table", "field", "numbers", "names", "extensible"),
    [
        ("account", "StateCode", (), ("Active", "Inactive"), False),
        ("account", "StatusCode", (-1, 1, 2), ("", "Active", "Inactive"), True),
        ("account", "OwnerIdType", (), ("", "systemuser", "team"), False),
        ("contact", "ParentCustomerIdType", (), ("", "account", "contact"), False),
        ("contact", "GenderCode", (-1, 1, 2), ("", "Male", "Female"), True),
    ],
)
def test_an_option_has_dataverse_s_numbers(table, field, numbers, names, extensible):
    found = product_tables()[table].by_name[field]
    assert (found.ordinals, found.options) == (numbers, names)
    assert found.extensible is extensible


def test_customers_and_vendors_are_told_apart_by_number():
    found = product_tables()["account"].by_name["CustomerTypeCode"]
    numbered = dict(zip(found.ordinals, found.options, strict=True))
    assert (numbered[3], numbered[11], numbered[-1]) == ("Customer", "Vendor", "")


@pytest.mark.parametrize(
    ("table", "field", "length"),
    [
        ("account", "Name", 160),
        ("account", "Address1_Line1", 250),
        ("account", "Description", 2000),
        ("contact", "NickName", 100),  # the product's own definition cuts it at 50
        ("transactioncurrency", "ISOCurrencyCode", 5),
    ],
)
def test_a_length_is_dataverse_s_where_the_schema_has_it(table, field, length):
    assert product_tables()[table].by_name[field].length == length
