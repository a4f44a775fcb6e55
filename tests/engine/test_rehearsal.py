"""Rehearsing the words of `update_conflict`: what is said beforehand is what comes."""

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

WORDS = ["none", "send_update_to_integration", "get_update_from_integration", "merge"]
MAPPING = {
    "table": "Customer", "match": ["No."], "limits": {"updates": "100%"},
    "fields": {"only": ["No.", "Name", "City", "Payment Terms Code"]},
}  # fmt: skip
TERMS = {"table": "Payment Terms", "match": ["Code"]}


def conflicts(twins, **more):
    """Two true conflicts, three of time alone, of which one waits for a missing record, and more."""
    t = twins({"TERMS": TERMS, "CUSTOMER": {**MAPPING, **more}})
    t.both("NET", table="Payment Terms")
    t.both("TRUE", "MIXED", "TIME", "SAVED", "BLOCKED", "THERE", "HERE", "ALIKE",
           name="Anna", city="Bonn", terms="NET")  # fmt: skip
    t.couple()
    t.hq.put("90D", table="Payment Terms")
    t.hq.make("TRUE", "MIXED", "TIME", "SAVED", "THERE", "ALIKE", name="Berta")
    t.hq.put("BLOCKED", terms="90D")
    t.sub.make("TRUE", "MIXED", name="Carla")
    t.sub.make("MIXED", "TIME", "BLOCKED", "HERE", city="Ulm")
    t.sub.touch("SAVED")
    t.sub.put("ALIKE", name="Berta")
    t.load()
    return t


@pytest.mark.parametrize("in_force", WORDS)
def test_every_word_says_what_it_settles_and_what_goes(twins, rows_of, in_force):
    t = conflicts(twins, update_conflict=in_force)
    told = t.bench.rehearse().filter(mapping="SUB/CUSTOMER")
    assert told.select("policy", "in_force").rows() == [(one, one == in_force) for one in WORDS]
    assert set(told.select("true", "timestamp").rows()) == {(2, 3)}
    drawn = rows_of("""
        policy                      | settled_true | settled_timestamp | left | written | lost_here | lost_there
        none                        | 0            | 0                 | 5    | 0       | 0         | 0
        send_update_to_integration  | 2            | 3                 | 0    | 0       | 0         | 5
        get_update_from_integration | 2            | 2                 | 1    | 4       | 4         | 0
        merge                       | 0            | 2                 | 3    | 2       | 0         | 0
    """)
    assert [{name: str(one[name]) for name in drawn[0]} for one in told.to_dicts()] == drawn


def test_the_values_that_go_are_named(twins):
    t = conflicts(twins)
    values = t.bench.rehearse(values=True).sort("policy", "key", "field")
    told = ["policy", "lost", "key", "field", "source", "destination", "base"]
    here = values.filter(lost="here").select(told).rows()
    get = ("get_update_from_integration", "here")
    assert here == [
        (*get, "MIXED", "City", "Bonn", "Ulm", "Bonn"),
        (*get, "MIXED", "Name", "Berta", "Carla", "Anna"),
        (*get, "TIME", "City", "Bonn", "Ulm", "Bonn"),
        (*get, "TRUE", "Name", "Berta", "Carla", "Anna"),
    ]
    assert set(values["policy"]) == {WORDS[1], WORDS[2]}


def test_nothing_is_written_planned_or_set(twins):
    t = conflicts(twins)
    tables = ("plan", "job", "coupling", "mapping_state", "kept_cell")
    state = [t.bench.sql(f"select * from {one} order by all").rows() for one in tables]
    t.bench.rehearse()
    t.bench.rehearse(values=True)
    assert [t.bench.sql(f"select * from {one} order by all").rows() for one in tables] == state


def test_where_no_record_changed_on_both_sides_there_is_nothing_to_rehearse(twins):
    t = twins()
    t.both("A", name="Anna")
    t.couple()
    t.hq.put("A", name="Berta")
    t.load()
    assert t.bench.rehearse().is_empty()
    assert t.bench.rehearse("CUSTOMER", values=True).is_empty()


EDITS = st.sampled_from(["", "name", "city", "both", "same", "touch", "phone"])
FATES = st.lists(st.tuples(EDITS, EDITS), min_size=30, max_size=30)


def edit(company, handle, what):
    if what == "touch":
        company.touch(handle)
    elif what == "phone":
        company.put(handle, phone="2")
    elif what:
        names = {"name": ["name"], "city": ["city"], "both": ["name", "city"], "same": ["name"]}
        value = "Same" if what == "same" else company.name
        company.put(handle, **dict.fromkeys(names[what], value))


def held(t):
    """Every value of SUB by record and field."""
    return {field: t.held("SUB", field) for field in ("name", "city")}


@settings(
    max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(fates=FATES, times=st.sampled_from([True, (True, False)]))
def test_what_is_rehearsed_is_what_comes(tmp_path_factory, twins_in, fates, times):
    """Under every word: as many records written as was said; a merge loses no local change, carries
    what only the source changed, and does the rest as without it; doing it again does nothing."""
    fields = {"fields": {"only": ["No.", "Name", "City"]}}
    found = {}
    for word in WORDS:
        t = twins_in(
            tmp_path_factory.mktemp("word") / word,
            {"CUSTOMER": {**MAPPING, **fields, "update_conflict": word}}, times=times,
        )  # fmt: skip
        live(t, fates)
        before, conflicts = held(t), conflicts_of(t)
        told = t.bench.rehearse().filter(policy=word)
        plan = t.bench.plan(full=True)
        t.applied(plan.plan_id)
        found[word] = before, held(t)
        said = told.row(0, named=True) if told.height else {"written": 0, "left": 0}
        decided = plan.decisions.join(conflicts, on="source_id", how="semi")["action"].to_list()
        assert decided.count("fail") == said["left"]
        assert decided.count("modify") == said["written"] == len(written(t, conflicts))
        assert t.bench.plan(full=True).writes == 0
    before, after = found["merge"]
    for n, (there, here) in enumerate(fates):
        for field, changed in (("name", ("name", "both", "same")), ("city", ("city", "both"))):
            key = f"R{n:02}"
            was, now = before[field][key], after[field][key]
            assert now == was or here not in changed, (key, field)
            if there not in ("", "touch", "phone") and here in ("", "touch", "phone"):
                assert now == found["get_update_from_integration"][1][field][key]


def live(t, fates):
    keys = [f"R{n:02}" for n in range(len(fates))]
    t.both(*keys, name="Anna", city="Bonn", phone="1")
    t.couple()
    for key, (there, here) in zip(keys, fates, strict=True):
        edit(t.hq, key, there)
        edit(t.sub, key, here)
    t.load()


def conflicts_of(t):
    return t.bench.compare().decisions.filter(pl.col("conflict") != "")


def written(t, conflicts):
    """The conflicts the last job wrote."""
    job = t.bench.jobs().row(0, named=True)["job_id"]
    records = t.bench.jobs(job=job).filter(action="modify", outcome="applied")
    return records.filter(pl.col("key").is_in(conflicts["key"].implode()))["key"].to_list()
