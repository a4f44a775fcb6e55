"""When one record of a pair is gone: the policy of the mapping, as the product keeps it."""

import pytest

BY_NUMBER = {"table": "Customer", "match": ["No."]}
RESTORES = {"CUSTOMER": {**BY_NUMBER, "deletion_conflict": "restore_records"}}
THREE_TIMES = [{"failed": 1}, {"failed": 1}, {"skipped": 1}]


@pytest.mark.parametrize(
    ("policy", "ids", "rule", "told"),
    [
        ("none", True, "coupled-to-deleted", THREE_TIMES),
        ("remove_coupling", True, "remove-coupling-fails", THREE_TIMES),
        ("restore_records", True, "restore", [{"inserted": 1}, {}]),
        ("restore_records", False, "restore", [{"inserted": 1}, {}]),
    ],
)
def test_a_record_deleted_here_follows_the_policy_of_its_mapping(twins, policy, ids, rule, told):
    t = twins({"CUSTOMER": {**BY_NUMBER, "deletion_conflict": policy}}, ids=ids)
    t.both("GONE", "STAYS", name="Anna")
    t.couple()
    t.sync()
    before = t.coupling("GONE")
    t.sub.drop("GONE")
    t.load()
    assert t.sync() == {}
    t.hq.put("GONE", name="Berta")
    t.load()
    assert t.bench.plan().decisions["rule"].to_list() == [rule]
    assert [t.sync() for _ in told] == told
    after = t.coupling("GONE")
    assert t.bench.status()["coupled"].to_list() == [2]
    if policy == "restore_records":
        assert t.held("SUB") == {"GONE": "Berta", "STAYS": "Anna"}
        assert (after["local_id"] == before["local_id"]) is not ids
        assert t.bench.plan(full=True).writes == 0
    else:
        assert t.held("SUB") == {"STAYS": "Anna"}
        assert (after["local_id"], after["skipped"]) == (before["local_id"], True)


def test_a_record_deleted_at_the_source_company_has_no_effect_here(twins):
    t = twins(RESTORES)
    t.both("GONE", "STAYS", name="Anna")
    t.couple()
    t.hq.drop("GONE")
    t.load()
    assert t.sync(full=True) == {"unchanged": 1}
    assert t.held("SUB") == {"GONE": "Anna", "STAYS": "Anna"}
    assert t.bench.status()["coupled"].to_list() == [2]


def test_what_was_made_here_again_under_the_same_number_is_in_the_way_of_a_restore(twins):
    t = twins(RESTORES)
    t.both("GONE", "STAYS", name="Anna")
    t.couple()
    t.sub.drop("GONE")
    t.sub.put("AGAIN", no="GONE", name="Somebody else")
    t.hq.put("GONE", name="Berta")
    t.load()
    assert t.bench.plan().decisions["rule"].to_list() == ["key-taken"]
    assert t.sync() == {"failed": 1, "unchanged": 1}
    assert t.held("SUB") == {"GONE": "Somebody else", "STAYS": "Anna"}
