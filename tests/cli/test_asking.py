"""Nothing is written before somebody said yes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdsync_nb import Workbench
from mdsync_nb.cli import asking

WRITES = {
    "couple LUMIERE/CUSTOMER": "Couple 46 records of LUMIERE/CUSTOMER? No company is written.",
    "uncouple NORDIC/CUSTOMER 10250": "Uncouple 1 record of NORDIC/CUSTOMER? No company is written.",
    "sync NORDIC/ITEM": "change 12 in NORDIC?",
    "sync --all --full --force": "create",
    "undo 1": "Apply plan ",
    "review LUMIERE/COUNTRYREGION --start": "Start 1 table: ",
}


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sits in front of the terminal."""
    monkeypatch.setattr(asking, "somebody_there", lambda: True)


def jobs(folder: Path) -> pl.DataFrame:
    return Workbench(folder).jobs()


@pytest.mark.parametrize(("words", "question"), WRITES.items(), ids=list(WRITES))
def test_without_a_terminal_and_without_yes_it_refuses(
    words: str, question: str, demo_copy: Path, mdsync: Any
) -> None:
    before = jobs(demo_copy)
    ended = mdsync(*words.split(), folder=demo_copy)
    assert ended.exit_code == 2
    assert question in ended.stderr
    assert "--yes" in ended.stderr
    assert jobs(demo_copy).equals(before)
    assert not (demo_copy / "out").exists()


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("words", WRITES)
def test_after_a_no_nothing_is_written(words: str, demo_copy: Path, mdsync: Any) -> None:
    before = jobs(demo_copy)
    ended = mdsync(*words.split(), folder=demo_copy, typed="n\n")
    assert ended.exit_code == 1
    assert "Nothing was written." in ended.stderr
    assert jobs(demo_copy).equals(before)


@pytest.mark.usefixtures("somebody")
def test_after_a_yes_it_is_written(demo_copy: Path, mdsync: Any) -> None:
    ended = mdsync("sync", "NORDIC/ITEM", folder=demo_copy, typed="y\n")
    assert ended.exit_code == 0
    assert jobs(demo_copy)["modified"][0] == 12


@pytest.mark.usefixtures("somebody")
def test_no_answer_at_all_is_wrong_usage(demo_copy: Path, mdsync: Any) -> None:
    assert mdsync("sync", "NORDIC/ITEM", folder=demo_copy, typed="").exit_code == 2


def test_an_applied_plan_asks_nothing_and_writes_nothing(demo_copy: Path, mdsync: Any) -> None:
    made = Workbench(demo_copy, progress=False).plan("NORDIC/ITEM").plan_id
    assert mdsync("apply", made, "-y", folder=demo_copy).exit_code == 0
    before = jobs(demo_copy)
    again = mdsync("apply", made, folder=demo_copy)
    assert again.exit_code == 0
    assert "nothing was left to write" in again.stdout
    assert jobs(demo_copy).equals(before)


def test_coupling_from_the_command_line_couples(demo_copy: Path, mdsync: Any) -> None:
    by = ("--by", "VAT Registration No.", "--by", "Name")
    ended = mdsync("couple", "LUMIERE/VENDOR", *by, "--yes", folder=demo_copy)
    assert ended.exit_code == 0
    assert "coupled 19 records" in ended.stdout
    status = Workbench(demo_copy).status().filter(pl.col("mapping") == "LUMIERE/VENDOR")
    assert status["coupled"].to_list() == [19]
