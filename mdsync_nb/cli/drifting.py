"""The verb that puts any two loads or companies beside each other: drift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json, shown
from mdsync_nb.cli.options import HERE, Folder, Json, opened
from mdsync_nb.cli.terminal import say, table
from mdsync_nb.engine.drift import Drift
from mdsync_nb.errors import UsageError
from mdsync_nb.reports.masking import masked, said_of_records
from mdsync_nb.reports.pieces.drifted import drift_words, facets_to_see, said_of_fields

FIELDS = {"field": "Field", "records": "Records", "of": "Share", "how": "How"}
KINDS = {"field": "Field", "what": "How", "records": "Records", "there": "There", "here": "Here"}
FACETS = {
    "facet": "Field",
    "value": "Value",
    "differs": "Differ",
    "records": "Of",
    "only_there": "Only there",
    "only_here": "Only here",
}
LEFT_OUT = {"key": "Record", "reason": "Why"}
RECORDS = {"key": "Record", "name": "Name", "state": "State", "fields": "Fields"}

There = Annotated[
    str, typer.Option(help="A company, or one of its loads: HOLDING@previous, @12, @2026-03-02.")
]
Here = Annotated[str, typer.Option(help="The other side; without it, that company as it is now.")]
Divide = Annotated[
    list[str] | None, typer.Option("--facet", help="Count by the values of this field as well.")
]
In = Annotated[list[str] | None, typer.Option("--field", help="Only records that differ in it.")]
Where = Annotated[
    list[str] | None, typer.Option("--where", help="Only with a value: 'Country/Region Code=DE'.")
]
Plan = Annotated[
    str, typer.Option("--plan", help="Plan to take the values from: there, here or both.")
]


def drift(
    table: str,
    *,
    there: There = "",
    here: Here = "",
    facets: Divide = None,
    fields: In = None,
    where: Where = None,
    source: Plan = "",
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Compare any two loads or companies of a table.

    Nothing is written. A plan of the records that are left over is kept, to look at and apply.

    \b
    Example:
      mdsync drift NORDIC/CUSTOMER
    """
    workbench = opened(folder)
    found = workbench.drift(table, there=there, here=here, facets=facets or ())
    asked = found.narrow(*(fields or ()), where=dict(map(_value, where or ())))
    plans = asked.plan(source) if source else []
    if json:
        as_json.give({**_as_json(asked), "plans": [one.plan.plan_id for one in plans if one.plan]})
        return 0
    _show(asked)
    for one in plans:
        if one.plan:
            shown.plan(one.plan, found.masked)
    for one in plans:
        _show_left_out(one.left_out, found.masked)
    return 0


def _value(asked: str) -> tuple[str, str | None]:
    name, equals, value = asked.partition("=")
    if not equals:
        raise UsageError(f"{asked!r} names no value.", hint="Write it like Blocked=All.")
    return name, value or None


def _show(d: Drift) -> None:
    say(f"{d.table}: {d.names[0]} and {d.names[1]}", drift_words(d))
    how = said_of_fields(d)
    fields = d.fields.filter(pl.col("records") > 0).with_columns(
        of=pl.format("{} %", (100 * pl.col("share")).round(1)),
        how=pl.col("field").replace_strict(how, default=""),
    )
    table(fields, FIELDS, none="No field of these records differs.")
    if d.asked.fields:
        kinds = masked(d.kinds.filter(pl.col("field").is_in(d.asked.fields)), d.masked)
        table(kinds, KINDS, title="How they differ")
    some = pl.any_horizontal(pl.col("differs", "only_there", "only_here") > 0)
    where = facets_to_see(d).filter(some).with_columns(pl.col("value").fill_null("blank"))
    table(where, FACETS, title="Where they differ", shown=24)
    if d.asked.asks:
        rows = masked(d.records.with_columns(field=pl.lit("")), d.masked)
        table(rows, RECORDS, title="Records", shown=24)


def _show_left_out(left: pl.DataFrame, mask: Sequence[str]) -> None:
    table(said_of_records(left, mask), LEFT_OUT, title="Left out")


def _as_json(d: Drift) -> dict[str, object]:
    records = masked(d.records.with_columns(field=pl.lit("")), d.masked).drop("field")
    return {
        "table": d.table,
        "states": d.states,
        "put_together": d.ways,
        "through": d.through,
        "sides": d.sides,
        "fields": d.fields,
        "kinds": masked(d.kinds, d.masked),
        "facets": facets_to_see(d),
        "records": records,
    }
