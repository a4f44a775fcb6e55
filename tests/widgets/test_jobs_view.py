"""The view of the log, driven without a browser on the demo."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets as ui
import pytest

from mdsync_nb import Workbench
from mdsync_nb.engine.progress import watched
from mdsync_nb.widgets.beside import Latest, Pulse
from tests.widgets.driving import button, press, said, visible

SYNCED = "NORDIC/CUSTOMER"


@pytest.fixture
def view(workbench: Workbench) -> Any:
    workbench.sync(SYNCED)
    return workbench.view.jobs()


def stand_on(view: Any, place: int) -> None:
    view.grid.keys.row = place
    view.grid.keys.walks += 1
    view.reads.wait(60)
    view.looks.wait(60)


def outcomes(view: Any) -> dict[str, int]:
    chips = [one.description.rpartition(" ") for one in view.filters._kinds.values()]
    return {words: int(many) for words, _, many in chips}


def test_the_log_is_filtered_by_table_outcome_and_failures(view: Any) -> None:
    assert "16 jobs, 1 with failures" in said(view)
    assert outcomes(view) == {"All": 16, "Some failed": 1, "Done": 15}
    assert view.grid.rows["job_id"].to_list() == list(range(16, 0, -1))
    view.filters.ask(table="Customer in Nordic")
    assert view.grid.rows["what"].to_list() == ["synchronize modified", "coupling"]
    view.filters.ask(failures="something failed")
    assert outcomes(view) == {"All": 1, "Some failed": 1, "Done": 0}
    press(view, "Show all")
    view.filters.ask(age="older than 7 days")
    assert "No job matches the filter" in said(view)


def test_a_job_is_told_under_the_grid(view: Any) -> None:
    stand_on(view, 0)
    told = said(view)
    assert "25 records written, 25 records failed." in told
    assert "The record was changed in the subsidiary" in told
    assert "Lotsenstieg 115" in told
    assert "Failed: 25 records" in told
    press(view, "Done")
    assert "25 records written" not in said(view)


def test_jobs_are_taken_back_the_newest_first_after_a_look(view: Any, workbench: Workbench) -> None:
    first = view.grid.rows["job_id"][0]
    view.grid.select([first, first - 1])
    press(view, "Undo jobs 2")
    assert [one.title for one in view.strip.plans] == [
        f"Undo of job {first}", f"Undo of job {first - 1}",
    ]  # fmt: skip
    assert workbench.jobs().height == first
    press(view, "Apply to")
    view.reads.wait(60)
    view.looks.wait(60)
    assert outcomes(view)["Undone"] == 2
    assert workbench.jobs().filter(undone_by=first + 1)["job_id"].to_list() == [first]


def test_a_run_is_planned_again_and_what_a_person_said_is_not(view: Any) -> None:
    run, coupling = view.grid.rows["job_id"][0], view.grid.rows["job_id"][1]
    view.grid.select([coupling])
    assert button(view, "Run again 0").disabled
    view.grid.select([run, coupling])
    press(view, "Run again 1")
    (plan,) = view.strip.plans
    assert plan.title == f"Synchronize modified: {SYNCED}"
    assert plan.waiting == 25


def test_named_records_are_planned_again_as_they_were_asked_for(workbench: Workbench) -> None:
    asked = workbench.synchronize_records(SYNCED, records=["10250"])
    assert asked.plan is not None
    (applied,) = workbench.apply(asked.plan.plan_id)
    (again,) = workbench.plan_again(applied.job_id)
    assert again.decisions["key"].to_list() == ["10250"]
    assert again.steps[0]["forced"]


def test_what_is_written_is_seen_step_by_step_to_its_end(view: Any, workbench: Workbench) -> None:
    plan = workbench.plan("NORDIC/VENDOR", "NORDIC/ITEM")
    seen: list[tuple[bool, str]] = []
    view.pulse.every = 3600

    class Looks:
        stop = threading.Event()

        def told(self, *_: object) -> None:
            seen.append((view.look(), view._running.value))

    with watched(Looks()):
        workbench.apply(plan.plan_id)
    assert any(runs and "step 1 of 2, Vendor in Nordic" in told for runs, told in seen)
    assert not view.look()
    assert view.log["job_id"].to_list()[:2] == [18, 17]
    assert view._running.layout.display == "none"


def test_a_pulse_ends_when_there_is_nothing_more_to_see() -> None:
    left = [True, True, False]
    pulse = Pulse(lambda: left.pop(0), every=0)
    pulse.begin()
    assert pulse._thread is not None
    pulse._thread.join(10)
    assert left == []
    assert not pulse.beats


def test_the_newest_question_is_answered_and_those_before_are_dropped() -> None:
    answered: list[int] = []
    late = threading.Event()
    reads = Latest(lambda *_: answered.append(-1))
    reads.ask(lambda: late.wait(10), lambda _: answered.append(1))
    first = reads._thread
    reads.ask(lambda: 2, answered.append)
    reads.wait(10)
    late.set()
    assert first is not None
    first.join(10)
    assert answered == [2]


def test_its_static_twin_lists_the_jobs_and_tells_the_newest(view: Any) -> None:
    bundle = view._repr_mimebundle_()
    assert bundle["text/plain"] == "Jobs: 16 jobs, 1 with failures"
    assert "Errors by reason" in bundle["text/html"]
    assert "Item in Deutschland" in bundle["text/html"]


def test_a_plan_that_was_not_applied_is_gone_on_with_by_whoever_comes_later(
    workbench: Workbench,
) -> None:
    view = workbench.view.jobs()
    assert not any(one.description == "Show the plan" for one in shown_buttons(view))
    made = workbench.plan("NORDIC/CURRENCY", full=True)
    later = Workbench(workbench.workspace.root, progress=False).view.jobs()
    assert f"<li>{made.title} · " in later.twin().markup
    press(later, "Show the plan")
    assert [one.plan_id for one in later.strip.plans] == [made.plan_id]
    press(later, "Apply")
    later.reads.wait(60)
    assert workbench.plans()["status"].to_list() == ["applied"]
    assert not any(one.description == "Show the plan" for one in shown_buttons(later))


def shown_buttons(view: Any) -> list[Any]:
    return [one for one in visible(view.box) if isinstance(one, ui.Button)]
