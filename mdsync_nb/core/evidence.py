"""Evidence: which fields couple two companies best, and which records should make you stop.

Nothing here couples anything. It says what a criterion would do before it is chosen, and which
pairs are two firms under one number.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.core.asking import NOBODY
from mdsync_nb.core.coupling import outcomes
from mdsync_nb.core.folding import exported, letters_and_digits
from mdsync_nb.core.likeness import IDENTIFYING
from mdsync_nb.frames import TEXT, WHOLE, YES, Contract, conform, empty
from mdsync_nb.model import TableSchema

EVIDENCE: Contract = {
    "criterion": TEXT,
    "fields": pl.List(pl.String()),
    "records": WHOLE,
    "matched": WHOLE,
    "ambiguous": WHOLE,
    "unmatched": WHOLE,
    "taken": WHOLE,
    "contradicting": WHOLE,
    "share": pl.Float64(),
    "usable": YES,
}
"""What coupling by a criterion would do: one row a criterion, best first.

records: source records in the filter that have no counterpart yet = matched + ambiguous +
unmatched + taken. contradicting: matched pairs that are two firms. share: matched of records,
0 to 1. usable: something matched, no contradiction, and no more than 1 % ambiguous.
"""

CONTRADICTIONS: Contract = {
    "source_id": TEXT,
    "destination_id": TEXT,
    "fields": pl.List(pl.String()),
}
"""Pairs that are two firms, with the fields that say so."""

AMBIGUOUS_AT_MOST = 0.01


def evidence(
    source: pl.DataFrame,
    local: pl.DataFrame,
    proposals: Sequence[Sequence[str]],
    schema: TableSchema,
    *,
    rejected: pl.DataFrame = NOBODY,
) -> pl.DataFrame:
    """What coupling by each proposed criterion would do, best first (EVIDENCE).

    source, local, rejected: as for `coupling.match`, plus the fields of the proposals and the
    identifying ones. A proposal with a field that one side did not export is left out: nothing can
    be said of it. Best is usable, then most matched, fewest ambiguous, fewest contradictions; among
    equals the order of the proposals stays. Blanks count as the coupling itself counts them.
    Source: semantics.md 10 (MDM).
    """
    usable = [one for one in proposals if len(exported(one, source, local)) == len(one)]
    tried = list(zip(usable, outcomes(source, local, usable, schema, rejected), strict=True))
    matched = [one.filter(pl.col("outcome") == "match") for _, one in tried]
    there, here = _both_folded(matched, source, local, IDENTIFYING)
    found = [empty(EVIDENCE)]
    for (fields, one), pairs in zip(tried, matched, strict=True):
        found.append(_counted(one, fields, _two_firms(pairs, there, here).height))
    return pl.concat(found).sort(
        *("usable", "matched", "ambiguous", "contradicting"),
        descending=[True, True, False, False],
        maintain_order=True,
    )


def best_proposal(evidence: pl.DataFrame) -> tuple[str, ...] | None:
    """The fields to propose for coupling, or None when no criterion is safe and finds something.

    The criterion that couples most among those without contradiction and with at most 1 % of the
    records ambiguous.
    """
    good = evidence.filter("usable")
    return tuple(good["fields"][0]) if good.height else None


def contradictions(
    pairs: pl.DataFrame,
    source: pl.DataFrame,
    local: pl.DataFrame,
    fields: Sequence[str] = IDENTIFYING,
) -> pl.DataFrame:
    """The pairs that are two firms under one number, with the fields that say so (CONTRADICTIONS).

    pairs: source_id, destination_id. source, local: `_id` and the identifying fields as far as
    exported. At least two of them are filled on both sides, and every one that is differs; letters
    and digits alone count, whatever their case or accents. One that agrees is enough for one firm.
    Ours: the product couples such a pair without a word.
    """
    if pairs.is_empty():
        return empty(CONTRADICTIONS)
    return _two_firms(pairs, *_both_folded([pairs], source, local, fields))


def _counted(tried: pl.DataFrame, fields: Sequence[str], two_firms: int) -> pl.DataFrame:
    """One row of EVIDENCE from what a criterion found."""
    tried = tried.filter(pl.col("outcome") != "coupled")
    counted = tried.select(
        criterion=pl.lit(" + ".join(fields)),
        fields=pl.lit(list(fields)),
        records=pl.len().cast(pl.Int64),
        matched=(pl.col("outcome") == "match").sum(),
        **{name: (pl.col("outcome") == name).sum() for name in ("ambiguous", "unmatched", "taken")},
        contradicting=pl.lit(two_firms),
    )
    matched, records = pl.col("matched"), pl.col("records")
    few = pl.col("ambiguous") <= AMBIGUOUS_AT_MOST * records
    usable = few & (matched > 0) & (pl.col("contradicting") == 0)
    share = pl.when(records > 0).then(matched / records).otherwise(0.0)
    return conform(counted.with_columns(share=share, usable=usable), EVIDENCE)


def _two_firms(pairs: pl.DataFrame, there: pl.DataFrame, here: pl.DataFrame) -> pl.DataFrame:
    """The contradicting pairs, from folded records with the same fields on both sides."""
    known = [name for name in there.columns if name != "_id"]
    if not known:
        return empty(CONTRADICTIONS)
    both = (
        pairs.select("source_id", "destination_id")
        .join(there, left_on="source_id", right_on="_id")
        .join(here, left_on="destination_id", right_on="_id", suffix="=")
    )
    differs = {name: pl.col(name) != pl.col(f"{name}=") for name in known}
    named = [pl.when(unequal).then(pl.lit(name)) for name, unequal in differs.items()]
    found = both.with_columns(fields=pl.concat_list(named).list.drop_nulls())
    none_agrees = pl.all_horizontal([unequal.fill_null(True) for unequal in differs.values()])
    two_say_so = pl.col("fields").list.len() >= 2
    return conform(found.filter(none_agrees & two_say_so), CONTRADICTIONS)


def _both_folded(
    asked: Sequence[pl.DataFrame], source: pl.DataFrame, local: pl.DataFrame, fields: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records of the pairs asked for, folded: folding is dear, and most are in no pair."""
    known = exported(fields, source, local)
    return (
        _folded(source, known, [one["source_id"] for one in asked]),
        _folded(local, known, [one["destination_id"] for one in asked]),
    )


def _folded(
    records: pl.DataFrame, fields: Sequence[str], asked: Sequence[pl.Series]
) -> pl.DataFrame:
    ids = pl.concat([pl.Series([], dtype=pl.String), *asked])
    among = records.filter(pl.col("_id").is_in(ids.implode()))
    return among.select("_id", *[letters_and_digits(among[name]) for name in fields])
