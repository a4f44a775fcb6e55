"""Likeness: new records that are probably there already, and the fields people know them by."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import polars as pl

from mdsync_nb.core.asking import NOBODY
from mdsync_nb.core.criteria import in_words
from mdsync_nb.core.folding import exported, letters_and_digits
from mdsync_nb.frames import TEXT, WHOLE, Contract, conform, empty
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


def look_alikes(
    source: pl.DataFrame,
    local: pl.DataFrame,
    schema: TableSchema,
    *,
    taken: pl.DataFrame,
    rejected: pl.DataFrame = NOBODY,
) -> pl.DataFrame:
    """The source records without counterpart that are probably there already (LOOK_ALIKES).

    source, local: as for `coupling.match`, with the identifying fields as far as exported. taken:
    source_id and destination_id of pairs found elsewhere; both leave the search, as do coupled
    records. Source records outside the filter are left out, local ones are not: what is blocked
    here is there all the same. Alike are the same VAT number, registration number or GLN, or the
    same name with post code or e-mail; blanks are like nothing; letters and digits alone count.
    Each record is in one pair, the strongest; among equals the first in key order goes first.
    rejected: as for `coupling.match`; no such pair is found again.
    Ours: the product creates the record, and somebody merges the two later.
    """
    usable = [name for name in exported(ALIKE, source, local) if name in schema.by_name]
    there = _left_over(source.filter("_in_filter"), usable, taken["source_id"])
    here = _left_over(local, usable, taken["destination_id"])
    shared = {name for name in usable if _meet(there[name], here[name])}
    rungs = [rung for rung in enumerate(LADDER) if shared.issuperset(rung[1])]
    there, here = (one.sort("_key", "_id") if rungs else one for one in (there, here))
    found = [empty(LOOK_ALIKES)]
    for strength, fields in rungs:
        pairs = _one_to_one(there, here, fields, rejected).with_columns(
            reason=pl.lit("same " + in_words([SAID[name] for name in fields])),
            fields=pl.lit(list(fields)),
            strength=pl.lit(strength),
        )
        found.append(conform(pairs, LOOK_ALIKES))
        there = there.filter(~pl.col("_id").is_in(pairs["source_id"].implode()))
        here = here.filter(~pl.col("_id").is_in(pairs["destination_id"].implode()))
    return pl.concat(found).sort("strength", "key", "source_id")


def _left_over(records: pl.DataFrame, fields: Sequence[str], taken: pl.Series) -> pl.DataFrame:
    """The records that still have no counterpart, with their fields folded."""
    left = records.filter(~pl.col("_coupled") & ~pl.col("_id").is_in(taken.implode()))
    folded = [letters_and_digits(left[name]) for name in fields]
    return left.select("_id", "_key", *folded)


def _one_to_one(
    there: pl.DataFrame, here: pl.DataFrame, fields: Sequence[str], rejected: pl.DataFrame
) -> pl.DataFrame:
    """Pair the records that share all fields, but none that were rejected as a pair.

    Who met a rejected one meets another, until nobody is left who may. Those of whom fewer are to
    be had choose first, and are chosen last.
    """
    if rejected.is_empty():
        return _first_with_first(there, here, fields)
    found, pair = [], ["source_id", "destination_id"]
    choosy, unwanted = (pl.col("_id").is_in(rejected[name].implode()) for name in pair)
    there = there.sort(choosy, descending=True, maintain_order=True)
    here = here.sort(unwanted, maintain_order=True)
    for turn in count():
        met = _first_with_first(there, here, fields, turn)
        good = met.join(rejected, on=pair, how="anti")
        found.append(good)
        there = there.filter(~pl.col("_id").is_in(good["source_id"].implode()))
        here = here.filter(~pl.col("_id").is_in(good["destination_id"].implode()))
        if good.height == met.height or not _may_meet(there, here, fields, rejected):
            break
    return pl.concat(found)


def _may_meet(
    there: pl.DataFrame, here: pl.DataFrame, fields: Sequence[str], rejected: pl.DataFrame
) -> bool:
    """Whether any two records share all fields and were not rejected as a pair."""
    sizes = [one.group_by(fields).agg(pl.len().cast(pl.Int64)) for one in (there, here)]
    together = sizes[0].join(sizes[1], on=fields)
    known = ["_id", *fields]
    apart = (
        rejected.join(there.select(known), left_on="source_id", right_on="_id")
        .join(here.select(known), left_on=["destination_id", *fields], right_on=known)
        .drop_nulls(fields)
    )
    met = together.select(pl.col("len").dot(pl.col("len_right"))).item()
    return int(met) > apart.height


def _first_with_first(
    there: pl.DataFrame, here: pl.DataFrame, fields: Sequence[str], turn: int = 0
) -> pl.DataFrame:
    """Pair the records that share all fields: the first with the first, the second with the second.

    So no value, however often it occurs, makes more pairs than it has records. turn: the first with
    the one so many places after, round and round.
    """
    nth = pl.col("_id").cum_count().over(fields).cast(pl.Int64).alias("_nth")
    there, here = there.drop_nulls(fields), here.drop_nulls(fields)
    there = there.join(here, on=fields, how="semi", maintain_order="left")
    here = here.join(there, on=fields, how="semi", maintain_order="left")
    source = there.select(*fields, nth, source_id="_id", key="_key")
    local = here.select(*fields, nth, destination_id="_id", destination_key="_key")
    local = _turned(local, source, fields, turn) if turn else local
    return source.join(local, on=[*fields, "_nth"]).drop(fields)


def _turned(
    local: pl.DataFrame, source: pl.DataFrame, fields: Sequence[str], turn: int
) -> pl.DataFrame:
    """Count the records that share all fields from another one on, so that others meet."""
    here, there, nth = pl.len().over(fields).cast(pl.Int64), pl.col("_there"), pl.col("_nth") - 1
    all_round = pl.max_horizontal(here, there)
    step = pl.when(here < there).then(pl.lit(turn)).otherwise(all_round - turn % all_round)
    return local.join(
        source.group_by(fields).agg(_there=pl.len().cast(pl.Int64)), on=fields
    ).select(pl.exclude("_there", "_nth"), _nth=(nth + step) % all_round + 1)


def _meet(there: pl.Series, here: pl.Series) -> bool:
    """Whether any value is on both sides; blanks are like nothing."""
    return bool(there.drop_nulls().is_in(here.drop_nulls().implode()).any())
