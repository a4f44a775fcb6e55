"""The first synchronization on the command line: what is shown, asked, done and said about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdsync_nb import Workbench
from mdsync_nb.cli import asking


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sits in front of the terminal."""
    monkeypatch.setattr(asking, "somebody_there", lambda: True)


def kept(folder: Path) -> pl.DataFrame:
    return Workbench(folder).sql("select * from review order by mapping")


def test_the_lines_are_shown_with_the_names_of_the_frame(demo_copy: Path, mdsync_json: Any) -> None:
    said, code = mdsync_json("review", "DEUTSCHLAND", folder=demo_copy)
    lines = {one["mapping"]: one for one in said["lines"]}
    assert code == 1
    assert lines["DEUTSCHLAND/CONTACT"]["recommendation"] == "Not Loaded"
    country = lines["DEUTSCHLAND/COUNTRYREGION"]
    assert (country["wave"], country["source_rows"], country["local_rows"]) == (2, 62, 65)
    assert country["depends_on"] == ["DEUTSCHLAND/CURRENCY"]


@pytest.mark.usefixtures("somebody")
def test_without_a_yes_no_job_runs_and_the_lines_stay(demo_copy: Path, mdsync: Any) -> None:
    """FS-015. The question says how many look like existing records, and of which tables."""
    mdsync("review", "LUMIERE", folder=demo_copy)
    before, jobs = kept(demo_copy), Workbench(demo_copy).jobs()
    asked = ("review", "LUMIERE", "--start", "--restart", "--exclude", "LUMIERE/ITEM")
    ended = mdsync(*asked, folder=demo_copy, typed="n\n")
    assert ended.exit_code == 1
    assert "Start 7 tables: couple 176 and create 102 in LUMIERE; 15 look like" in ended.stderr
    assert "(LUMIERE/CUSTOMER, LUMIERE/VENDOR and LUMIERE/CONTACT)" in ended.stderr
    assert "Same VAT number and post code" in ended.stdout
    assert kept(demo_copy).equals(before)
    assert Workbench(demo_copy).jobs().equals(jobs)


@pytest.mark.usefixtures("somebody")
def test_after_a_yes_lines_are_done_and_then_nothing_is_left_to_ask(
    demo_copy: Path, mdsync: Any
) -> None:
    asked = ("review", "NORDIC/CURRENCY", "--start")
    first = mdsync(*asked, folder=demo_copy, typed="y\n")
    assert (first.exit_code, "finished" in first.stdout) == (0, True)
    again = mdsync(*asked, folder=demo_copy)
    assert again.exit_code == 0
    assert "No line is left that could be started." in again.stdout


def test_an_error_gives_its_exit_code_and_leaving_it_out_lets_the_others_go_on(
    demo_copy: Path, mdsync_json: Any
) -> None:
    """A currency sign that the encoding of Lumière's files does not have."""
    two = ("review", "LUMIERE/CURRENCY", "LUMIERE/COUNTRYREGION", "--start", "--yes")
    said, code = mdsync_json(*two, folder=demo_copy)
    assert (code, list(said["errors"])) == (5, ["LUMIERE/CURRENCY"])
    assert [one["status"] for one in said["lines"]] == ["error", ""]
    said, code = mdsync_json(*two, "--exclude", "LUMIERE/CURRENCY", folder=demo_copy)
    assert (code, said["errors"]) == (0, {})
    assert [one["status"] for one in said["lines"]] == ["excluded", "finished"]
    assert [one["counts"]["inserted"] for one in said["jobs"]] == [4]


def test_keys_of_what_looks_alike_are_masked_where_reports_mask_them(
    demo_copy: Path, mdsync: Any
) -> None:
    settings = demo_copy / "mdsync.yaml"
    text = settings.read_text("utf-8").replace("mask: []", "mask: [No.]")
    settings.write_text(text, "utf-8")
    mdsync("review", "LUMIERE/CUSTOMER", folder=demo_copy)
    ended = mdsync("review", "LUMIERE/CUSTOMER", "--start", folder=demo_copy)
    assert ended.exit_code == 2
    assert "Same VAT number" in ended.stdout
    assert "10610" not in ended.stdout


@pytest.mark.parametrize("option", ["--restart", "--force", "--exclude=NORDIC/ITEM"])
def test_what_is_about_starting_is_wrong_usage_without_it(
    option: str, demo: Path, mdsync: Any
) -> None:
    ended = mdsync("review", "NORDIC", option, folder=demo)
    assert ended.exit_code == 2
    assert "--start" in ended.stderr
