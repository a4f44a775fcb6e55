"""Why records wait, grouped by what would release them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.found import StepFound
from mdsync_nb.workspace import Workspace


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
            value=pl.col("detail").str.strip_prefix(f"{table} ").str.extract(r"^(.*) is missing in "),
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
            one.wanted.mapping.name
            for one in founds
            if one.wanted.mapping.link == link and one.wanted.mapping.table == row["table"]
        ]
        said = f"Only at the holding; {row['releases']} records of {row['mapping']} wait for it."
        parts.append(
            decisions.filter(pl.col("mapping").is_in(owners) & (pl.col("key") == row["value"]))
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


def causes(
    founds: Sequence[StepFound], decisions: pl.DataFrame, workspace: Workspace
) -> pl.DataFrame:
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


def _of_link(
    company: str, decisions: pl.DataFrame, founds: Sequence[StepFound]
) -> list[dict[str, object]]:
    """The causes of one subsidiary, each with its step in words."""

    def count(*rules: str, conflict: str | None = None) -> int:
        found = decisions.filter(pl.col("rule").is_in(rules))
        if conflict is not None:
            found = found.filter(pl.col("conflict") == conflict)
        return found.height

    agrees = pl.col("class").cast(pl.String) == "agrees"
    uncoupled = decisions.filter((pl.col("rule") == "not-coupled-yet") & ~agrees).height
    undecided = count("two-firms", "looks-like-existing", "key-taken")
    rows = [
        _cause(f"{company}: whose values win?", "Decide once per table (first_sync), or record by record.",
               "users", count("origin-unknown")),
        _cause(f"{company} is not coupled yet",
               f"Confirm the match, decide {undecided} pairs." if undecided else "Confirm the match.",
               "users", uncoupled + undecided if uncoupled else 0),
        _cause(f"{company}: {undecided} undecided pairs", "Say of each whether it is the same.", "users",
               0 if uncoupled else undecided),
        _cause(f"{company}: {_many(count('local-change', conflict='timestamp'))}, timestamp only",
               "No field was changed in both: either side may be kept, or both merged.", "users",
               count("local-change", conflict="timestamp")),
        _cause(f"{company}: {_many(count('local-change', conflict='true'))} changed in both",
               "One decision each, by whoever owns the field.", "users",
               count("local-change", conflict="true")),
        _cause(f"{company}: {_many(count('local-change', conflict=''))} changed here",
               "Keep ours, or let the source overwrite it.", "users", count("local-change", conflict="")),
        _cause(f"{company}: blank currency means another one", "Write the code that is meant.", "users",
               count("currency-meaning")),
        _cause(f"{company}: {_many(count('orphan'))} whose counterpart is gone",
               "Remove the coupling, or block the record here.", "set-up", count("orphan")),
        _cause(f"{company}: {_many(count('left-filter'))} left the filter",
               "Remove the coupling, or widen the filter.", "set-up", count("left-filter")),
        _cause(f"{company}: {_many(count('coupled-to-deleted', 'remove-coupling-fails'))} deleted here",
               "Restore it here, or remove the coupling.", "users",
               count("coupled-to-deleted", "remove-coupling-fails")),
        _cause(f"{company}: {_many(count('skipped-flag'))} set aside after three failures",
               "Mend the reason, then retry.", "users", count("skipped-flag")),
        _cause(f"{company}: {_many(count('undone'))} undone", "Retry releases them.", "users", count("undone")),
        _cause(f"{company}: {_many(count('not-taken-over'))} not yet taken over",
               "Import the change set, then load again.", "set-up", count("not-taken-over")),
        _cause(f"{company}: {_many(count('rename-taken'))} renamed to a key in use",
               "Rename the record that has the key here.", "users", count("rename-taken")),
        _cause(f"{company}: exports that may not be complete", "Ask for complete exports.", "set-up",
               count("cannot-tell-if-missing")),
    ]  # fmt: skip
    for row in missing(founds, decisions).to_dicts():
        rows.append(
            _cause(
                f"{company}: {row['table']} {row['value']} is missing",
                f"Create it there; {_many(row['releases'])} follow.",
                "set-up",
                row["releases"],
            )
        )
    return [row for row in rows if row["releases"]]


def _cause(cause: str, step: str, family: str, releases: int) -> dict[str, object]:
    return {"cause": cause, "step": step, "family": family, "releases": releases}


def _many(records: int) -> str:
    return f"{records} record" + ("" if records == 1 else "s")
