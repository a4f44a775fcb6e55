"""The three values of a record, field by field, and a small chart where they are numbers."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import polars as pl

from mdsync_nb.engine.worklist import WHOLE_RECORD
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import MASK
from mdsync_nb.reports.pieces.words import CHANGED
from mdsync_nb.reports.site.facts import Facts
from mdsync_nb.reports.tally import Row

LEFT, RIGHT, TOP, BOTTOM = 110, 250, 24, 128
LEAST = 34
"""Units two labels need between them."""


def three_values(facts: Facts) -> Html:
    """Give every field that differs: last agreed, there, here, and who changed it in words."""
    rows = facts.fields
    if not rows:
        return tag("section", tag("h2", "What stands where"), _whole(facts))
    title = tag("h2", "The three values")
    heads = (
        "Field",
        "Last agreed",
        f"There: {facts.words.at}",
        f"Here: in {facts.here}",
        "In words",
    )
    right = [None, "right", "right", "right", None]
    head = [tag("th", h, scope="col", class_=r) for h, r in zip(heads, right, strict=True)]
    table = tag(
        "table",
        tag("caption", "The three values", class_="unseen"),
        tag("thead", tag("tr", *head)),
        tag("tbody", *(_row(facts, row) for row in rows)),
        class_="values",
    )
    return tag("section", title, _lede(facts), tag("div", table, class_="scroll"))


def value_heads(facts: Facts) -> pl.DataFrame:
    """Give the values with heads as people read them; of a record to be created, what it would
    hold."""
    words = {name: _said(facts, said) for name, (_, said) in CHANGED.items()}
    return facts.cells.select(
        Field="field",
        **{
            "Last agreed": "base",
            f"There: {facts.words.at}": "source",
            f"Here: in {facts.here}": "destination",
            "In words": pl.col("class").cast(pl.String).replace(words),
            "Warning": "warning",
        },
    )


def _said(facts: Facts, words: str) -> str:
    return words.replace("{here}", facts.here).replace("{at}", facts.words.at)


def _lede(facts: Facts) -> Html:
    many, of = len(facts.fields), facts.told.fields
    said = (
        f"{many} of {wording.count(of, 'compared field')} {'differs' if many == 1 else 'differ'}."
    )
    bold = "A bold value was changed since they last agreed; a grey one is as agreed."
    known = any(facts.classes[row["field"]] != "unknown" for row in facts.fields)
    nobody = "There is no earlier agreement and no time that tells who changed a value."
    return tag("p", f"{said} {bold if known else nobody}", class_="lede")


def _whole(facts: Facts) -> Html:
    """A record that is on one side only, or undecided: what stands where, and what would be."""
    row = facts.first
    there, here = row["source"] or "missing", row["destination"] or "missing"
    about = "The record as a whole" if row["field"] in (None, WHOLE_RECORD) else row["field"]
    lede = tag("p", f"{about}: {there} {facts.words.at}, {here} in {facts.here}.", class_="lede")
    cells = facts.cells.filter(pl.col("source").is_not_null()).to_dicts()
    if not cells:
        return lede
    heads = (tag("th", one, scope="col") for one in ("Field", f"There: {facts.words.at}"))
    lines = (
        tag("tr", tag("th", one["field"], scope="row"), tag("td", wording.value(one["source"])))
        for one in cells
    )
    table = tag(
        "table",
        tag("caption", "What it would be created with", class_="unseen"),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *lines),
    )
    said_of = f"What it would be created with, {wording.count(len(cells), 'field')}"
    return lede + tag("details", tag("summary", said_of), table)


def _row(facts: Facts, row: Row) -> Html:
    kind = facts.classes[row["field"]]
    fill, words = CHANGED.get(kind, ("unknown", kind))
    agreed = (
        "not known" if row["base"] is None and row["base_at"] is None else _text(facts, row, "base")
    )
    when = wording.moment(row["base_at"], said=facts.making.c.at) if row["base_at"] else None
    return tag(
        "tr",
        tag("th", row["field"], _unit(facts, row), scope="row"),
        tag("td", agreed, tag("span", when, class_="second") if when else None, class_="right"),
        _side(facts, row, "source", changed=kind in ("source", "both", "both_same")),
        _side(facts, row, "destination", changed=kind in ("destination", "both", "both_same")),
        tag("td", wording.swatch(fill), _said(facts, words), _warning(facts, row)),
        class_="contested" if kind == "both" else None,
    )


def _text(facts: Facts, row: Row, side: str) -> Html:
    return wording.value(facts.shown(row, side) if row[side] else None)


def _side(facts: Facts, row: Row, side: str, *, changed: bool) -> Html:
    known = facts.classes[row["field"]] != "unknown"
    look = "changed" if changed else "agreed" if known else None
    by, at = row[f"{side}_by"], row[f"{side}_at"]
    when = wording.moment(at, said=facts.making.c.at) if at else None
    who = tag("span", by, ", " if by and when else None, when, class_="second") if changed else None
    return tag("td", tag("span", _text(facts, row, side), class_=look), who, class_="right value")


def _unit(facts: Facts, row: Row) -> Part:
    """The currency of an amount, where it is the same on both sides."""
    if not str(row["type"] or "").endswith("money"):
        return None
    firms = facts.making.c.companies.filter(
        pl.col("is_source").fill_null(value=False) | (pl.col("company") == row["company"])
    )
    currencies = firms["currency"].unique().to_list()
    return (
        tag("span", f"{currencies[0]} on both sides", class_="second")
        if len(currencies) == 1
        else None
    )


def _warning(facts: Facts, row: Row) -> Part:
    found = facts.cells.filter((pl.col("field") == row["field"]) & (pl.col("warning") != ""))
    return tag("span", found["warning"][0], class_="second") if found.height else None


def chart(facts: Facts) -> Html:
    """Give the first field that is a number on both sides as a small chart; nothing without one."""
    for row in facts.fields:
        numbers = [_number(row, side) for side in ("base", "source", "destination")]
        base, there, here = numbers
        if base is not None and there is not None and here is not None:
            return _drawn(facts, row, (base, there, here))
    return Html()


def _number(row: Row, side: str) -> Decimal | None:
    text = row[side]
    if (
        not text
        or text == MASK
        or not str(row["type"] or "").startswith(("decimal", "integer", "big"))
    ):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _drawn(facts: Facts, row: Row, numbers: tuple[Decimal, Decimal, Decimal]) -> Html:
    base, there, here = numbers
    low, high = min(*numbers, Decimal(0)), max(*numbers, Decimal(0))
    span = float(high - low) or 1.0

    def y(value: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float(value - low) / span, 1)

    upper, lower = _apart(y(there), y(here))
    shown = [facts.shown(row, side) for side in ("base", "source", "destination")]
    now = f"now {shown[1]} {facts.words.at} and {shown[2]} in {facts.here}"
    told = f"{row['field']}: {shown[0]} when last agreed, {now}"
    zero = y(Decimal(0))
    return tag(
        "svg",
        tag("title", told),
        tag("desc", told),
        tag("line", x1=LEFT, x2=RIGHT, y1=zero, y2=zero, class_="zero"),
        tag("text", "0", x=LEFT - 6, y=zero + 4, class_="third end"),
        tag("line", x1=LEFT, y1=y(base), x2=RIGHT, y2=y(there), class_="to-there"),
        tag("line", x1=LEFT, y1=y(base), x2=RIGHT, y2=y(here), class_="to-here"),
        tag("circle", cx=LEFT, cy=y(base), r=4, class_="from"),
        tag("circle", cx=RIGHT, cy=y(there), r=4, class_="there"),
        tag("rect", x=RIGHT - 4, y=y(here) - 4, width=8, height=8, class_="here"),
        _label(shown[0], "last agreed", LEFT - 10, _off(y(base), zero), end=True),
        _label(shown[1], f"there, {_change(there - base, row)}", RIGHT + 12, upper),
        _label(shown[2], f"here, {_change(here - base, row)}", RIGHT + 12, lower),
        viewBox="0 0 400 154",
        role="img",
        class_="three",
    )


def _off(y: float, zero: float) -> float:
    """A label at the left stands clear of the zero of the axis."""
    return y if abs(y - zero) > LEAST / 2 else y - LEAST / 2


def _apart(there: float, here: float) -> tuple[float, float]:
    """Where the two labels stand, so that neither covers the other."""
    if abs(there - here) >= LEAST:
        return there, here
    middle = (there + here) / 2
    up, down = middle - LEAST / 2, middle + LEAST / 2
    return (up, down) if there <= here else (down, up)


def _label(text: str, second: str, x: float, y: float, *, end: bool = False) -> Html:
    side = "end" if end else "start"
    return tag("text", text, x=x, y=y + 1, class_=side, font_weight=600, font_size=14) + tag(
        "text", second, x=x, y=y + 17, class_=f"second {side}"
    )


def _change(by: Decimal, row: Row) -> str:
    if not by:
        return "as agreed"
    shown = wording.amount(str(abs(by)), row["type"] or "")
    return f"{'+' if by > 0 else '−'}{shown}"
