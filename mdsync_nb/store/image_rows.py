"""The rows of an image: made by the first load, and changed where a later one differs."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.model import Field
from mdsync_nb.store.difference import Difference
from mdsync_nb.store.gone import keep_gone
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import (
    column_type,
    image_name,
    listed,
    parquet,
    quoted,
    row_hash,
    schema_name,
    text_of,
)


def make_rows(db: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Make the image of a table that was never loaded before."""
    columns = [
        f"{quoted(one.name)}::{column_type(one)} as {quoted(one.name)}"
        for one in staged.schema.fields
    ]
    db.execute(f"create schema if not exists {schema_name(staged.company)}")
    db.execute(
        f"""create table {image_name(staged.company, staged.table)} as
        select {_system(staged)}, {row_hash(staged.schema.by_name)} as _row_hash,
        {", ".join(columns)} from {parquet(staged.path)}"""
    )


def change_rows(
    db: duckdb.DuckDBPyConnection, staged: Staged, image: Image, found: Difference, *, seq: int
) -> None:
    """Write what differs into the image, and remember it under the order of changes.

    A record that changed is taken out and written anew at the end: setting its fields where it
    stands rewrites those columns of every block, ten times the work when 2 % changed a little.
    """
    _note_deleted(db, image, found, seq)
    _note_changed(db, staged, image, found, seq)
    _note_inserted(db, staged, image, found, seq)
    moved = pl.concat([found.changed, found.touched])
    _take_out(db, image, pl.concat([moved, found.deleted]))
    _put_in(db, staged, image, pl.concat([moved, found.inserted]))


def _system(staged: Staged) -> str:
    """The SQL of the system columns; without modified times, when we first saw the value."""
    modified = "_modified_at" if staged.has_times else f"timestamp '{staged.as_of}'"
    return f"""_id, {modified} as _modified_at, _created_at, _modified_by,
        hash(_id) as _key_hash"""


def _take_out(db: duckdb.DuckDBPyConnection, image: Image, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    db.register("gone", rows)
    db.execute(f"delete from {image.relation} where _key_hash in (select k from gone)")
    db.unregister("gone")


def _put_in(
    db: duckdb.DuckDBPyConnection, staged: Staged, image: Image, rows: pl.DataFrame
) -> None:
    if rows.is_empty():
        return
    db.register("fresh", rows)
    db.execute(
        f"""insert into {image.relation} by name select {_system(staged)},
        {row_hash(staged.schema.by_name)} as _row_hash, {listed(staged.schema.by_name)}
        from {parquet(staged.path)} where file_row_number in (select r from fresh)"""
    )
    db.unregister("fresh")


def _note_deleted(db: duckdb.DuckDBPyConnection, image: Image, found: Difference, seq: int) -> None:
    if found.deleted.is_empty():
        return
    db.register("gone", found.deleted)
    db.execute(
        f"""insert into change select $seq, $company, $table, _id, _key_hash, 'deleted'
        from {image.relation} where _key_hash in (select k from gone)""",
        _named(image, seq),
    )
    keep_gone(db, image, "_key_hash in (select k from gone)", seq=seq)
    db.unregister("gone")


def _note_inserted(
    db: duckdb.DuckDBPyConnection, staged: Staged, image: Image, found: Difference, seq: int
) -> None:
    if found.inserted.is_empty():
        return
    db.register("fresh", found.inserted)
    db.execute(
        f"""insert into change select $seq, $company, $table, _id, hash(_id), 'inserted'
        from {parquet(staged.path)} where file_row_number in (select r from fresh)""",
        _named(image, seq),
    )
    db.unregister("fresh")


def _note_changed(
    db: duckdb.DuckDBPyConnection, staged: Staged, image: Image, found: Difference, seq: int
) -> None:
    if found.changed.is_empty():
        return
    fields = list(staged.schema.fields)
    sides = ", ".join(
        f"i.{quoted(one.name)} as {quoted('o:' + one.name)},"
        f" n.{quoted(one.name)} as {quoted('n:' + one.name)}"
        for one in fields
    )
    db.register("pair", found.changed)
    db.execute(
        f"""create or replace temp table moved as select i._key_hash as k, i._id as id, {sides}
        from pair p join {image.relation} i on i._key_hash = p.k
        join {parquet(staged.path)} n on n.file_row_number = p.r"""
    )
    db.unregister("pair")
    _note_cells(db, image, fields, seq)
    db.execute("drop table moved")


def _note_cells(
    db: duckdb.DuckDBPyConnection, image: Image, fields: Sequence[Field], seq: int
) -> None:
    db.execute(
        "insert into change select $seq, $company, $table, id, k, 'changed' from moved",
        _named(image, seq),
    )
    for one in _fields_that_moved(db, fields):
        old, new = quoted("o:" + one.name), quoted("n:" + one.name)
        db.execute(
            f"""insert into change_cell select $seq, $company, $table, k, $field,
            {text_of(one, old)}, {text_of(one, new)} from moved
            where {old} is distinct from {new}""",
            {**_named(image, seq), "field": one.name},
        )


def _fields_that_moved(db: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> list[Field]:
    counts = ", ".join(
        f"bool_or({quoted('o:' + one.name)} is distinct from {quoted('n:' + one.name)})"
        for one in fields
    )
    found = db.sql(f"select {counts} from moved").fetchall()[0]
    return [one for one, moved in zip(fields, found, strict=True) if moved]


def _named(image: Image, seq: int) -> dict[str, object]:
    return {"seq": seq, "company": image.company, "table": image.table}
