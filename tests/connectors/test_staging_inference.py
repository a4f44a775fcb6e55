"""Tables nobody declared: types are guessed, and a code never becomes a number."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from mdsync_nb.connectors.inference import is_code
from mdsync_nb.errors import ColumnMissing, UsageError
from mdsync_nb.model import Field, FieldType, TableSchema

GUESSED = [
    ("Amount", ["1", "-2.50", "0.1", ""], FieldType.DECIMAL),
    ("Amount", ["1", "007"], FieldType.TEXT),
    ("Amount", ["+1"], FieldType.TEXT),
    ("Amount", ["1", "n/a"], FieldType.TEXT),
    ("Amount", ["1,000"], FieldType.TEXT),
    ("Amount", ["1e5"], FieldType.TEXT),
    ("Amount", ["12345678901234567890"], FieldType.TEXT),
    ("Amount", ["", " "], FieldType.TEXT),
    ("Post Code", ["10115", "20095"], FieldType.TEXT),
    ("Phone", ["4930123"], FieldType.TEXT),
    ("Active", ["true", "False", ""], FieldType.BOOLEAN),
    ("Active", ["1", "0"], FieldType.DECIMAL),
    ("Active", ["yes", "no"], FieldType.TEXT),
    ("Since", ["2026-01-31", ""], FieldType.DATE),
    ("Since", ["31.01.2026"], FieldType.TEXT),
    ("Since", ["2026-01-31T10:00:00Z"], FieldType.TEXT),
]


@pytest.mark.parametrize(("name", "texts", "kind"), GUESSED)
def test_a_type_is_one_that_every_value_bears_out(company, name, texts, kind):
    lines = [f'{n},"{text}"' for n, text in enumerate(texts)]
    company.write(f"No.,{name}\n" + "\n".join(lines) + "\n")
    staged = company.stage_unknown()
    assert {field.name: field.type for field in staged.schema.fields}[name] is kind
    assert staged.set_aside.is_empty()


def test_a_guess_reads_the_values_and_keeps_nothing_apart_from_zero(company):
    company.write("No.,Amount,Since\n00010,1.50,2026-01-31\n00020,,\n")
    staged = company.stage_unknown()
    assert company.rows(staged) == [
        ("00010", Decimal("1.5"), date(2026, 1, 31)),
        ("00020", None, None),
    ]
    assert not staged.schema.known


def test_a_guess_knows_the_company_s_decimal_mark(company):
    company.write("No.;Amount\n1;2,5\n")
    staged = company.stage_unknown(format={"decimal": ","})
    assert company.column(staged, "Amount") == [Decimal("2.5")]


def test_a_guess_looks_at_all_files_and_only_at_the_rows_of_the_company(company):
    company.write("Co,No.,Amount,Rate\nDE,1,1,1\nFR,2,x,1\n", "p1.csv")
    company.write("Co,No.,Amount,Rate\nDE,3,2,y\n", "p2.csv")
    staged = company.stage_unknown(file={"file": "p*.csv", "where": {"Co": "DE"}})
    kinds = {field.name: field.type for field in staged.schema.fields}
    assert (kinds["Amount"], kinds["Rate"]) == (FieldType.DECIMAL, FieldType.TEXT)


def test_what_is_declared_is_not_guessed(company):
    company.write("No.,Amount,Extra\n1,5,6\n")
    declared = TableSchema(
        table="Customer", fields=(Field(name="Amount"),), key=("No.",), known=False
    )
    staged = company.stage_unknown(declared)
    assert {field.name: field.type for field in staged.schema.fields} == {
        "Amount": FieldType.TEXT,
        "No.": FieldType.TEXT,
        "Extra": FieldType.DECIMAL,
    }


def test_types_that_a_file_has_itself_are_kept_but_for_codes(company):
    frame = pl.DataFrame(
        {"No.": [1], "Amount": [1.5], "Post Code": [10115], "On": [date(2026, 1, 1)]}
    )
    frame.write_parquet(company.root / "customer.parquet")
    staged = company.stage_unknown(file="customer.parquet")
    assert company.rows(staged) == [("1", Decimal("1.5"), "10115", date(2026, 1, 1))]


def test_a_table_without_a_key_asks_for_one(company):
    company.write("Code,Name\n1,a\n")
    for schema in (None, TableSchema(table="Customer", fields=(), key=(), known=False)):
        with pytest.raises(UsageError, match="key") as raised:
            company.stage_with(schema)
        assert "tables: Customer: key:" in raised.value.hint


def test_a_key_nobody_typed_is_text(company):
    company.write("Line,Amount\n1,1\n2,2\n")
    unknown = TableSchema(table="Customer", fields=(), key=("Line",), known=False)
    assert company.rows(company.stage_unknown(unknown)) == [("1", Decimal(1)), ("2", Decimal(2))]


def test_a_declared_key_must_be_there(company):
    company.write("Code,Name\n1,a\n")
    with pytest.raises(ColumnMissing, match=r"'No\.'"):
        company.stage_unknown()


@pytest.mark.parametrize(
    "name",
    [
        "No.",
        "Kundennr.",
        "Item No.",
        "PostalCode",
        "Post Code",
        "phoneNumber",
        "Telefonnummer",
        "Customer Id",
        "GLN",
        "country_code",
        "ZIP",
        "Bank Account",
    ],
)
def test_names_of_codes_are_known(name):
    assert is_code(name)


@pytest.mark.parametrize(
    "name", ["Amount", "Unit Price", "Quantity", "Paid", "Note", "Weight", "VAT %"]
)
def test_names_of_amounts_are_not_those_of_codes(name):
    assert not is_code(name)
