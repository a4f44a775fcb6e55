"""How a report says numbers, shares, times, blanks and states: one way for each.

Numbers and dates are written as `report.culture` says. Times are UTC; pointing at one shows it to
the second, and by the clock of the reader (`model.reader`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from mdsync_nb.model.reader import reader
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
    return _with_marks(f"{count:,}")


def seconds(took: float) -> str:
    """Give how long something took, to a tenth of a second: 1,204.5 s."""
    return _with_marks(f"{took:,.1f} s")


def _with_marks(written: str) -> str:
    """A number written as in English, with the marks of the reader and a true minus."""
    culture = reader().culture
    marks: dict[str, str | int | None] = {",": culture.group, ".": culture.decimal, "-": "−"}
    return written.translate(str.maketrans(marks))


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
    return f"{_with_marks(f'{share:.{places}f}')} %"


def count(many: int, one: str, more: str = "") -> str:
    """Give a number with its noun: 1 record, 2 records."""
    return f"{number(many)} {one if many == 1 else more or one + 's'}"


def in_words(many: int) -> str:
    """Give a small number as a word, a larger one in digits."""
    return SMALL[many] if 0 <= many < len(SMALL) else number(many)


def listing(names: Sequence[str]) -> str:
    """Give names as a sentence lists them: Nordic, Deutschland and Lumière."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def jobs(numbers: Sequence[int]) -> str:
    """Name jobs by their numbers, a row of them by its ends: jobs 1 to 32."""
    several = len(numbers) > 2 and max(numbers) - min(numbers) == len(set(numbers)) - 1
    said = f"{min(numbers)} to {max(numbers)}" if several else listing([str(n) for n in numbers])
    return f"{'jobs' if len(numbers) > 1 else 'job'} {said}"


def symbol(currency: str | None) -> str:
    """Give the sign of a currency, or its code."""
    return SYMBOLS.get(currency or "", currency or "?")


def day(at: datetime, *, said: datetime | None = None) -> str:
    """Give a date: 10 Mar 2026. The year drops where the page has `said` it."""
    return _date(at, MONTHS[at.month - 1][:3], year=said is None or said.year != at.year)


def _date(at: datetime, month: str, *, year: bool) -> str:
    order = reader().culture.order
    if order == "ymd" and year:
        return at.date().isoformat()
    date = f"{month} {at.day}" if order == "mdy" else f"{at.day} {month}"
    comma = "," if order == "mdy" else ""
    return f"{date}{comma} {at.year}" if year else date


def long_moment(at: datetime) -> str:
    """Give the time a page stands for: Tuesday 10 March 2026, 06:30 UTC."""
    date = _date(at, MONTHS[at.month - 1], year=True)
    return f"{WEEKDAYS[at.weekday()]} {date}, {at:%H:%M} UTC"


def long_time(at: datetime) -> Html:
    """Give `long_moment` as a time to point at."""
    return _time(at, long_moment(at))


def moment(at: datetime, *, said: datetime | None = None) -> Html:
    """Give a time in UTC: 10 Mar 2026, 06:30. The year drops where the page has `said` it.

    Pointing at it shows the second, and the reader's own time.
    """
    return _time(at, f"{day(at, said=said)}, {at:%H:%M}")


def both_clocks(at: datetime) -> str:
    """Give a time to the second, in UTC and by the clock of the reader, with where that clock is:
    10 Mar 2026, 06:30:00 UTC, 07:30:00 in Europe/Copenhagen (UTC+01:00)."""
    utc = f"{day(at)}, {at:%H:%M:%S} UTC"
    who = reader()
    local = who.local(at)
    if local is None or not local.utcoffset():
        same = local is not None and who.zone is not None and local.tzname() != "UTC"
        return f"{utc}, the same {who.where}" if same else utc
    date = "" if local.date() == at.date() else f"{day(local)}, "
    offset = f"{local:%z}"
    return f"{utc}, {date}{local:%H:%M:%S} {who.where} (UTC{offset[:3]}:{offset[3:5]})"


def _time(at: datetime, text: str) -> Html:
    return tag("time", text, datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", title=both_clocks(at))


def blank(means: str = "") -> Html:
    """Give the word for an empty value, with its meaning where it has one."""
    return tag("i", "blank") + (f", means {means}" if means else "")


def key(text: str | None) -> str:
    """Give the fields of a key as people read them: `4000,Brisbane\\, QLD` without its sign."""
    return ESCAPED.sub(r"\1", text or "")


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
    return _with_marks(f"{exact:,}" if places is None else f"{exact:,.{places}f}")


ESCAPED = re.compile(r"\\([\\,])")
"""A sign inside a field of a key that would otherwise stand between two of them."""

TOLD = re.compile(r"`([^`]+)`|(\d{4}-\d\d-\d\d \d\d:\d\d)(?= UTC)")
"""What is set apart in a sentence: a command, and a time that says it is UTC."""


def prose(text: str) -> Html:
    """Give a sentence with its `commands` set as commands, and its times as times."""
    parts, end = [], 0
    for found in TOLD.finditer(text):
        command, time = found.groups()
        parts += [text[end : found.start()], tag("code", command) if command else _told(time)]
        end = found.end()
    return joined([*parts, text[end:]])


def _told(time: str) -> Part:
    try:
        return moment(datetime.fromisoformat(time))
    except ValueError:
        return time


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
