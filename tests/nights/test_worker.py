"""Ticks: what is due runs once, in order, by one worker; what became of it is logged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from mdsync_nb.errors import CouldNotRun, UnknownName, UsageError

from ..store.test_crashes import TWO_TABLES
from .conftest import QUIET, Nights

INACTIVE = "on hold with inactivity timeout"
Edit = Callable[[str], None]

TWO = f"{TWO_TABLES}queue: {{notebook: '', minutes_between_runs: 30, inactivity_timeout: 300}}\n"

HOLDS = """
import sys, time
from mdsync_nb.workbench import Workbench
from mdsync_nb.queue.worker import Worker, own_name
bench = Workbench(sys.argv[1], progress=False)
from mdsync_nb.verbs import queue
worker = queue._worker(bench)
taken = worker.take(bench, int(sys.argv[2]))
print("taken", flush=True)
time.sleep(600)
"""


def two(nights: Nights) -> None:
    """Two mappings, of which PART waits for THING."""
    nights.write(TWO)
    for company in ("HQ", "DE"):
        for file in ("thing.csv", "part.csv"):
            nights.deliver(company, "1,Anna,10", file=file)
    nights.load()
    for mapping in ("THING", "PART"):
        nights.bench.couple(mapping)
    nights.bench.delete_entries("*")
    nights.bench.generate_entries()


def dies(nights: Nights) -> None:
    """A worker takes the entry and is killed."""
    number = nights.bench.list_entries()["entry_id"][0]
    command = [sys.executable, "-c", HOLDS, str(nights.root), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "taken\n"
        assert nights.entry()[0] == "in process"
        process.kill()
    nights.now = nights.bench.list_entries()["started_at"][0]


def test_a_tick_runs_what_is_due_and_says_when_it_runs_again(nights: Nights, edited: Edit):
    edited("Anne")
    assert nights.tick() == [""]
    assert nights.rows()[0][1] == "Anne"
    status, attempts, wait = nights.entry()
    assert (status, attempts) == ("ready", 0)
    assert 21 <= (wait or 0) <= 30
    assert nights.tick(minutes=1) == []
    assert nights.log() == [("success", False)]


def test_what_was_delivered_since_is_loaded_once(nights: Nights, edited: Edit):
    loads = nights.bench.loads().height
    nights.tick()
    assert nights.bench.loads().height == loads
    edited("Anne")
    nights.tick(), nights.tick()
    assert nights.bench.loads().height == loads + 1


def test_with_load_switched_off_a_tick_takes_the_snapshots_as_they_are(
    nights: Nights, edited: Edit
):
    nights.write(
        (nights.root / "mdsync.yaml").read_text("utf-8").replace("lease:", "load: no, lease:")
    )
    edited("Anne")
    nights.tick()
    assert nights.rows()[0][1] == "Anna"


def test_entries_run_in_the_order_of_their_mappings(nights: Nights):
    two(nights)
    nights.later()
    assert [one.mapping for one in nights.bench.run_jobs()] == ["DE/THING", "DE/PART"]


def test_an_entry_sleeps_after_a_run_with_nothing_to_do_until_a_load_wakes_it(
    nights: Nights, edited: Edit
):
    nights.tick()
    assert nights.entry()[0] == INACTIVE
    edited("Anne")
    nights.load("HQ")
    assert nights.entry() == ("ready", 0, 0.5)
    nights.tick(minutes=1)
    assert nights.log() == [("success", True), ("success", False)]


def test_a_record_that_is_gone_wakes_nothing(nights: Nights):
    nights.tick()
    nights.deliver("HQ", "1,Anna,10")
    nights.load("HQ")
    assert nights.entry()[0] == INACTIVE


def test_an_entry_that_is_not_to_be_woken_sleeps_on(nights: Nights, edited: Edit):
    nights.set_queue(f"{QUIET}, wake: no")
    nights.tick()
    edited("Anne")
    nights.load("HQ")
    assert nights.entry()[0] == INACTIVE


def test_what_a_mapping_wrote_wakes_those_that_read_it(nights: Nights, edited: Edit):
    """DE gives on what it gets: its own change is one of the next company's source."""
    text = (nights.root / "mdsync.yaml").read_text("utf-8")
    text = text.replace(
        "tables:\n", "  FR: {folder: FR, complete: yes, tables: {Thing: thing.csv}}\ntables:\n", 1
    )
    further = '  FR:\n    local: FR\n    integration: DE\n    mappings: {THING: {table: Thing, match: [No.], queue: {notebook: ""}}}\n'
    nights.write(text.replace("worker:", f"{further}worker:"))
    nights.deliver("FR", "1,Anna,10", "2,Bert,20")
    nights.load("FR")
    nights.bench.couple("FR/THING")
    nights.bench.generate_entries()
    nights.tick(), nights.tick()
    assert [nights.entry(one)[0] for one in ("DE/THING", "FR/THING")] == [INACTIVE, INACTIVE]
    edited("Anne")
    nights.load("HQ")
    nights.later(minutes=2)
    nights.bench.run_entry("DE/THING")
    assert nights.entry("FR/THING") == ("ready", 0, 0.5)


def test_a_run_that_fails_is_tried_again_and_stops_after_its_attempts(nights: Nights):
    nights.set_queue(f"{QUIET}, max_attempts: 3")
    (nights.root / "HQ" / "thing.csv").write_bytes(b"\xff\xfe\x00broken")
    nights.tick()
    assert nights.entry()[:2] == ("ready", 1)
    assert nights.tick(seconds=20) == []
    (said,) = nights.tick(minutes=1)
    assert "HQ Thing: HQ/thing.csv" in said
    nights.tick(minutes=1)
    assert nights.entry() == ("error", 3, None)
    assert nights.tick() == []
    nights.deliver("HQ", "1,Anne,10", "2,Bert,20")
    assert nights.bench.restart_entries() == 1
    assert nights.entry()[:2] == ("ready", 0)
    assert nights.tick() == [""]
    assert nights.rows()[0][1] == "Anne"
    assert [status for status, _ in nights.log()] == ["error", "error", "error", "success"]


def test_a_plan_that_was_refused_is_tried_again_at_the_regular_time(nights: Nights):
    nights.write(
        (nights.root / "mdsync.yaml").read_text("utf-8").replace("updates: 100%", "updates: 0%")
        .replace('notebook: ""', 'notebook: "", minutes_between_runs: 45')
    )  # fmt: skip
    nights.deliver("HQ", "1,Anne,10", "2,Berta,20")
    (said,) = nights.tick()
    assert "the limit is" in said
    assert nights.entry() == ("ready", 1, 45)
    assert nights.rows()[0][1] == "Anna"


def test_success_forgets_what_failed_before(nights: Nights, edited: Edit):
    (nights.root / "HQ" / "thing.csv").unlink()
    nights.tick()
    edited("Anne")
    nights.tick()
    assert nights.entry()[:2] == ("ready", 0)


@pytest.mark.parametrize("clock_goes_back", [False, True], ids=["in time", "clock back"])
def test_the_entry_of_a_worker_that_is_gone_is_taken_back_after_its_lease(
    nights: Nights, edited: Edit, clock_goes_back: bool
):
    edited("Anne")
    dies(nights)
    if clock_goes_back:
        nights.later(days=-1)
    else:
        assert nights.tick(seconds=30) == []
        assert nights.entry()[0] == "in process"
        nights.later(minutes=1)
    (said,) = nights.tick(seconds=0)
    assert "was gone before it noted" in said
    assert nights.entry()[:2] == ("ready", 1)
    nights.tick(minutes=1)
    assert [status for status, _ in nights.log()] == ["lost", "success"]


def test_an_entry_whose_worker_lives_is_not_taken_whatever_its_lease(nights: Nights):
    number = nights.bench.list_entries()["entry_id"][0]
    command = [sys.executable, "-c", HOLDS, str(nights.root), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        nights.now = nights.bench.list_entries()["started_at"][0]
        assert nights.tick(days=3) == []
        assert nights.entry()[0] == "in process"
        with pytest.raises(CouldNotRun, match="in process already"):
            nights.bench.run_entry("THING")
        process.kill()


def test_an_entry_on_hold_does_not_start_and_one_run_by_hand_is_on_hold_again(
    nights: Nights, edited: Edit
):
    assert nights.bench.hold_entries("THING") == 1
    edited("Anne")
    assert nights.tick() == []
    assert nights.bench.run_entry("THING").outcome.succeeded
    assert nights.entry()[0] == "on hold"
    assert nights.rows()[0][1] == "Anne"
    nights.bench.ready_entries("THING")
    assert nights.tick() == [""]


def test_an_entry_that_is_put_on_hold_while_it_runs_comes_to_its_end_first(nights: Nights):
    from mdsync_nb.verbs import queue

    worker = queue._worker(nights.bench)
    taken = worker.take(nights.bench, int(nights.bench.list_entries()["entry_id"][0]))
    assert taken
    nights.bench.hold_entries()
    assert nights.entry()[0] == "in process"
    assert worker.run(nights.bench, taken).outcome.succeeded
    assert nights.entry()[0] == "on hold"


def test_a_mapping_that_is_switched_off_does_not_run(nights: Nights, edited: Edit):
    edited("Anne")
    nights.bench.write_settings(nights.bench.disable_mappings("THING"))
    assert nights.tick() == []


def test_a_lost_entry_is_made_again_and_the_others_are_left_alone(nights: Nights):
    before = nights.bench.list_entries()["entry_id"].to_list()
    assert nights.bench.generate_entries() == []
    assert nights.bench.delete_entries("THING") == 1
    assert nights.tick() == []
    (made,) = nights.bench.generate_entries()
    assert made not in before
    assert nights.tick() == [""]


def test_entries_made_anew_are_ready_for_their_first_run(nights: Nights):
    nights.bench.hold_entries()
    assert len(nights.bench.generate_entries(missing_only=False)) == 1
    assert nights.entry()[0] == "ready"


def test_entries_are_made_on_hold_where_settings_say_so(nights: Nights):
    nights.set_queue(f"{QUIET}, on_hold: yes")
    nights.bench.generate_entries(missing_only=False)
    assert nights.entry()[0] == "on hold"


def test_a_first_run_leaves_the_recurring_entry_of_its_mapping(nights: Nights, edited: Edit):
    nights.bench.delete_entries("*")
    edited("Anne")
    nights.load("HQ")
    nights.sync()
    assert nights.entry()[0] == "ready"
    nights.bench.delete_entries("*")
    edited("Anna")
    nights.load("HQ")
    nights.sync()
    assert nights.bench.list_entries().is_empty()


def test_jobs_know_the_run_that_did_them(nights: Nights, edited: Edit):
    edited("Anne")
    nights.load("HQ")
    nights.tick()
    run = nights.bench.show_entry("THING")["log_id"][0]
    assert nights.ask("select queue_log from job where kind = 'modified'").rows() == [(run,)]


def test_an_error_nobody_thought_of_is_an_attempt_with_its_traceback(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
):
    from mdsync_nb.workbench import Workbench

    def broken(*_: object) -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(Workbench, "sync", broken)
    assert nights.tick() == ["RuntimeError: out of luck"]
    (row,) = nights.bench.show_entry("THING").to_dicts()
    assert "in broken" in row["traceback"]
    assert nights.entry()[:2] == ("ready", 1)


def test_a_worker_that_is_ended_by_hand_leaves_the_entry_as_it_was(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
):
    from mdsync_nb.workbench import Workbench

    before = nights.entry()
    nights.later()

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workbench, "sync", ended)
    with pytest.raises(KeyboardInterrupt):
        nights.bench.run_jobs()
    monkeypatch.undo()
    nights.later(hours=-1)
    assert nights.entry() == before
    assert nights.log() == [("lost", None)]
    assert nights.tick() == [""]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda b: b.list_entries("99"), UnknownName, "no job queue entry '99'"),
        (lambda b: b.list_entries("NOTHING"), UnknownName, "no mapping 'NOTHING'"),
        (lambda b: b.run_entry("99"), UnknownName, "no job queue entry '99'"),
        (lambda b: b.delete_entries(), UsageError, "No entry was named"),
        (lambda b: b.add_entry("nothing"), UnknownName, "no notebook 'nothing'"),
        (
            lambda b: b.add_entry("where_do_the_companies_differ", parameters={"x": 1}),
            UnknownName,
            "no parameter of 01_where_do_the_companies_differ 'x'",
        ),
        (
            lambda b: b.add_entry("03", parameters={"apply": "perhaps"}),
            UsageError,
            "apply=perhaps does not fit",
        ),
    ],
)
def test_what_nobody_knows_is_said(nights: Nights, call, error, said):
    with pytest.raises(error, match=said):
        call(nights.bench)


def test_a_notebook_of_its_own_runs_at_its_times_and_makes_up_for_none(nights: Nights):
    from datetime import timedelta

    nights.bench.hold_entries("THING")
    first = nights.now + timedelta(hours=3)
    nights.notebook("morning", "x = 1")
    nights.bench.add_entry("morning", at=first, every=1440)
    assert nights.tick() == []
    assert nights.tick(hours=3) == [""]
    (row,) = nights.bench.list_entries().filter(notebook="morning").to_dicts()
    assert (row["status"], row["earliest_start"]) == ("ready", first + timedelta(days=1))
    assert nights.tick(days=3) == [""]
    (row,) = nights.bench.list_entries().filter(notebook="morning").to_dicts()
    assert row["earliest_start"] == first + timedelta(days=4)
    nights.bench.ready_entries("*")
    nights.bench.hold_entries("THING")
    assert nights.tick(minutes=7) == [""]
    (row,) = nights.bench.list_entries().filter(notebook="morning").to_dicts()
    assert row["earliest_start"] == first + timedelta(days=4)
    with pytest.raises(UsageError, match="minutes are 1 or more"):
        nights.bench.add_entry("morning", every=0)


def test_a_table_whose_settings_do_not_fit_its_file_stops_no_other(nights: Nights):
    two(nights)
    settings = (nights.root / "mdsync.yaml").read_text("utf-8")
    nights.write(settings.replace("Thing: thing.csv", "Thing: thing.odd", 1))
    (nights.root / "HQ" / "thing.odd").write_text("No.,Name\n1,Anne\n", "utf-8")
    nights.deliver("HQ", "1,Anne,10", file="part.csv")
    said = nights.tick()
    assert "thing.odd" in said[0]
    assert said[1] == ""
    assert nights.entry("THING")[:2] == ("ready", 1)
    assert nights.ask('select Name from DE."Part"').rows() == [("Anne",)]
