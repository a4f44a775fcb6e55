"""The fields of a mapping as a table: on both sides, with what is said about each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import polars as pl

from mdsync_nb.model import Direction, TableMapping
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import MASK
from mdsync_nb.reports.pieces.grid import Column, grid
from mdsync_nb.reports.tally import Row

EVERY = 2000
"""Fields a table shows: all of any table."""

BEFORE = "_before"
"""Behind the name of a column: what it was before a change that was not written yet."""


NO_FIELD = tag("i", "no field", class_="mute")


class Between(NamedTuple):
    """A mapping, the names people read for its two sides, and fields whose values are hidden."""

    mapping: TableMapping
    here: str
    there: str
    mask: tuple[str, ...] = ()

    @property
    def ways(self) -> dict[str, str]:
        """The directions its fields may have, in words."""
        words = {
            Direction.FROM_INTEGRATION: f"from {self.there}",
            Direction.TO_INTEGRATION: f"to {self.there}",
            Direction.BIDIRECTIONAL: "both ways",
        }
        return {way.value: words[way] for way in self.mapping.profile.ways}

    def hides(self, one: Row) -> bool:
        """Whether reports hide what a field holds."""
        hidden = {name.strip().casefold() for name in self.mask}
        return not hidden.isdisjoint({one["field"].casefold(), one["integration"].casefold()})


def fields_listed(fields: pl.DataFrame, between: Between) -> Html:
    """Give the fields of a mapping (`frames.MAPPED_FIELDS`) as a table, those that are on first."""
    rows = fields.sort("enabled", descending=True, maintain_order=True)
    return grid(
        rows,
        field_columns(between),
        caption=f"The fields of {between.mapping.name}",
        none="Its fields are known when its files are loaded.",
        shown=EVERY,
    )


def field_columns(between: Between) -> list[Column]:
    """Give the columns of a table of fields, without those its profile has no use for."""
    profile = between.mapping.profile
    ways = [Column("Flows", _now("direction", between.ways.__getitem__))]
    overwrites = [Column("Overwrites", _now("overwrite_local_change", _yes))]
    return [
        Column(f"In {between.here}", _name),
        Column(f"At {between.there}", _there),
        Column("Type", lambda one: _type(one, between)),
        Column("On", _now("enabled", _yes)),
        *(ways if len(profile.ways) > 1 else []),
        *(overwrites if profile.protects else []),
        Column("Match", _now("match", _yes)),
        Column("Value", lambda one: _value(one, between)),
    ]


def loses(one: Row, between: Between) -> str:
    """Say what values of a field may lose on the way to either side; blank for nothing."""
    sides = ((between.here, one["local_loses"]), (between.there, one["integration_loses"]))
    return "; ".join(f"{where}: {what}" for where, what in sides if what)


def called(one: Row) -> str:
    """The name by which people tell a field, on the side that has one."""
    return str(one["field"] or one["integration"])


def _name(one: Row) -> Part:
    name = one["field"] or NO_FIELD
    return tag("b", name) if one["enabled"] else tag("span", name, class_="off")


def _there(one: Row) -> Part:
    if one["constant"] is not None:
        return one["integration"] if not one["field"] else NO_FIELD
    if one["type"] and not one["integration_type"]:
        return NO_FIELD
    same = one["integration"] == one["field"]
    return tag("span", one["integration"], class_="mute") if same else Html(one["integration"])


def _type(one: Row, between: Between) -> Html:
    here, there = one["type"], one["integration_type"]
    both = [one for one in dict.fromkeys((here, there)) if one]
    lost = loses(one, between)
    warning = tag("span", wording.swatch("timestamp"), lost, class_="second")
    return Html(" · ".join(both) or "not known", tag("br") + warning if lost else None)


def _value(one: Row, between: Between) -> Part:
    now = value_in_words(one["constant"], one["transformation"], between.hides(one))
    if f"constant{BEFORE}" not in one:
        return now
    before = value_in_words(
        one[f"constant{BEFORE}"], one[f"transformation{BEFORE}"], between.hides(one)
    )
    return _moved(now, before)


def value_in_words(constant: str | None, rule: str | None, hidden: bool) -> str:
    """Say what is written besides the value of the other side; blank when it is that."""
    if constant is not None:
        return f"always {MASK if hidden else constant or 'blank'}"
    return rule or ""


def _now(column: str, words: Callable[[Any], str]) -> Callable[[Row], Part]:
    """Give what says a column of a row, and what it was before a change."""

    def said(one: Row) -> Part:
        now = words(one[column])
        return _moved(now, words(one.get(f"{column}{BEFORE}", one[column])))

    return said


def _moved(now: str, before: str) -> Part:
    if now == before:
        return now
    was = tag("span", f"was {before or 'no'}", class_="second")
    return Html(tag("b", now or "no", class_="moved"), was)


def _yes(said: object) -> str:
    return "yes" if said else ""
