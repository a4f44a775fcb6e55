"""Asking: which local records a source record still finds, group by group of criteria.

A pair that a person rejected is not there: for that source record the local one is neither found
nor counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import polars as pl

from mdsync_nb.core.criteria import blank_of, in_words, key_of, name_of, says_blank
from mdsync_nb.frames import TEXT, Contract, empty
from mdsync_nb.model import Field, MatchField, TableSchema

SHOWN = 5
"""How many candidates of a record are kept; the rest is only counted."""

CANDIDATES = {"candidates": "_id", "candidate_keys": "_key"}
"""What is kept of them, and from which column."""

KEPT = (*CANDIDATES, "records", "blank")
"""What a group of criteria takes over from the one before."""

REJECTED: Contract = {"source_id": TEXT, "destination_id": TEXT}
"""Pairs that a person rejected: for each other, these two records are not there."""

NOBODY = empty(REJECTED)


def most_of(rejected: pl.DataFrame) -> int:
    """How many pairs of one source record were rejected, at most."""
    most = rejected.group_by("source_id").len()["len"].max()
    return int(str(most or 0))


def asked_in_groups(
    source: pl.LazyFrame,
    local: pl.LazyFrame,
    criteria: Sequence[MatchField],
    schema: TableSchema,
    rejected: pl.DataFrame,
) -> pl.LazyFrame:
    """Every source record as the group decides it that first finds one counterpart or none.

    A group that finds several leaves the record to the next, which narrows; the last one decides.
    """
    ordered = sorted(criteria, key=lambda one: one.priority)
    keys = [key_of(schema.by_name[one.field], one.case_sensitive) for one in ordered]
    none = dict.fromkeys(CANDIDATES, pl.lit([], dtype=pl.List(pl.String)))
    open_ = source.select("_nth", "_id", "_key", *keys, **none, records=pl.lit(0, pl.Int64))
    fields = [schema.by_name[one.field] for one in ordered]
    open_ = open_.with_columns(blank=pl.all_horizontal([says_blank(one) for one in fields]))
    there = local.select("_nth", "_id", "_key", "_coupled", *keys)
    decided: list[pl.LazyFrame] = []
    asked: list[Field] = []
    for priority, group in groupby(ordered, key=lambda one: one.priority):
        new = [schema.by_name[one.field] for one in group]
        open_ = open_.select("_nth", "_id", "_key", *map(name_of, fields), *KEPT)
        found = _narrowed(open_, there, (asked, new), rejected)
        found = found.with_columns(priority=pl.lit(priority))
        decided.append(found.filter(pl.col("count") <= 1))
        open_ = found.filter(pl.col("count") > 1)
        asked += new
    return pl.concat([*decided, open_], how="vertical")


def asked_by_what_is_filled(
    source: pl.LazyFrame,
    local: pl.LazyFrame,
    criteria: Sequence[MatchField],
    schema: TableSchema,
    rejected: pl.DataFrame,
) -> pl.LazyFrame:
    """Every source record as decided by the criteria it has a value for."""
    blank = [
        blank_of(schema.by_name[one.field]).alias(f"blank {n}") for n, one in enumerate(criteria)
    ]
    marks = [f"blank {n}" for n in range(len(criteria))]
    marked = source.with_columns(blank).collect()
    never = marked.filter(pl.all_horizontal(marks)).lazy()
    fields = in_words([one.field for one in criteria])
    parts = [
        asked_in_groups(never, local, criteria, schema, rejected).with_columns(
            outcome=pl.lit("unmatched"), reason=pl.lit(f"it is blank in {fields}"),
            count=pl.lit(0, dtype=pl.Int64), only=pl.lit(None, dtype=pl.UInt32),
        )
    ]  # fmt: skip
    for pattern, records in marked.filter(~pl.all_horizontal(marks)).group_by(marks):
        asked = [one for one, is_blank in zip(criteria, pattern, strict=True) if not is_blank]
        parts.append(asked_in_groups(records.lazy(), local, asked, schema, rejected))
    return pl.concat(parts, how="diagonal_relaxed")


def _narrowed(
    open_: pl.LazyFrame,
    local: pl.LazyFrame,
    groups: tuple[list[Field], list[Field]],
    rejected: pl.DataFrame,
) -> pl.LazyFrame:
    """How many local records each open one still finds when the new fields must agree as well.

    groups: (fields asked before, new fields). Adds count, free (none of them is coupled), outcome
    and reason. The candidates and records stay those of the group before when this one finds none:
    they are what a person looks at.
    """
    names = [name_of(field) for group in groups for field in group]
    most = most_of(rejected)
    found = local.group_by(names).agg(
        pl.col("_nth", "_id", "_key").head(SHOWN + most),
        now=pl.len().cast(pl.Int64),
        coupled=pl.col("_coupled").sum().cast(pl.Int64),
    )
    counted = open_.join(found, on=names, how="left", nulls_equal=True, suffix="+")
    counted = counted.with_columns(lost=pl.lit(0, pl.Int64))
    if most:
        counted = _less_rejected(counted, local, names, rejected.lazy())
    count = pl.col("now").fill_null(0)
    return (
        counted.with_columns(count=count)
        .with_columns(
            **{
                name: pl.coalesce(pl.col(f"{of}+").list.head(SHOWN), name)
                for name, of in CANDIDATES.items()
            },
            records=pl.coalesce("now", "records"),
            only=pl.col("_nth+").list.first(),
            only_id=pl.col("_id+").list.first(),
            free=pl.col("coupled") == 0,
            outcome=pl.when(count == 0).then(pl.lit("unmatched")).otherwise(pl.lit("ambiguous")),
            reason=_reason(*groups),
        )
        .drop("now", "coupled", "lost", "_nth+", "_id+", "_key+")
    )


def _less_rejected(
    counted: pl.LazyFrame, local: pl.LazyFrame, names: list[str], rejected: pl.LazyFrame
) -> pl.LazyFrame:
    """What records find without those that were rejected as theirs; `lost` is how many these were.

    Only as many candidates are looked at as are shown, and as many more as one record may lose.
    """
    asked = rejected.rename({"source_id": "_id"})
    mine = counted.join(asked, on="_id", how="semi")
    lost = (
        mine.select("_nth", "_id", *names)
        .join(asked, on="_id")
        .join(local, left_on=["destination_id", *names], right_on=["_id", *names], nulls_equal=True)
        .group_by("_nth")
        .agg(lost=pl.len().cast(pl.Int64), gone=pl.col("_coupled").sum().cast(pl.Int64))
    )
    lists = ["_nth+", "_id+", "_key+"]
    left = (
        mine.select("_nth", "_id", *lists)
        .explode(lists)
        .drop_nulls("_id+")
        .join(asked, left_on=["_id", "_id+"], right_on=["_id", "destination_id"], how="anti",
              maintain_order="left")
        .group_by("_nth", maintain_order=True)
        .agg(lists)
    )  # fmt: skip
    less = (
        mine.drop("lost", *lists)
        .join(left, on="_nth", how="left")
        .join(lost, on="_nth", how="left")
        .with_columns(pl.col("lost", "gone").fill_null(0))
        .with_columns(
            now=pl.col("now") - pl.col("lost"), coupled=pl.col("coupled") - pl.col("gone")
        )
        .with_columns(now=pl.when(pl.col("now") > 0).then("now"))
    )
    rest = counted.join(asked, on="_id", how="anti")
    return pl.concat([rest, less.select(counted.collect_schema().names())])


def _reason(asked: list[Field], new: list[Field]) -> pl.Expr:
    """What a group found, in words; where all that is compared is blank, it says so."""
    both = [*asked, *new]
    words, count = in_words([one.name for one in both]), pl.col("count")
    blank = pl.all_horizontal([says_blank(field) for field in both])
    same = (
        pl.when(blank).then(pl.lit(f"a blank {words} too")).otherwise(pl.lit(f"the same {words}"))
    )
    several = pl.concat_str(count, pl.lit(" records have "))
    has = pl.when(count == 1).then(pl.lit("only one record has ")).otherwise(several)
    earlier, later = in_words([one.name for one in asked]), in_words([one.name for one in new])
    lost = f" records have the same {earlier}, but none of them the same {later}"
    none = pl.concat_str("records", pl.lit(lost)) if asked else pl.lit("no record has ") + same
    said = pl.when(count == 0).then(none).otherwise(pl.concat_str(has, same))
    return pl.concat_str(said, _besides())


def _besides() -> pl.Expr:
    """What is said of records that were rejected."""
    lost = pl.col("lost")
    were = (
        pl.when(lost == 1)
        .then(pl.lit(" that was rejected"))
        .otherwise(pl.lit(" that were rejected"))
    )
    return pl.when(lost > 0).then(pl.format(", besides {}{}", lost, were)).otherwise(pl.lit(""))
