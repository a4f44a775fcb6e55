"""Evidence: which fields couple two companies best, and which records should make you stop.

Nothing here couples anything. It says what a criterion would do before it is chosen, which pairs
are two firms under one number, and which new records look like one that is already there.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.core.coupling import in_words, outcomes
from mdsync_nb.frames import TEXT, WHOLE, YES, Contract, conform, empty
from mdsync_nb.model import TableSchema

VAT, REGISTRATION, GLN = "VAT Registration No.", "Registration Number", "GLN"
NAME, POST_CODE, E_MAIL = "Name", "Post Code", "E-Mail"
IDENTIFYING = (VAT, REGISTRATION, GLN, NAME, POST_CODE, E_MAIL)
"""The fields by which people know a firm; used as far as both sides exported them."""

DESCRIPTION, TARIFF = "Description", "Tariff No."
ALIKE = (*IDENTIFYING, DESCRIPTION, TARIFF)
"""The fields by which a record may be recognised: those of a firm, and those of an item."""

SAID = {
    VAT: "VAT number",
    REGISTRATION: "registration number",
    GLN: "GLN",
    NAME: "name",
    POST_CODE: "post code",
    E_MAIL: "e-mail",
    DESCRIPTION: "description",
    TARIFF: "tariff number",
}

NUMBERS = (VAT, REGISTRATION, GLN)
LADDER: tuple[tuple[str, ...], ...] = (
    *((number, NAME, POST_CODE) for number in NUMBERS),
    *((number, NAME) for number in NUMBERS),
    *((number, POST_CODE) for number in NUMBERS),
    *((number,) for number in NUMBERS),
    (NAME, POST_CODE, E_MAIL),
    (NAME, POST_CODE),
    (NAME, E_MAIL),
    (E_MAIL,),
    (DESCRIPTION, TARIFF),
)
"""What two records must share to look alike, strongest first. A number is enough by itself."""

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

LOOK_ALIKES: Contract = {
    "source_id": TEXT,
    "destination_id": TEXT,
    "key": TEXT,
    "destination_key": TEXT,
    "reason": TEXT,
    "fields": pl.List(pl.String()),
    "strength": WHOLE,
}
"""Records about to be created that look like an existing one: one row a source record, and one a
local record. strength is the position in LADDER, 0 the strongest."""

AMBIGUOUS_AT_MOST = 0.01
NEITHER_LETTER_NOR_DIGIT = r"(?:[^\p{L}\p{M}\p{N}]|[\x{0300}-\x{036F}])+"


def evidence(
    source: pl.DataFrame,
    local: pl.DataFrame,
    proposals: Sequence[Sequence[str]],
    schema: TableSchema,
    contradicting: Sequence[str] = IDENTIFYING,
) -> pl.DataFrame:
    """What coupling by each proposed criterion would do, best first (EVIDENCE).

    source, local: as for `coupling.match`, plus the fields of the proposals and the identifying
    ones. A proposal with a field that one side did not export is left out: nothing can be said of
    it. Best is usable, then most matched, fewest ambiguous, fewest contradictions; among equals the
    order of the proposals stays. Blanks count as the coupling itself counts them.
    Source: semantics.md 10 (MDM).
    """
    usable = [one for one in proposals if len(_exported(one, source, local)) == len(one)]
    tried = list(zip(usable, outcomes(source, local, usable, schema), strict=True))
    matched = [one.filter(pl.col("outcome") == "match") for _, one in tried]
    there, here = _both_folded(matched, source, local, contradicting)
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


def look_alikes(
    source: pl.DataFrame, local: pl.DataFrame, schema: TableSchema, *, taken: pl.DataFrame
) -> pl.DataFrame:
    """The source records without counterpart that are probably there already (LOOK_ALIKES).

    source, local: as for `coupling.match`, with the identifying fields as far as exported. taken:
    source_id and destination_id of pairs found elsewhere; both leave the search, as do coupled
    records. Source records outside the filter are left out, local ones are not: what is blocked
    here is there all the same. Alike are the same VAT number, registration number or GLN, or the
    same name with post code or e-mail; blanks are like nothing; letters and digits alone count.
    Each record is in one pair, the strongest; among equals the first in key order goes first.
    Ours: the product creates the record, and somebody merges the two later.
    """
    usable = [name for name in _exported(ALIKE, source, local) if name in schema.by_name]
    there = _left_over(source.filter("_in_filter"), usable, taken["source_id"])
    here = _left_over(local, usable, taken["destination_id"])
    shared = {name for name in usable if _meet(there[name], here[name])}
    rungs = [rung for rung in enumerate(LADDER) if shared.issuperset(rung[1])]
    there, here = (one.sort("_key", "_id") if rungs else one for one in (there, here))
    found = [empty(LOOK_ALIKES)]
    for strength, fields in rungs:
        pairs = _first_with_first(there, here, fields).with_columns(
            reason=pl.lit("same " + in_words([SAID[name] for name in fields])),
            fields=pl.lit(list(fields)),
            strength=pl.lit(strength),
        )
        found.append(conform(pairs, LOOK_ALIKES))
        there = there.filter(~pl.col("_id").is_in(pairs["source_id"].implode()))
        here = here.filter(~pl.col("_id").is_in(pairs["destination_id"].implode()))
    return pl.concat(found).sort("strength", "key", "source_id")


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
    known = _exported(fields, source, local)
    return (
        _folded(source, known, [one["source_id"] for one in asked]),
        _folded(local, known, [one["destination_id"] for one in asked]),
    )


def _folded(
    records: pl.DataFrame, fields: Sequence[str], asked: Sequence[pl.Series]
) -> pl.DataFrame:
    ids = pl.concat([pl.Series([], dtype=pl.String), *asked])
    among = records.filter(pl.col("_id").is_in(ids.implode()))
    return among.select("_id", *[_letters_and_digits(among[name]) for name in fields])


def _left_over(records: pl.DataFrame, fields: Sequence[str], taken: pl.Series) -> pl.DataFrame:
    """The records that still have no counterpart, with their fields folded."""
    left = records.filter(~pl.col("_coupled") & ~pl.col("_id").is_in(taken.implode()))
    folded = [_letters_and_digits(left[name]) for name in fields]
    return left.select("_id", "_key", *folded)


def _first_with_first(
    there: pl.DataFrame, here: pl.DataFrame, fields: Sequence[str]
) -> pl.DataFrame:
    """Pair the records that share all fields: the first with the first, the second with the second.

    So no value, however often it occurs, makes more pairs than it has records.
    """
    nth = pl.col("_id").cum_count().over(fields).alias("_nth")
    there, here = there.drop_nulls(fields), here.drop_nulls(fields)
    there = there.join(here, on=fields, how="semi", maintain_order="left")
    here = here.join(there, on=fields, how="semi", maintain_order="left")
    source = there.select(*fields, nth, source_id="_id", key="_key")
    local = here.select(*fields, nth, destination_id="_id", destination_key="_key")
    return source.join(local, on=[*fields, "_nth"]).drop(fields)


def _meet(there: pl.Series, here: pl.Series) -> bool:
    """Whether any value is on both sides; blanks are like nothing."""
    return bool(there.drop_nulls().is_in(here.drop_nulls().implode()).any())


def _exported(fields: Sequence[str], source: pl.DataFrame, local: pl.DataFrame) -> list[str]:
    """The fields that both sides exported, in the order asked for."""
    return [name for name in fields if name in source.columns and name in local.columns]


def _letters_and_digits(column: pl.Series) -> pl.Expr:
    """The column without spaces, signs, accents and case; null where nothing is left.

    Only the accents of Latin, Greek and Cyrillic go; elsewhere a mark is a letter of its own.
    """
    text, plain = column.cast(pl.String), pl.col(column.name).cast(pl.String).str.to_lowercase()
    signs = "[^a-z0-9]+"
    if not (text.str.len_bytes() == text.str.len_chars()).all():  # else there are no accents
        plain = plain.str.normalize("NFKD").str.to_lowercase().str.replace_all("ß", "ss")
        signs = NEITHER_LETTER_NOR_DIGIT
    kept = plain.str.replace_all(signs, "")
    return pl.when(kept != "").then(kept).alias(column.name)
