"""The five figures: what agrees, what is about money, what waits, what is alone, what is unseen."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, joined, tag

SHOWN = 6
"""How many subsidiaries a figure has room for; the others are told together."""

UNSEEN = {
    "no-file": ("record in a table without a file", "records in tables without a file"),
    "set-aside": ("row set aside", "rows set aside"),
    "absent-field": ("field not in a file", "fields not in a file"),
    "currency": ("money field across currencies", "money fields across currencies"),
    "filter": ("filter not evaluated", "filters not evaluated"),
    "incomplete": ("table not complete", "tables not complete"),
}
"""The kinds of frames.REMARKS and how a number of them is said."""


def figures(c: Comparison) -> Html:
    """Give the five figures of a comparison, each with what is in it and what is not."""
    five = (_agree(c), _money(c), _both(c), _alone(c), _unseen(c))
    return tag("ul", *five, class_="figures", aria_label="Five figures")


def plain_figures(numbers: Mapping[str, int]) -> Html:
    """Give numbers beside each other, each with its title, as the figures of a page."""
    each = (_figure(title, _big(number)) for title, number in numbers.items())
    return tag("ul", *each, class_="figures plain", aria_label="Figures")


def _figure(title: str, *parts: Part) -> Html:
    return tag("li", tag("h2", title), *parts)


def _big(number: int, unit: str = "") -> Html:
    after = " " + tag("small", unit) if unit else None
    return tag("span", wording.number(number), after, class_="big")


def _counted(many: int, words: str) -> Html:
    return tag("b", wording.number(many)) + f" {words}"


def _agree(c: Comparison) -> Html:
    title = "Pairs that agree in every compared field"
    found = [(firm.name, tally.sums_of(c, firm.code)) for firm in tally.subsidiaries(c)]
    compared = [(name, boxes) for name, boxes in found if tally.pairs(boxes)]
    if not compared:
        return _figure(title, tag("p", "No record was found on both sides."))
    if len(compared) > SHOWN:
        compared.sort(key=lambda one: one[1]["agree"] / tally.pairs(one[1]))
    bars = [_bar(name, boxes["agree"], tally.pairs(boxes)) for name, boxes in compared[:SHOWN]]
    left = len(compared) - SHOWN
    more = tag("p", f"{wording.number(left)} more agree better.") if left > 0 else None
    return _figure(title, tag("div", *bars, class_="agree"), more)


def _bar(name: str, agree: int, of: int) -> Html:
    width = f"width:{100 * agree / of:.1f}%"
    beside = f"{wording.number(agree)} of {wording.number(of)}"
    bar = tag("span", tag("i", style=width), class_="track")
    return Html(tag("span", name), bar, tag("b", wording.percent(agree, of), title=beside))


def _money(c: Comparison) -> Html:
    found = [(firm.name, c.money_records.get(firm.code, 0)) for firm in tally.subsidiaries(c)]
    total = sum(many for _, many in found)
    each = sorted((one for one in found if one[1]), key=lambda one: -one[1])
    left = sum(many for _, many in each[SHOWN:])
    shown = each[:SHOWN] + ([("others", left)] if left else [])
    split = joined(
        (Html(f"{name} ", tag("b", wording.number(many))) for name, many in shown), " · "
    )
    told = split if shown else Html("No money field differs.")
    return _figure(
        "Records that differ in money fields", _big(total), tag("p", told, *_only_blank(c))
    )


def _only_blank(c: Comparison) -> list[Html]:
    same = "; ".join(tally.only_blank(c))
    return [tag("br"), Html(f"Not counted, the currency is only blank: {same}")] if same else []


def _both(c: Comparison) -> Html:
    told = tag(
        "p",
        Html(wording.swatch("both"), _counted(c.true_conflicts, _conflicts(c.true_conflicts))),
        tag("br"),
        Html(wording.swatch("timestamp"), _counted(c.timestamp_only, "timestamp only")),
        _where(c),
    )
    total = c.true_conflicts + c.timestamp_only
    told = told if total else tag("p", "No record was changed in both.")
    return _figure("Changed in both, waiting for a decision", _big(total), told)


def _conflicts(many: int) -> str:
    return "true conflict" if many == 1 else "true conflicts"


def _where(c: Comparison) -> Part:
    both = c.worklist.filter(pl.col("state").is_in(["true conflict", "timestamp only"]))
    places = both.select("table", "company").unique().sort("table", "company").to_dicts()
    if not places:
        return None
    tables = list(dict.fromkeys(place["table"] for place in places))
    firms = list(dict.fromkeys(tally.named(c, one["company"]) for one in places))
    if len(tables) > 3 or len(firms) > 3:
        return None
    return Html(tag("br"), f"All are in {wording.listing(tables)}, {wording.listing(firms)}")


def _alone(c: Comparison) -> Html:
    boxes = tally.sums_of(c)
    missing, only_here = boxes["only_source"], boxes["only_destination"]
    alike, two = sum(c.duplicates.values()), sum(c.two_firms.values())
    besides = [
        _counted(alike, "looks like an existing one" if alike == 1 else "look like existing ones"),
        _counted(two, "number is two firms" if two == 1 else "numbers are two firms"),
    ]
    said = [part for part, many in zip(besides, (alike, two), strict=True) if many]
    told = Html(
        _counted(missing, f"missing {c.words.lacking}, "), _counted(only_here, "only there.")
    )
    more = Html(" Besides: ", joined(said, ", ")) if said else None
    return _figure(
        "Records found on one side only", _big(missing + only_here), tag("p", told, more)
    )


def _unseen(c: Comparison) -> Html:
    missing = [
        row for row in tally.lines(c) if not (row["source_file"] and row["destination_file"])
    ]
    counted = c.remarks.group_by("kind").agg(
        pl.col("count").fill_null(1).clip(lower_bound=1).sum().alias("many")
    )
    many = {row["kind"]: int(row["many"]) for row in counted.to_dicts()}
    said = [
        _counted(many[kind], one if many[kind] == 1 else more)
        for kind, (one, more) in UNSEEN.items()
        if kind in many
    ]
    told = joined(said, ", ") if said or missing else "Nothing was left out."
    unit = "table" if len(missing) == 1 else "tables"
    return _figure("Not checked", _big(len(missing), unit), tag("p", told))
