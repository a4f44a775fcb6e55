"""Which fields differ most, a subsidiary beside the other."""

from __future__ import annotations

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.tally import Company

SHOWN = 10

Found = dict[tuple[str, str, str], dict[str, int]]
"""(table, field, company) -> state -> records."""


def fields(c: Comparison) -> Html:
    """Give the ten fields that differ in most records, with what could not be compared in words."""
    title = tag("h2", "Fields that differ most")
    firms = tally.subsidiaries(c)
    totals = _totals(c)
    if not totals:
        nothing = "No field of any pair differs." if c.fields.height else "No field was compared."
        return tag("section", title, tag("p", nothing, class_="lede"))
    top = totals[:SHOWN]
    found = _found(c)
    heads = [tag("th", "Field and table", scope="col")]
    heads += [tag("th", firm.name, scope="col", class_="right") for firm in firms]
    heads += [tag("th", "All", scope="col", class_="right"), tag("td")]
    grid = tag(
        "table",
        tag("caption", "Fields that differ most", class_="unseen"),
        tag("thead", tag("tr", *heads)),
        tag(
            "tbody",
            *(_row(c, key, total, firms=firms, found=found, most=top[0][1]) for key, total in top),
        ),
        class_="fields",
    )
    return tag("section", title, _lede(c, len(totals)), tag("div", grid, class_="scroll"))


def _totals(c: Comparison) -> list[tuple[tuple[str, str], int]]:
    """The fields with differences and how many, most first, equal ones by name."""
    compared = c.fields.filter(pl.col("state") == "compared", pl.col("records") > 0)
    summed = compared.group_by("table", "field").agg(pl.col("records").sum())
    ordered = summed.sort("records", "field", "table", descending=[True, False, False])
    return [((row["table"], row["field"]), int(row["records"])) for row in ordered.to_dicts()]


def _found(c: Comparison) -> Found:
    found: Found = {}
    for row in c.fields.to_dicts():
        states = found.setdefault((row["table"], row["field"], row["company"]), {})
        states[row["state"]] = states.get(row["state"], 0) + int(row["records"] or 0)
    return found


def _lede(c: Comparison, many: int) -> Html:
    first = (
        f"first {wording.in_words(SHOWN)} of {wording.count(many, 'field')}"
        if many > SHOWN
        else (wording.count(many, "field"))
    )
    across = c.fields.filter(pl.col("state") == "currency")
    signs = _signs(c, across["company"].unique().sort().to_list())
    money = f" {signs}: amounts in local currency, not comparable." if signs else ""
    return tag("p", f"Cells, {first}.{money}", class_="lede")


def _signs(c: Comparison, codes: list[str]) -> str:
    first = tally.holding(c)
    theirs = {firm.row["currency"] for firm in tally.subsidiaries(c) if firm.code in codes}
    mine = wording.symbol(first.row["currency"] if first else None)
    return ", ".join(f"{mine} / {wording.symbol(one)}" for one in sorted(theirs, key=str))


def _row(
    c: Comparison,
    key: tuple[str, str],
    total: int,
    *,
    firms: list[Company],
    found: Found,
    most: int,
) -> Html:
    table, field = key
    cells = [_cell(c, firm, found.get((table, field, firm.code), {})) for firm in firms]
    return tag(
        "tr",
        tag("th", tag("b", field), " ", tag("span", table, class_="mute"), scope="row"),
        *(tag("td", cell, class_="right") for cell in cells),
        tag("td", tag("b", wording.number(total)), class_="right"),
        tag("td", tag("i", style=f"width:{100 * total / most:.0f}%"), class_="bar"),
    )


def _cell(c: Comparison, firm: Company, states: dict[str, int]) -> Html:
    if states.get("compared"):
        return Html(wording.number(states["compared"]))
    if "currency" in states:
        return tag("span", _signs(c, [firm.code]), class_="mute", title="not comparable")
    if "absent" in states:
        return tag("span", "n/a", class_="mute", title="not in the file")
    return tag("span", wording.ZERO, class_="mute")
