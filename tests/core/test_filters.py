"""A filter says yes or no to every record, and says what it could not ask."""

from datetime import date, datetime, time
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.filters import columns, evaluable, in_filter
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import Condition, Field, FieldType, TableSchema
from mdsync_nb.model.filter import conditions

SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(
        Field(name="No.", type=FieldType.CODE),
        Field(name="Name", type=FieldType.TEXT),
        Field(name="Limit", type=FieldType.DECIMAL, blank_is_zero=True),
        Field(name="Days", type=FieldType.INTEGER),
        Field(name="Tax", type=FieldType.BOOLEAN, blank_is_zero=True),
        Field(name="Known", type=FieldType.BOOLEAN),
        Field(
            name="Blocked",
            type=FieldType.OPTION,
            options=("", "Ship", "Invoice", "All"),
            captions=(" ", "Liefern", "Fakturieren", "Alle"),
        ),
        Field(
            name="Type",
            type=FieldType.OPTION,
            options=("Company", "Person"),
            captions=("Firma", "Mensch"),
        ),
        Field(name="Kind", type=FieldType.OPTION),
        Field(name="Since", type=FieldType.DATE),
        Field(name="Seen", type=FieldType.DATETIME),
        Field(name="Opens", type=FieldType.TIME),
        Field(name="Id", type=FieldType.GUID),
    ),
)

RECORDS = pl.DataFrame(
    {
        "No.": ["A", "B", "C"],
        "Name": ["Åse Foods", "BETA", None],
        "Limit": [Decimal("10.50"), Decimal("0"), None],
        "Days": [30, 0, None],
        "Tax": [True, False, None],
        "Known": [True, False, None],
        "Blocked": ["Ship", "All", None],
        "Type": ["Company", "Person", None],
        "Kind": ["Good", "better", None],
        "Since": [date(2026, 3, 10), date(2025, 1, 1), None],
        "Seen": [datetime(2026, 3, 10, 6, 30), datetime(2025, 1, 1), None],
        "Opens": [time(6, 30), time(9), None],
        "Id": [
            "5f0c2e1a-0d5e-4c61-9b7f-0a1b2c3d4e5f",
            "{00000000-0000-0000-0000-000000000001}",
            None,
        ],
    },
    schema_overrides={"Limit": pl.Decimal(38, 20), "Seen": pl.Datetime("us")},
)


def cells(drawn: str) -> list[list[str]]:
    """The rows of a table drawn in text, without its head."""
    lines = [line for line in drawn.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines[1:]]


def passing(*asked: Condition, schema: TableSchema = SCHEMA) -> str:
    return "".join(RECORDS.filter(in_filter(asked, schema))["No."])


def condition(field: str, operator: str, text: str) -> Condition:
    values = tuple(one.strip() for one in text.split(","))
    return Condition.model_validate({"field": field, "operator": operator, "values": values})


def assert_passing(drawn: str) -> None:
    rows = cells(drawn)
    found = [passing(condition(*row[:3])) for row in rows]
    assert found == [row[3] for row in rows]


def test_a_text_is_read_by_the_type_of_its_field():
    assert_passing("""
        field   | asks | text                                 | passing
        No.     | =    | a                                    | A
        No.     | =    | a, c                                 | AC
        No.     | <>   | a, c                                 | B
        No.     | >=   | b                                    | BC
        Name    | =    | åse foods                            | A
        Name    | =    | ÅSE FOODS                            | A
        Name    | <>   | beta                                 | AC
        Limit   | =    | 10.5                                 | A
        Limit   | =    | 10.500                               | A
        Limit   | <    | 10.50                                | BC
        Limit   | >    | -1                                   | ABC
        Days    | =    | 30                                   | A
        Days    | <=   | 0                                    | BC
        Tax     | =    | true                                 | A
        Tax     | =    | No                                   | BC
        Known   | =    | false                                | B
        Blocked | =    | ship                                 | A
        Blocked | =    | LIEFERN                              | A
        Blocked | =    | Liefern, all                         | AB
        Type    | =    | mensch                               | B
        Kind    | =    | good                                 | A
        Since   | =    | 2026-03-10                           | A
        Since   | >    | 2025-12-31                           | A
        Seen    | =    | 2026-03-10T06:30:00Z                 | A
        Seen    | =    | 2026-03-10T07:30:00+01:00            | A
        Seen    | >=   | 2026-03-10                           | A
        Opens   | <    | 08:00                                | AC
        Id      | =    | 5F0C2E1A-0D5E-4C61-9B7F-0A1B2C3D4E5F | A
        Id      | =    | {5f0c2e1a0d5e4c619b7f0a1b2c3d4e5f}   | A
        Id      | <>   | 00000000-0000-0000-0000-000000000001 | AC
    """)


def test_a_blank_text_asks_for_the_blank_of_the_type():
    assert_passing("""
        field   | asks | text | passing
        Name    | =    |      | C
        Name    | <>   |      | AB
        Limit   | =    |      | BC
        Days    | =    |      | C
        Tax     | =    |      | BC
        Known   | =    |      | C
        Blocked | =    |      | C
        Blocked | <>   |      | AB
        Type    | =    |      | C
        Kind    | =    |      | C
        Since   | =    |      | C
        Seen    | <>   |      | AB
        Id      | =    |      | C
    """)


def test_a_blank_comes_before_every_value():
    assert_passing("""
        field   | asks | text       | passing
        Since   | <    | 2020-01-01 | C
        Since   | <=   | 2025-01-01 | BC
        Since   | <    |            |
        Since   | <=   |            | C
        Since   | >    |            | AB
        Since   | >=   |            | ABC
        Days    | <    | 0          | C
        Name    | <    | a          | C
        Name    | >    |            | AB
    """)


def test_options_are_ordered_as_they_are_declared():
    assert_passing("""
        field   | asks | text    | passing
        Blocked | <    | Invoice | AC
        Blocked | >=   | Invoice | B
        Blocked | >    |         | AB
    """)


def test_a_member_that_nobody_declared_comes_last_and_equals_none():
    unknown = pl.DataFrame({"Blocked": ["unknown (7)"]})
    asked = {"=": False, "<>": True, ">": True, "<": False}
    found = {
        sign: unknown.select(in_filter([condition("Blocked", sign, "All")], SCHEMA)).item()
        for sign in asked
    }
    assert found == asked


def test_an_empty_text_is_as_blank_as_null():
    record = pl.DataFrame({"Name": [""], "Blocked": [""]})
    asked = conditions({"Name": "", "Blocked": ""})
    assert record.filter(in_filter(asked, SCHEMA)).height == 1


def test_all_conditions_must_hold():
    assert passing(*conditions({"Blocked": {"<>": ""}, "Limit": {">": "0"}})) == "A"


def test_without_conditions_every_record_passes():
    assert passing() == "ABC"


def test_a_filter_reads_the_columns_of_its_side():
    both = RECORDS.select(pl.all().name.prefix("s."))
    asked = in_filter(conditions({"Blocked": ""}), SCHEMA, "s.")
    assert both.filter(asked)["s.No."].to_list() == ["C"]


TEXTS = {
    "Limit": st.decimals(-99, 99, places=2).map(str),
    "Days": st.integers(-9, 99).map(str),
    "Name": st.text("aBé", max_size=2),
    "Since": st.dates().map(str),
    "Blocked": st.sampled_from(["", "Ship", "alle"]),
}


@given(
    st.sampled_from(sorted(TEXTS)).flatmap(lambda name: st.tuples(st.just(name), TEXTS[name])),
    st.sampled_from([("=", "<>"), ("<", ">="), ("<=", ">")]),
)
def test_a_condition_and_its_opposite_divide_the_records(asked, signs):
    field, text = asked
    one, other = (
        RECORDS.with_columns(
            x=in_filter([Condition(field=field, operator=s, values=(text,))], SCHEMA)
        )["x"]
        for s in signs
    )
    assert one.null_count() == other.null_count() == 0
    assert (one ^ other).all()


@pytest.mark.parametrize(
    ("field", "text", "right"),
    [
        ("Limit", "1 000", "a number such as 1234.50"),
        ("Limit", "NaN", "a number such as 1234.50"),
        ("Days", "1.5", "a whole number such as 30"),
        ("Tax", "maybe", "true or false"),
        ("Blocked", "Pay", "one of blank, Ship, Invoice, All"),
        ("Type", "Robot", "one of blank, Company, Person"),
        ("Since", "10.03.2026", "a date such as 2026-03-10"),
        ("Seen", "yesterday", "a time such as 2026-03-10T06:30:00Z"),
        ("Seen", "0001-01-01T00:00:00+05:00", "a time such as 2026-03-10T06:30:00Z"),
        ("Opens", "06:30:00+01:00", "a time of day such as 06:30:00"),
        ("Id", "five", "an id such as 5f0c2e1a-0d5e-4c61-..."),
    ],
)
def test_a_text_that_does_not_fit_is_refused_with_what_would_be_right(field, text, right):
    with pytest.raises(UsageError) as refused:
        in_filter([condition(field, "=", text)], SCHEMA)
    assert field in str(refused.value)
    assert repr(text) in str(refused.value)
    assert right in str(refused.value)


def test_an_order_takes_one_text_and_a_known_order():
    for asked in (
        Condition(field="Limit", operator="<", values=("1", "2")),
        Condition(field="Limit", operator="<", values=()),
        Condition(field="Limit", values=()),
        Condition(field="Kind", operator="<", values=("good",)),
    ):
        with pytest.raises(UsageError, match=asked.field):
            in_filter([asked], SCHEMA)


def test_a_field_that_the_table_lacks_is_unknown():
    with pytest.raises(UnknownName, match="Blokced") as unknown:
        in_filter(conditions({"Blokced": ""}), SCHEMA)
    assert "Blocked" in unknown.value.hint


def test_columns_are_the_fields_a_filter_needs_each_once():
    asked = conditions({"Limit": {">": "0", "<": "9"}, "Blocked": ""})
    assert columns(asked) == ["Limit", "Blocked"]


def test_a_condition_on_a_field_that_was_not_exported_is_set_aside():
    asked = conditions({"Blocked": "", "Limit": {">": "0"}})
    assert evaluable(asked, {"No.", "Limit"}) == ((asked[1],), (asked[0],))
