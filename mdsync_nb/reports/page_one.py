"""Page one of the comparison report: verdict, figures, where, cause and step, worklist, proof."""

from __future__ import annotations

from dataclasses import replace

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.by_table import matrix
from mdsync_nb.reports.five_figures import figures
from mdsync_nb.reports.kinds_chart import kinds
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.reconciled import reconciliation
from mdsync_nb.reports.steps import causes
from mdsync_nb.reports.top_fields import fields
from mdsync_nb.reports.verdict import band, footer, heading
from mdsync_nb.reports.waiting import FILE, worklist

MANY = 4
"""From this many subsidiaries on, sections stand below each other; columns get too narrow."""


def front(c: Comparison, *, file: str = FILE) -> Html:
    """Give page one as a whole: the question, and the sections that answer it."""
    return heading(c) + sections(c, file=file)


def sections(c: Comparison, *, file: str = FILE) -> Html:
    """Give page one below its title, for a notebook that asks the question itself.

    file: the name of the workbook beside the report, as in `worklist`.
    """
    wide = " stacked" if len(tally.subsidiaries(c)) >= MANY else ""
    return Html(
        band(c),
        figures(c),
        tag("div", matrix(c), causes(c), class_=f"two{wide}"),
        tag("div", kinds(c), fields(c), class_=f"two even{wide}"),
        worklist(c, file=file),
        reconciliation(c),
        footer(c),
    )


def verdict(c: Comparison) -> Html:
    """Give page one in brief: what a comparison shows of itself in a notebook."""
    many = tally.records(c.worklist)
    whole = "The page as a whole: `mdsync_nb.reports.front(comparison)`."
    verb = "waits" if many == 1 else "wait"
    listed = f"{wording.count(many, 'record')} {verb}, listed in `comparison.worklist`. "
    last = wording.prose((listed if many else "") + whole)
    alone = replace(c, worklist_rows=0)  # no link to a line that is not there
    return Html(band(alone), figures(c), matrix(c), causes(c), tag("p", last, class_="note"))
