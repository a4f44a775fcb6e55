"""The demo: a holding and three subsidiaries, from their exports to the comparison report."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from mdsync_nb.errors import CouldNotRun, UsageError
from mdsync_nb.shipped import shipped
from mdsync_nb.workspace import Workspace

SOURCE, FIRST, SECOND, ACQUIRED = "HOLDING", "NORDIC", "DEUTSCHLAND", "LUMIERE"
AGREED_ON = "2026-03-02"
"""The export in which the holding and its first subsidiary still agreed."""

NOTEBOOK = "where_do_the_companies_differ"
MARK = ".mdsync-demo"
MADE = ".mdsync", "out"
"""What runs leave behind; reports of earlier runs are kept."""

Say = Callable[[str], None]


class Bench(Protocol):
    """What the demo needs of a workbench."""

    @property
    def workspace(self) -> Workspace:
        """What people set."""

    def load(self, *companies: str, snapshot: str | None = None) -> pl.DataFrame:
        """Load companies."""

    def couple(self, mapping: str) -> Any:
        """Couple a mapping."""

    def run(self, notebook: str) -> Path:
        """Run a notebook."""


def demonstrate(folder: Path, *, opens: Callable[[Path], Bench], say: Say) -> Path:
    """Run the main job on the shipped demo; gives the path of its HTML report.

    The older exports of the holding and one subsidiary are loaded and coupled, so that later
    changes have a base; then everything newest. The acquired subsidiary stays uncoupled, as a
    new one is. Raises UsageError for a folder that holds something else.
    """
    exports = _copied(folder)
    say(f"Copied the exports of {exports} companies to {folder}")
    bench = opens(folder)
    say(f"Loaded {SOURCE} and {FIRST} of {AGREED_ON}: {_loaded(bench, AGREED_ON, SOURCE, FIRST)}")
    say(f"Coupled {FIRST} with {SOURCE}: {_coupled(bench, FIRST)}")
    say(f"Loaded the newest exports of all: {_loaded(bench, None)}")
    say(f"Coupled {SECOND} with {SOURCE}: {_coupled(bench, SECOND)}")
    say(f"Left {ACQUIRED} uncoupled: its records have numbers of their own")
    report = bench.run(NOTEBOOK)
    say(f"Decide what waits: mdsync lab {shlex.quote(str(folder))}")
    say("Compared the companies, nothing written. The report:")
    return report


def _copied(folder: Path) -> int:
    """Copy the shipped exports and settings into a folder, afresh; gives how many companies."""
    origin, mark = shipped("demo"), folder / MARK
    if folder.exists() and not mark.is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"{folder} holds something that is not the demo.",
            hint="Name an empty folder, or one that does not exist yet.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text("Made by `mdsync demo`; running it here again starts afresh.\n", "utf-8")
    companies = [one.name for one in origin.iterdir() if one.is_dir()]
    try:
        for name in (*MADE, *companies):
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        shutil.copytree(origin, folder, dirs_exist_ok=True)
        notebooks = shutil.ignore_patterns(".*", "__pycache__")
        shutil.copytree(
            shipped("notebooks"), folder / "notebooks", ignore=notebooks, dirs_exist_ok=True
        )
    except OSError as error:
        raise CouldNotRun(
            f"The demo cannot be set up in {folder}: {error}.",
            hint="Close what has its files open, or name another folder.",
        ) from error
    return len(companies)


def _loaded(bench: Bench, snapshot: str | None, *companies: str) -> str:
    loads = bench.load(*companies, snapshot=snapshot)
    return f"{loads.height} tables, {loads['kept'].sum():,} records"


def _coupled(bench: Bench, company: str) -> str:
    """Couple every mapping of a company whose table both sides deliver; gives how many pairs."""
    workspace, pairs, tables = bench.workspace, 0, 0
    for mapping in workspace.select():
        sides = (mapping.local, mapping.table), (mapping.integration, mapping.integration_table)
        delivered = all(workspace.company(name).table_file(table) for name, table in sides)
        if mapping.local == company and delivered:
            pairs += bench.couple(mapping.name).counts.get("match", 0)
            tables += 1
    return f"{pairs:,} pairs in {tables} tables"
