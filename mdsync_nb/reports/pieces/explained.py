"""Why one record is what it is: verdict, values, times, history, and the gates folded below."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from mdsync_nb.core.redaction import hides_keys
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.banded import banded
from mdsync_nb.reports.pieces.grid import Column, cell, grid
from mdsync_nb.reports.pieces.plans import STOPS
from mdsync_nb.reports.pieces.timeline import timeline
from mdsync_nb.reports.pieces.words import CHANGED
from mdsync_nb.reports.tally import Row


def first_waiting(c: Comparison) -> tuple[str, str] | tuple[()]:
    """Give mapping and record of the first line of the worklist, to explain it; () without one."""
    rows = tally.waiting(c).head(1).to_dicts()
    found = [(row["mapping"], row["source_id"] or row["destination_id"]) for row in rows]
    return found[0] if found else ()


def explanation(explained: Explanation | tuple[()], *, mask: Iterable[str] = ()) -> Html:
    """Give why a record is what it is; nothing when there is nothing to explain.

    mask: fields whose values are hidden, besides those the explanation says.
    """
    if isinstance(explained, tuple):
        return tag("p", "There is nothing to explain.", class_="lede")
    hidden = [*mask, *explained.masked]
    return tag(
        "div",
        verdict_on(explained, mask=hidden),
        values_on(explained, mask=hidden),
        evidence_on(explained, mask=hidden),
    )


def verdict_on(explained: Explanation, *, mask: Iterable[str] = ()) -> Html:
    """Give what is said of a record: its name, the verdict, the next run, what a person can do."""
    return _verdict(explained, [*mask, *explained.masked])


def values_on(explained: Explanation, *, mask: Iterable[str] = ()) -> Html:
    """Give the values of a record that differ, with what both last agreed on."""
    return Html(*_part("Values", _values(explained, [*mask, *explained.masked])))


def evidence_on(explained: Explanation, *, mask: Iterable[str] = ()) -> Html:
    """Give what the verdict rests on besides the values: times, what jobs did, and every rule."""
    hidden = [*mask, *explained.masked]
    return Html(
        *_part("Times", _times(explained)),
        *_part("What jobs did", _history(explained)),
        tag("details", tag("summary", "Every rule that was asked"), *_folded(explained, hidden)),
    )


def _part(title: str, content: Html) -> tuple[Html, Html]:
    return tag("h3", title, class_="shown"), content


def _verdict(explained: Explanation, mask: list[str]) -> Html:
    return banded(
        wording.prose(explained.verdict),
        wording.prose(explained.next_run),
        wording.prose(explained.step),
        above=_called(explained, mask),
        label="Verdict",
        waits=explained.action in STOPS,
    )


def _called(explained: Explanation, mask: list[str]) -> Html:
    called = pl.DataFrame({"field": [""], "key": [explained.key], "name": [explained.name]})
    row = masked(called, mask).row(0, named=True)
    name = Html(tag("b", row["name"]), " · ") if row["name"] else None
    return Html(name, f"{explained.mapping} {row['key']}")


def _values(explained: Explanation, mask: list[str]) -> Html:
    words, here = explained.words, explained.here
    columns = [
        Column("Field", "field"),
        Column("Last agreed", lambda row: _agreed(explained, row), right=True),
        Column(f"There: {words.at}", lambda row: _value(explained, row, "source"), right=True),
        Column(
            f"Here: {f'in {here}' if here else words.within}",
            lambda row: _value(explained, row, "destination"),
            right=True,
        ),
        Column("In words", lambda row: _changed(explained, row["class"])),
    ]
    if (explained.cells["warning"] != "").any():
        columns.append(Column("Warning", "warning"))
    none = "No field differs." if explained.compared else "Its values were not compared."
    return grid(masked(explained.cells, mask), columns, caption="Values", none=none)


def _value(explained: Explanation, row: Row, side: str) -> Html:
    text = row[side]
    return wording.value(
        wording.amount(text, explained.kinds.get(row["field"], "")) if text else ""
    )


def _agreed(explained: Explanation, row: Row) -> Html:
    return Html("not known") if row["base"] is None else _value(explained, row, "base")


def _changed(explained: Explanation, kind: str) -> Part:
    fill, said = CHANGED.get(kind, ("", ""))
    here = explained.here or explained.words.within.removeprefix("in ")
    words = said.replace("{at}", explained.words.at).replace("{here}", here)
    return Html(wording.swatch(fill), words) if fill else ""


def _times(explained: Explanation) -> Html:
    drawn = timeline(explained.times)
    rows = [{"what": what, "at": at} for what, at in explained.times.items()]
    columns = [
        Column("Time (UTC)", lambda row: f"{row['what'][:1].upper()}{row['what'][1:]}"),
        Column("When", lambda row: cell(row["at"]) if row["at"] else "not known"),
    ]
    table = grid(rows, columns, caption="Times", none="No time is known.")
    folded = tag("details", tag("summary", "The times as a table"), table)
    return Html(drawn, folded) if drawn else table


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


def _folded(explained: Explanation, mask: list[str]) -> tuple[Html, Html]:
    columns = [
        Column("Rule", "rule"),
        Column("Asked", "ladder"),
        Column("Holds", "holds"),
        Column("Because", lambda row: wording.prose(row["because"])),
    ]
    there, here = explained.source_id or "none", explained.destination_id or "none"
    ids = "Its ids are hidden." if hides_keys(mask) else f"Id there: {there}. Id here: {here}."
    return (
        grid(explained.gates, columns, caption="Rules", none="No rule was asked."),
        tag("p", ids, class_="note"),
    )
