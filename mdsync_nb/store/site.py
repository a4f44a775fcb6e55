"""What the report site shows of jobs and runs, and what every build of it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.store.happened import BELONGS, OF_WHAT, PAIRS
from mdsync_nb.store.sql import frame_of, number_of

HISTORIES = f"""
with happened as (
    select job_id, mapping, key, action, rule, outcome, message, source_id, destination_id
    from job_record
    union all
    select job_id, mapping, null, action, rule, 'applied', '', integration_id, local_id
    from ({PAIRS}) where action is not null
), named as (
    select *, unnest(list_distinct([source_id, destination_id])) as id from happened
)
select distinct w.record, j.job_id, j.finished_at, j.kind, j.direction,
    h.* exclude (job_id, mapping, id), j.queue_log
from wanted w join named h on h.mapping = w.mapping and h.id = w.id join job j using (job_id)
order by w.record, j.job_id, h.action desc
"""
"""As `happened.record_history`, of many records at once."""

FIGURES = [name for name in frames.SITE_FIGURES if name not in ("run_id", "built_at")]


@dataclass(frozen=True)
class SiteLists:
    """The lists of the report site, each one question however many jobs or records it is about.
    Times are UTC."""

    db: duckdb.DuckDBPyConnection

    def builds(self, last: int) -> pl.DataFrame:
        """What the last builds found, oldest first (`frames.SITE_FIGURES`)."""
        found = frame_of(
            self.db,
            """select * from site_run join site_figure using (run_id)
            where run_id > (select coalesce(max(run_id), 0) from site_run) - $last
            order by run_id, mapping""",
            last=last,
        )
        return frames.conform(found, frames.SITE_FIGURES)

    def runs(self, last: int) -> pl.DataFrame:
        """The last runs of job queue entries, newest first, with `jobs`: the numbers of theirs."""
        return frame_of(
            self.db,
            """select l.*, coalesce(j.jobs, []) as jobs from queue_log l
            left join (select queue_log as log_id, list(job_id order by job_id) as jobs from job
                where queue_log is not null group by all) j using (log_id)
            order by log_id desc limit $last""",
            last=last,
        )

    def jobs(self, last: int) -> pl.DataFrame:
        """The last jobs, newest first, with `title`, that of their plan, and `report`, that of the
        run they belong to."""
        return frame_of(
            self.db,
            f"""select j.* exclude (traceback), {BELONGS} from {OF_WHAT}
            order by j.job_id desc limit $last""",
            last=last,
        )

    def job_records(self, jobs: Sequence[int], *, each: int) -> pl.DataFrame:
        """What these jobs did to the records they had something to say about, by outcome and key.

        each: at most this many of a job, outcome and action; `of` says how many there are.
        """
        return self._about(
            jobs,
            """select job_id, mapping, source_id, destination_id, key, action, rule, outcome,
                message, count(*) over kind as of
            from job_record where job_id in (select job_id from wanted)
            window kind as (partition by job_id, outcome, action)
            qualify row_number() over (partition by job_id, outcome, action order by key) <= $each
            order by job_id, outcome, action, key""",
            each=each,
        )

    def job_errors(self, jobs: Sequence[int], *, each: int) -> pl.DataFrame:
        """The errors of these jobs, one row a record: at most so many of each job."""
        return self._about(
            jobs,
            """select job_id, mapping, failed_at, source_id, destination_id, key, rule, message
            from job_error where job_id in (select job_id from wanted)
            qualify row_number() over (partition by job_id order by key) <= $each
            order by job_id, key""",
            each=each,
        )

    def histories(self, records: pl.DataFrame) -> pl.DataFrame:
        """What jobs did to records, oldest first: `record`, and the columns of `frames.HISTORY`.

        records: `record`, its number, `mapping`, and `id`, one row an id it has on either side.
        """
        self.db.register("wanted", records)
        try:
            found = frame_of(self.db, HISTORIES)
        finally:
            self.db.unregister("wanted")
        numbers = found.select("record")
        return numbers.hstack(frames.conform(found, frames.HISTORY))

    def _about(self, jobs: Sequence[int], query: str, **params: object) -> pl.DataFrame:
        self.db.register(
            "wanted", pl.DataFrame({"job_id": list(jobs)}, schema={"job_id": pl.Int64})
        )
        try:
            return frame_of(self.db, query, **params)
        finally:
            self.db.unregister("wanted")


def note_site(db: duckdb.DuckDBPyConnection, figures: pl.DataFrame, *, at: datetime) -> int:
    """Note what a build found (`frames.SITE_FIGURES`, whose number is not looked at); gives its
    number."""
    run_id = number_of(db, "select coalesce(max(run_id), 0) + 1 from site_run")
    mappings = figures["mapping"].n_unique()
    db.execute("insert into site_run values ($r, $at, $m)", {"r": run_id, "at": at, "m": mappings})
    db.register("figures", figures.select(FIGURES))
    try:
        db.execute(
            f"insert into site_figure select $r, {', '.join(FIGURES)} from figures", {"r": run_id}
        )
    finally:
        db.unregister("figures")
    return run_id
