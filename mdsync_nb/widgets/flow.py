"""What a plan does, in the few numbers somebody looks at before saying yes, and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from mdsync_nb.connectors.change_set import NOTE
from mdsync_nb.core.pairing import NOT_TRANSFERRED
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.pieces.grid import Column, counts, grid
from mdsync_nb.reports.pieces.plans import actions_of
from mdsync_nb.reports.pieces.words import ACTIONS, heads_of

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


def flow(plans: Sequence[Plan], named: Named) -> Html:
    """Give what plans do together, as a line of numbers."""
    found = Numbers(*map(sum, zip(*map(numbers_of, plans), strict=True)))
    where = wording.listing(list(dict.fromkeys(companies_of(one, named) for one in plans)))
    waiting = sum(one.waiting for one in plans)
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
    if (found.values or found.kept) and not all(undoes(one) for one in plans):
        kept = many(found.kept, "value")
        said.append(Html(f"{kept} of {where} kept, ", _bold(found.lost), " lost"))
    if waiting:
        said.append(
            Html(_bold(waiting), " wait for a person" if waiting > 1 else " waits for a person")
        )
    said += [tag("span", one, class_="mute") for one in _shares(plans)]
    return tag("ul", *(tag("li", one) for one in said), class_="flow")


def _gets(found: Numbers) -> Html:
    gets = " gets " if found.written == 1 else " get "
    return Html(_many(found.written, "record"), gets, _many(found.values, "value"))


def _bold(number: int) -> Html:
    return tag("b", wording.number(number))


def _many(number: int, noun: str) -> Html:
    return Html(_bold(number), f" {noun}" if number == 1 else f" {noun}s")


def notes(plans: Sequence[Plan]) -> list[str]:
    """Say what plans do besides writing records."""
    said = []
    if not any(one.writes or one.decisions.height for one in plans):
        back = all(undoes(one) for one in plans)
        said.append("Couplings are taken back." if back else "No record is written.")
    if any(step.get("keep_creating") for one in plans for step in one.steps):
        said.append(
            "From then on every run creates here what is new there, as in the product: "
            "only_coupled goes off for these tables."
        )
    return said


def by_table(plans: Sequence[Plan], called: Callable[[str, str], str]) -> Html:
    """Give how many records of each table plans decide in which way; nothing of a single table.

    called: gives what a mapping is called where it writes a company.
    """
    rows = [row for one in plans for row in actions_of(one).to_dicts()]
    if len(rows) < 2:
        return Html()
    columns = [
        Column("Table", lambda row: called(row["mapping"].split(" → ")[0], row["destination"])),
        *counts(*heads_of(ACTIONS, rows).items()),
    ]
    return grid(rows, columns, caption="Records of each table", none="")


def _shares(plans: Sequence[Plan]) -> list[str]:
    """How much of what a mapping may write is written, where it is the only one."""
    shares = []
    steps = [step for one in plans for step in one.steps]
    for step in steps if len(steps) == 1 else ():
        writes = sum(
            one["records"]
            for one in step["counts"]
            if one["action"] in ("insert", "modify", "delete")
        )
        of = step.get("in_filter") or 0
        if writes and of:
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
    does = f"Job {plan.steps[0]['last_job']} undone" if undoes(plan) else "Applied"
    return f"{does} in {where}: {', '.join(parts) or 'nothing was left to do'}. {failed}"


def undoes(plan: Plan) -> bool:
    """Whether a plan takes a job back."""
    return plan.kind == "undo"


def to_import(plans: Sequence[tuple[Plan, Sequence[Applied]]], root: Path) -> Html:
    """Say which files somebody imports now; nothing where the files of the companies changed."""
    folders = {
        file.parent: undoes(plan)
        for plan, applied in plans
        for one in applied
        for file in one.files
        if file.name == NOTE
    }
    if not folders:
        return Html()
    named = joined((tag("code", one.relative_to(root).as_posix()) for one in folders), ", ")
    neither = " If the files of what it undoes were not imported, import neither."
    back = neither if any(folders.values()) else ""
    return tag("p", "To import: the files in ", named, "; README.txt there says how.", back)
