"""The view of a drift, driven without a browser on the demo."""

from __future__ import annotations

from typing import Any

import pytest

from mdsync_nb import Workbench
from tests.widgets.driving import button, press, said


@pytest.fixture
def view(workbench: Workbench) -> Any:
    return workbench.view.compare("NORDIC/CUSTOMER")


def select(view: Any, *fields: str) -> None:
    """Tick the boxes of fields, as a person would."""
    places = [n for n, name in enumerate(view.grid.page["field"]) if name in fields]
    view.grid._table.selected_rows = places


def choose(drop: Any, words: str) -> None:
    """Choose from a list by how its line begins."""
    drop.value = next(value for line, value in drop.options if line.startswith(words))


def test_it_says_how_many_differ_in_which_field(view: Any) -> None:
    assert "Customer: Harbour &amp; Hale Group and Nordic" in said(view)
    assert "<b>74</b> of 427 records" in said(view)
    assert view.grid.rows.select("field", "records").row(0) == ("Phone No.", 26)
    assert not button(view, "Take from Harbour & Hale Group 58").disabled
    assert not button(view, "Create in Nordic 9").disabled


def test_fields_ways_and_values_narrow_and_the_others_stay_to_choose(view: Any) -> None:
    select(view, "Credit Limit (LCY)")
    assert "<b>9</b> of 427 records" in said(view)
    assert view.grid.rows.height == 7
    assert button(view, "Only in Nordic 0").disabled
    choose(view.filters._how, "0 in Nordic")
    assert button(view, "Take from Harbour & Hale Group 3")
    choose(view.filters._how, "How: any")
    country = next(one for one in view.filters._lists if one.options[0][0].startswith("Currency"))
    line, value = country.options[1]
    country.value = value
    assert f"({len(view.narrowed)})" in line
    press(view, "Show all")
    assert "<b>74</b> of 427 records" in said(view)
    assert not view.grid.selected


def test_a_plan_is_for_the_records_that_are_left_and_is_undone(view: Any) -> None:
    select(view, "E-Mail")
    press(view, "Take from Harbour & Hale Group 20")
    many = sum(one.writes for one in view.strip.plans)
    press(view, f"Apply to {many}")
    assert "Nothing failed." in said(view)
    assert f"<b>{74 - many}</b> of" in said(view)
    press(view, "Undo")
    press(view, "Apply to")
    assert "<b>74</b> of 427 records" in said(view)


def test_other_sides_are_chosen_and_a_load_is_not_planned(view: Any) -> None:
    choose(view.sides._there, "Nordic, 2 Mar")
    view.strip.working.wait(60)
    assert "Customer: Nordic 2026-03-02" in said(view)
    assert "Two loads of one company: there is nothing to plan." in said(view)
    choose(view.sides._there, "Deutschland, now")
    view.strip.working.wait(60)
    assert "Customer: Deutschland and Nordic" in said(view)
    assert "No mapping keeps" in said(view)


def test_the_records_are_listed_on_request_and_the_twin_says_the_same(view: Any) -> None:
    select(view, "Blocked")
    press(view, "Show the records")
    assert "<h3>Records</h3>" in said(view)
    shown = view._repr_mimebundle_()
    assert shown["text/plain"].endswith("1 of 427 records differ")
    assert "blank in Nordic" in shown["text/html"]
