"""Records of master data that a person names: what is forced, and what protects them all the same."""

CUSTOMER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


def in_step(twins):
    t = twins(CUSTOMER)
    t.both("A", "B", name="Anna")
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
