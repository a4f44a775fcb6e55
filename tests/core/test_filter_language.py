"""The product's filter language: what passes, what does not, and where a mistake is."""

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdsync_nb.core.filter_expressions import in_expression
from mdsync_nb.core.filter_language import AllOf, AnyOf, Comparison, Range, Value, parsed, printed
from mdsync_nb.core.filters import columns, evaluable, in_filter
from mdsync_nb.errors import FilterMistake, UsageError
from mdsync_nb.model import Condition, Field, FieldType, TableSchema
from mdsync_nb.model.filter import conditions

FIELDS = {
    "code": Field(name="x", type=FieldType.CODE),
    "text": Field(name="x", type=FieldType.TEXT),
    "whole": Field(name="x", type=FieldType.INTEGER, blank_is_zero=True),
    "number": Field(name="x", type=FieldType.DECIMAL, blank_is_zero=True),
    "yes/no": Field(name="x", type=FieldType.BOOLEAN, blank_is_zero=True),
    "option": Field(
        name="x",
        type=FieldType.OPTION,
        options=("", "Ship", "Invoice", "All"),
        captions=(" ", "Liefern", "Fakturieren", "Alle"),
    ),
    "apart": Field(name="x", type=FieldType.OPTION, options=("Open", "Shut"), ordinals=(2, 5)),
    "kind": Field(name="x", type=FieldType.OPTION),
    "date": Field(name="x", type=FieldType.DATE),
    "moment": Field(name="x", type=FieldType.DATETIME),
}
DTYPES = {
    "whole": pl.Int64,
    "number": pl.Decimal(38, 20),
    "yes/no": pl.Boolean,
    "date": pl.Date,
    "moment": pl.Datetime("us"),
}
READ = {
    "whole": int,
    "number": Decimal,
    "yes/no": {"yes": True, "no": False}.get,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}


def cells(drawn: str) -> list[list[str]]:
    """The rows of a table drawn in text, whose columns stand two spaces apart, without its head."""
    lines = [line.strip() for line in drawn.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines[1:]]


def records(kind: str, values: list[str]) -> pl.DataFrame:
    """Records with one value each; `-` is nothing at all."""
    read = READ.get(kind, str)
    held = [None if one == "-" else read(one) for one in values]
    return pl.DataFrame({"x": held}, schema={"x": DTYPES.get(kind, pl.String)})


def passing(kind: str, expression: str, values: list[str]) -> list[str]:
    found = records(kind, values).select(in_expression(expression, FIELDS[kind], "x"))
    return [one for one, passes in zip(values, found.to_series(), strict=True) if passes]


def assert_divided(drawn: str) -> None:
    """Hold expressions against values that pass and values that do not (`none`: there are none)."""
    for kind, expression, pass_, fail in cells(drawn):
        there, not_there = (
            [] if side == "none" else [one.strip() for one in side.split(",")]
            for side in (pass_, fail)
        )
        found = passing(kind, expression, there + not_there)
        assert found == there, (kind, expression)


def test_texts_pass_by_value_order_pattern_and_case():
    assert_divided("""
        type  expression            passes                      does not
        text  Cannon                Cannon                      cannon, CANNON, -
        text  =Cannon               Cannon                      cannon
        text  @Cannon               Cannon, cannon, CANNON      Cannons
        text  <>Cannon              cannon, -                   Cannon
        text  *shire                Yorkshire, shire            shires, SHIRE
        text  *shire*               Yorkshire, shires           Shire
        text  @*SHIRE*              Shire, shires               shir
        text  Hans?n                Hansen, Hanson              Hansn, Hanseen, hansen
        text  @*co?*                incorporated, CoT           xco
        text  *                     A, -                        none
        text  ?*                    A                           -
        text  <>A*                  B, -, a                     A, AB
        text  A*&*Z                 AZ, A to Z                  A, Z
        text  a.c                   a.c                         abc
        text  [a-c]+*               [a-c]+, [a-c]+x             b
        text  Bicycle..Car          Bicycle, bike, CAR          Cars, Bic, -
        text  ''                    -                           A
        text  <>''                  A                           -
        text  Åse|B                 Åse, B                      Ase
        code  a*                    A, AB                       B, -
        code  a|b                   A, B                        C
        code  @a                    A                           B
        code  10000..20000          10000, 15, 2, 20000         1, 20001, -
        code  10000..20000|3*       12, 3, 30000                4
        code  <>A&<>B               C, -                        A, B
        code  00010                 00010                       10
        kind  good                  Good                        better, -
        kind  g*                    Good                        better
    """)


def test_numbers_dates_and_booleans_pass_by_value_and_order():
    assert_divided("""
        type    expression                 passes                       does not
        whole   30                         30                           3, -
        whole   0                          0, -                         1
        whole   ..10|20..                  -5, 10, 20, -                11
        whole   >50&<100                   51, 99                       50, 100
        whole   -5..5                      -5, 0, -                     -6, 6
        whole   30|(>=10&<=20)             10, 20, 30                   9, 21
        whole   <>0                        1                            0, -
        number  1.5..2.50                  1.5, 2.5                     1.4, 2.6
        number  >=1000                     1000, 1000.01                999.99
        yes/no  Yes                        yes                          no, -
        yes/no  true                       yes                          no
        yes/no  1                          yes                          no
        yes/no  No                         no, -                        yes
        yes/no  <>0                        yes                          no, -
        date    2026-03-10                 2026-03-10                   2026-03-11, -
        date    2026-01-01..2026-12-31     2026-01-01, 2026-12-31       2025-12-31, 2027-01-01, -
        date    ..2026-01-01               2026-01-01, 2025-01-01, -    2026-01-02
        date    ''                         -                            2026-01-01
        date    <>''                       2026-01-01                   -
    """)


def test_a_day_stands_for_all_of_it_where_the_field_holds_moments():
    assert_divided("""
        type    expression              passes                              does not
        moment  2026-03-10              2026-03-10, 2026-03-10T23:59:59     2026-03-11, 2026-03-09T23:59:59, -
        moment  <>2026-03-10            2026-03-11, -                       2026-03-10T12:00
        moment  ..2026-03-10            2026-03-10T23:59, -                 2026-03-11
        moment  2026-03-10..            2026-03-10, 2027-01-01              2026-03-09T23:59:59
        moment  >2026-03-10             2026-03-11                          2026-03-10T23:59:59
        moment  <2026-03-10             2026-03-09T23:59:59                 2026-03-10
        moment  2026-03-10T06:30:00Z    2026-03-10T06:30                    2026-03-10T06:31
        moment  9999-12-31              9999-12-31T12:00                    2026-03-10
    """)


def test_options_pass_by_member_caption_ordinal_and_order():
    assert_divided("""
        type    expression       passes              does not
        option  ship             Ship                All, -
        option  Liefern|ALLE     Ship, All           Invoice, -
        option  0                -                   Ship
        option  1|3              Ship, All           Invoice, -
        option  ' '              -                   Ship
        option  <>''             Ship, All           -
        option  Ship..Invoice    Ship, Invoice       All, -
        option  >=2              Invoice, All        Ship, -
        apart   5                Shut                Open
        apart   2|''             Open, -             Shut
    """)


def test_quotes_take_operators_as_letters_and_leave_patterns_and_case():
    assert_divided("""
        type  expression           passes                does not
        text  'J & V'              J & V                 J
        text  'J & V*'             J & V, J & V Ltd      J & W
        text  '@j & v'             J & V                 J & W
        text  @'j & v'             J & V                 J & W
        text  'O''Brien'           O'Brien               OBrien
        text  'A|B'|C              A|B, C                A, B
        text  '10..20'             10..20                15
        text  'a'..'b (c)'         ab, b (c)             b (d)
        text  a@b.com              a@b.com               A@b.com
        text  ''''                 '                     -
        text  '%me'                %me                   me
        code  ' a '                A                     B
    """)


def test_and_binds_tighter_than_or_and_parentheses_before_both():
    assert_divided("""
        type   expression             passes    does not
        whole  1|>4&<6                1, 5      4, 6
        whole  (1|>4)&<6              1, 5      6, 7
        whole  >4&<6|1                1, 5      6
        whole  ((2))                  2         1
        whole  ( 1 | 2 ) & ( <>1 )    2         1, 3
        whole  1 .. 3                 1, 3      4
    """)


MISTAKES = [
    # type | expression | position | what would be right, in part
    ("code", "", 1, "'' is blank"),
    ("code", "A|", 3, "a value"),
    ("code", "A||B", 3, "a value"),
    ("code", "|A", 1, "a value"),
    ("code", "&", 1, "a value"),
    ("code", "A&B)", 4, "no )"),
    ("code", "(A|B", 5, ") or an operator"),
    ("code", "()", 2, "a value"),
    ("code", "A(B)", 2, "in quotes"),
    ("code", "A=B", 2, "in quotes"),
    ("code", "10..20..30", 7, "|, & or the end"),
    ("code", " .. ", 5, "before or after .."),
    ("code", "<>", 3, "a value"),
    ("code", "<>(A|B)", 3, "a value"),
    ("code", ">..5", 2, "a value"),
    ("code", "O'Brien", 2, "'O''Brien & Co'"),
    ("code", "A|'B", 3, "closes the text"),
    ("code", "'A' 'B'", 5, "|, & or the end"),
    ("code", "@", 2, "a value"),
    ("code", "A|%me", 3, "%-words depend on who asks"),
    ("code", "A..B*", 4, "no place in an order"),
    ("text", ">A*", 2, "no place in an order"),
    ("code", "(" * 60 + "A", 51, "at most 50 parentheses"),
    ("whole", "10|2x", 4, "a whole number such as 30"),
    ("whole", "1*", 1, "a whole number such as 30"),
    ("number", "10..1 000", 5, "a number such as 1234.50"),
    ("number", ">=1,5", 3, "a number such as 1234.50"),
    ("yes/no", "Yes|maybe", 5, "true or false"),
    ("option", "Ship|<>Pay", 8, "one of blank, Ship, Invoice, All"),
    ("option", "4", 1, "one of blank, Ship, Invoice, All"),
    ("option", "S*", 1, "one of blank, Ship, Invoice, All"),
    ("kind", "A..B", 1, "the order of its options is not known"),
    ("date", "t", 1, "a date such as 2026-03-10"),
    ("date", "2026-03-10..P8", 13, "a date such as 2026-03-10"),
    ("moment", "2026-13-01", 1, "a time such as 2026-03-10T06:30:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expression", "position", "right"), MISTAKES)
def test_a_mistake_is_told_with_its_position_and_what_would_be_right(
    kind, expression, position, right
):
    with pytest.raises(FilterMistake) as told:
        in_expression(expression, FIELDS[kind], "x")
    mistake = told.value
    assert mistake.at + 1 == position
    assert right in mistake.right
    assert f"at position {position}" in str(mistake)
    assert mistake.exit_code == 2
    lines = mistake.hint.splitlines()
    assert lines[1] == "  " + " " * mistake.at + "^"


def test_a_mistake_in_a_long_expression_is_shown_with_what_stands_around_it():
    mistake = FilterMistake("\n".join("A" * 300), 400, right="B")
    expression, caret = mistake.shown.splitlines()
    assert len(expression) <= 102
    assert caret.index("^") < len(expression)


SCHEMA = TableSchema(
    table="Customer",
    key=("No.",),
    fields=(Field(name="No.", type=FieldType.CODE), Field(name="Days", type=FieldType.INTEGER)),
)


def test_an_expression_stands_beside_simple_conditions():
    asked = conditions({"No.": {"matches": "A*|C", "<>": "AB"}, "Days": {">": "1"}})
    frame = pl.DataFrame({"No.": ["A", "AB", "C", "B"], "Days": [5, 5, 1, 5]})
    assert frame.filter(in_filter(asked, SCHEMA))["No."].to_list() == ["A"]


def test_an_expression_on_a_field_that_was_not_exported_is_set_aside():
    asked = conditions({"No.": {"matches": "A*"}, "Days": {"matches": "..30"}})
    assert columns(asked) == ["No.", "Days"]
    assert evaluable(asked, {"Days"}) == ((asked[1],), (asked[0],))


def test_matches_takes_one_expression():
    with pytest.raises(UsageError, match="one text"):
        in_filter([Condition(field="No.", operator="matches", values=("A", "B"))], SCHEMA)


TEXTS = st.text("aB*?@'|&()<>=.% é", min_size=1, max_size=6)
LETTERS = st.text("aB'|&()<>=.% é@", max_size=6).filter(lambda one: not one.startswith("@"))


@st.composite
def values(draw, texts=LETTERS):
    return Value(draw(texts), draw(st.booleans()))


SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
LEAVES = st.builds(Comparison, SIGNS, values(TEXTS.filter(lambda one: not one.startswith("@")))) | (
    st.tuples(st.none() | values(), st.none() | values())
    .filter(any)
    .map(lambda limits: Range(*limits))
)
TREES = st.recursive(
    LEAVES,
    lambda trees: st.lists(trees, min_size=2, max_size=3).flatmap(
        lambda parts: st.sampled_from([AnyOf(tuple(parts)), AllOf(tuple(parts))])
    ),
    max_leaves=6,
)


@given(TREES)
def test_a_printed_tree_parses_to_itself(tree):
    assert parsed(printed(tree)) == tree


@given(LETTERS.filter(str.strip), st.lists(st.text("aB'|&()<>=.% é@", max_size=6)))
def test_a_quoted_text_passes_that_text_and_no_other(text, others):
    quoted = "'" + text.replace("'", "''") + "'"
    frame = pl.DataFrame({"x": [text, *others]})
    found = frame.filter(in_expression(quoted, FIELDS["text"], "x"))["x"]
    assert found.to_list() == [one for one in frame["x"] if one == text]


ASKED = {
    "text": st.text("aB", min_size=1, max_size=2) | st.sampled_from(["a*", "?", "*B*", "@a", "''"]),
    "whole": st.integers(-2, 3).map(str) | st.just("''"),
    "option": st.sampled_from(["Ship", "alle", "0", "''", "2"]),
    "date": st.dates(date(2026, 1, 1), date(2026, 1, 9)).map(str) | st.just("''"),
    "moment": st.dates(date(2026, 1, 1), date(2026, 1, 9)).map(str) | st.just("''"),
}
HELD = {
    "text": ["a", "B", "aB", "Ba", "-"],
    "whole": ["-1", "0", "2", "-"],
    "option": ["Ship", "All", "Invoice", "-", "unknown"],
    "date": ["2026-01-01", "2026-01-05", "-"],
    "moment": ["2026-01-01", "2026-01-05T12:00", "-"],
}


@given(
    st.sampled_from(sorted(ASKED)).flatmap(lambda kind: st.tuples(st.just(kind), ASKED[kind])),
    st.sampled_from([("", "<>"), ("<", ">="), ("<=", ">")]),
)
def test_an_expression_and_its_opposite_divide_all_records(asked, signs):
    kind, text = asked
    if signs[0] and any(one in text for one in "*?"):
        return
    frame = records(kind, HELD[kind])
    one, other = (
        frame.select(in_expression(sign + text, FIELDS[kind], "x")).to_series() for sign in signs
    )
    assert one.null_count() == other.null_count() == 0
    assert (one ^ other).all()


@given(
    st.sampled_from(sorted(ASKED)).flatmap(
        lambda kind: st.tuples(st.just(kind), ASKED[kind], ASKED[kind])
    )
)
def test_and_passes_what_both_pass_and_or_what_one_passes(asked):
    kind, left, right = asked
    frame = records(kind, HELD[kind])
    one, other, both, any_ = (
        frame.select(in_expression(expression, FIELDS[kind], "x")).to_series()
        for expression in (left, right, f"{left}&{right}", f"{left}|{right}")
    )
    assert both.equals(one & other)
    assert any_.equals(one | other)


@given(st.text("aB1*?@'|&()<>=.%- ", max_size=12))
def test_any_text_is_an_expression_or_a_mistake_at_a_position_in_it(text):
    try:
        tree, at = parsed(text), 0
    except FilterMistake as mistake:
        tree, at = None, mistake.at
    assert 0 <= at <= len(text)
    assert tree is None or parsed(printed(tree)) == tree
