"""What holds whatever the two companies hold."""

from dataclasses import dataclass

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

EDITS = st.sampled_from(
    ["", "", "", "touch", "Berta", "Carla", "Ulm", "phone", "drop", "bad", "rename"]
)
FIRST = st.sampled_from(["both", "both", "both", "apart", "hq", "sub", ""])
SOONER, EACH = 6, 40


@dataclass(frozen=True)
class Fate:
    """What becomes of one record: where it is when the two are coupled, and what each side does."""

    first: str
    there: str
    here: str
    late: str
    out: bool


FATES = st.lists(
    st.builds(Fate, FIRST, EDITS, EDITS, st.sampled_from(["", "", "both", "hq", "sub", "alike"]), st.booleans()),
    min_size=EACH, max_size=EACH,
)  # fmt: skip
HOW = st.fixed_dictionaries(
    {
        "ids": st.sampled_from([True, True, False]),
        "times": st.sampled_from([True, True, False, (True, False)]),
        "complete": st.sampled_from([True, True, (True, None), (False, True)]),
    }
)
SAID = st.fixed_dictionaries(
    {
        "overwrite_local_change": st.booleans(),
        "update_conflict": st.sampled_from(
            ["none", "merge", "merge", "send_update_to_integration", "get_update_from_integration"]
        ),
        "only_coupled": st.booleans(),
        "deletion_conflict": st.sampled_from(["none", "restore_records", "remove_coupling"]),
        "first_sync": st.sampled_from(["ask", "source_wins"]),
        "integration_filter": st.sampled_from([{}, {"City": {"<>": "OUT"}}]),
    }
)
MAPPING = {
    "table": "Customer", "match": ["No."], "limits": {"updates": "100%", "inserts": "100%"},
    "fields": {"only": ["No.", "Name", "City", "Credit Limit (LCY)"]},
}  # fmt: skip


def edit(company, handle, what):
    if handle not in company.tables["Customer"]:
        return
    words = {"Berta": "name", "Carla": "name", "Ulm": "city"}
    if what == "drop":
        company.drop(handle)
    elif what == "touch":
        company.touch(handle)
    elif what == "phone":
        company.put(handle, phone="2")
    elif what == "bad":
        company.put(handle, limit="much")
    elif what == "rename":
        company.put(handle, no=f"{handle}{company.name}")
    elif what:
        company.put(handle, **{words[what]: what})


def live(t, fates):
    """Let both companies live through two loads."""
    numbered = [(f"R{number:02}", fate) for number, fate in enumerate(fates)]
    t.both("ALWAYS", name="Anna", city="Bonn", limit="1", phone="1")
    for handle, fate in numbered:
        for company, name in ((t.hq, "Anna"), (t.sub, "Anna" if fate.first == "both" else "Ann")):
            if fate.first in ("both", "apart", company.name.lower()):
                company.put(handle, name=name, city="Bonn", limit="1", phone="1")
    t.couple()
    for handle, fate in numbered:
        edit(t.hq, handle, fate.there)
        edit(t.sub, handle, fate.here)
        if fate.out and handle in t.hq.tables["Customer"]:
            t.hq.put(handle, city="OUT")
        new = f"{handle}NEW"
        for company in (t.hq, t.sub):
            if fate.late in ("both", "alike", company.name.lower()):
                company.put(new, name=company.name if fate.late == "both" else "Nina", city="Bonn")
    t.load()


def shown_of(t):
    """What SUB holds and what the two last agreed on; that a job failed stays true when undone."""
    image = t.bench.sql("select * exclude (_created_at) from SUB.Customer")
    couplings = t.bench.sql(
        "select * exclude (last_job, coupled_job, last_result, failures, skipped) from coupling"
    )
    return [
        one.select(pl.all().cast(pl.String)).sort(pl.all()).rows() for one in (image, couplings)
    ]


@settings(
    max_examples=SOONER,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fates=FATES, how=HOW, said=SAID)
def test_the_laws_hold(tmp_path_factory, twins_in, fates, how, said):
    """One story, all laws: every row in one box, one rule a candidate, a plan and its inverse
    change nothing, and running twice is running once."""
    t = twins_in(tmp_path_factory.mktemp("law") / "t", {"CUSTOMER": {**MAPPING, **said}}, **how)
    live(t, fates)
    row = every_row_is_in_one_box(t)
    if t.hq.complete:
        assert row["source_rows"] == len(t.hq.tables["Customer"])
    if t.sub.complete:
        assert row["destination_rows"] == len(t.sub.tables["Customer"])
    a_plan_and_its_inverse_change_nothing(t)
    running_twice_is_running_once(t)


def a_plan_and_its_inverse_change_nothing(t):
    before = shown_of(t)
    plan = t.bench.plan(full=True)
    every_candidate_has_one_rule(t, plan)
    job = t.bench.jobs().row(0, named=True)
    if job["inserted"] + job["modified"]:
        t.bench.undo(job["job_id"])
        after = shown_of(t)
        assert after[0] == before[0]
        assert after[1] == before[1]


def every_row_is_in_one_box(t):
    row = t.bench.compare().reconciliation.row(0, named=True)
    for side, only, undecided in (
        ("source", "only_source", "undecided_source"),
        ("destination", "only_destination", "undecided_destination"),
    ):
        boxes = [f"{side}_not_compared", f"{side}_set_aside", only, "agree", "differ", undecided]
        assert sum(row[box] for box in boxes) == row[f"{side}_rows"], row
    return row


def every_candidate_has_one_rule(t, plan):
    found = plan.decisions
    assert not found.select(pl.col("rule", "action", "class").is_null().any()).row(0).count(True)
    assert found["source_id"].drop_nulls().is_duplicated().sum() == 0
    assert found["destination_id"].drop_nulls().is_duplicated().sum() == 0
    quiet = plan.counts.filter(action="none")["records"].sum()
    counters = t.applied(plan.plan_id, force=True)
    assert sum(counters.values()) + quiet == plan.counts["records"].sum()


def running_twice_is_running_once(t):
    t.bench.retry("CUSTOMER")
    t.sync(full=True)
    assert t.bench.plan(full=True).writes == 0
    assert not {"inserted", "modified", "deleted", "stale"} & t.sync().keys()
    every_row_is_in_one_box(t)
