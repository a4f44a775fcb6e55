"""The view of what belongs together, driven without a browser on the demo."""

from __future__ import annotations

import re
from typing import Any

import ipywidgets as ui
import pytest

from mdsync_nb import Workbench
from tests.widgets.driving import button, parts, press, said

NAME = "LUMIERE/CUSTOMER"


@pytest.fixture
def view(workbench: Workbench) -> Any:
    return workbench.view.coupling(NAME)


def chips(view: Any) -> dict[str, int]:
    """The outcomes and how many records each has, as the chips say it."""
    words = [
        re.fullmatch(r"(.+) ([\d,]+)", one.description) for one in view.filters._kinds.values()
    ]
    return {one[1]: int(one[2].replace(",", "")) for one in words if one}


def stand_on(view: Any, text: str) -> None:
    """Look for a record and stand on it, until what comes near was read."""
    view.filters.ask(text=text)
    view.grid.keys.row = 0
    view.grid.keys.walks += 1
    for _ in range(2):
        view.one.reads.wait(60)


def add(view: Any, words: str, field: str) -> None:
    """Choose a field of the list that reads so."""
    lists = [one for one in parts(view.criteria.box) if isinstance(one, ui.Dropdown)]
    next(one for one in lists if one.options[0][0].startswith(words)).value = field
    view.strip.working.wait(60)


def test_it_says_what_the_fields_of_the_mapping_find_and_what_is_worth_a_try(view: Any) -> None:
    assert "Lumière, Customer: 46 of 108 records belong together" in said(view)
    assert chips(view) == {
        "All": 108, "Belong together": 46, "Several fit": 0, "Taken": 0, "Contradict": 0,
        "No counterpart": 62, "Coupled before": 0,
    }  # fmt: skip
    view.tries.wait(60)
    assert "mod-active" in button(view, "VAT Registration No. + Name 46")._dom_classes
    press(view, "VAT Registration No. 55")
    assert chips(view)["Belong together"] == 55
    press(view, "As in mdsync.yaml")
    assert chips(view)["Belong together"] == 46


def test_fields_are_added_put_in_order_and_taken_off(view: Any, workbench: Workbench) -> None:
    before = workbench.jobs().height
    for one in ("VAT Registration No.", "Name"):
        chip = next(c for c in parts(view.criteria.box)
                    if isinstance(c, ui.ToggleButton) and c.description == one)  # fmt: skip
        chip.value = False
        view.strip.working.wait(60)
    assert "Choose a field to match by" in said(view)
    add(view, "a field", "City")
    assert chips(view)["Several fit"] > 0
    several = chips(view)["Several fit"]
    add(view, "where several fit", "Name")
    assert [(one.field, one.priority) for one in view.tried.criteria] == [("City", 1), ("Name", 2)]
    found = workbench.match(NAME, criteria=view.tried.criteria)
    assert chips(view)["Several fit"] == found.counts.get("ambiguous", 0) < several
    assert workbench.jobs().height == before


def test_all_that_belong_together_are_coupled_as_one_job_and_undone(
    view: Any, workbench: Workbench
) -> None:
    equal = workbench.match(NAME).pairs["equal"].sum()
    press(view, "Couple all 46")
    assert f"<b>{equal}</b> of 46 agree in every compared field" in said(view)
    assert workbench.status().filter(mapping=NAME)["coupled"][0] == 0
    press(view, "Couple 46")
    assert "46 pairs coupled." in said(view)
    assert chips(view)["Coupled before"] == 46
    assert workbench.status().filter(mapping=NAME)["coupled"][0] == 46
    press(view, "Undo")
    assert "Couplings are taken back" in said(view)
    press(view, "Undo")
    assert chips(view)["Belong together"] == 46


def test_only_the_selected_are_coupled_and_taken_apart(view: Any, workbench: Workbench) -> None:
    press(view, "Belong together")
    view.grid._table.selected_rows = [0, 2]
    chosen = set(view.bar.selected()["record_key"])
    press(view, "Couple 2")
    view.strip.apply()
    view.strip.working.wait(60)
    press(view, "Coupled before")
    assert set(view.grid.rows["record_key"]) == chosen
    assert view.grid.rows["counterpart_name"].null_count() == 0
    press(view, "Select all 2")
    press(view, "Remove coupling 2")
    press(view, "Remove couplings")
    assert "2 pairs taken apart" in said(view)
    assert workbench.status().filter(mapping=NAME)["coupled"][0] == 0


def test_two_records_stand_side_by_side_and_the_candidate_is_picked(
    view: Any, workbench: Workbench
) -> None:
    stand_on(view, "10366")
    shown = said(view)
    assert "92 %" in shown
    assert "contradicts: Phone No." in shown
    assert re.search(r'<tr class="conflict"><th scope="row">Phone No\.', shown)
    press(view, "Pick 20068")
    assert "picked" in "".join(view.grid._table.df.row(0))
    press(view, "Couple the picked 1")
    assert "20068" in view.strip._values.value
    press(view, "Couple 1")
    assert "1 pair coupled." in said(view)
    coupled = workbench.match(NAME).records.filter(record_key="10366").row(0, named=True)
    assert (coupled["outcome"], coupled["counterpart_key"]) == ("coupled", "20068")
    assert not view.picked


def test_a_rejected_pair_is_listed_and_taken_back(view: Any, workbench: Workbench) -> None:
    stand_on(view, "10366")
    view.one._comment.value = "A branch"
    press(view, "Reject 20068")
    assert workbench.rejected_pairs(NAME).is_empty()
    view.strip.apply()
    view.strip.working.wait(60)
    assert workbench.rejected_pairs(NAME)["comment"].to_list() == ["A branch"]
    press(view, "Rejected 1")
    assert view.grid.rows.select("record_key", "counterpart_key").row(0) == ("10366", "20068")
    assert "A branch" in "".join(view.grid._table.df.row(0))
    press(view, "Select all 1")
    press(view, "Take rejection back 1")
    press(view, "Take back")
    assert workbench.rejected_pairs(NAME).is_empty()
    assert "No pair is rejected" in said(view)


def test_what_cannot_be_matched_says_why_and_the_table_can_be_changed(workbench: Workbench) -> None:
    view = workbench.view.coupling("LUMIERE")
    view._mapping.value = "LUMIERE/ITEM"
    view.strip.working.wait(60)
    assert "Lumière, Item" in said(view)
    assert view.tried.mapping.name == "LUMIERE/ITEM"
    view.ask(())
    view.strip.working.wait(60)
    assert "Choose a field to match by" in said(view)


def test_its_static_twin_stands_in_every_notebook_output(view: Any) -> None:
    bundle = view._repr_mimebundle_()
    assert "46 of 108" in bundle["text/plain"]
    assert "Records left open" in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == view.box.model_id


def test_a_question_is_of_the_table_it_was_asked_of(workbench: Workbench) -> None:
    view = workbench.view.coupling("NORDIC/CUSTOMER", "DEUTSCHLAND/CUSTOMER")

    def coupled() -> dict[str, int]:
        return dict(workbench.status().select("mapping", "coupled").iter_rows())

    before = coupled()
    press(view, "Coupled before")
    view.grid.select([view.grid.rows["record"][0]])
    press(view, "Remove coupling 1")
    taken_apart = view.strip._does
    view._mapping.value = "DEUTSCHLAND/CUSTOMER"
    view.strip.working.wait(60)
    assert view.strip._does is None
    taken_apart()
    assert coupled()["DEUTSCHLAND/CUSTOMER"] == before["DEUTSCHLAND/CUSTOMER"]
    assert coupled()["NORDIC/CUSTOMER"] == before["NORDIC/CUSTOMER"] - 1
