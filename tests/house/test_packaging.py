"""What is shipped, and that the files which say the same thing are equal."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_environment_yml_says_what_pyproject_says() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_environment.py", "--print"],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert made.stdout == (ROOT / "environment.yml").read_text("utf-8")


def test_the_wheel_contains_notebooks_packs_and_the_demo(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    wheel = next(tmp_path.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {Path(name).name for name in names}
    assert {"master_data.yaml", "item.yaml", "bc_fields.csv", "look.css", "view.css"} <= shipped
    assert {"keyboard.js", "threeway.js", "page_config.json"} <= shipped
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"mdsync_nb/_shipped/notebooks/{notebook.name}" in names
    assert "mdsync_nb/_shipped/demo/mdsync.yaml" in names


def test_the_top_of_the_house_is_as_promised() -> None:
    top = {one.name for one in ROOT.iterdir()}
    promised = {
        "notebooks", "mdsync_nb", "data", "reports", "tests", "environment.yml", "pyproject.toml",
        "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "benchmarks", "docs",
        ".ci",
    }  # fmt: skip
    assert promised <= top
