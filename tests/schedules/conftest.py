"""A workspace whose folder has a name that no shell, cron, unit file or template likes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from mdsync_nb.workbench import Workbench

HOSTILE = """a b%n 'q' "d" $HOME;#{{ 7 * 7 }}&é"""
SETTINGS = """
name: "Group\\n* * * * * rm -rf / %"
companies:
  HQ: {folder: HQ, complete: yes, tables: {Thing: thing.csv, Part: part.csv, Bin: bin.csv}}
  DE: {folder: DE, complete: yes, tables: {Thing: thing.csv, Part: part.csv, Bin: bin.csv}}
tables:
  Thing: {key: No., fields: {No.: code(20), Name: text}}
  Part: {key: No., fields: {No.: code(20), Name: text}}
  Bin: {key: No., fields: {No.: code(20), Name: text}}
links:
  DE:
    local: DE
    integration: HQ
    mappings:
      "THING {{ 7 + 7 }}": {table: Thing, depends_on: [PART, BIN]}
      PART: {table: Part}
      "P-ART": {table: Part, depends_on: [PART]}
      BIN: {table: Bin, enabled: no}
"""
Made = Callable[..., Workbench]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Make a workspace in a folder of some name; give its workbench."""

    def make(name: str = HOSTILE, settings: str = SETTINGS) -> Workbench:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "mdsync.yaml").write_text(settings, "utf-8")
        return Workbench(folder, clock=lambda: datetime(2026, 3, 1, 8), progress=False)

    return make


@pytest.fixture
def python_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python that only writes down what it was called with, in a folder of a hostile name."""
    folder = tmp_path / "py %n $PATH #x"
    folder.mkdir()
    program = folder / "python"
    program.write_text(
        f"#!{sys.executable}\nimport json, os, sys\n"
        "print(json.dumps([os.getcwd(), *sys.argv]), flush=True)\n",
        "utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return program
