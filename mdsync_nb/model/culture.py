"""Cultures: how a country writes numbers, dates and the names of months."""

from __future__ import annotations

from typing import Literal, NamedTuple

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


class Culture(NamedTuple):
    """How numbers and dates are written: decimal mark, separator of thousands, order, months."""

    decimal: str
    group: str
    order: Literal["mdy", "dmy", "ymd"]
    months: tuple[str, ...]


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


ENGLISH = _months(
    "January February March April May June July August September October November December"
)
GERMAN = _months(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
)
FRENCH = _months(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
DANISH = _months(
    "januar februar marts april maj juni juli august september oktober november december"
)
DUTCH = _months(
    "januari februari maart april mei juni juli augustus september oktober november december"
)
ITALIAN = _months(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
)
SPANISH = _months(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
SWEDISH = _months(
    "januari februari mars april maj juni juli augusti september oktober november december"
)
NORWEGIAN = _months(
    "januar februar mars april mai juni juli august september oktober november desember"
)

CultureName = Literal[
    "en-GB", "en-US", "de-DE", "fr-FR", "da-DK", "nl-NL", "it-IT", "es-ES", "sv-SE", "nb-NO"
]

CULTURES = {
    "": Culture(".", ",", "mdy", ENGLISH),
    "en-US": Culture(".", ",", "mdy", ENGLISH),
    "en-GB": Culture(".", ",", "dmy", ENGLISH),
    "de-DE": Culture(",", ".", "dmy", GERMAN),
    "fr-FR": Culture(",", NARROW, "dmy", FRENCH),
    "da-DK": Culture(",", ".", "dmy", DANISH),
    "nl-NL": Culture(",", ".", "dmy", DUTCH),
    "it-IT": Culture(",", ".", "dmy", ITALIAN),
    "es-ES": Culture(",", ".", "dmy", SPANISH),
    "sv-SE": Culture(",", NO_BREAK, "ymd", SWEDISH),
    "nb-NO": Culture(",", NO_BREAK, "dmy", NORWEGIAN),
}
"""The cultures transformation rules know, by name; blank is the invariant one."""
