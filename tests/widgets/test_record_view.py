"""The view of one record, driven without a browser on the demo."""

from __future__ import annotations

from typing import Any

import ipywidgets as ui
import pytest

from mdsync_nb import Workbench
from mdsync_nb.errors import UnknownName
from tests.widgets.driving import button, press, said

CUSTOMER = "NORDIC/CUSTOMER"


def buttons(view: Any) -> list[str]:
    """What can be done with the record, as its buttons say it."""
    return [one.description for one in view._can.children if shown(one)]


def shown(one: Any) -> bool:
    return isinstance(one, ui.Button) and one.layout.display != "none"


def test_a_record_is_explained_with_what_can_be_done(workbench: Workbench) -> None:
    view = workbench.view.record(CUSTOMER, "10250")
    told = said(view)
    assert "Havblik Marine Supply A/S" in told
    assert "a different value comes in" in told
    assert "When it happened, in UTC" in told
    assert "Every rule that was asked" in told
    assert buttons(view) == ["Take from there", "Keep here", "Synchronize", "Remove coupling"]
    assert {one["field"] for one in view.one.values.rows} == {
        "Credit Limit (LCY)", "Address 2", "Phone No.",
    }  # fmt: skip


def test_it_is_decided_field_by_field_and_read_again(workbench: Workbench) -> None:
    view = workbench.view.record(CUSTOMER, "10250")
    assert "Plan the decided" not in buttons(view)
    view.one.values.choices = {
        **view.one.values.choices,
        "Credit Limit (LCY)": {"decision": "take source", "value": ""},
    }
    press(view, "Plan the decided")
    press(view, "Apply to 1")
    view.reads.wait(60)
    assert "a different value comes in" not in said(view)
    assert workbench.compare(CUSTOMER).true_conflicts == 0
    assert buttons(view) == ["Synchronize", "Remove coupling"]


def test_somebody_finds_a_record_by_part_of_its_name(workbench: Workbench) -> None:
    view = workbench.view.record()
    assert "No record was chosen" in said(view)
    view._mapping.value = CUSTOMER
    view._text.value = "MARINE"
    view.reads.wait(60)
    assert len(view._hits.children) == 8
    assert "The first 8 of 13 records" in said(view)
    press(view, "10250 · Havblik Marine Supply A/S")
    view.reads.wait(60)
    view.reads.wait(60)
    assert "a different value comes in" in said(view)
    assert "Record 3 of 8" in said(view)
    view._text.value = "nobody is called so"
    view.reads.wait(60)
    assert "No record of this table is called nobody is called so" in said(view)


def test_one_goes_through_a_list(workbench: Workbench) -> None:
    view = workbench.view.record(
        among=workbench.compare(CUSTOMER, records=["10250", "10010"]).cells
    )
    assert "Record 1 of 2" in said(view)
    first = view.seen.explanation.key
    assert button(view, "Previous").disabled
    press(view, "Next")
    view.reads.wait(60)
    assert "Record 2 of 2" in said(view)
    assert button(view, "Next").disabled
    assert view.seen.explanation.key != first
    press(view, "Previous")
    view.reads.wait(60)
    assert view.seen.explanation.key == first


def test_a_record_that_agrees_can_still_be_written(workbench: Workbench) -> None:
    view = workbench.view.record(CUSTOMER, "10001")
    assert buttons(view) == ["Synchronize", "Remove coupling"]
    press(view, "Synchronize")
    assert "Plan for Nordic" in said(view) or "Nothing can be planned" in said(view)


def test_a_record_nobody_has_is_said_so(workbench: Workbench) -> None:
    with pytest.raises(UnknownName):
        workbench.view.record(CUSTOMER, "nobody")
    view = workbench.view.record(CUSTOMER, "10001")
    view.show(CUSTOMER, "nobody")
    view.reads.wait(60)
    assert "nobody" in said(view)
    assert view.seen.explanation.key == "10001"


def test_its_static_twin_is_the_explanation(workbench: Workbench) -> None:
    bundle = workbench.view.record(CUSTOMER, "10250")._repr_mimebundle_()
    assert bundle["text/plain"] == "Record: NORDIC/CUSTOMER local-change"
    assert "Every rule that was asked" in bundle["text/html"]
    assert "Last agreed" in bundle["text/html"]


def test_records_are_found_on_both_sides_the_best_first(workbench: Workbench) -> None:
    found = workbench.find_records(CUSTOMER, "102", limit=3)
    assert found["key"].to_list() == ["10200", "10201", "10202"]
    assert found["matches"].unique().to_list() == [44]
    one = workbench.find_records(CUSTOMER, "10250")
    by_id = workbench.find_records(CUSTOMER, one["local_id"][0].upper())
    assert by_id.equals(one)
    assert one.select("key", "coupled").row(0) == ("10250", True)
    alone = workbench.find_records(CUSTOMER, "sølvkær marine")
    assert alone.select("coupled", "local_id").row(0) == (False, None)
    with pytest.raises(UnknownName):
        workbench.find_records("NORDIC/NOBODY", "x")
