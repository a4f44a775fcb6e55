"""The shipped facts about tables and fields are the product's own."""

import importlib.util
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

PROJECT = Path(__file__).parents[2]
PACKS = PROJECT / "mdsync_nb" / "packs"
SHARED = PROJECT.parent / "shared"
SOURCE = SHARED / "data" / "bc_metadata"

needs_the_definitions = pytest.mark.skipif(
    not SOURCE.is_dir(), reason="../shared/data/bc_metadata is not beside the project"
)

TYPES = {
    "code",
    "text",
    "integer",
    "big_integer",
    "decimal",
    "boolean",
    "option",
    "date",
    "datetime",
    "time",
    "date_formula",
    "duration",
    "guid",
    "blob",
    "media",
    "record_id",
}


@pytest.fixture(scope="module")
def fields() -> pl.DataFrame:
    return pl.read_csv(PACKS / "bc_fields.csv", infer_schema=False)


@pytest.fixture(scope="module")
def tables() -> pl.DataFrame:
    return pl.read_csv(PACKS / "bc_tables.csv", infer_schema=False)


def make_facts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_facts", PROJECT / "tools" / "make_facts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fact(fields: pl.DataFrame, table: str, field: str) -> dict[str, str | None]:
    return fields.row(
        by_predicate=(pl.col("table") == table) & (pl.col("field") == field), named=True
    )


@needs_the_definitions
def test_the_shipped_fields_are_a_fresh_build():
    fresh = make_facts().build_fields(SOURCE).write_csv()
    assert (PACKS / "bc_fields.csv").read_text("utf-8") == fresh


@needs_the_definitions
def test_the_shipped_tables_are_a_fresh_build():
    fresh = make_facts().build_tables(SOURCE).write_csv()
    assert (PACKS / "bc_tables.csv").read_text("utf-8") == fresh


def test_fields_stand_in_the_order_of_table_and_field_number_and_once_each(fields):
    numbers = fields.select(pl.col("table_id", "field_no").cast(pl.Int64))
    assert numbers.equals(numbers.unique().sort("table_id", "field_no"))
    assert not fields.select("table", "field").is_duplicated().any()


def test_every_type_is_one_the_workbench_knows(fields):
    assert set(fields["type"]) == TYPES


def test_code_and_text_have_a_length_and_nothing_else_has(fields):
    has_length = pl.col("length").is_not_null()
    assert fields.filter(has_length != pl.col("type").is_in(["code", "text"])).is_empty()


def test_only_option_fields_have_members(fields):
    assert set(fields.filter(pl.col("options").is_not_null())["type"]) == {"option"}


def test_a_primary_key_is_the_same_in_both_files(fields, tables):
    keys = (
        fields.filter(pl.col("key_position").is_not_null())
        .sort(pl.col("table_id", "key_position").cast(pl.Int64))
        .group_by("table", maintain_order=True)
        .agg(pl.col("field").str.join("|"))
    )
    assert keys.rows() == tables.select("table", "primary_key").rows()


def test_captions_stand_only_where_they_differ_from_the_names(fields):
    assert fields.filter(pl.col("captions") == pl.col("options")).is_empty()


@pytest.mark.parametrize(
    ("table", "field", "options", "captions"),
    [
        ("Customer", "Blocked", "|Ship|Invoice|All", None),
        ("Vendor", "Blocked", "|Payment|All", None),
        ("CRM Integration Record", "Last Synch. Result", "|Success|Failure", None),
        ("Dimension Value", "Dimension Value Type", "Standard|Heading|Total|Begin-Total|End-Total", None),
        ("Job Queue Entry", "Object Type to Run", "|||Report||Codeunit", None),
        ("Item", "Replenishment System", "0=Purchase|1=Prod. Order|2=Transfer|4=", None),
        ("Item", "Price/Profit Calculation", "Profit=Price-Cost|Price=Cost+Profit|No Relationship", None),
        ("CRM Account", "StatusCode", "-1=|1=Active|2=Inactive", None),
        ("CRM Account", "StateCode", "Active|Inactive", None),
        ("Transformation Rule", "Extract From Date Type", "1=Date|2=Month|3=Year", "1=Day|2=Month|3=Year"),
        ("Item", "Assembly Policy", None, None),
    ],
)  # fmt: skip
def test_members_are_listed_in_ordinal_order(fields, table, field, options, captions):
    facts = fact(fields, table, field)
    assert (facts["options"], facts["captions"]) == (options, captions)


def test_the_members_of_customer_blocked_start_with_the_blank_one(fields):
    options = fact(fields, "Customer", "Blocked")["options"]
    assert options is not None
    assert options.split("|") == ["", "Ship", "Invoice", "All"]


@pytest.mark.parametrize(
    ("table", "field", "related", "by"),
    [
        ("Customer", "Currency Code", "Currency", "Code"),
        ("Customer", "Payment Terms Code", "Payment Terms", "Code"),
        ("Customer", "Salesperson Code", "Salesperson/Purchaser", "Code"),  # where(const)
        ("Customer", "Global Dimension 1 Code", "Dimension Value", "Code"),
        ("Contact", "Company Name", "Contact", "Name"),
        ("Customer", "Language Code", "Language", None),  # key not known
        ("CRM Account", "CreatedBy", "CRM Systemuser", "SystemUserId"),
        ("Customer", "Post Code", None, None),  # if (...)
        ("Customer", "Ship-to Code", None, None),  # where(... = field(...))
        ("Customer", "Currency Id", None, None),  # .SystemId
        ("Customer", "Name", None, None),
    ],
)
def test_a_plain_relation_names_the_related_table_and_field(fields, table, field, related, by):
    facts = fact(fields, table, field)
    assert (facts["relation_table"], facts["relation_field"]) == (related, by)


@pytest.mark.parametrize(
    ("table", "field", "money"),
    [
        ("Customer", "Currency Code", "currency"),
        ("Customer", "Currency Id", None),
        ("Customer", "Credit Limit (LCY)", "local"),
        ("Customer", "Budgeted Amount", "local"),
        ("Item", "Unit Price", "local"),
        ("Item", "Single-Lvl Mat. Non-Invt. Cost", "local"),
        ("Item", "Profit %", None),
        ("Item", "Net Weight", None),
        ("Vendor", "Payment Method Code", "terms"),
        ("Payment Terms", "Discount %", "terms"),
        ("Bank Account", "Min. Balance", None),
        ("G/L Account", "Source Currency Code", "terms"),
    ],
)
def test_money_is_told_from_other_numbers(fields, table, field, money):
    assert fact(fields, table, field)["money"] == money


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("Customer", "master"),
        ("Business Relation", "master"),
        ("Marketing Setup", "setup"),
        ("VAT Posting Setup", "setup"),
        ("Master Data Management Setup", "setup"),
        ("Master Data Mgt. Coupling", "integration"),
        ("CRM Integration Record", "integration"),
        ("Job Queue Entry", "integration"),
        ("CRM Account", "dataverse"),
        ("CDS Company", "dataverse"),
    ],
)
def test_a_table_has_the_kind_its_name_and_type_tell(tables, table, kind):
    assert tables.row(by_predicate=pl.col("table") == table, named=True)["kind"] == kind
