"""Our own writes coming back: confirmed, not yet taken over, or changed by somebody since."""

from __future__ import annotations

import duckdb

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import image_name, key_text

OPEN = "status in ('pending', 'not taken over')"


def judge_pending(db: duckdb.DuckDBPyConnection, company: str, table: str) -> None:
    """Judge every write that waits for this load: what was loaded says which it is.

    Loaded as before the write: not taken over. Loaded as after it: confirmed, our own echo, and
    the coupling takes the time the company gave it. Anything else: a local change.
    """
    named = {"c": company, "t": table}
    db.execute(
        f"""update pending p set status = case
            when i._row_hash is not distinct from p.after_hash then 'confirmed'
            when i._row_hash is not distinct from p.before_hash then 'not taken over'
            else 'changed since' end
        from (select p2.rowid as row, i._row_hash from pending p2
              left join {image_name(company, table)} i on i._key_hash = p2.key_hash
              where p2.company = $c and p2."table" = $t) i
        where i.row = p.rowid and {OPEN}""",
        named,
    )
    db.execute(
        f"""update coupling c set local_modified_at = greatest(c.local_modified_at, i._modified_at)
        from pending p join {image_name(company, table)} i on i._key_hash = p.key_hash
        join job j using (job_id)
        where p.company = $c and p."table" = $t and p.status = 'confirmed'
          and c.mapping = j.mapping and c.local_key_hash = p.key_hash
          and c.local_row_hash = i._row_hash""",
        named,
    )
    db.execute(
        "delete from pending where company = $c and \"table\" = $t and status = 'confirmed'", named
    )


def point_to_loaded_ids(db: duckdb.DuckDBPyConnection, image: Image, staged: Staged) -> None:
    """Let the records we created carry the id their company gave them, found by primary key."""
    path = str(staged.path).replace("'", "''")
    named = {"c": image.company, "t": image.table}
    db.execute(
        f"""create or replace temp table given as
        select p.id as old, p.key_hash as k, n._id as new, hash(n._id) as nk
        from pending p join {image.relation} i on i._key_hash = p.key_hash
        join read_parquet('{path}') n
          on {key_text(image.key_fields, "n.")} = {key_text(image.key_fields, "i.")}
        where p.company = $c and p."table" = $t and p.before_hash is null and n._id <> i._id""",
        named,
    )
    for target, id_column, hash_column in (
        (image.relation, "_id", "_key_hash"),
        ("pending", "id", "key_hash"),
        ("coupling", "local_id", "local_key_hash"),
    ):
        db.execute(
            f"""update {target} x set {id_column} = g.new, {hash_column} = g.nk from given g
            where x.{hash_column} = g.k and x.{id_column} = g.old"""
        )
    db.execute("drop table given")
