"""The index of runs: what ran when, what it answered, how it ended, and where its report is."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.overview import JOBS
from mdsync_nb.notebooks import WAITING
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.grid import Column, cell, grid
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.joblist import job_heads, jobs_section
from mdsync_nb.reports.site.layout import Crumb, anchor
from mdsync_nb.reports.site.making import FRONT, RUNS, Making
from mdsync_nb.reports.site.trend import builds
from mdsync_nb.reports.tally import Row

PAGE = places.RUNS
NAMED = re.compile(r"^(\d{4}-\d{2}-\d{2}_\d{4})_(\w+?)(_\d+)?$")
"""How a run names its report: when it began, the notebook, and a number where two began at once."""

STATUSES = {"in process": "runs now", "lost": "lost: its worker was gone"}
SHOWN = 500


class Ran(NamedTuple):
    """A run: when it began, what it answered, how it ended, and its report or page."""

    at: datetime | None
    what: str
    outcome: str
    report: str = ""
    page: str = ""
    jobs: tuple[int, ...] = ()
    now: bool = False


def runs_page(making: Making) -> None:
    """Put the index of runs into the site."""
    found = _all(making)
    rows = [one._asdict() for one in found]
    columns = [
        Column("When (UTC)", lambda row: cell(row["at"]) or "not known"),
        Column("What it answered", lambda row: _what(making, row)),
        Column("Outcome", "outcome"),
        Column("Jobs", lambda row: _jobs(making, row)),
    ]
    table = grid(rows, columns, caption="Runs, newest first", none="Nothing ran yet.", shown=SHOWN)
    beside = making.pages.beside(PAGE, "runs", _heads(found), sheet="Runs")
    jobs = making.overview.jobs
    making.pages.add(
        PAGE,
        f"Runs. {making.c.title}",
        tag(
            "div",
            tag("p", making.c.title, class_="above"),
            tag("h1", "What ran, and what came of it"),
        ),
        _band(making),
        tag("section", tag("h2", "Runs"), tag("p", LEDE, class_="lede"), table, beside),
        jobs_section(making, PAGE, jobs, title=_last(jobs)),
        making.pages.beside(PAGE, "jobs", job_heads(jobs), sheet="Jobs"),
        crumbs=(Crumb(RUNS.name),),
    )


def _last(jobs: pl.DataFrame) -> str:
    return "Jobs" if jobs.height < JOBS else f"The last {wording.number(JOBS)} jobs"


LEDE = (
    "Entries of the job queue, reports of notebooks, and comparisons this site was built from; the "
    "newest first."
)


def reports_in(folder: Path, *, known: Collection[str] = ()) -> Iterator[Ran]:
    """Give the newest reports that runs left in a folder, by their names.

    known: reports that are left out, because the log of the queue tells of them.
    """
    pages = [page for page in folder.glob("*.html") if page.name not in known]
    named = [(page, found) for page in pages if (found := NAMED.match(page.stem))]
    for page, found in sorted(named, key=lambda one: one[0].name, reverse=True)[:SHOWN]:
        title, outcome = _told(page.with_suffix(".ipynb"), found[2])
        began = datetime.strptime(found[1], "%Y-%m-%d_%H%M")
        yield Ran(began, title, outcome, report=page.name)


def _told(notebook: Path, name: str) -> tuple[str, str]:
    """The question of a notebook and how it ended, from its executed copy."""
    plain = name.replace("_", " ")
    title = f"{plain[:1].upper()}{plain[1:]}"
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        lines = [line for one in cells if one["cell_type"] == "markdown" for line in _lines(one)]
        outputs = [out for one in cells for out in one.get("outputs", [])]
        question = next((line[2:].strip() for line in lines if line.startswith("# ")), title)
        return question, _ended(outputs)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return title, "not known: its notebook cannot be read"


def _lines(one: dict[str, Any]) -> list[str]:
    source = one["source"]
    return (source if isinstance(source, str) else "".join(source)).splitlines()


def _ended(outputs: list[dict[str, Any]]) -> str:
    failed = [out for out in outputs if out.get("output_type") == "error"]
    if failed:
        return f"stopped: {failed[0]['ename']}"
    said = [out["data"][WAITING] for out in outputs if WAITING in out.get("data", {})]
    waits = sum(int(one["waiting"]) for one in said)
    if waits:
        return f"{wording.count(waits, 'record')} {'waits' if waits == 1 else 'wait'} for a person"
    return "done, nothing waits" if said else "done"


def _all(making: Making) -> list[Ran]:
    """Every run, newest first; a report of a queue entry stands with its entry."""
    queued = [_queued(making, row) for row in making.overview.runs.to_dicts()]
    found = reports_in(making.reports, known={one.report for one in queued})
    every = [*queued, *found, *_compared(making)]
    return sorted(every, key=lambda one: (one.at or datetime.min, one.what), reverse=True)


def _queued(making: Making, row: Row) -> Ran:
    name = str(row["notebook"] or "").removesuffix(".ipynb").replace("_", " ")
    about = making.table(row["mapping"]) if row["mapping"] else ""
    what = ": ".join(one for one in (name or "Job queue entry", about) if one)
    report = str(row["report"] or "").replace("\\", "/").rpartition("/")[2]
    return Ran(row["started_at"], what, _queue_outcome(row), report, jobs=tuple(row["jobs"]))


def _queue_outcome(row: Row) -> str:
    if row["status"] == "error":
        message = str(row["message"] or "").strip()
        told = " ".join(one for one in (message, str(row["hint"] or "").strip()) if one)
        return f"failed, attempt {row['attempt'] or 1}" + (f": {told}" if told else "")
    if row["status"] == "success":
        return "nothing to do" if row["idle"] else "done"
    return STATUSES.get(row["status"], str(row["status"]))


def _compared(making: Making) -> list[Ran]:
    """The comparisons this site was built from; only the newest still has its pages."""
    by_build = making.overview.figures.partition_by("run_id", maintain_order=True)
    found = []
    for build in by_build:
        row = builds(build, build["mapping"].to_list()).row(0, named=True)
        now = row["built_at"] == making.c.at
        agree = wording.percent(row["agree"], row["pairs"])
        waits = wording.count(row["waiting"], "record")
        outcome = f"{agree} of {wording.count(row['pairs'], 'pair')} agree; {waits} wait"
        tables = wording.count(build.height, "table")
        found.append(Ran(row["built_at"], f"Where do the companies differ? {tables}", outcome,
                         page=FRONT.place if now else "", now=now))  # fmt: skip
    return found


def _what(making: Making, row: Row) -> Part:
    if row["page"]:
        return anchor(PAGE, row["what"], row["page"])
    return making.report_on(PAGE, row["report"], row["what"])


def _jobs(making: Making, row: Row) -> Html:
    links = [making.job_on(PAGE, job, str(job)) for job in row["jobs"]]
    return Html(*(Html(one, " ") for one in links)) if links else Html(wording.ZERO)


def _band(making: Making) -> Html:
    waits = making.waiting.select("mapping", "source_id", "destination_id", "key").n_unique()
    said = f"{wording.count(waits, 'record')} {'waits' if waits == 1 else 'wait'} for a person. "
    return tag(
        "div",
        tag("p", said if waits else "Nothing waits for a person.", class_="headline"),
        tag("p", "Where, and why: ", anchor(PAGE, FRONT.name, FRONT.place), "."),
        class_="band",
        role="region",
        aria_label="Now",
    )


def _heads(found: list[Ran]) -> pl.DataFrame:
    rows = [
        (one.at, one.what, one.outcome, one.report or one.page, ", ".join(map(str, one.jobs)))
        for one in found
    ]
    texts = ("What it answered", "Outcome", "Report", "Jobs")
    schema: frames.Contract = {"When (UTC)": frames.TIME, **dict.fromkeys(texts, frames.TEXT)}
    return pl.DataFrame(rows, schema=schema, orient="row")
