"""The benchmark in small: it asks every question, compares the answers, and would see a wrong one."""

import contextlib
import copy
import io
import json
from pathlib import Path

import pytest

from benchmarks.run import HEAD, QUESTIONS, YARDSTICK, AnswersDiffer, check, main

ROWS = 20_000


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder, printed = tmp_path_factory.mktemp("bench"), io.StringIO()
    with contextlib.redirect_stdout(printed):
        main(ROWS, 1, folder)
    return folder, printed.getvalue()


def test_the_library_and_plain_sql_say_the_same_of_the_same_files(told):
    folder, _ = told
    answers = json.loads((folder / "results.json").read_text("utf-8"))["rounds"][0]
    assert answers["full plan"]["classes"] == answers[YARDSTICK]["classes"]
    assert answers["full plan"]["cells"] == answers[YARDSTICK]["cells"] > 0
    assert set(answers[YARDSTICK]["classes"]) == {
        "changed_both", "changed_destination", "changed_source", "drift", "gone_destination",
        "gone_source", "new_destination", "new_source", "touched",
    }  # fmt: skip


def test_every_question_has_a_line_with_time_memory_and_ratio(told):
    _, printed = told
    lines = printed.splitlines()
    assert lines[0] == "20,000 customers a side, 1 rounds"
    assert [line.split("  ")[0] for line in lines[2:-1]] == [YARDSTICK, *QUESTIONS]
    assert all(name in lines[1] for name in HEAD)


@pytest.mark.parametrize(
    ("question", "what", "wrong"),
    [
        ("full plan", "classes", {"drift": 1}),
        ("full plan", "cells", 1),
        ("classify only", "classes", {}),
        ("first load", "records", ROWS),
        ("plan after 100 changes", "records", 99),
        ("apply 50,000 changes", "records", 0),
    ],
)
def test_an_answer_that_is_not_the_yardsticks_stops_the_benchmark(told, question, what, wrong):
    folder, _ = told
    answers = json.loads((folder / "results.json").read_text("utf-8"))["rounds"][0]
    check(answers, ROWS)
    spoilt = copy.deepcopy(answers)
    spoilt[question][what] = wrong
    with pytest.raises(AnswersDiffer, match=f"{question}: {what}"):
        check(spoilt, ROWS)
