"""Why one record is what it is: verdict, values, times, history, and the gates folded below."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import Column, cell, grid
from mdsync_nb.reports.pieces.timeline import timeline

CHANGED = {
    "source": "there",
    "destination": "here",
    "both": "there and here",
    "both_same": "there and here, to the same",
    "unknown": "not known",
}


def first_waiting(c: Comparison) -> tuple[str, str] | tuple[()]:
    """Give mapping and record of the first line of the worklist, to explain it; () without one."""
    rows = tally.waiting(c).head(1).to_dicts()
    found = [(row["mapping"], row["source_id"] or row["destination_id"]) for row in rows]
    return found[0] if found else ()


def explanation(explained: Explanation | tuple[()], *, mask: Iterable[str] = ()) -> Html:
    """Give why a record is what it is; nothing when there is nothing to explain."""
    if isinstance(explained, tuple):
        return tag("p", "There is nothing to explain.", class_="lede")
    hidden = list(mask)
    return tag(
        "section",
        verdict_on(explained, mask=hidden),
        values_on(explained, mask=hidden),
        evidence_on(explained),
    )


def verdict_on(explained: Explanation, *, mask: Iterable[str] = ()) -> Html:
    """Give what is said of a record: its name, the verdict, the next run, what a person can do."""
    said = (explained.next_run, explained.step)
    return Html(
        _title(explained, list(mask)),
        tag("p", explained.verdict),
        *(tag("p", wording.prose(one)) for one in said if one),
    )


def values_on(explained: Explanation, *, mask: Iterable[str] = ()) -> Html:
    """Give the values of a record that differ, with what both last agreed on."""
    return Html(*_part("Values", _values(explained, list(mask))))


def evidence_on(explained: Explanation) -> Html:
    """Give what the verdict rests on besides the values: times, what jobs did, and every rule."""
    return Html(
        *_part("Times", Html(timeline(explained.times)) + _times(explained)),
        *_part("What jobs did", _history(explained)),
        tag(
            "details",
            tag("summary", "Every rule that was asked"),
            *_folded(explained),
        ),
    )


def _part(title: str, content: Html) -> tuple[Html, Html]:
    return tag("h3", title, class_="shown"), content


def _title(explained: Explanation, mask: list[str]) -> Html:
    called = pl.DataFrame({"field": [""], "key": [explained.key], "name": [explained.name]})
    row = masked(called, mask).row(0, named=True)
    name = f"{row['name']}, " if row["name"] else ""
    return tag("h3", f"{name}{explained.mapping} {row['key']}")


def _values(explained: Explanation, mask: list[str]) -> Html:
    words = explained.words
    columns = [
        Column("Field", "field"),
        Column("Last agreed", lambda row: _agreed(row["base"]), right=True),
        Column(f"There: {words.at}", lambda row: wording.value(row["source"]), right=True),
        Column(f"Here: {words.within}", lambda row: wording.value(row["destination"]), right=True),
        Column("Changed", lambda row: CHANGED.get(row["class"], "")),
    ]
    if (explained.cells["warning"] != "").any():
        columns.append(Column("Warning", "warning"))
    none = "No field differs." if explained.compared else "Its values were not compared."
    return grid(masked(explained.cells, mask), columns, caption="Values", none=none)


def _agreed(base: str | None) -> Html:
    return Html("not known") if base is None else wording.value(base)


def _times(explained: Explanation) -> Html:
    rows = [{"what": what, "at": at} for what, at in explained.times.items()]
    columns = [
        Column("Time (UTC)", lambda row: f"{row['what'][:1].upper()}{row['what'][1:]}"),
        Column("", lambda row: cell(row["at"]) if row["at"] else "not known"),
    ]
    return grid(rows, columns, caption="Times", none="No time is known.")


def _history(explained: Explanation) -> Html:
    columns = [
        Column("Job", lambda row: str(row["job_id"])),
        Column("Finished (UTC)", "finished_at"),
        Column("Action", "action"),
        Column("Outcome", "outcome"),
        Column("Why", "message"),
    ]
    none = "No job had anything to say about it yet."
    return grid(explained.history, columns, caption="History", none=none)


def _folded(explained: Explanation) -> tuple[Html, Html]:
    columns = [
        Column("Rule", "rule"),
        Column("Asked", "ladder"),
        Column("Holds", "holds"),
        Column("Because", "because"),
    ]
    there, here = explained.source_id or "none", explained.destination_id or "none"
    return (
        grid(explained.gates, columns, caption="Rules", none="No rule was asked."),
        tag("p", f"Id there: {there}. Id here: {here}.", class_="note"),
    )
