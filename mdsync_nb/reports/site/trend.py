"""How it went on from build to build: pairs that agree, records that wait, drawn and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.pieces.grid import Column, counts, grid
from mdsync_nb.reports.tally import Row

FROM = 3
"""A trend is shown from this build on."""

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 164, 12, 62, 44, 132
FEW = 6
"""Up to this many builds, every point has its number."""


class Measure(NamedTuple):
    """A figure of a build, with its title and how it is drawn."""

    name: str
    title: str
    class_: str


MEASURES = (
    Measure("agree", "Pairs that agree", "agreeing"),
    Measure("waiting", "Records that wait for a person", "waiting"),
)
HEADS = {
    "built_at": "Compared (UTC)",
    "pairs": "Pairs",
    "agree": "Agree",
    "differ": "Differ",
    "waiting": "Wait",
    "only_source": "Only there",
    "only_destination": "Only here",
}


def builds(figures: pl.DataFrame, mappings: Sequence[str]) -> pl.DataFrame:
    """Give the sums of every build that compared all of these mappings, oldest first: `run_id` and
    the columns of HEADS."""
    mine = figures.filter(pl.col("mapping").is_in(list(mappings)))
    numbers = [name for name in HEADS if name != "built_at"]
    summed = mine.group_by("run_id", "built_at").agg(
        pl.col(numbers).sum(), compared=pl.col("mapping").n_unique()
    )
    whole = summed.filter(compared=len(set(mappings))).sort("run_id")
    return whole.select("run_id", *HEADS)


def heads(rows: pl.DataFrame) -> pl.DataFrame:
    """Give builds with heads as people read them."""
    return rows.select(pl.col(name).alias(head) for name, head in HEADS.items())


def trend(rows: pl.DataFrame) -> Html:
    """Give builds as two charts with their table, from the third on; before, a sentence.

    rows: as of `builds`.
    """
    title = tag("h2", "How it went on")
    if rows.height < FROM:
        known = f"{wording.count(rows.height, 'build')} of the same tables so far"
        said = f"The trend is shown from the third build on; there {_is(rows.height)} {known}."
        return tag("section", title, tag("p", said, class_="lede"))
    said = f"The last {wording.count(rows.height, 'build')} of the same tables, oldest first."
    points = rows.to_dicts()
    charts = (tag("div", _chart(one, points), class_="trend") for one in MEASURES)
    columns = [Column(HEADS["built_at"], "built_at")]
    columns += counts(*((name, head) for name, head in HEADS.items() if name != "built_at"))
    table = grid(points[::-1], columns, caption="Builds, newest first", none="", shown=len(points))
    folded = tag("details", tag("summary", "The numbers, newest first"), table)
    return tag(
        "section",
        title,
        tag("p", said, class_="lede"),
        tag("div", *charts, class_="trends"),
        folded,
    )


def _is(many: int) -> str:
    return "is" if many == 1 else "are"


def _chart(one: Measure, points: Sequence[Row]) -> Html:
    values = [int(row[one.name]) for row in points]
    places = _places(values)
    told = "; ".join(
        f"{wording.day(row['built_at'])}, {row['built_at']:%H:%M}: {wording.number(value)}"
        for row, value in zip(points, values, strict=True)
    )
    line = " ".join(f"{x},{y}" for x, y in places)
    return tag(
        "svg",
        tag("title", one.title),
        tag("desc", told),
        tag("text", one.title, x=0, y=12, class_="name"),
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=BOTTOM, y2=BOTTOM, class_="axis"),
        tag("text", "0", x=0, y=BOTTOM + 4, class_="second"),
        tag("polyline", points=line, class_=one.class_),
        *(_point(one, x, y) for x, y in places),
        _numbers(values, places),
        _ends(points),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        class_="line",
    )


def _places(values: Sequence[int]) -> list[tuple[float, float]]:
    """Where the points stand: builds at equal distances, zero at the bottom."""
    most, steps = max(1, *values), max(1, len(values) - 1)
    width, height = WIDTH - LEFT - RIGHT - 8, BOTTOM - TOP
    return [
        (round(LEFT + 8 + width * n / steps, 1), round(BOTTOM - height * value / most, 1))
        for n, value in enumerate(values)
    ]


def _point(one: Measure, x: float, y: float) -> Html:
    if one.name == "waiting":
        return tag("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, class_=f"{one.class_} mark")
    return tag("circle", cx=x, cy=y, r=3.5, class_=f"{one.class_} mark")


def _numbers(values: Sequence[int], points: Sequence[tuple[float, float]]) -> Html:
    """The number at the first and the last point; at all of them, where they are few."""
    last = len(values) - 1
    shown = [n for n in range(len(values)) if n in (0, last) or len(values) <= FEW]
    return joined(
        tag(
            "text",
            wording.number(values[n]),
            x=points[n][0] + (8 if n == last else 0),
            y=points[n][1] + (4 if n == last else -8),
            class_="total" if n == last else "over",
        )
        for n in shown
    )


def _ends(points: Sequence[Row]) -> Html:
    first, last = points[0]["built_at"], points[-1]["built_at"]
    y = BOTTOM + 18
    return tag("text", wording.day(first), x=LEFT, y=y, class_="second") + tag(
        "text", wording.day(last), x=WIDTH - RIGHT, y=y, class_="second end"
    )
