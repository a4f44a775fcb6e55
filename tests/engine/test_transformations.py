"""Transformation rules in a run: they rewrite the source before it is compared, and fail alone."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIELDS = ["No.", "Name", "City", "Credit Limit (LCY)", "Currency Code", "Name 2"]
ROUND = {"type": "round", "precision": "1", "direction": "="}


def mapped(transformations=None, **rules):
    """The customer mapping with rules on single fields, by name; and how the twins need it."""
    words = {"name": "Name", "name2": "Name 2", "limit": "Credit Limit (LCY)", "no": "No."}
    fields = {
        words.get(one, one): {"enabled": True, "transformation": rule}
        for one, rule in rules.items()
    }
    plain = {name: True for name in FIELDS if name not in fields}
    customer = {"table": "Customer", "match": ["No."], "fields": {**plain, **fields}}
    return {"CUSTOMER": customer}, {"top": {"transformations": transformations or {}}}


def rules(frame):
    return dict(frame.select("key", "rule").iter_rows())


def test_a_value_that_is_the_same_once_transformed_is_no_difference(twins):
    mappings, how = mapped(name="TRIM")
    t = twins(mappings, **how)
    t.hq.put("A", name="  Anna ", city="Ulm")
    t.sub.put("A", name="Anna", city="Ulm")
    t.couple()
    found = t.bench.compare()
    assert found.cells.is_empty()
    assert found.reconciliation.select("agree", "differ").row(0) == (1, 0)
    assert t.coupling("A")["agreed_at"] is not None
    t.hq.put("A", name=" Anna  ")
    t.load()
    assert t.sync() == {"unchanged": 1}
    assert t.held("SUB") == {"A": "Anna"}


def test_a_transformed_value_is_what_is_compared_and_written(twins):
    rules_ = {"SHORT": {"type": "substring", "ending_text": "(", "next": "NEAT"},
              "NEAT": {"type": "trim", "next": "UPPERCASE"}, "WHOLE": ROUND}  # fmt: skip
    mappings, how = mapped(rules_, name="SHORT", limit="WHOLE")
    t = twins(mappings, **how)
    t.hq.put("A", name="Old (1)", limit="4.9")
    t.sub.put("A", name="OLD", limit="5")
    t.couple()
    t.hq.put("A", name="Anna (new)", limit="1234.5")
    t.hq.put("NEW", name="Berta (2)", limit="0.4")
    t.load()
    plan = t.bench.plan(full=True)
    of_a = plan.cells.filter(source_id=t.hq.id("A")).select(
        "field", "source", "destination", "base"
    )
    assert sorted(of_a.rows()) == [
        ("Credit Limit (LCY)", "1235", "5", "5"), ("Name", "ANNA", "OLD", "OLD"),
    ]  # fmt: skip
    assert t.applied(plan.plan_id) == {"modified": 1, "inserted": 1}
    assert t.held("SUB") == {"A": "ANNA", "NEW": "BERTA"}
    assert t.held("SUB", "limit") == {"A": 1235, "NEW": 0}
    t.take_over()
    t.load()
    assert t.sync() == {}
    assert t.sync(full=True) == {"unchanged": 2}


def test_a_record_a_rule_fails_on_fails_alone_with_the_reason(twins, assert_decided):
    mappings, how = mapped({"WHOLE": ROUND, "TWICE": {"type": "replace", "find": "n", "replace": "n" * 60}},
                           name2="WHOLE", name="TWICE")  # fmt: skip
    t = twins(mappings, **how)
    t.both("A", "LONG", "FINE", name="Ola", name2="1", city="")
    t.couple()
    t.hq.put("A", name2="one", city="Ulm")
    t.hq.put("LONG", name="nn", city="Ulm")
    t.hq.put("FINE", name2="2.4", city="Ulm")
    t.hq.put("NEW", name="Eva", name2="")
    t.load()
    plan = t.bench.plan(full=True)
    assert_decided(
        plan.decisions,
        """
        key  | class        | action | rule                  | message
        A    | not_compared | fail   | transformation-failed | A transformation rule cannot be applied. Name 2: 'one' is not a number.
        FINE | changed_source | modify | changed             |
        NEW  | new_source   | fail   | transformation-failed | A transformation rule cannot be applied. Name 2: '' is not a number.
    """,
    )
    long = plan.decisions.filter(key="LONG").row(0, named=True)
    assert long["rule"] == "transformation-failed"
    assert long["message"].endswith("has 120 characters, and it holds 100.")
    assert set(plan.cells["field"]) == {"City", "Name 2"}
    assert t.applied(plan.plan_id) == {"modified": 1, "failed": 3}
    assert t.held("SUB", "city") == {"A": None, "LONG": None, "FINE": "Ulm"}
    assert t.held("SUB", "name2")["FINE"] == "2"
    t.take_over()
    t.hq.put("A", name2="3")
    t.load()
    assert t.sync() == {"modified": 1, "failed": 1}
    assert t.held("SUB", "name2")["A"] == "3"


def test_a_record_a_rule_fails_on_is_in_exactly_one_box_and_on_the_worklist(twins):
    mappings, how = mapped({"WHOLE": ROUND}, name2="WHOLE")
    t = twins(mappings, **how)
    t.both("A", "B", name2="1")
    t.hq.put("A", name2="one")
    t.couple()
    assert t.coupling("A")["agreed_at"] is None
    found = t.bench.compare()
    box = found.reconciliation.row(0, named=True)
    assert (box["agree"], box["source_not_compared"], box["destination_not_compared"]) == (1, 1, 1)
    waits = found.worklist.row(0, named=True)
    assert (waits["key"], waits["rule"]) == ("A", "transformation-failed")
    assert waits["state"] == "not transformed"
    assert "Name 2: 'one' is not a number." in waits["why"]
    cause = found.causes.row(0, named=True)
    assert (cause["family"], cause["releases"]) == ("set-up", 1)


def test_who_changed_a_field_is_told_of_the_transformed_values(twins, assert_decided):
    mappings, how = mapped(name="UPPERCASE")
    t = twins(mappings, **how)
    for handle in ("BOTH", "CASE", "HERE"):
        t.hq.put(handle, name="Anna")
        t.sub.put(handle, name="ANNA")
    t.couple()
    t.hq.put("BOTH", name="Berta")
    t.sub.put("BOTH", name="CARLA")
    t.hq.put("CASE", name="anna")
    t.sub.put("CASE", name="CARLA")
    t.sub.put("HERE", name="CARLA")
    t.load()
    found = t.bench.compare()
    assert_decided(
        found.decisions,
        """
        key  | class               | conflict
        BOTH | changed_both        | true
        CASE | changed_destination | timestamp
        HERE | changed_destination |
    """,
    )
    cells = found.cells.sort("source", "destination")
    assert set(cells.select("source", "destination", "base").rows()) == {
        ("ANNA", "CARLA", "ANNA"), ("BERTA", "CARLA", "ANNA"),
    }  # fmt: skip


def test_a_rule_that_changes_makes_pairs_be_read_again(twins):
    mappings, how = mapped(name="TRIM")
    t = twins(mappings, **how)
    t.both("A", name="Anna")
    t.couple()
    assert t.sync() == {"unchanged": 1}
    assert t.sync() == {}
    other = mapped(name="UPPERCASE")[0]["CUSTOMER"]
    assert rules(t.open(CUSTOMER=other).plan().decisions) == {"A": "origin-unknown"}
    t.open(CUSTOMER={**other, "first_sync": "source_wins"})
    assert t.sync() == {"modified": 1}
    assert t.held("SUB") == {"A": "ANNA"}


def test_a_lookup_reads_the_subsidiary_s_table_and_sees_that_it_changed(twins):
    look = {"LOOK": {"type": "field_lookup", "table": "Payment Terms", "source_field": "Description",
                     "target_field": "Code"}}  # fmt: skip
    mappings, how = mapped(look, name2="LOOK")
    t = twins(mappings, tables=["Customer", "Payment Terms"], **how)
    t.sub.put("30D", table="Payment Terms", description="Thirty days")
    t.hq.put("99D", table="Payment Terms", description="Thirty days")
    t.hq.put("A", name="Anna", name2="Thirty days")
    t.sub.put("A", name="Anna", name2="30D")
    t.couple()
    assert t.coupling("A")["agreed_at"] is not None
    assert t.sync(full=True) == {"unchanged": 1}
    t.sub.put("30D", table="Payment Terms", description="A month")
    t.load()
    assert rules(t.bench.plan(full=True).decisions) == {"A": "changed"}
    assert t.sync(full=True) == {"modified": 1}
    assert t.held("SUB", "name2") == {"A": None}


def test_a_lookup_in_a_table_that_was_never_loaded_fails_instead_of_blanking(twins):
    look = {"LOOK": {"type": "field_lookup", "table": "Currency", "source_field": "Description",
                     "target_field": "Code"}}  # fmt: skip
    mappings, how = mapped(look, name2="LOOK")
    t = twins(mappings, **how)
    t.both("A", name2="Pound")
    t.couple()
    decided = t.bench.plan().decisions.row(0, named=True)
    assert decided["rule"] == "transformation-failed"
    assert "Currency was not loaded here with Description and Code" in decided["message"]


PREFIX = {"PREFIX": {"type": "regex_replace", "find": "^", "replace": "UK-"}}


def test_a_prefix_keeps_overlapping_numbers_apart(twins, assert_decided):
    mappings, how = mapped(PREFIX, no="PREFIX")
    mappings["CUSTOMER"]["match"] = ["Name"]
    t = twins(mappings, **how)
    t.hq.put("1", name="Anna")
    t.sub.put("UK-1", name="Anna")
    t.sub.put("2", name="Somebody else here")
    t.sub.put("UK-3", name="In the way")
    t.couple()
    t.hq.put("2", name="Berta")
    t.hq.put("3", name="Carla")
    t.load()
    plan = t.bench.plan(full=True)
    assert_decided(
        plan.decisions,
        """
        key | action | rule
        2   | insert | new
        3   | fail   | key-taken
    """,
    )
    assert t.applied(plan.plan_id) == {"inserted": 1, "failed": 1, "unchanged": 1}
    assert t.held("SUB") == {
        "UK-1": "Anna", "UK-2": "Berta", "2": "Somebody else here", "UK-3": "In the way",
    }  # fmt: skip


def test_a_renamed_record_gets_the_key_its_rule_makes(twins, assert_decided):
    mappings, how = mapped(PREFIX, no="PREFIX")
    mappings["CUSTOMER"]["match"] = ["Name"]
    t = twins(mappings, **how)
    for handle in ("1", "2", "5"):
        t.hq.put(handle, name=f"Firm {handle}")
        t.sub.put(f"UK-{handle}", name=f"Firm {handle}")
    t.couple()
    t.hq.put("1", **{"No.": "5"})
    t.hq.put("2", **{"No.": "6"})
    t.hq.drop("5")
    t.load()
    plan = t.bench.plan()
    assert_decided(
        plan.decisions,
        """
        key | rule
        5   | rename-taken
        6   | renamed
    """,
    )
    t.applied(plan.plan_id)
    assert set(t.held("SUB")) == {"UK-1", "UK-6", "UK-5"}


def test_explain_shows_the_gate_of_the_rule_that_failed(twins):
    mappings, how = mapped({"WHOLE": ROUND}, name2="WHOLE")
    t = twins(mappings, **how)
    t.both("A", name2="one")
    t.couple()
    told = t.bench.explain("CUSTOMER", "A")
    assert told.rule == "transformation-failed"
    assert "Name 2: 'one' is not a number." in told.verdict
    assert told.gates.filter("decides")["rule"].to_list() == ["transformation-failed"]


RULES = ["UPPERCASE", "LOWERCASE", "TITLECASE", "TRIM", "FOURTH_TO_SIXTH_CHAR", "ALPHANUMERIC_ONLY",
         "YYYYMMDD_DATE", "US_DATE_FORMAT", "DK_DECIMAL_FORMAT", "UNIXTIMESTAMP",
         "DELETE_NOTPROVIDED"]  # fmt: skip
NAMES = st.lists(
    st.text("aB é1ß-.,(", max_size=8) | st.sampled_from(["20151213", "12/13/2015", "notprovided"]),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=NAMES, rule=st.sampled_from(RULES))
def test_an_applied_plan_leaves_nothing_to_do(
    twins_in, tmp_path_factory: pytest.TempPathFactory, names: list[str], rule: str
) -> None:
    root: Path = tmp_path_factory.mktemp("rules") / "twins"
    mappings, how = mapped(name=rule)
    t = twins_in(root, mappings, link={"first_sync": "source_wins"}, **how)
    for n, name in enumerate(names):
        t.hq.put(f"C{n}", name=name)
        t.sub.put(f"C{n}", name="old")
    t.couple()
    t.sync(full=True)
    t.take_over()
    t.load()
    assert t.sync() == {}
    left = t.bench.plan(full=True)
    assert left.cells.is_empty()
    assert left.decisions.filter(pl.col("action") != "unchanged").is_empty()
