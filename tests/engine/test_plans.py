"""Plans: decided once, kept under an id, within limits, applied once, by their id."""

import pytest

from mdsync_nb.errors import PlanStale, PlanTooLarge, UnknownName

MATCH = {"table": "Customer", "match": ["No."]}


def many(n, start=0):
    return [f"C{number:03}" for number in range(start, start + n)]


def test_the_same_input_gives_the_same_plan(twins):
    t = twins()
    t.both("A", "B", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    first = t.bench.plan()
    t.clock.tick(days=1)
    again = t.bench.plan()
    assert (again.plan_id, again.made_at) == (first.plan_id, first.made_at)
    assert t.bench.plan(full=True).plan_id != first.plan_id
    assert t.open().plan().plan_id == first.plan_id
    t.hq.put("B", name="Carla")
    t.load("HQ")
    assert t.bench.plan().plan_id != first.plan_id


def test_a_plan_shows_what_would_be_written_and_writes_nothing(twins):
    t = twins()
    t.both("A", "B", name="Anna", city="Bonn")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    plan = t.bench.plan()
    assert (plan.writes, plan.waiting, plan.status) == (1, 0, "planned")
    assert plan.cells.select("field", "base", "source", "destination").rows() == [
        ("Name", "Anna", "Berta", "Anna")
    ]
    assert t.held("SUB") == {"A": "Anna", "B": "Anna"}
    assert t.bench.jobs()["kind"].to_list() == ["coupling"]
    assert t.bench.read_plan(plan.plan_id).counts.equals(plan.counts)
    with pytest.raises(UnknownName):
        t.bench.read_plan("nothing")


def test_applying_twice_writes_nothing(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    plan = t.bench.plan()
    assert t.applied(plan.plan_id) == {"modified": 1}
    after = t.coupling("A")
    assert t.applied(plan.plan_id) == {}
    assert t.coupling("A") == after
    assert t.bench.read_plan(plan.plan_id).status == "applied"
    assert len(t.bench.jobs()) == 2


def test_a_record_that_moved_since_the_plan_is_stale_and_the_next_run_looks_again(twins):
    t = twins()
    t.both("HERE", "THERE", "GONE", "FREE", name="Anna", city="Bonn")
    t.couple()
    t.hq.make("HERE", "THERE", "GONE", "FREE", name="Berta")
    t.hq.put("NEW", name="Nina")
    t.load()
    plan = t.bench.plan(full=True)
    t.sub.put("HERE", city="Ulm")
    t.hq.put("THERE", name="Carla")
    t.sub.drop("GONE")
    t.sub.put("MADE", no="NEW", name="Made here")
    t.load()
    assert t.applied(plan.plan_id) == {"modified": 1, "stale": 4}
    assert t.held("SUB") == {"HERE": "Anna", "THERE": "Anna", "FREE": "Berta", "NEW": "Made here"}
    assert {r["message"] for r in t.bench.jobs(job=2).to_dicts() if r["outcome"] == "stale"} == {
        "It moved since the plan was made.",
        "A record with this key was created since the plan was made.",
    }
    rules = dict(t.bench.plan().decisions.select("key", "rule").iter_rows())
    assert rules == {
        "HERE": "local-change", "THERE": "changed", "GONE": "coupled-to-deleted",
        "NEW": "not-coupled-yet",
    }  # fmt: skip


def test_a_plan_whose_settings_moved_is_refused(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    plan = t.bench.plan()
    t.open(CUSTOMER={"overwrite_local_change": True})
    with pytest.raises(PlanStale):
        t.bench.apply(plan.plan_id)
    assert t.held("SUB") == {"A": "Anna"}
    assert t.sync() == {"modified": 1}


LIMITS = """
    records | updates | inserts | limits       | refused
    100     | 1       | 0       | updates: 0%  | modify 1 of 100 at 0%
    100     | 20      | 0       | -            | -
    100     | 21      | 0       | -            | modify 21 of 100 at 20%
    100     | 21      | 0       | updates: 21% | -
    100     | 21      | 20      | updates: 21% | -
    100     | 21      | 21      | -            | insert 21 of 100 at 20%, modify 21 of 100 at 20%
    100     | 21      | 21      | floor: 21    | -
    10      | 3       | 0       | floor: 2     | modify 3 of 10 at 20%
    10      | 10      | 20      | -            | -
    10      | 10      | 21      | -            | insert 21 of 10 at 20%
    0       | 0       | 40      | -            | -
    0       | 0       | 40      | inserts: 0%  | -
"""


@pytest.mark.parametrize("records", [100, 10, 0])
def test_a_plan_keeps_within_its_limits_or_is_refused(twins, rows_of, records):
    t = twins()
    t.both(*many(records), name="Anna")
    t.couple()
    for row in rows_of(LIMITS):
        if int(row["records"]) != records:
            continue
        word, _, value = row["limits"].partition(": ")
        limits = {word: int(value) if word == "floor" else value} if value else {}
        t.hq.make(*many(int(row["updates"])), name="Berta")
        t.hq.make(*many(int(row["inserts"]), start=records))
        t.load("HQ")
        t.open(CUSTOMER={"limits": limits})
        refused = t.bench.plan(full=True).refusals
        told = sorted(
            f"{one.action} {one.records} of {one.of} at {one.limit:.0%}" for one in refused
        )
        assert (", ".join(told) or "-") == row["refused"], row


def test_a_refused_plan_writes_nothing_and_is_applied_by_force_alone(twins):
    t = twins({"CUSTOMER": {**MATCH, "limits": {"floor": 0, "updates": "10%"}}})
    t.both(*many(10), name="Anna")
    t.couple()
    t.hq.make(*many(2), name="Berta")
    t.load()
    plan = t.bench.plan()
    with pytest.raises(PlanTooLarge, match="limit is 10%"):
        t.bench.apply(plan.plan_id)
    assert set(t.held("SUB").values()) == {"Anna"}
    assert t.applied(plan.plan_id, force=True)["modified"] == 2


def test_the_limit_counts_the_records_in_the_filter(twins):
    t = twins({"CUSTOMER": {**MATCH, "limits": {"floor": 0}, "local_filter": {"City": "Bonn"}}})
    t.both(*many(5), name="Anna", city="Bonn")
    t.both(*many(95, start=5), name="Anna", city="Ulm")
    t.couple()
    t.hq.make(*many(2), name="Berta")
    t.load()
    assert [(one.records, one.of) for one in t.bench.plan().refusals] == [(2, 5)]


def test_steps_are_one_job_each_and_an_interrupted_plan_goes_on_where_it_stopped(twins):
    from mdsync_nb.engine.running import apply_plan

    terms = {"table": "Payment Terms", "match": ["Code"]}
    t = twins({"TERMS": terms, "CUSTOMER": {**MATCH, "depends_on": ["TERMS"]}})
    t.both("NET", table="Payment Terms", description="Net")
    t.both("A", name="Anna")
    t.couple()
    t.hq.put("NET", table="Payment Terms", description="Net 30")
    t.hq.put("A", name="Berta")
    t.load()
    plan = t.bench.plan()
    running = apply_plan(
        t.bench.store,
        t.bench.workspace,
        t.bench.store.plan(plan.plan_id),
        clock=t.clock,
        force=False,
    )
    next(running)
    running.close()
    assert t.held("SUB", "description", "Payment Terms") == {"NET": "Net 30"}
    assert t.held("SUB") == {"A": "Anna"}
    assert t.applied(plan.plan_id) == {"modified": 1}
    assert t.held("SUB") == {"A": "Berta"}
    jobs = t.bench.jobs().sort("job_id").filter(kind="modified")
    assert jobs.select("mapping", "modified", "stale").rows() == [
        ("SUB/TERMS", 1, 0), ("SUB/CUSTOMER", 1, 0),
    ]  # fmt: skip


def test_two_mappings_of_one_table_never_overwrite_each_other(twins):
    """The second step was decided on the table as it was: what the first one wrote is stale then,
    and a local change to the second mapping from then on."""
    t = twins({
        "NAMES": {**MATCH, "fields": {"only": ["No.", "Name"]}},
        "CITIES": {**MATCH, "fields": {"only": ["No.", "City"]}},
    })  # fmt: skip
    t.both("BOTH", "ONE", name="Anna", city="Bonn")
    t.couple()
    t.hq.put("BOTH", name="Berta", city="Ulm")
    t.hq.put("ONE", city="Ulm")
    t.load()
    assert t.sync() == {"modified": 2, "unchanged": 1, "stale": 1}
    assert t.held("SUB") == {"BOTH": "Berta", "ONE": "Anna"}
    assert t.held("SUB", "city") == {"BOTH": "Bonn", "ONE": "Ulm"}
    assert t.sync("CITIES") == {"failed": 1}
    assert t.bench.errors()["rule"].to_list()[0] == "local-change"


def test_two_mappings_that_create_the_same_record_create_it_once(twins):
    t = twins({
        "ONE": {**MATCH, "fields": {"only": ["No.", "Name"]}},
        "TWO": {**MATCH, "fields": {"only": ["No.", "City"]}},
    })  # fmt: skip
    t.both("OLD", name="Anna", city="Bonn")
    t.couple()
    t.hq.put("NEW", name="Nina", city="Ulm")
    t.load()
    assert t.sync(full=True) == {"inserted": 1, "stale": 1, "unchanged": 2}
    assert t.held("SUB") == {"OLD": "Anna", "NEW": "Nina"}
