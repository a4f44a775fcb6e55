"""What kind of difference: one bar a subsidiary, the same length for the same number in all."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.model.kinds import PairClass
from mdsync_nb.model.words import SideWords
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.tally import Company

WIDTH, STEP, TOP, HIGH, GAP = 660, 62, 22, 28, 1
"""The chart in its own units: width, from bar to bar, to the first bar, a bar, between parts."""

LABEL_LETTER, SIDE, LONGEST_SIDE = 7.0, 128, 230


class Kind(NamedTuple):
    """One kind of difference: its word, its fill, and the classes it counts."""

    word: str
    fill: str
    classes: tuple[PairClass, ...]


KINDS = (
    Kind("changed in both", "both", (PairClass.CHANGED_BOTH,)),
    Kind("changed {at}", "holding", (PairClass.CHANGED_SOURCE,)),
    Kind("changed {within}", "subsidiary", (PairClass.CHANGED_DESTINATION,)),
    Kind(
        "differs, origin unknown",
        "unknown",
        (PairClass.ORIGIN_UNKNOWN, PairClass.NEW_BOTH_DIFFER),
    ),
    Kind("undecided: may be the same", "undecided", (PairClass.UNDECIDED,)),
    Kind(
        "only {at}",
        "only-holding",
        (
            PairClass.NEW_SOURCE,
            PairClass.GONE_DESTINATION,
            PairClass.GONE_DESTINATION_CHANGED_SOURCE,
        ),
    ),
    Kind(
        "only {within}",
        "only-subsidiary",
        (
            PairClass.NEW_DESTINATION,
            PairClass.GONE_SOURCE,
            PairClass.GONE_SOURCE_CHANGED_DESTINATION,
        ),
    ),
)


def kinds_in(words: SideWords) -> tuple[Kind, ...]:
    """Give KINDS with what the two sides are called."""
    return tuple(kind._replace(word=words.said(kind.word)) for kind in KINDS)


Counts = list[int]
"""Records of each of KINDS, in that order."""


def kinds(c: Comparison) -> Html:
    """Give the records that do not agree as one bar a subsidiary, parted by kind of difference."""
    title = tag("h2", "What kind of difference")
    counted = [(firm, counts_of(c, firm)) for firm in tally.subsidiaries(c)]
    if not any(sum(counts) for _, counts in counted):
        nothing = "No record was compared." if c.classes.is_empty() else "Every record agrees."
        return tag("section", title, tag("p", nothing, class_="lede"))
    same = "The same length is the same number of records in every bar."
    lede = tag("p", f"Records that do not agree. {same}", class_="lede")
    every = enumerate(kinds_in(c.words))
    used = [kind for place, kind in every if any(counts[place] for _, counts in counted)]
    key = tag("ul", *(tag("li", wording.swatch(k.fill), k.word) for k in used), class_="key")
    return tag("section", title, lede, key, _chart(c, counted), _note(counted))


def counts_of(c: Comparison, firm: Company) -> Counts:
    """Give how many records of a subsidiary are of each of KINDS."""
    mine = c.classes.filter(pl.col("company") == firm.code)
    many = dict(mine.group_by("class").agg(pl.col("records").sum()).iter_rows())
    return [sum(int(many.get(one.value) or 0) for one in kind.classes) for kind in KINDS]


def _chart(c: Comparison, counted: list[tuple[Company, Counts]]) -> Html:
    side = _side(counted)
    most = max(sum(counts) for _, counts in counted)
    unit = (WIDTH - side - 46 - len(KINDS) * GAP) / most
    bars = [
        _bar(c, firm, counts, top=TOP + STEP * place, side=side, unit=unit)
        for place, (firm, counts) in enumerate(counted)
    ]
    return tag(
        "svg",
        tag("title", f"Records that do not agree, by {c.words.one} and kind"),
        tag("desc", " ".join(_told(c, firm, counts) for firm, counts in counted)),
        _hatches(),
        *bars,
        viewBox=f"0 0 {WIDTH} {STEP * len(counted) - 2}",
        role="img",
        class_="kinds",
    )


def _told(c: Comparison, firm: Company, counts: Counts) -> str:
    known = zip(kinds_in(c.words), counts, strict=True)
    parts = (f"{kind.word} {wording.number(n)}" for kind, n in known if n)
    return f"{firm.name}: {', '.join(parts) or 'every record agrees'}."


def _hatches() -> Html:
    """The two hatches. The same names in every chart of a page: the same drawing."""
    stripes = (("mdsync-hatch-a", "a"), ("mdsync-hatch-b", "b"))
    return tag("defs", *(_hatch(name, token) for name, token in stripes))


def _hatch(name: str, token: str) -> Html:
    return tag(
        "pattern",
        tag("rect", width=6, height=6, style="fill:var(--paper)"),
        tag("rect", width=2.5, height=6, style=f"fill:var(--{token})"),
        id=name,
        width=6,
        height=6,
        patternTransform="rotate(45)",
        patternUnits="userSpaceOnUse",
    )


def _bar(
    c: Comparison, firm: Company, counts: Counts, *, top: int, side: float, unit: float
) -> Html:
    boxes = tally.sums_of(c, firm.code)
    pairs = tally.pairs(boxes)
    share = f"{wording.percent(boxes['agree'], pairs)} agree" if pairs else "no pairs"
    shapes: list[Part] = [_name(firm, top + 11, side), _text(0, top + 27, share, "second")]
    at, free = side, side
    for kind, many in zip(KINDS, counts, strict=True):
        if many:
            width = many * unit
            shapes.append(_part(kind, at, top, width))
            label = wording.number(many)
            middle = max(at + width / 2, free + len(label) * LABEL_LETTER / 2)
            shapes.append(_text(middle, top - 5, label, "over"))
            free = middle + len(label) * LABEL_LETTER / 2 + 5
            at += width + GAP
    total = wording.number(sum(counts)) if sum(counts) else "every record agrees"
    shapes.append(_text(at + 8, top + 19, total, "total"))
    return joined(shapes)


def _part(kind: Kind, left: float, top: int, width: float) -> Html:
    """A part of a bar; an outline is drawn within, so that it takes no more room than it counts."""
    line = 2 if kind.fill == "only-subsidiary" else 1
    inset = line / 2 if width > line else 0
    return tag(
        "rect",
        x=round(left + inset, 1),
        y=top + inset,
        width=round(max(width - 2 * inset, 0.6), 1),
        height=HIGH - 2 * inset,
        class_=kind.fill,
    )


def _text(x: float, y: float, text: str, class_: str) -> Html:
    return tag("text", text, x=round(x, 1), y=y, class_=class_)


def _name(firm: Company, y: int, side: float) -> Html:
    room = int((side - 10) / LABEL_LETTER)
    shown = firm.name if len(firm.name) <= room else f"{firm.name[: room - 1]}…"
    return tag("text", shown, tag("title", firm.name), x=0, y=y, class_="name")


def _side(counted: list[tuple[Company, Counts]]) -> float:
    longest = max(len(firm.name) for firm, _ in counted)
    return float(min(max(SIDE, LABEL_LETTER * longest + 14), LONGEST_SIDE))


def _note(counted: list[tuple[Company, Counts]]) -> Part:
    place = next(place for place, kind in enumerate(KINDS) if kind.fill == "unknown")
    firms = [firm.name for firm, counts in counted if counts[place]]
    if not firms:
        return None
    why = "there is no earlier agreement and no time, so nobody can say who changed a value."
    return tag("p", f"Origin unknown in {wording.listing(firms)}: {why}", class_="note")
