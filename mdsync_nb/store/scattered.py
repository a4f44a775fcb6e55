"""Reading rows that lie far apart, through a small cache that is used again and again."""

from __future__ import annotations

import duckdb
import polars as pl

from mdsync_nb.store.sql import frame_of, number_of

AT_LEAST = 64
"""MiB that reading scattered rows may hold, besides what every column and row needs."""


def scattered(
    db: duckdb.DuckDBPyConnection, query: str, *, rows: int, columns: int
) -> pl.DataFrame:
    """Give scattered rows as a frame; what earlier questions left in memory is given back first.

    Nearly every block of the table is read for some rows of it and never again, so keeping them
    only costs: with little to keep them in it takes a third less time (a page used before is
    cheaper than a fresh one), and a hundred megabytes less for a million records.
    """
    usual = db.sql("select current_setting('memory_limit')").fetchall()[0][0]
    threads = number_of(db, "select current_setting('threads')")
    needed = AT_LEAST + threads * columns // 2 + rows // 8192
    db.execute(f"set memory_limit = '{needed}MiB'")
    try:
        return frame_of(db, query)
    finally:
        db.execute(f"set memory_limit = '{usual}'")
