"""The first ladder end to end: what decides a record before its values are looked at."""

LEAVES = {"integration_filter": {"City": {"<>": "OUT"}}}
BY_NUMBER = {"CUSTOMER": {"table": "Customer", "match": ["No."], **LEAVES}}
BY_VAT = {"CUSTOMER": {"table": "Customer", "match": ["VAT Registration No."], **LEAVES}}


def with_a_history(t):
    """Coupled records, among them one set aside, one undone and one not taken over."""
    t.both(
        "SKIPPED", "UNDONE", "WRITTEN", "BAD ROW", "BOTH GONE", "ORPHAN", "ORPHAN EDITED", "LEFT",
        "DELETED", "DELETED EDITED", "QUIET", "TOUCHED", "CHANGED", "LOCAL", "REVERTED",
        name="Anna", limit="10",
    )  # fmt: skip
    t.couple()
    t.hq.put("UNDONE", name="Berta")
    t.load()
    assert t.sync() == {"modified": 1, "unchanged": 14}
    t.bench.undo(2)
    t.hq.make("WRITTEN", "SKIPPED", name="Berta")
    t.sub.put("SKIPPED", name="Carla")
    t.load()
    three = [t.sync() for _ in range(3)]
    waits = {"waiting": 1}
    assert three == [
        {"modified": 1, "failed": 1, **waits},
        {"failed": 1, **waits},
        {"skipped": 1, **waits},
    ]
    return t


def test_coupled_records_are_decided_by_what_became_of_them_and_counted_once(twins, assert_decided):
    t = with_a_history(twins(BY_NUMBER))
    t.hq.make("SKIPPED", "BOTH GONE", "DELETED EDITED", "CHANGED", "REVERTED", name="Doris")
    t.hq.put("REVERTED", name="Anna")
    t.hq.put("BAD ROW", limit="much")
    t.hq.touch("TOUCHED")
    t.hq.put("LEFT", city="OUT")
    t.hq.drop("BOTH GONE", "ORPHAN", "ORPHAN EDITED")
    t.sub.make("LOCAL", "ORPHAN EDITED", name="Doris")
    t.sub.drop("BOTH GONE", "DELETED", "DELETED EDITED")
    t.load()
    assert_decided(
        t.bench.compare().decisions,
        """
        key            | class                           | action    | rule
        SKIPPED        | changed_both                    | skip      | skipped-flag
        UNDONE         | changed_source                  | wait      | undone
        WRITTEN        | changed_source                  | wait      | not-taken-over
        BAD ROW        | not_compared                    | none      | set-aside
        ORPHAN         | gone_source                     | none      | orphan
        ORPHAN EDITED  | gone_source_changed_destination | none      | orphan
        LEFT           | not_compared                    | none      | left-filter
        DELETED        | gone_destination                | fail      | coupled-to-deleted
        DELETED EDITED | gone_destination_changed_source | fail      | coupled-to-deleted
        QUIET          | counted                         | counted   | counted
        TOUCHED        | agrees                          | unchanged | touched
        REVERTED       | agrees                          | unchanged | touched
        CHANGED        | changed_source                  | modify    | changed
        LOCAL          | changed_destination             | unchanged | nothing-changed
    """,
    )
    plan = t.bench.plan()
    assert plan.decisions.filter(rule="both-gone")["class"].to_list() == ["gone_both"]
    assert {(r["rule"], r["records"]) for r in plan.counts.to_dicts()} == {
        ("changed", 1), ("coupled-to-deleted", 1), ("skipped-flag", 1), ("undone", 1),
        ("not-taken-over", 1), ("touched", 2), ("orphan", 2), ("both-gone", 1), ("left-filter", 1),
    }  # fmt: skip
    assert t.applied(plan.plan_id) == {
        "modified": 1, "failed": 1, "skipped": 1, "waiting": 2, "unchanged": 2,
    }  # fmt: skip


def uncoupled(t):
    """Records nobody coupled yet, one for every rule about them."""
    t.both("PARTNER", name="Pia", vat="P")
    t.couple()
    t.hq.put("NEW", name="Nina", vat="N")
    t.sub.put("HERE", name="Hanna", vat="H")
    t.hq.put("OUTSIDE", name="Olga", vat="O", city="OUT")
    t.hq.put("FIRMS", name="Frida", vat="F1", post="10115")
    t.sub.put("FIRMS", name="Gerd", vat="F2", post="20095")
    t.hq.put("ALIKE", name="Ida", post="50667", vat="A1")
    t.sub.put("OTHER NO", name="Ida", post="50667", vat="A2")
    t.hq.put("FOUND", name="Julia", vat="J")
    t.sub.put("FOUND HERE", name="Julia", vat="J")
    t.hq.put("TAKEN", name="Karla", vat="K1")
    t.sub.put("TAKEN", vat="K2")
    t.load()
    return t


def test_uncoupled_records_are_not_created_while_only_coupled_ones_are_synchronized(
    twins, assert_decided
):
    t = uncoupled(twins(BY_VAT))
    assert_decided(
        t.bench.compare().decisions,
        """
        key     | class           | action  | rule
        NEW     | new_source      | none    | only-coupled
        HERE    | new_destination | none    | only-here
        OUTSIDE | not_compared    | none    | outside-filter
        FIRMS   | undecided       | wait    | two-firms
        ALIKE   | undecided       | wait    | looks-like-existing
        FOUND   | new_both_differ | wait    | not-coupled-yet
        TAKEN   | new_source      | none    | only-coupled
        PARTNER | counted         | counted | counted
    """,
    )
    assert t.sync() == {"unchanged": 1, "waiting": 3}
    assert sorted(t.held("SUB")) == ["FIRMS", "FOUND HERE", "HERE", "OTHER NO", "PARTNER", "TAKEN"]


def test_a_full_synchronization_creates_what_is_certainly_missing(twins, assert_decided):
    t = uncoupled(twins(BY_VAT))
    plan = t.bench.plan(full=True)
    assert_decided(
        plan.decisions,
        """
        key     | class           | action  | rule
        NEW     | new_source      | insert  | new
        FIRMS   | undecided       | wait    | two-firms
        ALIKE   | undecided       | wait    | looks-like-existing
        FOUND   | new_both_differ | wait    | not-coupled-yet
        TAKEN   | new_source      | fail    | key-taken
    """,
    )
    assert t.applied(plan.plan_id) == {"inserted": 1, "unchanged": 1, "waiting": 3, "failed": 1}
    assert t.held("SUB")["NEW"] == "Nina"
    assert t.coupling("NEW")["last_result"] == "success"


def test_records_that_appeared_on_both_sides_alike_are_new_in_both(twins, assert_decided):
    t = twins()
    t.both("PARTNER")
    t.couple()
    t.both("SAME", name="Sara")
    t.hq.put("DIFFERENT", name="Doris")
    t.sub.put("DIFFERENT", name="Dora")
    t.load()
    assert_decided(
        t.bench.compare().decisions,
        """
        key       | class           | action | rule
        SAME      | new_both_same   | wait   | not-coupled-yet
        DIFFERENT | new_both_differ | wait   | not-coupled-yet
    """,
    )


def test_nothing_is_missing_or_created_where_a_load_may_not_be_complete(
    twins, assert_decided, rows_of
):
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["No."], "only_coupled": False}})
    t.both("GONE HQ", "GONE SUB", "STAYS")
    t.couple()
    t.hq.drop("GONE HQ")
    t.sub.drop("GONE SUB")
    t.hq.put("NEW HQ")
    t.sub.put("NEW SUB")
    t.load()
    said = {"yes": True, "no": False, "unknown": None}
    for row in rows_of("""
        hq      | sub     | GONE HQ                        | GONE SUB                              | NEW HQ                             | NEW SUB
        yes     | yes     | gone_source orphan             | gone_destination coupled-to-deleted   | new_source new                     | new_destination only-here
        unknown | yes     | not_compared source-not-loaded | gone_destination coupled-to-deleted   | new_source new                     | not_compared only-here
        yes     | unknown | gone_source orphan             | not_compared destination-not-loaded   | not_compared cannot-tell-if-missing | new_destination only-here
    """):
        t.hq.complete, t.sub.complete = said[row["hq"]], said[row["sub"]]
        t.load()
        drawn = ["key | class | rule"]
        drawn += [f"{key} | {' | '.join(row[key].split())}" for key in list(row)[2:]]
        assert_decided(t.bench.compare().decisions, "\n".join(drawn))


def test_a_condition_on_a_field_nobody_exported_is_not_evaluated_and_said_so(twins):
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["No."], "filter": {"Blocked": ""}}})
    t.both("A", "B", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    remarks = t.bench.compare().remarks.filter(kind="filter")
    assert remarks["text"].to_list() == ["The filter on Blocked is not evaluated: not exported."]
    assert t.sync() == {"modified": 1, "unchanged": 1}
