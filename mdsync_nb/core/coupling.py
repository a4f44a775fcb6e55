"""Match-based coupling: which records of two companies are the same, by the fields people chose.

The product's rules for master data (semantics.md 10): source records come in the order of their
key, and each looks for exactly one record in the local filter. Criteria are asked in groups by
priority; conditions accumulate, so a later group narrows an earlier one and what an earlier group
did not find stays not found. Two things are ours: `*` and `?` in a value are letters, not
wildcards, and every record that was not coupled is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.core.asking import (
    NOBODY,
    SHOWN,
    asked_by_what_is_filled,
    asked_in_groups,
    most_of,
)
from mdsync_nb.core.criteria import key_of, name_of, refuse_unexported, refuse_unusable
from mdsync_nb.frames import MATCHES, OUTCOMES, conform
from mdsync_nb.model import Field, MatchField, TableSchema

EVERY = ("match", "ambiguous", "taken", "contradicting", "unmatched", "coupled")
"""The outcomes of a record, in the order in which people look at them."""


def match(
    source: pl.DataFrame,
    local: pl.DataFrame,
    criteria: Sequence[MatchField],
    schema: TableSchema,
    *,
    mapping: str = "",
    proposals: Sequence[Sequence[str]] = (),
    blank_asks: bool = True,
    sides: tuple[str, str] = ("the source company", "the subsidiary"),
    rejected: pl.DataFrame = NOBODY,
) -> pl.DataFrame:
    """Which source records find exactly one counterpart, and why the others do not.

    source, local: one row a record with `_id`, `_key` (primary key as text, gives the order),
    `_coupled` (has a counterpart already), `_in_filter`, and the fields of the criteria. Gives
    `frames.MATCHES`, one row a source record in the filter, in key order.

    Text is compared whatever its case unless `case_sensitive`, everything else exactly; codes are
    in capitals. A blank equals a blank and counts as a condition, also when nothing else is asked:
    one blank on either side is a pair. Coupled local records still count as candidates. Of two
    source records that find the same one the first takes it. `proposals` only serve the hint.
    blank_asks: as said of blanks; without it a blank is no condition, as with Dataverse, and a
    record that is blank in all of them finds nothing. sides: what the two companies are called.
    rejected: REJECTED; such a record is neither found nor counted.

    Raises UsageError when no field is chosen, one is chosen twice or was not exported, UnknownName
    for a field the table lacks. Source: semantics.md 10, cases MB-006, MB-009 to MB-011, EX-016.
    """
    refuse_unusable(criteria, schema, mapping, proposals)
    refuse_unexported(criteria, dict(zip(sides, (source, local), strict=True)), mapping)
    there, here = _in_order(source), _in_order(local)
    found = _found(there, here, criteria, schema, blank_asks=blank_asks, rejected=rejected)
    named = found.with_columns(mapping=pl.lit(mapping))
    return conform(named, MATCHES).sort("key", "source_id").collect()


def outcomes(
    source: pl.DataFrame,
    local: pl.DataFrame,
    proposals: Sequence[Sequence[str]],
    schema: TableSchema,
    rejected: pl.DataFrame = NOBODY,
) -> list[pl.DataFrame]:
    """What `match` would make of each record by each proposal, without the words.

    source, local, rejected: as for `match`. Gives a frame a proposal: `source_id`,
    `destination_id`, `outcome`, in no order.
    """
    asked = [[MatchField(field=name) for name in fields] for fields in proposals]
    told = ("source_id", "destination_id", "outcome")
    there, here = _in_order(source), _in_order(local)
    found = [_found(there, here, one, schema, rejected=rejected) for one in asked]
    return pl.collect_all([one.select(told) for one in found])


def that_meet(
    source: pl.DataFrame,
    local: pl.DataFrame,
    proposals: Sequence[Sequence[str]],
    schema: TableSchema,
    rejected: pl.DataFrame = NOBODY,
) -> list[Sequence[str]]:
    """The proposals that may match anything: every field holds a value both sides have, and one
    that stands alone such a value that only one local record has, besides those rejected.

    source, local, rejected: as for `match`. A field that a side did not export meets nothing. Most
    records without a counterpart are in one company only: that is quickly seen from a field at a
    time.
    """
    fields = dict.fromkeys(name for one in proposals for name in one)
    known = [name for name in fields if name in source.columns and name in local.columns]
    there = source.lazy().filter(pl.col("_in_filter") & ~pl.col("_coupled"))
    here = local.lazy().filter("_in_filter")
    fewest = [_fewest(there, here, schema.by_name[name]) for name in known]
    met = {
        name: one.item()
        for name, one in zip(known, pl.collect_all(fewest), strict=True)
        if one.item() is not None
    }
    few = 1 + most_of(rejected)
    return [
        one for one in proposals if met.keys() >= set(one) and (len(one) > 1 or met[one[0]] <= few)
    ]


def told_by_outcome(matches: pl.DataFrame) -> pl.DataFrame:
    """How many records have each outcome, also none, with the first of them (`frames.OUTCOMES`).

    matches: `frames.MATCHES`.
    """
    found = matches.group_by("outcome").agg(
        records=pl.len(),
        blank=pl.col("blank").sum(),
        reason=pl.col("reason").first(),
        examples=pl.col("key").head(SHOWN),
    )
    every = pl.DataFrame({"outcome": EVERY}).join(
        found, on="outcome", maintain_order="left", how="left"
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    return conform(
        every.with_columns(
            pl.col("records", "blank").fill_null(0), pl.col("examples").fill_null(none)
        ),
        OUTCOMES,
    )


def _fewest(there: pl.LazyFrame, here: pl.LazyFrame, field: Field) -> pl.LazyFrame:
    """The fewest local records that share a value some source record has; null without any."""
    key = key_of(field, case_sensitive=False)
    asked = there.select(key).unique()
    return (
        here.select(key)
        .join(asked, on=name_of(field), how="semi", nulls_equal=True)
        .group_by(name_of(field))
        .len()
        .select(pl.col("len").min())
    )


def _in_order(records: pl.DataFrame) -> pl.LazyFrame:
    """Records in the order of their keys, with their place in it: `_nth`."""
    return records.sort("_key", "_id").with_row_index("_nth").lazy()


def _found(
    source: pl.LazyFrame,
    local: pl.LazyFrame,
    criteria: Sequence[MatchField],
    schema: TableSchema,
    *,
    blank_asks: bool = True,
    rejected: pl.DataFrame = NOBODY,
) -> pl.LazyFrame:
    looked_at = source.filter("_in_filter")
    open_, candidates = looked_at.filter(~pl.col("_coupled")), local.filter("_in_filter")
    decided = (
        asked_in_groups(open_, candidates, criteria, schema, rejected)
        if blank_asks
        else asked_by_what_is_filled(open_, candidates, criteria, schema, rejected)
    )
    before = looked_at.filter("_coupled").select(
        "_id", "_key", outcome=pl.lit("coupled"), reason=pl.lit("already coupled")
    )
    found = pl.concat([_first_come_first_served(decided), before], how="diagonal_relaxed")
    return found.rename({"_id": "source_id", "_key": "key"})


def _first_come_first_served(decided: pl.LazyFrame) -> pl.LazyFrame:
    """Give each local record to the first source record in key order that finds it alone."""
    alone = pl.col("count") == 1
    found = decided.with_columns(destination_id=pl.when(alone).then("only_id"))
    first = pl.col("_nth") == pl.col("_nth").filter(alone).min().over("only")
    taker = pl.col("_key").filter(alone).sort_by(pl.col("_nth").filter(alone)).first().over("only")
    by_another = pl.lit("the one that matches is already coupled with another record")
    by_first = pl.concat_str(
        pl.lit("the one that matches was taken by "), taker, pl.lit(", which comes first")
    )
    return found.with_columns(
        outcome=pl.when(alone & pl.col("free") & first)
        .then(pl.lit("match"))
        .when(alone)
        .then(pl.lit("taken"))
        .otherwise("outcome"),
        reason=pl.when(alone & ~pl.col("free"))
        .then(by_another)
        .when(alone & ~first)
        .then(by_first)
        .otherwise("reason"),
    )
