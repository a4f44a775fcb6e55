"""`write: in_place`: the company's own files are patched, and the workbench knows that it was us."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from mdsync_nb.errors import PlanStale

from .conftest import World

IDS = "SystemId,No.,Name,Limit"
ONE_FILE = """
companies:
  HQ: {folder: all, complete: yes, tables: {Thing: {file: thing.csv, where: {Company: HQ}}}}
  DE: {folder: all, complete: yes, write: in_place,
       tables: {Thing: {file: thing.csv, where: {Company: DE}}}}
  FR: {folder: ./all, complete: yes, write: in_place,
       tables: {Thing: {file: thing.csv, where: {Company: FR}}}}
tables:
  Thing: {key: No., fields: {No.: code(20), Name: text, Limit: decimal(2)}}
limits: {updates: 100%, inserts: 100%, deletes: 100%}
links:
  DE: {local: DE, integration: HQ, first_sync: source_wins,
       mappings: {THING: {table: Thing, match: [No.]}}}
  FR: {local: FR, integration: HQ, first_sync: source_wins,
       mappings: {THING: {table: Thing, match: [No.]}}}
"""


@pytest.fixture
def patched(world: World) -> World:
    """A world whose subsidiary is patched in place."""
    world.set(de=", write: in_place")
    return world


def sha256(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def noted(world: World, company: str) -> list[str]:
    """The sha256 the workbench expects of a company's file."""
    files = world.ask(f"select files from image where company = '{company}'").item()
    return [one.strip(' "{}').split('"')[-1] for one in files.split(",")]


def test_a_plan_goes_into_the_file_and_the_next_load_confirms_all_of_it(patched: World):
    world = patched
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Bert,20", "3,Carl,30")
    world.load("HQ")
    world.sync(full=True)
    assert world.file() == "No.,Name,Limit\n1,Anne,10\n2,Bert,20\n3,Carl,30\n"
    assert world.out() == {}
    load = world.load("DE")["DE"]
    assert (load["inserted"], load["changed"], load["deleted"]) == (0, 0, 0)
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 3}


def test_an_empty_plan_leaves_the_same_bytes(patched: World):
    world = patched
    world.in_step("1,Anna,10")
    path = world.root / "DE" / "thing.csv"
    before = path.read_bytes(), path.stat().st_mtime_ns
    world.sync(full=True)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_second_plan_goes_into_the_file_we_wrote_before(patched: World):
    world = patched
    world.in_step("1,Anna,10")
    for name in ("Anne", "Annette"):
        world.deliver("HQ", f"1,{name},10")
        world.load("HQ")
        assert world.sync() == {"modified": 1}
        assert world.file() == f"No.,Name,Limit\n1,{name},10\n"


def test_a_plan_and_its_undo_leave_the_same_bytes(patched: World):
    world = patched
    world.in_step("1,Anna,10", "2,Bert,20.50")
    before = world.file()
    world.deliver("HQ", "1,Anne,11", "2,Berta,20.50", "3,Carl,30")
    world.load("HQ")
    world.sync(full=True)
    assert world.file() != before
    world.bench.undo(world.last_job())
    assert world.file() == before
    world.load("DE")
    assert world.pending() == {}


def test_a_record_created_in_a_file_with_ids_keeps_the_id_we_gave_it(patched: World):
    world = patched
    world.in_step("00000000-0000-4000-8000-000000000001,1,Anna,10", header=IDS)
    world.deliver(
        "HQ",
        "00000000-0000-4000-8000-000000000001,1,Anna,10",
        "00000000-0000-4000-8000-000000000002,2,Bert,20",
        header=IDS,
    )
    world.load("HQ")
    world.sync(full=True)
    ours = world.couplings()["local_id"][1]
    assert world.file().splitlines()[-1] == f"{ours},2,Bert,20"
    load = world.load("DE")["DE"]
    assert (load["set_aside"], load["inserted"], load["changed"], load["deleted"]) == (0, 0, 0, 0)
    assert world.pending() == {}
    assert world.planned(full=True) == {"touched": 2}


def test_companies_in_one_file_are_patched_one_after_the_other(world: World):
    """What we write for one is known of the others, however their settings spell the folder."""
    world.write(ONE_FILE)
    header = "Company,No.,Name,Limit"
    rows = [f"{company},1,Anna,10" for company in ("DE", "FR")]
    world.deliver("all", "HQ,1,Anne,10", *rows, "HQ,2,Bert,20", header=header)
    world.load()
    for link in ("DE", "FR"):
        world.bench.couple(f"{link}/THING")
    done = world.bench.sync(full=True)
    assert [one.counts["modified"] for one in done] == [1, 1]
    assert [one.counts["inserted"] for one in done] == [1, 1]
    assert world.file("all") == "\n".join(
        [header, "HQ,1,Anne,10", "DE,1,Anne,10", "FR,1,Anne,10", "HQ,2,Bert,20",
         "DE,2,Bert,20", "FR,2,Bert,20", ""]
    )  # fmt: skip
    now = sha256(world.root / "all" / "thing.csv")
    assert {one for company in ("HQ", "DE", "FR") for one in noted(world, company)} == {now}
    loads = world.load()
    assert [(one["changed"], one["inserted"]) for one in loads.values()] == [(0, 0)] * 3
    assert world.pending() == {}


def test_a_file_that_changed_since_the_load_refuses_the_plan_and_nothing_is_written(
    patched: World,
):
    world = patched
    world.in_step("1,Anna,10", "2,Bert,20")
    world.deliver("HQ", "1,Anne,10", "2,Bert,20")
    world.load("HQ")
    plan = world.bench.plan("THING")
    world.deliver("DE", "1,Anna,10", "2,Berta,20")
    theirs = world.file()
    with pytest.raises(PlanStale, match="is not the file that was loaded"):
        world.bench.apply(plan.plan_id)
    assert world.file() == theirs
    assert [name for _, name, _ in world.rows()] == ["Anna", "Bert"]
    assert world.pending() == {}
    job = world.bench.jobs().row(0, named=True)
    assert (job["status"], job["modified"]) == ("failed", 0)
    assert "is not the file that was loaded" in job["message"]
    world.load("DE")
    assert world.sync() == {"modified": 1, "unchanged": 1}
    assert world.file() == "No.,Name,Limit\n1,Anne,10\n2,Berta,20\n"


def test_the_same_plan_may_be_applied_once_the_file_is_as_it_was_loaded(patched: World):
    world = patched
    world.in_step("1,Anna,10")
    loaded = world.file()
    world.deliver("HQ", "1,Anne,10")
    world.load("HQ")
    plan = world.bench.plan("THING")
    world.deliver("DE", "1,Other,10")
    with pytest.raises(PlanStale):
        world.bench.apply(plan.plan_id)
    (world.root / "DE" / "thing.csv").write_text(loaded, "utf-8")
    assert world.bench.apply(plan.plan_id)[0].counts["modified"] == 1
    assert world.bench.jobs()["status"].to_list()[:2] == ["finished", "failed"]
    assert world.file() == "No.,Name,Limit\n1,Anne,10\n"


PACKAGE = [
    ["Paket", "Thing", "50000"],
    [],
    ["No.", "Name", "Limit"],
    ["1", "Anna", "10"],
    ["2", "Bert", "20"],
]


def test_an_excel_package_is_patched_and_confirmed(world: World):
    text = (world.root / "mdsync.yaml").read_text("utf-8")
    world.write(
        text.replace(
            "DE: {folder: DE, complete: yes, tables: {Thing: thing.csv}",
            "DE: {folder: DE, complete: yes, write: in_place, tables: {Thing: thing.xlsx}",
        )
    )
    path = world.root / "DE" / "thing.xlsx"
    path.parent.mkdir()
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Thing")
        for number, row in enumerate(PACKAGE):
            sheet.write_row(number, 0, row)
    world.deliver("HQ", "1,Anne,10", "2,Bert,25.5", "3,Carl,30")
    world.load()
    world.bench.couple("THING")
    before = path.read_bytes()
    plan = world.bench.plan("THING", full=True)
    world.bench.apply(plan.plan_id)
    assert path.read_bytes() != before
    sheet = openpyxl.load_workbook(path)["Thing"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        ["1", "Anne", "10"], ["2", "Bert", "25.5"], ["3", "Carl", "30"],
    ]  # fmt: skip
    patched = path.read_bytes()
    load = world.load("DE")["DE"]
    assert (load["set_aside"], load["inserted"], load["changed"]) == (0, 0, 0)
    assert world.pending() == {}
    world.sync(full=True)
    assert path.read_bytes() == patched
