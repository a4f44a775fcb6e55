"""The front page: where the companies differ, over all links and tables, how fresh, how it went."""

from __future__ import annotations

import polars as pl

from mdsync_nb.reports import tally
from mdsync_nb.reports.by_table import matrix
from mdsync_nb.reports.figures_file import figures as chart_figures
from mdsync_nb.reports.five_figures import figures
from mdsync_nb.reports.kinds_chart import kinds
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.page_one import MANY
from mdsync_nb.reports.reconciled import reconciliation
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.fresh import freshness
from mdsync_nb.reports.site.layout import Crumb
from mdsync_nb.reports.site.making import FRONT, RUNS, Making
from mdsync_nb.reports.site.tables import causes_heads, waiting_heads
from mdsync_nb.reports.site.trend import builds, heads, trend
from mdsync_nb.reports.steps import causes
from mdsync_nb.reports.tally import Row
from mdsync_nb.reports.top_fields import fields
from mdsync_nb.reports.verdict import QUESTION, band, heading
from mdsync_nb.reports.waiting import worklist

PAGE = places.FRONT


def front_page(making: Making) -> None:
    """Put the front page into the site."""
    c, page = making.c, PAGE
    rows = builds(making.overview.figures, list(making.lines))
    wide = " stacked" if len(tally.subsidiaries(c)) >= MANY else ""
    making.pages.add(
        page,
        f"{QUESTION} {c.title}",
        heading(c),
        band(c),
        figures(c),
        tag("div", matrix(c, page=_table), causes(c), class_=f"two{wide}"),
        tag("div", kinds(c), fields(c), class_=f"two even{wide}"),
        freshness(making, page, making.overview.freshness),
        trend(rows),
        worklist(c, file=places.WORKLIST, page=lambda row: making.record_on(page, row)),
        reconciliation(c),
        _files(making, heads(rows)),
        crumbs=(RUNS, Crumb(FRONT.name)),
    )


def _table(line: Row) -> str:
    return places.link(PAGE, places.table_page(line["mapping"]))


def _files(making: Making, builds_: pl.DataFrame) -> Html:
    """The tables behind the charts, as files."""
    c, pages = making.c, making.pages
    behind = chart_figures(c) | {
        "Causes": causes_heads(c.causes),
        "Worklist": waiting_heads(making, making.waiting),
        "Builds": builds_,
    }
    said = joined(
        tag("li", f"{name}: ", pages.beside(PAGE, name.lower(), rows, sheet=name))
        for name, rows in behind.items()
        if rows.height
    )
    return tag("section", tag("h2", "The numbers as files"), tag("ul", said, class_="filelist"))
