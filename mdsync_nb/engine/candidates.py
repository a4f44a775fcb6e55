"""The candidates of a step: pairs with every fact the first ladder asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core import filters
from mdsync_nb.core.actions import LADDERS, Purpose
from mdsync_nb.core.classify import (
    BEFORE_VALUES,
    NOTHING_CHANGED,
    SILENT,
    SOURCE_LATER,
    TOUCHED,
    RunFacts,
    class_unread,
    classify,
)
from mdsync_nb.core.ladder import Rule
from mdsync_nb.core.transfer import FieldPair
from mdsync_nb.core.transform.records import lookups_needed
from mdsync_nb.engine.claims import ASKING, columns_asked, with_claims
from mdsync_nb.engine.counterparts import Counterparts, counterparts, no_counterparts
from mdsync_nb.engine.found import COUNTED, Candidates, StepWanted
from mdsync_nb.model import Action, Completeness, DeletionConflict, TableMapping
from mdsync_nb.store import Image, PairsWanted, Reading

FLAGS = ("found", "undecided", "two_firms", "natural", "natural_unsure")


@dataclass(frozen=True)
class Looked:
    """What the first ladder says: `noisy` pairs one by one, the quiet ones as counts.

    noisy: `frames.PAIRS`, the facts, `rule`, `read`, `class`, `reason`. only_blank: field ->
    records whose currency is literally different and the same in meaning.
    """

    noisy: pl.DataFrame
    quiet: pl.DataFrame
    only_blank: dict[str, int]
    retained: tuple[pl.Series, pl.Series]
    filters_not_evaluated: tuple[str, ...]
    matched_by: str
    run: RunFacts
    latest: datetime | None


def look(
    reading: Reading,
    wanted: StepWanted,
    images: tuple[Image, Image],
    fields: list[FieldPair],
    *,
    one_by_one: bool = False,
) -> Looked:
    """Read the candidates narrow and let the first ladder decide what it can.

    one_by_one: count nothing away; every pair is kept, to be explained.
    """
    mapping, (source, destination) = wanted.mapping, images
    there, not_there = filters.evaluable(mapping.source_filter, source.schema.by_name)
    here, not_here = filters.evaluable(mapping.destination_filter, destination.schema.by_name)
    meanings = [one for one in fields if one.blank_means_another]
    retained = _retained(reading, source), _retained(reading, destination)
    meant = bool(meanings or lookups_needed(mapping))
    claims = columns_asked(wanted, destination)
    asks = one_by_one or wanted.purpose in ASKING
    apart = bool(asks or there or here or meant or any(map(len, retained)))
    folded = wanted.candidates == "all" and not apart
    pairs = reading.pairs(
        PairsWanted(
            mapping=mapping.name,
            source=source,
            destination=destination,
            fingerprint=wanted.fingerprint,
            candidates=wanted.candidates,
            records=wanted.records,
            source_fields=_once(filters.columns(there), [m.source.name for m in meanings]),
            destination_fields=_once(
                filters.columns(here), [m.destination.name for m in meanings], claims
            ),
            folded=folded,
            flow=wanted.flow,
            open_too=mapping.profile.couples_now,
            without=wanted.echoes_of,
        )
    ).with_columns(
        *_may_be_looked_up_otherwise(mapping, wanted.candidates),
        source_in_filter=_passes(filters.in_filter(there, source.schema, "s:"), "source_row"),
        destination_in_filter=_passes(
            filters.in_filter(here, destination.schema, "d:"), "destination_row"
        ),
    )
    pairs = with_claims(reading, wanted, pairs, destination, filtered=not not_here)
    beside = _counterparts(reading, wanted, images, pairs)
    run = _run_facts(reading, wanted, images)
    merged = _merged(pairs, beside)
    known = classify(_with_flags(merged, beside, retained).lazy(), run, LADDERS[wanted.purpose])
    classed = known.with_columns(**{"class": class_unread()})
    quiet_too = _of_no_account(wanted) & ~pl.lit(one_by_one)
    noisy, quiet = _split(classed, wanted.purpose, quiet_too)
    return Looked(
        noisy,
        quiet,
        {one.name: _only_blank(merged, one) for one in meanings},
        retained,
        tuple(one.field for one in (*not_there, *not_here)),
        beside.matched_by,
        run,
        None if mapping.profile.reads_on else _newest(reading, source, pairs, folded=folded),
    )


def _newest(
    reading: Reading, source: Image, pairs: pl.DataFrame, *, folded: bool
) -> datetime | None:
    """When the newest record of the source in the filter was modified (semantics.md 7.1)."""
    if folded:
        return reading.newest(source)
    there = pl.col("source_row").is_not_null() & pl.col("source_in_filter")
    found = pairs.filter(there)["source_modified_at"].max()
    return found if isinstance(found, datetime) else None


def visited_next(reading: Reading, wanted: StepWanted, images: tuple[Image, Image]) -> pl.DataFrame:
    """Give the pairs the next incremental run looks at, of a mapping that was looked at now.

    images: of (source, destination). Columns: `frames.PAIRS`. Source: semantics.md 7.1.
    """
    source, destination = images
    return reading.pairs(
        PairsWanted(
            mapping=wanted.mapping.name,
            source=source,
            destination=destination,
            fingerprint=wanted.fingerprint,
            candidates="modified",
            flow=wanted.flow,
            open_too=wanted.mapping.profile.couples_now,
            without=wanted.echoes_of,
        )
    )


def _may_be_looked_up_otherwise(mapping: TableMapping, candidates: Candidates) -> list[pl.Expr]:
    """Say that the source is not as agreed where its values come from another table by now.

    A lookup table may have changed although the record did not, and no hash of it says so; so
    whoever looks at more than what was modified reads the pairs of such a mapping.
    """
    if candidates == "modified" or not lookups_needed(mapping):
        return []
    agreed = pl.col("source_as_agreed")
    return [pl.when(agreed.is_not_null()).then(pl.lit(value=False)).alias("source_as_agreed")]


def _once(*names: list[str]) -> list[str]:
    return list(dict.fromkeys(name for some in names for name in some))


def _passes(test: pl.Expr, row: str) -> pl.Expr:
    return pl.col(row).is_null() | test


def _counterparts(
    reading: Reading, wanted: StepWanted, images: tuple[Image, Image], pairs: pl.DataFrame
) -> Counterparts:
    if wanted.purpose is not Purpose.SYNCHRONIZE:
        return no_counterparts()
    uncoupled = pairs.filter(pl.col("coupling_row").is_null())
    rows = uncoupled["source_row"].drop_nulls(), uncoupled["destination_row"].drop_nulls()
    if rows[0].is_empty() and rows[1].is_empty():
        return no_counterparts()
    everything = rows[1] if wanted.candidates == "all" else None
    return counterparts(reading, wanted.mapping, images, (rows[0], everything))


def _merged(pairs: pl.DataFrame, beside: Counterparts) -> pl.DataFrame:
    """Put records that belong together, or may, into one row."""
    if beside.pairs.is_empty():
        return pairs.with_columns(
            **{flag: pl.lit(value=False) for flag in FLAGS}, reason=pl.lit("")
        )
    alone = pl.col("coupling_row").is_null()
    here = [one for one in pairs.columns if one.startswith(("destination", "d:"))]
    there = pairs.filter(alone & pl.col("source_row").is_not_null()).drop(here)
    local = pairs.filter(alone & pl.col("destination_row").is_not_null()).select(here)
    joined = there.join(beside.pairs, on="source_row").join(local, on="destination_row", how="left")
    joined = joined.with_columns(pl.col("destination_in_filter").fill_null(value=True))
    merged_source = pl.col("source_row").is_in(beside.pairs["source_row"].implode())
    merged_here = pl.col("destination_row").is_in(beside.pairs["destination_row"].implode())
    rest = pairs.filter(
        ~alone | ~(merged_source.fill_null(value=False) | merged_here.fill_null(value=False))
    )
    return pl.concat([rest, joined], how="diagonal_relaxed").with_columns(
        *(pl.col(flag).fill_null(value=False) for flag in FLAGS), pl.col("reason").fill_null("")
    )


def _with_flags(
    pairs: pl.DataFrame, beside: Counterparts, retained: tuple[pl.Series, pl.Series]
) -> pl.DataFrame:
    alone = pl.col("coupling_row").is_null()
    aside = _among("source_row", retained[0]) | _among("destination_row", retained[1])
    beside_aside = _among("source_row", beside.source_aside) | _among(
        "destination_row", beside.destination_aside
    )
    return pairs.with_columns(
        key_taken=_among("source_row", beside.taken),
        aside=aside | (alone & beside_aside & ~pl.col("found")),
    )


def _among(column: str, rows: pl.Series) -> pl.Expr:
    if rows.is_empty():
        return pl.lit(value=False)
    return pl.col(column).is_in(rows.implode()).fill_null(value=False)


def _retained(reading: Reading, image: Image) -> pl.Series:
    """Records an earlier load brought, whose row in the last file was set aside."""
    return reading.rows_with_keys(image, reading.set_aside(image)["key"].drop_nulls())


def _run_facts(reading: Reading, wanted: StepWanted, images: tuple[Image, Image]) -> RunFacts:
    source, destination = images
    policy, profile = wanted.mapping.deletion_conflict, wanted.mapping.profile
    forced = wanted.forced
    removes = policy is DeletionConflict.REMOVE_COUPLING and not forced
    restores = policy is DeletionConflict.RESTORE_RECORDS and not forced
    return RunFacts(
        full=wanted.full and profile.full_starts_over,
        forced=forced,
        named=wanted.asked,
        anyway=wanted.anyway,
        again=wanted.again,
        only_coupled=not wanted.creates,
        restores=restores or wanted.renews,
        removes=removes and not profile.uncouples,
        uncouples=removes and profile.uncouples,
        source_complete=source.complete is Completeness.YES,
        destination_complete=destination.complete is Completeness.YES,
        source_has_times=source.has_times,
        destination_has_times=destination.has_times,
        mapping_coupled=reading.has_couplings(wanted.mapping.name),
        open_too=profile.couples_now or not source.has_times,
    )


def _of_no_account(wanted: StepWanted) -> pl.Expr:
    """True of pairs that can be counted: nothing is to be said of them, or to be remembered.

    A saved record moves its coupling's times forward, and one that failed before succeeds.
    """
    settled = pl.col("rule").is_in([NOTHING_CHANGED, TOUCHED])
    stamp = (pl.col("rule") == TOUCHED) & (SOURCE_LATER | pl.col("failed_last"))
    agrees = (pl.col("class") == "agrees") & settled & ~stamp
    silent = pl.col("rule").is_in(SILENT) & (pl.col("reason") == "")
    return ~pl.col("read") & (agrees | silent if wanted.brief else agrees)


def _split(
    known: pl.LazyFrame, purpose: Purpose, quiet: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep pairs one by one, but count the quiet ones per class and rule."""
    if purpose is not Purpose.SYNCHRONIZE:
        return _done_with(known, LADDERS[purpose])
    names = {n: rule.id for n, rule in enumerate(BEFORE_VALUES)}
    noisy, counts = pl.collect_all(
        [
            known.filter(~quiet),
            known.filter(quiet).group_by("class", "rule").agg(pl.col("records").sum()),
        ]
    )
    named = pl.col("rule").replace_strict(names, return_dtype=pl.String)
    return noisy.with_columns(rule=named), counts.with_columns(rule=named).select(*COUNTED)


def _done_with(known: pl.LazyFrame, ladder: Sequence[Rule]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the records something is done with; nothing is to be read of them."""
    acts = [n for n, rule in enumerate(ladder) if rule.action is not Action.NONE]
    names = {n: rule.id for n, rule in enumerate(ladder)}
    told = known.filter(pl.col("rule").is_in(acts)).with_columns(
        rule=pl.col("rule").replace_strict(names, return_dtype=pl.String),
        read=pl.lit(value=False),
    )
    return told.collect(), frames.empty(COUNTED)


def _only_blank(pairs: pl.DataFrame, one: FieldPair) -> int:
    there, here = one.currencies or ("", "")
    source, local = pl.col(f"s:{one.source.name}"), pl.col(f"d:{one.destination.name}")
    together = pl.col("source_row").is_not_null() & pl.col("destination_row").is_not_null()
    same = source.fill_null(there).eq_missing(local.fill_null(here))
    return pairs.filter(together & source.ne_missing(local) & same).height
