"""Renaming: a record coupled by its id follows the new key of the source company."""

import pytest

PEOPLE = {
    "PERSON": {"table": "Salesperson/Purchaser", "match": ["Code"], "fields": {"only": ["Code", "Name"]}},
    "CUSTOMER": {"table": "Customer", "match": ["No."], "fields": {"only": ["No.", "Name", "Salesperson Code"]}},
}  # fmt: skip
TABLE = "Salesperson/Purchaser"


def ids_of(t):
    rows = t.bench.sql('select "No." as key, _id, "Name" as name from SUB.Customer').to_dicts()
    names = {t.sub.id(handle): handle for handle in t.sub.tables["Customer"]}
    return {row["key"]: names[row["_id"]] for row in rows}


def test_a_renamed_record_is_renamed_here_and_its_other_changes_come_along(twins):
    t = twins()
    t.both("OLD", "OTHER", name="Anna", city="Bonn")
    t.couple()
    t.hq.put("OLD", no="NEW", name="Berta")
    t.sub.tables["Customer"]["OLD"]["City"] = "Ulm"
    t.load()
    plan = t.bench.plan()
    assert plan.decisions.filter(rule="renamed")["key"].to_list() == ["NEW"]
    t.open(CUSTOMER={"overwrite_local_change": True})
    assert t.sync() == {"modified": 1, "unchanged": 1}
    assert ids_of(t) == {"NEW": "OLD", "OTHER": "OTHER"}
    assert t.held("SUB", "name") == {"NEW": "Berta", "OTHER": "Anna"}
    t.take_over()
    t.load()
    assert t.sync(full=True) == {"unchanged": 2}


MOVES = """
    case   | before | after | taken | renamed     | failed
    ONE    | A      | N     |       | A>N         |
    SWAP   | A B    | B A   |       | A>B B>A     |
    CIRCLE | A B C  | B C A |       | A>B B>C C>A |
    CHAIN  | A B C  | B C N |       | A>B B>C C>N |
    TAKEN  | A      | N     | N     |             | A
    BROKEN | A B C  | B C N | N     |             | A B C
    HALF   | A B C  | B N A | N     |             | A B C
"""


def test_keys_move_as_far_as_nobody_keeps_them(twins, rows_of):
    t = twins()
    drawn = rows_of(MOVES)
    for row in drawn:
        case = row["case"]
        t.both(*[f"{case} {one}" for one in row["before"].split()], name="Anna")
    t.couple()
    for row in drawn:
        case = row["case"]
        for old, new in zip(row["before"].split(), row["after"].split(), strict=True):
            t.hq.put(f"{case} {old}", no=f"{case} {new}", name="Berta")
        for taken in row["taken"].split():
            t.sub.put(f"{case} HERE {taken}", no=f"{case} {taken}")
    t.load()
    plan = t.bench.plan()
    rules = dict(plan.decisions.select("source_id", "rule").iter_rows())
    for row in drawn:
        case = row["case"]
        for old in row["before"].split():
            expected = "rename-taken" if old in row["failed"].split() else "renamed"
            assert rules[t.hq.id(f"{case} {old}")] == expected, (case, old)
    assert t.applied(plan.plan_id) == {"modified": 9, "failed": 7}
    held = {handle: key for key, handle in ids_of(t).items()}
    for row in drawn:
        moves = dict(move.split(">") for move in row["renamed"].split())
        for old in row["before"].split():
            handle = f"{row['case']} {old}"
            assert held[handle] == f"{row['case']} {moves.get(old, old)}"


def test_a_rename_that_a_local_change_stops_keeps_its_key_from_others(twins, assert_decided):
    t = twins()
    t.both("A", "B", "FREE", name="Anna")
    t.couple()
    t.hq.put("A", no="B")
    t.hq.put("B", no="N")
    t.sub.put("B", name="Local")
    t.load()
    assert_decided(
        t.bench.plan().decisions,
        """
        key | rule
        B   | rename-taken
        N   | local-change
    """,
    )


def test_who_still_refers_to_the_old_key_is_listed_with_the_rename(twins):
    t = twins(PEOPLE)
    t.both("AB", "XY", table=TABLE, name="Abel")
    t.both("C1", "C2", "C3", name="Anna", person="AB")
    t.both("C4", name="Anna", person="XY")
    t.sub.put("ONLY HERE", name="Anna", person="XY")
    t.couple()
    t.hq.put("AB", table=TABLE, code="AC")
    t.hq.put("XY", table=TABLE, code="XZ")
    t.hq.make("C1", "C2", "C3", person="AC")
    t.load()
    plan = t.bench.plan()
    said = dict(plan.decisions.filter(rule="renamed").select("key", "message").iter_rows())
    assert said == {
        "AC": "Renamed at the source. 3 Customer records (Salesperson Code) still say AB.",
        "XZ": "Renamed at the source. 2 Customer records (Salesperson Code) still say XY.",
    }
    assert t.applied(plan.plan_id) == {"modified": 5, "unchanged": 1}
    assert t.held("SUB", "person") == {
        "C1": "AC", "C2": "AC", "C3": "AC", "C4": "XY", "ONLY HERE": "XY",
    }  # fmt: skip


@pytest.mark.parametrize("ids", [(True, False), (False, False)])
def test_without_ids_a_renamed_record_is_known_by_its_new_key_or_is_another_one(twins, ids):
    t = twins(ids=ids)
    t.both("OLD", "OTHER", name="Anna")
    t.couple()
    t.hq.put("OLD", no="NEW", name="Berta")
    t.load()
    if ids == (True, False):
        assert t.sync() == {"modified": 1, "unchanged": 1}
        assert t.held("SUB") == {"NEW": "Berta", "OTHER": "Anna"}
        assert t.coupling("OLD")["local_id"] == "NEW"
        assert t.sync(full=True) == {"unchanged": 2}
    else:
        rules = dict(t.bench.compare().decisions.select("key", "rule").iter_rows())
        assert rules == {"OLD": "orphan", "NEW": "only-coupled"}


def test_the_key_a_renamed_record_wants_may_be_taken_between_plan_and_apply(twins):
    t = twins()
    t.both("A", "B", "C", "FREE", name="Anna")
    t.couple()
    for old, new in zip("ABC", "BCN", strict=True):
        t.hq.put(old, no=new)
    t.hq.put("FREE", no="FREED")
    t.load()
    plan = t.bench.plan()
    assert plan.decisions["rule"].to_list() == ["renamed"] * 4
    t.sub.put("MADE", no="N", name="Made here")
    t.load("SUB")
    assert t.applied(plan.plan_id) == {"stale": 3, "modified": 1}
    assert ids_of(t) == {"A": "A", "B": "B", "C": "C", "FREED": "FREE", "N": "MADE"}
    assert t.sync() == {"failed": 3}
