"""Errors: two sentences and an exit code; a traceback only for who asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mdsync_nb.cli.ending import ended
from mdsync_nb.cli.terminal import cell, clean, table
from mdsync_nb.errors import CouldNotRun, StoreBusy, UnknownName
from mdsync_nb.workbench import Workbench


def raising(error: BaseException) -> Callable[..., Any]:
    def verb(*_: object, **__: object) -> Any:
        raise error

    return verb


def test_an_error_is_what_happened_and_what_to_do(demo: Path, mdsync: Any) -> None:
    told = mdsync("explain", "CUSTOMER", "10250", folder=demo)
    assert told.stdout == ""
    what_happened, what_to_do, rest = told.stderr.split("\n")
    assert what_happened == "There is no mapping 'CUSTOMER'."
    assert what_to_do.startswith("Known: NORDIC/CUSTOMER, ")
    assert rest == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownName("job", 7), 2),
        (StoreBusy("workbench.duckdb", "PID 12", 60), 5),
        (CouldNotRun("It does not run."), 5),
        (ValueError("seven"), 5),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda one: type(one).__name__,
)
def test_every_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert ended(raising(error), json=False, debug=False) == code


@pytest.mark.parametrize("asked", ["--debug", "MDSYNC_DEBUG"])
def test_the_traceback_is_shown_to_who_asks_for_it(
    asked: str, demo: Path, mdsync: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workbench, "status", raising(RuntimeError("a wheel came off")))
    monkeypatch.delenv("MDSYNC_DEBUG", raising=False)
    plain = mdsync("status", folder=demo)
    assert plain.exit_code == 5
    assert "Something unexpected happened: RuntimeError: a wheel came off" in plain.stderr
    assert "--debug" in plain.stderr
    assert "Traceback" not in plain.stderr
    words = ["status", asked] if asked.startswith("-") else ["status"]
    monkeypatch.setenv("MDSYNC_DEBUG", "1" if asked == "MDSYNC_DEBUG" else "0")
    shown = mdsync(*words, folder=demo)
    assert shown.exit_code == 5
    assert "Traceback" in shown.stderr


def test_ctrl_c_ends_with_130(demo: Path, mdsync: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workbench, "compare", raising(KeyboardInterrupt()))
    assert mdsync("compare", folder=demo).exit_code == 130


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]8;;http://evil\x07link", "]8;;http://evillink"),
        ("two\nlines\tand\rmore", "two lines andmore"),
        ("left\u202eright\u200b", "leftright"),
        ("Caf\u00e9 \U0001f600", "Caf\u00e9 \U0001f600"),
        ("a\u00a0b\x00\x9bc", "a bc"),
        ("\ud800half", "half"),
    ],
)
def test_no_value_does_harm_in_a_terminal(value: str, shown: str) -> None:
    assert clean(value) == shown


def test_markup_in_a_value_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    table([{"n": "[bold]x[/bold] :smile: [/]"}], {"n": "[red]Name"})
    told = capsys.readouterr().out
    assert "[bold]x[/bold] :smile: [/]" in told
    assert "[red]Name" in told


def test_a_cell_is_as_people_read_it() -> None:
    assert [cell(one) for one in (None, True, 1839, "00010", ["a", "b"])] == [
        "",
        "yes",
        "1,839",
        "00010",
        "a, b",
    ]


def test_who_ends_a_plan_by_ctrl_c_is_told_what_is_done_and_how_to_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = KeyboardInterrupt()
    error.add_note("Plan d5a5e313 was stopped. To go on: mdsync apply d5a5e313.")
    assert ended(raising(error), json=False, debug=False) == 130
    assert capsys.readouterr().err == f"{error.__notes__[0]}\n"
