"""Records of master data that a person names: what is forced, and what protects them all the same."""

import pytest

from mdsync_nb.errors import UsageError

CUSTOMER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


def in_step(twins, **more):
    t = twins(CUSTOMER)
    t.both("A", "B", name="Anna", **more)
    t.couple()
    t.sync()
    return t


def chosen(t, *records):
    asked = t.bench.synchronize_records("CUSTOMER", records=records)
    return t.applied(asked.plan.plan_id)


def test_a_pair_in_which_nothing_differs_counts_as_modified_and_is_not_written(twins):
    t = in_step(twins)
    before = t.bench.sql("select _modified_at from SUB.Customer order by _id").rows()
    assert chosen(t, "A") == {"modified": 1}
    assert t.bench.sql("select _modified_at from SUB.Customer order by _id").rows() == before


def times(t):
    return dict(t.bench.sql("select _id, _modified_at from SUB.Customer").rows())


def touched(t, *records):
    asked = t.bench.synchronize_records("CUSTOMER", records=records, touch=True)
    (job,) = t.bench.apply(asked.plan.plan_id)
    return job


def test_touching_gives_a_record_a_new_time_and_no_value_and_an_undo_takes_it_back(twins):
    t = in_step(twins)
    before, held = times(t), t.held("SUB")
    job = touched(t, "A")
    moved = {one for one, at in times(t).items() if at != before[one]}
    assert (job.counts["modified"], moved, t.held("SUB")) == (1, {t.sub.id("A")}, held)
    (file,) = [one for one in job.files if one.suffix == ".csv"]
    assert file.read_text("utf-8").splitlines() == ["No.,Name", "A,Anna"]
    assert t.bench.undo(job.job_id)[0].files == ()
    assert times(t) == before


def test_what_is_touched_stands_beside_what_is_changed(twins):
    t = in_step(twins, city="Bonn")
    t.hq.put("B", city="Ulm")
    t.load()
    asked = t.bench.plan("CUSTOMER", records=["A", "B"], force=True, touch=True)
    (job,) = t.bench.apply(asked.plan_id, force=True)
    (file,) = [one for one in job.files if one.suffix == ".csv"]
    assert sorted(file.read_text("utf-8").splitlines()[1:]) == ["A,Anna,Bonn", "B,Anna,Ulm"]


def test_only_what_is_forced_can_be_touched(twins):
    with pytest.raises(UsageError, match="forced"):
        in_step(twins).bench.plan("CUSTOMER", touch=True)


def test_a_local_change_is_protected_also_when_the_record_was_chosen(twins):
    t = in_step(twins)
    t.sub.put("A", name="Berta")
    t.load()
    assert chosen(t, "A") == {"failed": 1}
    assert t.held("SUB") == {"A": "Berta", "B": "Anna"}


def test_a_record_without_a_counterpart_is_created_when_it_is_named(twins):
    t = in_step(twins)
    t.hq.put("N", name="Nina")
    t.load()
    asked = t.bench.create_records("CUSTOMER", records=["N"])
    assert t.applied(asked.plan.plan_id) == {"inserted": 1}
    assert t.held("SUB")["N"] == "Nina"


def test_a_record_that_is_gone_here_is_restored_and_what_is_left_is_deleted(twins):
    t = in_step(twins)
    t.sub.drop("A")
    t.hq.drop("B")
    t.load()
    made = t.bench.restore_records("CUSTOMER", records=["A"])
    assert t.applied(made.plan_id) == {"inserted": 1}
    made = t.bench.delete_records("CUSTOMER", records=["B"])
    assert t.applied(made.plan_id) == {"deleted": 1}
    assert t.held("SUB") == {"A": "Anna"}
