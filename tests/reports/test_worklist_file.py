"""The workbook holds every row that waits, as text, with a list to decide from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from mdsync_nb import frames
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import worklist_file, write_worklist
from mdsync_nb.reports.kinds_chart import kinds_in
from mdsync_nb.reports.worklist_file import COLUMNS, DECISION, DECISIONS

openpyxl = pytest.importorskip("openpyxl")


def cells(path: Path, sheet: str = "Worklist") -> list[dict[str, object]]:
    """The rows of a sheet as Excel shows them, by the head of the column."""
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows())
    heads = [cell.value for cell in rows[0]]
    return [dict(zip(heads, row, strict=True)) for row in rows[1:]]


def test_every_row_is_there_best_first(group: Comparison, tmp_path: Path):
    few = replace(group, worklist=group.worklist.reverse(), worklist_rows=2)
    rows = cells(write_worklist(few, tmp_path / "deep" / "worklist.xlsx"))
    assert [row["Place"].value for row in rows] == list(range(1, 11))
    assert rows[0]["Name"].value == "Havblik Marine Supply A/S"
    assert rows[0]["Company"].value == "Nordic"
    assert rows[0]["Changed there (UTC)"].value.isoformat() == "2026-03-06T10:14:00"
    assert rows[4]["Last agreed"].value == "not known"


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("https://evil.example","x")',
        "+1",
        "-1",
        "@SUM(1)",
        "https://evil.example",
        "00010",
        "{=1+1}",
        "\ttab",
    ],
)
def test_a_name_is_a_text_whatever_it_begins_with(
    name: str, with_rows: Callable[..., Comparison], tmp_path: Path
):
    group = with_rows({"name": name, "key": name, "source": name, "destination": name, "why": name})
    row = cells(write_worklist(group, tmp_path / "worklist.xlsx"))[0]
    for head in ("Name", "Number", "There: at the holding", "Here: in the subsidiary"):
        assert row[head].value == name
        assert row[head].data_type == "s"
        assert row[head].hyperlink is None


def test_a_value_longer_than_a_cell_is_cut_and_not_lost(
    with_rows: Callable[..., Comparison], tmp_path: Path
):
    row = cells(write_worklist(with_rows({"source": "x" * 40_000}), tmp_path / "w.xlsx"))[0]
    assert row["There: at the holding"].value == "x" * 32_766 + "…"


def test_the_decision_is_chosen_from_a_list(group: Comparison, tmp_path: Path):
    sheet = openpyxl.load_workbook(write_worklist(group, tmp_path / "w.xlsx"))["Worklist"]
    (rule,) = sheet.data_validations.dataValidation
    letter = openpyxl.utils.get_column_letter(DECISION + 1)
    assert str(rule.sqref) == f"{letter}2:{letter}11"
    assert rule.formula1 == f'"{",".join(DECISIONS)}"'
    assert sheet.cell(1, DECISION + 1).value == "Your decision"
    assert sheet.freeze_panes == "A2"
    last = openpyxl.utils.get_column_letter(len(COLUMNS))
    assert sheet.auto_filter.ref == f"A1:{last}11"
    assert all(sheet.column_dimensions[cell.column_letter].width > 6 for cell in sheet[1])


def test_the_same_comparison_gives_the_same_bytes(group: Comparison, tmp_path: Path):
    first = write_worklist(group, tmp_path / "a.xlsx").read_bytes()
    assert write_worklist(group, tmp_path / "b.xlsx").read_bytes() == first


def test_an_empty_worklist_is_a_workbook_too(group: Comparison, tmp_path: Path):
    nothing = replace(group, worklist=frames.empty(frames.WORKLIST))
    assert cells(write_worklist(nothing, tmp_path / "w.xlsx")) == []


def test_more_rows_than_a_sheet_takes_go_on_the_next(
    group: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worklist_file, "SHEET_ROWS", 4)
    path = write_worklist(group, tmp_path / "w.xlsx")
    sizes = [len(cells(path, name)) for name in ("Worklist", "Worklist 2", "Worklist 3")]
    assert sizes == [4, 4, 2]


def test_every_chart_has_its_table_in_the_workbook(group: Comparison, tmp_path: Path):
    path = write_worklist(group, tmp_path / "w.xlsx")
    kinds = {row["Subsidiary"].value: row for row in cells(path, "Kinds")}
    told = {row["company"]: row["name"] for row in group.companies.to_dicts()}
    for row in group.companies.filter(~pl.col("is_source")).to_dicts():
        firm = kinds[told[row["company"]]]
        words = [kind.word for kind in kinds_in(group.words)]
        assert firm["do not agree"].value == sum(firm[word].value for word in words) > 0
    fields = cells(path, "Fields")
    assert sum(row["Records"].value for row in fields) == group.fields["records"].sum()
    rows = cells(path, "Rows")
    assert len(rows) == group.reconciliation.height
    assert sum(row["Agree"].value for row in rows) == group.reconciliation["agree"].sum()
