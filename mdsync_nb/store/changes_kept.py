"""Which changes are still needed: those a run has not read, and those that tell the base."""

from __future__ import annotations

import duckdb
import polars as pl

from mdsync_nb.store.sql import frame_of
from mdsync_nb.store.standing import READ_TO

UNREAD = "Not yet read by a mapping."
BASE = "They tell what records held when they last agreed."


def forget_changes(db: duckdb.DuckDBPyConnection, uses: pl.DataFrame) -> pl.DataFrame:
    """Delete changes of jobs and loads that are gone; gives how many went, and why others stay.

    uses: the tables of mappings (`mapping`, `side`, `company`, `table`). A change stays until every
    mapping of its table has read past it, and one of a field as long as a pair last agreed before
    it (its first `before` since then is the base), a job that can be undone would bring such a pair
    back, or a write before it waits for a load.
    """
    db.register("uses", uses)
    db.execute(
        """create or replace temp table stays as
        select seq from load where seq is not null
        union select seq from job where seq is not null"""
    )
    _note_read(db)
    _note_agreed(db)
    _note_forgotten(db)
    db.unregister("uses")
    parts = [
        _forgotten(db, "change", "unread", UNREAD),
        _forgotten(db, "change_cell", "base", BASE),
    ]
    return pl.concat(parts)


def _note_forgotten(db: duckdb.DuckDBPyConnection) -> None:
    """Note up to where the changes of each table have gaps from now on: no image can be known as
    it was before that."""
    db.execute(
        """create or replace temp table lost as select company, "table", max(seq) as seq
        from change where seq not in (select seq from stays) group by all"""
    )
    db.execute(
        """merge into forgotten f using lost l on f.company = l.company and f."table" = l."table"
        when matched then update set seq = greatest(f.seq, l.seq)
        when not matched then insert values (l.company, l."table", l.seq)"""
    )
    db.execute("delete from gone_row where seq not in (select seq from stays)")


def _note_read(db: duckdb.DuckDBPyConnection) -> None:
    """Note up to which change every table was read by all its mappings that ever read it.

    One whose mapping is not in the settings any more may be any table.
    """
    db.execute(
        f"""create or replace temp table read_to as
        select u.company, u."table", min(s.seq) as seq from ({READ_TO}) s
        left join uses u using (mapping, side) group by all"""
    )
    db.execute(
        """create or replace temp table unread as select c.rowid as row from change c
        join read_to r on (r.company is null or (r.company = c.company and r."table" = c."table"))
          and c.seq > r.seq"""
    )


def _note_agreed(db: duckdb.DuckDBPyConnection) -> None:
    """Note the changes of fields since a pair agreed, by the records of either side."""
    db.execute(
        """create or replace temp table needed as select k, min(seq) as seq from (
            select unnest([local_key_hash, integration_key_hash]) as k, agreed_seq as seq
            from coupling
            union all
            select unnest([local_key_hash, integration_key_hash]), agreed_seq from job_coupling
            union all select key_hash, seq - 1 from pending)
        where seq is not null group by k"""
    )
    db.execute(
        """create or replace temp table base as select c.rowid as row from change_cell c
        join needed n on n.k = c.key_hash and c.seq > n.seq"""
    )


def _forgotten(db: duckdb.DuckDBPyConnection, table: str, needed: str, reason: str) -> pl.DataFrame:
    old = f"{table} where seq not in (select seq from stays)"
    found = frame_of(
        db,
        f"""select 'change' as kind, replace('{table}', '_', ' ') as what, null::timestamp as at,
            deleted, count(*) as records,
            case when deleted then 'Old.' else '{reason}' end as reason
        from (select rowid not in (select row from {needed}) as deleted from {old}) group by all""",
    )
    db.execute(f"delete from {old} and rowid not in (select row from {needed})")
    return found
