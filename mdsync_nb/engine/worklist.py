"""What waits for a person, best first: the records, their fields, and why in words."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.pairing import NOT_TRANSFERRED
from mdsync_nb.engine.causes import blockers
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.messages import RULES
from mdsync_nb.model.words import words_of
from mdsync_nb.workspace import Workspace

KEYS = ["mapping", "source_id", "destination_id"]
WHOLE_RECORD = "whole record"


def waits() -> pl.Expr:
    """Whether a decision waits for a person: somebody can do something about its rule."""
    families = {name: rule.family for name, rule in RULES.items()}
    agrees = pl.col("class").cast(pl.String).is_in(["agrees", "changed_both_same", "new_both_same"])
    someone = pl.col("rule").replace_strict(families, return_dtype=pl.String) != ""
    return someone & ~(agrees & (pl.col("rule") == "not-coupled-yet"))


def waiting(
    founds: Sequence[StepFound], decisions: pl.DataFrame, cells: pl.DataFrame, workspace: Workspace
) -> pl.DataFrame:
    """Give what waits (`frames.WORKLIST`), by impact: what releases others, money, then the newest.

    One row a record and field that differs; a record without such a field has one row.
    """
    blocking = blockers(founds, decisions)
    records = pl.concat(
        [
            decisions.filter(waits()).with_columns(releases=pl.lit(0, dtype=pl.Int64)),
            blocking,
        ],
        how="diagonal_relaxed",
    ).unique(KEYS, keep="last", maintain_order=True)
    if records.is_empty():
        return frames.empty(frames.WORKLIST)
    rows = _with_fields(records, cells, founds)
    ranked = _ranked(rows)
    return frames.conform(_in_words(ranked, founds, workspace), frames.WORKLIST)


def _with_fields(
    records: pl.DataFrame, cells: pl.DataFrame, founds: Sequence[StepFound]
) -> pl.DataFrame:
    shown = cells.filter((pl.col("class") != "both_same") & ~NOT_TRANSFERRED).rename(
        {"class": "cell"}
    )
    inserted = pl.col("class").cast(pl.String) == "new_source"
    rows = records.filter(~inserted).join(
        shown, on=KEYS, how="left", nulls_equal=True, maintain_order="left"
    )
    rest = records.filter(inserted)
    known = [
        {
            "mapping": found.wanted.mapping.name,
            "field": one.name,
            "is_money": bool(one.money),
            "is_currency": one.money == "currency",
            "type": one.kind,
        }
        for found in founds
        for one in (found.destination.schema.fields if found.destination else ())
    ]
    texts = dict.fromkeys(("mapping", "field", "type"), pl.String)
    flags = pl.DataFrame(
        known, schema={**texts, **dict.fromkeys(("is_money", "is_currency"), pl.Boolean)}
    )
    of_money = flags.filter("is_money")["mapping"].unique()
    both = pl.concat([rows, rest], how="diagonal_relaxed")
    return both.join(
        flags, on=["mapping", "field"], how="left", maintain_order="left"
    ).with_columns(
        pl.col("is_money", "is_currency").fill_null(value=False),
        of_money=pl.col("mapping").is_in(of_money.implode()),
    )


def _ranked(rows: pl.DataFrame) -> pl.DataFrame:
    newest = pl.max_horizontal("source_at", "destination_at")
    ordered = rows.with_columns(
        _true=(pl.col("conflict") == "true").any().over(KEYS),
        _undecided=pl.col("rule").is_in(["two-firms", "looks-like-existing", "key-taken"])
        & pl.col("of_money"),
        _money=pl.col("is_money").any().over(KEYS),
        _newest=newest,
        _cell=pl.col("cell") == "both",
    ).sort(
        "_true", "releases", "_undecided", "_money", "_newest", "mapping", "key", "_cell", "field",
        descending=[True, True, True, True, True, False, False, True, False],
        nulls_last=True,
    )  # fmt: skip
    return ordered.with_row_index("_row").with_columns(
        rank=pl.col("_row").min().over(KEYS).rank("dense").cast(pl.Int64)
    )


def _in_words(
    rows: pl.DataFrame, founds: Sequence[StepFound], workspace: Workspace
) -> pl.DataFrame:
    places = pl.DataFrame(
        [
            {
                "mapping": one.wanted.mapping.name,
                "company": one.wanted.mapping.local,
                "table": one.wanted.mapping.table,
                "here": workspace.company(one.wanted.mapping.destination).name
                or one.wanted.mapping.destination,
                "at": words_of([one.wanted.mapping]).at,
                "means_there": workspace.company(one.wanted.mapping.source).currency,
                "means_here": workspace.company(one.wanted.mapping.destination).currency,
                "key_field": ", ".join(one.destination.schema.key) if one.destination else "",
                "here_timed": bool(one.destination and one.destination.has_times),
            }
            for one in founds
        ]
    )
    named = rows.join(places, on="mapping", maintain_order="left").with_columns(
        field=pl.coalesce("field", pl.when(_undecided()).then("key_field"), pl.lit(WHOLE_RECORD)),
        rule_state=pl.col("rule").replace_strict(
            {name: rule.state for name, rule in RULES.items()}, return_dtype=pl.String
        ),
    )
    return named.with_columns(
        state=_state(),
        why=pl.concat_str(_why(), _of_blank(), separator=" ", ignore_nulls=True),
        source=_value("source"),
        destination=_value("destination"),
        source_changed=pl.col("cell")
        .cast(pl.String)
        .is_in(["source", "both"])
        .fill_null(value=False),
        destination_changed=pl.col("cell")
        .cast(pl.String)
        .is_in(["destination", "both"])
        .fill_null(value=False),
    )


def _value(side: str) -> pl.Expr:
    """A value as it stands; for a whole record, whether it is there."""
    there = pl.col("class").cast(pl.String)
    gone = ["gone_source", "gone_source_changed_destination"] if side == "source" else [
        "new_source", "gone_destination", "gone_destination_changed_source",
    ]  # fmt: skip
    whole = (
        pl.when(there.is_in(gone) & (side == "source")).then(pl.lit("gone"))
        .when(there == "new_source").then(pl.lit("new" if side == "source" else "missing"))
        .when(there.is_in(gone)).then(pl.lit("missing"))
        .otherwise(pl.lit("exists"))
    )  # fmt: skip
    key = "key" if side == "source" else "destination_key"
    return (
        pl.when(pl.col("field") == WHOLE_RECORD).then(whole)
        .when(_undecided()).then(key)
        .otherwise(side)
    )  # fmt: skip


def _undecided() -> pl.Expr:
    return pl.col("class").cast(pl.String) == "undecided"


def _state() -> pl.Expr:
    cell = pl.col("cell").cast(pl.String)
    there = pl.format("changed {}", "at")
    return (
        pl.when((pl.col("conflict") == "true") & (cell == "both")).then(pl.lit("true conflict"))
        .when(pl.col("conflict") == "timestamp").then(pl.lit("timestamp only"))
        .when((pl.col("conflict") == "true") & (cell == "source")).then(there)
        .when(pl.col("conflict") == "true").then(pl.format("changed in {}", "here"))
        .when(pl.col("class") == "new_source").then(pl.format("only {}", "at"))
        .when(pl.col("rule") == "not-coupled-yet").then(pl.lit("differs, origin unknown"))
        .when(pl.col("rule_state") == "blocked").then(there)
        .when(pl.col("rule_state") == "").then(there)
        .otherwise("rule_state")
    )  # fmt: skip


def _of_blank() -> pl.Expr:
    """What a blank currency stands for on each side; null where nothing is to be said of it."""
    blank = pl.any_horizontal(
        pl.col(side).fill_null("") == "" for side in ("source", "destination")
    )
    known = (pl.col("means_there") != "") & (pl.col("means_here") != "")
    said = pl.format("A blank means {} there and {} here.", "means_there", "means_here")
    return pl.when(pl.col("is_currency") & blank & known).then(said)


def _why() -> pl.Expr:
    cell = pl.col("cell").cast(pl.String)
    length = pl.col("destination").str.len_chars()
    cut = (
        pl.col("source").str.starts_with(pl.col("destination"))
        & (length < pl.col("source").str.len_chars())
        & length.is_in([20, 30, 50, 80, 100])
    )
    unknown = (
        pl.when(cut).then(pl.format("It was cut at {} characters.", length))
        .when(pl.col("rule") == "not-coupled-yet").then(pl.lit("Not coupled yet."))
        .when(~pl.col("here_timed"))
        .then(pl.format("Differs, origin unknown: {} delivers no times.", "here"))
        .otherwise(pl.lit("Differs, origin unknown: there is no earlier agreement."))
    )  # fmt: skip
    return (
        pl.when(pl.col("state_is_releasing").fill_null(value=False)).then("message")
        .when((pl.col("conflict") == "true") & (cell == "both"))
        .then(pl.lit("Both changed it, to different values."))
        .when((pl.col("conflict") == "true") & (cell == "source"))
        .then(pl.lit("Changed only there; decided together with the record."))
        .when(pl.col("conflict") == "true")
        .then(pl.lit("Changed only here; decided together with the record."))
        .when(pl.col("conflict") == "timestamp")
        .then(pl.lit("Both were saved, no field was changed in both."))
        .when(pl.col("rule").is_in(["origin-unknown", "not-coupled-yet"])).then(unknown)
        .otherwise("message")
    )  # fmt: skip
