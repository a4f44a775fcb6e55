"""The view of the fields of a mapping, driven without a browser on the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mdsync_nb import Workbench
from tests.widgets.driving import press, said

CUSTOMER = "NORDIC/CUSTOMER"


@pytest.fixture
def view(workbench: Workbench) -> Any:
    return workbench.view.fields(CUSTOMER)


@pytest.fixture
def settings(demo_copy: Path) -> Path:
    return demo_copy / "mdsync.yaml"


def choose(view: Any, *fields: str) -> None:
    records = dict(view.fields.select("field", "record").iter_rows())
    view.grid.select([records[one] for one in fields])


def stand_on(view: Any, field: str) -> None:
    view.filters.ask(text=field)
    view.grid.keys.row = view.grid.page["field"].to_list().index(field)
    view.grid.keys.walks += 1


def of(workbench: Workbench, field: str) -> dict[str, Any]:
    return workbench.show_mapping(CUSTOMER).fields.filter(field=field).row(0, named=True)


def test_it_says_what_there_is_and_filters_it(view: Any) -> None:
    assert "Nordic: fields of Customer" in said(view)
    assert "85 of 97 fields on · matched by No." in said(view)
    assert view.grid.rows.height == 97
    press(view, "Off")
    assert not view.grid.rows["enabled"].any()
    view.filters.ask(kind="All", type="decimal")
    assert set(view.grid.rows["type"]) == {"decimal"}
    view.filters.ask(text="nothing is called so")
    assert "No field matches the filter" in said(view)
    press(view, "Show all")
    assert view.grid.rows.height == 97


def test_many_changes_are_one_difference_and_one_press(
    view: Any, workbench: Workbench, settings: Path
) -> None:
    before = settings.read_bytes()
    choose(view, "City", "Phone No.", "Contact")
    press(view, "Switch off 2")
    press(view, "Overwrite 3")
    choose(view, "Name")
    press(view, "Match by 1")
    assert settings.read_bytes() == before
    assert '<span class="added">+        match: [No., Name]</span>' in said(view)
    assert view.fields.filter("changed")["field"].to_list() == [
        "Name", "City", "Contact", "Phone No.",
    ]  # fmt: skip
    press(view, "Write it")
    assert settings.read_text("utf-8").count("# ") == before.decode().count("# ")
    assert not of(workbench, "City")["enabled"]
    assert of(workbench, "Contact")["overwrite_local_change"]
    assert [one.field for one in workbench.workspace.mapping(CUSTOMER).match] == ["No.", "Name"]
    assert of(workbench, "Name")["match"]
    press(view, "Undo")
    assert settings.read_bytes() != before
    press(view, "Write it")
    assert settings.read_bytes() == before


def test_a_step_back_and_discard_write_nothing(view: Any, settings: Path) -> None:
    before = settings.read_bytes()
    choose(view, "City")
    press(view, "Switch off 1")
    press(view, "Overwrite 1")
    press(view, "One step back")
    assert "overwrite_local_change" not in view.edit.diff
    press(view, "Discard")
    assert view.edit is None
    assert not view.fields["changed"].any()
    assert settings.read_bytes() == before


def test_undo_is_refused_when_somebody_changed_the_file(view: Any, settings: Path) -> None:
    choose(view, "City")
    press(view, "Switch off 1")
    press(view, "Write it")
    settings.write_text(settings.read_text("utf-8") + "# by hand\n", "utf-8")
    press(view, "Undo")
    press(view, "Write it")
    assert "mdsync.yaml was changed meanwhile, so nothing was written." in said(view)
    assert settings.read_text("utf-8").endswith("# by hand\n")
    press(view, "Read again")
    assert view.edit is None
    assert not view.fields.filter(field="City")["enabled"].item()


def test_a_constant_and_a_rule_take_the_place_of_each_other(
    view: Any, workbench: Workbench
) -> None:
    stand_on(view, "County")
    view.one._rule.value = "UPPERCASE"
    press(view, "Set the transformation")
    view.one._constant.value = "Kent"
    press(view, "Set the constant")
    press(view, "Write it")
    county = of(workbench, "County")
    assert (county["constant"], county["transformation"]) == ("Kent", None)
    view.one._rule.value = "TRIM"
    press(view, "Set the transformation")
    press(view, "Write it")
    county = of(workbench, "County")
    assert (county["constant"], county["chain"]) == (None, "trim")


def test_a_value_that_a_field_cannot_hold_is_refused_with_what_is_right(view: Any) -> None:
    stand_on(view, "Priority")
    view.one._constant.value = "high"
    press(view, "Set the constant")
    assert "a whole number" in said(view)
    assert view.edit is None


def test_the_default_setup_takes_back_all_that_was_said(
    workbench: Workbench, settings: Path
) -> None:
    view = workbench.view.fields("LUMIERE/CUSTOMER")
    choose(view, "No.")
    press(view, "As by default 1")
    assert view.fields.filter(field="No.")["enabled"].item()
    press(view, "Default setup")
    press(view, "Write it")
    assert "match: [VAT Registration No., Name]" in settings.read_text("utf-8")
    assert "CUSTOMER" not in workbench.workspace.settings.links["LUMIERE"].mappings


def test_the_last_field_of_a_mapping_that_runs_stays_on(view: Any) -> None:
    press(view, "Select all")
    press(view, "Switch off")
    assert "would keep no field in step" in said(view)
    assert view.edit is None


def test_its_static_twin_lists_the_fields_as_they_are(view: Any) -> None:
    choose(view, "City")
    press(view, "Switch off 1")
    bundle = view._repr_mimebundle_()
    assert bundle["text/plain"] == "Fields of NORDIC/CUSTOMER: 84 of 97 on"
    assert "85 of 97 fields on" in bundle["text/html"]
    assert bundle["text/html"].count("<tr>") == 98
