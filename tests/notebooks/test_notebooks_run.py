"""Every notebook runs on the demo: once as it is under nbval, once with other parameters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from mdsync_nb import Workbench
from mdsync_nb.errors import NotebookFailed
from mdsync_nb.notebooks import waiting_in

REPOSITORY = Path(__file__).parents[2]


def kept(folder: Path) -> list[pl.DataFrame]:
    workbench = Workbench(folder, progress=False)
    return [workbench.jobs(), workbench.status()]


def test_every_notebook_runs_as_it_is_and_writes_no_company(demo_copy: Path) -> None:
    before = kept(demo_copy)
    shutil.copytree(REPOSITORY / "notebooks", demo_copy / "notebooks", dirs_exist_ok=True)
    words = ["pytest", "--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [sys.executable, "-m", *words, "notebooks"],
        cwd=demo_copy,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:]
    assert all(one.equals(other) for one, other in zip(before, kept(demo_copy), strict=True))
    assert not (demo_copy / "out").exists()


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("01", {"mappings": ["DEUTSCHLAND"]}, "Deutschland"),
        ("02", {"mappings": "LUMIERE/VENDOR", "couple": "yes"}, "Jobs"),
        ("03", {"mappings": "NORDIC/ITEM, NORDIC/CURRENCY", "apply": True}, "To reverse a job"),
        ("04", {"mappings": ["NORDIC/VENDOR"]}, "21 DAYS"),
        ("05", {"mapping": "NORDIC/VENDOR", "job": "6"}, "NORDIC/VENDOR"),
        ("06", {"mappings": ["NORDIC/ITEM"], "apply": "on"}, "To reverse a job"),
        ("07", {"mappings": ["NORDIC/ITEM"]}, "site/front.html"),
        ("08", {"mapping": "NORDIC/CUSTOMER", "record": "10250"}, "Changed in both"),
        ("09", {"table": "Vendor", "here": "DEUTSCHLAND"}, "Currency Code"),
        ("10", {"load": False}, "asks nothing of you"),
    ],
)
def test_a_notebook_runs_with_other_parameters(
    name: str, parameters: dict[str, object], says: str, demo_copy: Path
) -> None:
    report = Workbench(demo_copy, progress=False).run(name, **parameters)
    page = report.read_text("utf-8")
    assert says in page
    assert "The notebook stopped" not in page
    assert "http://" not in page.replace("http://www.w3.org/", "")


def test_the_first_notebook_writes_the_worklist_beside_its_report(demo_report: Path) -> None:
    worklist = demo_report.with_suffix(".xlsx")
    listed = pl.read_excel(worklist, sheet_name="Worklist")
    assert listed.height > 68
    assert f'href="{worklist.name}"' in demo_report.read_text("utf-8")
    assert waiting_in(demo_report) > 42


def test_a_full_synchronization_beyond_the_limits_stops_with_exit_code_4(demo_copy: Path) -> None:
    workbench = Workbench(demo_copy, progress=False)
    with pytest.raises(NotebookFailed) as failed:
        workbench.run("06", mappings="LUMIERE/CUSTOMER", apply=True)
    assert failed.value.exit_code == 4
    page = Path(failed.value.report).read_text("utf-8")
    assert page.index("The notebook stopped before its end.") < page.index("The plan")
    assert "Exit code 4." in page
    assert "Read the preview" in page
