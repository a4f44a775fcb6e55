"""Why records wait, and the step that releases them, largest first."""

from __future__ import annotations

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.tally import Row

LONGEST = 62
"""The bar of the cause that releases most, in pixels."""

SHOWN = 12


def causes(c: Comparison) -> Html:
    """Give the causes with their steps, as bars by the records each step releases."""
    title = tag("h2", "What would release the most")
    rows = c.causes.sort("rank", nulls_last=True).to_dicts()
    if not rows:
        alone = "What waits has no cause in common." if c.worklist.height else "Nothing waits."
        return tag("section", title, tag("p", alone, class_="lede"))
    lede = tag("p", "Causes, by the records they release. Do them from the top.", class_="lede")
    most = max(1, *(int(row["releases"] or 0) for row in rows))
    heads = ("Cause and step", "For", "Releases")
    grid = tag(
        "table",
        tag("caption", "Causes and steps", class_="unseen"),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *(_row(row, most) for row in rows[:SHOWN])),
        class_="causes",
    )
    left = len(rows) - SHOWN
    more = f"{wording.count(left, 'more cause')} {'releases' if left == 1 else 'release'} less."
    return tag("section", title, lede, grid, tag("p", more, class_="note") if left > 0 else None)


def _row(row: Row, most: int) -> Html:
    released = int(row["releases"] or 0)
    width = f"width:{max(LONGEST * released / most, 1.5):.1f}px" if released else "width:0"
    step = tag("span", wording.prose(row["step"] or ""), class_="step")
    bar = tag("span", tag("b", wording.number(released)), tag("i", style=width), class_="unit-bar")
    return tag(
        "tr",
        tag("th", tag("b", row["cause"]), step, scope="row"),
        tag("td", row["family"], class_="small"),
        tag("td", bar),
    )
