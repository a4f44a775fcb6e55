"""How far every mapping was read, what changed since, what waits, and what its last run did."""

from __future__ import annotations

import duckdb
import polars as pl

from mdsync_nb.store.sql import frame_of

READ_TO = """select mapping, 'integration' as side, coalesce(last_seq, 0) as seq
    from mapping_state where watermark is not null
    union all select mapping, 'local', coalesce(local_seq, 0)
    from mapping_state where local_watermark is not null"""
"""Up to which change every mapping has read either side; none where a side was never read."""

COUNTED = ("inserted", "modified", "deleted", "coupled", "uncoupled", "waiting", "failed",
           "skipped", "stale")  # fmt: skip
"""The counters that tell what a job did."""


def sides_of(db: duckdb.DuckDBPyConnection, uses: pl.DataFrame) -> pl.DataFrame:
    """Give how many records either side of each mapping holds, and how many changed since it was
    read: `mapping`, `side`, `rows`, `changes`.

    uses: `mapping`, `side`, `company`, `table`, and whether its runs read it (`reads`). What its
    own jobs wrote is no change to it. rows is null for what was never loaded, changes for what was
    never read.
    """
    db.register("uses", uses)
    try:
        return frame_of(
            db,
            f"""with read as ({READ_TO}),
            changed as (
                select u.mapping, u.side, count(distinct c.key_hash) as changes
                from uses u join read using (mapping, side)
                join change c on c.company = u.company and c."table" = u."table"
                  and c.seq > read.seq
                where u.reads and not exists
                    (from job j where j.mapping = u.mapping and j.seq = c.seq)
                group by all)
            select u.mapping, u.side, i.rows, case when u.reads and read.seq is not null
                then coalesce(changed.changes, 0) end as changes
            from uses u left join read using (mapping, side)
            left join changed using (mapping, side)
            left join image i on i.company = u.company and i."table" = u."table" """,
        )
    finally:
        db.unregister("uses")


def left_waiting(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give how many records of each mapping its runs left: `mapping`, `waits`."""
    return frame_of(
        db,
        """select mapping, count(distinct key) as waits from (
            select mapping, integration_key_hash as key from coupling where skipped
            union all select mapping, integration_key_hash from coupling
                where last_result = 'failure' or last_integration_result = 'failure'
            union all select mapping, integration_key_hash from hold
            union all select r.mapping, coalesce(r.integration_key_hash, c.integration_key_hash,
                r.local_key_hash) from revisit r
            left join coupling c on r.integration_key_hash is null and c.mapping = r.mapping
                and c.local_key_hash = r.local_key_hash)
        group by all""",
    )


def newest_jobs(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give the last job of each mapping with its counters; those of one plan are one, each step of
    it as it went the last time."""
    counters = ", ".join(f"sum(j.{one})::bigint as {one}" for one in COUNTED)
    return frame_of(
        db,
        f"""with newest as (select mapping, max(job_id) as last_job from job group by all),
        tried as (select * from job
            qualify row_number() over
                (partition by mapping, plan_id, step order by job_id desc) = 1)
        select n.mapping, n.last_job, arg_max(j.kind, j.job_id) as last_kind,
            coalesce(arg_max(j.status, j.job_id) filter (j.status <> 'finished'), 'finished')
                as last_status,
            max(coalesce(j.finished_at, j.started_at)) as last_at,
            arg_max(j.message, j.job_id) as message, {counters}
        from newest n join job l on l.job_id = n.last_job
        join tried j on j.mapping = n.mapping
          and (j.job_id = n.last_job or j.plan_id = l.plan_id)
        group by n.mapping, n.last_job""",
    )
