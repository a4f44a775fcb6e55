"""Values that cannot go over as they are: codes that become one, texts too long, no rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from mdsync_nb.core.transfer import FieldPair
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.doctor.checks import Place, Row, finding
from mdsync_nb.engine.doctor.seen import Seen, is_hidden, place_of, values_in_words
from mdsync_nb.model import Completeness, Field, FieldType, TableMapping
from mdsync_nb.store import Image, Reading
from mdsync_nb.store.left import longest
from mdsync_nb.workspace import Workspace

TEXTS = (FieldType.CODE, FieldType.TEXT)
RATES, RATED = "Currency Exchange Rate", "Currency Code"


def colliding_codes(seen: Seen) -> Iterator[Row]:
    """Different codes or options of the side that is read that are one here, cut and in capitals.

    Asked of codes, and of the texts of a key. The members of an option count whether a record has
    them or not. Source: semantics.md 4.9, 5.
    """
    for one in seen.fields:
        if not _may_collide(one):
            continue
        name = one.source.name
        records = seen.records([name]).select("_key", value=as_text(pl.col(name), one.source))
        members = pl.Series("value", [m for m in one.source.options if m], dtype=pl.String)
        values = pl.concat([records["value"].drop_nulls(), members]).unique()
        folded = pl.DataFrame({"value": values}).with_columns(here=_as_here(one.destination))
        clash = folded.filter(pl.col("value").n_unique().over("here") > 1).sort("here", "value")
        if clash.height:
            yield finding(
                "colliding-codes",
                seen.place,
                keys=records.filter(pl.col("value").is_in(clash["value"].implode()))["_key"],
                field=one.name,
                which=values_in_words(
                    clash["value"].to_list(), hidden=is_hidden(seen.workspace, one.name)
                ),
            )


def _may_collide(one: FieldPair) -> bool:
    fits = (
        one.source.type is one.destination.type is FieldType.CODE
        and one.source.length == one.destination.length
    )
    return (
        one.mapping.constant is None
        and not fits
        and (
            one.destination.type is FieldType.CODE or (one.is_key and one.destination.type in TEXTS)
        )
    )


def _as_here(field: Field) -> pl.Expr:
    """What becomes of a text in a field: it is cut, and a code is put in capitals."""
    cut = pl.col("value").str.head(field.length) if field.length else pl.col("value")
    return cut.str.to_uppercase().str.strip_chars() if field.type is FieldType.CODE else cut


def too_long(seen: Seen) -> Iterator[Row]:
    """Texts and codes that are longer than the field here. Source: semantics.md 5."""
    asked = [one for one in seen.fields if _has_length(one)]
    names = list(dict.fromkeys(one.source.name for one in asked))
    most = longest(seen.reading, seen.source, names)
    for one in asked:
        name, length = one.source.name, one.destination.length or 0
        if most[name] <= length:
            continue
        text = as_text(pl.col(name), one.source)
        keys = seen.records([name]).filter(text.str.len_chars() > length)["_key"]
        if len(keys):
            yield finding("too-long", seen.place, keys=keys, field=one.name, length=length)


def _has_length(one: FieldPair) -> bool:
    return (
        one.destination.type in TEXTS
        and bool(one.destination.length)
        and one.mapping.constant is None
    )


def without_rate(
    reading: Reading, workspace: Workspace, mappings: Sequence[TableMapping]
) -> Iterator[Row]:
    """Currencies that records of a company are in and that have no exchange rate there.

    Asked where the company's rates were loaded completely and each row of them could be read; a
    blank code and the company's own currency need no rate. Each table of a company is asked once.
    """
    asked: set[tuple[str, str]] = set()
    for mapping in mappings:
        sides = (mapping.integration, mapping.integration_table), (mapping.local, mapping.table)
        for company, table in sides:
            if (company, table) not in asked:
                asked.add((company, table))
                place = place_of(workspace, mapping)._replace(company=company, table=table)
                yield from _unrated(reading, workspace, place)


def _unrated(reading: Reading, workspace: Workspace, place: Place) -> Iterator[Row]:
    image, rates = reading.image(place.company, place.table), reading.image(place.company, RATES)
    if image is None or rates is None or place.table == RATES or not _are_known(reading, rates):
        return
    own = workspace.company(place.company).currency
    rated = [*reading.keys(rates, RATED).drop_nulls(), own]
    for field in image.schema.fields:
        if field.money != "currency":
            continue
        records = reading.matching.uncoupled(place.mapping, image, "local", [field.name])
        code = pl.col(field.name)
        without = records.filter(code.is_not_null() & ~code.is_in(rated))
        if without.height:
            codes = without[field.name].unique().sort().to_list()
            which = values_in_words(codes, hidden=is_hidden(workspace, field.name))
            keys = without["_key"]
            yield finding("no-exchange-rate", place, keys=keys, field=field.name, which=which)


def _are_known(reading: Reading, rates: Image) -> bool:
    whole = rates.complete is Completeness.YES and reading.set_aside(rates).is_empty()
    return whole and rates.has(RATED)


CHECKED = (colliding_codes, too_long)
