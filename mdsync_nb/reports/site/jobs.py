"""A page for each job: how it ended, its counters, its records by what became of them, errors."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.reports import wording
from mdsync_nb.reports.five_figures import plain_figures
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import SHOWN, Column, cell, grid
from mdsync_nb.reports.pieces.lists import what_it_did
from mdsync_nb.reports.pieces.words import past
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.joblist import outcome_words
from mdsync_nb.reports.site.layout import Crumb, neighbours
from mdsync_nb.reports.site.making import RUNS, Making
from mdsync_nb.reports.tally import Row

LISTS: Mapping[str, tuple[str, pl.Expr]] = {
    "inserted": ("Created", (pl.col("outcome") == "applied") & (pl.col("action") == "insert")),
    "modified": ("Changed", (pl.col("outcome") == "applied") & (pl.col("action") == "modify")),
    "deleted": ("Deleted", (pl.col("outcome") == "applied") & (pl.col("action") == "delete")),
    "failed": ("Failed", pl.col("outcome") == "fail"),
    "skipped": ("Set aside", pl.col("outcome") == "skip"),
    "waiting": ("Wait for a person", pl.col("outcome") == "wait"),
    "stale": ("Moved since the plan", pl.col("outcome") == "stale"),
}
"""What a job says of its records: the counter, its title, and which records it counts."""

UNDONE_KINDS = ("undo", "repair")
FRAME = re.compile(r'^\s*File "[^"]*", line \d+')


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
        tag("div", tag("p", _when(job), class_="above"), tag("h1", title)),
        _band(making, page, job),
        plain_figures(_counted(job)),
        *_lists(making, page, job, about[0]),
        _errors(making, page, job, about[1]),
        _trace(making, job),
        neighbours(page, "Other jobs", later, earlier),
        crumbs=(
            RUNS,
            *(table if job["mapping"] in making.lines else []),
            Crumb(f"Job {job['job_id']}"),
        ),
    )


def _when(job: Row) -> Html:
    began = wording.moment(job["started_at"]) if job["started_at"] else Html("no time is known")
    ended = job["finished_at"]
    return Html("Started ", began, ", ended " if ended else ", not ended",
                wording.moment(ended) if ended else None, " (UTC)")  # fmt: skip


def _counted(job: Row) -> dict[str, int]:
    every = {"coupled": "coupled", "uncoupled": "uncoupled", **COUNTERS}
    shown = {head: int(job[name] or 0) for name, head in every.items() if job[name]}
    return {f"{head[:1].upper()}{head[1:]}": many for head, many in shown.items()}


def _band(making: Making, page: str, job: Row) -> Html:
    stopped = job["status"] == "failed"
    told: list[Part] = [wording.prose(str(job[one])) for one in ("message", "hint") if job[one]]
    if job["title"]:
        told.append(Html("Plan “", job["title"], "”, ", tag("code", job["plan_id"]), "."))
    if job["report"]:
        told.append(Html("Its report: ", making.report_on(page, str(job["report"])), "."))
    lines = [tag("p", one) for one in (*told, *_undo(making, page, job)) if one]
    return tag(
        "div",
        tag("p", _headline(job), class_="headline"),
        *lines,
        class_="band stopped" if stopped else "band",
        role="region",
        aria_label="Outcome",
    )


def _headline(job: Row) -> str:
    said = outcome_words(job)
    wrote = sum(int(job[one] or 0) for one in ("inserted", "modified", "deleted"))
    if said in ("done", "some failed"):
        failed = f", {wording.count(int(job['failed']), 'record')} failed" if job["failed"] else ""
        if job["coupled"] or job["uncoupled"]:
            both = ((job["coupled"], "coupled"), (job["uncoupled"], "uncoupled"))
            return ", ".join(f"{wording.count(n, 'pair')} {word}" for n, word in both if n) + "."
        return (
            f"{wording.count(wrote, 'record')} written{failed}."
            if wrote
            else f"Nothing was written{failed}."
        )
    return f"{said[:1].upper()}{said[1:]}."


def _undo(making: Making, page: str, job: Row) -> list[Html]:
    if job["undone_by"]:
        by = making.job_on(page, job["undone_by"])
        return [Html("It was taken back by ", by, ".")]
    if job["status"] == "failed" or not job["finished_at"] or job["kind"] in UNDONE_KINDS:
        return []
    return [wording.prose(f"To reverse it: `mdsync undo {job['job_id']}`")]


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
                _lede(mine.height, of, job),
                _grid(making, page, mine, title),
                beside,
            )
        )
    return parts


def _lede(shown: int, of: int, job: Row) -> Html:
    if shown >= of:
        return tag("p", wording.count(of, "record") + ".", class_="lede")
    more = f"The first {wording.number(shown)} of {wording.count(of, 'record')}; all of them:"
    return tag("p", wording.prose(f"{more} `mdsync jobs --job {job['job_id']}`"), class_="lede")


def _grid(making: Making, page: str, rows: pl.DataFrame, title: str) -> Html:
    columns = [
        Column("Record", lambda row: _record(making, page, row)),
        Column("Why", lambda row: wording.prose(row["message"] or past(row["rule"]))),
    ]
    return grid(rows, columns, caption=title, none="", shown=SHOWN)


def _record(making: Making, page: str, row: Row) -> Html:
    key = str(row["key"] or "a record without a number")
    address = making.record_on(page, row)
    return tag("a", key, href=address) if address else tag("b", key)


def _errors(making: Making, page: str, job: Row, errors: pl.DataFrame) -> Html:
    """The errors of a job by reason: why, what to do, and how to see that it is mended."""
    told = making.overview.diagnoses.get(job["job_id"])
    if told is None or told.is_empty():
        return Html()
    columns = [
        Column("Why", _reason),
        Column("What to do", lambda row: wording.prose(row["fix"])),
        Column("How to see that it is mended", lambda row: wording.prose(row["verify"])),
        Column("Records", lambda row: cell(row["records"]), right=True),
    ]
    table = grid(told, columns, caption="Errors by reason", none="", shown=SHOWN)
    reasons = told.select(
        Why="title", Cause="cause", Fix="fix", Verify="verify", For="who", Records="records"
    )
    rows = masked(errors.with_columns(field=pl.lit("")), making.c.masked)
    heads = rows.select(Number="key", Why=_why(rows), Rule="rule", **{"When (UTC)": "failed_at"})
    number = {"Job": job["job_id"]}
    return tag(
        "section",
        tag("h2", "Errors by reason"),
        table,
        making.pages.beside(page, "reasons", reasons, sheet="Reasons of jobs", **number),
        making.pages.beside(page, "errors", heads, sheet="Errors of jobs", **number),
    )


def _reason(row: Row) -> Html:
    who = f" For {row['who']}." if row["who"] else ""
    return tag("b", row["title"]) + tag("span", wording.prose(row["cause"]), who, class_="second")


def _why(rows: pl.DataFrame) -> pl.Expr:
    """What a job said of each record, or what its rule says."""
    said = pl.col("message").fill_null("")
    words = {rule: past(rule) for rule in rows["rule"].drop_nulls().unique()}
    return pl.when(said != "").then(said).otherwise(pl.col("rule").replace(words))


def _trace(making: Making, job: Row) -> Html:
    """Where it stopped, folded; only the places in the code where values are masked."""
    trace = job["traceback"]
    if not trace:
        return Html()
    lines = str(trace).splitlines()
    if making.c.masked:
        lines = [line for line in lines if FRAME.match(line)]
    folded = tag(
        "details", tag("summary", "Where it stopped, for support"), tag("pre", "\n".join(lines))
    )
    return tag("section", joined([tag("h2", "Traceback"), folded]))
