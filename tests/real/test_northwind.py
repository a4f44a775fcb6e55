"""R3: a full synchronization of published data into an empty subsidiary, and its undo."""

from __future__ import annotations

import shutil
from pathlib import Path

from mdsync_nb.workbench import Workbench

TABLES = {
    "Customers": ("CustomerID", 91),
    "Suppliers": ("SupplierID", 29),
    "Shippers": ("ShipperID", 3),
}


def settings() -> str:
    files = ", ".join(f"{one}: {one}.csv" for one in TABLES)
    declared = "".join(f"  {one}: {{key: {key}}}\n" for one, (key, _) in TABLES.items())
    mappings = ", ".join(
        f"{one.upper()}: {{table: {one}, match: [{key}]}}" for one, (key, _) in TABLES.items()
    )
    return (
        f"companies:\n  S: {{folder: S, complete: yes, tables: {{{files}}}}}\n"
        f"  D: {{folder: D, complete: yes, tables: {{{files}}}}}\n"
        f"tables:\n{declared}"
        f"links:\n  D: {{local: D, integration: S, mappings: {{{mappings}}}}}\n"
    )


def emptied(published: Path, root: Path) -> Workbench:
    for company in ("S", "D"):
        (root / company).mkdir()
    for table in TABLES:
        file = published / "northwind" / f"{table}.csv"
        shutil.copy(file, root / "S")
        header = file.read_text("utf-8").splitlines()[0]
        (root / "D" / file.name).write_text(header + "\n", "utf-8")
    (root / "mdsync.yaml").write_text(settings(), "utf-8")
    bench = Workbench(root, progress=False)
    bench.load()
    return bench


def rows(bench: Workbench) -> dict[str, int]:
    return {one: bench.sql(f"select count(*) from D.{one}").item() for one in TABLES}


def test_a_full_synchronization_fills_an_empty_subsidiary_and_its_undo_empties_it(
    published: Path, tmp_path: Path
) -> None:
    bench = emptied(published, tmp_path)
    applied = bench.sync(full=True)
    assert rows(bench) == {table: count for table, (_, count) in TABLES.items()}
    classes = bench.compare().classes
    assert classes["class"].unique().to_list() == ["agrees"]
    assert classes["records"].sum() == sum(count for _, count in TABLES.values())

    for one in reversed(applied):
        bench.undo(one.job_id)
    assert rows(bench) == dict.fromkeys(TABLES, 0)
    assert bench.sql("select count(*) from coupling").item() == 0
    held = bench.plan(full=True).counts
    assert held["rule"].unique().to_list() == ["undone"]
    assert bench.plan(full=True).writes == 0


def test_every_value_arrives_as_it_was_published(published: Path, tmp_path: Path) -> None:
    bench = emptied(published, tmp_path)
    bench.sync("CUSTOMERS", full=True)
    there = bench.sql("select * exclude (_modified_at, _created_at, _modified_by) from S.Customers")
    here = bench.sql("select * exclude (_modified_at, _created_at, _modified_by) from D.Customers")
    assert here.sort("CustomerID").equals(there.sort("CustomerID").select(here.columns))
