"""How a staged table becomes the image in force: only the difference is written, and remembered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import duckdb

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.errors import CouldNotRun, UsageError
from mdsync_nb.frames import SYSTEM
from mdsync_nb.store.difference import (
    Difference,
    Standing,
    completeness,
    difference_of,
    standing_of,
)
from mdsync_nb.store.echoes import judge_pending
from mdsync_nb.store.identities import Use, follow_ids, ids_move
from mdsync_nb.store.image_rows import change_rows, make_rows
from mdsync_nb.store.images import Image, image_of
from mdsync_nb.store.queue import wake
from mdsync_nb.store.reshape import reshape, same_shape
from mdsync_nb.store.sql import HASH_VERSION, column_type, image_name, listed, number_of
from mdsync_nb.store.stopping import GoesOn
from mdsync_nb.store.visit import WorkbenchFile

TRIES = 3


class Arrival(NamedTuple):
    """What a load is besides its rows. stamps: what moves when its files do. wakes: the mappings
    whose job queue entries are pulled forward when it inserts or changes a record."""

    stamps: str = ""
    wakes: Sequence[str] = ()


OURS = {*SYSTEM, "rowid", "row", "file_row_number"}


BY_HAND = Arrival()


def record_load(
    file: WorkbenchFile,
    staged: Staged,
    *,
    at: datetime,
    uses: Sequence[Use],
    arrival: Arrival,
    goes_on: GoesOn,
) -> dict[str, object]:
    """Put a staged table in force and give its load (`frames.LOADS`) as one row.

    Reading the old image and computing the difference happen outside the writing visit, which
    only writes what differs; when somebody else wrote meanwhile it is computed again.
    Raises UsageError for names the workbench cannot keep apart, CouldNotRun, and what goes_on
    raises; then the snapshot before it is in force.
    """
    _refuse_our_names(staged)
    for _ in range(TRIES):
        standing = _prepared(file, staged, uses)
        difference = difference_of(file, staged, standing)
        image = standing.image if standing else None
        goes_on()
        with file.visit(write=True) as db:
            if _is_still(db, image, staged):
                loaded = _put_in_force(db, staged, image, difference, at=at, arrival=arrival)
                goes_on()
                return loaded
    raise CouldNotRun(
        f"{staged.company} {staged.table} was written by others {TRIES} times during its load.",
        hint="Run the load again when the other run has ended.",
    )


def record_refusal(
    file: WorkbenchFile, company: str, table: str, *, at: datetime, message: str, stamps: str
) -> dict[str, object]:
    """Note that a load was refused; the previous snapshot stays in force."""
    with file.visit(write=True) as db:
        image = image_of(db, company, table)
        counts = ("rows", "kept", "set_aside", "inserted", "changed", "deleted")
        loaded: dict[str, object] = {
            "load_id": _next(db, "load_seq"),
            "company": company,
            "table": table,
            "as_of": image.as_of if image else None,
            "loaded_at": at,
            "complete": "unknown",
            "files": "{}",
            **dict.fromkeys(counts, 0),
            **dict.fromkeys(("has_ids", "has_times", "seq")),
            "message": message,
            "stamps": stamps,
            "fields": "{}",
        }
        _insert_row(db, "load", loaded)
        return loaded


def _refuse_our_names(staged: Staged) -> None:
    """A column called as one of ours would be taken for it."""
    taken = [name for name in staged.schema.by_name if name.casefold() in OURS]
    if taken:
        raise UsageError(
            f"{staged.company} {staged.table}: the workbench itself calls a column {taken[0]!r}.",
            hint=f"Give it another name in mdsync.yaml: `columns: {{{taken[0]}: ...}}`.",
        )


def _prepared(file: WorkbenchFile, staged: Staged, uses: Sequence[Use]) -> Standing | None:
    """Give the image after its columns and the ids of its records follow the staged table."""
    with file.visit(write=False) as db:
        image = image_of(db, staged.company, staged.table)
        if image is None:
            _refuse_twin_names(db, staged)
            return None
        if same_shape(image, staged.schema) and not ids_move(db, image, staged):
            return standing_of(db, image, staged)
    with file.visit(write=True) as db:
        now = image_of(db, staged.company, staged.table)
        if now and not same_shape(now, staged.schema):
            reshape(db, now, staged, uses)
        if now and ids_move(db, now, staged):
            follow_ids(db, now, staged, uses)
        now = image_of(db, staged.company, staged.table)
        return standing_of(db, now, staged) if now else None


def _refuse_twin_names(db: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """SQL does not tell capitals apart, so two images must differ in more."""
    rows = db.sql(
        """select company, "table" from image where lower(company) = lower($c)
        and (company <> $c or lower("table") = lower($t)) limit 1""",
        params={"c": staged.company, "t": staged.table},
    ).fetchall()
    if rows:
        raise UsageError(
            f"{staged.company} {staged.table} and {' '.join(rows[0])} differ in capitals only.",
            hint="Give one of them another name in mdsync.yaml.",
        )


def _is_still(db: duckdb.DuckDBPyConnection, image: Image | None, staged: Staged) -> bool:
    now = image_of(db, staged.company, staged.table)
    if now is None or image is None:
        return now is image
    return now.seq == image.seq and same_shape(now, staged.schema)


def _put_in_force(
    db: duckdb.DuckDBPyConnection,
    staged: Staged,
    image: Image | None,
    found: Difference,
    *,
    at: datetime,
    arrival: Arrival,
) -> dict[str, object]:
    seq, load_id = _next(db, "change_seq"), _next(db, "load_seq")
    if image is None:
        make_rows(db, staged)
    else:
        change_rows(db, staged, image, found, seq=seq)
    older = image is not None and staged.as_of < image.as_of
    notes = [*staged.notes, *([_said_of_older(staged, image)] if image and older else [])]
    loaded: dict[str, object] = {
        "load_id": load_id,
        "company": staged.company,
        "table": staged.table,
        "as_of": staged.as_of,
        "loaded_at": at,
        "complete": str(completeness(staged)),
        "files": json.dumps({one.path: one.sha256 for one in staged.files}),
        "rows": staged.rows,
        "kept": staged.kept,
        "set_aside": staged.rows - staged.kept,
        "inserted": found.inserted.height if image else staged.kept,
        "changed": found.changed.height,
        "deleted": found.deleted.height,
        "has_ids": staged.has_ids,
        "has_times": staged.has_times,
        "seq": seq,
        "message": "; ".join(notes),
        "stamps": arrival.stamps,
        "fields": json.dumps({one.name: column_type(one) for one in staged.schema.fields}),
    }
    _insert_row(db, "load", loaded)
    if found.changed.height or loaded["inserted"]:
        wake(db, arrival.wakes, at=at)
    _note_image(db, staged, loaded)
    _note_set_aside(db, staged, load_id)
    if not older:
        judge_pending(db, staged)
    return loaded


def _said_of_older(staged: Staged, image: Image) -> str:
    taken, before = (f"{one:%Y-%m-%d %H:%M}" for one in (staged.as_of, image.as_of))
    return (
        f"taken {taken}, before the snapshot it replaces ({before}):"
        " what changed in between looks changed back"
    )


def _note_image(db: duckdb.DuckDBPyConnection, staged: Staged, loaded: dict[str, object]) -> None:
    named = {"c": staged.company, "t": staged.table}
    db.execute('delete from image where company = $c and "table" = $t', named)
    same = ("company", "table", "load_id", "as_of", "complete", "has_ids", "has_times", "files")
    rows = number_of(db, f"select count(*) from {image_name(staged.company, staged.table)}")
    noted = {
        **{name: loaded[name] for name in (*same, "seq")},
        "rows": rows,
        "schema": staged.schema.model_dump_json(),
        "absent": json.dumps(staged.absent),
        "unknown": json.dumps(staged.unknown),
        "hash_version": HASH_VERSION,
        "hashed": json.dumps(sorted(staged.schema.by_name)),
    }
    _insert_row(db, "image", noted)


def _note_set_aside(db: duckdb.DuckDBPyConnection, staged: Staged, load_id: int) -> None:
    if staged.set_aside.is_empty():
        return
    db.register("aside", staged.set_aside)
    db.execute(
        """insert into set_aside
        select $l, $c, $t, file, row, "column", value, reason, key from aside""",
        {"l": load_id, "c": staged.company, "t": staged.table},
    )
    db.unregister("aside")


def _insert_row(db: duckdb.DuckDBPyConnection, table: str, row: dict[str, object]) -> None:
    db.execute(
        f"insert into {table} ({listed(row)}) values ({', '.join('?' for _ in row)})",
        list(row.values()),
    )


def _next(db: duckdb.DuckDBPyConnection, sequence: str) -> int:
    return number_of(db, f"select nextval('{sequence}')")
