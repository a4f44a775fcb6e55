"""What a staged table changes about the image it replaces: computed narrow, outside the file."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.model import Completeness
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import frame_of, key_text, parquet, row_hash
from mdsync_nb.store.visit import WorkbenchFile

BLANK_KEY = "the primary key is blank"
"""Why a row without a key is set aside; it is no record, so nobody misses one for it."""


@dataclass(frozen=True)
class Difference:
    """What differs, by row number of the staged file (`r`) and hash of the id (`k`).

    inserted: `r`. changed, touched: `r`, `k`; touched has only another modified time. deleted: `k`.
    """

    inserted: pl.DataFrame
    changed: pl.DataFrame
    touched: pl.DataFrame
    deleted: pl.DataFrame


def completeness(staged: Staged) -> Completeness:
    """Give whether a record that is not in a staged table is gone.

    A row that was set aside because its key cannot be read may be any record: then nobody can say.
    """
    aside = staged.set_aside
    blank = aside.filter(pl.col("reason") == BLANK_KEY)
    nameless = aside.filter(pl.col("key").is_null()).join(blank, on=["file", "row"], how="anti")
    unsaid = staged.complete is Completeness.YES and nameless.height
    return Completeness.UNKNOWN if unsaid else staged.complete


@dataclass(frozen=True)
class Standing:
    """An image as a load finds it.

    old: `k`, `h`, `m` of every record: the hashes of its id and its row, and its modified time.
    retained: `k` of the records whose row was set aside: they are there, and keep what they held.
    """

    image: Image
    old: pl.DataFrame
    retained: pl.Series


def standing_of(db: duckdb.DuckDBPyConnection, image: Image, staged: Staged) -> Standing:
    """Read an image narrow, to compare a staged table with it outside the file."""
    hashes = "_key_hash as k, _row_hash as h, _modified_at as m"
    old = frame_of(db, f"select {hashes} from {image.relation}")
    keys = staged.set_aside.select(pl.col("key").drop_nulls().unique())
    if keys.is_empty():
        return Standing(image, old, old["k"].clear())
    db.register("aside", keys)
    among = f"{key_text(image.key_fields)} in (select key from aside)"
    retained = frame_of(db, f"select _key_hash as k from {image.relation} where {among}")
    db.unregister("aside")
    return Standing(image, old, retained["k"])


def difference_of(file: WorkbenchFile, staged: Staged, standing: Standing | None) -> Difference:
    """Compare a staged table with its image: 64-bit hashes of ids and rows, and modified times.

    Only a complete load says that a record is gone, and not of one whose row was set aside.
    """
    if standing is None:
        rows = pl.DataFrame(schema={"r": pl.Int64, "k": pl.UInt64})
        return Difference(rows, rows, rows, rows)
    found = _compared(file, staged, standing.old)
    if completeness(staged) is not Completeness.YES:
        found = found.filter(pl.col("kind") != "deleted")
    kinds = {str(kind): rows for (kind,), rows in found.group_by("kind")}
    none = found.clear()
    deleted = kinds.get("deleted", none)
    return Difference(
        kinds.get("inserted", none),
        kinds.get("changed", none),
        kinds.get("touched", none),
        deleted.filter(~pl.col("k").is_in(standing.retained.implode())),
    )


def _compared(file: WorkbenchFile, staged: Staged, old: pl.DataFrame) -> pl.DataFrame:
    moved = "or n.m is distinct from o.m" if staged.has_times else ""
    with file.outside() as db:
        db.register("old", old)
        db.execute(
            f"""create table new as select file_row_number as r, hash(_id) as k,
            _modified_at as m, {row_hash(staged.schema.by_name)} as h from {parquet(staged.path)}"""
        )
        return frame_of(
            db,
            f"""select n.r, coalesce(n.k, o.k) as k, case when o.k is null then 'inserted'
                when n.k is null then 'deleted' when n.h <> o.h then 'changed' else 'touched'
                end as kind
            from new n full join old o on n.k = o.k
            where o.k is null or n.k is null or n.h <> o.h {moved}""",
        )
