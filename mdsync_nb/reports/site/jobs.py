"""A page for each job: how it ended, its counters, its records by what became of them, errors."""

from __future__ import annotations

from functools import partial

import polars as pl

from mdsync_nb.reports.five_figures import plain_figures
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.lists import what_it_did
from mdsync_nb.reports.pieces.one_job import (
    LISTS,
    band,
    counted,
    reasons_table,
    records_lede,
    records_table,
    trace,
    when,
)
from mdsync_nb.reports.pieces.words import past
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.layout import Crumb, neighbours
from mdsync_nb.reports.site.making import RUNS, Making
from mdsync_nb.reports.tally import Row


def job_pages(making: Making) -> None:
    """Put the page of every job into the site, newest first."""
    jobs = making.overview.jobs.to_dicts()
    records = making.overview.job_records.partition_by("job_id", as_dict=True)
    errors = making.overview.job_errors.partition_by("job_id", as_dict=True)
    none = making.overview.job_records.clear(), making.overview.job_errors.clear()
    for place, job in enumerate(jobs):
        key = (job["job_id"],)
        about = (records.get(key, none[0]), errors.get(key, none[1]))
        later, earlier = (jobs[place - 1] if place else None), next(iter(jobs[place + 1 :]), None)
        _page(making, job, about, (later, earlier))


def job_title(making: Making, job: Row) -> str:
    """Give a job in words: Job 5: synchronize modified, Customer in Nordic."""
    return f"Job {job['job_id']}: {what_it_did(job)}, {making.table(job['mapping'])}"


def _page(
    making: Making,
    job: Row,
    about: tuple[pl.DataFrame, pl.DataFrame],
    around: tuple[Row | None, Row | None],
) -> None:
    page, title = places.job_page(job["job_id"]), job_title(making, job)
    later, earlier = (
        Crumb(f"Job {one['job_id']}", places.job_page(one["job_id"])) if one else None
        for one in around
    )
    table = [Crumb(making.table(job["mapping"]), places.table_page(job["mapping"]))]
    making.pages.add(
        page,
        title,
        tag("div", tag("p", when(job), class_="above"), tag("h1", title)),
        _band(making, page, job),
        plain_figures(counted(job)),
        *_lists(making, page, job, about[0]),
        _errors(making, page, job, about[1]),
        trace(job, hidden=bool(making.c.masked)),
        neighbours(page, "Other jobs", later, earlier),
        crumbs=(
            RUNS,
            *(table if job["mapping"] in making.lines else []),
            Crumb(f"Job {job['job_id']}"),
        ),
    )


def _band(making: Making, page: str, job: Row) -> Html:
    about: list[Part] = []
    if job["title"]:
        about.append(Html("Plan “", job["title"], "”, ", tag("code", job["plan_id"]), "."))
    if job["report"]:
        about.append(Html("Its report: ", making.report_on(page, str(job["report"])), "."))
    by = job["undone_by"]
    undone = Html("It was taken back by ", making.job_on(page, by), ".") if by else None
    return band(job, about, undone=undone)


def _lists(making: Making, page: str, job: Row, records: pl.DataFrame) -> list[Html]:
    rows = masked(records.with_columns(field=pl.lit("")), making.c.masked)
    parts = []
    for counter, (title, test) in LISTS.items():
        mine = rows.filter(test)
        if mine.is_empty():
            continue
        heads = mine.select(
            Number="key",
            Action="action",
            Outcome="outcome",
            Why=_why(mine),
            Rule="rule",
        )
        of = int(mine.unique(["outcome", "action"])["of"].sum())
        beside = making.pages.beside(
            page, counter, heads, sheet="Records of jobs", Job=job["job_id"], List=title
        )
        parts.append(
            tag(
                "section",
                tag("h2", title),
                records_lede(mine.height, of, job["job_id"]),
                records_table(mine, title, partial(_record, making, page)),
                beside,
            )
        )
    return parts


def _record(making: Making, page: str, row: Row) -> Html:
    key = str(row["key"] or "a record without a number")
    address = making.record_on(page, row)
    return tag("a", key, href=address) if address else tag("b", key)


def _errors(making: Making, page: str, job: Row, errors: pl.DataFrame) -> Html:
    """The errors of a job by reason: why, what to do, and how to see that it is mended."""
    told = making.overview.diagnoses.get(job["job_id"])
    if told is None or told.is_empty():
        return Html()
    reasons = told.select(
        Why="title", Cause="cause", Fix="fix", Verify="verify", For="who", Records="records"
    )
    rows = masked(errors.with_columns(field=pl.lit("")), making.c.masked)
    heads = rows.select(Number="key", Why=_why(rows), Rule="rule", **{"When (UTC)": "failed_at"})
    number = {"Job": job["job_id"]}
    return tag(
        "section",
        tag("h2", "Errors by reason"),
        reasons_table(told),
        making.pages.beside(page, "reasons", reasons, sheet="Reasons of jobs", **number),
        making.pages.beside(page, "errors", heads, sheet="Errors of jobs", **number),
    )


def _why(rows: pl.DataFrame) -> pl.Expr:
    """What a job said of each record, or what its rule says."""
    said = pl.col("message").fill_null("")
    words = {rule: past(rule) for rule in rows["rule"].drop_nulls().unique()}
    return pl.when(said != "").then(said).otherwise(pl.col("rule").replace(words))
