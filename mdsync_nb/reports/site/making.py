"""What all pages of the site share while it is made: what was found, and where pages lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.overview import Overview, Record
from mdsync_nb.reports import tally
from mdsync_nb.reports.markup import Html
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.files import Pages
from mdsync_nb.reports.site.layout import Crumb, anchor
from mdsync_nb.reports.tally import Row

RUNS = Crumb("Runs", places.RUNS)
FRONT = Crumb("Where the companies differ", places.FRONT)


@dataclass(frozen=True)
class Making:
    """What was found, the pages so far, the folder of reports, and what every page asks of them."""

    overview: Overview
    pages: Pages
    reports: Path

    @property
    def c(self) -> Comparison:
        """The comparison."""
        return self.overview.comparison

    @cached_property
    def waiting(self) -> pl.DataFrame:
        """The worklist as everybody may see it: masked, best first."""
        return tally.waiting(self.c)

    @cached_property
    def lines(self) -> dict[str, Row]:
        """The line of the reconciliation of every mapping, in the order of the report."""
        return {row["mapping"]: row for row in tally.lines(self.c)}

    @cached_property
    def companies(self) -> dict[str, str]:
        """The name people read for every company."""
        return tally.names(self.c)

    @cached_property
    def jobs(self) -> set[int]:
        """The jobs that have a page."""
        return set(self.overview.jobs["job_id"].to_list())

    @cached_property
    def places(self) -> dict[Record, str]:
        """The page of every record that has one, seen from either side."""
        known = {record: places.record_page(record) for record in self.overview.explained}
        back = {(one, here, there): place for (one, there, here), place in known.items()}
        return back | known

    def record(self, row: Mapping[str, Any]) -> str:
        """The place of a record's page by its mapping and ids; blank where it has none."""
        return self.places.get((row["mapping"], row["source_id"], row["destination_id"]), "")

    def record_on(self, page: str, row: Mapping[str, Any]) -> str:
        """The address of a record's page as another page links to it."""
        place = self.record(row)
        return places.link(page, place) if place else ""

    def table_on(self, page: str, mapping: str | None, words: str = "") -> Html:
        """A mapping as a page names it: with a link to its own page where it has one."""
        shown = words or self.table(mapping)
        if mapping in self.lines:
            return anchor(page, shown, places.table_page(str(mapping)))
        return Html(shown)

    def job_on(self, page: str, job_id: int, words: str = "") -> Html:
        """A job as a page names it."""
        shown = words or f"job {job_id}"
        return anchor(page, shown, places.job_page(job_id)) if job_id in self.jobs else Html(shown)

    def report_on(self, page: str, report: str, words: str = "") -> Html:
        """The report of a run as a page names it: with a link as long as it is there."""
        name = report.replace("\\", "/").rpartition("/")[2]
        shown = words or name
        if name and (self.reports / name).is_file():
            return anchor(page, shown, f"../{name}")
        return Html(shown)

    def table(self, mapping: str | None) -> str:
        """A mapping in words: Customer in Nordic."""
        line = self.lines.get(mapping or "")
        if line is None:
            return mapping or "no mapping"
        twice = [one for one in self.lines.values() if _same(one, line)]
        words = f"{line['table']} in {self.companies.get(line['company'], line['company'])}"
        return words if len(twice) == 1 else f"{words}, {mapping}"

    def only(self, mapping: str) -> Comparison:
        """The comparison as far as it is about one mapping."""
        c, line = self.c, self.lines[mapping]
        place = pl.col("company").eq(line["company"]) & pl.col("table").eq(line["table"])
        is_source = pl.col("is_source").fill_null(value=False)
        return replace(
            c,
            companies=c.companies.filter(is_source | (pl.col("company") == line["company"])),
            reconciliation=c.reconciliation.filter(mapping=mapping),
            classes=c.classes.filter(mapping=mapping),
            fields=c.fields.filter(place),
            worklist=c.worklist.filter(mapping=mapping),
            causes=self.overview.causes.get(mapping, c.causes.clear()),
            remarks=c.remarks.filter(place),
            words=self.overview.words.get(mapping, c.words),
        )


def _same(one: Row, line: Row) -> bool:
    return bool(one["table"] == line["table"] and one["company"] == line["company"])
