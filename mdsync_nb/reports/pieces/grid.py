"""Tables of notebooks: one way to show rows, with the first of them and how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.tally import Row

SHOWN = 200
"""Rows a table of a notebook shows; it says how many there are."""


class Column(NamedTuple):
    """A column: its head, and the name in the frame or the function of a row that gives it. One
    that draws the number beside it has no head that is seen."""

    head: str
    of: str | Callable[[Row], Part]
    right: bool = False


def grid(
    rows: pl.DataFrame | Sequence[Row],
    columns: Sequence[Column],
    *,
    caption: str,
    none: str,
    shown: int = SHOWN,
) -> Html:
    """Give rows as a table, the first column as the name of each; without rows, the sentence."""
    listed = rows.head(shown).to_dicts() if isinstance(rows, pl.DataFrame) else list(rows[:shown])
    if not listed:
        return tag("p", none, class_="lede")
    drawn = tag("span", "Drawn", class_="unseen")
    heads = (tag("th", one.head or drawn, scope="col", class_=_class(one)) for one in columns)
    table = tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *(_line(row, columns) for row in listed)),
    )
    left = len(rows) - len(listed)
    more = f"The first {wording.number(shown)} of {wording.count(len(rows), 'row')}."
    return tag("div", table, class_="scroll") + (tag("p", more, class_="note") if left else "")


def cell(value: object) -> Part:
    """Give a value as people read it: counts, times, yes and no, lists; nothing stays empty."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return wording.moment(value)
    if isinstance(value, int):
        return wording.number(value) if value else wording.ZERO
    return value if isinstance(value, Html) else str(value)


def counts(*names: str | tuple[str, str]) -> Iterable[Column]:
    """Give columns of numbers: each a name, or a name in the frame and its head."""
    for one in names:
        name, head = (one, one) if isinstance(one, str) else one
        yield Column(head[:1].upper() + head[1:], name, right=True)


def _line(row: Row, columns: Sequence[Column]) -> Html:
    first, *others = (_content(row, one) for one in columns)
    cells = zip(others, columns[1:], strict=True)
    return tag(
        "tr",
        tag("th", first, scope="row"),
        *(tag("td", content, class_=_class(column)) for content, column in cells),
    )


def _content(row: Row, column: Column) -> Part:
    return column.of(row) if callable(column.of) else cell(row[column.of])


def _class(column: Column) -> str | None:
    return "right" if column.right else None
