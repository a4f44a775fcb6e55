"""A page for each mapping: counts, causes, fields, its worklist, its records and its jobs."""

from __future__ import annotations

import polars as pl

from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.five_figures import plain_figures
from mdsync_nb.reports.kinds_chart import kinds
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.reconciled import reconciliation
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.fresh import freshness
from mdsync_nb.reports.site.joblist import job_heads, jobs_section
from mdsync_nb.reports.site.layout import Crumb, neighbours
from mdsync_nb.reports.site.making import FRONT, RUNS, Making
from mdsync_nb.reports.site.trend import builds, heads, trend
from mdsync_nb.reports.steps import causes
from mdsync_nb.reports.tally import Row
from mdsync_nb.reports.top_fields import fields
from mdsync_nb.reports.waiting import worklist

JOBS = 50
"""So many jobs are listed on the page of a table."""


def table_pages(making: Making) -> None:
    """Put the page of every mapping into the site."""
    names = list(making.lines)
    for place, mapping in enumerate(names):
        around = (names[place - 1] if place else None, next(iter(names[place + 1 :]), None))
        _page(making, mapping, around)


def waiting_heads(making: Making, rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows of the worklist with heads as people read them, companies by name."""
    return rows.select(
        Place="rank",
        Company=pl.col("company").replace(making.companies),
        Table="table",
        Number="key",
        Name="name",
        Field="field",
        **{
            f"There: {making.c.words.at}": "source",
            f"Here: {making.c.words.within}": "destination",
            "Last agreed": "base",
            "Changed there by": "source_by",
            "Changed there (UTC)": "source_at",
            "Changed here by": "destination_by",
            "Changed here (UTC)": "destination_at",
            "Agreed (UTC)": "base_at",
            "State": "state",
            "Why it waits": "why",
            "Mapping": "mapping",
        },
    )


def causes_heads(rows: pl.DataFrame) -> pl.DataFrame:
    """Give causes with heads as people read them."""
    return rows.sort("rank").select(Cause="cause", Step="step", For="family", Releases="releases")


def _page(making: Making, mapping: str, around: tuple[str | None, str | None]) -> None:
    page, c, words = places.table_page(mapping), making.only(mapping), making.table(mapping)
    jobs = making.overview.jobs.filter(pl.col("mapping") == mapping).head(JOBS)
    rows = builds(making.overview.figures, [mapping])
    fresh = making.overview.freshness.filter(pl.col("mapping") == mapping)
    before, after = (
        Crumb(making.table(one), places.table_page(one)) if one else None for one in around
    )
    making.pages.add(
        page,
        words,
        _head(making, mapping),
        _band(making, mapping),
        plain_figures(_figures(making, mapping)),
        tag("div", causes(c), fields(c), class_="two even"),
        kinds(c),
        worklist(c, file=f"../{places.WORKLIST}", page=lambda row: making.record_on(page, row)),
        freshness(making, page, fresh),
        trend(rows),
        jobs_section(making, page, jobs),
        reconciliation(c),
        _files(making, page, mapping, rows, jobs),
        neighbours(page, "Other tables", before, after),
        crumbs=(RUNS, FRONT, Crumb(words)),
    )


def _head(making: Making, mapping: str) -> Html:
    above = Html(f"{making.c.title} · ", wording.long_time(making.c.at))
    return tag("div", tag("p", above, class_="above"), tag("h1", making.table(mapping)))


def _band(making: Making, mapping: str) -> Html:
    line = making.lines[mapping]
    waits = tally.records(making.waiting.filter(mapping=mapping))
    waiting = f"{wording.count(waits, 'record')} {'waits' if waits == 1 else 'wait'} for a person."
    command = wording.prose(f"To see what a run would write: `mdsync plan {mapping}`")
    return tag(
        "div",
        tag("p", _agreement(line), class_="headline"),
        tag("p", waiting if waits else "Nothing waits for a person."),
        tag("p", command),
        class_="band",
        role="region",
        aria_label="Result",
    )


def _agreement(line: Row) -> str:
    if not line["source_file"] or not line["destination_file"]:
        return "Not compared: one side has no file for this table."
    pairs = tally.pairs(line)
    if not pairs:
        return "No record was found on both sides."
    if line["agree"] == pairs:
        return f"All {wording.count(pairs, 'pair')} agree."
    return f"{wording.percent(line['agree'], pairs)} of {wording.count(pairs, 'pair')} agree."


def _figures(making: Making, mapping: str) -> dict[str, int]:
    line = making.lines[mapping]
    return {
        "Pairs that agree": line["agree"],
        "Pairs that differ": line["differ"],
        "Records that wait": tally.records(making.waiting.filter(mapping=mapping)),
        f"Only {making.c.words.at}": line["only_source"],
        "Only here": line["only_destination"],
    }


def _files(making: Making, page: str, mapping: str, rows: pl.DataFrame, jobs: pl.DataFrame) -> Html:
    """The tables of the page, as files."""
    c, pages = making.only(mapping), making.pages
    differ = c.fields.filter(pl.col("records") > 0).sort(
        "records", "field", descending=[True, False]
    )
    mine = waiting_heads(making, making.waiting.filter(mapping=mapping))
    tables = {
        "Causes": (causes_heads(c.causes), "Causes by table"),
        "Fields": (differ.select(Field="field", Records="records"), "Fields by table"),
        "Builds": (heads(rows), "Builds by table"),
    }
    files = {
        "Worklist": pages.part_of(page, "worklist", mine, sheet="Worklist"),
        "Jobs": pages.part_of(page, "jobs", job_heads(jobs), sheet="Jobs"),
    } | {
        name: pages.beside(page, name.lower(), one, sheet=sheet, Of=mapping)
        for name, (one, sheet) in tables.items()
    }
    said = [tag("li", f"{name}: ", shown) for name, shown in files.items() if shown]
    if not said:
        return Html()
    return tag(
        "section", tag("h2", "The numbers as files"), tag("ul", joined(said), class_="filelist")
    )
