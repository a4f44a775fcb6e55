"""Dates as cultures and exact formats write them, read into calendar times."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

from mdsync_nb.model.culture import CULTURES, ENGLISH

Reader = Callable[[str], datetime | None]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TOKEN = re.compile(r"(?P<quote>['\"])(?P<words>.*?)(?P=quote)|\\(?P<one>.)|(?P<run>(?P<letter>[dMyHhmsfFtzKg])(?P=letter)*)|%|(?P<other>.)", re.DOTALL)  # fmt: skip  # noqa: E501
STEPS = {
    "d": r"(?P<day>[0-9]{1,2})", "dd": r"(?P<day>[0-9]{2})",
    "ddd": rf"(?P<weekday>{'|'.join(one[:3] for one in DAYS)})",
    "dddd": rf"(?P<weekday>{'|'.join(DAYS)})",
    "M": r"(?P<month>[0-9]{1,2})", "MM": r"(?P<month>[0-9]{2})",
    "MMM": rf"(?P<name>{'|'.join(one[:3] for one in ENGLISH)})",
    "MMMM": rf"(?P<name>{'|'.join(ENGLISH)})",
    "y": r"(?P<year>[0-9]{1,2})", "yy": r"(?P<year>[0-9]{2})", "yyyy": r"(?P<year>[0-9]{4})",
    "H": r"(?P<hour>[0-9]{1,2})", "HH": r"(?P<hour>[0-9]{2})",
    "h": r"(?P<hour12>[0-9]{1,2})", "hh": r"(?P<hour12>[0-9]{2})",
    "m": r"(?P<minute>[0-9]{1,2})", "mm": r"(?P<minute>[0-9]{2})",
    "s": r"(?P<second>[0-9]{1,2})", "ss": r"(?P<second>[0-9]{2})",
    **{"f" * n: rf"[0-9]{{{n}}}" for n in range(1, 8)},
    **{"F" * n: rf"[0-9]{{0,{n}}}" for n in range(1, 8)},
    "t": "(?P<half>[AP])", "tt": "(?P<half>AM|PM)",
    "z": "[+-][0-9]{1,2}", "zz": "[+-][0-9]{2}", "zzz": "[+-][0-9]{2}:[0-9]{2}",
    "K": "(?:Z|[+-][0-9]{2}:[0-9]{2})?",
}  # fmt: skip
"""What each piece of an exact format stands for; fractions and offsets are read and left out."""

WRITTEN_OUT = "a format written out with day, month and year, like yyyy-MM-dd"
NEWEST_SHORT_YEAR = 49


@cache
def exact(format: str) -> Reader:
    """Give what reads texts of exactly this format, with the names of the invariant culture.

    Raises ValueError with what would be right for a format that cannot be read.
    Source: semantics.md 12, types 8 and 12.
    """
    if len(format) == 1:
        raise ValueError(WRITTEN_OUT)
    pieces = [_piece(found) for found in TOKEN.finditer(format)]
    try:
        spelling = re.compile("".join(pieces), re.IGNORECASE)
    except re.error:
        raise ValueError("a format that names each part once, like yyyy-MM-dd HH:mm") from None
    named = spelling.groupindex.keys()
    if not ({"day", "year"} <= named and {"month", "name"} & named):
        raise ValueError(WRITTEN_OUT)

    def read(text: str) -> datetime | None:
        found = spelling.fullmatch(text)
        return _moment(found.groupdict(), ENGLISH) if found else None

    return read


def _piece(found: re.Match[str]) -> str:
    if found["run"] is None:
        return re.escape(found["words"] or found["one"] or found["other"] or "")
    if found["run"] not in STEPS:
        raise ValueError(f"a format without {found['run']}")
    return STEPS[found["run"]]


TIME = (
    r"(?:(?:T|[\s,]+)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?(?:\s*(?P<half>AM|PM))?"
    r"(?:\s*(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)?\s*"
)
BETWEEN = r"(?:\s*[-/.,]\s*|\s+)"
AROUND = r"(?:\s*[-/.,]\s*|\s+(?:de\s+)?)+"
NAME = r"(?P<name>[^\W\d_]{3,})"
NUMBERS = re.compile(
    rf"\s*(?P<first>[0-9]{{1,4}}){BETWEEN}(?P<middle>[0-9]{{1,2}}){BETWEEN}(?P<last>[0-9]{{1,4}})"
    rf"{TIME}",
    re.IGNORECASE,
)
NAMED = [
    re.compile(rf"\s*{first}{AROUND}{middle}{AROUND}{last}{TIME}", re.IGNORECASE)
    for first, middle, last in (
        (r"(?P<day>[0-9]{1,2})", NAME, r"(?P<year>[0-9]{4}|[0-9]{2})"),
        (NAME, r"(?P<day>[0-9]{1,2})", r"(?P<year>[0-9]{4}|[0-9]{2})"),
        (r"(?P<year>[0-9]{4})", NAME, r"(?P<day>[0-9]{1,2})"),
    )
]


def by_culture(culture: str) -> Reader:
    """Give what reads dates as a culture writes them, with a time or without one.

    Numbers in the culture's order (a year of four digits may come first anywhere), or a month by
    its name; an offset is left out, nothing is shifted. A date without its year is not read: it
    would depend on today. Source: semantics.md 12, types 8 and 12.
    """
    said = CULTURES[culture]
    parts = {"m": "month", "d": "day", "y": "year"}

    def read(text: str) -> datetime | None:
        found = NUMBERS.fullmatch(text)
        if found:
            order = "ymd" if len(found["first"]) > 2 else said.order
            values = (found["first"], found["middle"], found["last"])
            numbers = {parts[one]: value for one, value in zip(order, values, strict=True)}
            if any(len(numbers[one]) > 2 for one in ("day", "month")):
                return None
            return _moment({**found.groupdict(), **numbers}, said.months)
        for spelling in NAMED:
            found = spelling.fullmatch(text)
            if found:
                return _moment(found.groupdict(), said.months)
        return None

    return read


def _moment(told: Mapping[str, str | None], months: tuple[str, ...]) -> datetime | None:
    """Give the calendar time that was told, or None when there is no such day or hour."""
    try:
        month = _month(told["name"], months) if told.get("name") else int(told["month"] or 0)
        found = datetime(
            _year(told["year"] or ""),
            month,
            int(told["day"] or 0),
            _hour(told),
            int(told.get("minute") or 0),
            int(told.get("second") or 0),
        )
    except ValueError:
        return None
    weekday = told.get("weekday")
    fits = not weekday or DAYS[found.weekday()].lower().startswith(weekday.lower())
    return found if fits else None


def _year(written: str) -> int:
    year = int(written)
    if len(written) > 2:
        return year
    return year + (2000 if year <= NEWEST_SHORT_YEAR else 1900)


def _hour(told: Mapping[str, str | None]) -> int:
    half = (told.get("half") or "")[:1].upper()
    hour = int(told.get("hour12") or told.get("hour") or 0)
    if not half and not told.get("hour12"):
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("an hour of half a day")
    return hour % 12 + (12 if half == "P" else 0)


def _month(name: str | None, months: tuple[str, ...]) -> int:
    """Give the number of a month by its name or the beginning of it; `mrt` is Dutch for March."""
    asked = {"mrt": "maart"}.get((name or "").lower(), (name or "").lower())
    found = [n for n, one in enumerate(months, start=1) if one.lower().startswith(asked)]
    if len(found) != 1:
        raise ValueError("no such month")
    return found[0]
