"""Coupling records of two companies by what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.coupling import match
from mdsync_nb.core.evidence import contradictions
from mdsync_nb.core.transfer import field_pairs
from mdsync_nb.core.transform.records import FAILED
from mdsync_nb.engine.chosen_pairs import Pairs, images_of, named_pairs
from mdsync_nb.engine.counterparts import Both, matchable
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.related import UNRESOLVED
from mdsync_nb.engine.rewriting import rewriting_of
from mdsync_nb.engine.wide import Sides, compared, sides_of
from mdsync_nb.errors import UnknownName
from mdsync_nb.model import MatchField, TableMapping
from mdsync_nb.store import FROM, TO, Image, NewCouplings, Reading, Store

SLICE = 500_000


def sides_called(mapping: TableMapping) -> tuple[str, str]:
    """The company whose records look for a counterpart, and the one where it is looked for."""
    there, here = mapping.integration, mapping.local
    return (here, there) if mapping.profile.matches_from_local else (there, here)


def matched(
    reading: Reading,
    wanted: Sequence[StepWanted],
    *,
    criteria: Sequence[MatchField],
    records: Sequence[str] = (),
    given: Pairs | None = None,
) -> Matched:
    """Find out which records belong together; nothing is written.

    wanted: the steps of the mapping, one a direction. criteria: instead of the mapping's own.
    records: only for these ids or keys of either side a counterpart is looked for.
    given: pairs a person chose, by ids or keys, instead of matching; one that was rejected may be
    among them. Without, rejected pairs are not found. A pair found by its number whose VAT number,
    name and post code contradict is not coupled: it is reported as `contradicting`. Raises
    UsageError when no criteria are set, CouldNotRun when a side was never loaded.
    """
    mapping = wanted[0].mapping
    source, local = images_of(reading, mapping)
    if given is not None:
        return _given(reading, wanted, (source, local), given)
    there = matchable(reading, mapping, source, "integration", also=criteria)
    here = matchable(reading, mapping, local, "local", also=criteria)
    from_local = mapping.profile.matches_from_local
    there, here = (here, there) if from_local else (there, here)
    if records:
        there, here = _only(records, there, here)
    flow = TO if from_local else FROM
    rejected = reading.matching.rejected(mapping.name, flow)
    both = Both(mapping, there, here, local.schema, rejected)
    found, against = decided(both, criteria)
    pairs = found.filter(pl.col("outcome") == "match").select(
        **{f"{flow.source}_id": "source_id", f"{flow.destination}_id": "destination_id"}
    )
    images = (source, local)
    equal = _with_equal(reading, wanted, images, pairs)
    before = found.filter(pl.col("outcome") == "coupled")["source_id"]
    known = reading.matching.counterparts(mapping.name, images, flow.source, before)
    coupled = known.select("coupled_id", source_id="id")
    return Matched(mapping, found, equal, against, images, both, coupled)


def decided(both: Both, criteria: Sequence[MatchField]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give what becomes of the records that look for a counterpart (`frames.MATCHES`), and the
    pairs among them that are two firms.

    both: the side that looks comes first. criteria: instead of the mapping's own.
    """
    mapping = both.mapping
    found = match(
        both.source,
        both.local,
        criteria or mapping.match,
        both.schema,
        mapping=mapping.name,
        proposals=mapping.propose_match,
        blank_asks=not mapping.profile.matches_from_local,
        sides=sides_called(mapping),
        rejected=both.rejected,
    )
    together = found.filter(pl.col("outcome") == "match")
    against = contradictions(together, both.source, both.local)
    return _contradicting(found, against), against


def _only(
    records: Sequence[str], there: pl.DataFrame, here: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the records to be matched, cut down to those named on the side where they are.

    Raises UnknownName when neither side has any of them.
    """
    named = pl.col("_id").is_in(list(records)) | pl.col("_key").is_in(list(records))
    asked, found = there.filter(named), here.filter(named)
    if asked.is_empty() and found.is_empty():
        raise UnknownName("record", ", ".join(records))
    return (there, found) if asked.is_empty() else (asked, here)


def _contradicting(found: pl.DataFrame, against: pl.DataFrame) -> pl.DataFrame:
    said = against.select("source_id", fields_against=pl.col("fields").list.join(", "))
    clashes = pl.col("fields_against").is_not_null()
    return (
        found.join(said, on="source_id", how="left")
        .with_columns(
            outcome=pl.when(clashes).then(pl.lit("contradicting")).otherwise("outcome"),
            reason=pl.when(clashes)
            .then(pl.format("One number, two firms: {} contradict.", "fields_against"))
            .otherwise("reason"),
        )
        .drop("fields_against")
    )


def _given(
    reading: Reading,
    wanted: Sequence[StepWanted],
    images: tuple[Image, Image],
    given: Pairs,
) -> Matched:
    mapping = wanted[0].mapping
    pairs = _with_equal(reading, wanted, images, named_pairs(reading, images, given))
    nothing = dict.fromkeys(("priority", "candidates", "candidate_keys", "blank"), pl.lit(None))
    matches = pairs.select(
        mapping=pl.lit(mapping.name),
        source_id="integration_id",
        destination_id="local_id",
        key="integration_id",
        outcome=pl.lit("match"),
        reason=pl.lit("chosen by a person"),
        records=pl.lit(1),
        **nothing,
    )
    told = frames.conform(matches, frames.MATCHES)
    return Matched(mapping, told, pairs, pl.DataFrame(), images)


def _with_equal(
    reading: Reading,
    wanted: Sequence[StepWanted],
    images: tuple[Image, Image],
    pairs: pl.DataFrame,
) -> pl.DataFrame:
    """Say of each pair whether it agrees in every compared field, in every direction: then that is
    its base."""
    numbered = pairs.with_row_index("pair")
    never = pl.DataFrame(schema={"pair": pl.UInt32, "equal": pl.Boolean})
    parts = [never]
    for one in wanted:
        sides = _sides(reading, one, images)
        ends = {f"{one.flow.source}_id": "source_id", f"{one.flow.destination}_id": "to_id"}
        for part in numbered.rename(ends).iter_slices(SLICE):
            placed = reading.matching.positions(sides.source, sides.destination, part)
            parts += [_equal(placed, sides)] if part.height else []
    told = pl.concat(parts).group_by("pair").agg(pl.col("equal").all())
    return numbered.join(told, on="pair").drop("pair")


def _sides(reading: Reading, wanted: StepWanted, images: tuple[Image, Image]) -> Sides:
    """The two sides of a step. images: (integration, local)."""
    mapping = wanted.mapping
    source, destination = images[::-1] if mapping.comes_from_local else images
    fields, _ = field_pairs(mapping, source.schema, destination.schema, wanted.currencies)
    rewriting = rewriting_of(reading, wanted, source, fields)
    return Sides(reading, source, destination, tuple(fields), rewriting, flow=wanted.flow)


def _equal(part: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """Say of each pair whether it is equal: `pair`, `equal`. Hashes decide where they can."""
    alike = part["alike"] if _hashes_tell(sides) else pl.repeat(None, part.height, eager=True)
    sure = part.filter(alike.fill_null(value=False))
    rest = part.join(sure, on="pair", how="anti")
    never = pl.lit(None, dtype=pl.Boolean)
    candidates = rest.with_columns(
        coupling_row=pl.lit(None, dtype=pl.Int64),
        source_as_agreed=never,
        destination_as_agreed=never,
    )
    pairs, cells = compared(sides_of(candidates.with_row_index("ix"), sides), sides)
    differing = cells.filter("differs")["ix"].unique()
    return pl.concat(
        [
            sure.select("pair", equal=pl.lit(value=True)),
            pairs.select(
                "pair",
                equal=pl.coalesce(FAILED, UNRESOLVED).is_null()
                & ~pl.col("ix").is_in(differing.implode()),
            ),
        ]
    )


def _hashes_tell(sides: Sides) -> bool:
    """Whether equal row hashes mean that every compared field is equal.

    They do when both files hold the same fields of the same types, and each is compared with the
    one of its own name, as it is.
    """
    there, here = sides.source.schema.by_name, sides.destination.schema.by_name
    same_columns = {name: (one.type, one.scale) for name, one in there.items()} == {
        name: (one.type, one.scale) for name, one in here.items()
    }
    return (
        same_columns
        and not sides.rewriting.rewrites
        and all(
            one.mapping.constant is None
            and one.destination.name == one.source.name
            and not one.blank_means_another
            for one in sides.fields
        )
    )


def couple(
    store: Store, found: Matched, *, fingerprint: int, settings_hash: str, at: datetime
) -> int:
    """Write the couplings that were found as one job; gives its number."""
    source, local = found.images
    now = found.mapping.profile.couples_now
    new = NewCouplings(
        found.mapping.name, found.pairs, source, local, fingerprint, now, found.chosen
    )
    counts = found.counts
    waiting = ("ambiguous", "taken", "contradicting")
    open_ = sum(counts.get(one, 0) for one in ("unmatched", *waiting))
    failed = sum(counts.get(one, 0) for one in waiting) if found.mapping.create_new else open_
    job = {
        "plan_id": None,
        "step": None,
        "mapping": found.mapping.name,
        "direction": str(found.mapping.direction),
        "settings_hash": settings_hash,
    }
    return store.couplings.couple(new, at=at, job=job, unmatched=open_, failed=failed)
