"""Couplings nobody knows the mapping of: how they come in, and how they are repaired."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import polars as pl

from mdsync_nb.model import TableMapping
from mdsync_nb.store.images import sides_of
from mdsync_nb.store.sql import number_of

UNPLACED = ""
"""The mapping of a coupling whose table nobody said (the product's Table ID 0)."""


def keep_unplaced(db: duckdb.DuckDBPyConnection, pairs: pl.DataFrame, *, job_id: int) -> int:
    """Keep couplings without a mapping (`integration_id`, `local_id`); gives how many."""
    db.register("unplaced", pairs.select("integration_id", "local_id"))
    db.execute(
        """insert into coupling by name
        select $mapping as mapping, local_id, integration_id, hash(local_id) as local_key_hash,
            hash(integration_id) as integration_key_hash, 0 as failures, false as skipped,
            $job as coupled_job from unplaced""",
        {"mapping": UNPLACED, "job": job_id},
    )
    db.unregister("unplaced")
    return pairs.height


def repair(
    db: duckdb.DuckDBPyConnection, mappings: Iterable[TableMapping], *, local_only: bool
) -> tuple[int, int]:
    """Give couplings without a mapping theirs: the one whose local table holds the local record,
    else whose integration table holds the other one; the rest is deleted.

    local_only: only the local side is looked at, and nothing is deleted. Gives how many were
    repaired and deleted. Source: semantics.md 3.3.
    """
    known = list(mappings)
    before = _unplaced(db)
    for side in ("local",) if local_only else ("local", "integration"):
        for mapping in known:
            images = sides_of(db, mapping)
            if images is None:
                continue
            image = images[1] if side == "local" else images[0]
            db.execute(
                f"""update coupling set mapping = $m where mapping = $none
                and {side}_key_hash in (select _key_hash from {image.relation})
                and local_key_hash not in
                    (select local_key_hash from coupling where mapping = $m)
                and integration_key_hash not in
                    (select integration_key_hash from coupling where mapping = $m)""",
                {"m": mapping.name, "none": UNPLACED},
            )
    left = _unplaced(db)
    if not local_only:
        db.execute("delete from coupling where mapping = $none", {"none": UNPLACED})
    return before - left, 0 if local_only else left


def _unplaced(db: duckdb.DuckDBPyConnection) -> int:
    return number_of(db, "select count(*) from coupling where mapping = $none", none=UNPLACED)
