"""Records that come back under another id: everything that knew the old one follows, by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import duckdb

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.store.flow import FROM, TO
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import key_text, number_of, parquet

Use = tuple[str, Literal["local", "integration"]]
"""A mapping and the side of it that an image is."""

OF_COMPANY: tuple[tuple[str, str | None, str | None], ...] = (
    ("change", "id", "key_hash"),
    ("change_cell", None, "key_hash"),
    ("gone_row", "id", "key_hash"),
    ("pending", "id", "key_hash"),
)
"""Tables that know a record by company and table: their column of the id, and of its hash."""

OF_MAPPING: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "local": (
        ("coupling", "local_id", "local_key_hash"),
        ("job_coupling", "local_id", "local_key_hash"),
        ("hold", "local_id", "local_key_hash"),
        ("revisit", None, "local_key_hash"),
        ("rejection", "local_id", None),
    ),
    "integration": (
        ("coupling", "integration_id", "integration_key_hash"),
        ("job_coupling", "integration_id", "integration_key_hash"),
        ("hold", "integration_id", "integration_key_hash"),
        ("kept_cell", None, "integration_key_hash"),
        ("revisit", None, "integration_key_hash"),
        ("rejection", "integration_id", None),
    ),
}
"""Tables that know a record by the mapping and the side of it."""

OF_JOB = ("job_record", "job_error")
"""Tables that know a record as source and destination of a job, whatever its direction."""


def ids_move(db: duckdb.DuckDBPyConnection, image: Image, staged: Staged) -> bool:
    """Whether records may come under another id: the company names them otherwise than before, or
    we created some and wait for the ids it gave them."""
    if image.has_ids != staged.has_ids:
        return True
    waiting = """select count(*) from pending
        where company = $c and "table" = $t and before_hash is null"""
    return image.has_ids and bool(number_of(db, waiting, c=image.company, t=image.table))


def follow_ids(
    db: duckdb.DuckDBPyConnection, image: Image, staged: Staged, uses: Sequence[Use]
) -> None:
    """Let records carry the id their company gives them now, found by primary key.

    Couplings, base, jobs and what waits for a load follow in one go, so nothing of it is a change.
    """
    key = key_text(image.key_fields)
    known = (
        f"select _id as old, {key} as key from {image.relation}"
        if image.has_ids != staged.has_ids
        else """select id as old, key from pending where company = $c and "table" = $t
            and before_hash is null"""
    )
    named = {"c": image.company, "t": image.table}
    db.execute(
        f"""create or replace temp table given as
        select o.old, hash(o.old) as k, n._id as new, hash(n._id) as nk from ({known}) o
        join (select _id, {key} as key from {parquet(staged.path)}) n using (key)
        where o.old <> n._id""",
        {name: value for name, value in named.items() if f"${name}" in known},
    )
    _follow(db, image.relation, "_id", "_key_hash", where="true")
    for table, name, hashed in OF_COMPANY:
        _follow(db, table, name, hashed, where='x.company = $c and x."table" = $t', **named)
    for mapping, side in uses:
        for table, name, hashed in OF_MAPPING[side]:
            _follow(db, table, name, hashed, where="x.mapping = $m", m=mapping)
        for table in OF_JOB:
            for flow in (FROM, TO):
                name = "source_id" if flow.source == side else "destination_id"
                went = "(select direction from job j where j.job_id = x.job_id)"
                where = f"x.mapping = $m and {went} {'=' if flow is TO else '<>'} '{TO.direction}'"
                _follow(db, table, name, None, where=where, m=mapping)
    db.execute("drop table given")


def _follow(
    db: duckdb.DuckDBPyConnection,
    table: str,
    name: str | None,
    hashed: str | None,
    *,
    where: str,
    **params: object,
) -> None:
    """Put the new id, and its hash, into one table."""
    found = f"x.{name} = g.old" if name else f"x.{hashed} = g.k"
    values = [f"{name} = g.new"] if name else []
    values += [f"{hashed} = g.nk"] if hashed else []
    db.execute(
        f"update {table} x set {', '.join(values)} from given g where {found} and {where}", params
    )
