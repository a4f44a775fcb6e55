"""A pair that was rejected is not brought together again, until somebody takes that back."""

import pytest

from mdsync_nb import frames
from mdsync_nb.errors import UnknownName, UsageError

NAME = "SUB/CUSTOMER"
FIRM = {"name": "Havblik", "vat": "DK1", "post": "8000"}


@pytest.fixture
def t(twins):
    """A at HQ and 1 at SUB are the same in all but the number."""
    found = twins({"CUSTOMER": {"table": "Customer", "match": ["Name"], "create_new": True}})
    found.hq.put("A", **FIRM)
    found.sub.put("1", **FIRM)
    found.load()
    return found


def rejected(t) -> list[tuple[str, str]]:
    return t.bench.rejected_pairs().select("integration_key", "local_key").rows()


def test_a_rejection_says_who_when_and_why(t):
    told = t.bench.reject_pairs(NAME, [("A", t.sub.id("1"))], comment="A branch")
    assert told.schema == frames.empty(frames.REJECTED).schema
    assert told.equals(t.bench.rejected_pairs("SUB"))
    row = told.row(0, named=True)
    assert (row["integration_id"], row["local_id"]) == (t.hq.id("A"), t.sub.id("1"))
    assert (row["rejected_at"], row["comment"]) == (t.clock.now, "A branch")
    assert row["rejected_by"] is not None
    t.clock.tick()
    t.bench.reject_pairs(NAME, [("A", "1")])
    assert t.bench.rejected_pairs().equals(told)
    t.bench.reject_pairs(NAME, [("A", "1")], comment="Another firm")
    assert t.bench.rejected_pairs()["comment"].to_list() == ["Another firm"]


def test_no_matching_finds_it_again_and_says_so(t):
    t.bench.reject_pairs(NAME, [("A", "1")])
    found = t.bench.match(NAME)
    assert found.matches.select("outcome", "reason").rows() == [
        ("unmatched", "no record has the same Name, besides 1 that was rejected")
    ]
    assert t.bench.couple(NAME).counts == {"unmatched": 1}
    assert t.bench.candidates(NAME, records=["A"]).is_empty()
    assert t.bench.candidates(NAME, records=["A"], rejected=True)["rejected"].to_list() == [True]
    assert t.bench.unreject_pairs(NAME, t.bench.rejected_pairs()) == 1
    assert t.bench.couple(NAME).counts == {"match": 1}


@pytest.mark.parametrize(
    ("field", "rule"), [("Name", "not-coupled-yet"), ("No.", "looks-like-existing")]
)
def test_a_run_takes_the_two_for_two(t, field, rule):
    t.open(CUSTOMER={"match": [field]})
    assert t.bench.plan(full=True).decisions["rule"].to_list() == [rule]
    t.bench.reject_pairs(NAME, [("A", "1")])
    assert t.sync(full=True) == {"inserted": 1}
    assert t.held("SUB") == {"1": "Havblik", "A": "Havblik"}


def test_explain_says_who_was_rejected_and_why(t):
    t.bench.reject_pairs(NAME, [("A", "1")], comment="A branch")
    here = t.bench.explain(NAME, t.sub.id("1")).verdict
    assert here.endswith(" Rejected as its counterpart: A (A branch).")
    assert t.bench.explain(NAME, "A").verdict.endswith("Rejected as its counterpart: 1 (A branch).")


def test_a_plan_made_before_does_not_couple_it(twins):
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["No."], "natural_key": ["No."]}})
    t.both("A", name="Havblik")
    t.load()
    plan = t.bench.plan(full=True)
    t.bench.reject_pairs(NAME, [("A", "A")])
    assert t.applied(plan.plan_id) == {"stale": 1}
    assert t.bench.sql("select * from coupling").is_empty()


def test_a_person_may_couple_it_all_the_same_and_an_undo_lets_the_rejection_stand(t):
    t.bench.reject_pairs(NAME, [("A", "1")], comment="A branch")
    job = t.bench.couple(NAME, pairs=[("A", "1")]).job
    assert rejected(t) == []
    with pytest.raises(UsageError, match="they are coupled"):
        t.bench.reject_pairs(NAME, [("A", "1")])
    t.clock.tick()
    t.bench.undo(job)
    assert t.bench.rejected_pairs()["comment"].to_list() == ["A branch"]


def test_a_coupling_undone_and_a_clean_up_leave_rejections_as_they_are(t):
    t.hq.put("B", name="Skerry")
    t.sub.put("2", name="Skerry")
    t.load()
    t.bench.reject_pairs(NAME, [("A", "1")])
    t.bench.undo(t.bench.couple(NAME).job)
    t.clock.tick(days=4000)
    assert rejected(t) == [("A", "1")]
    t.bench.clean_up()
    assert rejected(t) == [("A", "1")]


def test_it_is_known_by_its_ids_when_a_record_is_gone(t):
    t.bench.reject_pairs(NAME, [("A", "1")])
    gone = t.sub.id("1")
    t.sub.drop("1")
    t.load()
    assert rejected(t) == [("A", None)]
    assert t.bench.unreject_pairs(NAME, [("A", gone)]) == 1


def test_it_follows_records_that_get_other_ids(twins):
    t = twins(ids=(True, False))
    t.both("A", name="Havblik")
    t.load()
    t.bench.reject_pairs(NAME, [("A", "A")])
    t.sub.ids = True
    t.load()
    assert t.bench.rejected_pairs()["local_id"].to_list() == [t.sub.id("A")]
    assert t.bench.match(NAME).counts == {"unmatched": 1}


@pytest.mark.parametrize("pairs", [[("A",)], ["A1"], [("A", None)]])
def test_what_is_no_pair_is_refused(t, pairs):
    with pytest.raises(UsageError):
        t.bench.reject_pairs(NAME, pairs)


def test_a_record_nobody_has_is_named(t):
    with pytest.raises(UnknownName, match="7"):
        t.bench.reject_pairs(NAME, [("A", "7")])
