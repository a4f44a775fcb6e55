"""Why records wait, grouped by what would release them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.found import StepFound
from mdsync_nb.model.words import SideWords, words_of


def missing(founds: Sequence[StepFound], decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the records that others refer to and that are missing: `mapping`, `table`, `value`,
    `detail`, `releases`."""
    blocked = decisions.filter(pl.col("rule") == "reference-missing")
    tables = sorted(
        {field.relation_table for found in founds if found.destination
         for field in found.destination.schema.fields if field.relation_table}
    )  # fmt: skip
    rows = blocked.group_by("mapping", "detail").agg(releases=pl.len().cast(pl.Int64))
    parts = [
        rows.filter(pl.col("detail").str.starts_with(f"{table} ")).with_columns(
            table=pl.lit(table),
            value=pl.col("detail")
            .str.strip_prefix(f"{table} ")
            .str.extract(r"^(.*) is missing in "),
        )
        for table in tables
    ]
    empty = pl.DataFrame(
        schema={"mapping": pl.String, "detail": pl.String, "releases": pl.Int64,
                "table": pl.String, "value": pl.String}
    )  # fmt: skip
    return pl.concat([empty, *(one.select(empty.columns) for one in parts)])


def blockers(founds: Sequence[StepFound], decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the decisions of records that others wait for, with how many they would release."""
    wanted = missing(founds, decisions)
    parts = []
    for row in wanted.to_dicts():
        link = row["mapping"].partition("/")[0]
        owners = [
            one.wanted.mapping
            for one in founds
            if one.wanted.mapping.link == link and one.wanted.mapping.table == row["table"]
        ]
        at = words_of(owners).at
        said = f"Only {at}; {row['releases']} records of {row['mapping']} wait for it."
        names = [one.name for one in owners]
        parts.append(
            decisions.filter(pl.col("mapping").is_in(names) & (pl.col("key") == row["value"]))
            .with_columns(
                releases=pl.lit(row["releases"], dtype=pl.Int64),
                message=pl.lit(said),
                state_is_releasing=pl.lit(value=True),
            )
        )  # fmt: skip
    empty = decisions.clear().with_columns(
        releases=pl.lit(None, dtype=pl.Int64), state_is_releasing=pl.lit(None, dtype=pl.Boolean)
    )
    return pl.concat([empty, *parts], how="diagonal_relaxed")


def causes(founds: Sequence[StepFound], decisions: pl.DataFrame) -> pl.DataFrame:
    """Give why records wait, by how many a step would release (`frames.CAUSES`)."""
    rows: list[dict[str, object]] = []
    for link in dict.fromkeys(found.wanted.mapping.link for found in founds):
        own = [found for found in founds if found.wanted.mapping.link == link]
        mappings = [found.wanted.mapping.name for found in own]
        company = own[0].wanted.company
        rows += _of_link(company, decisions.filter(pl.col("mapping").is_in(mappings)), own)
    ranked = sorted(rows, key=lambda row: -int(str(row["releases"])))
    numbered = [{**row, "rank": n} for n, row in enumerate(ranked, start=1)]
    return pl.DataFrame(numbered, schema=frames.CAUSES, infer_schema_length=None)


class Cause(NamedTuple):
    """One reason for which records wait, with the step that releases them.

    rules: the rules of the decisions it stands for; conflict: only those with this label. In the
    texts `{company}` is the company that is written, `{many}` how many records wait, and `{there}`
    what people call the other side.
    """

    rules: tuple[str, ...]
    cause: str
    step: str
    family: str = "users"
    conflict: str | None = None


UNDECIDED = ("two-firms", "looks-like-existing", "key-taken")
DELETED_HERE = ("coupled-to-deleted", "remove-coupling-fails")
CAUSES = (
    Cause(("origin-unknown",), "{company}: whose values win?",
          "If those of {there}: `first_sync: source_wins` for the table, then plan it."),
    Cause(("not-coupled-yet",), "{company} is not coupled yet",
          "Look at the match with `mdsync couple --dry-run`, then couple."),
    Cause(UNDECIDED, "{company}: {many} undecided",
          "Say of each whether it is the same; couple those that are."),
    Cause(("local-change",), "{company}: {many}, timestamp only",
          "No field was changed in both; `update_conflict: merge` takes each from its side.",
          conflict="timestamp"),
    Cause(("local-change",), "{company}: {many} changed in both",
          "One decision each, by whoever owns the field: `mdsync decisions export`.",
          conflict="true"),
    Cause(("local-change",), "{company}: {many} changed here",
          "Keep ours, or let {there} win with `overwrite_local_change`.", conflict=""),
    Cause(("update-conflict",), "{company}: {many}, timestamp only",
          "No field was changed in both; `update_conflict: merge` takes each from its side.",
          conflict="timestamp"),
    Cause(("update-conflict",), "{company}: {many} changed in both",
          "Choose a side with `mdsync record synchronize`, or set `update_conflict`."),
    Cause(("must-be-coupled",), "{company}: {many} refer to a record that is not coupled",
          "Couple that record, or create it: `mdsync record create`.", "set-up"),
    Cause(("natural-key-unsure",), "{company}: {many} with a natural key that several have",
          "Couple each with the one that is meant."),
    Cause(("only-coupled-asked",), "{company}: {many} not coupled",
          "Couple them, or create them: `mdsync record create`."),
    Cause(("found-deleted", "found-outside"), "{company}: {many} whose local record is gone",
          "Restore it, delete the other one, or uncouple: `mdsync record`."),
    Cause(("currency-meaning",), "{company}: a blank currency means another one",
          "Write the code that is meant."),
    Cause(("orphan",), "{company}: {many} whose counterpart is gone",
          "Block the record here, or bring its counterpart back.", "set-up"),
    Cause(("left-filter",), "{company}: {many} left the filter",
          "Widen the filter, or take the record out of use here as well.", "set-up"),
    Cause(DELETED_HERE, "{company}: {many} deleted here",
          "`deletion_conflict: restore_records` creates it again."),
    Cause(("skipped-flag",), "{company}: {many} set aside after they failed again",
          "`mdsync errors --by message` says why; mend it, then retry."),
    Cause(("undone",), "{company}: {many} undone", "Retry releases them."),
    Cause(("not-taken-over",), "{company}: {many} not yet taken over",
          "Import the change set, then load again.", "set-up"),
    Cause(("transformation-failed",), "{company}: {many} a transformation rule fails on",
          "Mend the value there, or the rule in mdsync.yaml.", "set-up"),
    Cause(("template-missing",), "{company}: {many} whose template is declared nowhere",
          "Declare it under `config_templates:` in mdsync.yaml.", "set-up"),
    Cause(("rename-taken",), "{company}: {many} renamed to a key in use",
          "Rename the record that has the key here."),
    Cause(("cannot-tell-if-missing",), "{company}: exports that may not be complete",
          "Ask for complete exports.", "set-up"),
)  # fmt: skip


def step_for(rule: str, conflict: str, words: SideWords) -> str:
    """Give what a person can do about a record with this rule; blank where nobody has to.

    conflict: the label of the record: `true`, `timestamp`, or nothing. words: of its step.
    """
    if rule == "reference-missing":
        return "Create the missing record here; then the next run takes this one along."
    known = [one for one in CAUSES if rule in one.rules and one.conflict in (None, conflict)]
    return words.said(known[0].step) if known else ""


def _of_link(
    company: str, decisions: pl.DataFrame, founds: Sequence[StepFound]
) -> list[dict[str, object]]:
    """The causes of one link, each with its step in words.

    Where nothing is coupled yet, the undecided pairs are part of that one step.
    """
    agrees = pl.col("class").cast(pl.String) == "agrees"
    waiting = decisions.filter(~((pl.col("rule") == "not-coupled-yet") & agrees))
    undecided = waiting.filter(pl.col("rule").is_in(UNDECIDED)).height
    uncoupled = waiting.filter(pl.col("rule") == "not-coupled-yet").height
    words = words_of(found.wanted.mapping for found in founds)
    rows = [_row(one, company, waiting, words) for one in CAUSES]
    if uncoupled and undecided:
        rows = [row for row in rows if row["cause"] != _text(CAUSES[2].cause, company, undecided)]
        step = f"Look at the match, couple it, and decide {undecided} pairs."
        whole = {"cause": _text(CAUSES[1].cause, company, 0), "step": step, "family": "users"}
        rows[1] = {**whole, "releases": uncoupled + undecided}
    for row in missing(founds, decisions).to_dicts():
        rows.append(
            {
                "cause": f"{company}: {row['table']} {row['value']} is missing",
                "step": f"Create it there; {many(row['releases'])} follow.",
                "family": "set-up",
                "releases": row["releases"],
            }
        )
    return [row for row in rows if row["releases"]]


def _row(one: Cause, company: str, waiting: pl.DataFrame, words: SideWords) -> dict[str, object]:
    found = those_of(one, waiting)
    cause = said_of(one, company, found.height)
    return {
        "cause": cause,
        "step": words.said(one.step),
        "family": one.family,
        "releases": found.height,
    }


def those_of(one: Cause, decisions: pl.DataFrame) -> pl.DataFrame:
    """Give the decisions that a cause stands for."""
    found = decisions.filter(pl.col("rule").is_in(one.rules))
    return found if one.conflict is None else found.filter(pl.col("conflict") == one.conflict)


def said_of(one: Cause, company: str, records: int) -> str:
    """Give a cause in words."""
    return _text(one.cause, company, records)


def _text(words: str, company: str, records: int) -> str:
    return words.replace("{many}", many(records)).replace("{company}", company)


def many(records: int) -> str:
    """Give a number of records in words."""
    return f"{records} record" + ("" if records == 1 else "s")
