"""What happened to a record, newest first: who saved it, what jobs did, when both last agreed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.words import past
from mdsync_nb.reports.site.facts import Facts

OUTCOMES = {
    "applied": "done",
    "fail": "failed",
    "skip": "set aside",
    "wait": "waits",
    "stale": "moved since the plan",
    "none": "not concerned",
}


DONE = {
    "insert": "created",
    "modify": "written",
    "delete": "deleted",
    "unchanged": "found equal",
    "couple": "coupled",
    "uncouple": "uncoupled",
}
"""What a job did to a record, in a word."""


class Event(NamedTuple):
    """Something that happened: when, what, what came of it; the job that did it."""

    at: datetime | None
    what: str
    result: str
    job: int = 0
    label: str = ""


def history(facts: Facts) -> list[Event]:
    """Give what is known to have happened to a record, newest first."""
    events = [Event(facts.making.c.at, "Comparison", "Compared, nothing written")]
    events += [_of_job(row) for row in facts.told.history.to_dicts()]
    events += _saved(facts)
    agreed = facts.first["base_at"]
    if agreed:
        events.append(Event(agreed, "They last agreed here", "every compared field was equal"))
    return sorted(events, key=lambda one: one.at or datetime.min, reverse=True)


def history_section(facts: Facts, page: str) -> Html:
    """Give the history of a record as a table."""
    rows = [_row(facts, one, page) for one in history(facts)]
    heads = (tag("th", head, scope="col") for head in ("When (UTC)", "What", "Result"))
    table = tag(
        "table",
        tag("caption", "History", class_="unseen"),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
        class_="history",
    )
    return tag("section", tag("h2", "History"), tag("div", table, class_="scroll"))


def history_heads(facts: Facts) -> pl.DataFrame:
    """Give the history with heads as people read it."""
    rows = [
        (one.at, one.what, " ".join(text for text in (one.label, one.result) if text))
        for one in history(facts)
    ]
    schema: frames.Contract = {
        "When (UTC)": frames.TIME,
        "What": frames.TEXT,
        "Result": frames.TEXT,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _of_job(row: dict[str, object]) -> Event:
    outcome = str(row["outcome"])
    at = row["finished_at"] if isinstance(row["finished_at"], datetime) else None
    said = str(row["message"] or (past(str(row["rule"])) if row["rule"] else ""))
    action = DONE.get(str(row["action"]), str(row["action"]))
    label = OUTCOMES.get(outcome, outcome) if outcome != "applied" else ""
    result = said if outcome != "applied" else f"{action[:1].upper()}{action[1:]}. {said}".strip()
    return Event(at, f"Job {row['job_id']}", result, int(str(row["job_id"])), label)


def _saved(facts: Facts) -> list[Event]:
    """Who saved the record last on either side, and what was changed there since they agreed."""
    events = []
    for side, where in (("source", facts.words.at), ("destination", f"in {facts.here}")):
        at, by = facts.first[f"{side}_at"], facts.first[f"{side}_by"]
        if not at:
            continue
        changed = [row for row in facts.fields if facts.classes[row["field"]] in (side, "both")]
        told = ", ".join(
            f"{row['field']} {facts.shown(row, 'base')} to {facts.shown(row, side)}"
            for row in changed[:3]
        )
        more = f" and {wording.number(len(changed) - 3)} more" if len(changed) > 3 else ""
        who = f"{by} saved it" if by else "It was saved"
        events.append(Event(at, f"{who} {where}", told + more or "What was changed is not known"))
    return events


def _row(facts: Facts, one: Event, page: str) -> Html:
    when: Part = wording.moment(one.at) if one.at else "not known"
    what = facts.making.job_on(page, one.job, one.what) if one.job else Html(one.what)
    label = Html(tag("span", one.label, class_="tag b"), " ") if one.label else None
    return tag(
        "tr",
        tag("td", when),
        tag("td", what),
        tag("td", label, wording.prose(one.result) if one.job else one.result),
    )
