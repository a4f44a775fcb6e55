"""A table view as the product shows or stores it says what it asks of each field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.table_view import field_of, parsed_view
from mdsync_nb.errors import FilterMistake
from mdsync_nb.model import Field, TableSchema

SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(Field(name="No.", number=1), Field(name="Blocked", number=39), Field(name="Field 5")),
)

VIEWS = [
    # view | (field, whether it is one value, text) of each
    ("", []),
    ("SORTING(No.)", []),
    ("SORTING(Name,Credit Limit (LCY)) ORDER(Descending)", []),
    ("WHERE(No.=FILTER(10000..20000))", [("No.", False, "10000..20000")]),
    (
        "SORTING(No.) ORDER(Ascending) WHERE(No.=FILTER(1*|2*),Blocked=CONST( ))",
        [("No.", False, "1*|2*"), ("Blocked", True, "")],
    ),
    (
        "VERSION(1) SORTING(Field1) WHERE(Field1=1(10000),Field39=1(0|1))",
        [("Field1", False, "10000"), ("Field39", False, "0|1")],
    ),
    (
        "WHERE(Credit Limit (LCY)=FILTER((>5&<9)|0),Name=FILTER('A) & (B'))",
        [("Credit Limit (LCY)", False, "(>5&<9)|0"), ("Name", False, "'A) & (B'")],
    ),
    (
        'sorting("No.") where("Balance (LCY)" = filter (>= 50000), Name = const (\'Brown, Sons\'))',
        [("Balance (LCY)", False, ">= 50000"), ("Name", True, "Brown, Sons")],
    ),
    ("WHERE(Name=CONST(O'Brien (UK)))", [("Name", True, "O'Brien (UK)")]),
    ("WHERE(Name=CONST('O''Brien'))", [("Name", True, "O'Brien")]),
]


@pytest.mark.parametrize(("view", "asked"), VIEWS)
def test_a_view_asks_values_and_expressions_of_fields(view, asked):
    found = parsed_view(view)
    assert [(one.field, one.constant, one.text) for one in found] == asked
    for one in found:
        assert view[one.field_at :].startswith(one.field)
        assert one.constant or view[one.at :].startswith(one.text)


MISTAKES = [
    # view | position | what would be right, in part
    ("10000..20000", 1, "WHERE(field=FILTER(expression))"),
    ("SORTING(No.) WERE(No.=CONST(1))", 14, "WHERE(field=FILTER(expression))"),
    ("SORTING(No.", 12, "a ) for each ("),
    ("WHERE(No.)", 7, "a field and ="),
    ("WHERE()", 7, "a field and ="),
    ("WHERE(No.=10000)", 11, "CONST(value) or FILTER(expression)"),
    ("WHERE(No.=FIELD(Bill-to No.))", 11, "CONST(value) or FILTER(expression)"),
    ("WHERE(No.=CONST(1) Name=CONST(2))", 20, ", and the next field, or )"),
    ("WHERE(No.=FILTER((1|2)", 23, "a ) for each ("),
]  # fmt: skip


@pytest.mark.parametrize(("view", "position", "right"), MISTAKES)
def test_a_mistake_in_a_view_is_told_with_its_position(view, position, right):
    with pytest.raises(FilterMistake) as told:
        parsed_view(view)
    assert told.value.at + 1 == position
    assert right in told.value.right


@pytest.mark.parametrize(
    ("name", "field"), [("No.", "No."), ("Field39", "Blocked"), ("field1", "No."), ("Field 5", "Field 5"), ("Field5", None), ("Blokced", None)]
)  # fmt: skip
def test_a_field_of_a_view_goes_by_name_or_number(name, field):
    found = field_of(name, SCHEMA)
    assert (found and found.name) == field


@given(st.text("WHERE(No.=FILTER'CONST,1 )\"", max_size=30).map(lambda rest: "WHERE(" + rest))
def test_any_text_is_a_view_or_a_mistake_at_a_position_in_it(view):
    try:
        places = [place for one in parsed_view(view) for place in (one.field_at, one.at)]
    except FilterMistake as mistake:
        places = [mistake.at]
    assert all(0 <= one <= len(view) for one in places)
