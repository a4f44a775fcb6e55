"""Jobs as a list: what each did, when, how it ended, and its counters, with a link to its page."""

from __future__ import annotations

import polars as pl

from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.pieces.grid import Column, counts, grid
from mdsync_nb.reports.pieces.lists import what_it_did
from mdsync_nb.reports.pieces.one_job import outcome, outcome_words
from mdsync_nb.reports.site.making import Making


def jobs_section(making: Making, page: str, jobs: pl.DataFrame, *, title: str = "Jobs") -> Html:
    """Give jobs as a section, newest first."""
    columns = [
        Column("Job", lambda row: making.job_on(page, row["job_id"], str(row["job_id"]))),
        Column("Table", lambda row: making.table_on(page, row["mapping"])),
        Column("What", what_it_did),
        Column("Started (UTC)", "started_at"),
        Column("Outcome", outcome),
        *counts("coupled", *COUNTERS.items()),
    ]
    table = grid(
        jobs, columns, caption="Jobs, newest first", none="No job ran yet.", shown=len(jobs)
    )
    return tag("section", tag("h2", title), table)


def job_heads(jobs: pl.DataFrame) -> pl.DataFrame:
    """Give jobs with heads as people read them."""
    rows = jobs.to_dicts()
    names = {"coupled": "Coupled", **{k: v.capitalize() for k, v in COUNTERS.items()}}
    return jobs.select(
        Job="job_id",
        Mapping="mapping",
        What=pl.Series("what", [what_it_did(row) for row in rows], dtype=pl.String),
        **{"Started (UTC)": "started_at", "Finished (UTC)": "finished_at"},
        Outcome=pl.Series("outcome", [outcome_words(row) for row in rows], dtype=pl.String),
        **{head: pl.col(name) for name, head in names.items()},
        Remark="message",
    )
