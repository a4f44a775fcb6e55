"""Nearness: which records of the other company come near a record, and what speaks for the pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import polars as pl

from mdsync_nb.core.criteria import key_of, name_of
from mdsync_nb.core.folding import letters_and_digits, words
from mdsync_nb.core.likeness import DESCRIPTION, E_MAIL, NAME, NUMBERS, POST_CODE, TARIFF
from mdsync_nb.model import Field, FieldType, MatchField, TableSchema

Measure = Literal["words", "letters", "exact"]

BY_LETTERS = (*NUMBERS, POST_CODE, E_MAIL, TARIFF)
"""Texts that are one number or address, and have no words."""

WEIGHTS = {**dict.fromkeys((*NUMBERS, NAME, DESCRIPTION), 3.0), E_MAIL: 2.0}
"""How much a field counts; every other one counts 1."""

CLOSE = 0.8
"""From here on two values that are not the same may be one, written in two ways."""

ONE_SIDED = 0.5
"""How much of its weight a field keeps that only one of the two records fills; it is alike in
nothing."""

IN_ORDER = "sorted {}"
"""The column that holds the words of a field in order."""

LIKE = "like {}"
"""The column that holds the likeness of a field; it is not the name of any field."""

STEM, PAIRS_AT_ONCE = 4, 4_000_000
LOOKED_AT, MOST_LOOKED_AT, SLICE = 10, 200, 25_000


def measures(
    names: Sequence[str], there: pl.DataFrame, here: pl.DataFrame, schema: TableSchema
) -> dict[str, Measure]:
    """How the fields are compared, of those that both sides exported, in the order asked for."""
    known = [
        schema.by_name[name]
        for name in dict.fromkeys(names)
        if name in schema.by_name and name in there.columns and name in here.columns
    ]
    return {one.name: _measure(one) for one in known}


def _measure(field: Field) -> Measure:
    if field.name in BY_LETTERS or field.type is FieldType.CODE:
        return "letters"
    return "words" if field.type is FieldType.TEXT else "exact"


AS_COMPARED: dict[Measure, Callable[[pl.Series], pl.Expr]] = {
    "words": words,
    "letters": letters_and_digits,
    "exact": lambda column: pl.col(column.name).cast(pl.String),
}


def folded(records: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """The records as they are compared: `nth`, the fields, and of names their words in order."""
    columns = [AS_COMPARED[how](records[name]) for name, how in measures.items()]
    in_order = [
        pl.col(name).str.split(" ").list.sort().list.join(" ").alias(IN_ORDER.format(name))
        for name, how in measures.items()
        if how == "words"
    ]
    found = records.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("nth"), *columns)
    return found.with_columns(in_order)


def that_come_near(
    there: pl.DataFrame, here: pl.DataFrame, measures: Mapping[str, Measure]
) -> Iterator[pl.DataFrame]:
    """Pairs that are worth a comparison, a slice of records at a time: `there`, `here`.

    there, here: as `folded` gives them. They share a value, a word or the beginning of one that
    few records have; the rarer it is, the more it says. What so many share that it says nothing
    is not looked at.
    """
    if not measures:
        return
    known = _marks(here, measures)
    often = known.group_by("mark").len()
    for part in there.iter_slices(SLICE):
        asked = _marks(part, measures)
        at_most = max(PAIRS_AT_ONCE // max(asked.height, 1), LOOKED_AT)
        rare = often.filter(pl.col("len") <= at_most)
        says = rare.select("mark", says=(here.height / pl.col("len") + 1).log())
        kept = min(max(PAIRS_AT_ONCE // 16 // max(part.height, 1), LOOKED_AT), MOST_LOOKED_AT)
        yield (
            asked.join(says, on="mark")
            .rename({"nth": "there"})
            .join(known.rename({"nth": "here"}), on="mark")
            .group_by("there", "here")
            .agg(pl.col("says").sum())
            .sort("there", "says", "here", descending=[False, True, False])
            .group_by("there", maintain_order=True)
            .agg(pl.col("here").head(kept))
            .explode("here")
        )


def _marks(records: pl.DataFrame, measures: Mapping[str, Measure]) -> pl.DataFrame:
    """What records may be found by: `nth`, `mark`, each once."""
    found = [records.select("nth", mark=_mark(name, pl.col(name))) for name in measures]
    for name in (name for name, how in measures.items() if how == "words"):
        each = records.select("nth", word=pl.col(name).str.split(" ")).explode("word")
        each = each.filter(pl.col("word").str.len_chars() > 1)
        stem = pl.col("word").str.head(STEM)
        found.append(each.select("nth", mark=_mark(f"{name} word", pl.col("word"))))
        found.append(each.select("nth", mark=_mark(f"{name} stem", stem)))
    return pl.concat(found).drop_nulls().unique()


def _mark(kind: str, value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_not_null()).then(pl.concat_str(pl.lit(f"{kind} "), value).hash())


def similarity(
    pairs: pl.DataFrame, there: pl.DataFrame, here: pl.DataFrame, names: Sequence[str]
) -> pl.Series:
    """How alike the records of pairs are, 0 to 1: the mean of their fields by weight.

    pairs: `there`, `here`, and the likeness of each field, null where a side is blank. there, here:
    as `folded` gives them. A field that is blank on both sides counts for nothing, one that only
    one side fills counts half and is alike in nothing. Null where no field is filled.
    """
    alike, whole = pl.lit(0.0), pl.lit(0.0)
    filled = pairs
    for n, name in enumerate(names):
        sides = (there[name].gather(pairs["there"]), here[name].gather(pairs["here"]))
        one_sided = sides[0].is_null() != sides[1].is_null()
        filled = filled.with_columns(one_sided.alias(f"one-sided {n}"))
        weight = WEIGHTS.get(name, 1.0)
        counts = pl.col(name).is_not_null() + pl.col(f"one-sided {n}") * ONE_SIDED
        alike, whole = alike + pl.col(name).fill_null(0) * weight, whole + counts * weight
    shown = pl.when(whole > 0).then(alike / whole)
    return filled.with_columns(shown.alias("similarity"))["similarity"]


def says(name: str) -> pl.Expr:
    """What the likeness of a field says: agree, close, contradict or blank."""
    alike = pl.col(LIKE.format(name))
    return (
        pl.when(alike.is_null()).then(pl.lit("blank"))
        .when(alike == 1).then(pl.lit("agree"))
        .when(alike >= CLOSE).then(pl.lit("close"))
        .otherwise(pl.lit("contradict"))
    )  # fmt: skip


def fields_that(word: str, names: Iterable[str]) -> pl.Expr:
    """The fields that say this, in their order, as a list."""
    each = [pl.when(says(name) == word).then(pl.lit(name)) for name in names]
    nothing = pl.lit(None, dtype=pl.String)  # a list of no fields is a list all the same
    return pl.concat_list(nothing, *each).list.drop_nulls().alias(word)


def found_by(
    pairs: pl.DataFrame,
    there: pl.DataFrame,
    here: pl.DataFrame,
    criteria: Sequence[MatchField],
    schema: TableSchema,
) -> pl.Series:
    """Whether pairs (`there`, `here`) are the same in every criterion, as coupling compares them;
    null without criteria."""
    if not criteria:
        return pl.repeat(None, pairs.height, dtype=pl.Boolean, eager=True)
    same = []
    for one in criteria:
        field = schema.by_name[one.field]
        a, b = (
            side.select(key_of(field, one.case_sensitive))[name_of(field)].gather(pairs[at])
            for side, at in ((there, "there"), (here, "here"))
        )
        same.append(a.eq_missing(b).alias(one.field))
    return pl.DataFrame(same).select(pl.all_horizontal(pl.all())).to_series()
