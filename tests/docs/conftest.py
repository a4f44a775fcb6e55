"""The demo, made once, for every page of the documentation to run its examples on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `mdsync demo` ran. Workers of one test run share it, so copy it."""
    from mdsync_nb.cli import app

    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "documentation"
    with FileLock(str(folder) + ".lock"):
        if not (folder / "made").exists():
            made = CliRunner().invoke(app, ["demo", str(folder)])
            assert made.exit_code == 1, made.output
            (folder / "made").touch()
    return folder
