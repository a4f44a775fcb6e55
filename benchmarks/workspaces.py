"""The workbenches the benchmark starts from: prepared once a size, copied for every run."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from benchmarks.generate import NAMES, generate
from mdsync_nb.workbench import Workbench

MAPPING = "SUBSIDIARY/CUSTOMER"
SETTINGS = """
companies:
  HOLDING:
    currency: EUR
    folder: {data}/holding/{{snapshot}}
    tables: {{Customer: customer.parquet}}
  SUBSIDIARY:
    currency: EUR
    folder: {data}/subsidiary/{{snapshot}}
    tables: {{Customer: customer.parquet}}
links:
  SUBSIDIARY: {{local: SUBSIDIARY, integration: HOLDING, only: [CUSTOMER]}}
tables:
  Customer: {{fields: {{Customer Since: date}}}}
mappings:
  CUSTOMER: {{filter: {{}}, create_new: no, fields: {{only: [{fields}]}}}}
limits: {{updates: 100%}}
"""

STORE = Path(".mdsync") / "workbench.duckdb"


def _coupled(workbench: Workbench, data: Path) -> None:
    workbench.load(snapshot="base")
    pairs = pl.read_parquet(data / "coupling.parquet", columns=["integration_id", "local_id"])
    workbench.couple(MAPPING, pairs=pairs)


def _now(workbench: Workbench, _: Path) -> None:
    workbench.load(snapshot="now")


def _in_step(workbench: Workbench, _: Path) -> None:
    workbench.sync(MAPPING, full=True)


def _hundred(workbench: Workbench, _: Path) -> None:
    workbench.load("HOLDING", snapshot="hundred")


def _many(workbench: Workbench, _: Path) -> None:
    workbench.load("HOLDING", snapshot="many")


def _planned(workbench: Workbench, _: Path) -> None:
    workbench.plan(MAPPING)


STATES: dict[str, tuple[str, Callable[[Workbench, Path], None]]] = {
    "coupled": ("", _coupled),
    "now": ("coupled", _now),
    "in-step": ("coupled", _in_step),
    "hundred": ("in-step", _hundred),
    "many": ("in-step", _many),
    "planned": ("many", _planned),
}
"""The states a run can start from, each with the state it is made from, and how.

coupled: both companies as of base, every pair agreed. now: both companies loaded again. in-step:
coupled, after a full synchronization that found nothing to write. hundred, many: 100 and 50,000
records modified at the source company since then. planned: many, with the plan kept.
"""


def prepare(rows: int, folder: Path) -> None:
    """Write the exports and every prepared workbench that is not there yet."""
    generate(rows, folder / "data")
    for state, (before, step) in STATES.items():
        if (folder / "prepared" / f"{state}.duckdb").exists():
            continue
        with copy_of(folder, before) as copy:
            step(Workbench(copy, progress=False), folder / "data")
            made = copy / STORE
            unfinished = folder / "prepared" / f"{state}.unfinished"
            unfinished.parent.mkdir(exist_ok=True)
            made.rename(unfinished)
            unfinished.rename(unfinished.with_suffix(".duckdb"))


@contextmanager
def copy_of(folder: Path, state: str) -> Iterator[Path]:
    """Give a workspace of its own in a prepared state, a new one without; it is removed after."""
    copy = folder / "run"
    shutil.rmtree(copy, ignore_errors=True)
    (copy / STORE).parent.mkdir(parents=True)
    fields = ", ".join(f'"{name}"' for name in NAMES)
    data = (folder / "data").resolve().as_posix()
    (copy / "mdsync.yaml").write_text(SETTINGS.format(data=data, fields=fields), "utf-8")
    if state:
        shutil.copyfile(folder / "prepared" / f"{state}.duckdb", copy / STORE)
        _on_disk(copy / STORE)
    try:
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _on_disk(path: Path) -> None:
    """Wait until a copy is on disk, so that what is measured does not write it there."""
    with path.open("rb+") as written:
        os.fsync(written.fileno())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Prepare the workbenches of one size.")
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    prepare(asked.rows, asked.folder)
