"""The second ladder end to end: what decides a record once its values are known."""

FIELDS = ["No.", "Name", "City", "Currency Code", "Payment Terms Code"]
CUSTOMER = {"table": "Customer", "match": ["No."], "fields": {"only": FIELDS}}
TERMS = {"table": "Payment Terms", "match": ["Code"], "fields": {"only": ["Code", "Description"]}}
BOTH = {"TERMS": TERMS, "CUSTOMER": CUSTOMER}


def test_a_record_both_know_is_decided_by_its_values(twins, assert_decided):
    t = twins(BOTH, currencies=("GBP", "EUR"))
    t.both("NET", table="Payment Terms")
    t.both(
        "SAME", "FREE", "LATE", "CONFLICT", "BLOCKED", "RENAMED", "TO TAKEN", "CHANGED", "MEANING",
        name="Anna", city="Bonn", currency="USD", phone="0", terms="NET",
    )  # fmt: skip
    t.hq.put("UNKNOWN", name="Anna")
    t.sub.put("UNKNOWN", name="Ann")
    t.hq.put("CURRENCY", currency="USD")
    t.sub.put("CURRENCY", currency="GBP")
    t.couple()
    t.both("SAME", name="Berta")
    t.hq.put("LATE", phone="1")
    t.hq.make("CONFLICT", "BLOCKED", "CHANGED", "MEANING", "CURRENCY", name="Berta")
    t.sub.put("CONFLICT", city="Ulm")
    t.hq.put("90D", table="Payment Terms")
    t.hq.put("BLOCKED", terms="90D")
    t.hq.put("MEANING", currency="")
    t.hq.put("CURRENCY", currency="")
    t.hq.put("RENAMED", no="NEW NO")
    t.hq.put("TO TAKEN", no="TAKEN")
    t.sub.put("TAKEN")
    t.load()
    plan = t.bench.plan("CUSTOMER")
    assert_decided(
        plan.decisions,
        """
        key      | class             | action    | rule              | message
        SAME     | changed_both_same | unchanged | late-unchanged    |
        LATE     | agrees            | unchanged | late-unchanged    |
        UNKNOWN  | origin_unknown    | wait      | origin-unknown    | Differs, origin unknown.
        MEANING  | changed_source    | wait      | currency-meaning  | A blank currency means another currency here; writing it would change the meaning.
        CONFLICT | changed_both      | fail      | local-change      | It was modified here since the last synchronization, and a different value comes in. Fields: City, Name.
        BLOCKED  | changed_source    | fail      | reference-missing | Blocked by a missing record. Payment Terms 90D is missing in SUB.
        TAKEN    | changed_source    | fail      | rename-taken      | It was renamed, and another record has the new key here.
        NEW NO   | changed_source    | modify    | renamed           | Renamed at the source.
        CHANGED  | changed_source    | modify    | changed           |
        FREE     | counted           | counted   | counted           | counted
    """,
    )
    assert t.applied(plan.plan_id) == {"modified": 3, "unchanged": 3, "failed": 3, "waiting": 2}
