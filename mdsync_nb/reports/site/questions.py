"""The gates of one record as questions, in the order they are asked, with the answer to each."""

from __future__ import annotations

import polars as pl

from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.pieces.words import ACTIONS
from mdsync_nb.reports.tally import Row

QUESTIONS = {
    "skipped-flag": "Was it set aside after failures?",
    "undone": "Was it undone, and not released?",
    "not-taken-over": "Was it written before, and not taken over?",
    "set-aside": "Was a row of it set aside when it was read?",
    "both-gone": "Are both records gone?",
    "orphan": "Is its record there gone?",
    "source-not-loaded": "Is its record there missing from a load that may have gaps?",
    "left-filter": "Did it leave the filter?",
    "only-here": "Does it exist only here?",
    "outside-filter": "Is it outside the filter, and not coupled?",
    "natural-key-unsure": "Do several records have its natural key?",
    "two-firms": "Is its number another firm here?",
    "looks-like-existing": "Does it look like one that exists here?",
    "not-coupled-yet": "Was its counterpart found, and not coupled yet?",
    "only-coupled-asked": "Was it asked for, although it is not coupled?",
    "only-coupled": "Does the mapping take coupled records only?",
    "cannot-tell-if-missing": "May it exist in the part that was not delivered?",
    "key-taken": "Is its key in use here?",
    "new": "Is it new?",
    "destination-not-loaded": "Is its record here missing from a load that may have gaps?",
    "restore": "Is it to be created again?",
    "remove-coupling": "Is its coupling to be removed?",
    "remove-coupling-fails": "Is its coupling to be removed, and cannot be?",
    "coupled-to-deleted": "Is its record here gone?",
    "nothing-changed": "Is it as when they last agreed?",
    "touched": "Was it saved without a change?",
    "look-at-values": "Do its values have to be looked at?",
    "transformation-failed": "Does a transformation rule fail on one of its values?",
    "must-be-coupled": "Does it refer to a record that is not coupled?",
    "natural-key": "Was it found by its natural key?",
    "forced": "Did a person choose whose values win?",
    "forced-alike": "Did a person choose a side, and nothing differs?",
    "late-unchanged": "Are all compared fields equal?",
    "origin-unknown": "Is it unknown who changed it?",
    "ours-stays": "Does the mapping let ours stay?",
    "conflict-lost": "Does the mapping let the other side win?",
    "update-conflict": "Did both sides change it, and neither wins?",
    "currency-meaning": "Would a blank currency mean another one here?",
    "local-change": "Was it changed here, and may that not be overwritten?",
    "kept-here": "Was it changed only here?",
    "reference-missing": "Would it refer to a record that is missing here?",
    "rename-taken": "Was it renamed to a key in use here?",
    "renamed": "Was it renamed?",
    "merged": "Is it merged?",
    "conflict-won": "Does the mapping let this side win?",
    "changed": "Is there anything to write?",
    "template-missing": "Is its template declared nowhere?",
}
"""The rule of every gate as a question; whoever says yes decides."""

LADDERS = {
    "before values": "Before the values are looked at",
    "after values": "After the values are looked at",
    "before creating": "Before it is created",
}
GOES_ON = "look-at-values"
STOPS = ("wait", "fail", "skip")
DECIDES = {"none": "left as it is", "modify": "written", "insert": "created"}


def questions(told: Explanation) -> Html:
    """Give the gates as questions with what was seen, the answer, and what follows of it.

    A part of which every question goes on is folded; it says how many there are.
    """
    groups = told.gates["ladder"].unique(maintain_order=True).to_list()
    return joined(_part(told, name, last=name == groups[-1]) for name in groups)


def _part(told: Explanation, ladder: str, *, last: bool) -> Html:
    """The questions of one part, as a table; folded where none of them decides."""
    rows = told.gates.filter(ladder=ladder).to_dicts()
    title = _title(ladder)
    lines = [_row(told, row) for row in rows]
    if last and told.action in STOPS and told.cells.height:
        lines.append(_not_asked(told))
    heads = ("Question", "What was seen", "Answer", "Result")
    table = tag(
        "table",
        tag("caption", title, class_="unseen"),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *lines),
        class_="gates",
    )
    shown = tag("div", table, class_="scroll")
    if any(_decides(row) for row in rows):
        return tag("h3", title) + shown
    many = f"{wording.count(len(rows), 'question')}, after each of them it goes on"
    return tag("details", tag("summary", f"{title}: {many}"), shown)


def question_heads(told: Explanation) -> pl.DataFrame:
    """Give the gates with heads as people read them."""
    rows = told.gates.to_dicts()
    words = [(_asked(row), _answer(row), _result(told, row)) for row in rows]
    texts = dict.fromkeys(("Question", "Answer", "Result"), pl.String)
    said = pl.DataFrame(words, schema=texts, orient="row")
    seen = told.gates.select(Part="ladder", Rule="rule", **{"What was seen": "because"})
    return pl.concat([seen, said], how="horizontal").select(
        "Part", "Question", "What was seen", "Answer", "Result", "Rule"
    )


def _title(ladder: str) -> str:
    way, _, name = ladder.rpartition(": ")
    title = LADDERS.get(name, name)
    return f"{way[:1].upper()}{way[1:]}: {title[:1].lower()}{title[1:]}" if way else title


def _decides(row: Row) -> bool:
    return bool(row["holds"] and row["rule"] != GOES_ON)


def _row(told: Explanation, row: Row) -> Html:
    stops = _decides(row)
    question = tag("b", _asked(row)) if stops else Html(_asked(row))
    result = _result(told, row)
    flagged = stops and told.action in STOPS
    return tag(
        "tr",
        tag("th", tag("span", class_="dot", aria_hidden="true"), question, scope="row"),
        tag("td", wording.prose(row["because"])),
        tag("td", tag("b", _answer(row)) if stops else _answer(row)),
        tag("td", tag("span", result, class_="flag") if flagged else result),
        class_="stop" if flagged else "decides" if stops else None,
    )


def _asked(row: Row) -> str:
    return QUESTIONS.get(row["rule"], str(row["rule"]))


def _answer(row: Row) -> str:
    return "yes" if row["holds"] else "no"


def _result(told: Explanation, row: Row) -> str:
    if not _decides(row):
        return "goes on"
    return (
        "stops here"
        if told.action in STOPS
        else f"decides: {DECIDES.get(told.action, ACTIONS[told.action])}"
    )


def _not_asked(told: Explanation) -> Html:
    fields = wording.count(told.cells["field"].n_unique(), "field")
    return tag(
        "tr",
        tag("th", tag("span", class_="dot", aria_hidden="true"), "Write the values", scope="row"),
        tag("td", f"{fields} would be written" if told.cells.height else ""),
        tag("td", ""),
        tag("td", "not asked"),
        class_="off",
    )
