"""What a run visits: the watermark, its overlap, and what no time can hide."""

from datetime import timedelta


def watermark(t):
    return t.bench.status()["watermark"][0]


def test_the_watermark_is_when_the_source_was_read_and_never_goes_back(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.sync()
    first = watermark(t)
    assert first == t.clock.now - timedelta(minutes=2)
    t.load()
    t.sync()
    assert watermark(t) == first + timedelta(minutes=62)
    t.hq.write(taken_at=(first - timedelta(days=1)).isoformat() + "Z")
    t.bench.load("HQ")
    t.sync()
    assert watermark(t) == first + timedelta(minutes=62)


def test_an_edit_between_the_snapshot_and_the_run_is_not_lost(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.sync()
    t.load()
    t.hq.put("A", name="Berta")
    t.clock.tick(hours=5)
    assert t.sync() == {}
    t.load()
    assert t.sync() == {"modified": 1}


def test_the_newest_999_milliseconds_are_read_again(twins, rows_of):
    t = twins()
    t.both("998", "999", "1000", name="Anna")
    t.couple()
    t.sync()
    t.load()
    t.sync()
    mark = watermark(t)
    for handle, record in t.hq.tables["Customer"].items():
        before = mark - timedelta(milliseconds=int(handle))
        record["SystemModifiedAt"] = before.isoformat() + "Z"
    t.hq.write(taken_at=mark.isoformat() + "Z")
    t.bench.load("HQ")
    visited = t.bench.plan().counts
    assert visited.select("rule", "records").rows() == [("touched", 1)]


def test_early_unchanged_leaves_the_coupling_alone_and_late_moves_it_forward(twins):
    t = twins()
    t.both("EARLY", "TOUCHED", "LATE", name="Anna", phone="1")
    t.open(CUSTOMER={"fields": {"only": ["No.", "Name"]}})
    t.couple()
    before = {one: t.coupling(one) for one in ("EARLY", "TOUCHED", "LATE")}
    t.hq.touch("TOUCHED")
    t.hq.put("LATE", phone="2")
    t.sub.put("EARLY", phone="3")
    t.load()
    assert t.sync() == {"unchanged": 3}
    after = {one: t.coupling(one) for one in before}
    assert after["EARLY"] == before["EARLY"]
    for one in ("TOUCHED", "LATE"):
        modified = t.hq.tables["Customer"][one]["SystemModifiedAt"]
        assert (
            after[one]["integration_modified_at"].isoformat(timespec="milliseconds") + "Z"
            == modified
        )
        assert (after[one]["last_result"], after[one]["last_job"]) == ("success", 2)
        assert after[one]["local_modified_at"] == before[one]["local_modified_at"]


def test_times_of_a_coupling_never_go_back(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    before = t.coupling("A")
    for record in t.hq.tables["Customer"].values():
        record |= {"SystemModifiedAt": "2020-01-01T00:00:00Z", "Name": "Berta"}
    t.load()
    assert t.sync() == {"modified": 1}
    assert t.coupling("A")["integration_modified_at"] == before["integration_modified_at"]


def test_a_repeated_run_finds_nothing_left_to_do(twins):
    t = twins()
    t.both("A", "B", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    assert [t.sync() for _ in range(3)] == [{"modified": 1, "unchanged": 1}, {}, {}]
    t.take_over()
    t.load()
    assert t.sync() == {}
    assert t.sync(full=True) == {"unchanged": 2}


def test_without_times_a_run_visits_what_the_loads_since_changed(twins):
    t = twins(times=False, ids=False)
    t.both("A", "B", "C", name="Anna")
    t.couple()
    t.sync()
    t.hq.put("A", name="Berta")
    t.load("HQ")
    t.hq.put("B", name="Berta")
    t.load("HQ")
    plan = t.bench.plan()
    assert plan.counts.select("rule", "records").rows() == [("changed", 2)]
    assert (t.applied(plan.plan_id), t.sync()) == ({"modified": 2}, {})


def test_records_asked_for_by_id_or_key_are_visited_and_leave_the_watermark(twins):
    t = twins()
    t.both("A", "B", "C", "D", name="Anna")
    t.couple()
    t.sync()
    before = t.bench.status().row(0, named=True)
    t.hq.make("A", "B", "C", "D", name="Berta")
    t.load()
    plan = t.bench.plan(records=[t.hq.id("A"), "B", t.sub.id("C")])
    assert plan.kind == "records"
    assert sorted(plan.decisions["key"]) == ["A", "B", "C"]
    assert t.applied(plan.plan_id) == {"modified": 3}
    after = t.bench.status().row(0, named=True)
    assert (after["watermark"], after["last_run_at"]) == (
        before["watermark"],
        before["last_run_at"],
    )
    assert t.sync() == {"modified": 1, "unchanged": 3}


def test_a_full_synchronization_lets_new_records_flow_from_then_on(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.hq.put("B", name="Berta")
    t.load()
    assert t.sync() == {"unchanged": 1}
    assert t.sync(full=True) == {"inserted": 1, "unchanged": 1}
    t.hq.put("C", name="Carla")
    t.load()
    assert t.sync().get("inserted") == 1


def test_a_full_synchronization_may_leave_only_coupled_as_it_was(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.sync(full=True, keep_creating=False)
    t.hq.put("C", name="Carla")
    t.load()
    assert t.sync() == {}


def test_a_mapping_that_creates_nothing_new_creates_nothing_after_a_full_synchronization(twins):
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["No."], "create_new": False}})
    t.both("A", name="Anna")
    t.couple()
    t.hq.put("B", name="Berta")
    t.load()
    assert t.sync(full=True) == {"unchanged": 1}
    t.hq.put("B", name="Bertha")
    t.load()
    assert t.sync() == {}
