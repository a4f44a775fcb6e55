"""The default mappings with Dataverse say what the product says (semantics.md 9.1)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mdsync_nb.model import DeletionConflict, Direction, Field, FieldType, UpdateConflict
from mdsync_nb.workspace import product_tables

PACKS = Path(__file__).parents[2] / "mdsync_nb" / "packs"
PACK: dict[str, Any] = yaml.safe_load((PACKS / "dataverse.yaml").read_text("utf-8"))
MAPPINGS: dict[str, dict[str, Any]] = PACK["mappings"]

SIGNS = {"<": "from_integration", ">": "to_integration", "<>": "bidirectional"}

TABLES = """
    mapping         | local table           | integration table                      | sign | after
    SALESPEOPLE     | Salesperson/Purchaser | systemuser                             | <    |
    CURRENCY        | Currency              | transactioncurrency                    | >    |
    PAYMENT TERMS   | Payment Terms         | account.PaymentTermsCodeEnum           | >    |
    SHIPMENT METHOD | Shipment Method       | account.Address1_FreightTermsCodeEnum  | >    |
    SHIPPING AGENT  | Shipping Agent        | account.Address1_ShippingMethodCodeEnum | >   |
    CUSTOMER        | Customer              | account  | <> | SALESPEOPLE, CURRENCY, PAYMENT TERMS, SHIPMENT METHOD, SHIPPING AGENT
    VENDOR          | Vendor                | account  | <> | SALESPEOPLE, CURRENCY, PAYMENT TERMS, SHIPMENT METHOD, SHIPPING AGENT
    CONTACT         | Contact               | contact  | <> | CUSTOMER, VENDOR
"""

SALESPEOPLE = """
    local     | sign | integration          | more
    E-Mail    | <    | InternalEMailAddress | validate
    Name      | <    | FullName             | validate
    Phone No. | <    | MobilePhone          | validate
"""

CURRENCY = """
    local       | sign | integration     | more
    Code        | >    | ISOCurrencyCode | match
    Symbol      | >    | CurrencySymbol  |
    Description | >    | CurrencyName    |
"""

OPTION_SET = """
    local | sign | integration | more
    Code  | >    | Label       | match
"""

OF_BOTH_FIRMS = """
    local                | sign | integration                    | more
    = systemuser         | >    | OwnerIdType                    |
    Name                 | <>   | Name                           | validate
    Contact              | <>   | Address1_PrimaryContactName    |
    Address              | <>   | Address1_Line1                 | validate
    Address 2            | <>   | Address1_Line2                 | validate
    Post Code            | <>   | Address1_PostalCode            | validate
    City                 | <>   | Address1_City                  | validate
    Country/Region Code  | <>   | Address1_Country               |
    County               | <>   | Address1_StateOrProvince       | validate
    Currency Code        | <>   | TransactionCurrencyId          | validate
    E-Mail               | <>   | EMailAddress1                  | validate
    Fax No.              | <>   | Fax                            | validate
    Home Page            | <>   | WebSiteURL                     | validate
    Phone No.            | <>   | Telephone1                     | validate
    Shipment Method Code | <>   | Address1_FreightTermsCodeEnum  | validate
    Shipping Agent Code  | <>   | Address1_ShippingMethodCodeEnum | validate
    Payment Terms Code   | <>   | PaymentTermsCodeEnum           | validate
    Primary Contact No.  | <>   | PrimaryContactId               | validate, clear on failed
"""

CUSTOMER = f"""{OF_BOTH_FIRMS}
    = Customer           | >    | CustomerTypeCode               |
    Salesperson Code     | >    | OwnerId                        | not null
    Credit Limit (LCY)   | >    | CreditLimit                    |
"""

VENDOR = f"""{OF_BOTH_FIRMS}
    = Vendor             | >    | CustomerTypeCode               |
    Purchaser Code       | >    | OwnerId                        | not null
"""

CONTACT = """
    local               | sign | integration              | more
    = systemuser        | >    | OwnerIdType              |
    = account           | >    | ParentCustomerIdType     |
    Type                | <    | = Person                 | validate
    Salesperson Code    | >    | OwnerId                  | not null
    Currency Code       | <>   | TransactionCurrencyId    | validate
    Address             | <>   | Address1_Line1           | validate
    Address 2           | <>   | Address1_Line2           | validate
    Post Code           | <>   | Address1_PostalCode      | validate
    City                | <>   | Address1_City            | validate
    Country/Region Code | <>   | Address1_Country         |
    County              | <>   | Address1_StateOrProvince | validate
    E-Mail              | <>   | EMailAddress1            | validate
    Fax No.             | <>   | Fax                      | validate
    First Name          | <>   | FirstName                | validate
    Middle Name         | <>   | MiddleName               | validate
    Surname             | <>   | LastName                 | validate
    Home Page           | <>   | WebSiteUrl               | validate
    Mobile Phone No.    | <>   | MobilePhone              | validate
    Pager               | <>   | Pager                    | validate
    Phone No.           | <>   | Telephone1               | validate
"""

ROWS = {
    "SALESPEOPLE": SALESPEOPLE,
    "CURRENCY": CURRENCY,
    "PAYMENT TERMS": OPTION_SET,
    "SHIPMENT METHOD": OPTION_SET,
    "SHIPPING AGENT": OPTION_SET,
    "CUSTOMER": CUSTOMER,
    "VENDOR": VENDOR,
    "CONTACT": CONTACT,
}

FILTERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "SALESPEOPLE": ({}, {"IsDisabled": "no", "IsLicensed": "yes", "IsIntegrationUser": "no"}),
    "CUSTOMER": ({"Blocked": ""}, {"StateCode": "Active", "CustomerTypeCode": "Customer"}),
    "VENDOR": ({"Blocked": ""}, {"StateCode": "Active", "CustomerTypeCode": "Vendor"}),
    "CONTACT": (
        {"Type": "Person", "Company No.": {"<>": ""}},
        {"ParentCustomerId": {"<>": ""}, "ParentCustomerIdType": "account", "StateCode": "Active"},
    ),
}

every_mapping = pytest.mark.parametrize("name", ROWS)


def drawn(table: str) -> list[list[str]]:
    """The lines of a drawn table below its heading, as cells."""
    lines = [line for line in table.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines[1:]]


def names(cell: str) -> list[str]:
    return [name for name in cell.split(", ") if name]


def rows_of(mapping: dict[str, Any]) -> list[dict[str, Any]]:
    """Every field row of a mapping: those by their local field, then the others."""
    by_field = [{"local": name, **said} for name, said in mapping["fields"].items()]
    return by_field + mapping.get("rows", [])


def as_drawn(row: dict[str, Any], mapping: dict[str, Any]) -> tuple[str, str, str, frozenset[str]]:
    """A field row as its table draws it: a constant stands where its source would."""
    sign = next(sign for sign, word in SIGNS.items() if word == row["direction"])
    constant = f"= {row['constant']}" if "constant" in row else ""
    local, listed = row.get("local", constant), {"validate", "match"}
    more = {word for word in listed if local in mapping.get(word, [])}
    more |= {"not null"} if row.get("not_null") else set()
    more |= {"clear on failed"} if local in mapping.get("clear_on_failed", []) else set()
    return local, sign, row.get("integration", constant), frozenset(more)


def field(table: str, name: str) -> Field:
    return product_tables()[table].by_name[name]


def test_the_pack_is_one_of_dataverse_with_the_8_default_mappings_in_order():
    assert (PACK["pack"], PACK["kind"]) == ("dataverse", "dataverse")
    assert list(MAPPINGS) == [line[0] for line in drawn(TABLES)] == list(ROWS)


@pytest.mark.parametrize("line", drawn(TABLES), ids=lambda line: line[0])
def test_a_mapping_has_the_tables_the_direction_and_what_goes_before(line):
    name, table, integration_table, sign, after = line
    mapping = MAPPINGS[name]
    assert (mapping["table"], mapping["integration_table"]) == (table, integration_table)
    assert mapping["direction"] == SIGNS[sign]
    assert mapping["depends_on"] == names(after)
    assert set(mapping["depends_on"]) <= set(list(MAPPINGS)[: list(MAPPINGS).index(name)])


@every_mapping
def test_a_mapping_has_these_field_rows_and_no_others(name):
    mapping = MAPPINGS[name]
    wanted = [
        (local, sign, integration, frozenset(names(more)))
        for local, sign, integration, more in drawn(ROWS[name])
    ]
    assert sorted(as_drawn(row, mapping) for row in rows_of(mapping)) == sorted(wanted)


@every_mapping
def test_rows_of_a_mapping_of_one_direction_have_that_direction(name):
    mapping = MAPPINGS[name]
    directions = {row["direction"] for row in rows_of(mapping)}
    assert directions <= {Direction(word) for word in SIGNS.values()}
    assert mapping["direction"] in directions
    if mapping["direction"] != "bidirectional":
        assert directions == {mapping["direction"]}


@every_mapping
def test_a_mapping_has_these_filters(name):
    local, integration = FILTERS.get(name, ({}, {}))
    assert MAPPINGS[name].get("local_filter", {}) == local
    assert MAPPINGS[name].get("integration_filter", {}) == integration


@every_mapping
def test_only_currencies_and_option_sets_are_matched_by_code_and_created(name):
    mapping = MAPPINGS[name]
    by_code = mapping["direction"] == "to_integration"
    assert mapping["match"] == (["Code"] if by_code else [])
    assert (mapping["create_new"], mapping["sync_after_coupling"]) == (by_code, by_code)


@every_mapping
def test_only_coupled_records_flow_and_conflicts_wait(name):
    mapping = MAPPINGS[name]
    assert mapping["only_coupled"] is True
    assert UpdateConflict(mapping["update_conflict"]) is UpdateConflict.NONE
    assert DeletionConflict(mapping["deletion_conflict"]) is DeletionConflict.NONE


@every_mapping
def test_every_field_exists_in_its_table(name):
    mapping = MAPPINGS[name]
    local = {row["local"] for row in rows_of(mapping) if "local" in row}
    integration = {row["integration"] for row in rows_of(mapping) if "integration" in row}
    local |= {*mapping.get("validate", []), *mapping["match"], *mapping.get("local_filter", {})}
    integration |= {*mapping.get("integration_filter", {})}
    assert local <= product_tables()[mapping["table"]].by_name.keys()
    assert integration <= product_tables()[mapping["integration_table"]].by_name.keys()


@every_mapping
def test_a_constant_and_a_filter_of_an_option_are_members_of_it(name):
    mapping = MAPPINGS[name]
    table, integration_table = mapping["table"], mapping["integration_table"]
    said = [(table, *one) for one in mapping.get("local_filter", {}).items()]
    said += [(integration_table, *one) for one in mapping.get("integration_filter", {}).items()]
    for row in (row for row in rows_of(mapping) if "constant" in row):
        destination = table if "local" in row else integration_table
        said.append((destination, row.get("local", row.get("integration")), row["constant"]))
    for where, asked, value in said:
        if field(where, asked).type is FieldType.OPTION:
            assert value in field(where, asked).options


@every_mapping
def test_a_reference_leads_to_a_table_that_a_mapping_before_it_couples(name):
    mapping = MAPPINGS[name]
    mapped = {(one["table"], one["integration_table"]) for one in MAPPINGS.values()}
    for row in rows_of(mapping):
        if "constant" in row:
            continue
        there = field(mapping["integration_table"], row["integration"])
        here = field(mapping["table"], row["local"])
        if there.relation_table:
            assert (here.relation_table, there.relation_table) in mapped


@every_mapping
def test_not_null_is_only_said_of_a_guid_and_never_with_clear_on_failed(name):
    mapping = MAPPINGS[name]
    for row in rows_of(mapping):
        if row.get("not_null"):
            assert field(mapping["integration_table"], row["integration"]).type is FieldType.GUID
            assert row["local"] not in mapping.get("clear_on_failed", [])
