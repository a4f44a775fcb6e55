"""The view of what waits, driven without a browser on the demo."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest

from mdsync_nb import Workbench
from tests.widgets.driving import button, press, said


@pytest.fixture
def view(workbench: Workbench) -> Any:
    return workbench.view.errors("NORDIC")


def kinds(view: Any) -> dict[str, int]:
    """The kinds and how many records each has, as the chips say it."""
    chips = view.filters._kinds.values()
    words = [re.fullmatch(r"(.+) ([\d,]+)", one.description) for one in chips]
    return {one[1]: int(one[2].replace(",", "")) for one in words if one}


def tick(view: Any, *places: int) -> None:
    view.grid._table.selected_rows = list(places)


def stand_on(view: Any, place: int) -> None:
    view.grid.keys.row = place
    view.grid.keys.walks += 1


def test_it_says_how_many_wait_of_each_kind(view: Any) -> None:
    assert "Nordic: 42 records wait" in said(view)
    assert kinds(view) == {
        "All": 42, "True conflict": 1, "Timestamp only": 24, "Blocked": 14,
        "Left the filter": 1, "Only at the holding": 1, "Orphan": 1,
    }  # fmt: skip


def test_a_filter_narrows_and_the_others_say_what_they_would_show(view: Any) -> None:
    press(view, "Timestamp only")
    assert view.grid.rows.height == 24
    view.filters.ask(text="skerry")
    assert view.grid.rows["name"].to_list() == ["Skerry Foods Oy"]
    assert kinds(view) == {
        "All": 1, "True conflict": 0, "Timestamp only": 1, "Blocked": 0,
        "Left the filter": 0, "Only at the holding": 0, "Orphan": 0,
    }  # fmt: skip
    assert button(view, "True conflict").disabled
    view.filters.ask(text="nobody is called so")
    assert "Nothing matches the filter" in said(view)
    press(view, "Show all")
    assert view.grid.rows.height == 42


def test_all_that_differ_by_time_only_are_one_plan_and_one_job(
    view: Any, workbench: Workbench
) -> None:
    press(view, "Timestamp only")
    press(view, "Select all 24")
    assert not button(view, "Merge 24").disabled
    before = workbench.jobs().height
    press(view, "Merge 24")
    plan = view.strip.plans[0]
    assert plan.decisions.height == 24
    assert workbench.jobs().height == before
    assert "<b>0</b> lost" in said(view)
    press(view, "Apply to 24")
    assert workbench.jobs().height == before + 1
    assert "Nothing failed." in said(view)
    assert kinds(view) == {
        "All": 18, "True conflict": 1, "Blocked": 14, "Left the filter": 1,
        "Only at the holding": 1, "Orphan": 1,
    }  # fmt: skip
    press(view, "Undo")
    assert "Plan for Nordic" in said(view)
    press(view, "Apply to")
    assert kinds(view)["Timestamp only"] == 24


def test_a_true_conflict_is_settled_field_by_field(view: Any, workbench: Workbench) -> None:
    press(view, "True conflict")
    stand_on(view, 0)
    values = view.record._values
    assert {one["field"]: one["conflict"] for one in values.rows} == {
        "Credit Limit (LCY)": True, "Address 2": False, "Phone No.": False,
    }  # fmt: skip
    assert values.choices == {
        "Address 2": {"decision": "keep ours", "value": ""},
        "Phone No.": {"decision": "take source", "value": ""},
    }
    values.choices = {
        **values.choices,
        "Credit Limit (LCY)": {"decision": "value", "value": "150000"},
    }
    press(view, "Plan the decided 1")
    press(view, "Show the values")
    assert "150,000.00" in said(view)
    press(view, "Apply to 1")
    assert "True conflict" not in kinds(view)
    assert workbench.compare("NORDIC/CUSTOMER").true_conflicts == 0


def test_what_has_to_be_decided_first_is_left_out_and_said(view: Any) -> None:
    press(view, "True conflict")
    tick(view, 0)
    assert button(view, "Merge 0").disabled
    stand_on(view, 0)
    values = view.record._values
    values.choices = {"Phone No.": {"decision": "keep ours", "value": ""}}
    press(view, "Plan the decided 1")
    assert "Nothing can be planned of that." in said(view)
    assert "needs a decision as well" in said(view)


def test_why_is_told_under_the_record_and_hidden_again(view: Any) -> None:
    stand_on(view, 0)
    press(view, "Why")
    assert "Every rule that was asked" in said(view)
    press(view, "Why")
    assert "Every rule that was asked" not in said(view)


def test_removing_couplings_is_asked_first(view: Any, workbench: Workbench) -> None:
    press(view, "Orphan")
    tick(view, 0)
    coupled = workbench.status().filter(mapping="NORDIC/CUSTOMER")["coupled"][0]
    press(view, "Remove coupling 1")
    assert workbench.status().filter(mapping="NORDIC/CUSTOMER")["coupled"][0] == coupled
    press(view, "Discard")
    press(view, "Remove coupling 1")
    press(view, "Remove couplings")
    assert workbench.status().filter(mapping="NORDIC/CUSTOMER")["coupled"][0] == coupled - 1
    assert "1 pair taken apart" in said(view)
    assert "Orphan" not in kinds(view)
    press(view, "Undo")
    press(view, "Undo")
    assert workbench.status().filter(mapping="NORDIC/CUSTOMER")["coupled"][0] == coupled


def test_a_record_left_over_is_deleted_by_a_plan(view: Any) -> None:
    press(view, "Orphan")
    tick(view, 0)
    press(view, "Delete 1")
    assert "<b>1</b> deleted" in said(view)
    press(view, "Apply")
    assert "Orphan" not in kinds(view)


def test_nothing_that_waits_says_what_to_do(workbench: Workbench) -> None:
    view = workbench.view.errors("NORDIC/ITEM")
    assert "Nothing waits for a person. Load new exports" in said(view)


def test_its_static_twin_stands_in_every_notebook_output(view: Any) -> None:
    bundle = view._repr_mimebundle_()
    assert bundle["text/plain"] == "What waits: 42 records"
    assert "Havblik Marine Supply A/S" in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == view.box.model_id


def test_of_several_companies_each_record_says_which(workbench: Workbench) -> None:
    view = workbench.view.errors()
    assert set(view.waiting["where"]) == {"Nordic", "Deutschland", "Lumière"}
    assert "Customer 10250 · Nordic" in view.grid._cell(
        view.waiting.filter(key="10250").row(0, named=True), view.grid.columns[0], first=True
    )


def row(view: Any, key: str) -> dict[str, Any]:
    return view.grid.rows.filter(key=key).row(0, named=True)


def cells(view: Any, one: dict[str, Any]) -> list[str]:
    every = enumerate(view.grid.columns)
    return [view.grid._cell(one, column, first=place == 0) for place, column in every]


def test_what_was_written_says_which_files_to_import(view: Any, workbench: Workbench) -> None:
    press(view, "Timestamp only")
    press(view, "Select all 24")
    press(view, "Keep here 24")
    press(view, "Discard")
    press(view, "Merge 24")
    press(view, "Apply to 24")
    (job,) = view.strip.jobs
    folder = f"out/{workbench.jobs().filter(job_id=job)['plan_id'][0]}/NORDIC"
    assert f"the files in <code>{folder}</code>; README.txt there says how." in said(view)
    assert (workbench.workspace.root / folder / "README.txt").is_file()
    press(view, "Undo")
    assert "lost" not in said(view)
    press(view, "Apply to")
    assert f"Job {job} undone in Nordic: " in said(view)
    assert "If the files of what it undoes were not imported, import neither." in said(view)
    (back,) = view.strip.jobs
    plan = workbench.jobs().filter(job_id=back)["plan_id"][0]
    note = (workbench.workspace.root / "out" / plan / "NORDIC" / "README.txt").read_text()
    assert f"They take back job {job} ({folder})." in note


def test_the_head_of_a_record_names_the_companies(view: Any) -> None:
    press(view, "True conflict")
    stand_on(view, 0)
    assert view.record.values.sides == ["There: Harbour & Hale Group", "Here: Nordic"]


def test_a_decided_record_says_so_in_the_grid(view: Any) -> None:
    stand_on(view, 0)
    key = view.grid.current["key"]
    assert "decided, not planned yet" not in cells(view, row(view, key))[0]
    view.record.values.choices = {"Phone No.": {"decision": "keep ours", "value": ""}}
    assert "decided, not planned yet" in cells(view, row(view, key))[0]
    assert sum(view.grid.rows["decided"]) == 1


def test_when_nothing_of_a_kind_is_left_the_others_are_counted(view: Any) -> None:
    press(view, "Orphan")
    tick(view, 0)
    press(view, "Delete 1")
    press(view, "Apply")
    assert "Nothing is left that is “orphan”. 41 others wait: Show all." in said(view)


def test_without_times_the_columns_show_the_value_of_the_first_field(view: Any) -> None:
    known = row(view, "10250")
    unknown = known | dict.fromkeys(("source_by", "source_at", "destination_by", "destination_at"))
    assert known["fields"][0] == known["field"]
    assert ", " in cells(view, known)[3]
    assert cells(view, unknown)[3:] == ["<span>250,000.00</span>", "<span>50,000.00</span>"]


def test_a_blank_currency_says_what_it_means(workbench: Workbench) -> None:
    view = workbench.view.errors("DEUTSCHLAND/VENDOR")
    waits = view.waiting.filter(field="Currency Code")
    one = waits.filter(pl.col("destination").fill_null("") == "").row(0, named=True)
    assert one["destination_means"] == "EUR"
    place = view.grid.rows["record"].to_list().index(one["record"])
    stand_on(view, place)
    shown = next(cell for cell in view.record.values.rows if cell["field"] == "Currency Code")
    assert (shown["here"]["text"], shown["here"]["means"]) == ("", "EUR")
