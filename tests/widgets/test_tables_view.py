"""The view of all tables, driven without a browser on the demo."""

from __future__ import annotations

from typing import Any

import pytest

from mdsync_nb import Workbench
from tests.widgets.driving import button, press, said


@pytest.fixture
def view(workbench: Workbench) -> Any:
    return workbench.view.tables("NORDIC")


def choose(view: Any, *tables: str) -> None:
    """Select tables by their names."""
    rows = view.grid.rows.filter(view.grid.rows["table"].is_in(tables))
    assert rows.height == len(tables)
    view.grid.select(rows["record"].to_list())


def table(workbench: Workbench, mapping: str) -> dict[str, Any]:
    return workbench.tables(mapping).row(0, named=True)


def test_it_says_how_every_table_stands(view: Any) -> None:
    assert "Nordic: 9 tables" in said(view)
    assert "8 never run, 1 off" in said(view)
    press(view, "Off 1")
    assert view.grid.rows["table"].to_list() == ["Currency Exchange Rate"]
    press(view, "Show all")
    assert view.grid.rows.height == 9
    assert button(view, "Synchronize modified 0").disabled


def test_many_tables_are_one_plan_and_are_undone_together(view: Any, workbench: Workbench) -> None:
    choose(view, "Currency", "Salesperson/Purchaser")
    before = workbench.jobs().height
    press(view, "Synchronize modified 2")
    (plan,) = view.strip.plans
    assert (len(plan.steps), plan.writes) == (2, 2)
    assert workbench.jobs().height == before
    press(view, "Show the values")
    assert "Nordic: Salesperson/Purchaser" in said(view)
    press(view, "Apply to 2")
    assert workbench.jobs().height == before + 2
    assert "2 in step" in said(view)
    press(view, "Undo")
    press(view, "Apply to 2")
    assert workbench.jobs().filter(kind="undo").height == 2
    assert workbench.tables("NORDIC")["waits"].sum() == 2


def test_a_run_that_writes_nothing_is_noted(view: Any, workbench: Workbench) -> None:
    choose(view, "Payment Terms")
    press(view, "Synchronize modified 1")
    assert "No record is written" in said(view)
    press(view, "Note the run")
    assert table(workbench, "NORDIC/PAYMENTTERMS")["state"] == "in step"


def test_a_full_synchronization_says_what_it_lets_flow(view: Any) -> None:
    choose(view, "Vendor")
    press(view, "Full synchronization 1")
    assert view.strip.plans[0].kind == "full"
    assert "only_coupled goes off" in said(view)


def test_coupling_shows_its_counts_first_and_can_be_undone(workbench: Workbench) -> None:
    view = workbench.view.tables("LUMIERE")
    choose(view, "Currency", "Country/Region")
    press(view, "Couple 2")
    assert "Several fit" in said(view)
    assert table(workbench, "LUMIERE/CURRENCY")["coupled"] == 0
    pairs = int(view.strip._go.description.split()[1])
    press(view, f"Couple {pairs}")
    coupled = [
        table(workbench, f"LUMIERE/{one}")["coupled"] for one in ("CURRENCY", "COUNTRYREGION")
    ]
    assert sum(coupled) == pairs > 50
    press(view, "Undo")
    assert "Couplings are taken back" in said(view)
    press(view, "Undo")
    assert table(workbench, "LUMIERE/CURRENCY")["coupled"] == 0


def test_tables_are_brought_in_step_and_one_that_cannot_says_why(workbench: Workbench) -> None:
    view = workbench.view.tables("NORDIC/CURRENCY", "LUMIERE/CURRENCY")
    press(view, "Select all 2")
    press(view, "Bring in step 2")
    assert workbench.jobs("LUMIERE").is_empty()
    assert "Bring 2 tables in step: couple 20, create 4" in said(view)
    press(view, "Start 2 tables")
    assert "1 table is in step." in said(view)
    assert "Lumière: Currency</b> stopped: " in said(view)
    assert workbench.review("NORDIC/CURRENCY")["status"].item() == "finished"
    assert table(workbench, "LUMIERE/CURRENCY")["state"] == "in error"


def test_tables_are_held_and_released(view: Any, workbench: Workbench) -> None:
    workbench.generate_entries("NORDIC/CUSTOMER", "NORDIC/VENDOR")
    press(view, "Look again")
    choose(view, "Customer", "Vendor", "Item")
    press(view, "Hold 2")
    assert table(workbench, "NORDIC/VENDOR")["entry"] == "ready"
    press(view, "Put 2 tables on hold")
    assert table(workbench, "NORDIC/VENDOR")["state"] == "on hold"
    press(view, "Undo")
    press(view, "Release 2 tables")
    assert table(workbench, "NORDIC/VENDOR")["entry"] == "ready"


def test_switching_off_shows_the_lines_first_and_is_taken_back(
    view: Any, workbench: Workbench
) -> None:
    before = workbench.workspace.file.read_text("utf-8")
    choose(view, "Item", "Vendor")
    press(view, "Switch off 2")
    assert "enabled: no" in said(view)
    assert workbench.workspace.file.read_text("utf-8") == before
    press(view, "Write mdsync.yaml")
    assert table(workbench, "NORDIC/ITEM")["state"] == "off"
    press(view, "Undo")
    press(view, "Write mdsync.yaml")
    assert workbench.workspace.file.read_text("utf-8") == before


def test_what_waits_is_counted_and_opened(view: Any) -> None:
    choose(view, "Customer")
    press(view, "Count what waits 1")
    waits = view.grid.rows.filter(view.grid.rows["table"] == "Customer")["waits"].item()
    assert waits > 20
    press(view, "Open errors 1")
    assert f"Nordic: {waits} records wait" in said(view)
    press(view, "Close the errors")
    assert "records wait</h2>" not in said(view)


def test_its_static_twin_has_every_table(view: Any) -> None:
    html = view._repr_mimebundle_()["text/html"]
    assert html.count('<th scope="row">') == 9
