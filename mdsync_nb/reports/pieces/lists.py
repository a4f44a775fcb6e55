"""The lists of the workbench as tables: loads, mappings, jobs and their records, errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.model import Direction, EntryStatus
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import SHOWN, Column, cell, counts, grid
from mdsync_nb.reports.pieces.words import heads_of, why

JOB_KINDS = {
    "coupling": "coupling",
    "modified": "synchronize modified",
    "full": "full synchronization",
    "records": "single records",
    "decisions": "decisions",
    "restore": "restore records",
    "delete": "delete records",
    "find_deleted": "find for deleted",
    "uncoupling": "uncoupling",
    "repair": "repair couplings",
    "undo": "undo",
}


def what_it_did(row: Mapping[str, Any]) -> str:
    """What a job did; of one that wrote the integration side, that too."""
    said = JOB_KINDS.get(row["kind"], str(row["kind"]))
    return f"{said} (to)" if row.get("direction") == Direction.TO_INTEGRATION else said


def in_force(loads: pl.DataFrame) -> pl.DataFrame:
    """Give what is in force of each company: its newest loads summed, without those that were
    refused (`frames.LOADS`). partly: of how many tables nobody knows that they are complete."""
    taken = loads.filter(pl.col("has_times").is_not_null()).sort("load_id", descending=True)
    return (
        taken.unique(["company", "table"], keep="first")
        .group_by("company")
        .agg(
            pl.col("as_of").min(),
            tables=pl.len(),
            rows=pl.col("rows").sum(),
            set_aside=pl.col("set_aside").sum(),
            partly=(pl.col("complete") != "yes").sum(),
            times=pl.col("has_times").all(),
            first=pl.col("load_id").min(),
        )
        .sort("first")
    )


def loads_table(loads: pl.DataFrame) -> Html:
    """Give the snapshots in force, one row a company (`in_force`)."""
    columns = [
        Column("Company", "company"),
        Column("As of (UTC)", "as_of"),
        Column("Complete", completeness),
        Column("Times of changes", "times"),
        *counts("tables", "rows", ("set_aside", "set aside")),
    ]
    rows, none = in_force(loads), "Nothing was loaded yet."
    return grid(rows, columns, caption="Snapshots in force", none=none)


def completeness(row: dict[str, object]) -> Part:
    """Say of how many tables of a company nobody knows that they are complete (`in_force`)."""
    if not row["partly"]:
        return "yes"
    return f"not known of {row['partly']} of {row['tables']} tables"


def status_table(status: pl.DataFrame) -> Html:
    """Give every mapping with its couplings, failures, holds and last run."""
    columns = [
        Column("Mapping", "mapping"),
        Column("Read up to (UTC)", "watermark"),
        Column("Last run (UTC)", "last_run_at"),
        *counts("coupled", "agreed", "failed", ("skipped", "set aside"), ("held", "undone")),
    ]
    return grid(status, columns, caption="Mappings", none="No mapping is in force.")


def jobs_table(jobs: pl.DataFrame, *, shown: int = 50) -> Html:
    """Give the jobs, newest first, with their counters."""
    columns = [
        Column("Job", lambda row: str(row["job_id"])),
        Column("Mapping", "mapping"),
        Column("What", what_it_did),
        Column("Started (UTC)", "started_at"),
        Column("Remark", _remark),
        *counts("coupled", *heads_of(COUNTERS, jobs.to_dicts()).items()),
    ]
    none = "No job ran yet."
    return grid(jobs, columns, caption="Jobs, newest first", none=none, shown=shown)


def newest_job(jobs: pl.DataFrame, job: int = 0) -> int:
    """Give the job that was asked for, or the newest that had something to say; 0 without any."""
    if job or jobs.is_empty():
        return job
    wrote = pl.sum_horizontal("inserted", "modified", "deleted", "failed", "skipped", "waiting")
    telling = jobs.filter((wrote > 0) & (pl.col("kind") != "coupling"))
    return int((telling if telling.height else jobs)["job_id"].to_list()[0])


def job_records(records: pl.DataFrame, *, mask: Iterable[str] = (), shown: int = SHOWN) -> Html:
    """Give what a job did to each record it had something to say about."""
    rows = masked(records.with_columns(field=pl.lit("")), mask)
    columns = [
        Column("Record", _record),
        Column("Action", lambda row: cell(row["action"])),
        Column("Outcome", "outcome"),
        Column("Why", lambda row: row["message"] or why(row["rule"])),
    ]
    none = "The job had nothing to say about single records."
    return grid(rows, columns, caption="Records of the job", none=none, shown=shown)


def queue_table(entries: pl.DataFrame) -> Html:
    """Give the job queue entries with their newest run (`frames.QUEUE`), those in error first."""
    failing = (pl.col("status") == EntryStatus.ERROR.value) | (pl.col("attempts") > 0)
    rows = entries.sort(failing, pl.col("finished_at"), descending=True, nulls_last=True)
    columns = [
        Column("Runs", lambda row: str(row["mapping"] or row["notebook"])),
        Column("Status", "status"),
        Column("Last ended (UTC)", "finished_at"),
        Column("Next, not before (UTC)", "earliest_start"),
        Column("Why", "message"),
        *counts(("attempts", "failed in a row")),
    ]
    none = "Nothing runs by itself yet; `mdsync queue generate` makes the entries."
    return grid(rows, columns, caption="Job queue entries", none=none)


def error_kinds_table(kinds: pl.DataFrame, *, shown: int = 50) -> Html:
    """Give the errors that still stand by what they say (`frames.ERROR_KINDS`), with what to do."""
    rows = kinds.sort("records", descending=True)
    columns = [
        Column("What it says", "signature"),
        Column("What to do", lambda row: row["fix"] or "Nobody knows this message yet."),
        Column("Mappings", "mappings"),
        Column("Since (UTC)", "first_seen"),
        *counts("records", ("skipped", "set aside")),
    ]
    return grid(rows, columns, caption="Errors by kind", none="No error stands.", shown=shown)


def site_link(front: Path) -> Html:
    """Say where the report site is, with a link that works from a report beside it."""
    index = tag("a", "What ran, and what came of it", href="site/index.html")
    page = tag("a", "Where the companies differ", href="site/front.html")
    return tag("p", index, " · ", page) + tag("p", str(front), class_="note")


def errors_table(errors: pl.DataFrame, *, mask: Iterable[str] = (), shown: int = SHOWN) -> Html:
    """Give the errors that still stand: the record, why, how often and since when."""
    rows = masked(errors.with_columns(field=pl.lit("")), mask)
    columns = [
        Column("Record", _record),
        Column("Why", "message"),
        Column("First (UTC)", "first_seen"),
        Column("Last (UTC)", "last_seen"),
        Column("Set aside", "skipped"),
        *counts(("seen", "times")),
    ]
    none = "No error stands."
    return grid(rows, columns, caption="Errors that stand", none=none, shown=shown)


def _record(row: dict[str, object]) -> Part:
    key = str(row["key"] or "a record without a number")
    return tag("b", key) + " " + tag("span", str(row["mapping"]), class_="small")


def _remark(row: dict[str, object]) -> Part:
    undone = f"undone by job {row['undone_by']}" if row["undone_by"] else ""
    return ". ".join(text for text in (undone, str(row["message"] or "")) if text)
