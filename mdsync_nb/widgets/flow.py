"""What a plan does, in the few numbers somebody looks at before saying yes, and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from mdsync_nb.core.pairing import NOT_TRANSFERRED
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag

KEYS = ["mapping", "source_id", "destination_id"]
Named = Callable[[str], str]
"""Gives the name people read for the code of a company."""


class Numbers(NamedTuple):
    """What a plan does, in records and values. agrees: records that only agree again. lost: values
    somebody changed where they are overwritten. kept: values that stay as they are there."""

    written: int
    values: int
    created: int
    deleted: int
    uncoupled: int
    agrees: int
    kept: int
    lost: int


def numbers_of(plan: Plan) -> Numbers:
    """Count what a plan does."""
    actions = plan.decisions.select(*KEYS, "action", "rule")
    counted = dict(plan.counts.group_by("action").agg(pl.col("records").sum()).iter_rows())
    differs = pl.col("source").ne_missing(pl.col("destination")) & ~NOT_TRANSFERRED
    of_written = plan.cells.filter(differs).join(
        actions.filter(pl.col("action") == "modify"), on=KEYS, how="semi", nulls_equal=True
    )
    values = of_written.filter(~pl.col("kept"))
    lost = values.filter(pl.col("class").is_in(["destination", "both"]))
    agrees = actions.filter(pl.col("rule") == "decided-stays")
    return Numbers(
        written=counted.get("modify", 0),
        values=values.height,
        created=counted.get("insert", 0),
        deleted=counted.get("delete", 0),
        uncoupled=counted.get("uncouple", 0),
        agrees=agrees.height,
        kept=plan.cells.filter("kept").height,
        lost=lost.height,
    )


def companies_of(plan: Plan, named: Named) -> str:
    """Name the companies a plan writes to."""
    codes = dict.fromkeys(step["destination"] for step in plan.steps if step.get("destination"))
    return wording.listing([named(code) for code in codes])


def flow(plan: Plan, named: Named) -> Html:
    """Give what a plan does, as a line of numbers."""
    found, where = numbers_of(plan), companies_of(plan, named)
    many = wording.count
    said: list[Part] = []
    if found.written:
        said.append(_gets(found))
    for number, does in (
        (found.created, "created"), (found.deleted, "deleted"), (found.uncoupled, "uncoupled"),
    ):  # fmt: skip
        said += [Html(_bold(number), " ", does)] if number else []
    if found.agrees:
        said.append(Html(_bold(found.agrees), " only agree again"))
    if found.values or found.kept:
        kept = many(found.kept, "value")
        said.append(Html(f"{kept} of {where} kept, ", _bold(found.lost), " lost"))
    said += [tag("span", one, class_="mute") for one in _shares(plan)]
    return tag("ul", *(tag("li", one) for one in said), class_="flow")


def _gets(found: Numbers) -> Html:
    gets = " gets " if found.written == 1 else " get "
    return Html(_many(found.written, "record"), gets, _many(found.values, "value"))


def _bold(number: int) -> Html:
    return tag("b", wording.number(number))


def _many(number: int, noun: str) -> Html:
    return Html(_bold(number), f" {noun}" if number == 1 else f" {noun}s")


def _shares(plan: Plan) -> list[str]:
    """How much of what a mapping may write is written."""
    shares = []
    for step in plan.steps:
        writes = sum(
            one["records"]
            for one in step["counts"]
            if one["action"] in ("insert", "modify", "delete")
        )
        of = step.get("in_filter") or 0
        if writes and of and len(plan.steps) == 1:
            shares.append(
                f"{wording.number(writes)} of {wording.number(of)} records written, "
                f"{wording.percent(writes, of)}"
            )
    return shares


def done(plan: Plan, applied: Sequence[Applied], named: Named) -> str:
    """Say what was written."""

    def total(name: str) -> int:
        return sum(one.counts.get(name, 0) for one in applied)

    where, many = companies_of(plan, named), wording.count
    words = {"modified": "changed", "inserted": "created"}
    words |= {one: one for one in ("deleted", "uncoupled")}
    parts = [f"{many(total(name), 'record')} {does}" for name, does in words.items() if total(name)]
    agrees = numbers_of(plan).agrees
    parts += [f"{many(agrees, 'record agrees', 'records agree')} again"] if agrees else []
    bad = total("failed") + total("stale")
    failed = f"{many(bad, 'record')} not written." if bad else "Nothing failed."
    return f"Applied in {where}: {', '.join(parts) or 'nothing was left to do'}. {failed}"
