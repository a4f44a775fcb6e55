"""How a report says numbers, shares, times, blanks and states: one way for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from mdsync_nb.reports.markup import Html, Part, joined, tag

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SMALL = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}
ZERO = "·"


def number(count: int) -> str:
    """Give a count with thousands apart and a true minus: 1,839 and −12."""
    return f"{count:,}".replace("-", "−")


def percent(part: int, of: int) -> str:
    """Give a share, with one decimal from 100 records on: 92.3 %.

    It is 0 or 100 only when it is nothing or all; of nothing there is no share, and it says so.
    """
    if of <= 0:
        return "no pairs"
    places = 1 if of >= 100 else 0
    step = 10.0**-places
    share = round(100 * part / of, places)
    if 0 < part < of:
        share = min(max(share, step), 100 - step)
    return f"{share:.{places}f} %"


def count(many: int, one: str, more: str = "") -> str:
    """Give a number with its noun: 1 record, 2 records."""
    return f"{number(many)} {one if many == 1 else more or one + 's'}"


def in_words(many: int) -> str:
    """Give a small number as a word, a larger one in digits."""
    return SMALL[many] if 0 <= many < len(SMALL) else number(many)


def listing(names: Sequence[str]) -> str:
    """Give names as a sentence lists them: Nordic, Deutschland and Lumière."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def symbol(currency: str | None) -> str:
    """Give the sign of a currency, or its code."""
    return SYMBOLS.get(currency or "", currency or "?")


def day(at: datetime) -> str:
    """Give a date: 10 Mar 2026."""
    return f"{at.day} {MONTHS[at.month - 1][:3]} {at.year}"


def long_moment(at: datetime) -> str:
    """Give the time a page stands for: Tuesday 10 March 2026, 06:30 UTC."""
    month = MONTHS[at.month - 1]
    return f"{WEEKDAYS[at.weekday()]} {at.day} {month} {at.year}, {at:%H:%M} UTC"


def moment(at: datetime, *, said: datetime | None = None) -> Html:
    """Give a time in UTC: 10 Mar 2026, 06:30. The year drops where the page has `said` it.

    Pointing at it shows the second.
    """
    date = f"{at.day} {MONTHS[at.month - 1][:3]}"
    known = said is not None and said.year == at.year
    text = f"{date if known else day(at)}, {at:%H:%M}"
    return tag("time", text, datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", title=f"{day(at)}, {at:%X} UTC")


def blank(means: str = "") -> Html:
    """Give the word for an empty value, with its meaning where it has one."""
    return tag("i", "blank") + (f", means {means}" if means else "")


def value(text: str | None, *, means: str = "") -> Html:
    """Give a value as it is stored; nothing is said as blank."""
    return Html(text) if text else blank(means)


def amount(text: str, kind: str) -> str:
    """Give a number as people read it: thousands apart, and two places where it is money.

    kind: the field's type, "decimal" or "decimal money"; any other value stays as it is.
    """
    if not kind.startswith("decimal"):
        return text
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return text
    places = max(2, -int(exact.as_tuple().exponent)) if kind.endswith("money") else None
    shown = f"{exact:,}" if places is None else f"{exact:,.{places}f}"
    return shown.replace("-", "−")


def prose(text: str) -> Html:
    """Give a sentence with its `commands` set as commands."""
    parts = re.split(r"`([^`]+)`", text)
    return joined(tag("code", part) if place % 2 else part for place, part in enumerate(parts))


class Mark(NamedTuple):
    """How a state is drawn beside its word: a filled flag, an outlined tag, or a swatch."""

    form: Literal["flag", "tag", "swatch"]
    fill: str = ""


TAG = Mark("tag")
STATES = {
    "agrees": Mark("swatch", "agrees"),
    "changed at the holding": Mark("swatch", "holding"),
    "changed in the subsidiary": Mark("swatch", "subsidiary"),
    "changed in both": Mark("swatch", "both"),
    "true conflict": Mark("flag"),
    "timestamp only": Mark("swatch", "timestamp"),
    "differs, origin unknown": Mark("swatch", "unknown"),
    "undecided": Mark("swatch", "undecided"),
    "only at the holding": Mark("swatch", "only-holding"),
    "only in the subsidiary": Mark("swatch", "only-subsidiary"),
    "changed in dataverse": Mark("swatch", "holding"),
    "only in dataverse": Mark("swatch", "only-holding"),
    "set aside": TAG,
    "left the filter": TAG,
    "orphan": TAG,
    "not in the package": TAG,
}
"""The word of a state -> its mark. A word with a company in it goes by its beginning."""

BEGINNINGS = {"changed in ": "changed in the subsidiary", "only in ": "only in the subsidiary"}


def mark(state: str) -> Mark:
    """Give the mark of a state; a word nobody knows is an outlined label."""
    word = state.casefold()
    for beginning, stands_for in BEGINNINGS.items():
        if word not in STATES and word.startswith(beginning):
            return STATES[stands_for]
    return STATES.get(word, TAG)


def swatch(fill: str) -> Html:
    """Give the small square of a fill; its word stands beside it."""
    return tag("span", class_=f"swatch {fill}", aria_hidden="true")


def state(word: str, why: str = "") -> Html:
    """Give a state with its mark, and the sentence that says why; the word is always there."""
    drawn = mark(word)
    if drawn.form != "swatch":
        return Html(tag("span", word, class_=drawn.form), " ", why)
    told = why.casefold().startswith(word.casefold())
    said: Part = None if told else f"{word[:1].upper()}{word[1:]}. "
    return Html(swatch(drawn.fill), said, why)
