"""The yardstick: the same question asked of the same files in plain SQL, as one would by hand.

    python benchmarks/yardstick.py DATA OUT

Full outer joins of coupling, source and subsidiary, `is distinct from` for every column, the cells
by `union all` of one scan a column; class rows and cells are written as Parquet. It knows no base,
no hashes and no rules, only the times of the last agreement. Touched are records that were saved
at the source company and hold no other value.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from benchmarks.generate import NAMES
from benchmarks.measured import Measured, say

PARQUET = "(format parquet, compression zstd)"
LATER_THERE = 's."SystemModifiedAt" > c.integration_modified_at'
LATER_HERE = 't."SystemModifiedAt" > c.local_modified_at'
BOTH = "('changed_source', 'changed_destination', 'changed_both', 'drift')"


def classes_sql(data: Path) -> str:
    """Give the SQL of every record that does not simply agree, with its class and both sides."""
    differs = " or ".join(f's."{name}" is distinct from t."{name}"' for name in NAMES)
    sides = ", ".join(f's."{name}" as "s:{name}", t."{name}" as "t:{name}"' for name in NAMES)
    return f"""select * from (
        select coalesce(c.integration_id, s."SystemId") as source_id,
            coalesce(c.local_id, t."SystemId") as destination_id, {sides},
            case when c.integration_id is null and s."SystemId" is not null then 'new_source'
                when c.integration_id is null then 'new_destination'
                when s."SystemId" is null and t."SystemId" is null then 'gone_both'
                when s."SystemId" is null then 'gone_source'
                when t."SystemId" is null then 'gone_destination'
                when not ({differs}) then case when {LATER_THERE} then 'touched' else 'agrees' end
                when {LATER_THERE} and {LATER_HERE} then 'changed_both'
                when {LATER_THERE} then 'changed_source'
                when {LATER_HERE} then 'changed_destination'
                else 'drift' end as class
        from '{data}/coupling.parquet' c
        full join '{data}/holding/now/customer.parquet' s on s."SystemId" = c.integration_id
        full join '{data}/subsidiary/now/customer.parquet' t on t."SystemId" = c.local_id)
    where class <> 'agrees'"""


def cells_sql() -> str:
    """Give the SQL of every field that differs, long."""
    return " union all ".join(
        f"""select source_id, destination_id, class, '{name}' as field,
        "s:{name}"::varchar as source, "t:{name}"::varchar as destination from differing
        where class in {BOTH} and "s:{name}" is distinct from "t:{name}\""""
        for name in NAMES
    )


def yardstick(data: Path, out: Path) -> dict[str, object]:
    """Give how many records have which class and how many cells differ; both are written to out."""
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute("set memory_limit = '8GB'; set preserve_insertion_order = false")
        db.execute(f"set temp_directory = '{out / 'spill'}'")
        db.execute(f"create temp table differing as {classes_sql(data)}")
        db.execute(
            f"""copy (select source_id, destination_id, class from differing)
            to '{out / "classes.parquet"}' {PARQUET}"""
        )
        db.execute(f"copy ({cells_sql()}) to '{out / 'cells.parquet'}' {PARQUET}")
        classes = db.sql("select class, count(*) from differing group by all").fetchall()
        cells = db.sql(f"select count(*) from '{out / 'cells.parquet'}'").fetchall()[0][0]
    return {"classes": dict(sorted(classes)), "cells": cells}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Answer the benchmark's question in plain SQL.")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    measured = Measured()
    answer = yardstick(asked.data, asked.out)
    say("yardstick", measured.taken(), **answer)
