"""Decisions without a notebook: taken as a plan where nothing moved, left out and named where it did."""

import polars as pl
import pytest

from mdsync_nb import frames

BY_NUMBER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


@pytest.fixture
def t(twins):
    """A record both sides changed: the name in both, the city only there, the phone only here."""
    found = twins(BY_NUMBER)
    found.both("A", "B", name="Anna", city="Bonn", phone="1", limit="10")
    found.couple()
    found.sync()
    for handle in ("A", "B"):
        found.hq.put(handle, name="Theirs", city="Ulm")
        found.sub.put(handle, name="Ours", phone="2")
    found.load()
    return found


def answers(t, *said: tuple[str, str, str, str | None]) -> pl.DataFrame:
    """(handle, field, decision, value) as a sheet that was written now would hold them."""
    cells = t.bench.compare().cells
    rows = []
    for row, (handle, field, decision, value) in enumerate(said, start=2):
        at = cells.filter(source_id=t.hq.id(handle), field=field).to_dicts()[0]
        rows.append({**at, "row": row, "decision": decision, "value": value})
    return frames.conform(pl.DataFrame(rows, infer_schema_length=None), frames.ANSWERS)


def here(t, handle: str = "A") -> tuple[str | None, ...]:
    return tuple(t.held("SUB", field)[handle] for field in ("name", "city", "phone"))


@pytest.mark.parametrize(
    ("decision", "value", "expected", "left"),
    [
        ("take source", None, ("Theirs", "Ulm", "2"), {"Phone No."}),
        ("keep ours", None, ("Ours", "Ulm", "2"), {"Name", "Phone No."}),
        ("value", "Together", ("Together", "Ulm", "2"), {"Name", "Phone No."}),
    ],
)
def test_a_decision_is_written_and_what_one_side_changed_is_taken_from_it(
    t, decision, value, expected, left
):
    decided = t.bench.decide(answers(t, ("A", "Name", decision, value)))
    assert decided.faults.is_empty()
    assert decided.records == 1
    assert t.applied(decided.plan.plan_id) == {"modified": 1}
    assert here(t) == expected
    assert here(t, "B") == ("Ours", "Bonn", "2")
    after = t.bench.compare()
    mine = after.cells.filter(source_id=t.hq.id("A"))
    assert set(mine["field"]) == left
    assert set(mine["class"].cast(pl.String)) == {"destination"}
    assert t.hq.id("A") not in after.worklist["source_id"].to_list()
    assert t.sync() == {"unchanged": 1, "failed": 1}
    assert here(t) == expected


def test_what_was_decided_is_undone_and_decided_again(t):
    before = t.bench.compare().cells.sort("source_id", "field")
    said = answers(t, ("A", "Name", "value", "Together"))
    t.applied(t.bench.decide(said).plan.plan_id)
    (undone,) = t.bench.undo(t.bench.jobs()["job_id"].max())
    assert undone.counts["modified"] == 1
    assert t.bench.compare().cells.sort("source_id", "field").equals(before)
    assert t.bench.status()["held"].sum() == 1
    again = t.bench.decide(said)
    assert again.records == 1
    assert t.applied(again.plan.plan_id) == {"modified": 1}
    assert t.bench.status()["held"].sum() == 0
    assert here(t) == ("Together", "Ulm", "2")
    t.bench.undo(t.bench.jobs()["job_id"].max())
    assert t.bench.status()["held"].sum() == 1


def test_a_later_change_there_comes_in_as_the_conflict_it_is(t):
    t.applied(t.bench.decide(answers(t, ("A", "Name", "keep ours", None))).plan.plan_id)
    t.take_over()
    t.hq.put("A", name="Theirs again")
    t.load()
    told = t.bench.explain("SUB/CUSTOMER", "A")
    assert told.rule == "local-change"
    assert dict(told.cells.select("field", "base").rows())["Name"] == "Theirs"


@pytest.mark.parametrize(
    ("decision", "value", "move", "reason"),
    [
        ("perhaps", None, None, "perhaps is no decision; right is one of take source, keep ours"),
        ("take source", None, "hq", "it moved there and is Moved now; compare again"),
        ("take source", None, "sub", "it moved here and is Moved now; compare again"),
        ("value", "x" * 101, None, "Name takes 100 characters, this has 101"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_the_others_go_on(t, decision, value, move, reason):
    said = answers(t, ("A", "Name", decision, value), ("B", "Name", "take source", None))
    if move:
        getattr(t, move).put("A", name="Moved")
        t.load()
    decided = t.bench.decide(said)
    assert decided.faults["row"].to_list() == [2]
    assert decided.faults["reason"].item().startswith(reason)
    assert decided.records == 1
    assert t.applied(decided.plan.plan_id) == {"modified": 1}
    assert here(t, "B")[0] == "Theirs"


def test_a_number_is_read_as_one_or_refused(t):
    for company, value in ((t.hq, "20"), (t.sub, "30")):
        company.put("A", limit=value)
    t.load()
    both = (("A", "Name", "keep ours", None), ("A", "Credit Limit (LCY)", "value", "much"))
    refused = t.bench.decide(answers(t, *both))
    assert refused.plan is None
    assert refused.faults.select("row", "column", "value").row(0) == (
        3,
        "Credit Limit (LCY)",
        "much",
    )
    right = answers(t, both[0], ("A", "Credit Limit (LCY)", "value", "25.50"))
    t.applied(t.bench.decide(right).plan.plan_id)
    assert float(t.held("SUB", "limit")["A"]) == 25.5


def test_every_field_both_changed_has_to_be_decided(t):
    t.hq.put("A", limit="20")
    t.sub.put("A", limit="30")
    t.load()
    decided = t.bench.decide(answers(t, ("A", "Name", "keep ours", None)))
    assert decided.plan is None
    assert decided.faults.select("row", "column").row(0) == (2, "Credit Limit (LCY)")


def test_later_and_nothing_said_leave_it_waiting(t):
    decided = t.bench.decide(answers(t, ("A", "Name", "later", None)))
    assert (decided.plan, decided.records, decided.faults.height) == (None, 0, 0)
    assert t.bench.decide(frames.empty(frames.ANSWERS)).plan is None


@pytest.mark.parametrize("clear", [[], ["Payment Terms Code"]], ids=["blocks", "clears"])
@pytest.mark.parametrize("value", [None, "45D"], ids=["taken along", "written"])
def test_nothing_is_decided_into_a_reference_to_a_record_that_is_missing_here(twins, value, clear):
    terms = {"table": "Payment Terms", "match": ["Code"]}
    t = twins(
        {"TERMS": terms, "CUSTOMER": {**BY_NUMBER["CUSTOMER"], "clear_on_failed": clear}},
        tables=["Payment Terms", "Customer"],
    )
    t.both("NET", table="Payment Terms", description="Net")
    t.both("A", "B", name="Anna", terms="NET")
    t.couple()
    t.sync()
    t.hq.put("90D", table="Payment Terms", description="Later")
    for handle in ("A", "B"):
        t.hq.put(handle, name="Theirs", terms="90D" if handle == "A" else "NET")
        t.sub.put(handle, name="Ours")
    t.load()
    said = [("A", "Name", "keep ours", None), ("B", "Name", "take source", None)]
    if value:
        said.insert(0, ("A", "Payment Terms Code", "value", value))
    decided = t.bench.decide(answers(t, *said))
    if clear and not value:
        assert decided.faults.is_empty()
        expected = {"A": None, "B": "NET"}
    else:
        missing = f"Payment Terms {value or '90D'} is missing in SUB."
        assert decided.faults.select("row", "reason").rows() == [(2, missing)]
        assert decided.faults["column"].to_list() == ["Payment Terms Code"]
        expected = {"A": "NET", "B": "NET"}
    t.applied(decided.plan.plan_id)
    assert t.held("SUB", "terms") == expected
    assert t.held("SUB")["B"] == "Theirs"


def test_a_blank_that_means_another_currency_is_never_taken_and_a_code_may_be_said(twins):
    t = twins(BY_NUMBER, currencies=("GBP", "EUR"))
    t.both("A", name="Anna", currency="USD")
    t.couple()
    t.sync()
    t.hq.put("A", name="Theirs", currency="")
    t.sub.put("A", name="Ours")
    t.load()
    name = ("A", "Name", "keep ours", None)
    for said in ([name], [name, ("A", "Currency Code", "take source", None)]):
        refused = t.bench.decide(answers(t, *said))
        assert refused.plan is None
        assert refused.faults["column"].to_list() == ["Currency Code"]
        assert refused.faults["reason"].item().startswith("blank means another currency here")
    decided = t.bench.decide(answers(t, name, ("A", "Currency Code", "value", "GBP")))
    t.applied(decided.plan.plan_id)
    assert t.held("SUB", "currency") == {"A": "GBP"}
