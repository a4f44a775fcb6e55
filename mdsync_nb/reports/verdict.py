"""The top of a report: what it is, what was found in a sentence, and what it was found in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mdsync_nb.engine.comparison import Comparison, Written
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.tally import Company
from mdsync_nb.reports.waiting import place

QUESTION = "Where do the companies differ?"
WIDE = 4
"""From this many subsidiaries on, the sources stand below each other instead of side by side."""


def heading(c: Comparison) -> Html:
    """Give the question of the page, with the group and the time above it."""
    above = joined(["Comparison report", _who(c), wording.long_time(c.at)], " · ")
    return tag("header", tag("p", above, class_="above"), tag("h1", QUESTION))


def band(c: Comparison) -> Html:
    """Give the verdict: whether something was written, what agrees, what waits, and the sources."""
    said = joined([_agreement(c), _conflicts(c), _release(c)], " ")
    written = tag("p", _after(c.written)) if c.written else None
    return tag(
        "div",
        tag("p", _headline(c.written), class_="headline"),
        written,
        tag("p", said),
        _sources(c),
        class_="band",
        role="region",
        aria_label="Result and sources",
    )


def stopped(title: str, sentence: str, hint: str = "") -> Html:
    """Give the band of a run that could not go on: what stopped, what holds, what to do."""
    return tag(
        "div",
        tag("p", title, class_="headline"),
        tag("p", wording.prose(" ".join(text for text in (sentence, hint) if text))),
        class_="band stopped",
        role="region",
        aria_label="Stopped",
    )


def footer(c: Comparison) -> Html:
    """Give the last line: which fields are masked, and which clock the times are of."""
    hidden = f"Values of {wording.listing(c.masked)} are masked in this report. "
    return tag("footer", hidden if c.masked else None, "Times are UTC.")


def _who(c: Comparison) -> str:
    firm, others = tally.holding(c), len(tally.subsidiaries(c))
    group = f"{wording.in_words(others)} {c.words.one if others == 1 else c.words.more}"
    return wording.listing([*([firm.name] if firm else []), *([group] if others else [])])


def _headline(written: Written | None) -> str:
    if written is None:
        return "Compared, nothing written."
    values = wording.count(written.values, "value")
    return f"Plan “{written.title}” wrote {values} to {wording.count(written.records, 'record')}."


def _after(written: Written) -> Html:
    failed = f"{wording.count(written.failed, 'record')} failed." if written.failed else ""
    waits = f"{wording.count(written.waiting, 'record')} wait for a person."
    told = [failed or "Nothing failed.", waits if written.waiting else ""]
    jobs = ", ".join(f"`mdsync undo {job}`" for job in reversed(written.jobs))
    undo = f"To reverse it: {jobs}" if jobs else ""
    return wording.prose(" ".join(text for text in [*told, undo] if text))


def _agreement(c: Comparison) -> str:
    if not tally.subsidiaries(c):
        return f"No {c.words.one} was compared."
    boxes = tally.sums_of(c)
    of = tally.pairs(boxes)
    if not of:
        return "No record was found on both sides."
    if boxes["agree"] == of:
        return f"All {wording.count(of, 'pair')} agree."
    return f"{wording.percent(boxes['agree'], of)} of {wording.count(of, 'pair')} agree."


def _conflicts(c: Comparison) -> Part:
    if not c.true_conflicts:
        return None
    one = c.true_conflicts == 1
    many = (
        "One true conflict needs"
        if one
        else f"{wording.number(c.true_conflicts)} true conflicts need"
    )
    rows = tally.waiting(c).with_row_index("row").filter(state="true conflict").head(1).to_dicts()
    if not rows:
        return f"{many} a decision."
    return Html(f"{many} a decision{':' if one else '; the first:'} ", place(c, rows[0]), ".")


def _release(c: Comparison) -> Part:
    first = c.causes.sort("rank").head(1).to_dicts()
    if not first:
        return None if not c.worklist.is_empty() else "Nothing waits for a person."
    cause, released = first[0]["cause"].rstrip("."), wording.count(first[0]["releases"], "record")
    return f"The largest step, “{cause}”, releases {released}."


def _sources(c: Comparison) -> Html:
    firms = tally.companies(c)
    columns = [[show(c, firm) for firm in firms] for _, show in PROPERTIES]
    labels = [Html(label) for label, _ in PROPERTIES]
    titles = [_title(c, firm) for firm in firms]
    if len(firms) > WIDE + 1:
        return _grid("Company", labels, titles, [list(row) for row in zip(*columns, strict=True)])
    return _grid("Property", titles, labels, columns)


def _grid(corner: str, heads: list[Html], sides: list[Html], cells: list[list[Html]]) -> Html:
    first = tag("th", tag("span", corner, class_="unseen"), scope="col")
    head = tag("tr", first, *(tag("th", one, scope="col") for one in heads))
    body = [
        tag("tr", tag("th", side, scope="row"), *(tag("td", cell) for cell in row))
        for side, row in zip(sides, cells, strict=True)
    ]
    caption = tag("caption", "What was compared", class_="unseen")
    grid = tag("table", caption, tag("thead", head), tag("tbody", *body), class_="sources")
    return tag("div", grid, class_="scroll")


def _title(c: Comparison, firm: Company) -> Html:
    words = [firm.row["currency"] or "", c.words.there if firm.row["is_source"] else ""]
    return Html(tag("b", firm.name), " ", tag("span", ", ".join(word for word in words if word)))


def _delivers(_: Comparison, firm: Company) -> Html:
    return _said(firm.row["delivers"])


def _as_of(c: Comparison, firm: Company) -> Html:
    at: datetime | None = firm.row["as_of"]
    if at is None:
        return _said(None)
    first = tally.holding(c)
    age = _age(at, first.row["as_of"] if first else None)
    return Html(wording.moment(at), " ", tag("span", age, class_="mute") if age else None)


def _age(at: datetime, first: datetime | None) -> str:
    days = abs(first - at).days if first else 0
    return (
        f"{wording.count(days, 'day')} {'older' if first and at < first else 'newer'}"
        if days
        else ""
    )


def _basis(_: Comparison, firm: Company) -> Html:
    if firm.row["is_source"] and not firm.row["basis"]:
        return tag("span", "compared with each", class_="mute")
    return _said(firm.row["basis"])


def _complete(_: Comparison, firm: Company) -> Html:
    return _said(firm.row["complete"])


def _aside(_: Comparison, firm: Company) -> Html:
    aside, rows = firm.row["set_aside"] or 0, firm.row["rows"] or 0
    remark = f", {firm.row['remark']}" if firm.row["remark"] else ""
    return Html(f"{wording.number(aside)} of {wording.number(rows)}{remark}")


def _said(text: str | None) -> Html:
    known = text and text != "unknown"
    return Html(text) if known else tag("span", "not known", class_="mute")


PROPERTIES: tuple[tuple[str, Callable[[Comparison, Company], Html]], ...] = (
    ("Source", _delivers),
    ("As of (UTC)", _as_of),
    ("Basis", _basis),
    ("Complete", _complete),
    ("Rows set aside", _aside),
)
