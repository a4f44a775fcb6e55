"""What a field transfers, whether it differs in meaning, and who changed it."""

import polars as pl
import pytest

from mdsync_nb.core.pairing import missing_references, worth_a_row
from mdsync_nb.core.transfer import (
    FieldPair,
    cells,
    columns_of,
    field_pairs,
    inserted_cells,
    with_base,
)
from mdsync_nb.model import Direction, Field, FieldMapping, FieldType, TableMapping, TableSchema

NAME, CITY = Field(name="Name"), Field(name="City")
LIMIT = Field(name="Limit", type=FieldType.DECIMAL, scale=2, money="local")
CURRENCY = Field(name="Currency", type=FieldType.CODE, money="currency")
TERMS = Field(name="Terms", type=FieldType.CODE, relation_table="Terms")
CONTACT = Field(name="Primary Contact No.", type=FieldType.CODE, relation_table="Contact")
PICTURE = Field(name="Picture", type=FieldType.BLOB)
KEY = Field(name="No.", type=FieldType.CODE)
ALL = (KEY, NAME, CITY, LIMIT, CURRENCY, TERMS, PICTURE)


def schema(*fields):
    return TableSchema(table="Customer", fields=fields, key=("No.",))


def mapped(*fields):
    return TableMapping(
        name="SUB/CUSTOMER", link="SUB", local="SUB", integration="HQ", table="Customer",
        integration_table="Customer", fields=fields,
    )  # fmt: skip


def said(name, **more):
    return FieldMapping(local=name, integration=more.pop("integration", name), **more)


def pair(field, **more):
    return FieldPair(field, field, said(field.name, **more), is_key=field.name == "No.")


def test_only_fields_both_hold_and_that_flow_here_are_compared():
    mapping = mapped(
        said("No."), said("Name", integration="Full Name"), said("City", enabled=False),
        said("Terms", direction=Direction.TO_INTEGRATION), said("Picture"), said("Nowhere"),
        said("Currency", direction=Direction.BIDIRECTIONAL), said("Constant", constant="X"),
        said("Limit"),
    )  # fmt: skip
    there = schema(
        KEY, Field(name="Full Name"), CITY, TERMS, PICTURE, CURRENCY, LIMIT, Field(name="Nowhere")
    )
    here = schema(*ALL, Field(name="Constant"))
    fields, left_out = field_pairs(mapping, there, here, ("GBP", "EUR"))
    assert [(one.name, one.is_key, one.currencies) for one in fields] == [
        ("No.", True, None), ("Name", False, None), ("Currency", False, ("GBP", "EUR")),
        ("Constant", False, None),
    ]  # fmt: skip
    assert [(one.field, one.reason) for one in left_out] == [
        ("Nowhere", "absent-here"), ("Limit", "currency"),
    ]  # fmt: skip
    assert columns_of(fields, "source") == ["No.", "Full Name", "Currency"]
    assert columns_of(fields, "destination") == ["No.", "Name", "Currency", "Constant"]


@pytest.mark.parametrize(
    ("currencies", "compared"), [(("GBP", "EUR"), 0), (("GBP", "GBP"), 1), (("GBP", ""), 1)]
)
def test_amounts_are_compared_within_one_currency_or_where_nobody_said_any(currencies, compared):
    fields, _ = field_pairs(mapped(said("Limit")), schema(*ALL), schema(*ALL), currencies)
    assert len(fields) == compared


def test_cells_are_what_differs_and_what_a_side_moved():
    read = pl.LazyFrame(
        {"ix": [0, 1, 2], "s:Name": ["Anna", "Berta", None], "d:Name": ["Anna", "Anna", None]},
        schema_overrides={"ix": pl.UInt32},
    )
    moved = {"Name": pl.Series([2], dtype=pl.UInt32)}
    found = cells(read, [pair(NAME)], moved).sort("ix")
    assert found.select("ix", "source", "destination", "differs").rows() == [
        (1, "Berta", "Anna", True), (2, None, None, False),
    ]  # fmt: skip


BASES = """
    there | here  | base there | base here | class       | base
    B     | A     | A          | .         | source      | A
    A     | B     | .          | A         | destination | A
    B     | C     | A          | A         | both        | A
    B     | B     | A          | A         | both_same   | A
    A     | A     | A          | .         | unknown     | A
    B     | -     | -          | .         | source      | -
    -     | B     | .          | -         | destination | -
    -     | B     | A          | A         | both        | A
"""


def value(text):
    return None if text == "-" else text


def test_who_changed_a_field_is_told_by_what_each_side_held_when_they_agreed():
    head, *rows = (
        [cell.strip() for cell in line.split("|")] for line in BASES.strip().splitlines()
    )
    for row in (dict(zip(head, one, strict=True)) for one in rows):
        there, here = value(row["there"]), value(row["here"])
        found = pl.DataFrame(
            {"ix": [0], "field": ["Name"], "source": [there], "destination": [here],
             "differs": [there != here], "currency_meaning": [False], "agreed": [True]},
            schema_overrides={"source": pl.String, "destination": pl.String},
        )  # fmt: skip
        bases = [
            pl.DataFrame(
                {"ix": [] if row[side] == "." else [0], "field": [] if row[side] == "." else ["Name"],
                 "before": [] if row[side] == "." else [value(row[side])]},
                schema={"ix": pl.Int64, "field": pl.String, "before": pl.String},
            )
            for side in ("base there", "base here")
        ]  # fmt: skip
        told = with_base(found, *bases).row(0, named=True)
        assert (told["class"], told["base"]) == (row["class"], value(row["base"])), row
        unsure = with_base(found.with_columns(agreed=False), *bases).row(0, named=True)
        assert (unsure["class"], unsure["base"]) == ("unknown", None)


def test_a_field_that_went_back_or_differs_in_letters_only_is_not_worth_a_row():
    found = pl.DataFrame(
        [
            ("differs", "unknown", "A", "B", True, ""),
            ("both to the same", "both_same", "B", "B", False, ""),
            ("went back", "unknown", "A", "A", False, ""),
            ("blank currency", "source", None, "GBP", False, ""),
            ("blank currency of both", "both_same", None, "GBP", False, ""),
            ("not transferred", "unknown", "5", "5", False, "'x' is not a number"),
        ],
        schema=["field", "class", "source", "destination", "differs", "warning"],
        orient="row",
    )
    assert worth_a_row(found)["field"].to_list() == [
        "differs", "both to the same", "not transferred",
    ]  # fmt: skip


def test_a_blank_of_the_source_leaves_a_primary_contact_alone():
    read = pl.LazyFrame(
        {
            "ix": pl.Series([0, 1, 2], dtype=pl.UInt32),
            "s:Primary Contact No.": [None, "K2", None],
            "d:Primary Contact No.": ["K1", "K1", None],
        }
    )
    assert cells(read, [pair(CONTACT)], {})["ix"].to_list() == [1]


def found_cells(*rows):
    return pl.DataFrame(
        rows,
        schema={"ix": pl.UInt32, "field": pl.String, "source": pl.String, "destination": pl.String,
                "differs": pl.Boolean, "class": pl.String, "currency_meaning": pl.Boolean},
        orient="row",
    )  # fmt: skip


def test_a_missing_reference_blocks_or_clears_and_never_blanks_a_primary_contact():
    fields = [pair(TERMS), pair(CITY), pair(CONTACT, clear_on_failed=True)]
    found = found_cells(
        (0, "Terms", "90D", "NET", True, "source", False),
        (1, "Terms", "NET", "90D", True, "source", False),
        (2, "Terms", None, "NET", True, "source", False),
        (3, "Primary Contact No.", "K9", "K1", True, "source", False),
        (4, "City", "Ulm", "Bonn", True, "source", False),
    )
    known = {"Terms": pl.Series(["NET"]), "Primary Contact No.": pl.Series(["K1"])}
    told = missing_references(found, fields, known, "SUB")
    assert dict(told.select("ix", "missing").iter_rows()) == {
        0: "Terms 90D is missing in SUB.", 1: None, 2: None, 4: None,
    }  # fmt: skip
    cleared = [pair(TERMS, clear_on_failed=True)]
    told = missing_references(found[:3], cleared, known, "SUB")
    assert told.select("ix", "source", "missing").rows() == [
        (0, None, None), (1, "NET", None), (2, None, None),
    ]  # fmt: skip


def test_a_record_is_created_with_what_is_filled_and_with_constants():
    rows = pl.LazyFrame(
        {"ix": [0], "s:Name": ["Anna"], "s:City": [None], "s:Currency": [None]},
        schema={"ix": pl.UInt32, "s:Name": pl.String, "s:City": pl.String, "s:Currency": pl.String},
    )
    currency = FieldPair(CURRENCY, CURRENCY, said("Currency"), currencies=("GBP", "EUR"))
    fields = [pair(NAME), pair(CITY), pair(LIMIT, constant="5"), currency]
    told = inserted_cells(rows, fields)
    assert told.select("field", "source", "currency_meaning").rows() == [
        ("Name", "Anna", False), ("Limit", "5", False), ("Currency", None, True),
    ]  # fmt: skip
