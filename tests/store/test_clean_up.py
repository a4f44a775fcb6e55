"""Cleaning up deletes what is old, and says why the rest stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.errors import UnknownName, UsageError

from .conftest import World, copied

TABLES = ("job", "job_record", "job_error", "job_coupling", "plan", "plan_decision", "plan_cell",
          "load", "set_aside", "change", "change_cell", "queue_log")  # fmt: skip


def taken_over(world: World) -> None:
    """The subsidiary imports what was written, and loads confirm it."""
    rows = [",".join(str(one) for one in row) for row in world.rows()]
    world.deliver("DE", *rows)
    world.load("DE")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Job 1 coupled; jobs 2 to 4 changed a record each, and nothing waits for a load."""
    world = World(tmp_path_factory.mktemp("made"))
    world.in_step("1,Anna,10", "2,Bert,20")
    for name in ("Anne", "Annie", "Ann"):
        world.deliver("HQ", f"1,{name},10", "2,Bert,20")
        world.load("HQ")
        world.sync()
        taken_over(world)
    return world


@pytest.fixture
def used(made: World, tmp_path: Path) -> World:
    """A copy of it to clean up."""
    return copied(made, tmp_path)


def cleaned(world: World, kind: str = "job", **words: Any) -> dict[str, str]:
    """What became of each job: "" when it went, else why it stayed."""
    found = world.bench.clean_up(**words)
    assert dict(found.schema) == frames.CLEANED
    rows = found.filter(pl.col("kind") == kind, pl.col("what") != "others").to_dicts()
    return {row["what"].split(" ")[0]: "" if row["deleted"] else row["reason"] for row in rows}


def counts(world: World) -> dict[str, int]:
    return {one: world.ask(f"select count(*) from {one}").item() for one in TABLES}


def write(world: World, statement: str) -> None:
    with duckdb.connect(str(world.root / ".mdsync" / "workbench.duckdb")) as db:
        db.execute(statement)


LAST = "It is the last job of its mapping."


def test_what_is_old_goes_with_all_that_belongs_to_it(used: World) -> None:
    used.later(days=10)
    assert cleaned(used, older_than="7d") == {"1": "", "2": "", "3": "", "4": LAST}
    assert used.bench.jobs()["job_id"].to_list() == [4]
    left = counts(used)
    assert (left["job_record"], left["job_coupling"], left["plan"], left["load"]) == (1, 1, 1, 2)
    assert used.rows() == [("1", "Ann", 10), ("2", "Bert", 20)]
    used.deliver("HQ", "1,Anton,10", "2,Bert,20")
    used.load("HQ")
    assert used.sync() == {"modified": 1}


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ({}, []),
        ({"older_than": "7d"}, []),
        ({"older_than": "2h"}, ["1"]),
        ({"keep": 2}, ["1", "2"]),
        ({"older_than": "0h", "keep": 3}, ["1"]),
        ({"every": True}, ["1", "2", "3"]),
        ({"keep": 99}, []),
    ],
)
def test_age_and_count_say_what_is_old(used: World, words: dict[str, Any], gone: list[str]) -> None:
    used.now = used.ask("select finished_at from job where job_id = 2").item()
    used.later(hours=1, minutes=59)
    found = cleaned(used, dry_run=True, **words)
    assert [job for job, why in found.items() if not why] == gone


def test_settings_say_what_is_old_without_options(used: World) -> None:
    text = (used.root / "mdsync.yaml").read_text("utf-8")
    used.write(text + "clean_up: {jobs: 3d, loads: 52w, keep: 2}\n")
    used.later(days=4)
    assert cleaned(used) == {"1": "", "2": ""}
    assert used.ask("select count(*) from load").item() == 8


@pytest.mark.parametrize("age", ["", "7", "d", "-1d", "7 months", "9999999d", "1e3d", "7d; drop"])
def test_an_age_that_is_none_is_wrong_usage(world: World, age: str) -> None:
    with pytest.raises(UsageError, match="is no age"):
        world.bench.clean_up(older_than=age)


def test_all_and_a_part_cannot_be_asked_for_at_once(world: World) -> None:
    for words in ({"older_than": "7d"}, {"keep": 1}):
        with pytest.raises(UsageError):
            world.bench.clean_up(every=True, **words)
    with pytest.raises(UsageError):
        world.bench.clean_up(keep=-1)


def test_a_dry_run_says_the_same_and_deletes_nothing(used: World) -> None:
    used.later(days=10)
    before = counts(used)
    told = used.bench.clean_up(every=True, dry_run=True)
    assert counts(used) == before
    assert used.bench.clean_up(every=True).equals(told)
    assert used.bench.clean_up(every=True).filter("deleted").is_empty()


def test_jobs_an_error_stands_of_stay_the_first_and_the_newest(used: World) -> None:
    used.deliver("HQ", "1,Anton,10", "2,Bert,20")
    used.deliver("DE", "1,Ours,10", "2,Bert,20")
    used.load()
    for _ in range(4):
        used.sync()
    assert cleaned(used, every=True)["5"] == "An error of it still stands."
    assert used.bench.jobs()["job_id"].to_list() == [8, 7, 5]
    error = used.bench.errors().row(0, named=True)
    assert (error["skipped"], error["seen"]) == (True, 2)


def test_an_error_that_was_settled_does_not_stand_again(world: World) -> None:
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Berta,20")
    world.deliver("DE", "1,Ours,10", "2,Ours,20")
    world.load()
    world.sync()
    world.deliver("DE", "1,Anne,10", "2,Ours,20")
    world.load("DE")
    world.sync()
    world.sync()
    assert world.bench.errors()["key"].to_list() == ["2"]
    world.bench.clean_up(every=True)
    assert world.bench.errors()["key"].to_list() == ["2"]


def test_what_no_load_confirmed_stays(used: World) -> None:
    used.deliver("HQ", "1,Anton,10", "2,Bert,20")
    used.load("HQ")
    used.sync()
    used.deliver("HQ", "1,Anton,10", "2,Berta,20")
    used.load("HQ")
    used.sync()
    assert cleaned(used, every=True)["5"] == "It wrote records that no load has confirmed yet."
    assert used.bench.undo(6)[0].counts["modified"] == 1


def test_an_undo_that_holds_records_stays_with_the_job_it_took_back(used: World) -> None:
    used.bench.undo(4)
    taken_over(used)
    used.deliver("HQ", "1,Anton,10", "2,Berta,20")
    used.load("HQ")
    used.sync()
    taken_over(used)
    found = cleaned(used, every=True)
    assert found["5"] == "Records it took back are held until a retry."
    assert found["4"] == "A job that stays took it back."
    assert found["3"] == ""


def test_a_job_in_process_and_a_plan_begun_stay(used: World) -> None:
    write(used, "update job set status = 'in process', finished_at = null where job_id = 2")
    assert cleaned(used, every=True)["2"] == "It is in process."
    assert "2" not in cleaned(used, every=True, dry_run=True, kind="plan")


def test_what_was_done_of_a_plan_that_stays_is_not_done_again(used: World) -> None:
    write(used, """update plan set status = 'planned' where plan_id =
        (select plan_id from job where job_id = 3)""")  # fmt: skip
    assert cleaned(used, every=True)["3"] == "Its plan was not applied to its end, and it stays."
    (plan,) = used.ask("select plan_id from plan where status = 'planned'")["plan_id"].to_list()
    assert used.bench.apply(plan) == []
    assert used.rows()[0] == ("1", "Ann", 10)
    used.later(days=3)
    write(used, "update plan set status = 'planned'")
    assert cleaned(used, every=True)["3"] == ""


def test_a_plan_made_within_a_day_may_still_be_applied(used: World) -> None:
    used.deliver("HQ", "1,Anton,10", "2,Bert,20")
    used.load("HQ")
    plan = used.bench.plan("THING")
    used.bench.clean_up(every=True)
    used.later(days=2)
    assert used.bench.read_plan(plan.plan_id).writes == 1
    assert cleaned(used, every=True, kind="plan") == {plan.plan_id: ""}
    with pytest.raises(UnknownName):
        used.bench.apply(plan.plan_id)


def test_a_job_that_is_gone_cannot_be_undone_and_the_preview_says_so(used: World) -> None:
    told = used.bench.clean_up(every=True, dry_run=True).filter("deleted", kind="job")
    assert set(told["reason"]) == {"Old. It can then no longer be undone."}
    used.bench.clean_up(every=True)
    with pytest.raises(UnknownName):
        used.bench.undo(2)


def test_the_load_in_force_stays_and_so_does_the_newest_of_a_table(used: World) -> None:
    (used.root / "HQ" / "thing.csv").write_text("No.\n1\n", "utf-8")
    assert used.bench.load("HQ")["refused"].all()
    used.later(days=10)
    found = cleaned(used, every=True, kind="load")
    stays = {load: why for load, why in found.items() if why}
    assert sorted(stays.values()) == [
        "It is in force.",
        "It is in force.",
        "It is the last load of its table.",
    ]


def test_the_base_of_a_pair_stays_known(world: World) -> None:
    world.in_step("1,Anna,10", "2,Bert,20")
    for number in range(3):
        world.deliver("HQ", f"1,Anne,1{number}", "2,Bert,20")
        world.deliver("DE", "1,Ours,10", "2,Bert,20")
        world.load()
        world.later(days=10)
    world.deliver("HQ", "1,Anne,19", "2,Bert,20")
    world.load("HQ")
    before = world.bench.compare().worklist
    world.bench.clean_up(every=True)
    after = world.bench.compare().worklist
    assert after.equals(before)
    assert after.filter(field="Name")["base"].to_list() == ["Anna"]
    kept = world.bench.clean_up(every=True, dry_run=True).filter(kind="change", what="change cell")
    assert kept["reason"].to_list() == ["They tell what records held when they last agreed."]


def test_changes_no_run_has_read_stay(used: World) -> None:
    before = used.ask("select * from change order by all")
    used.deliver("HQ", "1,Ann,10", "2,Bodo,20")
    used.load("HQ")
    used.deliver("HQ", "1,Ann,10", "2,Bodo,20")
    used.load("HQ")
    used.later(days=10)
    used.bench.clean_up(every=True)
    left = used.ask("select * from change order by all")
    assert left.filter(company="HQ")["id"].to_list() == ["2"]
    assert left.height < before.height
    assert used.sync() == {"modified": 1}


def test_runs_of_the_queue_go_but_for_those_something_refers_to(used: World) -> None:
    write(used, """insert into queue_log (log_id, entry_id, status, started_at, finished_at) values
        (1, 1, 'success', '2026-01-01', '2026-01-01'), (2, 1, 'success', '2026-01-02', '2026-01-02'),
        (3, 1, 'success', '2026-01-03', '2026-01-03'), (4, 1, 'in process', '2026-01-04', null);
        insert into queue_entry (entry_id, log_id) values (1, 3);
        update job set queue_log = 2 where job_id = 4""")  # fmt: skip
    used.bench.clean_up(every=True)
    assert used.ask("select log_id from queue_log order by 1")["log_id"].to_list() == [2, 3, 4]


def report(world: World, name: str, *endings: str) -> None:
    folder = world.root / "reports"
    folder.mkdir(exist_ok=True)
    for ending in endings or (".html", ".ipynb", ".xlsx"):
        (folder / f"{name}{ending}").write_text("x", "utf-8")


def left(world: World) -> list[str]:
    return sorted(one.name for one in (world.root / "reports").iterdir())


def test_old_reports_go_by_the_names_they_are_given_and_no_other_file(world: World) -> None:
    world.deliver("HQ", "1,Anna,10")
    report(world, "2026-01-01_0800_what_waits")
    report(world, "2026-02-28_0800_what_waits_2", ".html", ".csv")
    report(world, "2026-02-28_2000_in_process", ".ipynb")
    for name in ("notes", "2026-13-45_0800_x", "2026-01-01_0800_a b", "2026-01-01_x"):
        report(world, name, ".html")
    report(world, "2026-01-01_0801_x", ".txt")
    (world.root / "reports" / "2026-01-01_0802_folder.html").mkdir()
    outside = world.root / "outside.html"
    outside.write_text("x", "utf-8")
    (world.root / "reports" / "2026-01-01_0803_link.html").symlink_to(outside)
    before = left(world)
    assert cleaned(world, kind="report", older_than="30d") == {"2026-01-01_0800_what_waits": ""}
    assert len(before) - len(left(world)) == 3
    assert cleaned(world, kind="report", keep=2, dry_run=True) == {}
    found = cleaned(world, kind="report", every=True)
    assert found == {
        "2026-02-28_2000_in_process": "It is being written, or its run did not end.",
        "2026-02-28_0800_what_waits_2": "",
    }
    assert outside.exists()
    assert "notes.html" in left(world)


def test_the_report_of_a_run_whose_error_stands_stays(used: World) -> None:
    used.deliver("HQ", "1,Anton,10", "2,Bert,20")
    used.deliver("DE", "1,Ours,10", "2,Bert,20")
    used.load()
    used.sync()
    report(used, "2026-01-01_0800_night")
    write(used, """insert into queue_log (log_id, entry_id, status, report)
        values (1, 1, 'error', 'reports/2026-01-01_0800_night.html');
        update job set queue_log = 1 where job_id = 5""")  # fmt: skip
    assert cleaned(used, kind="report", every=True) == {
        "2026-01-01_0800_night": "An error of its run still stands."
    }


def test_a_report_that_cannot_be_deleted_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deliver("HQ", "1,Anna,10")
    report(world, "2026-01-01_0800_x", ".html")

    def refuse(path: Path, **_: object) -> None:
        if path.suffix == ".html":
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    found = world.bench.clean_up(every=True).filter(kind="report")
    assert found.select("deleted", "reason").row(0) == (
        False,
        "It cannot be deleted: Permission denied.",
    )


def test_an_empty_workbench_is_clean(world: World) -> None:
    assert world.bench.clean_up(every=True).is_empty()
