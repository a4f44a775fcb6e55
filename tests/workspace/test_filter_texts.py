"""Expressions and table views of mdsync.yaml: what they become, and where a mistake in them is."""

import pytest

from mdsync_nb.errors import FilterMistake, SettingsError
from mdsync_nb.model import Condition
from mdsync_nb.workspace import open_workspace
from mdsync_nb.workspace.filter_texts import conditions_of

COMPANIES = """\
companies:
  HQ: {tables: {Customer: c.csv}}
  DE: {format: {decimal: ",", date_order: dmy}, tables: {Customer: c.csv}}
  US: {format: {date_order: mdy}, tables: {Customer: c.csv}}
links:
  DE: {local: DE, integration: HQ}
"""
AFTER = COMPANIES.count("\n")
LIMIT, SEEN = "Credit Limit (LCY)", "Last Modified Date Time"


def matches(field: str, expression: str) -> Condition:
    return Condition(field=field, operator="matches", values=(expression,))


def written(folder, added: str):
    (folder / "mdsync.yaml").write_text(COMPANIES + added + "\n", "utf-8")
    return open_workspace(folder)


def in_mapping(said: str) -> str:
    return f"mappings:\n  CUSTOMER:\n    {said}"


def wrong(folder, added: str) -> SettingsError:
    with pytest.raises(SettingsError) as told:
        written(folder, added)
    return told.value


EXPRESSIONS = [
    # field | as a person of DE writes it | as it is asked
    ("No.", "10000..20000|3*", "10000..20000|3*"),
    ("No.", " 10000 .. 20000 | <> 'A&B' ", "10000..20000|<>'A&B'"),
    (LIMIT, ">=1000,5|-3,25", ">=1000.5|-3.25"),
    (LIMIT, "..1000.5", "..1000.5"),
    (LIMIT, "'1000,5'", "1000.5"),
    ("Last Date Modified", "10.03.2026..1/4/2026", "2026-03-10..2026-04-01"),
    ("Last Date Modified", "2026-03-10..", "2026-03-10.."),
    ("Last Date Modified", "''", "''"),
    (SEEN, ">10.03.2026 06:30", ">2026-03-10 06:30"),
    ("Blocked", "all|2", "all|2"),
]


@pytest.mark.parametrize(("field", "asked", "found"), EXPRESSIONS)
def test_an_expression_is_read_as_the_company_writes_numbers_and_days(
    tmp_path, field, asked, found
):
    quoted = asked.replace("'", "''")
    opened = written(tmp_path, in_mapping(f"local_filter: {{{field}: {{matches: '{quoted}'}}}}"))
    assert opened.mapping("DE/CUSTOMER").local_filter == (matches(field, found),)


def test_days_of_one_filter_are_read_by_each_company_in_its_order(tmp_path):
    opened = written(
        tmp_path,
        "  US: {local: US, integration: HQ}\n"
        + in_mapping("local_filter: {Last Date Modified: {matches: '03/04/2026'}}"),
    )
    asked = {name: opened.mapping(f"{name}/CUSTOMER").local_filter for name in ("DE", "US")}
    assert asked == {
        "DE": (matches("Last Date Modified", "2026-04-03"),),
        "US": (matches("Last Date Modified", "2026-03-04"),),
    }


VIEWS = [
    ("", ()),
    ("SORTING(No.)", ()),
    (
        "SORTING(No.) WHERE(No.=FILTER(10000..20000),Blocked=CONST( ))",
        (matches("No.", "10000..20000"), Condition(field="Blocked", values=("",))),
    ),
    (
        "VERSION(1) SORTING(Field1) WHERE(Field1=1(1*|2*),Field39=1(0|3))",
        (matches("No.", "1*|2*"), matches("Blocked", "0|3")),
    ),
    (
        "WHERE(Blocked=CONST(3),Credit Limit (LCY)=CONST(12,5),No.=CONST(a))",
        (
            Condition(field="Blocked", values=("All",)),
            Condition(field=LIMIT, values=("12.5",)),
            Condition(field="No.", values=("A",)),
        ),
    ),
]


@pytest.mark.parametrize(("view", "asked"), VIEWS)
def test_a_table_view_pasted_from_the_product_is_a_filter(tmp_path, view, asked):
    opened = written(tmp_path, in_mapping(f'local_filter: "{view}"'))
    assert opened.mapping("DE/CUSTOMER").local_filter == asked


def test_a_view_of_both_sides_gives_way_to_one_of_a_side(tmp_path):
    opened = written(
        tmp_path,
        in_mapping("filter: WHERE(No.=FILTER(1*))\n    integration_filter: {City: {matches: B*}}"),
    )
    mapping = opened.mapping("CUSTOMER")
    assert mapping.local_filter == (matches("No.", "1*"),)
    assert mapping.integration_filter == (matches("City", "B*"),)


def test_a_filter_moves_the_hash_of_a_mapping_by_what_it_asks_and_not_by_its_spaces(tmp_path):
    first, same, other = (
        written(tmp_path, in_mapping(f"filter: {{No.: {{matches: '{expression}'}}}}"))
        for expression in ("A|B", " A | B ", "A|C")
    )
    hashes = [one.hash_of(one.mapping("CUSTOMER")) for one in (first, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_field_nobody_knows_before_its_files_keeps_its_expression(tmp_path):
    opened = written(
        tmp_path,
        "tables: {Ship: {key: IMO, fields: {IMO: code(9)}}}\n"
        "mappings: {SHIP: {table: Ship, filter: {Built: {matches: 01.02.2026|x}}}}",
    )
    assert opened.mapping("SHIP").local_filter == (matches("Built", "01.02.2026|x"),)


MISTAKES = [
    # what is said of CUSTOMER | line | key | found | right, in part | position
    ("filter: {No.: {matches: 'A|'}}", 3, 'filter."No.".matches', "A|", "a value", 3),
    ("local_filter: {No.: {matches: '(A'}}", 3, 'local_filter."No.".matches', "(A", ") or", 3),
    (
        "integration_filter:\n      Blocked: {matches: 'Ship|Pay'}",
        4,
        "integration_filter.Blocked.matches",
        "Ship|Pay",
        "one of blank, Ship, Invoice, All",
        6,
    ),
    (
        "local_filter: {Credit Limit (LCY): {matches: '>5&<1.000'}}",
        3,
        "local_filter.Credit Limit (LCY).matches",
        ">5&<1.000",
        "a decimal mark is a comma here",
        5,
    ),
    (
        "integration_filter: {Credit Limit (LCY): {matches: '1,5'}}",
        3,
        "integration_filter.Credit Limit (LCY).matches",
        "1,5",
        "a number such as 1234.50",
        1,
    ),
    (
        "filter: {Last Date Modified: {matches: '..10.03.2026'}}",
        3,
        "filter.Last Date Modified.matches",
        "..10.03.2026",
        "a date such as 2026-03-10",
        3,
    ),
    ("filter: No.=1", 3, "filter", "No.=1", "WHERE(field=FILTER(expression))", 1),
    (
        "filter: WHERE(Blokced=CONST( ))",
        3,
        "filter",
        "WHERE(Blokced=CONST( ))",
        "a field of Customer, like Blocked",
        7,
    ),
    (
        "filter: WHERE(Field39=1(0|x))",
        3,
        "filter",
        "WHERE(Field39=1(0|x))",
        "one of blank",
        19,
    ),
    (
        "filter: WHERE(Blocked=CONST(Pay))",
        3,
        "filter",
        "WHERE(Blocked=CONST(Pay))",
        "Ship",
        21,
    ),
    ("filter: WHERE(Blocked=CONST(Pay)", 3, "filter", "WHERE(Blocked=CONST(Pay)", ", and", 25),
]


@pytest.mark.parametrize(("said", "line", "key", "found", "right", "position"), MISTAKES)
def test_a_mistake_is_told_with_its_line_its_key_and_its_position(
    tmp_path, said, *, line, key, found, right, position
):
    error = wrong(tmp_path, in_mapping(said))
    assert (error.line, error.key, error.found) == (
        AFTER + line,
        f"mappings.CUSTOMER.{key}",
        found,
    )
    assert right in error.right
    assert error.right.endswith(f"(position {position})")
    shown, caret = error.hint.splitlines()[:2]
    assert shown == f"  {found}"
    assert caret == "  " + " " * (position - 1) + "^"


def test_several_mistakes_are_told_together_and_each_once(tmp_path):
    error = wrong(
        tmp_path,
        in_mapping("filter: {Name: {matches: 'A&'}}\n    local_filter: {Cty: {matches: B, <: A}}"),
    )
    others = error.hint.partition("These are wrong, too:")[2].strip().splitlines()
    assert error.key == "mappings.CUSTOMER.filter.Name.matches"
    assert len(others) == 1
    assert "local_filter.Cty: found 'Cty'; right would be a field of Customer" in others[0]


def test_the_company_of_another_link_does_not_judge_a_filter_of_this_one(tmp_path):
    filtered = "mappings: {CUSTOMER: {local_filter: {Credit Limit (LCY): {matches: '1,5'}}}}"
    text = f"  US: {{local: US, integration: HQ}}\n  AT: {{local: DE, integration: HQ, {filtered}}}"
    asked = written(tmp_path, text).mapping("AT/CUSTOMER").local_filter
    assert asked == (matches(LIMIT, "1.5"),)


def test_a_mistake_in_a_link_names_the_link(tmp_path):
    text = "  AT:\n    local: DE\n    integration: HQ\n    mappings:\n      CUSTOMER:\n"
    error = wrong(tmp_path, text + "        filter: {No.: {matches: '..'}}")
    assert error.key == 'links.AT.mappings.CUSTOMER.filter."No.".matches'


def test_what_cannot_be_read_is_never_taken_for_no_filter(opened):
    format = opened().company("DE").format
    for written_ in ("Blocked", {"No.": {"matches": "A|"}}):
        with pytest.raises(FilterMistake):
            conditions_of(written_, opened().schema("Customer"), format)
