"""What happened to records: those of a counter of a job, and all that befell one of them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store.images import Image, sides_of
from mdsync_nb.store.sql import frame_of, key_text

COUNTED = {
    "inserted": "outcome = 'applied' and action = 'insert'",
    "modified": "outcome = 'applied' and action = 'modify'",
    "deleted": "outcome = 'applied' and action = 'delete'",
    "failed": "outcome = 'fail'",
    "skipped": "outcome = 'skip'",
    "waiting": "outcome = 'wait'",
    "stale": "outcome = 'stale'",
    "coupled": "",
    "uncoupled": "",
}
"""The counters of a job whose records are kept, and which they are; blank: see PAIRED."""

PAIRED = {"coupled": "couple", "uncoupled": "uncouple"}
"""Counters of pairs, and what became of a pair."""

SUCCEEDED = """(select mapping, id, max(job_id) as job_id from (
    select mapping, unnest(list_distinct([source_id, destination_id])) as id, job_id
    from job_record where outcome = 'applied' {and_more}) group by mapping, id)"""
"""The last job that succeeded with a record, by either of its ids."""

SETTLED = f"""left join {SUCCEEDED.format(and_more="")} s
    on s.mapping = e.mapping and s.id = e.source_id"""
STANDS = "coalesce(s.job_id, 0) <= e.job_id"
"""An error `e` stands as long as no later job of its mapping succeeded with the record."""

PAIRS = """
select b.job_id, b.mapping, b.integration_id, b.local_id, b.integration_key_hash, b.local_key_hash,
    case when not b.existed then 'couple'
        when j.kind in ('coupling', 'uncoupling') or exists (select 1 from job_coupling o
            where o.job_id = p.undoes and o.mapping = b.mapping and not o.existed
              and o.integration_key_hash = b.integration_key_hash
              and o.local_key_hash = b.local_key_hash) then 'uncouple' end as action,
    case when j.kind = 'undo' then 'undo' else '' end as rule
from job_coupling b join job j using (job_id) left join plan p on p.plan_id = j.plan_id
where j.kind in ('coupling', 'uncoupling', 'undo')
"""
"""The pairs that jobs put together or took apart. An undo also puts back how far a pair agreed;
that is no pair of it, and its action is null."""

OF_WHAT = """job j left join plan p using (plan_id)
    left join queue_log l on l.log_id = j.queue_log"""
BELONGS = """p.title, l.report, l.hint,
    case when j.status = 'failed' then coalesce(j.traceback, l.traceback) end as traceback"""
"""What a job belongs to: the title of its plan, and what the run it is of left behind."""


def counter_of(only: str) -> str:
    """Give the counter somebody asked for. Raises UsageError for one whose records nobody keeps."""
    if only and only not in COUNTED:
        counted = "Records that were left unchanged are counted and not kept. "
        raise UsageError(
            f"Jobs keep no list of records that were {only!r}.",
            hint=f"{counted if only == 'unchanged' else ''}Say one of {', '.join(COUNTED)}.",
        )
    return only


def coupled_by(
    db: duckdb.DuckDBPyConnection, job_id: int, mapping: TableMapping | None
) -> pl.DataFrame:
    """Give the pairs a job coupled or uncoupled (`frames.JOB_RECORDS`), with their keys where the
    images of the mapping still hold them."""
    sides = sides_of(db, mapping) if mapping else None
    joined, key = _with_keys(sides)
    found = frame_of(
        db,
        f"""select b.mapping, b.integration_id as source_id, b.local_id as destination_id,
            {key} as key, b.action, b.rule, 'applied' as outcome, '' as message
        from ({PAIRS}) b {joined} where b.job_id = $j and b.action is not null""",
        j=job_id,
    )
    return frames.conform(found, frames.JOB_RECORDS)


def _with_keys(sides: tuple[Image, Image] | None) -> tuple[str, str]:
    """The SQL that joins the images of a pair, and that of its key as people know it."""
    if sides is None:
        return "", "b.integration_id"
    there, here = sides
    joined = f"""left join {there.relation} i on i._key_hash = b.integration_key_hash
        left join {here.relation} l on l._key_hash = b.local_key_hash"""
    keys = f"case when i._id is not null then {key_text(there.key_fields, 'i.')} end"
    others = f"case when l._id is not null then {key_text(here.key_fields, 'l.')} end"
    return joined, f"coalesce({keys}, {others}, b.integration_id)"


def record_history(db: duckdb.DuckDBPyConnection, mapping: str, ids: Sequence[str]) -> pl.DataFrame:
    """Give what jobs did to the record with these ids, newest first (`frames.HISTORY`)."""
    found = frame_of(
        db,
        f"""select j.job_id, j.finished_at, j.kind, j.direction, h.* exclude (job_id), j.queue_log
        from (
            select job_id, key, action, rule, outcome, message, source_id, destination_id
            from job_record where mapping = $m
              and (list_contains($ids, source_id) or list_contains($ids, destination_id))
            union all
            select job_id, null, action, rule, 'applied', '', integration_id, local_id
            from ({PAIRS}) where mapping = $m and action is not null
              and (list_contains($ids, integration_id) or list_contains($ids, local_id))
        ) h join job j using (job_id) order by j.job_id desc, h.action""",
        m=mapping,
        ids=list(ids),
    )
    return frames.conform(found, frames.HISTORY)


def ids_of(db: duckdb.DuckDBPyConnection, mapping: TableMapping, record: str) -> list[str]:
    """Give the ids a record was ever known by in a mapping, on either side, in their order.

    record: an id or primary key. Looked for in jobs, couplings and what was loaded last.
    """
    known = [
        """select source_id as a, destination_id as b from job_record where mapping = $m
            and $r in (key, source_id, destination_id)""",
        "select integration_id, local_id from job_coupling where mapping = $m "
        "and $r in (integration_id, local_id)",
        "select integration_id, local_id from coupling where mapping = $m "
        "and $r in (integration_id, local_id)",
    ]
    sides = sides_of(db, mapping)
    for image, side in zip(sides or (), ("integration", "local"), strict=False):
        known.append(
            f"""select i._id, c.{"local" if side == "integration" else "integration"}_id
            from {image.relation} i left join coupling c
              on c.mapping = $m and c.{side}_key_hash = i._key_hash
            where $r in (i._id, {key_text(image.key_fields, "i.")})"""
        )
    query = " union all ".join(known)
    found = frame_of(
        db,
        f"""select distinct unnest([a, b]) as id from ({query}) order by id""",
        m=mapping.name,
        r=record,
    )
    return [str(one) for one in found["id"].drop_nulls().to_list()]
