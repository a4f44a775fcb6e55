"""How a staged table becomes the image in force: only the difference is written, and remembered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb
import polars as pl

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.model import Completeness, Field
from mdsync_nb.store.echoes import judge_pending, point_to_loaded_ids
from mdsync_nb.store.images import Image, image_of
from mdsync_nb.store.reshape import reshape, same_shape
from mdsync_nb.store.sql import (
    HASH_VERSION,
    column_type,
    image_name,
    listed,
    quoted,
    row_hash,
    text_of,
)
from mdsync_nb.store.visit import WorkbenchFile

TRIES = 3
Use = tuple[str, Literal["local", "integration"]]
"""A mapping and the side of it that an image is."""


@dataclass(frozen=True)
class Difference:
    """What a staged table changes about the image it replaces, by position on both sides."""

    seen: int
    inserted: pl.DataFrame
    changed: pl.DataFrame
    touched: pl.DataFrame
    deleted: pl.DataFrame


def record_load(
    file: WorkbenchFile, staged: Staged, *, at: datetime, uses: Sequence[Use]
) -> dict[str, object]:
    """Put a staged table in force and give its load (`frames.LOADS`) as one row.

    Reading the old image and computing the difference happen outside the writing visit, which
    only writes what differs; when somebody else wrote meanwhile it is computed again.
    """
    for _ in range(TRIES):
        image = _prepared(file, staged, uses)
        difference = _difference(file, staged, image)
        with file.visit(write=True) as db:
            now = image_of(db, staged.company, staged.table)
            if (now.seq if now else 0) != difference.seen:
                continue
            return _written(db, staged, image, difference, at)
    raise CouldNotRun(
        f"{staged.company} {staged.table} was written by others {TRIES} times during its load.",
        hint="Run the load again when the other run has ended.",
    )


def record_refusal(
    file: WorkbenchFile, company: str, table: str, *, at: datetime, message: str
) -> dict[str, object]:
    """Note that a load was refused; the previous snapshot stays in force."""
    with file.visit(write=True) as db:
        image = image_of(db, company, table)
        loaded = {
            "load_id": _next(db, "load_seq"),
            "company": company,
            "table": table,
            "as_of": image.as_of if image else None,
            "loaded_at": at,
            "complete": "unknown",
            "files": "{}",
            "rows": 0,
            "kept": 0,
            "set_aside": 0,
            "inserted": 0,
            "changed": 0,
            "deleted": 0,
            "has_ids": None,
            "has_times": None,
            "seq": None,
            "message": message,
        }
        _insert_row(db, "load", loaded)
        return loaded


def _prepared(file: WorkbenchFile, staged: Staged, uses: Sequence[Use]) -> Image | None:
    """Give the image after its shape and the ids of our own inserts follow the staged table."""
    with file.visit(write=False) as db:
        image = image_of(db, staged.company, staged.table)
        waiting = db.sql(
            'select count(*) from pending where company = $c and "table" = $t and before_hash is null',
            params={"c": staged.company, "t": staged.table},
        ).fetchall()[0][0]
    if image is None or (same_shape(image, staged.schema) and not waiting):
        return image
    with file.visit(write=True) as db:
        if not same_shape(image, staged.schema):
            reshape(db, image, staged, uses)
        if waiting and image.has_ids and staged.has_ids:
            point_to_loaded_ids(db, image, staged)
        return image_of(db, staged.company, staged.table)


def _difference(file: WorkbenchFile, staged: Staged, image: Image | None) -> Difference:
    """Compare narrow: 64-bit hashes of ids and rows, and the modified times."""
    if image is None:
        nothing = pl.DataFrame(schema={"r": pl.Int64, "row": pl.Int64})
        return Difference(0, nothing, nothing, nothing, nothing)
    with file.visit(write=False) as db:
        now = image_of(db, staged.company, staged.table)
        old = db.sql(
            f"select rowid as row, _key_hash as k, _row_hash as h, _modified_at as m from {image.relation}"
        ).pl()
    with file.outside() as db:
        db.register("old", old)
        db.execute(
            f"""create table new as select file_row_number as r, hash(_id) as k, _modified_at as m,
            {row_hash(staged.schema.by_name)} as h from {_parquet(staged)}"""
        )
        both = "from new n join old o on n.k = o.k where"
        moved = "n.m is distinct from o.m" if staged.has_times else "false"
        frames = [
            db.sql(query).pl()
            for query in (
                "select r, null::bigint as row from new anti join old using (k)",
                f"select n.r, o.row {both} n.h <> o.h",
                f"select n.r, o.row {both} n.h = o.h and {moved}",
                "select null::bigint as r, row from old anti join new using (k)",
            )
        ]
    complete = staged.complete is Completeness.YES
    deleted = frames[3] if complete else frames[3].clear()
    return Difference(now.seq if now else 0, *frames[:3], deleted)


def _written(
    db: duckdb.DuckDBPyConnection,
    staged: Staged,
    image: Image | None,
    difference: Difference,
    at: datetime,
) -> dict[str, object]:
    seq, load_id = _next(db, "change_seq"), _next(db, "load_seq")
    if image is None:
        inserted, changed, deleted = _created(db, staged), 0, 0
    else:
        _log_deleted(db, image, difference, seq)
        changed = _changed(db, staged, image, difference, seq)
        inserted = _inserted(db, staged, image, difference, seq)
        deleted = difference.deleted.height
        _delete(db, image, difference)
    loaded = {
        "load_id": load_id,
        "company": staged.company,
        "table": staged.table,
        "as_of": staged.as_of,
        "loaded_at": at,
        "complete": str(staged.complete),
        "files": json.dumps({one.path: one.sha256 for one in staged.files}),
        "rows": staged.rows,
        "kept": staged.kept,
        "set_aside": staged.rows - staged.kept,
        "inserted": inserted,
        "changed": changed,
        "deleted": deleted,
        "has_ids": staged.has_ids,
        "has_times": staged.has_times,
        "seq": seq,
        "message": "; ".join(staged.notes),
    }
    _insert_row(db, "load", loaded)
    _note_image(db, staged, loaded)
    if staged.set_aside.height:
        _note_set_aside(db, staged, load_id)
    judge_pending(db, staged.company, staged.table)
    return loaded


def _created(db: duckdb.DuckDBPyConnection, staged: Staged) -> int:
    columns = [
        f"{quoted(one.name)}::{column_type(one)} as {quoted(one.name)}"
        for one in staged.schema.fields
    ]
    db.execute(f"create schema if not exists {quoted(staged.company)}")
    db.execute(
        f"""create table {image_name(staged.company, staged.table)} as
        select {_system(staged)}, {row_hash(staged.schema.by_name)} as _row_hash, {", ".join(columns)}
        from {_parquet(staged)}"""
    )
    return staged.kept


def _system(staged: Staged) -> str:
    """The SQL of the system columns; without modified times, when we first saw the value."""
    modified = "_modified_at" if staged.has_times else f"timestamp '{staged.as_of}'"
    return f"""_id, {modified} as _modified_at, _created_at, _modified_by,
        hash(_id) as _key_hash"""


def _log_deleted(
    db: duckdb.DuckDBPyConnection, image: Image, difference: Difference, seq: int
) -> None:
    if difference.deleted.is_empty():
        return
    db.register("gone", difference.deleted)
    db.execute(
        f"""insert into change select $seq, $company, $table, _id, _key_hash, 'deleted'
        from {image.relation} where rowid in (select row from gone)""",
        {"seq": seq, "company": image.company, "table": image.table},
    )
    db.unregister("gone")


def _delete(db: duckdb.DuckDBPyConnection, image: Image, difference: Difference) -> None:
    if difference.deleted.is_empty():
        return
    db.register("gone", difference.deleted)
    db.execute(f"delete from {image.relation} where rowid in (select row from gone)")
    db.unregister("gone")


def _inserted(
    db: duckdb.DuckDBPyConnection, staged: Staged, image: Image, difference: Difference, seq: int
) -> int:
    if difference.inserted.is_empty():
        return 0
    db.register("fresh", difference.inserted)
    rows = f"from {_parquet(staged)} where file_row_number in (select r from fresh)"
    db.execute(
        f"insert into change select $seq, $company, $table, _id, hash(_id), 'inserted' {rows}",
        {"seq": seq, "company": image.company, "table": image.table},
    )
    db.execute(
        f"""insert into {image.relation} by name select {_system(staged)},
        {row_hash(staged.schema.by_name)} as _row_hash, {listed(staged.schema.by_name)} {rows}"""
    )
    db.unregister("fresh")
    return difference.inserted.height


def _changed(
    db: duckdb.DuckDBPyConnection, staged: Staged, image: Image, difference: Difference, seq: int
) -> int:
    both = pl.concat([difference.changed, difference.touched])
    if both.is_empty():
        return 0
    fields = list(staged.schema.fields)
    db.register("pair", both)
    sides = ", ".join(
        f"i.{quoted(one.name)} as {quoted('o:' + one.name)}, n.{quoted(one.name)} as {quoted('n:' + one.name)}"
        for one in fields
    )
    db.execute(
        f"""create or replace temp table moved as select p.row, i._key_hash as k, i._id as id,
        n._modified_at as m, n._created_at as c, n._modified_by as b, n._id as _id,
        {row_hash(staged.schema.by_name, "n.")} as h, i._row_hash as oh, {sides}
        from pair p join {image.relation} i on i.rowid = p.row
        join {_parquet(staged)} n on n.file_row_number = p.r"""
    )
    db.unregister("pair")
    _note_cells(db, image, fields, seq)
    _stamp(db, staged, image)
    return difference.changed.height


def _note_cells(
    db: duckdb.DuckDBPyConnection, image: Image, fields: Sequence[Field], seq: int
) -> None:
    named = {"seq": seq, "company": image.company, "table": image.table}
    db.execute(
        "insert into change select $seq, $company, $table, id, k, 'changed' from moved where h <> oh",
        named,
    )
    for one in _fields_that_moved(db, fields):
        old, new = quoted("o:" + one.name), quoted("n:" + one.name)
        differs = f"{old} is distinct from {new}"
        db.execute(
            f"""insert into change_cell select $seq, $company, $table, k, $field,
            {text_of(one, old)}, {text_of(one, new)} from moved where {differs}""",
            {**named, "field": one.name},
        )
        db.execute(
            f"""update {image.relation} i set {quoted(one.name)} = m.{new}
            from moved m where i.rowid = m.row and m.{old} is distinct from m.{new}"""
        )


def _fields_that_moved(db: duckdb.DuckDBPyConnection, fields: Sequence[Field]) -> list[Field]:
    counts = ", ".join(
        f"bool_or({quoted('o:' + one.name)} is distinct from {quoted('n:' + one.name)})"
        for one in fields
    )
    found = db.sql(f"select {counts} from moved").fetchall()[0]
    return [one for one, moved in zip(fields, found, strict=True) if moved]


def _stamp(db: duckdb.DuckDBPyConnection, staged: Staged, image: Image) -> None:
    modified = "m.m" if staged.has_times else f"timestamp '{staged.as_of}'"
    db.execute(
        f"""update {image.relation} i set _row_hash = m.h, _modified_at = {modified},
        _created_at = m.c, _modified_by = m.b from moved m where i.rowid = m.row"""
    )
    db.execute("drop table moved")


def _note_image(db: duckdb.DuckDBPyConnection, staged: Staged, loaded: dict[str, object]) -> None:
    named = {"c": staged.company, "t": staged.table}
    db.execute('delete from image where company = $c and "table" = $t', named)
    noted = {
        name: loaded[name]
        for name in (
            "company",
            "table",
            "load_id",
            "as_of",
            "complete",
            "has_ids",
            "has_times",
            "files",
            "seq",
        )
    }
    rows = db.sql(f"select count(*) from {image_name(staged.company, staged.table)}").fetchall()
    noted |= {
        "rows": rows[0][0],
        "schema": staged.schema.model_dump_json(),
        "absent": json.dumps(staged.absent),
        "unknown": json.dumps(staged.unknown),
        "hash_version": HASH_VERSION,
        "hashed": json.dumps(sorted(staged.schema.by_name)),
    }
    _insert_row(db, "image", noted)


def _note_set_aside(db: duckdb.DuckDBPyConnection, staged: Staged, load_id: int) -> None:
    db.register("aside", staged.set_aside)
    db.execute(
        'insert into set_aside select $l, $c, $t, file, row, "column", value, reason, key from aside',
        {"l": load_id, "c": staged.company, "t": staged.table},
    )
    db.unregister("aside")


def _insert_row(db: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    db.execute(
        f"insert into {table} ({listed(row)}) values ({', '.join('?' for _ in row)})",
        list(row.values()),
    )


def _parquet(staged: Staged) -> str:
    path = str(staged.path).replace("'", "''")
    return f"read_parquet('{path}', file_row_number = true)"


def _next(db: duckdb.DuckDBPyConnection, sequence: str) -> int:
    return int(db.sql(f"select nextval('{sequence}')").fetchall()[0][0])
