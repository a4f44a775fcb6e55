"""A page for each record of highest impact: verdict, values, choices, times, gates, history."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.pieces.grid import Column, cell, grid
from mdsync_nb.reports.pieces.timeline import timeline
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.choices import choice_heads, choices_section, lost_if_the_holding_won
from mdsync_nb.reports.site.facts import Facts, facts_of
from mdsync_nb.reports.site.history import history_heads, history_section
from mdsync_nb.reports.site.layout import Crumb, neighbours
from mdsync_nb.reports.site.making import FRONT, RUNS, Making
from mdsync_nb.reports.site.questions import question_heads, questions
from mdsync_nb.reports.site.values import chart, three_values, value_heads

HEADLINES: Mapping[str, str] = {
    "origin-unknown": "It differs, and nobody knows who changed it.",
    "not-coupled-yet": "It belongs to a record here, and is not coupled yet.",
    "looks-like-existing": "It looks like a record that exists here.",
    "two-firms": "One number, two firms.",
    "reference-missing": "It is blocked by a record that is missing here.",
    "orphan": "Its counterpart is gone.",
    "coupled-to-deleted": "Its counterpart is gone.",
    "left-filter": "It left the filter, and is no longer updated.",
    "currency-meaning": "A blank currency would mean another one here.",
    "skipped-flag": "It was set aside after it failed again.",
    "undone": "A job was taken back; it waits to be released.",
}
"""What waits about a record in a sentence, where its fields do not say it."""


def record_pages(making: Making) -> None:
    """Put a page of every record of highest impact into the site, in the order of the worklist."""
    every = facts_of(making)
    for place, facts in enumerate(every):
        before = every[place - 1] if place else None
        after = every[place + 1] if place + 1 < len(every) else None
        _page(facts, (before, after))


def _page(facts: Facts, around: tuple[Facts | None, Facts | None]) -> None:
    making, page = facts.making, places.record_page(facts.record)
    before, after = (
        Crumb(one.name, places.record_page(one.record)) if one else None for one in around
    )
    table = Crumb(making.table(facts.told.mapping), places.table_page(facts.told.mapping))
    words = f"{facts.name}, {making.table(facts.told.mapping)}: {facts.first['state']}"
    making.pages.add(
        page,
        words,
        _head(facts),
        _verdict(facts),
        _beside(facts, page, three_values(facts), "values"),
        tag("section", choices_section(facts), _next_run(facts), class_="options"),
        _beside(facts, page, Html(), "choices"),
        _times(facts),
        _beside(facts, page, _gates(facts), "gates"),
        _beside(facts, page, history_section(facts, page), "history"),
        _support(facts, page),
        neighbours(page, "Other records", before, after),
        crumbs=(RUNS, FRONT, table, Crumb(facts.name)),
        kind="record",
    )


def _head(facts: Facts) -> Html:
    row = facts.first
    coupled = facts.record[1] and facts.record[2] and facts.told.rule not in UNCOUPLED
    beside = f"coupled with its counterpart at {facts.there}" if coupled else "not coupled"
    at = wording.long_time(facts.making.c.at)
    said = f"{row['table']} {facts.key} in {facts.here}, {beside}. As of "
    return tag("div", tag("h1", facts.name), tag("p", said, at, ".", class_="lede"))


UNCOUPLED = ("not-coupled-yet", "looks-like-existing", "two-firms", "only-coupled", "new",
             "key-taken", "natural-key-unsure", "only-coupled-asked")  # fmt: skip


def _verdict(facts: Facts) -> Html:
    changes = " ".join(_changes(facts))
    said = wording.prose(" ".join(_once(facts.first["why"] or "", facts.told.verdict)))
    words = tag(
        "div",
        tag("p", wording.state(facts.first["state"] or "undecided"), class_="state"),
        tag("h2", headline(facts), class_="headline"),
        tag("p", said, " ", changes),
    )
    drawn = chart(facts)
    return tag(
        "div",
        words,
        drawn if drawn else None,
        class_="band verdict waits" if drawn else "band verdict waits alone",
        role="region",
        aria_label="Verdict",
    )


def _once(*sentences: str) -> list[str]:
    """The sentences, each once, without those that begin another one."""
    plain = list(dict.fromkeys(one.rstrip(".") for one in sentences if one))
    begins = [one for one in plain if any(o.startswith(one) for o in plain if o != one)]
    return [f"{one}." for one in plain if one not in begins]


def headline(facts: Facts) -> str:
    """Give what waits about a record in a sentence."""
    contested = [row["field"] for row in facts.fields if facts.classes[row["field"]] == "both"]
    if contested:
        named = wording.listing(contested[:3])
        more = f" and {len(contested) - 3} more" if len(contested) > 3 else ""
        return f"Waits for a decision about {named}{more}".rstrip(".") + "."
    if facts.first["state"] == "timestamp only":
        return "Both were saved, and no field was changed in both."
    if facts.first["state"] == f"only {facts.words.at}":
        return f"It is missing in {facts.here}, and others wait for it."
    return HEADLINES.get(facts.told.rule, facts.told.verdict)


def _changes(facts: Facts) -> list[str]:
    """Who changed what since they last agreed, for the fields both changed."""
    told: list[str] = []
    for row in facts.fields:
        if facts.classes[row["field"]] != "both" or len(told) == 2:
            continue
        base, there, here = (facts.shown(row, one) for one in ("base", "source", "destination"))
        told.append(
            f"{row['field']} was {base} when they last agreed; it is {there} {facts.words.at} and "
            f"{here} in {facts.here}."
        )
    return told


def _next_run(facts: Facts) -> Html:
    lost = lost_if_the_holding_won(facts)
    said = [tag("p", wording.prose(facts.told.next_run), class_="big-said")]
    said += [tag("p", wording.prose(facts.told.step))] if facts.told.step else []
    said += [tag("p", lost)] if lost else []
    at = facts.making.overview.next_starts.get(facts.told.mapping)
    later = at and at > facts.making.c.at
    when: tuple[Part, ...] = ("Without",)
    if at and later:
        when = ("Not before ", wording.long_time(at), ", without")
    lede = tag("p", *when, " a decision.", class_="lede")
    title = tag("h2", "What the next run would do")
    return tag("div", title, lede, tag("div", *said, class_="next"))


def _times(facts: Facts) -> Html:
    drawn = timeline(facts.told.times)
    rows = [{"what": what, "at": at} for what, at in facts.told.times.items()]
    columns = [
        Column("Time (UTC)", lambda row: f"{row['what'][:1].upper()}{row['what'][1:]}"),
        Column("When", lambda row: cell(row["at"]) if row["at"] else "not known"),
    ]
    table = grid(rows, columns, caption="Times", none="No time is known.")
    said = "Times in UTC. Open mark: last agreed. Filled mark: now. Flag: read up to here."
    if not drawn:
        said = "Too few times are known for a drawing."
    title = tag("h2", "When it happened")
    lede = tag("p", said, class_="lede")
    numbers = tag("details", tag("summary", "The times as a table"), table) if drawn else table
    shown = tag("div", drawn, class_="scroll") if drawn else None
    return tag("section", title, lede, shown, numbers)


def _gates(facts: Facts) -> Html:
    title = tag("h2", "Why it stopped: the questions in order")
    if facts.told.gates.is_empty():
        return tag("section", title, tag("p", "No question was asked.", class_="lede"))
    lede = tag("p", "The first question that is answered with yes decides.", class_="lede")
    state = facts.first["state"]
    label = tag("p", "Label: ", tag("b", state), f". {facts.first['why'] or ''}", class_="note")
    return tag("section", title, lede, questions(facts.told), label)


def _support(facts: Facts, page: str) -> Html:
    there, here = (facts.told.source_id or "none", facts.told.destination_id or "none")
    jobs = [facts.making.job_on(page, job) for job in dict.fromkeys(_jobs(facts))]
    command = f"mdsync explain {shlex.quote(facts.told.mapping)} {shlex.quote(facts.called)}"
    ids = "hidden" if facts.hides_ids else f"there {there} · here {here}"
    rows: list[tuple[str, Part]] = [
        ("Rule", tag("code", facts.told.rule)),
        ("Mapping", tag("code", facts.told.mapping)),
        ("Direction", facts.told.way),
        ("Record ids", tag("code", ids)),
        ("Jobs", joined(jobs, ", ") if jobs else "none"),
    ]
    rows += [] if facts.hides_ids else [("See it again", tag("code", command))]
    lines = (tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in rows)
    caption = tag("caption", "For support", class_="unseen")
    table = tag("table", caption, tag("tbody", *lines), class_="support")
    shown = tag("div", table, class_="scroll")
    summary = tag("summary", "For support: rule, mapping, ids, jobs")
    return tag("details", summary, shown)


def _jobs(facts: Facts) -> list[int]:
    history = facts.told.history
    return [int(job) for job in history["job_id"]] if history.height else []


def _beside(facts: Facts, page: str, shown: Html, name: str) -> Html:
    """A section with its table as files below it."""
    tables = {
        "values": ("Values of records", value_heads),
        "choices": ("Choices of records", choice_heads),
        "gates": ("Questions of records", lambda of: question_heads(of.told)),
        "history": ("History of records", history_heads),
    }
    sheet, rows = tables[name]
    frame = rows(facts)
    here = f"Here: in {facts.here}"
    named = {
        here: "Here",
        f"There: {facts.words.at}": "There",
        f"What {facts.here} would hold then": "What would be then",
    }
    same = frame.rename({old: new for old, new in named.items() if old in frame.columns})
    files = facts.making.pages.beside(
        page, name, same, sheet=sheet, Table=facts.making.table(facts.told.mapping),
        Number=facts.key, Record=facts.name,
    )  # fmt: skip
    return shown + files
