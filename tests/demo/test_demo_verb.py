"""The verb demo: where it goes, what it says, and that a second run starts afresh."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from mdsync_nb import Workbench
from mdsync_nb.cli import app
from mdsync_nb.errors import UsageError


def test_a_second_run_starts_afresh_and_ends_with_the_path_of_its_report(demo_copy: Path) -> None:
    shipped = (demo_copy / "mdsync.yaml").read_text("utf-8")
    first_jobs = Workbench(demo_copy).jobs().height
    earlier = sorted((demo_copy / "reports").iterdir())
    (demo_copy / "mdsync.yaml").write_text("nothing: here\n", "utf-8")
    (demo_copy / "nordic" / "2026-03-10" / "customer.csv").unlink()
    (demo_copy / "mine.txt").write_text("kept", "utf-8")
    ended = CliRunner().invoke(app, ["demo", str(demo_copy)])
    assert ended.exit_code == 1, ended.output
    *steps, last = ended.stdout.strip().split("\n")
    assert Path(last).suffix == ".html"
    assert "Where do the companies differ?" in Path(last).read_text("utf-8")
    assert [step.split(" ")[0] for step in steps] == [
        "Copied",
        "Loaded",
        "Coupled",
        "Loaded",
        "Coupled",
        "Left",
        "Decide",
        "Compared",
    ]
    assert f"Decide what waits: mdsync lab {demo_copy}" in steps
    assert (demo_copy / "mdsync.yaml").read_text("utf-8") == shipped
    assert Workbench(demo_copy).jobs().height == first_jobs
    assert (demo_copy / "mine.txt").read_text("utf-8") == "kept"
    assert all(one.exists() for one in earlier)


@pytest.mark.parametrize("held", ["taxes.xlsx", "mdsync.yaml"])
def test_a_folder_that_holds_something_else_is_left_alone(held: str, tmp_path: Path) -> None:
    (tmp_path / held).write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="something that is not the demo"):
        Workbench.demo(tmp_path, say=lambda _: None)
    assert [one.name for one in tmp_path.iterdir()] == [held]
    assert (tmp_path / held).read_text("utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine", "utf-8")
    with pytest.raises(UsageError):
        Workbench.demo(tmp_path / "demo", say=lambda _: None)


def test_the_acquired_company_is_left_uncoupled(demo: Path) -> None:
    status = Workbench(demo).status()
    coupled = {row["mapping"]: row["coupled"] for row in status.to_dicts()}
    assert all(many == 0 for name, many in coupled.items() if name.startswith("LUMIERE/"))
    assert coupled["NORDIC/CUSTOMER"] == 410
    assert coupled["DEUTSCHLAND/CUSTOMER"] == 391
