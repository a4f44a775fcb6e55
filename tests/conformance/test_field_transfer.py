"""Conformance: what is written for a value, and what is silently not."""

import polars as pl
import pytest

ONE = {
    "bidirectional": ("Name", "City"),
    "to_integration": ("Phone",),
    "from_integration": ("Mail",),
}
LONG = "".join(chr(ord("a") + n % 26) for n in range(60))
FIELDS = {
    "No": "code(20)", "Name": "text(50)", "City": "text(30)", "Phone": "text(30)", "Mail": "text(80)",
    "Note": "text(80)", "Long": "text(100)", "Short": "text(50)", "Code": "code(10)", "Words": "text(30)",
    "Kind": "option(A, B)", "Since": "date", "Amount": "decimal", "Count": "integer",
}  # fmt: skip


def other(pairs, mapped, **said):
    """Two sides between whose fields values are converted: `mapped` here <> there."""
    tables = {
        "Client": {"key": ["No"], "fields": FIELDS},
        "account": {"key": ["AccountId"], "fields": {"AccountId": "guid", **FIELDS}},
    }
    fields = {
        here: {"integration": its, "direction": "to_integration"} for here, its in mapped.items()
    }
    return pairs({"CLIENT": {"fields": {**FLOWING, **fields}, **said}}, tables=tables)


FLOWING = {
    name: {"integration": name, "direction": way} for way, names in ONE.items() for name in names
}


def sent(p, **values):
    """Edit A here and send what changed: the plan, and the counters."""
    p.local.put("Client", "A", **values)
    p.load()
    plan = p.bench.plan("CLIENT", direction="to_integration")
    return plan, p.applied(plan)


def of(plan, field):
    (found,) = plan.cells.filter(pl.col("field") == field).to_dicts()
    return found


@pytest.mark.case("FT-003")
def test_a_field_that_differs_is_copied_once(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A", Name="Other")
    p.load()
    assert p.run(direction="to_integration") == {"to": {"modified": 1}}
    assert p.held("INT") == ["Other"]
    p.local.put("Client", "A")
    p.load()
    assert p.run(direction="to_integration") == {"to": {"unchanged": 1}}


@pytest.mark.case("FT-004")
def test_a_record_written_whole_counts_as_modified_where_it_is_equal(pairs):
    p = pairs()
    p.synced("A")
    plan = p.bench.plan("CLIENT", records=["A"], direction="to_integration", force=True)
    assert p.applied(plan) == {"to": {"modified": 1}}
    assert plan.cells.is_empty()


@pytest.mark.case("FT-006")
def test_a_calculated_field_goes_over_as_the_export_calculated_it(pairs):
    p = other(pairs, {"Amount": "Amount"})
    p.synced("A")
    _, done = sent(p, Amount="12.50")
    assert done == {"to": {"modified": 1}}
    assert [float(one) for one in p.held("INT", "Amount")] == [12.5]


@pytest.mark.case("FT-011")
def test_a_field_nobody_mapped_is_no_difference(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A", Note="Only here")
    p.load()
    plan = p.bench.plan("CLIENT", direction="to_integration")
    assert plan.decisions["conflict"].to_list() == [""]
    assert p.applied(plan) == {"to": {"unchanged": 1}}


@pytest.mark.case("FT-013")
def test_a_field_that_flows_both_ways_differs_and_may_be_in_conflict(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A", Name="Here")
    p.int.put("account", "A", Name="There")
    p.load()
    plan = p.bench.plan("CLIENT")
    assert set(plan.decisions["rule"]) == {"update-conflict"}
    assert p.applied(plan) == {"to": {"failed": 1}, "from": {"failed": 1}}


@pytest.mark.case("FT-014")
def test_a_pair_that_differs_in_nothing_is_unchanged_and_in_no_conflict(pairs):
    p = pairs()
    p.synced("A")
    p.local.put("Client", "A")
    p.int.put("account", "A")
    p.load()
    plan = p.bench.plan("CLIENT")
    assert plan.cells.is_empty()
    assert set(plan.decisions["conflict"]) == {""}
    assert p.applied(plan)["to"] == {"unchanged": 1}


@pytest.mark.case("FT-020")
def test_a_text_that_is_equal_once_it_is_cut_is_no_difference(pairs):
    p = other(pairs, {"Long": "Short"})
    p.synced("A")
    p.int.put("account", "A", Short=LONG[:50])
    plan, done = sent(p, Long=LONG)
    assert done == {"to": {"unchanged": 1}}
    assert plan.cells.select("class", "warning").rows() == [("both_same", "")]


@pytest.mark.case("FT-021")
def test_a_text_that_is_too_long_is_cut_with_a_warning(pairs):
    p = other(pairs, {"Long": "Short"})
    p.synced("A")
    plan, done = sent(p, Long=LONG)
    assert done == {"to": {"modified": 1}}
    assert p.held("INT", "Short") == [LONG[:50]]
    assert of(plan, "Short")["warning"] == "cut to 50 characters"
    p.local.put("Client", "A", Long=f"{LONG} and more")
    p.load()
    assert p.run(direction="to_integration") == {"to": {"unchanged": 1}}


def test_what_a_longer_text_holds_behind_the_length_there_is_not_seen(pairs):
    p = other(pairs, {"Short": "Long"})
    p.synced("A")
    p.int.put("account", "A", Long=LONG)
    plan, done = sent(p, Short=LONG[:50])
    assert done == {"to": {"unchanged": 1}}
    assert plan.cells.is_empty()
    plan, done = sent(p, Short=LONG[:49])
    assert done == {"to": {"modified": 1}}
    assert p.held("INT", "Long") == [LONG[:49]]


@pytest.mark.case("FT-023")
def test_a_code_is_compared_in_capitals_without_blanks_around(pairs):
    p = other(pairs, {"Words": "Code"})
    p.synced("A")
    p.int.put("account", "A", Code="ABC")
    plan, done = sent(p, Words=" abc ")
    assert done == {"to": {"unchanged": 1}}
    assert plan.cells.select("class", "warning").rows() == [("both_same", "")]


@pytest.mark.case("FT-025")
@pytest.mark.parametrize("said", ["b", "1", "B"])
def test_a_text_becomes_an_option_by_its_name_or_number_whatever_the_case(pairs, said):
    p = other(pairs, {"Words": "Kind"})
    p.synced("A", Kind="A")
    _, done = sent(p, Words=said)
    assert done == {"to": {"modified": 1}}
    assert p.held("INT", "Kind") == ["B"]


@pytest.mark.case("FT-026")
def test_a_blank_date_overwrites_none(pairs):
    p = other(pairs, {"Since": "Since"})
    p.synced("A", Since="2024-01-01")
    plan, done = sent(p, Since="")
    assert done == {"to": {"unchanged": 1}}
    assert [str(one) for one in p.held("INT", "Since")] == ["2024-01-01"]
    assert of(plan, "Since")["warning"] == "a blank is not transferred"
    plan, done = sent(p, Since="2025-02-03")
    assert done == {"to": {"modified": 1}}
    assert [str(one) for one in p.held("INT", "Since")] == ["2025-02-03"]


@pytest.mark.case("FT-027")
def test_a_constant_is_written_once(pairs):
    rows = [{"integration": "Kind", "constant": "Person"}]
    p = pairs({"CLIENT": {"rows": rows}})
    p.both("A", Name="A")
    p.int.put("account", "A", Kind="Company")
    p.couple("A")
    plan = p.bench.plan("CLIENT", records=["A"], direction="to_integration", force=True)
    assert p.applied(plan) == {"to": {"modified": 1}}
    assert p.held("INT", "Kind") == ["Person"]
    p.load()
    p.local.put("Client", "A")
    p.load()
    assert p.run(direction="to_integration") == {"to": {"unchanged": 1}}


NOT_NULL = {"Person": {"integration": "PersonId", "direction": "to_integration", "not_null": True}}


@pytest.mark.case("FT-028")
def test_a_reference_that_must_not_be_blank_keeps_what_it_was(pairs):
    p = pairs({"CLIENT": {"fields": {**FLOWING, **NOT_NULL}}})
    p.synced("A")
    kept = "11111111-1111-1111-1111-111111111111"
    p.int.put("account", "A", PersonId=kept)
    p.local.put("Client", "A", Name="Other", Person="")
    p.load()
    plan = p.bench.plan("CLIENT", direction="to_integration", force=True, records=["A"])
    assert p.applied(plan) == {"to": {"modified": 1}}
    assert (p.held("INT"), p.held("INT", "PersonId")) == (["Other"], [kept])


WRONG = {
    "Count": ("many", "'many' is not a whole number; not transferred"),
    "Amount": ("a lot", "'a lot' is not a number; not transferred"),
    "Kind": ("C", "'C' is not one of its options; not transferred"),
    "Since": ("2026-01-31", "'2026-01-31' is not a date and time like 11/20/2026 6:00 AM; not transferred"),
}  # fmt: skip
HELD = {"Count": "7", "Amount": "2.5", "Kind": "A", "Since": "2024-01-01"}


@pytest.mark.parametrize("field", WRONG)
def test_a_value_that_does_not_convert_is_not_transferred_and_says_so(pairs, field):
    p = other(pairs, {"Words": field})
    p.synced("A", **{field: HELD[field]})
    before = p.held("INT", field)
    said, warning = WRONG[field]
    plan, done = sent(p, Words=said)
    assert done == {"to": {"unchanged": 1}}
    assert p.held("INT", field) == before
    assert of(plan, field)["warning"] == warning
    assert plan.decisions["message"].to_list() == ["1 warning."]
    kept = p.ask("select warning, source is not distinct from destination as same from plan_cell")
    assert kept.rows() == [(warning, True)]
    plan, done = sent(p, Name="Other")
    assert done == {"to": {"modified": 1}}
    assert (p.held("INT"), p.held("INT", field)) == (["Other"], before)
    assert of(plan, field)["warning"] == warning


def test_a_new_record_has_what_converts_and_a_warning_for_the_rest(pairs):
    p = other(pairs, {"Words": "Count", "Long": "Short"}, only_coupled=False)
    p.local.put("Client", "A", Name="New", Words="many", Long=LONG)
    p.load()
    plan = p.bench.plan("CLIENT", direction="to_integration")
    assert p.applied(plan) == {"to": {"inserted": 1}}
    assert (p.held("INT", "Short"), p.held("INT", "Count")) == ([LONG[:50]], [None])
    assert of(plan, "Count")["warning"] == "'many' is not a whole number; not transferred"
    assert of(plan, "Short")["warning"] == "cut to 50 characters"


def test_a_decimal_has_two_signs_for_its_point(pairs):
    p = other(pairs, {"Words": "Amount"})
    p.synced("A")
    sent(p, Words="1,234.56")
    assert [float(one) for one in p.held("INT", "Amount")] == [1.234]
