"""Plans as people read them before and after: what would be written, what waits, what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from mdsync_nb.core.actions import UNCOUPLES
from mdsync_nb.core.pairing import NOT_TRANSFERRED
from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.banded import banded
from mdsync_nb.reports.pieces.grid import SHOWN, Column, counts, grid
from mdsync_nb.reports.pieces.words import ACTIONS, heads_of, why

WRITES = ("insert", "modify", "delete")
STOPS = ("wait", "fail", "skip")
WROTE = ("inserted", "modified", "deleted", "uncoupled")
LEFT = ("waiting", "failed", "skipped", "stale")
"""Counters of a job about records it wrote, and about those it did not write."""

WHOLE = {"insert": ("missing", "created"), "delete": ("exists", "deleted")}
"""How a record that is written as a whole stands: here now, and here afterwards."""


def plan_summary(plan: Plan) -> Html:
    """Give a plan in a sentence and a table: how many records of which mapping, the limits it
    breaks, and how it is applied. No value of any record is in it."""
    refused = [
        tag("p", tag("span", "refused", class_="flag"), " ", wording.prose(str(one)))
        for one in plan.refusals
    ]
    verdict = banded(
        _headline(plan),
        _waiting(plan),
        *refused,
        tag("p", "Made ", wording.moment(plan.made_at), " UTC.", class_="small"),
        _next(plan),
        label="Plan",
        waits=bool(refused),
    )
    rows = actions_of(plan)
    heads = heads_of(ACTIONS, rows.to_dicts())
    columns = [Column("Mapping", "mapping"), *counts(*heads.items())]
    none = "No mapping is in the plan."
    return verdict + tag("section", grid(rows, columns, caption="Records a mapping", none=none))


def actions_of(plan: Plan) -> pl.DataFrame:
    """Give how many records of each step have which action: `mapping`, `destination` and every
    action. A mapping that flows both ways is named with the company it writes. What is uncoupled
    and changed with it counts as both."""
    step = ["mapping", "destination"]
    found = plan.counts.group_by(*step, "action", "rule").agg(pl.col("records").sum())
    of_action = {action: pl.col("action") == action for action in ACTIONS}
    of_action["uncouple"] = pl.col("rule").is_in(UNCOUPLES)
    summed = [
        pl.col("records").filter(test).sum().alias(action) for action, test in of_action.items()
    ]
    places = [(one["mapping"], one.get("destination", "")) for one in plan.steps]
    names = pl.DataFrame(places, schema=dict.fromkeys(step, pl.String), orient="row").unique(
        maintain_order=True
    )
    counted = found.group_by(step).agg(summed)
    both_ways = pl.len().over("mapping") > 1
    return names.join(counted, on=step, how="left", maintain_order="left").with_columns(
        pl.col(list(ACTIONS)).fill_null(0),
        mapping=pl.when(both_ways)
        .then(pl.format("{} → {}", "mapping", "destination"))
        .otherwise("mapping"),
    )


Kind = Callable[[str, str], str]
"""Gives the type of a field of a mapping as `wording.amount` takes it."""


def planned_values(
    plan: Plan, *, mask: Iterable[str] = (), shown: int = SHOWN, kind: Kind = lambda *_: ""
) -> Html:
    """Give the values a plan would write, record by record: what stands here, what will; and those
    that are cut or not transferred, which the product does without saying so.

    mask: fields whose values are hidden (`report.mask` of the settings). kind: gives the type of a
    field of a mapping, so that a number is set as one.
    """

    def value(side: str) -> Callable[[dict[str, Any]], Html]:
        return lambda row: wording.value(
            row[side] and wording.amount(row[side], kind(row["mapping"], row["field"]))
        )

    columns = [
        Column("Record", _record),
        Column("Field", "field"),
        Column("Here now", value("destination"), right=True),
        Column("Will be", value("source"), right=True),
    ]
    none = "Nothing would be written."
    hidden = list(mask)
    rows = written_values(plan, mask=hidden)
    values = grid(rows, columns, caption="Values to be written", none=none, shown=shown)
    return values + _warnings(plan, hidden, shown)


def written_values(plan: Plan, *, mask: Iterable[str] = ()) -> pl.DataFrame:
    """Give the values a plan would write: `mapping`, `key`, `field`, `source`, `destination`; a
    record that is created or deleted is one row."""
    decided = plan.decisions.select("mapping", "source_id", "destination_id", "key", "action")
    together = ["mapping", "source_id", "destination_id"]
    changed = decided.filter(pl.col("action") == "modify").join(
        plan.cells.filter(~pl.col("kept") & ~NOT_TRANSFERRED).drop("class"),
        on=together,
        nulls_equal=True,
        maintain_order="left_right",
    )
    columns = ["mapping", "key", "field", "source", "destination"]
    whole = [
        decided.filter(pl.col("action") == action).select(
            "mapping",
            "key",
            field=pl.lit("whole record"),
            source=pl.lit(after),
            destination=pl.lit(now),
        )
        for action, (now, after) in WHOLE.items()
    ]
    return masked(pl.concat([changed.select(columns), *whole]), mask)


def kept_values(plan: Plan, *, mask: Iterable[str] = ()) -> pl.DataFrame:
    """Give the values a merge leaves as they are here: `mapping`, `key`, `field`, `source`,
    `destination`, `base`."""
    decided = plan.decisions.select("mapping", "source_id", "destination_id", "key")
    together = ["mapping", "source_id", "destination_id"]
    kept = plan.cells.filter("kept").join(decided, on=together, maintain_order="left")
    columns = ["mapping", "key", "field", "source", "destination", "base"]
    return masked(kept.select(columns), mask)


def _warnings(plan: Plan, mask: Iterable[str], shown: int) -> Html:
    rows = warned_values(plan, mask=mask)
    if rows.is_empty():
        return Html()
    columns = [
        Column("Record", _record),
        Column("Field", "field"),
        Column("Here now", lambda row: wording.value(row["destination"]), right=True),
        Column("Warning", "warning"),
    ]
    return grid(rows, columns, caption="Values with a warning", none="", shown=shown)


def warned_values(plan: Plan, *, mask: Iterable[str] = ()) -> pl.DataFrame:
    """Give the values of a plan that have a warning: `mapping`, `key`, `field`, `destination`,
    `warning`."""
    decided = plan.decisions.select("mapping", "source_id", "destination_id", "key")
    together = ["mapping", "source_id", "destination_id"]
    warned = plan.cells.filter(pl.col("warning") != "").join(
        decided.unique(together, maintain_order=True), on=together, maintain_order="left"
    )
    return masked(warned.select("mapping", "key", "field", "destination", "warning"), mask)


def plan_waiting(plan: Plan, *, mask: Iterable[str] = (), shown: int = SHOWN) -> Html:
    """Give the records of a plan that wait for a person or fail, with the reason of each."""
    rows = plan.decisions.filter(pl.col("action").is_in(STOPS)).with_columns(field=pl.lit(""))
    columns = [
        Column("Record", _record),
        Column("It will", lambda row: ACTIONS[row["action"]]),
        Column("Why", lambda row: row["message"] or why(row["rule"])),
    ]
    none = "Nothing waits for a person."
    return grid(masked(rows, mask), columns, caption="What waits", none=none, shown=shown)


def applied_jobs(applied: Sequence[Applied] | bool | None) -> Html:
    """Give what was applied, one row a job; without anything applied, how to."""
    if not applied or isinstance(applied, bool):
        words = "Nothing was applied: no company was written."
        return tag("p", words, class_="lede")
    rows = [{"job": one.job_id, "mapping": one.mapping, **_counted(one)} for one in applied]
    columns = [
        Column("Job", lambda row: str(row["job"])),
        Column("Mapping", "mapping"),
        *counts(*heads_of(COUNTERS, rows).items()),
    ]
    return Html(
        _done(applied),
        tag("section", grid(rows, columns, caption="Jobs", none=""), _files(applied)),
    )


def _done(applied: Sequence[Applied]) -> Html:
    """What jobs wrote and left, in sentences, and how they are taken back."""
    sums = {name: sum(one.counts.get(name, 0) for one in applied) for name in COUNTERS}
    wrote = [_so_many(sums, name) for name in WROTE if sums[name]]
    left = [_so_many(sums, name) for name in LEFT if sums[name]]
    last = applied[-1].job_id
    undo = f"To reverse a job: `workbench.undo({last})`, or `mdsync undo {last}`"
    headline = f"Applied: {wording.listing(wrote)}." if wrote else "Applied, nothing written."
    rest = f"Not written: {wording.listing(left)}." if left else "Nothing failed."
    return banded(headline, rest, wording.prose(undo), label="What was applied")


def _so_many(sums: Mapping[str, int], name: str) -> str:
    words = {"waiting": "waiting"}.get(name, COUNTERS[name])
    return f"{wording.count(sums[name], 'record')} {words}"


def _files(applied: Sequence[Applied]) -> Part:
    """The files that were written, each once, by the end of its path."""
    files = dict.fromkeys("/".join(file.parts[-3:]) for one in applied for file in one.files)
    if not files:
        return None
    return tag("p", "Written: ", joined((tag("code", one) for one in files), ", "), class_="note")


def _counted(one: Applied) -> dict[str, int]:
    return {name: one.counts.get(name, 0) for name in COUNTERS}


def _headline(plan: Plan) -> str:
    if plan.status == "applied":
        return f"Plan “{plan.title}” was applied."
    if not plan.writes:
        return f"Plan “{plan.title}” would write nothing."
    return f"Plan “{plan.title}” would write {wording.count(plan.writes, 'record')}."


def _waiting(plan: Plan) -> str:
    if not plan.waiting:
        return "Nothing waits for a person."
    return f"{wording.count(plan.waiting, 'record')} will not be written and wait for a person."


def _next(plan: Plan) -> Html:
    if plan.status == "applied":
        return wording.prose(f"Its id is `{plan.plan_id}`.")
    ours, theirs = (", force=True", " --force") if plan.refusals else ("", "")
    python = f'workbench.apply("{plan.plan_id}"{ours})'
    return wording.prose(f"To apply it: `{python}`, or `mdsync apply {plan.plan_id}{theirs}`")


def _record(row: dict[str, object]) -> Part:
    key = str(row["key"] or "a record without a number")
    return tag("b", key) + " " + tag("span", str(row["mapping"]), class_="small")
