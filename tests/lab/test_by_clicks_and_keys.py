"""What a person does in JupyterLab, by clicks and keys; the workbench is looked at afterwards."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mdsync_nb import Workbench
from tests.lab.driving import Lab, served
from tests.lab.worlds import LIMIT, limits, more_conflicts

pytestmark = pytest.mark.browser

CHOICES = (("10120", "there", ""), ("10124", "here", ""), ("10250", "", "1500"))
SETTLED = {"10120": 7000, "10124": 18000, "10250": 1500}
PICTURES = os.environ.get("MDSYNC_PICTURES", "")
"""A folder for pictures of what is seen, for whoever wants to look."""


@pytest.fixture
def workbench(demo_copy: Path) -> Workbench:
    return more_conflicts(demo_copy)


@pytest.fixture
def lab(browser: Any, workbench: Workbench) -> Iterator[Lab]:
    """The notebook to begin with, and every cell of it has run."""
    with served(workbench.workspace.root) as address:
        opened = Lab(browser, address, pictures=PICTURES)
        opened.run_all()
        yield opened
        opened.page.close()


def test_three_true_conflicts_are_settled_taken_back_and_work_goes_on_in_a_new_kernel(
    lab: Lab, workbench: Workbench
) -> None:
    view = lab.view("What waits")
    view.press("True conflict 3")
    view.sees("of 3 selected")
    lab.picture("1_true_conflicts")
    for number, side, value in CHOICES:
        view.row(number).click()
        view.sees(f"Customer {number}")
        view.choose(LIMIT, side, value)
    lab.picture("2_chosen")
    before, jobs = limits(workbench), workbench.jobs().height
    view.key("d")
    view.sees("Plan for Nordic")
    view.has("Discard")
    view.key("p")
    view.sees("1,500.00|1500")
    lab.picture("3_plan")
    assert limits(workbench) == before
    view.key("y")
    view.sees("Nothing failed")
    view.misses("True conflict")
    lab.picture("4_applied")
    assert limits(workbench) == SETTLED
    assert workbench.jobs().height == jobs + 1
    view.key("u")
    view.sees("Undo of job")
    view.has("Discard")
    view.key("y")
    view.has("True conflict 3")
    assert limits(workbench) == before

    lab.restart()
    lab.run_all()
    view = lab.view("What waits")
    view.press("Timestamp only")
    view.key("a")
    view.press("Merge 24")
    view.sees("Plan for Nordic")
    view.has("Discard")
    jobs, plans = workbench.jobs().height, workbench.plans().height
    view.key("y")
    view.sees("Nothing failed")
    view.misses("Timestamp only")
    lab.picture("5_all_that_match")
    assert workbench.jobs().height == jobs + 1
    assert workbench.plans().height == plans
    newest = workbench.jobs(job=int(workbench.jobs()["job_id"].max()))
    assert newest.height == 24
    assert lab.troubles == []


def test_a_full_synchronization_is_cancelled_half_way_and_goes_on(
    lab: Lab, workbench: Workbench
) -> None:
    view = lab.view("Tables")
    view.box.get_by_placeholder("Company, table").fill("Nordic")
    view.box.get_by_placeholder("Company, table").press("Enter")
    view.press("Select all 9")
    lab.picture("5_tables")
    view.press("Full synchronization 8")
    view.sees("Plan for Nordic")
    view.has("Discard")
    plan = workbench.plans().row(0, named=True)
    view.key("y")
    _cancel_after_a_step(view, workbench, plan["plan_id"])
    view.sees("Go on")
    lab.picture("6_cancelled")
    stopped = workbench.plans().filter(plan_id=plan["plan_id"]).row(0, named=True)
    assert stopped["status"] == "stopped"
    assert 0 < stopped["done"] < stopped["steps"]
    done = workbench.jobs().filter(plan_id=plan["plan_id"])
    assert done["status"].to_list().count("finished") == stopped["done"]
    view.key("y")
    view.sees("Applied in Nordic")
    went = workbench.plans().filter(plan_id=plan["plan_id"]).row(0, named=True)
    assert (went["status"], went["done"]) == ("applied", went["steps"])
    assert lab.troubles == []


def _cancel_after_a_step(view: Any, workbench: Workbench, plan_id: str) -> None:
    """Press Cancel between two steps: while the workbench is read here, nobody writes in it."""
    counted = "select count(*) from job where plan_id = $p and status = 'finished'"
    while True:
        with workbench.store.file.visit(write=False) as db:
            if db.execute(counted, {"p": plan_id}).fetchone()[0]:
                view.box.get_by_text(re.compile(r"\d of \d")).first.wait_for()
                view.press("Cancel")
                view.sees("ending")
                return


def test_one_of_several_that_fit_is_coupled_by_picking(browser: Any, workbench: Workbench) -> None:
    with served(workbench.workspace.root) as address:
        told = address.replace("00_start_here", "02_which_records_belong_together")
        lab = Lab(browser, told, pictures=PICTURES)
        lab.run_all()
        view = lab.view("What belongs together")
        view.box.locator("select.key-l, .key-l select").select_option(label="Lumière, Customer")
        view.sees("46 of 108 records belong together")
        view.box.get_by_role("button", name="VAT Registration No.", exact=True).click()
        view.sees("Matched by Name;")
        view.box.get_by_role("button", name="Name", exact=True).click()
        view.sees("not matched yet")
        view.box.locator("select", has_text="a field …").select_option("City")
        view.press("Several fit 108")
        view.box.get_by_placeholder("Number, name or reason").fill("10366")
        view.box.get_by_placeholder("Number, name or reason").press("Enter")
        view.row("10366").click()
        view.sees("20068")
        lab.picture("7_several_fit")
        view.key("k")
        view.has("Couple the picked 1")
        view.key("d")
        view.has("Discard")
        lab.picture("8_picked")
        view.key("y")
        view.sees("Undo")
        lab.picture("9_coupled")
        lab.page.close()
    pair = 'select c."No.", l."No." from coupling join HOLDING.Customer c on c._id = integration_id'
    pair += " join LUMIERE.Customer l on l._id = local_id where mapping = 'LUMIERE/CUSTOMER'"
    assert workbench.sql(pair).rows() == [("10366", "20068")]
    assert lab.troubles == []
