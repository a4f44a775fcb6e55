"""Our own writes coming back: confirmed, not yet taken over, or changed by somebody since."""

from __future__ import annotations

import duckdb
import polars as pl

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.model import Completeness
from mdsync_nb.store.difference import completeness
from mdsync_nb.store.sql import image_name, number_of, parquet

OPEN = "p.status in ('pending', 'not taken over')"


def judge_pending(db: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Judge every write this load can say something about: what was loaded says which it is.

    Loaded as after the write: confirmed, our own echo, and the coupling takes the time the company
    gave it. Loaded as before it: not taken over. Anything else: a local change. A record the load
    does not show (its row was set aside, or the load is not complete) waits for another.
    """
    _note_shown(db, staged)
    if not number_of(db, "select count(*) from shown"):
        return
    named = {"c": staged.company, "t": staged.table}
    image = image_name(staged.company, staged.table)
    db.execute(
        f"""update pending p set status = case
            when s.now is not distinct from p.after_hash then 'confirmed'
            when s.was = p.before_hash or (s.now is null and p.before_hash is null)
                then 'not taken over'
            else 'changed since' end
        from (select q.rowid as row, i._row_hash as now, b._row_hash as was from pending q
              left join {image} i on i._key_hash = q.key_hash
              left join {image} b on b._key_hash = hash(q.before_id)
              where q.rowid in (select row from shown)) s
        where s.row = p.rowid"""
    )
    db.execute(
        f"""update coupling c set local_modified_at = greatest(c.local_modified_at, i._modified_at)
        from pending p join {image} i on i._key_hash = p.key_hash join job j using (job_id)
        where p.company = $c and p."table" = $t and p.status = 'confirmed'
          and c.mapping = j.mapping and c.local_key_hash = p.key_hash
          and c.local_row_hash = i._row_hash""",
        named,
    )
    db.execute(
        "delete from pending where company = $c and \"table\" = $t and status = 'confirmed'", named
    )


def _note_shown(db: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Note the open writes whose record the load shows, or shows to be gone."""
    gone = "true" if completeness(staged) is Completeness.YES else "false"
    db.register("aside", staged.set_aside.select(pl.col("key").drop_nulls().unique()))
    db.execute(
        f"""create or replace temp table shown as select p.rowid as row from pending p
        where p.company = $c and p."table" = $t and {OPEN}
          and p.key not in (select key from aside)
          and ({gone} or p.key_hash in (select hash(_id) from {parquet(staged.path)})
               or hash(p.before_id) in (select hash(_id) from {parquet(staged.path)}))""",
        {"c": staged.company, "t": staged.table},
    )
    db.unregister("aside")
