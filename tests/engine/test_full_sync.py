"""The first synchronization of a company: couple or create, table by table, and going on after."""

from __future__ import annotations

import polars as pl
import pytest

from mdsync_nb.engine import full_sync
from mdsync_nb.errors import CouldNotRun, UsageError

TERMS = {"table": "Payment Terms", "match": ["Code"], "fields": {"only": ["Code", "Description"]}}
PERSON = {
    "table": "Salesperson/Purchaser", "match": ["Code"], "fields": {"only": ["Code", "Name"]},
}  # fmt: skip
CUSTOMER = {
    "table": "Customer", "match": ["No."],
    "fields": {"only": ["No.", "Name", "Payment Terms Code", "Salesperson Code"]},
    "local_filter": {"No.": {"<>": "OUT"}},
}  # fmt: skip
THREE = {
    "TERMS": TERMS,
    "PERSON": {**PERSON, "depends_on": ["TERMS"]},
    "CUSTOMER": {**CUSTOMER, "depends_on": ["TERMS", "PERSON"]},
}
PEOPLE = "Salesperson/Purchaser"
FULL, COUPLE, NOTHING = "Full Synchronization", "Couple Records", "No Records Found"


def three(twins, **more):
    """Terms on both sides, people and customers at HQ alone, each after what it refers to.

    SUB has one customer outside the filter, so that its file has all columns.
    """
    mappings = {name: {**one, **more.get(name, {})} for name, one in THREE.items()}
    t = twins(mappings)
    t.both("NET", table="Payment Terms", description="Net")
    t.hq.put("90D", table="Payment Terms", description="Ninety days")
    t.hq.make("PP", table=PEOPLE, Name="Paula")
    t.hq.put("A", name="Anna", terms="90D", person="PP")
    t.sub.put("OUT", name="Otto", terms="NET", person="")
    t.load()
    return t


def lines(frame: pl.DataFrame, *names: str) -> dict[str, object]:
    """What stands in the lines of a review, by the short name of the mapping."""
    rows = frame.select("mapping", *names).rows()
    return {row[0].partition("/")[2]: row[1] if len(names) == 1 else row[1:] for row in rows}


def jobs(t) -> list[tuple[str, str]]:
    """What was done, oldest first: mapping and kind."""
    rows = t.bench.jobs().sort("job_id").select("mapping", "kind").rows()
    return [(name.partition("/")[2], kind) for name, kind in rows]


def test_the_lines_say_what_each_table_needs_and_in_which_wave(twins):
    t = three(twins)
    told = t.bench.review()
    names = ("wave", "source_rows", "local_rows", "coupled", "recommendation", "status", "message")
    assert lines(told, *names) == {
        "TERMS": (1, 2, 1, 0, COUPLE, "", ""),
        "PERSON": (2, 1, 0, 0, FULL, "", "Waits for SUB/TERMS."),
        "CUSTOMER": (3, 1, 0, 0, FULL, "", "Waits for SUB/TERMS, SUB/PERSON."),
    }
    assert jobs(t) == []


def test_counts_are_those_of_the_filter_and_a_table_nobody_loaded_is_not_called_empty(twins):
    t = three(twins, CUSTOMER={"filter": {"Name": "Nobody"}})
    t.mappings["CURRENCY"] = {"table": "Currency", "match": ["Code"]}
    told = lines(t.open().review(), "source_rows", "recommendation")
    assert told["CUSTOMER"] == (0, NOTHING)
    assert told["CURRENCY"] == (None, "Not Loaded")


def test_only_blank_lines_are_refreshed(twins):
    """FS-006."""
    t = three(twins)
    t.bench.start_review("TERMS")
    t.hq.drop("NET", "90D", table="Payment Terms")
    t.sub.put("OWN", table=PEOPLE, Name="Olaf")
    t.load()
    now = lines(t.bench.review(), "source_rows", "local_rows", "recommendation", "status")
    assert now["TERMS"] == (2, 1, COUPLE, "finished")
    assert now["PERSON"] == (1, 1, COUPLE, "")


def test_lines_run_wave_after_wave_and_each_does_what_it_recommends(twins):
    """FS-008: the end of a line starts those that waited for it."""
    t = three(twins)
    done = t.bench.start_review()
    assert lines(done.lines, "status", "message") == {
        "TERMS": ("finished", "Coupled 1, created 1."),
        "PERSON": ("finished", "Created 1."),
        "CUSTOMER": ("finished", "Created 1."),
    }
    assert jobs(t) == [
        ("TERMS", "coupling"), ("TERMS", "full"), ("PERSON", "full"), ("CUSTOMER", "full"),
    ]  # fmt: skip
    assert t.held("SUB") == {"A": "Anna", "OUT": "Otto"}
    assert t.held("SUB", "terms") == {"A": "90D", "OUT": "NET"}
    assert done.lines["job_id"].to_list() == [2, 3, 4]
    assert (len(done.applied), done.errors) == (3, {})


def test_the_forecast_says_what_starting_does_and_writes_nothing(twins):
    t = three(twins)
    t.sub.put("NET", table="Payment Terms", description="Netto")
    t.load()
    expected = t.bench.forecast()
    told = ("couples", "creates", "changes", "alike", "waits")
    assert lines(expected.lines, *told) == {
        "TERMS": (1, 1, 0, 0, 1), "PERSON": (0, 1, 0, 0, 0), "CUSTOMER": (0, 1, 0, 0, 0),
    }  # fmt: skip
    assert t.bench.sql("select * from review").is_empty()
    done = t.bench.start_review()
    assert lines(done.lines, "message")["TERMS"] == "Coupled 1, created 1, waiting 1."
    assert t.bench.forecast().lines.is_empty()


AFTER = """
    sync_after_coupling | create_new | first_sync   | NET here | 90D here | plan    | message
    True                | True       | source_wins  | Net      | yes      | full    | Coupled 1, created 1, changed 1.
    True                | False      | source_wins  | Net      | no       | full    | Coupled 1, changed 1.
    True                | True       | ask          | Netto    | yes      | full    | Coupled 1, created 1, waiting 1.
    False               | True       | source_wins  | Netto    | yes      | records | Coupled 1, created 1.
    False               | False      | source_wins  | Netto    | no       | -       | Coupled 1, left uncoupled 1.
"""


@pytest.mark.parametrize("row", range(5))
def test_coupling_is_followed_by_what_the_mapping_says(twins, rows_of, row):
    """semantics.md 10; what is forecast is what happens."""
    one = rows_of(AFTER)[row]
    said = {name: one[name] == "True" for name in ("sync_after_coupling", "create_new")}
    t = three(twins, TERMS={**said, "first_sync": one["first_sync"]})
    t.sub.put("NET", table="Payment Terms", description="Netto")
    t.load()
    expected = t.bench.forecast("TERMS").lines.row(0, named=True)
    done = t.bench.start_review("TERMS")
    assert done.lines["message"].item() == one["message"]
    here = t.held("SUB", "description", "Payment Terms")
    assert here["NET"] == one["NET here"]
    assert ("90D" in here) == (one["90D here"] == "yes")
    words = {
        "couples": "oupled ",
        "creates": "created ",
        "changes": "changed ",
        "waits": "waiting ",
    }
    for name, word in words.items():
        assert bool(expected[name]) == (word in one["message"].replace("left uncoupled", ""))
    assert [kind for _, kind in jobs(t)][1:] == ([one["plan"]] if one["plan"] != "-" else [])


def test_what_looks_like_an_existing_record_is_named_and_not_created(twins):
    vat = "DE123456788"
    t = twins({"CUSTOMER": {"table": "Customer", "match": ["No."]}})
    t.both("OLD", name="Anna", vat="DE111111125")
    t.hq.put("H1", name="Berta GmbH", vat=vat, post="53111", city="Bonn")
    t.sub.put("S1", name="Berta GmbH", vat=vat, post="53111", city="Bonn")
    t.hq.put("NEW", name="Something else entirely")
    t.load()
    expected = t.bench.forecast()
    assert (expected.total("creates"), expected.total("alike")) == (1, 1)
    assert expected.alike.select("mapping", "key").rows() == [("SUB/CUSTOMER", "H1")]
    done = t.bench.start_review()
    assert "look like existing records: 1." in done.lines["message"].item()
    assert set(t.held("SUB")) == {"OLD", "S1", "NEW"}


def test_an_error_stops_those_that_wait_for_it_and_no_other(twins):
    """FS-005; the product's coupling job ends so when no criteria are chosen (semantics.md 10)."""
    t = three(twins, TERMS={"match": []}, CUSTOMER={"depends_on": ["PERSON"]})
    t.open(PERSON={"depends_on": []})
    t.mappings["LAST"] = {**CUSTOMER, "depends_on": ["TERMS"]}
    t.open()
    expected = t.bench.forecast().lines
    assert set(expected["mapping"]) == {"SUB/TERMS", "SUB/PERSON", "SUB/CUSTOMER"}
    assert "which fields" in expected.row(0, named=True)["message"]
    for _ in range(2):
        done = t.bench.start_review()
        assert lines(done.lines, "status") == {
            "TERMS": "error", "PERSON": "finished", "CUSTOMER": "finished", "LAST": "",
        }  # fmt: skip
    said = lines(done.lines, "message")
    assert said["TERMS"].startswith("You must say which fields of SUB/TERMS")
    assert said["LAST"] == "Waits for SUB/TERMS (ended in error)."
    assert done.errors == {}
    t.open(TERMS=TERMS)
    again = t.bench.start_review("TERMS", "LAST", restart=True)
    assert set(lines(again.lines, "status").values()) == {"finished"}


def test_records_that_fail_do_not_stop_those_that_depend_on_them(twins):
    """FS-010."""
    t = three(twins, CUSTOMER={"depends_on": ["PERSON"]})
    t.mappings["LAST"] = {**TERMS, "depends_on": ["CUSTOMER"]}
    t.hq.put("A", terms="NEVER")
    t.load()
    done = t.open().start_review()
    assert lines(done.lines, "status", "message")["CUSTOMER"] == ("finished", "Failed 1.")
    assert lines(done.lines, "status")["LAST"] == "finished"


def test_a_plan_beyond_its_limits_is_an_error_until_it_is_forced(twins):
    t = three(twins, TERMS={"limits": {"floor": 0}})
    first = t.bench.start_review()
    assert lines(first.lines, "status") == {"TERMS": "error", "PERSON": "", "CUSTOMER": ""}
    assert [type(one).__name__ for one in first.errors.values()] == ["PlanTooLarge"]
    assert "--force" in lines(first.lines, "message")["TERMS"]
    again = t.bench.start_review(restart=True, force=True)
    assert set(again.lines["status"]) == {"finished"}


@pytest.mark.parametrize("crash", ["coupled", "planned", "applied", "finished"])
def test_after_a_crash_it_goes_on_where_it_ended_and_does_nothing_twice(twins, monkeypatch, crash):
    """A process that dies is an exception nobody expects, right after a step of the first line."""
    t = three(twins)
    owner, name = {
        "coupled": (type(t.bench), "couple"),
        "planned": (type(t.bench), "plan"),
        "applied": (type(t.bench), "apply"),
        "finished": (full_sync._Start, "line"),
    }[crash]
    original = getattr(owner, name)

    def dies(*args, **more):
        original(*args, **more)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, dies)
        with pytest.raises(SystemExit):
            t.bench.start_review()
    status = lines(t.bench.review(), "status")
    assert status["TERMS"] == ("finished" if crash == "finished" else "in process")
    done = t.open().start_review()
    assert lines(done.lines, "status", "message") == {
        "TERMS": ("finished", "Coupled 1, created 1."),
        "PERSON": ("finished", "Created 1."),
        "CUSTOMER": ("finished", "Created 1."),
    }
    assert [kind for _, kind in jobs(t)] == ["coupling", "full", "full", "full"]
    assert t.held("SUB") == {"A": "Anna", "OUT": "Otto"}


def test_a_plan_whose_settings_moved_since_the_interruption_is_made_anew(twins, monkeypatch):
    t = three(twins)

    def dies(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(type(t.bench), "apply", dies)
        with pytest.raises(SystemExit):
            t.bench.start_review("TERMS")
    t.open(TERMS={"overwrite_local_change": True})
    done = t.bench.start_review("TERMS")
    assert done.lines["message"].to_list() == ["Coupled 1, created 1."]
    assert [kind for _, kind in jobs(t)] == ["coupling", "full"]


def test_a_line_that_is_finished_is_not_done_again_and_a_restart_forgets_it(twins):
    t = three(twins)
    t.bench.start_review()
    before = t.bench.jobs()
    assert t.bench.start_review().applied == ()
    assert t.bench.jobs().equals(before)
    again = t.bench.start_review("PERSON", restart=True)
    assert lines(again.lines, "message") == {"PERSON": "Nothing was to be done."}
    assert jobs(t)[4:] == [("PERSON", "coupling")]


def test_a_run_of_something_else_leaves_the_lines_as_they_are(twins):
    """FS-012."""
    t = three(twins)
    before = t.bench.review()
    t.bench.couple("TERMS")
    t.sync("TERMS", full=True)
    now = t.bench.sql("select * from review order by mapping")
    assert now["status"].unique().to_list() == [""]
    assert (
        t.bench.review().drop("local_rows", "coupled").equals(before.drop("local_rows", "coupled"))
    )


def test_a_mapping_that_is_left_out_is_not_done_and_stops_nobody(twins):
    t = three(twins)
    expected = t.bench.forecast(exclude=["PERSON"]).lines["mapping"].to_list()
    assert expected == ["SUB/TERMS", "SUB/CUSTOMER"]
    done = t.bench.start_review(exclude=["PERSON"])
    assert lines(done.lines, "status") == {
        "TERMS": "finished", "PERSON": "excluded", "CUSTOMER": "finished",
    }  # fmt: skip
    assert lines(done.lines, "message")["CUSTOMER"] == "Failed 1."
    assert lines(t.bench.start_review().lines, "status")["PERSON"] == "excluded"
    assert lines(t.bench.start_review("PERSON", restart=True).lines, "status") == {
        "PERSON": "finished"
    }


ONLY_COUPLED = """
    line  | word   | flows
    full  | change | yes
    full  | keep   | no
    couple| change | no
"""


@pytest.mark.parametrize("row", range(3))
def test_new_records_flow_after_a_full_synchronization_unless_they_are_kept(twins, rows_of, row):
    """semantics.md 6.5: master data switches only-coupled off; coupling leaves it as it is."""
    one = rows_of(ONLY_COUPLED)[row]
    t = twins({"TERMS": TERMS})
    t.hq.put("NET", table="Payment Terms", description="Net")
    if one["line"] == "couple":
        t.sub.put("NET", table="Payment Terms", description="Net")
    t.load()
    t.bench.start_review(only_coupled=one["word"])
    assert t.held("SUB", "description", "Payment Terms") == {"NET": "Net"}
    t.hq.put("NEW", table="Payment Terms", description="New")
    t.load("HQ")
    t.sync()
    assert ("NEW" in t.held("SUB", "description", "Payment Terms")) == (one["flows"] == "yes")


def test_another_word_for_only_coupled_is_wrong_usage(twins):
    with pytest.raises(UsageError, match="maybe"):
        three(twins).bench.start_review(only_coupled="maybe")


def test_two_processes_do_not_run_the_lines_at_once(twins):
    """FS-016."""
    t = three(twins)
    with t.bench.store.alone_in_review():
        with pytest.raises(CouldNotRun, match="Another run"):
            t.bench.start_review()
        assert set(t.bench.review()["status"]) == {""}
    assert set(t.bench.start_review().lines["status"]) == {"finished"}
