"""Numbers as cultures write them: read, rounded, and written again."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal
from functools import cache

from mdsync_nb.model.culture import CULTURES, NARROW, NO_BREAK

LARGEST = Decimal(2**96 - 1)
EXACT = Context(prec=100)
SPACES = f" {NO_BREAK}{NARROW}"
SIGNS = r"[+\-\u2212]"


def number(text: str, culture: str) -> Decimal | None:
    """Give the number a text is in a culture, None when it is none.

    As the product's platform reads it: a sign before or behind, blanks around, separators of
    thousands anywhere before the decimal mark. Source: semantics.md 12.
    """
    found = _spelling(culture).fullmatch(text)
    if not found or (found["before"] and found["behind"]):
        return None
    whole = re.sub(r"[^0-9]", "", found["whole"] or "")
    value = Decimal(f"{whole or 0}.{found['decimals'] or 0}")
    if value > LARGEST:
        return None
    return value.copy_negate() if (found["before"] or found["behind"] or "+") != "+" else value


@cache
def _spelling(culture: str) -> re.Pattern[str]:
    said = CULTURES[culture]
    groups = re.escape(SPACES if said.group in SPACES else said.group)
    mark = re.escape(said.decimal)
    return re.compile(
        rf"\s*(?P<before>{SIGNS}?)(?=[0-9]|{mark}[0-9])"
        rf"(?P<whole>[0-9](?:[0-9{groups}]*[0-9])?)?(?:{mark}(?P<decimals>[0-9]*))?"
        rf"\s*(?P<behind>{SIGNS}?)\s*"
    )


def plain(value: Decimal) -> str:
    """Give a number as XML has it: a point, no separators, no zeros behind the last digit."""
    return _cut(f"{value:f}")


def local(value: Decimal, culture: str) -> str:
    """Give a number as a culture writes it, with its separators of thousands."""
    said = CULTURES[culture]
    return _cut(f"{value:,f}").translate({ord(","): said.group, ord("."): said.decimal})


def _cut(text: str) -> str:
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if short in ("-0", "") else short


def rounded(precision: str, direction: str) -> Callable[[Decimal], Decimal]:
    """Give what rounds a number to a multiple of the precision.

    direction: `=` to the nearest (half away from zero), `<` towards zero, `>` away from it.
    """
    step = Decimal(precision)

    def rounding(value: Decimal) -> Decimal:
        times, rest = EXACT.divmod(value.copy_abs(), step)
        up = rest > 0 if direction == ">" else direction == "=" and EXACT.add(rest, rest) >= step
        result = EXACT.multiply(EXACT.add(times, Decimal(up)), step)
        return result.copy_negate() if value < 0 else result

    return rounding
