"""What verbs give besides plans and frames, as it shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.engine.deciding import Decided
from mdsync_nb.engine.full_sync import Started
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.review import Forecast
from mdsync_nb.engine.selecting import Asked
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import MASK, is_masked, said_of_records
from mdsync_nb.reports.pieces.banded import banded
from mdsync_nb.reports.pieces.belonging import CLOSED
from mdsync_nb.reports.pieces.difference import difference
from mdsync_nb.reports.pieces.grid import Column, cell, counts, grid
from mdsync_nb.reports.pieces.plans import applied_jobs, plan_summary
from mdsync_nb.reports.pieces.words import OUTCOMES
from mdsync_nb.reports.tally import Row
from mdsync_nb.workspace.described import Described
from mdsync_nb.workspace.described_fields import DEFAULT
from mdsync_nb.workspace.editing import Edit

FIRST = 20
"""Rows that are shown of what was left out."""


def matched_summary(found: Matched) -> Html:
    """Give how many records of a mapping belong together or were coupled, how many are left open
    and by which outcome, and what each criterion would find. No value of a record is in it."""
    together, name = found.counts.get("match", 0), found.mapping.name
    open_ = found.matches.height - sum(found.counts.get(one, 0) for one in CLOSED)
    pairs = wording.count(together, "pair")
    done = f"Job {found.job} coupled {pairs}." if found.job else f"{pairs} would be coupled."
    verb = "is" if open_ == 1 else "are"
    left = f"{wording.count(open_, 'record')} {verb} left open: `.matches` says why for each."
    rows = [{"mapping": name, **{one: found.counts.get(one, 0) for one in OUTCOMES}}]
    columns = [Column("Mapping", "mapping"), *counts(*OUTCOMES.items())]
    outcomes = grid(rows, columns, caption="Outcomes", none="")
    return Html(
        banded(
            done,
            wording.prose(left) if open_ else "No record is left open.",
            wording.prose(_coupling(found, together)),
            label="What belongs together",
        ),
        tag("section", outcomes, None if found.job else _criteria(found.evidence)),
    )


def _coupling(found: Matched, together: int) -> str:
    if found.job:
        return f"To reverse it: `workbench.undo({found.job})`, or `mdsync undo {found.job}`"
    if not together:
        return ""
    return "To couple them, ask the same of `workbench.couple`, or of `mdsync couple`."


def _criteria(evidence: pl.DataFrame) -> Part:
    if evidence.is_empty():
        return None
    columns = [
        Column("Criterion", "criterion"),
        Column("Fit to use", lambda row: cell(row.get("usable"))),
        *counts("records", "matched", "ambiguous", "taken", "contradicting", "unmatched"),
    ]
    return tag("h3", "What each criterion finds", class_="shown") + grid(
        evidence, columns, caption="Criteria", none=""
    )


def asked_summary(asked: Asked) -> Html:
    """Give how many records that were named are in the plan, those that are not with the reason,
    and the plan."""
    columns = [Column("Record", "key"), Column("Mapping", "mapping"), Column("Why", "reason")]
    rows = said_of_records(asked.left_out.with_columns(name=pl.lit("")), asked.masked)
    left = _left_out(rows, columns)
    of = f"{wording.number(asked.scheduled)} of {wording.count(asked.total, 'record')}"
    said = f"{of} {'is' if asked.scheduled == 1 else 'are'} in the plan."
    return banded(said, *asked.notices, label="Records that were named") + left + _plan(asked.plan)


def decided_summary(decided: Decided) -> Html:
    """Give how many records were decided, the rows that were left out with the reason, and the
    plan."""
    columns_ = decided.faults["column"].unique().drop_nulls()
    secret = pl.col("column").is_in([one for one in columns_ if is_masked(one, decided.masked)])
    rows = decided.faults.with_columns(
        pl.when(secret).then(pl.lit(MASK)).otherwise(one).alias(one) for one in ("value", "reason")
    )
    columns = [
        Column("Row", lambda row: str(row["row"])),
        Column("Field", "column"),
        Column("It says", "value"),
        Column("Why it was left out", "reason"),
    ]
    none = not decided.records
    said = (
        "No record was decided." if none else f"{wording.count(decided.records, 'record')} decided."
    )
    return (
        banded(said, label="Decisions", waits=none) + _left_out(rows, columns) + _plan(decided.plan)
    )


def _left_out(rows: pl.DataFrame, columns: Sequence[Column]) -> Html:
    if rows.is_empty():
        return Html()
    title = tag("h3", f"Left out: {wording.count(rows.height, 'row')}", class_="shown")
    return title + grid(rows, columns, caption="Left out", none="", shown=FIRST)


def _plan(plan: Plan | None) -> Html:
    return plan_summary(plan) if plan else Html()


def forecast_summary(expected: Forecast) -> Html:
    """Give what starting a full synchronization would do, line by line."""
    words = {"couples": "couple", "creates": "create", "changes": "change"}
    said = [f"{word} {wording.number(many)}" for name, word in words.items()
            if (many := expected.total(name))]  # fmt: skip
    headline = f"It would {wording.listing(said)}." if said else "It would write nothing."
    alike = expected.alike.height
    looks = (
        f"{wording.count(alike, 'record')} not created: they look like existing ones (`.alike`)."
    )
    columns = [
        Column("Mapping", "mapping"),
        Column("What", "recommendation"),
        *counts(*words.items(), ("alike", "look alike"), "waits"),
        Column("Remark", "message"),
    ]
    table = grid(expected.lines, columns, caption="Lines", none="No line is left to start.")
    said_alike = wording.prose(looks) if alike else None
    return banded(headline, said_alike, label="Forecast") + tag("section", table)


def started_summary(done: Started) -> Html:
    """Give what became of the lines of a full synchronization, and the jobs that wrote."""
    columns = [
        Column("Mapping", "mapping"),
        Column("What", "recommendation"),
        Column("Status", "status"),
        Column("Remark", "message"),
    ]
    errors = (Html(tag("b", name), f": {error}") for name, error in done.errors.items())
    over = done.lines.filter(status="finished").height
    headline = f"{wording.number(over)} of {wording.count(done.lines.height, 'line')} finished."
    return Html(
        banded(headline, *errors, label="Full synchronization", waits=bool(done.errors)),
        tag("section", grid(done.lines, columns, caption="Lines", none="There is no line.")),
        applied_jobs(done.applied) if done.applied else None,
    )


def edit_summary(edit: Edit) -> Html:
    """Give a change of mdsync.yaml that was not written yet, line by line."""
    if not edit.changes:
        return banded(f"{edit.file} says so already.", *edit.notes, label="Edit")
    how = "Nothing is written yet. To write it: `workbench.write_settings(edit)`"
    said: tuple[Part, ...] = (*edit.notes, wording.prose(how))
    title = f"{edit.file} would change."
    return banded(title, *said, label="Edit") + difference(edit.diff)


def _said_in(row: Row) -> Html:
    return tag("span", row["said_in"], class_="nowrap")


WORDS = [Column("Word", "word"), Column("In force", "value"), Column("Said in", _said_in)]
FIELDS = [
    Column("Field", "field"),
    Column("On", "enabled"),
    Column("Direction", "direction"),
    Column("Overwrites", "overwrite_local_change"),
    Column("Constant", "constant"),
    Column("Rule", "transformation"),
    Column("Said in", _said_in),
]


def described_summary(described: Described) -> Html:
    """Give what is in force for a mapping, and which place says so."""
    on, of = described.fields.filter("enabled").height, described.fields.height
    said = described.words.filter(pl.col("said_in") != DEFAULT)
    rest = f"Every word, {wording.number(described.words.height)}"
    every = grid(described.words, WORDS, caption="Words", none="")
    none = "Nothing is said of it; every word is as by default."
    headline = f"{wording.number(on)} of {wording.count(of, 'field')} in step."
    return Html(
        banded(headline, above=tag("b", described.mapping.name), label="Mapping"),
        tag("h3", "What is said of it", class_="shown"),
        grid(said, WORDS, caption="Words that are said", none=none),
        tag("details", tag("summary", rest), every),
        tag("h3", "Fields", class_="shown"),
        grid(described.fields, FIELDS, caption="Fields", none="No field is known.", shown=of),
    )
