"""A demo of one's own with more to decide: three customers both companies changed in earnest."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from mdsync_nb import Workbench

LIMIT = "Credit Limit (LCY)"
CONFLICTS = {"10120": ("7000", "8000"), "10124": ("17000", "18000")}
"""Numbers of customers, with the credit limit each side gives them; 10250 is in the demo already."""


def more_conflicts(folder: Path) -> Workbench:
    """Change two more customers on both sides, and load what then is there."""
    for company, place, comma, mark in (("holding", 0, ",", "."), ("nordic", 1, ";", ",")):
        file = folder / company / "2026-03-10" / "customer.csv"
        rows = pl.read_csv(file, separator=comma, infer_schema=False)
        limits = {number: f"{said[place]}{mark}00" for number, said in CONFLICTS.items()}
        changed = pl.col("No.").is_in(list(limits))
        at = pl.lit(f"2026-03-07T1{place}:00:00.000Z")
        rows.with_columns(
            pl.when(changed).then(pl.col("No.").replace(limits)).otherwise(LIMIT).alias(LIMIT),
            SystemModifiedAt=pl.when(changed).then(at).otherwise("SystemModifiedAt"),
        ).write_csv(file, separator=comma, include_bom=company == "nordic")
    workbench = Workbench(folder, progress=False)
    workbench.load("HOLDING", "NORDIC")
    return workbench


def limits(workbench: Workbench) -> dict[str, float]:
    """The credit limits that Nordic has now."""
    numbers = ", ".join(f"'{one}'" for one in ("10250", *CONFLICTS))
    asked = f'select "No.", "{LIMIT}"::double from NORDIC.Customer where "No." in ({numbers})'
    return dict(workbench.sql(asked).rows())
