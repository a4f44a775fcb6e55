"""What waits for a person, best first: the values of both sides, who set them, and why it waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.tally import Row

FILE = "worklist.xlsx"
LONG, LONG_NAME = 30, 34
"""A value or a name longer than this may break over lines."""

HEADS = (
    ("Record", ""),
    ("Field", ""),
    ("There: {at}", "right"),
    ("Here: {within}", "right"),
    ("Last agreed", "right"),
    ("Why it waits", ""),
)
ORDER = "first what releases others, then money fields, then the newest"


Address = Callable[[Row], str]
"""The address of the page of a row of the worklist; blank where it has none."""


def nowhere(_: Row) -> str:
    """Give no address: the record has no page of its own."""
    return ""


def worklist(c: Comparison, *, file: str = FILE, page: Address = nowhere) -> Html:
    """Give the first rows that wait, with both values and their times, and where all of them are.

    file: the name of the workbook beside the report; without one it is not spoken of. page: gives
    the address of a record's page.
    """
    title = tag("h2", "What waits for a person")
    rows = tally.waiting(c)
    if rows.is_empty():
        return tag("section", title, tag("p", "Nothing waits for a person.", class_="lede"))
    shown = rows.head(max(c.worklist_rows, 0)).to_dicts()
    first = tag("th", tag("span", "Place", class_="unseen"), scope="col")
    heads = (
        tag("th", c.words.said(head), scope="col", class_=class_ or None) for head, class_ in HEADS
    )
    grid = tag(
        "table",
        tag("caption", "What waits, best first", class_="unseen"),
        tag("thead", tag("tr", first, *heads)),
        tag("tbody", *(_row(c, row, place_, page) for place_, row in enumerate(shown))),
        class_="work",
    )
    lede = _lede(tally.records(rows), rows.height, len(shown), file=file)
    return tag("section", title, lede, tag("div", grid, class_="scroll"), _note(c, shown))


def place(c: Comparison, row: Row) -> Html:
    """Give a row of the worklist in words, with a link to it where the page shows it."""
    firm = tally.named(c, row["company"])
    number = f"{row['table']} {wording.key(row['key'])}" if row["key"] else row["table"]
    words = f"{row['name']}, {number} in {firm}" if row["name"] else f"{number} in {firm}"
    shown = row["row"] < c.worklist_rows
    named = tag("a", words, href=f"#{_anchor(row['row'])}") if shown else Html(words)
    return Html(f"{row['field']} of " if row["field"] else None, named)


def _anchor(row: int) -> str:
    return f"waits-{row + 1}"


def _lede(records: int, rows: int, shown: int, *, file: str) -> Html:
    waits = f"{wording.count(records, 'record')} {'waits' if records == 1 else 'wait'}"
    fields = f" in {wording.number(rows)} rows" if rows != records else ""
    part = "all" if shown == rows else f"the first {wording.number(shown)}"
    listed = f" This page lists {part} by impact: {ORDER}." if rows > 1 else ""
    beside = Html(
        " All are in ",
        tag("a", file.rpartition("/")[2], href=file),
        " beside this report, with a column for your decision.",
    )
    return tag("p", f"{waits}{fields}.{listed}", beside if file else None, class_="lede")


def _row(c: Comparison, row: Row, place_: int, page: Address) -> Html:
    name = row["name"] or wording.key(row["key"]) or "a record without a number"
    firm = tally.named(c, row["company"])
    second = " ".join(text for text in (row["table"], wording.key(row["key"])) if text)
    address = page(row)
    words = tag("a", name, href=address) if address else Html(name)
    called = tag("b", words, class_="long" if len(name) > LONG_NAME else None)
    return tag(
        "tr",
        tag("td", wording.number(place_ + 1), class_="right rank"),
        tag("th", called, tag("span", f"{second} · {firm}", class_="second"), scope="row"),
        tag("td", row["field"] or "whole record"),
        _side(c, row, "source"),
        _side(c, row, "destination"),
        _agreed(c, row),
        tag("td", wording.state(row["state"] or "undecided", row["why"] or ""), class_="why"),
        id=_anchor(place_),
    )


def _side(c: Comparison, row: Row, side: str) -> Html:
    changed = bool(row[f"{side}_changed"])
    shown = _value(c, row, side)
    value = tag("span", shown, class_="changed") if changed else shown
    saved = not changed and row["state"] == "timestamp only"
    by, at = row[f"{side}_by"], row[f"{side}_at"]
    who = _who(c, by, at, saved=saved) if changed or saved else None
    return tag("td", value, who, class_=_class(row[side]))


def _value(c: Comparison, row: Row, side: str) -> Html:
    text = row[side]
    if not text and row["field"] in (None, "", "whole record"):
        return Html("missing")
    return _shown(row, text, means=tally.means(c, row, side))


def _shown(row: Row, text: str | None, *, means: str = "") -> Html:
    return wording.value(wording.amount(text, row["type"] or "") if text else text, means=means)


def _agreed(c: Comparison, row: Row) -> Html:
    at: datetime | None = row["base_at"]
    if row["base"] is None and at is None:
        return tag("td", "not known", class_="right value")
    time = tag("span", wording.moment(at, said=c.at), class_="second") if at else None
    return tag("td", _shown(row, row["base"]), time, class_=_class(row["base"]))


def _class(text: str | None) -> str:
    return "right value long" if len(text or "") > LONG else "right value"


def _who(c: Comparison, by: str | None, at: datetime | None, *, saved: bool) -> Part:
    time = wording.moment(at, said=c.at) if at else None
    if not by and not time:
        return None
    said = "saved by " if saved and by else "saved " if saved else None
    return tag("span", said, by, ", " if by and time else None, time, class_="second")


def _note(c: Comparison, shown: list[Row]) -> Part:
    if not any(row["source_changed"] or row["destination_changed"] for row in shown):
        return None
    told = (
        "Bold values were changed since the last agreement; below them, who changed them and when"
    )
    return tag("p", f"{told} (UTC, {c.at.year}).", class_="note")
