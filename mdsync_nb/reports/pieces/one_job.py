"""One job: how it ended, its counters, its records by what became of them, values and errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from mdsync_nb.engine.messages import counter_words
from mdsync_nb.engine.one_job import Job
from mdsync_nb.engine.undoing import COUNTED
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import SHOWN, Column, cell, grid
from mdsync_nb.reports.pieces.lists import what_it_did
from mdsync_nb.reports.pieces.words import past
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

PAIRED = {"coupled": ("Coupled", "couple"), "uncoupled": ("Uncoupled", "uncouple")}
"""As LISTS, of pairs that a job put together or took apart."""

LEFT = ("some failed", "some undecided")
"""How a job ended that left records behind; the second of a coupling."""
UNDONE_KINDS = ("undo", "repair")
FRAME = re.compile(r'^\s*File "[^"]*", line \d+')
SOME = 20
"""Rows of a list where a job stands among others."""


def job_page(job: Job, *, shown: int = SHOWN) -> Html:
    """Give what a job did, as a notebook shows it. shown: rows of each list at most."""
    facts = dict(job.facts)
    return tag(
        "section",
        tag("h3", f"Job {job.job_id}: {what_it_did(facts)}, {job.table}"),
        tag("p", when(facts), class_="small"),
        band(facts, [one for one in (_counts(facts), _plan(facts)) if one]),
        _reasons(job, shown),
        _values(job, shown),
        *_lists(job, shown),
        trace(facts, hidden=bool(job.masked)),
    )


def _counts(job: Row) -> str:
    said = [f"{wording.number(many)} {head.lower()}" for head, many in counted(job).items()]
    return f"{', '.join(said)}." if said else ""


def _plan(job: Row) -> Part:
    if not job.get("title"):
        return None
    return Html("Plan “", job["title"], "”, ", tag("code", job["plan_id"]), ".")


def when(job: Row) -> Html:
    """Give when a job started and ended."""
    began = wording.moment(job["started_at"]) if job["started_at"] else Html("no time is known")
    ended = job["finished_at"]
    return Html("Started ", began, ", ended " if ended else ", not ended",
                wording.moment(ended) if ended else None, " (UTC)")  # fmt: skip


def counted(job: Row) -> dict[str, int]:
    """Give the counters of a job that counted something, by what people call them."""
    every = {"coupled": "coupled", "uncoupled": "uncoupled", **counter_words(job["kind"])}
    shown = {head: int(job[name] or 0) for name, head in every.items() if job[name]}
    return {f"{head[:1].upper()}{head[1:]}": many for head, many in shown.items()}


def band(job: Row, about: Sequence[Part], *, undone: Part = None) -> Html:
    """Give how a job ended, and how it can be taken back.

    about: what it belongs to. undone: which job took it back, said in a sentence.
    """
    told = [wording.prose(str(job[one])) for one in ("message", "hint") if job.get(one)]
    lines = [tag("p", one) for one in (*told, *about, _undo(job, undone)) if one]
    return tag(
        "div",
        tag("p", headline(job), class_="headline"),
        *lines,
        class_="band stopped" if job["status"] == "failed" else "band",
        role="region",
        aria_label="Outcome",
    )


def headline(job: Row) -> str:
    """Give how a job ended in a sentence."""
    said = outcome_words(job)
    wrote = sum(int(job[one] or 0) for one in ("inserted", "modified", "deleted"))
    if said in ("done", *LEFT):
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


def _undo(job: Row, undone: Part) -> Part:
    if job["undone_by"]:
        return undone or f"It was taken back by job {job['undone_by']}."
    if job["status"] != "finished" or job["kind"] in UNDONE_KINDS or not _did(job):
        return None
    return wording.prose(f"To reverse it: `mdsync undo {job['job_id']}`")


def _did(job: Row) -> bool:
    """Whether there is anything to take back; decisions may have kept values as they are."""
    names = (*COUNTED, "unchanged") if job["kind"] == "decisions" else COUNTED
    return any(job[one] for one in names)


def outcome(row: Row) -> Part:
    """Give how a job ended in words."""
    if row["undone_by"]:
        return f"undone by job {row['undone_by']}"
    if row["status"] == "failed":
        return tag("span", "stopped", class_="tag b")
    if row["status"] == "stopped":
        return "ended by hand"
    if not row["finished_at"]:
        return "not ended"
    return LEFT[row["kind"] == "coupling"] if row["failed"] else "done"


def outcome_words(row: Row) -> str:
    """Give how a job ended as a text."""
    return "stopped" if row["status"] == "failed" else str(outcome(row))


def records_lede(shown: int, of: int, job: int) -> Html:
    """Say how many records there are, and how to see all of them."""
    if shown >= of:
        return tag("p", wording.count(of, "record") + ".", class_="lede")
    more = f"The first {wording.number(shown)} of {wording.count(of, 'record')}; all of them:"
    return tag("p", wording.prose(f"{more} `mdsync jobs --job {job}`"), class_="lede")


def records_table(
    rows: pl.DataFrame, title: str, record: Callable[[Row], Part], *, shown: int = SHOWN
) -> Html:
    """Give records of a job with the reason of each. record: gives what one is called."""
    columns = [
        Column("Record", record),
        Column("Why", lambda row: wording.prose(row["message"] or past(row["rule"]))),
    ]
    return grid(rows, columns, caption=title, none="", shown=shown)


def reasons_table(reasons: pl.DataFrame, *, shown: int = SHOWN) -> Html:
    """Give the errors of a job by reason: why, what to do, and how to see that it is mended."""
    columns = [
        Column("Why", _reason),
        Column("What to do", lambda row: wording.prose(row["fix"])),
        Column("How to see that it is mended", lambda row: wording.prose(row["verify"])),
        Column("Records", lambda row: cell(row["records"]), right=True),
    ]
    return grid(reasons, columns, caption="Errors by reason", none="", shown=shown)


def trace(job: Row, *, hidden: bool) -> Html:
    """Give where a job stopped, folded. hidden: only the places in the code."""
    found = job.get("traceback")
    if not found:
        return Html()
    lines = str(found).splitlines()
    if hidden:
        lines = [line for line in lines if FRAME.match(line)]
    folded = tag(
        "details", tag("summary", "Where it stopped, for support"), tag("pre", "\n".join(lines))
    )
    return tag("section", joined([tag("h2", "Traceback"), folded]))


def _reason(row: Row) -> Html:
    who = f" For {row['who']}." if row["who"] else ""
    return tag("b", row["title"]) + tag("span", wording.prose(row["cause"]), who, class_="second")


def _values(job: Job, shown: int) -> Html:
    """The values of records that were there before; those created or deleted are listed whole."""
    changed = job.values.filter(action="modify")
    if changed.is_empty():
        return Html()
    rows = masked(changed.rename({"before": "destination", "after": "source"}), job.masked)
    columns = [
        Column("Record", lambda row: tag("b", row["key"] or "without a number")),
        Column("Field", "field"),
        Column("Before", lambda row: wording.value(row["destination"])),
        Column("Since", lambda row: wording.value(row["source"])),
    ]
    title = f"{wording.count(rows.height, 'value')} changed"
    table = grid(rows, columns, caption="Values", none="", shown=shown)
    return tag("h4", title, class_="shown") + table


def _lists(job: Job, shown: int) -> list[Html]:
    rows = masked(job.records.with_columns(field=pl.lit("")), job.masked)
    paired = {name: (title, pl.col("action") == action) for name, (title, action) in PAIRED.items()}
    parts = []
    for title, test in {**LISTS, **paired}.values():
        mine = rows.filter(test)
        if mine.height:
            heading = f"{title}: {wording.count(mine.height, 'record')}"
            table = records_table(mine, title, _record, shown=shown)
            parts.append(tag("details", tag("summary", heading), table))
    return parts


def _record(row: Row) -> Html:
    return tag("b", str(row["key"] or "a record without a number"))


def _reasons(job: Job, shown: int) -> Html:
    if job.reasons.is_empty():
        return Html()
    return tag("h4", "Errors by reason", class_="shown") + reasons_table(job.reasons, shown=shown)
