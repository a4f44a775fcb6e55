"""A table is what mdsync.yaml declares, else what the product says, else nobody knows it."""

import pytest

from mdsync_nb.model import FieldType
from mdsync_nb.workspace import product_tables


def test_the_product_s_tables_are_known_with_key_and_fields_in_order():
    customer = product_tables()["Customer"]
    assert (customer.table_id, customer.key, customer.known) == (18, ("No.",), True)
    assert [field.name for field in customer.fields[:3]] == ["No.", "Name", "Search Name"]
    numbers = [field.number for field in customer.fields]
    assert numbers == sorted(numbers)
    assert len(product_tables()) == 63


def test_a_blank_number_is_zero_but_for_the_value_of_an_option_set():
    fields = [field for table in product_tables().values() for field in table.fields]
    assert {field.name for field in fields if not field.blank_is_zero} == {
        "PaymentTermsCodeEnum",
        "Address1_FreightTermsCodeEnum",
        "Address1_ShippingMethodCodeEnum",
    }


def test_a_table_of_dataverse_has_its_logical_name_and_no_number():
    account = product_tables()["account"]
    assert (account.table_id, account.key) == (None, ("AccountId",))
    assert account.by_name["StateCode"].number == 54
    assert not product_tables().holds_data("account")


@pytest.mark.parametrize(
    ("table", "single"),
    [
        ("Sales & Receivables Setup", True),
        ("Marketing Setup", True),
        ("VAT Posting Setup", False),
        ("Customer", False),
    ],
)
def test_a_set_up_table_with_one_record_is_told_from_others(table, single):
    assert product_tables()[table].single is single


@pytest.mark.parametrize(
    ("table", "field", "options", "ordinals", "captions"),
    [
        ("Customer", "Blocked", ("", "Ship", "Invoice", "All"), (), ()),
        ("Item", "Replenishment System", ("Purchase", "Prod. Order", "Transfer", ""), (0, 1, 2, 4), ()),
        ("Item", "Price/Profit Calculation", ("Profit=Price-Cost", "Price=Cost+Profit", "No Relationship"), (), ()),
        ("CRM Account", "StatusCode", ("", "Active", "Inactive"), (-1, 1, 2), ()),
        ("Transformation Rule", "Extract From Date Type", ("Date", "Month", "Year"), (1, 2, 3), ("Day", "Month", "Year")),
        ("Item", "Assembly Policy", (), (), ()),
    ],
)  # fmt: skip
def test_the_members_of_an_option_keep_their_numbers(table, field, options, ordinals, captions):
    found = product_tables()[table].by_name[field]
    assert (found.options, found.ordinals, found.captions) == (options, ordinals, captions)


def test_relations_lengths_and_money_come_with_the_field():
    field = product_tables()["Customer"].by_name["Currency Code"]
    assert (field.type, field.length, field.money) == (FieldType.CODE, 10, "currency")
    assert (field.relation_table, field.relation_field) == ("Currency", "Code")


def test_a_declared_table_is_as_declared(opened):
    workspace = opened("""
        tables:
          Ship:
            key: [IMO, Flag]
            fields:
              Name: text(50)
              Flag: code(2)
              Tons: decimal(2)
              Built: Date
              State: option(Open, Closed, "")
    """)
    ship = workspace.schema("Ship")
    assert ship.key == ("IMO", "Flag")
    assert not ship.known
    assert [one.name for one in ship.fields if one.required] == [
        "Name",
        "Flag",
        "Tons",
        "Built",
        "State",
    ]
    found = [(one.name, one.type.value, one.length, one.scale) for one in ship.fields]
    assert found == [
        ("IMO", "text", None, None),
        ("Name", "text", 50, None),
        ("Flag", "code", 2, None),
        ("Tons", "decimal", None, 2),
        ("Built", "date", None, None),
        ("State", "option", None, None),
    ]
    assert ship.by_name["State"].options == ("Open", "Closed", "")
    assert not any(one.blank_is_zero for one in ship.fields)


def test_a_product_s_table_declared_with_a_key_is_only_what_is_declared(opened):
    customer = opened("tables: {Customer: {key: ID, fields: {Name: text}}}").schema("Customer")
    assert [one.name for one in customer.fields] == ["ID", "Name"]
    assert customer.table_id is None


def test_without_a_key_the_fields_are_added_to_the_product_s_table(opened):
    workspace = opened("tables: {Customer: {fields: {Loyalty: code(10), Name: text(200)}}}")
    customer, facts = workspace.schema("Customer"), product_tables()["Customer"]
    assert customer.key == facts.key
    assert customer.by_name["Name"].length == 200
    assert customer.by_name["Loyalty"].blank_is_zero
    assert customer.by_name.keys() == facts.by_name.keys() | {"Loyalty"}
    mapped = [one.local for one in workspace.mapping("DE/CUSTOMER").fields]
    assert "Loyalty" in mapped


def test_a_table_nobody_knows_has_no_schema(opened):
    assert opened().schema("Ship") is None
