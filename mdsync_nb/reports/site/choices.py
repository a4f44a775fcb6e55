"""What a person can do about a record, and what the subsidiary would hold then."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from mdsync_nb.core.rehearsal import CHANGED_HERE
from mdsync_nb.engine.deciding import KEEP, LATER, OPEN_TO_DECIDE, TAKE, VALUE
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.masking import MASK
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.facts import Facts
from mdsync_nb.reports.tally import Row

COMMAND = "mdsync "
NAMED = 4
"""So many fields are named; the others are counted."""


class Choice(NamedTuple):
    """Something a person can do, what would be then, and how: a word of the workbook, a command."""

    name: str
    then: str
    how: str


STAYS = "Nothing changes. The record stays on the worklist."
COUPLE = ("Couple it with its counterpart", "They are one record from then on, and are compared.",
          "mdsync couple {mapping} {record}")  # fmt: skip
CREATE = ("Create it in {here}", "{here} has one record more, coupled with this one.",
          "mdsync record create {record} --in {mapping}")  # fmt: skip
RESTORE = ("Create the missing record again", "The pair is whole again, and is kept in step.",
           "mdsync record restore {mapping} {record}")  # fmt: skip
DELETE = ("Delete the record that is left", "Both are gone, and so is the coupling.",
          "mdsync record delete {mapping} {record}")  # fmt: skip
PART = ("Take them apart", "{here} keeps its record as it is, and no run looks at it.",
        "mdsync uncouple {mapping} {record}")  # fmt: skip
RETRY = ("Put it back into the next run", "It is tried as if it had never failed.",
         "mdsync retry {mapping} {record}")  # fmt: skip
MISSING = ("Create the missing record", "The next run writes this one as well.", "")
BY_RULE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "looks-like-existing": (COUPLE, CREATE),
    "two-firms": (COUPLE, CREATE),
    "key-taken": (COUPLE,),
    "not-coupled-yet": (COUPLE,),
    "only-coupled": (CREATE,),
    "only-coupled-asked": (CREATE,),
    "orphan": (RESTORE, DELETE, PART),
    "coupled-to-deleted": (RESTORE, DELETE, PART),
    "remove-coupling-fails": (RESTORE, DELETE, PART),
    "left-filter": (PART,),
    "undone": (RETRY,),
    "reference-missing": (MISSING,),
}
"""What can be done about records whose values are not what waits, by rule."""


def choices(facts: Facts) -> list[Choice]:
    """Give what a person can do about a record, with what the subsidiary would hold then."""
    names = {
        "mapping": shlex.quote(facts.told.mapping),
        "record": shlex.quote(facts.called),
        "here": facts.here,
    }
    known = [
        Choice(name.format(**names), then.format(**names), how.format(**names))
        for name, then, how in BY_RULE.get(facts.told.rule, ())
    ]
    decidable = facts.told.rule in OPEN_TO_DECIDE and facts.record[1] and facts.record[2]
    if decidable and facts.fields:
        return [*known, *_of_values(facts)]
    step = facts.told.step
    if step and not known:
        known = [Choice("Take this step", step, "")]
    return [*known, Choice("Later", STAYS, "")]


def choices_section(facts: Facts) -> Html:
    """Give the choices as a table, and how they are made."""
    page = places.record_page(facts.record)
    heads = (tag("span", "Number", class_="unseen"), "Choice", f"What {facts.here} would hold then")
    rows = [
        tag("tr", tag("td", str(n)), tag("th", one.name, scope="row"), tag("td", *_then(one)))
        for n, one in enumerate(choices(facts), start=1)
    ]
    table = tag(
        "table",
        tag("caption", "What you can do", class_="unseen"),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *rows),
        class_="choices",
    )
    shown = tag("div", table, class_="scroll")
    lede = "Each choice becomes a plan you can read first, and undo later."
    note = tag("p", _how(facts, page), class_="note") if _by_values(facts) else None
    return tag("div", tag("h2", "What you can do"), tag("p", lede, class_="lede"), shown, note)


def _how(facts: Facts, page: str) -> Html:
    """How a choice about values is made: in the workbook, which nobody can decide in masked."""
    if any(MASK in (row["source"], row["destination"]) for row in facts.fields):
        return wording.prose(
            "Values of it are masked here: decide in what `mdsync decisions export` writes without "
            "`report.mask`."
        )
    return Html(
        f"Choose in the rows of place {facts.first['rank']} of ",
        tag("a", places.WORKLIST, href=places.link(page, places.WORKLIST)),
        wording.prose(f", then `mdsync decisions import {places.WORKLIST}`."),
    )


def choice_heads(facts: Facts) -> pl.DataFrame:
    """Give the choices with heads as people read them."""
    rows = [(one.name, one.then, one.how) for one in choices(facts)]
    heads = ("Choice", f"What {facts.here} would hold then", "How")
    return pl.DataFrame(rows, schema=dict.fromkeys(heads, pl.String), orient="row")


def lost_if_the_holding_won(facts: Facts) -> str:
    """Give the values that would go here if the holding's were taken as a whole; or nothing."""
    cells = facts.told.cells
    if facts.told.rule not in OPEN_TO_DECIDE or "class" not in cells.columns:
        return ""
    gone = set(cells.filter(CHANGED_HERE)["field"].to_list())
    rows = [row for row in facts.fields if row["field"] in gone]
    if not rows:
        return ""
    values = wording.listing(
        [f"{row['field']} {facts.shown(row, 'destination')}" for row in rows[:NAMED]]
    )
    more = f" and {wording.number(len(rows) - NAMED)} more" if len(rows) > NAMED else ""
    many = f"{wording.in_words(len(rows))} {'value' if len(rows) == 1 else 'values'}"
    if_so = f"If {facts.words.there} won for the whole record, {facts.here} would lose"
    return f"{if_so} {many}: {values}{more}."


def _then(one: Choice) -> list[Html]:
    """What would be then, with the command below it. Only a step of ours holds commands."""
    if not one.how:
        return [wording.prose(one.then)]
    if not one.how.startswith(COMMAND):
        return [Html(one.then)]
    return [Html(one.then), tag("span", tag("code", one.how), class_="second")]


def _by_values(facts: Facts) -> bool:
    return any(one.how in (TAKE, KEEP, VALUE) for one in choices(facts))


def _of_values(facts: Facts) -> list[Choice]:
    """The choices where values wait: as a decision is taken, what one side changed is taken from
    that side, and what both changed, or nobody knows, from the side that is chosen."""
    contested = [row for row in facts.fields if facts.classes[row["field"]] in ("both", "unknown")]
    take = Choice(
        f"Take {_whose(facts.words.there, contested)}", _held(facts, contested, "source"), TAKE
    )
    keep = Choice(f"Keep {_whose(facts.here, contested)}", _held(facts, contested, "destination")
                  + " Reports go on naming what differs.", KEEP)  # fmt: skip
    fields = (
        wording.listing([row["field"] for row in contested[:NAMED]]) if contested else "a field"
    )
    value = Choice(
        "Enter another value",
        f"Your value of {fields.rstrip('.')}. Nothing is written to {facts.words.there}.",
        VALUE,
    )
    later = Choice("Later", STAYS, LATER)
    if contested:
        first = [] if facts.told.rule == "currency-meaning" else [take]
        return [*first, keep, value, later]
    merged = Choice("Take each change from its side", _held(facts, [], "source"), TAKE)
    every = Choice(
        f"Take all of {facts.words.there}’s values", _held(facts, facts.fields, "source"), TAKE
    )
    ours = Choice(f"Keep all of {facts.here}’s values", _held(facts, facts.fields, "destination")
                  + " Reports go on naming what differs.", KEEP)  # fmt: skip
    return [merged, every, ours, later]


def _whose(who: str, contested: Sequence[Row]) -> str:
    return f"{who}’s {'value' if len(contested) == 1 else 'values'}"


def _held(facts: Facts, chosen: Sequence[Row], side: str) -> str:
    """What the subsidiary would hold: of what was chosen the values of that side, of the rest those
    of whoever changed them."""
    names = {row["field"] for row in chosen}
    written: list[str] = []
    kept: list[str] = []
    for row in facts.fields:
        of = side if row["field"] in names else _changer(facts, row)
        into = written if of == "source" else kept
        into.append(f"{row['field']} {facts.shown(row, of)}")
    parts = [_some(written, ""), _some(kept, "keeps ")]
    said = "; ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}."


def _changer(facts: Facts, row: Row) -> str:
    return "destination" if facts.classes[row["field"]] == "destination" else "source"


def _some(values: Sequence[str], before: str) -> str:
    if not values:
        return ""
    more = f" and {wording.number(len(values) - NAMED)} more" if len(values) > NAMED else ""
    return before + ", ".join(values[:NAMED]) + more
