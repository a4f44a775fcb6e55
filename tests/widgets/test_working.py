"""Cancel ends what is being done, with nothing half done, and lets it go on later."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mdsync_nb import Workbench
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.widgets.strip import Strip
from mdsync_nb.widgets.working import Working
from tests.widgets.driving import press, said

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
