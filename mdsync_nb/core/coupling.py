"""Match-based coupling: which records of two companies are the same, by the fields people chose.

The product's rules for master data (semantics.md 10): source records come in the order of their
key, and each looks for exactly one record in the local filter. Criteria are asked in groups by
priority; conditions accumulate, so a later group narrows an earlier one and what an earlier group
did not find stays not found. Two things are ours: `*` and `?` in a value are letters, not
wildcards, and every record that was not coupled is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import polars as pl

from mdsync_nb.core.filter_values import is_text, meant
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.frames import MATCHES, conform
from mdsync_nb.model import Field, FieldType, MatchField, TableSchema

SHOWN = 5
"""How many candidates of a record are kept; the rest is only counted."""

CANDIDATES = {"candidates": "_id", "candidate_keys": "_key"}
"""What is kept of them, and from which column."""


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

    Raises UsageError when no field is chosen, one is chosen twice or was not exported, UnknownName
    for a field the table lacks. Source: semantics.md 10, cases MB-006, MB-009 to MB-011, EX-016.
    """
    _refuse_unusable(criteria, schema, mapping, proposals)
    _refuse_unexported(criteria, dict(zip(sides, (source, local), strict=True)), mapping)
    found = _found(_in_order(source), _in_order(local), criteria, schema, blank_asks=blank_asks)
    named = found.with_columns(mapping=pl.lit(mapping))
    return conform(named, MATCHES).sort("key", "source_id").collect()


def outcomes(
    source: pl.DataFrame,
    local: pl.DataFrame,
    proposals: Sequence[Sequence[str]],
    schema: TableSchema,
) -> list[pl.DataFrame]:
    """What `match` would make of each record by each proposal, without the words.

    source, local: as for `match`. Gives a frame a proposal: `source_id`, `destination_id`,
    `outcome`, in no order.
    """
    asked = [[MatchField(field=name) for name in fields] for fields in proposals]
    told = ("source_id", "destination_id", "outcome")
    there, here = _in_order(source), _in_order(local)
    return pl.collect_all([_found(there, here, one, schema).select(told) for one in asked])


def that_meet(
    source: pl.DataFrame,
    local: pl.DataFrame,
    proposals: Sequence[Sequence[str]],
    schema: TableSchema,
) -> list[Sequence[str]]:
    """The proposals that may match anything: every field holds a value both sides have, and one
    that stands alone such a value that only one local record has.

    source, local: as for `match`. A field that a side did not export meets nothing. Most records
    without a counterpart are in one company only: that is quickly seen from a field at a time.
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
    return [
        one for one in proposals if met.keys() >= set(one) and (len(one) > 1 or met[one[0]] == 1)
    ]


def _fewest(there: pl.LazyFrame, here: pl.LazyFrame, field: Field) -> pl.LazyFrame:
    """The fewest local records that share a value some source record has; null without any."""
    key = _key(field, case_sensitive=False)
    asked = there.select(key).unique()
    return (
        here.select(key)
        .join(asked, on=_name(field), how="semi", nulls_equal=True)
        .group_by(_name(field))
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
) -> pl.LazyFrame:
    looked_at = source.filter("_in_filter")
    open_, candidates = looked_at.filter(~pl.col("_coupled")), local.filter("_in_filter")
    decided = (
        _asked_in_groups(open_, candidates, criteria, schema)
        if blank_asks
        else _asked_by_what_is_filled(open_, candidates, criteria, schema)
    )
    before = looked_at.filter("_coupled").select(
        "_id", "_key", outcome=pl.lit("coupled"), reason=pl.lit("already coupled")
    )
    found = pl.concat([_first_come_first_served(decided), before], how="diagonal_relaxed")
    return found.rename({"_id": "source_id", "_key": "key"})


def in_words(fields: Sequence[str]) -> str:
    """The fields as a sentence names them: "VAT Registration No., Name and Post Code"."""
    return " and ".join([", ".join(fields[:-1]), fields[-1]] if len(fields) > 1 else fields)


def _refuse_unusable(
    criteria: Sequence[MatchField],
    schema: TableSchema,
    mapping: str,
    proposals: Sequence[Sequence[str]],
) -> None:
    of = mapping or schema.table
    if not criteria:
        usual = "; ".join(" + ".join(fields) for fields in proposals)
        raise UsageError(
            f"You must say which fields of {of} are compared to couple its records.",
            hint=f"Set `match` of {of}" + (f"; try one of: {usual}." if usual else "."),
        )
    names = [one.field for one in criteria]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(
            f"{of} compares {twice} twice.", hint=f"Leave one of them in `match` of {of}."
        )
    for name in names:
        if name not in schema.by_name:
            raise UnknownName(f"field of {schema.table}", name, tuple(schema.by_name))


def _refuse_unexported(
    criteria: Sequence[MatchField], sides: Mapping[str, pl.DataFrame], of: str
) -> None:
    for one in criteria:
        without = [side for side, frame in sides.items() if one.field not in frame.columns]
        if without:
            raise UsageError(
                f"{of} compares {one.field}, which {' and '.join(without)} did not export.",
                hint=f"Ask for an export with {one.field}, or choose another field.",
            )


def _asked_in_groups(
    source: pl.LazyFrame, local: pl.LazyFrame, criteria: Sequence[MatchField], schema: TableSchema
) -> pl.LazyFrame:
    """Every source record as the group decides it that first finds one counterpart or none.

    A group that finds several leaves the record to the next, which narrows; the last one decides.
    """
    ordered = sorted(criteria, key=lambda one: one.priority)
    keys = [_key(schema.by_name[one.field], one.case_sensitive) for one in ordered]
    none = dict.fromkeys(CANDIDATES, pl.lit([], dtype=pl.List(pl.String)))
    open_ = source.select("_nth", "_id", "_key", *keys, **none, records=pl.lit(0, pl.Int64))
    there = local.select("_nth", "_id", "_key", "_coupled", *keys)
    names = [_name(schema.by_name[one.field]) for one in ordered]
    decided: list[pl.LazyFrame] = []
    asked: list[Field] = []
    for priority, group in groupby(ordered, key=lambda one: one.priority):
        new = [schema.by_name[one.field] for one in group]
        open_ = open_.drop("count", "only", "only_id", "free", strict=False)
        found = _narrowed(open_, there, asked, new, names)
        found = found.with_columns(priority=pl.lit(priority))
        decided.append(found.filter(pl.col("count") <= 1))
        open_ = found.filter(pl.col("count") > 1)
        asked += new
    return pl.concat([*decided, open_], how="vertical")


def _asked_by_what_is_filled(
    source: pl.LazyFrame, local: pl.LazyFrame, criteria: Sequence[MatchField], schema: TableSchema
) -> pl.LazyFrame:
    """Every source record as decided by the criteria it has a value for."""
    blank = [
        _blank(schema.by_name[one.field]).alias(f"blank {n}") for n, one in enumerate(criteria)
    ]
    marks = [f"blank {n}" for n in range(len(criteria))]
    marked = source.with_columns(blank).collect()
    never = marked.filter(pl.all_horizontal(marks)).lazy()
    fields = in_words([one.field for one in criteria])
    parts = [
        _asked_in_groups(never, local, criteria, schema).with_columns(
            outcome=pl.lit("unmatched"), reason=pl.lit(f"it is blank in {fields}"),
            count=pl.lit(0, dtype=pl.Int64), only=pl.lit(None, dtype=pl.UInt32),
        )
    ]  # fmt: skip
    for pattern, records in marked.filter(~pl.all_horizontal(marks)).group_by(marks):
        asked = [one for one, is_blank in zip(criteria, pattern, strict=True) if not is_blank]
        parts.append(_asked_in_groups(records.lazy(), local, asked, schema))
    return pl.concat(parts, how="diagonal_relaxed")


def _narrowed(
    open_: pl.LazyFrame,
    local: pl.LazyFrame,
    asked: list[Field],
    new: list[Field],
    compared: Sequence[str],
) -> pl.LazyFrame:
    """How many local records each open one still finds when the new fields must agree as well.

    Adds count, free (none of them is coupled), outcome and reason. The candidates and records stay
    those of the group before when this one finds none: they are what a person looks at.
    """
    names = [_name(field) for field in (*asked, *new)]
    found = local.group_by(names).agg(
        pl.col("_id", "_key").head(SHOWN),
        now=pl.len().cast(pl.Int64),
        only=pl.col("_nth").first(),
        only_id=pl.col("_id").first(),
        free=~pl.col("_coupled").any(),
    )
    counted = open_.join(found, on=names, how="left", nulls_equal=True, suffix="+")
    return counted.with_columns(count=pl.col("now").fill_null(0)).select(
        *("_nth", "_id", "_key", *compared),
        **{name: pl.coalesce(f"{of}+", name) for name, of in CANDIDATES.items()},
        records=pl.coalesce("now", "records"),
        count="count",
        only="only",
        only_id="only_id",
        free="free",
        outcome=pl.when(pl.col("count") == 0)
        .then(pl.lit("unmatched"))
        .otherwise(pl.lit("ambiguous")),
        reason=_reason(asked, new),
    )


def _reason(asked: list[Field], new: list[Field]) -> pl.Expr:
    """What a group found, in words; where all that is compared is blank, it says so."""
    both = [*asked, *new]
    words, count = in_words([one.name for one in both]), pl.col("count")
    blank = pl.all_horizontal([_is_blank(field) for field in both])
    same = (
        pl.when(blank).then(pl.lit(f"a blank {words} too")).otherwise(pl.lit(f"the same {words}"))
    )
    several = pl.concat_str(count, pl.lit(" records have "))
    has = pl.when(count == 1).then(pl.lit("only one record has ")).otherwise(several)
    earlier, later = in_words([one.name for one in asked]), in_words([one.name for one in new])
    lost = f" records have the same {earlier}, but none of them the same {later}"
    none = pl.concat_str("records", pl.lit(lost)) if asked else pl.lit("no record has ") + same
    return pl.when(count == 0).then(none).otherwise(pl.concat_str(has, same))


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


def _key(field: Field, case_sensitive: bool) -> pl.Expr:
    """The column as coupling compares it; under a name no field has."""
    value = meant(field, field.name)
    if field.type is FieldType.TEXT and not case_sensitive:
        value = value.str.to_lowercase()
    return value.alias(_name(field))


def _is_blank(field: Field) -> pl.Expr:
    key = pl.col(_name(field))
    return key == "" if is_text(field) else key.is_null()


def _blank(field: Field) -> pl.Expr:
    value = meant(field, field.name)
    return value == "" if is_text(field) else value.is_null()


def _name(field: Field) -> str:
    return f"={field.name}"
