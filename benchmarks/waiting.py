"""The view of what waits, with 100,000 records in it: how long it takes to open, filter and decide.

40,000 customers were changed on both sides in earnest, 60,000 in different fields; 50,000 agree.
Everything a notebook would do is timed but the drawing of the browser.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from mdsync_nb import Workbench

RECORDS, TRUE, WAIT = 150_000, 40_000, 100_000
LIMIT, PHONE, AT = "Credit Limit (LCY)", "Phone No.", "SystemModifiedAt"
SETTINGS = """\
name: waiting
packs: [master_data]
companies:
  HQ: {folder: "HQ/{snapshot}", complete: yes, tables: {Customer: {file: customer.csv}}}
  SUB: {folder: "SUB/{snapshot}", complete: yes, tables: {Customer: {file: customer.csv}}}
links:
  SUB: {local: SUB, integration: HQ}
mappings:
  CUSTOMER: {match: [No.]}
"""


def main() -> None:
    """Make the companies, open the view, and say what each step took."""
    with tempfile.TemporaryDirectory() as folder:
        workbench = _companies(Path(folder))
        with _timed("open, with its static twin"):
            view = workbench.view.errors()
            view._repr_mimebundle_()
        with _timed("filter by kind"):
            view.filters.ask(state="timestamp only")
        many = view.grid.rows.height
        with _timed("filter by text"):
            view.filters.ask(text="1234")
        view.filters.ask(text="")
        view.bar.select_all()
        with _timed(f"merge all {many:,} that match, as one plan"):
            view.bar._buttons[0].click()
            view.strip.working.wait()
        with _timed("apply it, as one job, and compare again"):
            view.strip.apply()
            view.strip.working.wait()
        print(f"{len(view.strip.jobs)} job; {view!r}")


@contextmanager
def _timed(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"{time.perf_counter() - begun:7.2f} s  {what}")


def _companies(root: Path) -> Workbench:
    """Two companies that agreed once, and then changed."""
    number = pl.int_range(pl.len()) + 100_000
    base = pl.DataFrame({"No.": [""] * RECORDS}).with_columns(
        pl.lit("Aarhus").alias("City"),
        pl.lit("1").alias(PHONE),
        pl.lit("100.00").alias(LIMIT),
        pl.lit("2026-01-01T00:00:00.000Z").alias(AT),
        number.cast(pl.String).alias("No."),
        pl.format("Customer {}", number).alias("Name"),
        pl.format("00000000-0000-4000-8000-000000{}", number).alias("SystemId"),
    )
    row = pl.int_range(pl.len())
    waits, earnest = row < WAIT, row < TRUE
    moved = {company: f"2026-02-0{day}T00:00:00.000Z" for day, company in ((1, "HQ"), (2, "SUB"))}
    there = base.with_columns(_where(waits, LIMIT, "250.00"), _where(waits, AT, moved["HQ"]))
    here = base.with_columns(
        _where(earnest, LIMIT, "50.00"),
        _where(waits & ~earnest, PHONE, "2"),
        _where(waits, AT, moved["SUB"]),
    )
    for company, after in (("HQ", there), ("SUB", here)):
        for snapshot, rows in (("1", base), ("2", after)):
            place = root / company / snapshot
            place.mkdir(parents=True)
            rows.write_csv(place / "customer.csv")
    (root / "mdsync.yaml").write_text(SETTINGS, "utf-8")
    workbench = Workbench(root, progress=False)
    workbench.load(snapshot="1")
    workbench.couple("SUB/CUSTOMER")
    workbench.load(snapshot="2")
    return workbench


def _where(which: pl.Expr, field: str, value: str) -> pl.Expr:
    return pl.when(which).then(pl.lit(value)).otherwise(field).alias(field)


if __name__ == "__main__":
    main()
