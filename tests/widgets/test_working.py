"""Cancel ends what is being done, with nothing half done, and lets it go on later."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from mdsync_nb import Workbench
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.widgets.strip import Strip
from mdsync_nb.widgets.working import Working
from tests.widgets.driving import button, press, said

TABLES = ("NORDIC/COUNTRYREGION", "NORDIC/PAYMENTTERMS")


class Cancelled(Working):
    """Somebody presses Cancel as soon as one part is done, while they want to."""

    cancels = True

    def told(self, what: str, done: int, total: int) -> None:
        super().told(what, done, total)
        if done and self.cancels:
            self._cancel.click()


def test_cancel_ends_a_comparison_after_the_table_in_work(workbench: Workbench) -> None:
    working, found = Cancelled(), []
    working.begin("Looking", lambda: workbench.compare(*TABLES), found.append)
    working.wait(60)
    assert found == []
    assert "Compare was stopped after 1 of 2 tables." in working._failed.value
    assert working._bar.description == "1 of 2"


def test_a_plan_that_was_cancelled_can_go_on_from_the_strip(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdsync_nb.widgets.strip.Working", Cancelled)
    reloads: list[int] = []
    strip = Strip(workbench, workbench._clock, after=lambda: reloads.append(1))
    view = SimpleNamespace(box=strip.box, strip=strip)
    strip.working.cancels = False
    strip.propose("Plan", lambda: workbench.plan(*TABLES, full=True))
    strip.working.wait(60)
    strip.working.cancels = True
    press(view, "Apply")
    assert "was stopped after 1 of 2 steps" in said(view)
    assert (reloads, workbench.plans()["status"][0]) == ([1], "stopped")
    strip.working.cancels = False
    press(view, "Go on")
    assert workbench.plans()["status"][0] == "applied"
    assert "Applied in Nordic" in said(view)


def test_what_could_not_be_written_can_be_tried_again(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    strip = Strip(workbench, workbench._clock, after=lambda: None)
    view = SimpleNamespace(box=strip.box, strip=strip)
    strip.propose("Plan", lambda: workbench.plan(TABLES[1], full=True))
    strip.working.wait(60)
    with monkeypatch.context() as refused:
        refused.setattr(Workbench, "apply", _refuses)
        press(view, "Apply")
    assert "The disk is full." in strip.working._failed.value
    press(view, "Apply")
    assert "Applied in Nordic" in said(view)


def _refuses(*_: object, **__: object) -> None:
    raise CouldNotRun("The disk is full.", hint="Make room.")


def strip_of(workbench: Workbench) -> tuple[Strip, SimpleNamespace]:
    strip = Strip(workbench, workbench._clock, after=lambda: None)
    return strip, SimpleNamespace(box=strip.box, strip=strip)


def test_nothing_else_is_asked_while_a_plan_is_made(workbench: Workbench) -> None:
    """A yes is always for what is shown."""
    strip, view = strip_of(workbench)
    goes_on, done = threading.Event(), list[str]()

    def planned() -> object:
        goes_on.wait(30)
        return workbench.plan(TABLES[1], full=True)

    strip.propose("Plan", planned)
    strip.ask("Reject", "It is written down.", word="Reject", does=lambda: done.append("rejected"))
    assert "Plan is not done yet." in strip.working._failed.value
    goes_on.set()
    strip.working.wait(60)
    press(view, "Apply")
    assert (done, workbench.plans()["status"][0]) == ([], "applied")


def test_what_can_be_undone_stays_while_something_else_is_done(workbench: Workbench) -> None:
    strip, view = strip_of(workbench)
    strip.propose("Plan", lambda: workbench.plan(TABLES[1], full=True))
    strip.working.wait(60)
    press(view, "Apply")
    goes_on = threading.Event()
    strip.working.begin("Comparing", lambda: goes_on.wait(30), lambda _: None)
    strip.undo()
    goes_on.set()
    strip.working.wait(60)
    press(view, "Undo")
    assert "Undo of job" in said(view)


def test_what_was_written_before_it_broke_off_can_be_taken_back(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    strip, view = strip_of(workbench)
    strip.propose("Plans", lambda: [workbench.plan(one, full=True) for one in TABLES])
    strip.working.wait(60)
    second, whole = strip.plans[1].plan_id, Workbench.apply
    with monkeypatch.context() as refused:
        refused.setattr(
            Workbench,
            "apply",
            lambda bench, one, **how: _refuses() if one == second else whole(bench, one, **how),
        )
        press(view, "Apply")
    assert "The disk is full." in strip.working._failed.value
    (first,) = strip.jobs
    assert button(view, "Undo what was written")
    press(view, "Apply")
    assert first in strip.jobs
    assert len(strip.jobs) == 2


def test_what_was_written_before_a_stop_is_taken_back_with_the_rest(
    workbench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdsync_nb.widgets.strip.Working", Cancelled)
    strip, view = strip_of(workbench)
    strip.working.cancels = False
    strip.propose("Plan", lambda: workbench.plan(*TABLES, full=True))
    strip.working.wait(60)
    strip.working.cancels = True
    press(view, "Apply")
    strip.working.cancels = False
    press(view, "Go on")
    plan = workbench.plans()["plan_id"][0]
    assert sorted(strip.jobs) == workbench.jobs().filter(plan_id=plan)["job_id"].sort().to_list()
    assert len(strip.jobs) == 2
