"""Failures: remembered by the pair, retried by every run, set aside after the third in a row."""

STATE = ("last_result", "failures", "skipped")


def state(t, handle):
    found = t.coupling(handle)
    return tuple(found[one] for one in STATE)


def in_conflict(t, *handles):
    """Coupled records that changed on both sides: each fails by local-change protection."""
    t.both(*handles, "OTHER", name="Anna", city="Bonn")
    t.couple()
    t.hq.make(*handles, name="Berta")
    t.sub.make(*handles, name="Carla")
    t.load()


def test_three_failures_in_a_row_set_a_pair_aside_whatever_their_texts(twins):
    t = twins()
    in_conflict(t, "A")
    told = []
    for city in ("Bonn", "Ulm", "Ulm", "Ulm"):
        t.sub.put("A", city=city)
        t.load()
        told.append((t.sync().get("failed", 0), *state(t, "A")))
    assert told == [
        (1, "failure", 1, False),
        (1, "failure", 2, False),
        (0, "failure", 3, True),
        (0, "failure", 3, True),
    ]
    texts = t.bench.errors().sort("job_id")["message"].to_list()
    assert [text.rpartition("Fields: ")[2] for text in texts] == ["Name.", "City, Name."]


def test_a_pair_that_is_set_aside_counts_as_skipped_each_time_it_is_a_candidate(twins):
    t = twins()
    in_conflict(t, "A")
    assert [t.sync() for _ in range(4)] == [
        {"failed": 1, "unchanged": 1}, {"failed": 1}, {"skipped": 1}, {},
    ]  # fmt: skip
    t.hq.put("A", name="Doris")
    t.load()
    assert (t.sync(), t.sync()) == ({"skipped": 1}, {})
    t.hq.put("OTHER", name="Doris")
    t.load()
    assert t.sync() == {"modified": 1}


def test_a_success_between_two_failures_begins_the_count_anew(twins):
    t = twins()
    in_conflict(t, "A")
    t.sync()
    t.sync()
    assert state(t, "A") == ("failure", 2, False)
    t.sub.put("A", name="Berta")
    t.load()
    assert t.sync() == {"unchanged": 1}
    assert state(t, "A") == ("success", 0, False)
    t.hq.put("A", name="Doris")
    t.sub.put("A", name="Emma")
    t.load()
    t.sync()
    assert state(t, "A") == ("failure", 1, False)


def test_going_back_to_what_was_agreed_is_a_success_too(twins):
    t = twins(times=False)
    in_conflict(t, "A")
    t.sync()
    t.both("A", name="Anna")
    t.load()
    assert (t.sync(), state(t, "A")) == ({"unchanged": 1}, ("success", 0, False))
    assert t.sync() == {}


def test_a_failure_stops_nobody_else_and_is_retried_whatever_the_watermark(twins):
    t = twins()
    in_conflict(t, "A", "Z")
    t.hq.put("OTHER", name="Doris")
    t.load()
    assert t.sync() == {"failed": 2, "modified": 1}
    assert t.bench.plan().counts["records"].sum() == 2
    t.open(CUSTOMER={"overwrite_local_change": True})
    assert t.sync() == {"modified": 2}
    assert t.bench.errors().is_empty()


def test_retry_puts_a_pair_back_and_a_full_synchronization_all_of_them(twins):
    t = twins()
    in_conflict(t, "A", "B")
    for _ in range(3):
        t.sync()
    assert t.bench.status()["skipped"].to_list() == [2]
    assert t.bench.retry("CUSTOMER", records=[t.sub.id("A")]) == 1
    assert state(t, "A") == ("failure", 0, False)
    assert t.sync() == {"failed": 1}
    assert state(t, "A") == ("failure", 1, False)
    assert t.sync(full=True) == {"failed": 2, "unchanged": 1}
    assert (state(t, "A"), state(t, "B")) == (("failure", 2, False), ("failure", 1, False))


def test_an_uncoupled_failure_is_not_remembered(twins):
    t = twins()
    t.both("PARTNER", vat="1")
    t.open(CUSTOMER={"match": ["VAT Registration No."], "only_coupled": False})
    t.couple()
    t.hq.put("TAKEN", vat="2")
    t.sub.put("TAKEN", vat="3")
    t.load()
    assert t.sync() == {"failed": 1, "unchanged": 1}
    assert t.bench.errors()["rule"].to_list() == ["key-taken"]
    assert t.sync() == {}


def test_one_candidate_has_one_outcome_and_the_counters_add_up(twins):
    t = twins()
    in_conflict(t, "A", "B", "C")
    t.hq.touch("OTHER")
    t.hq.put("NEW")
    t.load()
    plan = t.bench.plan(full=True)
    candidates = plan.counts["records"].sum()
    counters = t.applied(plan.plan_id)
    assert sum(counters.values()) == candidates == 5
    job = t.bench.jobs().row(0, named=True)
    assert {name: job[name] for name in counters} == counters


def test_records_are_released_by_the_message_they_failed_with(twins):
    t = twins(
        {
            "TERMS": {"table": "Payment Terms", "match": ["Code"], "create_new": False},
            "CUSTOMER": {"table": "Customer", "match": ["No."]},
        }
    )
    t.both("NET", table="Payment Terms", description="at once")
    t.both("A", "B", name="Anna", terms="NET")
    t.couple()
    t.sync()
    t.hq.put("A", terms="21 DAYS")
    t.hq.put("21 DAYS", table="Payment Terms", description="three weeks")
    t.hq.put("B", name="Theirs")
    t.sub.put("B", name="Ours")
    t.load()
    for _ in range(3):
        t.sync("CUSTOMER")
    assert t.bench.status().filter(mapping="SUB/CUSTOMER")["skipped"].item() == 2
    assert t.bench.retry("SUB", message="*no such words*") == 0
    assert t.bench.retry("SUB", message="*IS MISSING IN*", records=["B"]) == 0
    assert t.bench.retry("SUB", message="*IS MISSING IN*") == 1
    assert t.bench.explain("SUB/CUSTOMER", "A").rule == "reference-missing"
    assert t.bench.explain("SUB/CUSTOMER", "B").rule == "skipped-flag"
    assert t.bench.retry("*/CUSTOMER") == 1
