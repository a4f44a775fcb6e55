"""References between companies that name their records differently: by couplings, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from mdsync_nb.core.transfer import NEVER_BLANKED, FieldPair
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.model import TableMapping
from mdsync_nb.store import Image, Reading

PARTNERS = {"value": pl.String, "partner": pl.String}
"""What a reference is at the source, and at the destination; a blank is null."""

UNRESOLVED = "unresolved"
ISO_CODES = ("ISOCurrencyCode", "Code", "ISO Code")
"""Fields that hold the ISO code of a currency, in the order they are tried."""


def partners(
    reading: Reading, wanted: StepWanted, fields: Sequence[FieldPair]
) -> dict[str, pl.DataFrame]:
    """Give for each field that refers to a record what it becomes: field -> `PARTNERS`.

    Another mapping of the link has to keep the two tables in step; where none does, the field has
    no entry. Source: semantics.md 5.2.
    """
    found: dict[str, pl.DataFrame] = {}
    for one in fields:
        related = _related(wanted, one) if one.refers else None
        frame = _partners(reading, wanted, related, one) if related else None
        if frame is not None:
            found[one.name] = frame
    return found


def _related(wanted: StepWanted, one: FieldPair) -> TableMapping | None:
    """The mapping that keeps in step what a field refers to."""
    tables = one.source.relation_table, one.destination.relation_table
    seen = (other.going(wanted.mapping.towards) for other in wanted.siblings)
    return next((o for o in seen if (o.source_table, o.destination_table) == tables), None)


def _partners(
    reading: Reading, wanted: StepWanted, related: TableMapping, one: FieldPair
) -> pl.DataFrame | None:
    source = reading.image(related.source, related.source_table)
    destination = reading.image(related.destination, related.destination_table)
    if source is None or destination is None:
        return None
    names = (
        _referred(one.source.relation_field, source),
        _referred(one.destination.relation_field, destination),
    )
    known = reading.partners(related.name, wanted.flow, (source, destination), names)
    if not any(part.money == "currency" for part in (one.source, one.destination)):
        return known
    return pl.concat([_own_currency(reading, wanted, (source, destination), names), known])


def _referred(field: str, image: Image) -> str:
    return field or image.schema.key[0]


def _own_currency(
    reading: Reading, wanted: StepWanted, images: tuple[Image, Image], names: tuple[str, str]
) -> pl.DataFrame:
    """A blank code is the local currency, which is a record at Dataverse (semantics.md 5.2)."""
    to = wanted.mapping.comes_from_local
    side = 1 if to else 0
    image, code = images[side], wanted.currencies[0 if to else 1]
    iso = next((one for one in ISO_CODES if image.has(one)), None)
    if not iso or not code:
        return pl.DataFrame(schema=PARTNERS)
    field = image.schema.by_name[names[side]]
    rows = reading.columns(image, list(dict.fromkeys([iso, field.name])))
    own = rows.filter(pl.col(iso) == code).select(as_text(pl.col(field.name), field))
    ids = own.to_series().head(1)
    blank = pl.Series([None] * ids.len(), dtype=pl.String)
    value, partner = (blank, ids) if to else (ids, blank)
    return pl.DataFrame({"value": value, "partner": partner}, schema=PARTNERS)


def resolved(
    pairs: pl.DataFrame,
    fields: Sequence[FieldPair],
    related: Mapping[str, pl.DataFrame],
    company: str,
) -> pl.DataFrame:
    """Add `r:<field>`, the value a reference has at the destination, and `unresolved`: the first
    one whose record has no counterpart, in words.

    A field with Clear Value on Failed Sync becomes blank instead. `k:<field>` says of fields that
    a blank leaves alone whether the record they refer to here has a counterpart.
    """
    result = pairs.with_columns(pl.lit(None, dtype=pl.String).alias(UNRESOLVED))
    for one in fields:
        if not one.refers:
            continue
        value = as_text(pl.col(f"s:{one.source.name}"), one.source)
        known = related.get(one.name)
        joined = _joined(result.with_columns(_value=value), known, "_value", f"r:{one.name}")
        alone = pl.col("_value").is_not_null() & ~pl.col("_known")
        if one.mapping.clear_on_failed:
            alone = pl.lit(value=False)
        said = _sentence(one, company, mapped=known is not None)
        result = joined.with_columns(
            pl.coalesce(UNRESOLVED, pl.when(alone).then(said)).alias(UNRESOLVED)
        ).drop("_value", "_known")
        if one.name in NEVER_BLANKED and f"d:{one.destination.name}" in result.columns:
            here = as_text(pl.col(f"d:{one.destination.name}"), one.destination)
            coupled = [] if known is None else known["partner"].drop_nulls().to_list()
            result = result.with_columns(here.is_in(coupled).alias(f"k:{one.name}"))
    return result


def _sentence(one: FieldPair, company: str, *, mapped: bool) -> pl.Expr:
    tables = one.source.relation_table, one.destination.relation_table
    why = f" must be coupled to a record of {company}."
    if not mapped:
        why = f": {tables[0]} must be mapped to {tables[1]} to transfer it."
    return pl.concat_str(pl.lit(f"{one.source.name} "), "_value", pl.lit(why))


def _joined(rows: pl.DataFrame, known: pl.DataFrame | None, value: str, name: str) -> pl.DataFrame:
    partners = pl.DataFrame(schema=PARTNERS) if known is None else known
    once = partners.unique("value", keep="first", maintain_order=True)
    return rows.join(
        once.select("value", pl.col("partner").alias(name), _known=pl.lit(value=True)),
        left_on=value,
        right_on="value",
        how="left",
        nulls_equal=True,
        maintain_order="left",
    ).with_columns(pl.col("_known").fill_null(value=False))


def base_resolved(
    before: pl.DataFrame, fields: Sequence[FieldPair], related: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Give what source fields held before as their references are at the destination.

    before: `field`, `before` (text). A record without a counterpart by now is blank there.
    """
    for one in fields:
        if one.refers:
            mine = before.filter(pl.col("field") == one.source.name)
            told = _joined(mine, related.get(one.name), "before", "_partner")
            rest = before.filter(pl.col("field") != one.source.name)
            before = pl.concat([rest, told.with_columns(before="_partner").select(rest.columns)])
    return before
