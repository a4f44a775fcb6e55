"""Records that are not coupled: which belong together, which only look so, which are two firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl
from polars import selectors as cs

from mdsync_nb.core import filters
from mdsync_nb.core.coupling import match, that_meet
from mdsync_nb.core.evidence import best_proposal, contradictions, evidence
from mdsync_nb.core.likeness import ALIKE, look_alikes
from mdsync_nb.core.transform.records import keys_are_rewritten
from mdsync_nb.model import MatchField, TableMapping, TableSchema
from mdsync_nb.store import Image, Reading, flow_of


@dataclass(frozen=True)
class Counterparts:
    """What is known about uncoupled records.

    pairs: `source_row`, `destination_row`, `found`, `undecided`, `two_firms`, `natural` (found by
    the natural key), `natural_unsure` (several have it), `reason`.
    taken: positions of source records whose key another record here has. source_aside,
    destination_aside: positions of records whose counterpart was set aside. matched_by: the
    criterion, in words.
    """

    pairs: pl.DataFrame
    taken: pl.Series
    source_aside: pl.Series
    destination_aside: pl.Series
    matched_by: str = ""


PAIR = {
    "source_row": pl.Int64,
    "destination_row": pl.Int64,
    "found": pl.Boolean,
    "undecided": pl.Boolean,
    "two_firms": pl.Boolean,
    "natural": pl.Boolean,
    "natural_unsure": pl.Boolean,
    "reason": pl.String,
}
ROWS = pl.Series("row", [], dtype=pl.Int64)


def no_counterparts() -> Counterparts:
    """Give the answer when every record is coupled."""
    return Counterparts(pl.DataFrame(schema=PAIR), ROWS, ROWS, ROWS)


def matchable(
    reading: Reading,
    mapping: TableMapping,
    image: Image,
    side: str,
    rows: pl.Series | None = None,
    *,
    also: Sequence[MatchField] = (),
) -> pl.DataFrame:
    """Give records as matching wants them: `row`, `_id`, `_key`, `_coupled`, `_in_filter`, fields.

    side: `integration` or `local`. rows: only these positions. also: criteria besides the
    mapping's own. Fields not exported are left out.
    """
    conditions = mapping.integration_filter if side == "integration" else mapping.local_filter
    asked = [one.field for one in (*mapping.match, *also)] + list(mapping.natural_key)
    proposed = [name for fields in mapping.propose_match for name in fields]
    wanted = dict.fromkeys([*asked, *proposed, *ALIKE])
    local = {one: name_there(mapping, one) if side == "integration" else one for one in wanted}
    names = {one: name for one, name in local.items() if image.has(name)}
    known, _ = filters.evaluable(conditions, image.schema.by_name)
    fields = list(dict.fromkeys([*names.values(), *filters.columns(known)]))
    found = reading.matching.uncoupled(mapping.name, image, side, fields, rows)
    return found.select(
        *("row", "_id", "_key", "_coupled"),
        *(pl.col(name).alias(one) for one, name in names.items()),
        _in_filter=filters.in_filter(known, image.schema),
    )


def name_there(mapping: TableMapping, field: str) -> str:
    """What the integration side calls a local field (semantics.md 10: also where the field mapping
    is switched off)."""
    named = (one.integration for one in mapping.fields if one.local == field and one.integration)
    return next(named, field)


class Both(NamedTuple):
    """Uncoupled records of both sides as matching wants them, and who was rejected by whom.

    schema: of the local side, by whose names fields are called. rejected: `source_id`,
    `destination_id`.
    """

    mapping: TableMapping
    source: pl.DataFrame
    local: pl.DataFrame
    schema: TableSchema
    rejected: pl.DataFrame

    @property
    def exported(self) -> set[str]:
        """The fields of both sides."""
        return set(self.source.columns) & set(self.local.columns)

    def matches(self, criteria: Sequence[MatchField]) -> pl.DataFrame:
        """Which of them belong together by criteria (`frames.MATCHES`)."""
        mapping = self.mapping
        return match(
            self.source,
            self.local,
            criteria,
            self.schema,
            mapping=mapping.name,
            blank_asks=not mapping.profile.matches_from_local,
            sides=(mapping.source, mapping.destination),
            rejected=self.rejected,
        )


def criteria_of(both: Both) -> tuple[tuple[MatchField, ...], str]:
    """Give the criteria to match by, in words too: the mapping's, else the proposal with the best
    evidence; none when nothing can be proposed."""
    mapping = both.mapping
    if mapping.match:
        if not all(one.field in both.exported for one in mapping.match):
            return (), ""
        return mapping.match, " and ".join(one.field for one in mapping.match)
    _, source, local, schema, rejected = both
    may_match = that_meet(source, local, mapping.propose_match, schema, rejected)
    if not may_match:
        return (), ""
    found = evidence(source, local, may_match, schema, rejected=rejected)
    best = best_proposal(found)
    if not best:
        return (), ""
    return tuple(MatchField(field=one) for one in best), " and ".join(best) + " (proposed)"


def counterparts(
    reading: Reading,
    mapping: TableMapping,
    images: tuple[Image, Image],
    rows: tuple[pl.Series, pl.Series | None],
) -> Counterparts:
    """Find what uncoupled source records have to do with uncoupled local ones.

    images: (source, destination). rows: positions of the uncoupled records on either side; None
    takes all of the destination. Where a transformation rule rewrites the key, the same key on both
    sides says nothing. Pairs that a person rejected are not found again.
    """
    source_image, local_image = images
    flow = flow_of(mapping.towards)
    source = matchable(reading, mapping, source_image, flow.source, rows[0])
    local = matchable(reading, mapping, local_image, flow.destination, rows[1])
    named = source_image if mapping.comes_from_local else local_image
    rejected = reading.matching.rejected(mapping.name, flow)
    both = Both(mapping, source, local, named.schema, rejected)
    criteria, matched_by = criteria_of(both)
    matches = both.matches(criteria) if criteria else None
    by_key = not keys_are_rewritten(mapping, local_image.schema.key)
    natural = _natural(both)
    there = source.join(natural, left_on="row", right_on="source_row", how="anti")
    here = local.join(natural, left_on="row", right_on="destination_row", how="anti")
    rest = _pairs(both._replace(source=there, local=here), matches, by_key=by_key)
    pairs = pl.concat([natural, rest], how="diagonal_relaxed").with_columns(
        cs.boolean().fill_null(value=False), pl.col("reason").fill_null("")
    )
    left = source.join(pairs, left_on="row", right_on="source_row", how="anti")
    return Counterparts(
        pairs.match_to_schema(pl.Schema(PAIR)),
        _taken(reading, left, local_image) if by_key else ROWS,
        _aside(reading, source, local_image) if by_key else ROWS,
        _aside(reading, local, source_image) if by_key else ROWS,
        matched_by,
    )


def _natural(both: Both) -> pl.DataFrame:
    """Pairs of uncoupled records with the same natural key: they are coupled and written without
    being asked (semantics.md 4.5, step 2). Of several that have it nobody can choose."""
    key = both.mapping.natural_key
    if not key or not set(key) <= both.exported:
        return pl.DataFrame(schema=PAIR)
    found = both.matches([MatchField(field=one) for one in key])
    several = found.filter(pl.col("outcome") == "ambiguous").with_columns(
        destination_id=pl.col("candidates").list.first()
    )
    once = several.unique("destination_id", keep="first", maintain_order=True)
    labelled = [
        found.filter(pl.col("outcome") == "match").with_columns(natural=True, natural_unsure=False),
        once.with_columns(natural=False, natural_unsure=True),
    ]
    no = pl.lit(value=False)
    each = pl.concat(labelled).with_columns(found=no, undecided=no, two_firms=no)
    return _placed(each, both)


def _pairs(both: Both, matches: pl.DataFrame | None, *, by_key: bool) -> pl.DataFrame:
    none = pl.DataFrame(schema={"source_id": pl.String, "destination_id": pl.String})
    together = (
        matches.filter(pl.col("outcome") == "match").select("source_id", "destination_id")
        if matches is not None
        else none
    )
    two_firms = _two_firms(both, together, by_key=by_key)
    matched = together.join(two_firms, on="source_id", how="anti").join(
        two_firms, on="destination_id", how="anti"
    )
    ambiguous = _ambiguous(matches, pl.concat([matched, two_firms.select(matched.columns)]))
    taken = pl.concat(
        [one.select("source_id", "destination_id") for one in (matched, two_firms, ambiguous)]
    )
    _, source, local, schema, rejected = both
    alike = look_alikes(source, local, schema, taken=taken, rejected=rejected)
    labelled = [
        matched.with_columns(found=True, undecided=False, two_firms=False, reason=pl.lit("")),
        two_firms.with_columns(found=False, undecided=True, two_firms=True),
        ambiguous.with_columns(found=False, undecided=True, two_firms=False),
        alike.select("source_id", "destination_id", "reason").with_columns(
            found=False, undecided=True, two_firms=False
        ),
    ]
    every = pl.concat(labelled, how="diagonal_relaxed")
    return _placed(every.with_columns(natural=False, natural_unsure=False), both)


def _placed(pairs: pl.DataFrame, both: Both) -> pl.DataFrame:
    here = both.local.select(destination_id="_id", destination_row="row")
    return (
        pairs.join(both.source.select(source_id="_id", source_row="row"), on="source_id")
        .join(here, on="destination_id")
        .select(*PAIR)
    )


def _two_firms(both: Both, together: pl.DataFrame, *, by_key: bool) -> pl.DataFrame:
    """Pairs with the same number, or found by the criteria, that contradict in every way."""
    source, local = both.source, both.local
    same_key = (
        source.filter(~pl.col("_coupled") & pl.col("_in_filter"))
        .join(local.filter(~pl.col("_coupled")), on="_key")
        .select(source_id="_id", destination_id="_id_right")
    )
    asked = pl.concat([together, same_key if by_key else same_key.clear()]).unique()
    asked = asked.join(both.rejected, on=asked.columns, how="anti")
    found = contradictions(asked, source, local)
    return (
        found.select(
            "source_id",
            "destination_id",
            reason=pl.format("{} contradict.", pl.col("fields").list.join(", ")),
        )
        .unique("source_id")
        .unique("destination_id")
    )


def _ambiguous(matches: pl.DataFrame | None, settled: pl.DataFrame) -> pl.DataFrame:
    """Records that several could be, each put beside its first candidate nobody else has."""
    if matches is None:
        return settled.clear().with_columns(reason=pl.lit(""))
    return (
        matches.filter(pl.col("outcome") == "ambiguous")
        .select("source_id", "reason", destination_id=pl.col("candidates"))
        .explode("destination_id")
        .join(settled, on="source_id", how="anti")
        .join(settled, on="destination_id", how="anti")
        .unique("source_id", keep="first", maintain_order=True)
        .unique("destination_id", keep="first", maintain_order=True)
        .select("source_id", "destination_id", "reason")
    )


def _taken(reading: Reading, left: pl.DataFrame, image: Image) -> pl.Series:
    """Source records whose key a record here has already."""
    present = reading.keys_present(image, left["_key"])
    return left.filter(pl.col("_key").is_in(present.implode()))["row"]


def _aside(reading: Reading, records: pl.DataFrame, other: Image) -> pl.Series:
    """Records whose counterpart stands in a row of the other file that was set aside."""
    keys = reading.set_aside(other)["key"].drop_nulls().unique()
    return records.filter(pl.col("_key").is_in(keys.implode()))["row"]
