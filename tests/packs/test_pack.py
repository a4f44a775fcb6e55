"""The default mappings speak of tables and fields that exist, and say what the product says."""

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

PROJECT = Path(__file__).parents[2]
PACKS = PROJECT / "mdsync_nb" / "packs"
SHARED = Path(__file__).parents[2].parent / "shared"
DEFAULTS = SHARED / "data" / "bc_metadata" / "mdm_default_table_mappings.json"
DEFINITIONS = SHARED / "data" / "bc_metadata" / "bc_table_fields.csv"

needs_the_definitions = pytest.mark.skipif(
    not DEFAULTS.is_file(), reason="../shared/data/bc_metadata is not beside the project"
)

NAMES = [
    "NUMBERSERIES",
    "NUMBERSERIESLINE",
    "SALESRECSETUP",
    "MARKETINGSETUP",
    "BUSINESSRELATION",
    "PURCHPAYSETUP",
    "SALESPERSON",
    "CUSTOMER",
    "VENDOR",
    "CONTACT",
    "COUNTRYREGION",
    "POSTCODE",
    "CURRENCY",
    "CURRENCYEXCHRATE",
    "PAYMENTTERMS",
    "SHIPMENTMETHOD",
    "SHIPPINGAGENT",
    "VATBUSPGROUP",
    "VATPRODPGROUP",
    "GENBUSPGROUP",
    "GENPRODPGROUP",
    "CUSTOMERPGROUP",
    "VENDORPGROUP",
    "TAXAREA",
    "TAXGROUP",
    "GLACCOUNT",
    "VATPOSTINGSETUP",
    "TAXJURISDICTION",
    "DIMENSION",
    "DIMENSIONVALUE",
]


def read_pack(name: str) -> dict[str, dict[str, Any]]:
    pack = yaml.safe_load((PACKS / f"{name}.yaml").read_text("utf-8"))
    assert pack["pack"] == name
    return pack["mappings"]


MASTER_DATA = read_pack("master_data")
MAPPINGS = MASTER_DATA | read_pack("item")
FIELDS = pl.read_csv(PACKS / "bc_fields.csv", infer_schema=False)

every_mapping = pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS.keys())


def fields_of(table: str) -> set[str]:
    return set(FIELDS.filter(pl.col("table") == table)["field"])


def defaults() -> dict[str, dict[str, Any]]:
    return {row["table"]: row for row in json.loads(DEFAULTS.read_text("utf-8"))}


def test_the_pack_has_the_30_default_mappings_in_the_order_the_product_makes_them():
    assert list(MASTER_DATA) == NAMES
    assert len(NAMES) == 30


def test_each_table_is_mapped_once():
    tables = [mapping["table"] for mapping in MAPPINGS.values()]
    assert len(set(tables)) == len(tables) == 31


@every_mapping
def test_fields_are_either_listed_or_all_with_exceptions(mapping):
    assert set(mapping["fields"]) in ({"only"}, {"all"}, {"all", "except"})
    assert mapping["fields"].get("all", True) is True


@every_mapping
@pytest.mark.parametrize("choice", ["only", "except"])
def test_every_listed_field_exists_in_its_table_and_is_listed_once(mapping, choice):
    listed = mapping["fields"].get(choice, [])
    assert set(listed) <= fields_of(mapping["table"])
    assert len(set(listed)) == len(listed)


@every_mapping
@pytest.mark.parametrize(
    "part", ["filter", "integration_filter", "constants", "match", "clear_on_failed", "validate"]
)
def test_every_field_of_a_filter_constant_match_or_flag_exists_in_its_table(mapping, part):
    assert set(mapping.get(part, [])) <= fields_of(mapping["table"])


@every_mapping
def test_every_matched_flagged_or_constant_field_is_among_the_mapped_fields(mapping):
    choice = mapping["fields"]
    mapped = set(choice.get("only", fields_of(mapping["table"]) - set(choice.get("except", []))))
    for part in ("match", "constants", "clear_on_failed", "validate"):
        assert set(mapping.get(part, [])) <= mapped


@pytest.mark.parametrize("name", ["SALESPERSON", "CUSTOMER", "VENDOR"])
def test_a_mapping_shipped_without_match_fields_proposes_criteria_of_fields_that_exist(name):
    mapping = MAPPINGS[name]
    criteria = mapping["propose_match"]
    assert mapping["match"] == []
    assert criteria
    assert all(criterion for criterion in criteria)
    assert {field for criterion in criteria for field in criterion} <= fields_of(mapping["table"])


def test_only_mappings_without_match_fields_propose_criteria():
    proposing = {name for name, mapping in MAPPINGS.items() if "propose_match" in mapping}
    assert proposing == {name for name, mapping in MAPPINGS.items() if not mapping["match"]}


@every_mapping
def test_every_dependency_is_a_mapping(mapping):
    assert set(mapping["depends_on"]) <= set(MAPPINGS)


def test_the_master_data_pack_depends_on_nothing_outside_itself():
    assert {name for mapping in MASTER_DATA.values() for name in mapping["depends_on"]} <= set(
        NAMES
    )


def test_no_mapping_waits_for_itself():
    graph = {name: mapping["depends_on"] for name, mapping in MAPPINGS.items()}
    order = list(TopologicalSorter(graph).static_order())
    assert order[0] == "BUSINESSRELATION"
    assert len(order) == 31


@every_mapping
def test_the_key_fields_of_its_table_are_known_and_mapped(mapping):
    of_table = pl.col("table") == mapping["table"]
    keys = set(FIELDS.filter(of_table & pl.col("key_position").is_not_null())["field"])
    choice = mapping["fields"]
    assert keys
    assert keys <= set(choice.get("only", keys)) - set(choice.get("except", []))


@every_mapping
def test_a_filter_value_of_an_option_field_is_one_of_its_members(mapping):
    members = dict(
        FIELDS.filter((pl.col("table") == mapping["table"]) & (pl.col("type") == "option"))
        .select("field", pl.col("options").str.split("|"))
        .rows()
    )
    wanted = (mapping.get("filter", {}) | mapping.get("constants", {})).items()
    assert all(value in members[field] for field, value in wanted if field in members)


def test_customers_and_vendors_that_are_blocked_stay_out_and_contacts_are_persons_of_a_company():
    assert MAPPINGS["CUSTOMER"]["filter"] == MAPPINGS["VENDOR"]["filter"] == {"Blocked": ""}
    assert MAPPINGS["CONTACT"]["filter"] == {"Type": "Person", "Company No.": {"<>": ""}}
    assert MAPPINGS["CONTACT"]["constants"] == {"Type": "Person"}


def test_vat_posting_setup_maps_19_fields():
    assert len(MAPPINGS["VATPOSTINGSETUP"]["fields"]["only"]) == 19


@needs_the_definitions
@pytest.mark.parametrize("name", NAMES)
def test_a_default_mapping_says_what_the_product_says(name):
    mapping = MASTER_DATA[name]
    default = defaults()[mapping["table"]]
    assert (
        "|".join(f"MDM_{other}" for other in mapping["depends_on"]) == default["dependency_filter"]
    )
    assert mapping["only_coupled"] is True
    assert mapping["create_new"] == default["create_new_if_no_match"]
    assert mapping["sync_after_coupling"] == default["synch_after_bulk_coupling"]
    assert mapping.get("clear_on_failed", []) == [
        field.strip('"') for field in default["clear_value_on_failed_sync"]
    ]
    assert mapping.get("validate", []) == default["validate_fields"]
    assert bool(mapping["match"]) == default["match_fields_used_for_coupling"]
    assert bool(mapping.get("filter")) == bool(default["record_filters"])
    assert set(default["excluded_fields"]) <= set(mapping["fields"].get("except", []))


@needs_the_definitions
@pytest.mark.parametrize("name", [name for name in NAMES if "all" in MASTER_DATA[name]["fields"]])
def test_fields_the_product_never_maps_are_excepted(name):
    mapping = MASTER_DATA[name]
    obsolete = pl.col("obsolete_state") == "Pending"
    to_a_system_id = pl.col("table_relation").str.ends_with(".SystemId")
    never = (
        pl.read_csv(DEFINITIONS, infer_schema=False)
        .filter(pl.col("table") == mapping["table"], pl.col("field_class") == "Normal")
        .filter(obsolete | to_a_system_id)
    )
    assert set(never["field"]) <= set(mapping["fields"].get("except", []))
