"""References: what a record refers to must exist here, by then."""

TERMS = {"table": "Payment Terms", "match": ["Code"], "fields": {"only": ["Code", "Description"]}}
CUSTOMER = {
    "table": "Customer", "match": ["No."],
    "fields": {"only": ["No.", "Name", "Payment Terms Code", "Bill-to Customer No."]},
}  # fmt: skip
BOTH = {"TERMS": TERMS, "CUSTOMER": {**CUSTOMER, "depends_on": ["TERMS"]}}


def with_terms(twins, mappings=BOTH, **how):
    t = twins(mappings, tables=["Payment Terms", "Customer"], **how)
    t.both("NET", table="Payment Terms", description="Net")
    t.both("A", "B", name="Anna", terms="NET", bill_to="A")
    t.couple()
    return t


def rules(plan):
    return dict(plan.decisions.select("key", "rule").iter_rows())


def test_a_missing_record_blocks_those_that_would_refer_to_it(twins):
    t = with_terms(twins)
    t.hq.put("90D", table="Payment Terms")
    t.hq.put("A", terms="90D", name="Berta")
    t.hq.put("NEW", terms="90D")
    t.load()
    plan = t.bench.plan("CUSTOMER", full=True)
    assert rules(plan) == {"A": "reference-missing", "NEW": "reference-missing"}
    assert set(plan.decisions["message"]) == {
        "Blocked by a missing record. Payment Terms 90D is missing in SUB."
    }
    assert t.applied(plan.plan_id) == {"failed": 2, "unchanged": 1}
    assert t.held("SUB") == {"A": "Anna", "B": "Anna"}


def test_an_earlier_step_of_the_same_plan_that_creates_it_unblocks_them(twins):
    t = with_terms(twins)
    t.hq.put("90D", table="Payment Terms", description="Ninety days")
    t.hq.put("A", terms="90D")
    t.hq.put("NEW", terms="90D", name="Nina")
    t.load()
    plan = t.bench.plan(full=True)
    assert [step["mapping"] for step in plan.steps] == ["SUB/TERMS", "SUB/CUSTOMER"]
    assert rules(plan) == {"90D": "new", "A": "changed", "NEW": "new"}
    assert t.applied(plan.plan_id) == {"inserted": 2, "modified": 1, "unchanged": 2}
    assert t.held("SUB", "terms") == {"A": "90D", "B": "NET", "NEW": "90D"}


def test_a_creation_that_failed_fails_those_that_depend_on_it(twins):
    t = with_terms(twins)
    t.hq.make("90D", "60D", table="Payment Terms", description="Later")
    t.hq.put("A", terms="90D")
    t.hq.put("NEW", terms="90D")
    t.hq.put("B", terms="60D")
    t.load()
    plan = t.bench.plan(full=True)
    t.hq.put("90D", table="Payment Terms", description="Much later")
    t.load("HQ")
    assert t.applied(plan.plan_id) == {
        "inserted": 1, "stale": 1, "failed": 2, "modified": 1, "unchanged": 1,
    }  # fmt: skip
    errors = dict(t.bench.errors("CUSTOMER").select("key", "rule").iter_rows())
    assert errors == {"A": "depends-on-failed", "NEW": "depends-on-failed"}
    assert t.held("SUB", "terms") == {"A": "NET", "B": "60D"}
    assert t.sync() == {"inserted": 1, "modified": 1}
    assert t.held("SUB", "terms") == {"A": "90D", "B": "60D"}


def test_a_reference_may_be_cleared_instead(twins):
    t = with_terms(
        twins, {**BOTH, "CUSTOMER": {**CUSTOMER, "clear_on_failed": ["Payment Terms Code"]}}
    )
    t.hq.put("90D", table="Payment Terms")
    t.hq.put("A", terms="90D")
    t.hq.put("NEW", terms="90D", name="Nina")
    t.load()
    assert t.sync("CUSTOMER", full=True) == {"modified": 1, "inserted": 1, "unchanged": 1}
    assert t.held("SUB", "terms") == {"A": None, "B": "NET", "NEW": None}
    t.take_over()
    t.load()
    assert t.sync("CUSTOMER", full=True) == {"unchanged": 3}


def test_what_nobody_delivered_completely_is_not_called_missing(twins):
    t = with_terms(twins)
    t.hq.put("90D", table="Payment Terms")
    t.hq.put("A", terms="90D")
    t.sub.complete = None
    t.load()
    assert t.sync("CUSTOMER") == {"modified": 1, "unchanged": 1}


def test_records_of_one_table_may_refer_to_each_other(twins):
    t = with_terms(twins)
    t.hq.put("SELF", bill_to="SELF")
    t.hq.put("TO SELF", bill_to="SELF")
    t.hq.put("B", bill_to="SELF")
    t.hq.put("NOWHERE", bill_to="NOBODY")
    t.hq.put("TO NOWHERE", bill_to="NOWHERE")
    t.hq.put("A", bill_to="TO NOWHERE")
    t.load()
    plan = t.bench.plan("CUSTOMER", full=True)
    assert rules(plan) == {
        "SELF": "new", "TO SELF": "new", "B": "changed", "NOWHERE": "reference-missing",
        "TO NOWHERE": "reference-missing", "A": "reference-missing",
    }  # fmt: skip
    assert t.applied(plan.plan_id) == {"inserted": 2, "modified": 1, "failed": 3}
    assert t.held("SUB", "bill_to") == {"A": "A", "B": "SELF", "SELF": "SELF", "TO SELF": "SELF"}


def test_who_refers_to_a_renamed_record_waits_when_the_rename_fails(twins):
    t = with_terms(twins)
    t.both("OLD", "STUCK", terms="NET")
    t.load()
    t.bench.couple("CUSTOMER")
    t.sync()
    t.hq.put("OLD", no="NEW")
    t.hq.put("A", bill_to="NEW")
    t.hq.put("STUCK", no="FREED")
    t.hq.put("B", bill_to="FREED")
    t.sub.put("STUCK", name="Local")
    t.load()
    assert rules(t.bench.plan()) == {
        "NEW": "renamed", "A": "changed", "FREED": "local-change", "B": "reference-missing",
    }  # fmt: skip


def test_tables_go_in_the_order_of_their_dependencies(twins):
    t = twins({"CUSTOMER": {**CUSTOMER, "depends_on": ["TERMS"]}, "TERMS": TERMS})
    t.both("NET", table="Payment Terms")
    t.both("A", terms="NET")
    t.couple()
    assert [one.wanted.mapping.short for one in _steps(t)] == ["TERMS", "CUSTOMER"]
    assert t.bench.compare().reconciliation["table"].to_list() == ["Payment Terms", "Customer"]


def _steps(t):
    from mdsync_nb.engine.stepping import Run, steps

    with t.bench.store.reading() as reading:
        return list(steps(reading, t.bench.workspace, t.bench.workspace.select(), Run()))
