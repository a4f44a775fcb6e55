"""What waits goes out as a workbook, and what was decided in it comes back as a plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdsync_nb import Workbench

openpyxl = pytest.importorskip("openpyxl")

HARM = "'+cmd|' /C calc'!A0"
LIMIT, CUSTOMER = "Credit Limit (LCY)", "NORDIC/CUSTOMER"


@pytest.fixture
def exported(demo_copy: Path, mdsync: Any) -> Path:
    file = demo_copy / "waiting.xlsx"
    told = mdsync("decisions", "export", str(file), CUSTOMER, folder=demo_copy)
    assert told.exit_code == 0
    assert "waiting.xlsx" in told.stdout
    return file


def decide(file: Path, said: dict[tuple[str, str], tuple[object, object]]) -> None:
    """Write decisions into a worklist as a person does: (number, field) -> (decision, value)."""
    book = openpyxl.load_workbook(file)
    sheet = book["Worklist"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        place = sheet.cell(row, heads["Number"]).value, sheet.cell(row, heads["Field"]).value
        if place in said:
            decision, value = said[place]
            sheet.cell(row, heads["Your decision"]).value = decision
            sheet.cell(row, heads["Value or comment"]).value = value
    book.save(file)


def held(folder: Path, number: str, field: str) -> str:
    query = f"""select "{field}"::varchar as v from NORDIC.Customer where "No." = '{number}'"""
    return str(Workbench(folder).sql(query).item())


def test_a_true_conflict_is_settled_in_excel_and_undone(
    exported: Path, demo_copy: Path, mdsync: Any, mdsync_json: Callable[..., Any]
) -> None:
    decide(exported, {("10250", LIMIT): ("value", 75000)})
    made, code = mdsync_json("decisions", "import", str(exported), folder=demo_copy)
    assert (made["records"], made["faults"], code) == (1, [], 0)
    applied, _ = mdsync_json("apply", made["plan_id"], "--yes", folder=demo_copy)
    assert float(held(demo_copy, "10250", LIMIT)) == 75000
    assert held(demo_copy, "10250", "Phone No.") == "+45 55 50 01 90"
    assert held(demo_copy, "10250", "Address 2") == "Dock 4, Gate B"
    found, _ = mdsync_json("compare", CUSTOMER, folder=demo_copy)
    assert found["true_conflicts"] == 0
    (job,) = applied["jobs"]
    mdsync("undo", str(job["job_id"]), "--yes", folder=demo_copy)
    assert float(held(demo_copy, "10250", LIMIT)) == 50000


def test_what_cannot_be_taken_is_named_by_its_row_and_the_rest_is_planned(
    exported: Path, demo_copy: Path, mdsync: Any
) -> None:
    decide(exported, {
        ("10250", LIMIT): ("value", "a lot"),
        ("10412", "whole record"): ("take source", None),
        ("10064", "Phone No."): ("keep ours", None),
    })  # fmt: skip
    told = mdsync("decisions", "import", str(exported), folder=demo_copy)
    assert told.exit_code == 3
    for part in ("Left out", "a number such as", "compare again"):
        assert part in " ".join(told.stdout.split())


def test_a_value_that_looks_like_a_formula_stays_a_text(
    exported: Path, demo_copy: Path, mdsync_json: Callable[..., Any]
) -> None:
    rows = openpyxl.load_workbook(exported)["Worklist"].iter_rows(min_row=2, values_only=True)
    fields = sorted(row[5] for row in rows if row[3] == "10064")
    texts = ("Address", "Address 2", "Name 2", "Phone No.", "Contact")
    field = next(one for one in fields if one in texts)
    said: dict[tuple[str, str], tuple[object, object]]
    said = {("10064", one): ("keep ours", None) for one in fields}
    decide(exported, {**said, ("10064", field): ("value", HARM)})
    made, _ = mdsync_json("decisions", "import", str(exported), folder=demo_copy)
    assert made["faults"] == []
    mdsync_json("apply", made["plan_id"], "--yes", folder=demo_copy)
    assert held(demo_copy, "10064", field) == HARM


@pytest.mark.parametrize("content", [None, b"no workbook"], ids=["none", "another file"])
def test_a_file_that_is_no_workbook_is_refused(
    content: bytes | None, demo: Path, tmp_path: Path, mdsync: Any
) -> None:
    file = tmp_path / "waiting.xlsx"
    if content is not None:
        file.write_bytes(content)
    told = mdsync("decisions", "import", str(file), folder=demo)
    assert told.exit_code == 5
    assert "cannot be read as a workbook" in told.stderr


def test_a_workbook_that_is_no_worklist_is_refused(demo: Path, tmp_path: Path, mdsync: Any) -> None:
    file = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(file)
    told = mdsync("decisions", "import", str(file), folder=demo)
    assert told.exit_code == 2
    assert "has no sheet Worklist" in told.stderr


def test_a_file_with_decisions_is_not_written_over(
    exported: Path, demo_copy: Path, mdsync: Any
) -> None:
    before = exported.read_bytes()
    told = mdsync("decisions", "export", str(exported), folder=demo_copy)
    assert told.exit_code == 2
    assert exported.read_bytes() == before
    assert mdsync("decisions", "export", "waiting.csv", folder=demo_copy).exit_code == 2
