"""What makes records come near each other, and how near."""

import polars as pl
import pytest

from mdsync_nb.core.nearness import folded, measures, similarity, that_come_near
from mdsync_nb.model import Field, FieldType, TableSchema

SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(
        Field(name="No.", type=FieldType.CODE),
        Field(name="Name"),
        Field(name="VAT Registration No."),
        Field(name="Since", type=FieldType.DATE),
    ),
)
TEXTS = {"Name": pl.String, "VAT Registration No.": pl.String}
FIELDS = {"Name": "words", "VAT Registration No.": "letters"}


def records(*rows: tuple[str | None, str | None]) -> pl.DataFrame:
    return folded(pl.DataFrame(rows, schema=TEXTS, orient="row"), FIELDS)


def test_fields_are_compared_by_what_they_are_where_both_sides_have_them():
    both = pl.DataFrame(schema={**TEXTS, "No.": pl.String, "Since": pl.Date, "Else": pl.String})
    asked = ["VAT Registration No.", "Name", "No.", "Since", "Else", "Name"]
    assert measures(asked, both, both.drop("Since"), SCHEMA) == {**FIELDS, "No.": "letters"}
    assert measures(["Since"], both, both, SCHEMA) == {"Since": "exact"}


@pytest.mark.parametrize(
    ("there", "here", "near"),
    [
        ("Müller & Söhne GmbH", "Sohne Muller", True),
        ("Lanternberg", "Lanternburg", True),
        ("Havblik", "Skerry", False),
        (None, None, False),
    ],
)
def test_records_come_near_by_a_word_or_the_beginning_of_one(there, here, near):
    found = pl.concat(that_come_near(records((there, None)), records((here, None)), FIELDS))
    assert found.rows() == ([(0, 0)] if near else [])


def test_the_rarest_that_two_share_goes_first():
    here = records(*[(f"Bakery {n}", None) for n in range(400)], ("Bakery Polarlys", None))
    found = next(that_come_near(records(("Bakery Polarlys", None)), here, FIELDS))
    assert found["here"][0] == 400
    assert found.height == 200


@pytest.mark.parametrize(
    ("there", "here", "likeness", "similar"),
    [
        (("A", "1"), ("A", "1"), (1.0, 1.0), 1.0),
        (("A", "1"), ("B", "1"), (0.0, 1.0), 0.5),
        (("A", "1"), ("A", None), (1.0, None), 2 / 3),
        (("A", None), ("A", None), (1.0, None), 1.0),
        ((None, None), (None, None), (None, None), None),
    ],
)
def test_a_field_that_one_side_fills_counts_half(there, here, likeness, similar):
    pair = pl.DataFrame(
        [(0, 0, *likeness)],
        schema={"there": pl.UInt32, "here": pl.UInt32, **dict.fromkeys(FIELDS, pl.Float64)},
        orient="row",
    )
    assert similarity(pair, records(there), records(here), list(FIELDS))[0] == similar
