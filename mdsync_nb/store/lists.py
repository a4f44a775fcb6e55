"""The lists people look at, each a frame: loads, jobs, errors, plans, and a record's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import TableMapping
from mdsync_nb.store.finding import records_found
from mdsync_nb.store.happened import (
    BELONGS,
    COUNTED,
    OF_WHAT,
    PAIRED,
    SETTLED,
    STANDS,
    counter_of,
    coupled_by,
    ids_of,
    record_history,
)
from mdsync_nb.store.plans_kept import plans_kept
from mdsync_nb.store.sql import frame_of
from mdsync_nb.store.standing import left_waiting, newest_jobs, sides_of


@dataclass(frozen=True)
class Lists:
    """The lists one visit can give. Times are UTC."""

    db: duckdb.DuckDBPyConnection

    def _frame(self, query: str, **params: object) -> pl.DataFrame:
        return frame_of(self.db, query, **params)

    def loads(self) -> pl.DataFrame:
        """Every load, newest first (`frames.LOADS`)."""
        return frames.conform(self._frame("select * from load order by load_id desc"), frames.LOADS)

    def stamps(self) -> dict[tuple[str, str], str]:
        """What moves when files do, of the newest load of each company and table, read or not."""
        rows = self.db.sql(
            """select company, "table", arg_max(coalesce(stamps, ''), load_id) from load
            group by all"""
        ).fetchall()
        return {(company, table): stamps for company, table, stamps in rows}

    def status(self) -> pl.DataFrame:
        """One row a mapping that was ever coupled or run: couplings, failures, holds, last run.

        pending, not_taken_over: what its jobs wrote and no load has confirmed yet.
        """
        return self._frame(
            """select mapping, coalesce(c.coupled, 0) as coupled, coalesce(c.agreed, 0) as agreed,
                coalesce(c.failed, 0) as failed, coalesce(c.skipped, 0) as skipped,
                coalesce(h.held, 0) as held, coalesce(p.pending, 0) as pending,
                coalesce(p.not_taken_over, 0) as not_taken_over, s.watermark,
                s.local_watermark, s.last_run_at,
                s.last_job, s.only_coupled
            from (select mapping, count(*) as coupled,
                    count(*) filter (integration_row_hash is not null) as agreed,
                    count(*) filter (not skipped and
                        (last_result = 'failure' or last_integration_result = 'failure')) as failed,
                    count(*) filter (skipped) as skipped from coupling group by all) c
            full join (select mapping, count(*) as held from hold group by all) h using (mapping)
            full join (select mapping, count(*) filter (p.status = 'pending') as pending,
                    count(*) filter (p.status = 'not taken over') as not_taken_over
                from pending p join job using (job_id) group by all) p using (mapping)
            full join mapping_state s using (mapping) order by mapping"""
        )

    def standing(self, uses: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The sides of mappings (`standing.sides_of`), what runs left, and the last jobs."""
        return sides_of(self.db, uses), left_waiting(self.db), newest_jobs(self.db)

    def pending(self) -> pl.DataFrame:
        """What we wrote and no load has confirmed yet, per table and state."""
        return self._frame(
            """select company, "table", status, count(*) as records from pending
            group by all order by all"""
        )

    def jobs(self, mapping: str = "", *, only: str = "") -> pl.DataFrame:
        """Every job, newest first, with its counters; only: those that counted such a record."""
        counter = counter_of(only)
        return self._frame(
            f"""select job_id, plan_id, mapping, kind, direction, status,
                (step + 1)::bigint as step, steps,
                started_at, finished_at,
                epoch_ms(finished_at - started_at) / 1000.0 as seconds,
                inserted, modified, deleted, unchanged, skipped, failed, waiting, stale,
                coupled, uncoupled, undone_by, queue_log, message
            from job
            left join (select plan_id, json_array_length(steps)::bigint as steps from plan)
                using (plan_id)
            where ($m = '' or mapping = $m) {f"and {counter} > 0" if counter else ""}
            order by job_id desc""",
            m=mapping,
        )

    def job(self, job_id: int) -> dict[str, object] | None:
        """One job, or None."""
        rows = self._frame("select * from job where job_id = $j", j=job_id).to_dicts()
        return rows[0] if rows else None

    def job_belongs_to(self, job_id: int) -> dict[str, object]:
        """What a job belongs to: `title` of its plan, `report` and `hint` of its run; null without,
        and the traceback of the run where the job has none of its own."""
        rows = self._frame(
            f"select {BELONGS} from {OF_WHAT} where j.job_id = $j", j=job_id
        ).to_dicts()
        return rows[0] if rows else {}

    def job_writes(self, job_id: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What a job wrote: its records with the hash they have since, and the cells."""
        records = self._frame(
            "select * from job_record where job_id = $j and outcome = 'applied'", j=job_id
        )
        cells = self._frame(
            """select x.mapping, x.source_id, r.destination_id, x.field, x.source, x.destination,
                x.base, x.class
            from job j join plan_cell x on x.plan_id = j.plan_id and x.step = j.step
            join job_record r on r.job_id = j.job_id and r.source_id = x.source_id
            where j.job_id = $j and r.outcome = 'applied'
              and r.action in ('insert', 'modify', 'delete')
              and x.source is distinct from x.destination and not x.kept""",
            j=job_id,
        )
        return records, cells

    def couples(self, job_id: int) -> bool:
        """Whether a job put records together or apart, by itself or by undoing another."""
        found = self._frame(
            """select 1 from job_coupling join job using (job_id)
            where job_id = $j and kind in ('coupling', 'uncoupling', 'undo') limit 1""",
            j=job_id,
        )
        return not found.is_empty()

    def job_records(
        self, job_id: int, *, mapping: TableMapping | None = None, only: str = ""
    ) -> pl.DataFrame:
        """What a job did to each record it had something to say about (`frames.JOB_RECORDS`).

        mapping: gives pairs that were coupled or uncoupled their keys. only: those of a counter.
        """
        counter_of(only)
        records = self._frame(
            f"""select mapping, source_id, destination_id, key, action, rule, outcome, message
            from job_record where job_id = $j and {COUNTED.get(only, "true") or "false"}""",
            j=job_id,
        )
        pairs = coupled_by(self.db, job_id, mapping)
        if only:
            pairs = pairs.filter(pl.col("action") == PAIRED.get(only, ""))
        found = pl.concat([frames.conform(one, frames.JOB_RECORDS) for one in (records, pairs)])
        return found.sort("outcome", "key", "source_id")

    def job_errors(self, job_id: int) -> pl.DataFrame:
        """The errors of one job, as it noted them."""
        return self._frame(
            """select mapping, failed_at, source_id, destination_id, key, rule, message
            from job_error where job_id = $j order by rule, key""",
            j=job_id,
        )

    def errors(self, mapping: str = "") -> pl.DataFrame:
        """Errors that still stand, grouped by record and message: first and last seen, how often.

        An error stands as long as no later job of the mapping succeeded with the record.
        """
        return self._frame(
            f"""select e.mapping, any_value(e.key) as key, e.rule, e.message, count(*) as seen,
                min(e.failed_at) as first_seen, max(e.failed_at) as last_seen,
                max(e.job_id) as job_id, coalesce(bool_or(c.skipped), bool_or(b.skipped), false)
                    as skipped, e.source_id, any_value(e.destination_id) as destination_id
            from job_error e {SETTLED}
            left join coupling c on c.mapping = e.mapping and c.integration_id = e.source_id
            left join coupling b on b.mapping = e.mapping and b.local_id = e.source_id
                and b.integration_id = e.destination_id
            where ($m = '' or e.mapping = $m) and {STANDS}
            group by e.mapping, e.source_id, e.rule, e.message order by last_seen desc, key""",
            m=mapping,
        )

    def plans(self) -> pl.DataFrame:
        """Every plan, newest first (`frames.PLANS`)."""
        return plans_kept(self.db)

    def history(self, mapping: str, ids: Sequence[str]) -> pl.DataFrame:
        """What jobs did to one record, newest first (`frames.HISTORY`).

        ids: of the record, on either side. Source: semantics.md 11.1 (Synchronization Log).
        """
        return record_history(self.db, mapping, ids)

    def ids_of(self, mapping: TableMapping, record: str) -> list[str]:
        """The ids a record was ever known by in a mapping; record: an id or key of either side."""
        return ids_of(self.db, mapping, record)

    def records_found(
        self, mapping: TableMapping, text: str, *, names: Sequence[str], limit: int
    ) -> pl.DataFrame:
        """The records of a mapping whose number, name or id is like a text (`frames.FOUND`).

        names: fields that hold what people call a record, in the order they are tried.
        """
        return records_found(self.db, mapping, text, names=names, limit=limit)
