"""Local-change protection: what was changed here is not overwritten unless somebody says so."""

import pytest

FIELDS = ["No.", "Name", "City", "Phone No."]


def mapping(**more):
    return {"CUSTOMER": {"table": "Customer", "match": ["No."], "fields": {"only": FIELDS}, **more}}


def test_the_time_protects_the_whole_record_whichever_field_was_edited(twins, assert_decided):
    t = twins(mapping())
    handles = ("SAME FIELD", "OTHER FIELD", "UNMAPPED", "TOUCHED", "ALIKE", "HERE ONLY", "FREE")
    t.both(*handles, name="Anna", city="Bonn", post="1")
    t.couple()
    t.hq.make(*[one for one in handles if one != "HERE ONLY"], name="Berta")
    t.sub.make("SAME FIELD", "HERE ONLY", name="Carla")
    t.sub.put("OTHER FIELD", city="Ulm")
    t.sub.put("UNMAPPED", post="2")
    t.sub.touch("TOUCHED")
    t.sub.put("ALIKE", name="Berta")
    t.load()
    plan = t.bench.plan()
    assert_decided(
        plan.decisions,
        """
        key         | class               | rule            | conflict
        SAME FIELD  | changed_both        | local-change    | true
        OTHER FIELD | changed_both        | local-change    | timestamp
        UNMAPPED    | changed_source      | local-change    | timestamp
        TOUCHED     | changed_source      | local-change    | timestamp
        ALIKE       | changed_both_same   | late-unchanged  |
        HERE ONLY   | changed_destination | nothing-changed |
        FREE        | changed_source      | changed         |
    """,
    )
    assert t.applied(plan.plan_id) == {"modified": 1, "failed": 4, "unchanged": 2}
    assert t.held("SUB")["OTHER FIELD"] == "Anna"
    errors = dict(t.bench.errors().select("key", "message").iter_rows())
    assert errors["OTHER FIELD"].endswith("Fields: City, Name.")


def test_a_record_made_here_and_never_edited_since_does_not_block(twins, assert_decided):
    t = twins(mapping())
    t.both("OLD")
    t.couple()
    t.hq.put("FRESH", name="Anna")
    t.sub.put("FRESH", name="Ann")
    t.load()
    t.pair("CUSTOMER", FRESH="FRESH")
    t.hq.put("FRESH", name="Berta")
    fresh = t.sub.tables["Customer"]["FRESH"]
    later = t.clock.tick(hours=2).isoformat() + "Z"
    fresh |= {"SystemCreatedAt": later, "SystemModifiedAt": later}
    t.load()
    assert_decided(t.bench.plan().decisions, "key | rule \n FRESH | changed")
    t.sub.put("FRESH", city="Ulm")
    t.load()
    assert_decided(t.bench.plan().decisions, "key | rule \n FRESH | local-change")


@pytest.mark.parametrize(
    ("said", "outcome", "names"),
    [
        ({"overwrite_local_change": True}, {"modified": 2}, ("Berta", "Berta", "Bonn")),
        (
            {"fields": {"Name": {"enabled": True, "overwrite_local_change": True}, "City": True}},
            {"modified": 1, "failed": 1},
            ("Berta", "Anna", "Ulm"),
        ),
        ({"fields": {"Name": True, "City": False}}, {"failed": 2}, ("Carla", "Anna", "Ulm")),
        (
            {"fields": {"Name": False, "City": True}},
            {"failed": 1, "unchanged": 1},
            ("Carla", "Anna", "Ulm"),
        ),
        (
            {"fields": {"No.": True}, "constants": {"Name": "Berta"}},
            {"modified": 2},
            ("Berta", "Berta", "Ulm"),
        ),
    ],
    ids=["overwrite the table", "overwrite one field", "the other field off", "off", "constant"],
)
def test_a_local_change_may_be_overwritten_by_table_and_by_field(twins, said, outcome, names):
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["No."], **said}})
    t.both("NAME", "CITY", name="Anna", city="Bonn")
    t.couple()
    t.hq.make("NAME", "CITY", name="Berta")
    t.sub.put("NAME", name="Carla")
    t.sub.put("CITY", city="Ulm")
    t.load()
    assert t.sync() == outcome
    held = t.held("SUB")
    assert (held["NAME"], held["CITY"], t.held("SUB", "city")["CITY"]) == names


@pytest.mark.parametrize("ids", [True, False])
def test_without_times_the_values_protect_a_record(twins, assert_decided, ids):
    t = twins(mapping(), ids=ids, times=(True, False))
    t.both("EDITED", "TOUCHED", "UNMAPPED", name="Anna", city="Bonn", post="1")
    t.couple()
    t.hq.make("EDITED", "TOUCHED", "UNMAPPED", name="Berta")
    t.sub.put("EDITED", city="Ulm")
    t.sub.touch("TOUCHED")
    t.sub.put("UNMAPPED", post="2")
    t.load()
    assert_decided(
        t.bench.plan().decisions,
        """
        key      | rule         | conflict
        EDITED   | local-change | timestamp
        TOUCHED  | changed      |
        UNMAPPED | local-change | timestamp
    """,
    )


def test_a_local_edit_stays_protected_when_the_fields_of_the_mapping_move(twins, assert_decided):
    t = twins(mapping(), times=(True, False))
    t.both("EDITED", "FREE", name="Anna", post="1")
    t.couple()
    t.hq.make("EDITED", "FREE", name="Berta")
    t.sub.put("EDITED", name="Carla")
    t.load()
    t.open(CUSTOMER={"fields": {"only": [*FIELDS, "Post Code"]}})
    assert_decided(
        t.bench.plan().decisions, "key | rule \n EDITED | local-change \n FREE | changed"
    )


def test_an_edit_between_our_snapshot_and_our_write_is_protected(twins, assert_decided):
    t = twins(mapping())
    t.both("A", name="Anna", city="Bonn")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    plan = t.bench.plan()
    t.sub.put("A", city="Ulm")
    assert t.applied(plan.plan_id) == {"modified": 1}
    t.hq.put("A", name="Doris")
    t.load()
    assert_decided(t.bench.plan().decisions, "key | rule \n A | local-change")


def test_a_full_synchronization_does_not_get_around_the_protection(twins):
    t = twins(mapping())
    t.both("A", "B", name="Anna")
    t.couple()
    t.sub.put("A", name="Carla")
    t.load()
    assert t.sync() == {"unchanged": 2}
    assert t.sync(full=True) == {"failed": 1, "unchanged": 1}
    assert t.held("SUB")["A"] == "Carla"
