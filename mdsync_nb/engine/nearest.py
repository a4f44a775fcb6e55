"""The records of the other company that come nearest to a record, for whoever picks one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.criteria import refuse_unexported, refuse_unusable
from mdsync_nb.core.likeness import ALIKE, DESCRIPTION, NAME
from mdsync_nb.core.nearness import (
    LIKE,
    Measure,
    fields_that,
    folded,
    found_by,
    measures,
    says,
    similarity,
    that_come_near,
)
from mdsync_nb.engine.chosen_pairs import images_of
from mdsync_nb.engine.counterparts import Both, matchable
from mdsync_nb.engine.coupling import decided
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import MatchField, TableMapping
from mdsync_nb.store import FROM, TO, Flow, Image, Reading

SIDES = ("integration", "local")
DECIDED = ("match", "coupled")
WORDS = ("agree", "close", "contradict", "blank")
COPIED = ("mapping", "side", "record_id", "record_key", "candidate_id", "candidate_key", "rank")


@dataclass(frozen=True)
class Question:
    """Whose candidates are asked for.

    records: ids or keys; without any, all that look for a counterpart and find none that is theirs
    for certain. side: where the records are; blank means the side that looks, and the other one if
    that has none of them. criteria: instead of the mapping's own. most: candidates a record.
    at_least: the lowest similarity. rejected: also pairs that were rejected.
    """

    records: Sequence[str] = ()
    side: str = ""
    criteria: Sequence[MatchField] = ()
    most: int = 5
    at_least: float = 0.5
    rejected: bool = False


@dataclass(frozen=True)
class Nearest:
    """The candidates of records, and what they were compared by.

    candidates: `frames.CANDIDATES`. compared: the same rows with `there` and `here`, where the two
    stand in asked and among, and the likeness of each field.
    """

    candidates: pl.DataFrame
    compared: pl.DataFrame
    asked: pl.DataFrame
    among: pl.DataFrame
    fields: Sequence[str]

    @property
    def values(self) -> pl.DataFrame:
        """The compared fields, one row a candidate and field (`frames.CANDIDATE_VALUES`)."""
        parts = [frames.empty(frames.CANDIDATE_VALUES)]
        for name in self.fields:
            sides = {
                "record_value": self.asked[name].cast(pl.String).gather(self.compared["there"]),
                "candidate_value": self.among[name].cast(pl.String).gather(self.compared["here"]),
            }
            part = self.compared.select(
                *COPIED, field=pl.lit(name), similarity=LIKE.format(name), says=says(name), **sides
            )
            parts.append(frames.conform(part, frames.CANDIDATE_VALUES))
        return pl.concat(parts).sort("record_key", "record_id", "rank", maintain_order=True)


@dataclass(frozen=True)
class Search:
    """A question about a mapping: who is asked about, who may be the answer, and by which fields.

    flow: from the side of the records to the side of their candidates.
    """

    mapping: TableMapping
    flow: Flow
    images: tuple[Image, Image]
    asked: pl.DataFrame
    among: pl.DataFrame
    criteria: Sequence[MatchField]
    rejected: pl.DataFrame

    @property
    def measures(self) -> dict[str, Measure]:
        """The compared fields, and how each is compared.

        The primary key only where it is a criterion: each company gives numbers of its own.
        """
        schema = self.images[1].schema
        usual = [*(name for names in self.mapping.propose_match for name in names), *ALIKE]
        names = [name for name in usual if name not in schema.key]
        criteria = [one.field for one in self.criteria]
        return measures([*criteria, *names], self.asked, self.among, schema)


def nearest(reading: Reading, mapping: TableMapping, question: Question) -> Nearest:
    """Give the records that come near those asked about, the nearest first.

    Raises UnknownName for a record nobody has, UsageError for a side that is none and for fields
    that cannot be matched by, CouldNotRun when a side was never loaded.
    """
    search = _search(reading, mapping, question)
    fields = search.measures
    pairs = _compared(reading, search, fields)
    known = _named(pairs, search)
    if not question.rejected:
        known = known.filter(~pl.col("rejected"))
    ranked = _ranked(known.filter(pl.col("similarity") >= question.at_least), question.most)
    told = _with_counterparts(reading, search, ranked).sort("record_key", "record_id", "rank")
    found = frames.conform(told, frames.CANDIDATES)
    return Nearest(found, told, search.asked, search.among, list(fields))


def _search(reading: Reading, mapping: TableMapping, question: Question) -> Search:
    images = images_of(reading, mapping)
    criteria = tuple(question.criteria) or mapping.match
    sides = {
        side: matchable(reading, mapping, image, side, also=criteria)
        for side, image in zip(SIDES, images, strict=True)
    }
    flow = _looking(mapping, sides, question)
    there, here = sides[flow.source], sides[flow.destination]
    rejected = reading.matching.rejected(mapping.name, flow)
    both = Both(mapping, there, here, images[1].schema, rejected)
    if criteria:
        refuse_unusable(criteria, both.schema, mapping.name, ())
        refuse_unexported(criteria, {mapping.integration: sides["integration"],
                                     mapping.local: sides["local"]}, mapping.name)  # fmt: skip
    asked = _asked(both, criteria, question.records)
    return Search(mapping, flow, images, asked, here, criteria, rejected)


def _looking(mapping: TableMapping, sides: Mapping[str, pl.DataFrame], question: Question) -> Flow:
    """The way from the records asked about to their candidates. Raises UsageError, UnknownName."""
    usual = TO if mapping.profile.matches_from_local else FROM
    if question.side and question.side not in SIDES:
        raise UsageError(f"{question.side} is no side.", hint="Say integration or local.")
    ways = [TO if question.side == "local" else FROM] if question.side else [usual, usual.back]
    if not question.records:
        return ways[0]
    for way in ways:
        if _records(sides[way.source], question.records).height:
            return way
    raise UnknownName("record", ", ".join(question.records))


def _records(side: pl.DataFrame, named: Sequence[str]) -> pl.DataFrame:
    return side.filter(pl.col("_id").is_in(list(named)) | pl.col("_key").is_in(list(named)))


def _asked(both: Both, criteria: Sequence[MatchField], named: Sequence[str]) -> pl.DataFrame:
    """The records asked about: those named, else those without a counterpart that is certain."""
    if named:
        return _records(both.source, named)
    open_ = both.source.filter(pl.col("_in_filter") & ~pl.col("_coupled"))
    if not criteria:
        return open_
    matches, _ = decided(both, criteria)
    certain = matches.filter(pl.col("outcome").is_in(DECIDED))["source_id"]
    return open_.filter(~pl.col("_id").is_in(certain.implode()))


def _compared(reading: Reading, search: Search, fields: Mapping[str, Measure]) -> pl.DataFrame:
    """Pairs that come near (`there`, `here`): similarity, `matches`, what each field says, and its
    likeness."""
    there, here = folded(search.asked, fields), folded(search.among, fields)
    names, schema = list(fields), search.images[1].schema
    places = {"there": pl.UInt32, "here": pl.UInt32}
    found = pl.concat(
        [
            pl.DataFrame(schema={**places, **dict.fromkeys(names, pl.Float64)}),
            *(
                reading.matching.likeness((there, here), pairs, fields)
                for pairs in that_come_near(there, here, fields)
            ),
        ]
    )
    matches = found_by(found, search.asked, search.among, search.criteria, schema)
    return found.select(
        "there", "here", similarity(found, there, here, names), matches.alias("matches"),
        pl.col(names).name.map(LIKE.format),
    )  # fmt: skip


def _named(pairs: pl.DataFrame, search: Search) -> pl.DataFrame:
    """The pairs with the ids and keys of both records, and whether they were rejected."""
    named = pairs.with_columns(
        *_called(search.asked, pairs["there"], "record"),
        *_called(search.among, pairs["here"], "candidate"),
        search.among["_in_filter"].gather(pairs["here"]).alias("in_filter"),
    )
    ends = {"source_id": "record_id", "destination_id": "candidate_id"}
    apart = search.rejected.rename(ends).with_columns(rejected=pl.lit(value=True))
    return named.join(apart, on=list(ends.values()), how="left").with_columns(
        pl.col("rejected").fill_null(value=False)
    )


def _called(side: pl.DataFrame, rows: pl.Series, what: str) -> list[pl.Series]:
    """The id, the key and the name of records at these places."""
    name = next((side[one] for one in (NAME, DESCRIPTION) if one in side.columns), None)
    named = pl.repeat(None, side.height, dtype=pl.String, eager=True) if name is None else name
    columns = {"id": side["_id"], "key": side["_key"], "name": named.cast(pl.String)}
    return [column.gather(rows).alias(f"{what}_{end}") for end, column in columns.items()]


def _ranked(pairs: pl.DataFrame, most: int) -> pl.DataFrame:
    """The nearest candidates of each record; of two that are as near, one the criteria find."""
    order = ("there", "similarity", "matches", "candidate_key", "candidate_id")
    ordered = pairs.sort(order, descending=[False, True, True, False, False], nulls_last=True)
    rank = pl.col("here").cum_count().over("there").cast(pl.Int64)
    return ordered.with_columns(rank=rank).filter(pl.col("rank") <= most)


def _with_counterparts(reading: Reading, search: Search, ranked: pl.DataFrame) -> pl.DataFrame:
    """The candidates with what they are coupled to, and the names of the pair."""
    side, other = search.flow.source, search.flow.destination
    coupled = reading.matching.counterparts(
        search.mapping.name, search.images, other, ranked["candidate_id"]
    )
    return ranked.join(coupled, left_on="candidate_id", right_on="id", how="left").with_columns(
        *(fields_that(word, search.measures) for word in WORDS),
        pl.col("record_id").alias(f"{side}_id"),
        pl.col("candidate_id").alias(f"{other}_id"),
        mapping=pl.lit(search.mapping.name),
        side=pl.lit(side),
    )
