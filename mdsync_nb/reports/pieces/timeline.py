"""When it happened: the times of one record and how far it was read, on one axis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag

WIDTH, LEFT, RIGHT = 1000, 96, 24
ROWS = {"source": ("There", 66), "here": ("Here", 150)}
"""The rows by the first word of their times, with their name and height."""

AXIS, TICKS = 196, 6
APART = 150
"""Units a label needs; one nearer to the last of its kind is written on the other side."""


FAR = 2
"""Times as long before the agreement as has passed since that the axis still shows to scale."""

READ = {"read up to": "source", "read here up to": "here"}
"""The watermarks of an explanation, with the row each belongs to."""


class Mark(NamedTuple):
    """A time on a row: an open mark is the last agreement, a filled one is now, a flag is read."""

    row: str
    form: str
    word: str
    at: datetime


def timeline(times: Mapping[str, object]) -> Html | None:
    """Give the times of a record on one axis; nothing where fewer than two are known.

    times: of an explanation. What lies between the last agreement and now is shaded.
    """
    marks = list(_marks(times))
    known = [one.at for one in marks]
    if len(set(known)) < 2:
        return None
    first, last = _first(marks), max(known)
    room = (last - first) * 0.04
    scale = _Scale(first - room, last + room)
    told = "; ".join(f"{ROWS[one.row][0]}: {one.word} {_when(one.at)}" for one in marks)
    return tag(
        "svg",
        tag("title", "When it happened, in UTC"),
        tag("desc", told),
        _since(marks, scale),
        _axis(scale),
        *(_row(name, [one for one in marks if one.row == name], scale) for name in ROWS),
        viewBox=f"0 0 {WIDTH} {AXIS + 26}",
        role="img",
        class_="times",
    )


class _Scale(NamedTuple):
    first: datetime
    last: datetime

    def x(self, at: datetime) -> float:
        share = (max(at, self.first) - self.first) / (self.last - self.first)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _marks(times: Mapping[str, object]) -> list[Mark]:
    found = []
    for name, at in times.items():
        row, _, what = name.partition(" ")
        if not isinstance(at, datetime):
            continue
        if name in READ:
            found.append(Mark(READ[name], "flag", "read up to here", at))
        elif row in ROWS and what == "modified":
            found.append(Mark(row, "now", "modified", at))
        elif row in ROWS:
            found.append(Mark(row, "agreed", what.replace("when ", ""), at))
    return found


def _first(marks: list[Mark]) -> datetime:
    """Where the axis begins: what lies long before the agreement stands at its left end, so that
    what happened since has room."""
    known = [one.at for one in marks]
    agreed = [one.at for one in marks if one.form == "agreed"]
    since = min(agreed, default=min(known))
    near = [at for at in known if at >= since - FAR * (max(known) - since)]
    return min(near) if len(set(near)) > 1 else min(known)


def _since(marks: list[Mark], scale: _Scale) -> Part:
    agreed = [one.at for one in marks if one.form == "agreed"]
    if not agreed:
        return None
    left = scale.x(max(agreed))
    return tag(
        "rect", x=left, y=24, width=round(WIDTH - RIGHT - left, 1), height=AXIS - 24, class_="since"
    )


def _axis(scale: _Scale) -> Html:
    step = (scale.last - scale.first) / TICKS
    ticks = [scale.first + step * n for n in range(1, TICKS)]
    short = scale.last - scale.first < timedelta(days=TICKS)
    words = [wording.day(one, said=one) for one in ticks]
    shown = [f"{one}, {at:%H:%M}" if short else one for one, at in zip(words, ticks, strict=True)]
    return joined(
        [
            tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=AXIS, y2=AXIS, class_="line"),
            *(
                tag("text", one, x=scale.x(at), y=AXIS + 18, class_="second middle")
                for one, at in zip(shown, ticks, strict=True)
            ),
        ]
    )


def _row(name: str, marks: list[Mark], scale: _Scale) -> Html:
    word, y = ROWS[name]
    parts: list[Part] = [
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="line"),
        tag("text", word, x=0, y=y + 4, class_="name"),
    ]
    above = -float(APART)
    for one in sorted(marks, key=lambda mark: mark.at):
        x = scale.x(one.at)
        below = one.form == "now" or x - above < APART
        above = above if below else x
        pointed = tag("title", f"{one.word}: {wording.both_clocks(one.at)}")
        parts.append(tag("g", pointed, _drawn(one, x, y), _label(one, scale, y, below=below)))
    return joined(parts)


def _drawn(one: Mark, x: float, y: int) -> Html:
    if one.form == "flag":
        return tag("path", d=f"M{x} {y + 9}V{y - 11}l9 5l-9 5", class_="flag")
    if one.form == "agreed":
        return tag("circle", cx=x, cy=y, r=6, class_="agreed")
    if one.row == "source":
        return tag("circle", cx=x, cy=y, r=6.5, class_="there")
    return tag("rect", x=x - 6, y=y - 6, width=12, height=12, class_="here")


def _label(one: Mark, scale: _Scale, y: int, *, below: bool) -> Html:
    """What the mark is and when: a time of now below, the agreement and the flag above, where
    there is room."""
    x = scale.x(one.at)
    left = x > WIDTH - APART
    side, at = ("end", x + 6) if left else ("start", x - 6)
    top = y + 22 if below else y - 26
    near = one.at >= scale.first
    when = _when(one.at) if near else f"← {wording.day(one.at)}, {one.at:%H:%M:%S}"
    return tag("text", one.word, x=at, y=top, class_=side, font_weight=600) + tag(
        "text", when, x=at, y=top + 13, class_=f"second {side}"
    )


def _when(at: datetime) -> str:
    return f"{wording.day(at, said=at)}, {at:%H:%M:%S}"
