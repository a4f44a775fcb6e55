"""All that is kept of one job, and nothing of any other: for somebody who is asked for help."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from mdsync_nb.store.images import Image, image_of
from mdsync_nb.store.sql import frame_of, quoted, text_of

Row = dict[str, Any]
OF_JOB = "where job_id = $j"


@dataclass(frozen=True)
class JobKept:
    """One job: its row, records, errors, pairs, step and cells of its plan, and its queue run."""

    job: Row
    records: pl.DataFrame
    errors: pl.DataFrame
    couplings: pl.DataFrame
    plan: Row
    step: Row
    cells: pl.DataFrame
    run: Row


def job_kept(db: duckdb.DuckDBPyConnection, job_id: int) -> JobKept | None:
    """Give what is kept of a job, None when nobody knows it. Only its own records are in it."""
    job = _first(db, f"select * from job {OF_JOB}", j=job_id)
    if not job:
        return None
    plan = _first(db, "select * from plan where plan_id = $p", p=job["plan_id"])
    steps = json.loads(plan.pop("steps")) if plan else []
    at = job["step"]
    hashes = "* exclude (before_hash, after_hash)"
    return JobKept(
        job=job,
        records=frame_of(
            db, f"select {hashes} from job_record {OF_JOB} order by outcome, key", j=job_id
        ),
        errors=frame_of(db, f"select * from job_error {OF_JOB} order by key", j=job_id),
        couplings=frame_of(
            db,
            f"""select job_id, existed, mapping, local_id, integration_id, local_modified_at,
                integration_modified_at, last_result, last_integration_result, failures, skipped
            from job_coupling {OF_JOB} order by integration_id""",
            j=job_id,
        ),
        plan=plan,
        step=steps[at] if at is not None and at < len(steps) else {},
        cells=_cells(db, job_id),
        run=_first(db, "select * from queue_log where log_id = $q", q=job["queue_log"]),
    )


def _first(db: duckdb.DuckDBPyConnection, query: str, **params: object) -> Row:
    rows = frame_of(db, query, **params).to_dicts()
    return rows[0] if rows else {}


def _cells(db: duckdb.DuckDBPyConnection, job_id: int) -> pl.DataFrame:
    """The values its plan had for the records the job noted."""
    return frame_of(
        db,
        """select x.mapping, r.key, x.source_id, x.field, x.source, x.destination, x.base, x.class,
            x.kept, x.warning
        from job j join plan_cell x on x.plan_id = j.plan_id and x.step = j.step
        join job_record r on r.job_id = j.job_id and r.source_id = x.source_id
        where j.job_id = $j order by r.key, x.field""",
        j=job_id,
    )


def values_of(
    db: duckdb.DuckDBPyConnection,
    job_id: int,
    tables: Sequence[tuple[str, str, Sequence[str]]],
) -> list[str]:
    """Give what fields of the records of a job hold now, as texts.

    tables: company, table, and its fields that are asked for, in small letters.
    """
    found: list[str] = []
    for company, table, fields in tables:
        image = image_of(db, company, table)
        named = (
            [one for one in image.schema.fields if one.name.casefold() in fields] if image else []
        )
        for one in named:
            value = text_of(one, f"i.{quoted(one.name)}")
            rows = frame_of(
                db, f"select distinct {value} as v from {_named(image)} where v is not null",
                j=job_id,
            )  # fmt: skip
            found += rows["v"].to_list()
    return found


def _named(image: Image | None) -> str:
    relation = image.relation if image else ""
    return f"""{relation} i join (
        select unnest([source_id, destination_id]) as id from job_record {OF_JOB}
        union select unnest([local_id, integration_id]) from job_coupling {OF_JOB}) n
        on i._key_hash = hash(n.id)"""
