"""How a company writes numbers and dates, guessed from what its files hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mdsync_nb.model import FieldType
from mdsync_nb.workspace.facts import product_tables
from mdsync_nb.workspace.recognise import recognised
from mdsync_nb.workspace.sample import Sample

DATES = (FieldType.DATE, FieldType.DATETIME)
NUMBER = re.compile(r"-?\d+(?:[.,]\d{3})*([.,])\d+")
YEAR_FIRST = re.compile(r"\d{4}[-./]?\d\d?[-./]?\d\d?.*")
YEAR_LAST = re.compile(r"(\d\d?)[-./](\d\d?)[-./](?:\d{4}|\d\d)(?:\D.*)?")


class Guess(NamedTuple):
    """A word of `format:`, the file's text that speaks for it, and whether it is sure."""

    value: str
    why: str
    sure: bool = True


class Seen(NamedTuple):
    """A text in a file, and where it stands."""

    text: str
    where: str


def decimal_of(samples: Sequence[tuple[str, Sample]]) -> Guess | None:
    """The decimal mark of the numbers in these tables, or None when no number tells.

    A mark before three digits alone (`1,250`) tells nothing.
    """
    marks: dict[str, list[Seen]] = {}
    for seen in _values(samples, (FieldType.DECIMAL,)):
        found = NUMBER.fullmatch(seen.text)
        if found and not re.fullmatch(r"-?\d+[.,]\d{3}", seen.text):
            marks.setdefault(found[1], []).append(seen)
    if not marks:
        return None
    mark = max(marks, key=lambda one: len(marks[one]))
    return Guess(mark, _speaks(marks[mark][0]), sure=len(marks) == 1)


def date_order_of(samples: Sequence[tuple[str, Sample]]) -> Guess | None:
    """The order of day, month and year in these tables, or None when no date tells.

    A number above 12 tells a day from a month; without one, day first is more common, and not
    sure.
    """
    orders: Counter[str] = Counter()
    first: dict[str, Seen] = {}
    for seen in _values(samples, DATES):
        order = _order(seen.text)
        if order:
            orders[order] += 1
            first.setdefault(order, seen)
    for order in ("ymd", "dmy", "mdy"):
        if orders[order] and orders[order] >= max(orders[one] for one in ("ymd", "dmy", "mdy")):
            return Guess(order, _speaks(first[order]), sure=set(orders) <= {order, "unsure"})
    if orders["unsure"]:
        return Guess("dmy", _speaks(first["unsure"]), sure=False)
    return None


def agreed(words: Iterable[str | None]) -> str | None:
    """The one word all say, or None when they differ or nobody says anything."""
    said = {word for word in words if word is not None}
    return said.pop() if len(said) == 1 else None


def _order(text: str) -> str | None:
    if YEAR_FIRST.fullmatch(text):
        return "ymd"
    found = YEAR_LAST.fullmatch(text)
    if not found:
        return None
    first, second = int(found[1]), int(found[2])
    if first > 12:
        return "dmy"
    return "mdy" if second > 12 else "unsure"


def _values(samples: Sequence[tuple[str, Sample]], types: Sequence[FieldType]) -> Iterator[Seen]:
    """Give the texts of the columns that are fields of such a type."""
    for table, sample in samples:
        schema = product_tables()[table]
        for column, field in recognised(sample.header, schema).items():
            if schema.by_name[field].type in types:
                where = f"{sample.path.name}, {column}"
                yield from (Seen(text, where) for text in sample.values[column])


def _speaks(seen: Seen) -> str:
    return f"{seen.text!r} in {seen.where}"
