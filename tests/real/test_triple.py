"""R2: three states of one published table; every class of record and cell is the one recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.workbench import Workbench

SETTINGS = """
companies:
  S: {folder: "S/{snapshot}", complete: yes, tables: {Company: companies.csv}}
  D: {folder: "D/{snapshot}", complete: yes, tables: {Company: companies.csv}}
tables:
  Company: {key: Symbol, fields: {Symbol: text, CIK: text, Founded: text, Date added: text}}
links:
  D: {local: D, integration: S, mappings: {COMPANY: {table: Company, match: [Symbol]}}}
"""
RECORDS = {
    "changed_source": "update_source",
    "changed_destination": "update_subsidiary",
    "changed_both_same": "update_both_same",
    "changed_both": "update_both_differ",
    "new_source": "insert_source",
    "new_destination": "insert_subsidiary",
    "new_both_same": "insert_both_same",
    "new_both_differ": "insert_both_differ",
    "gone_source": "delete_source",
    "gone_destination": "delete_subsidiary",
    "gone_both": "delete_both",
    "gone_source_changed_destination": "delete_source_modify_subsidiary",
}
CELLS = {"source": "source_only", "destination": "subsidiary_only"}


@pytest.fixture(scope="module")
def compared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    root, origin = tmp_path_factory.mktemp("triple"), published / "triple_sp500"
    states = {"S/1": "base", "D/1": "base", "S/2": "source", "D/2": "subsidiary"}
    for folder, state in states.items():
        (root / folder).mkdir(parents=True)
        shutil.copy(origin / f"{state}.csv", root / folder / "companies.csv")
    (root / "mdsync.yaml").write_text(SETTINGS, "utf-8")
    bench = Workbench(root, progress=False)
    bench.load(snapshot="1")
    coupled = bench.couple("COMPANY")
    assert coupled.pairs["equal"].sum() == 503
    bench.load(snapshot="2")
    return bench.compare()


def test_every_record_has_the_class_that_was_recorded(
    compared: Comparison, published: Path
) -> None:
    recorded = pl.read_csv(published / "triple_sp500" / "expected_records.csv")
    classes = pl.col("class").cast(pl.String).replace(RECORDS)
    found = compared.decisions.select("key", found=classes).filter(pl.col("found") != "agrees")
    both = found.join(recorded, left_on="key", right_on="Symbol", how="full")
    assert recorded.height == 250
    assert both.filter(pl.col("found").ne_missing(pl.col("record_class"))).is_empty()


def test_every_cell_has_the_class_and_the_three_values_that_were_recorded(
    compared: Comparison, published: Path
) -> None:
    recorded = pl.read_csv(
        published / "triple_sp500" / "expected_cells.csv", infer_schema=False
    ).select("Symbol", "field", "cell_class", "base", "source", "subsidiary")
    pairs = compared.decisions.filter(pl.col("class") != "new_both_differ")
    found = compared.cells.join(pairs, on=["source_id", "destination_id"], nulls_equal=True).select(
        pl.col("key").alias("Symbol"),
        "field",
        pl.col("class").cast(pl.String).replace(CELLS).alias("cell_class"),
        "base",
        "source",
        pl.col("destination").alias("subsidiary"),
    )
    assert recorded.height == 147
    assert found.sort("Symbol", "field").equals(recorded.sort("Symbol", "field"))


def test_every_row_of_both_files_is_in_one_box(compared: Comparison) -> None:
    row = compared.reconciliation.to_dicts()[0]
    middle = row["agree"] + row["differ"]
    assert row["source_rows"] == 503 == middle + row["only_source"] + row["undecided_source"]
    assert row["destination_rows"] == 501 == middle + row["only_destination"]
