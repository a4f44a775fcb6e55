"""Both sides of pairs side by side: ids, names, who and when, and the values that are compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from mdsync_nb.core.classify import AGREED
from mdsync_nb.core.transfer import FieldPair, as_transferred, cells, columns_of, with_base
from mdsync_nb.engine.rewriting import Rewriting
from mdsync_nb.model import FieldMapping
from mdsync_nb.store import FROM, TO, Flow, Image, Reading

NAMES = ("Name", "Description", "Security", "Title")
"""Fields that hold what people call a record, in the order they are tried."""

IDS = ("integration_id", "local_id")


@dataclass(frozen=True)
class Sides:
    """The two images of a step, the fields that are compared, and what rewrites them before.

    mapping: whose agreements are the base; blank for records that are only now put together.
    flow: the direction of the step.
    """

    reading: Reading
    source: Image
    destination: Image
    fields: tuple[FieldPair, ...]
    rewriting: Rewriting = field(default_factory=Rewriting)
    mapping: str = ""
    flow: Flow = FROM


def with_keys(sides: Sides) -> Sides:
    """Give the sides with the fields of the key among those that are carried.

    A record cannot be created without its key, also where the mapping leaves the key alone.
    """
    carried = {one.name for one in sides.fields}
    there, here = sides.source.schema.by_name, sides.destination.schema.by_name
    missing = [
        FieldPair(here[name], there[name], FieldMapping(local=name, integration=name), is_key=True)
        for name in sides.destination.schema.key
        if name not in carried and name in there
    ]
    return replace(sides, fields=(*sides.fields, *missing))


def sides_of(pairs: pl.DataFrame, sides: Sides, *, names_only: bool = False) -> pl.DataFrame:
    """Put both records and the coupling beside each pair.

    pairs: `ix`, positions. Adds `source_id`, `destination_id`, `key`, `name`, both keys and
    hashes, who changed either side and when, `agreed`, `base_at`, `agreed_seq`, the key hashes,
    and unless names_only the values as `s:<field>` and `d:<field>`, those of the source as its
    transformation rules leave them, with `transformation_failed`. `source_key` is the key a record
    would have here.
    """
    told = _beside(pairs, sides, names_only=names_only)
    return told if names_only else _rewritten(told, sides)


def sides_together(
    read: pl.DataFrame, unread: pl.DataFrame, sides: Sides
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the sides of pairs that are to be read, and beside others only names.

    Both in one reading: rows that are scattered cost what nearly every block costs, and a few more
    of them hardly anything.
    """
    told = _beside(pl.concat([read, unread]).with_row_index("ix"), sides, names_only=False)
    others = told.slice(read.height)
    return _rewritten(told.head(read.height), sides), _without_values(others)


def _rewritten(told: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    return sides.rewriting.of(told, sides.fields, sides.destination.schema)


def _without_values(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.drop(one for one in pairs.columns if one.startswith(("s:", "d:")))


def _beside(pairs: pl.DataFrame, sides: Sides, *, names_only: bool) -> pl.DataFrame:
    source = _side(pairs, sides, "source", names_only=names_only)
    destination = _side(pairs, sides, "destination", names_only=names_only)
    couplings = _couplings(pairs, sides)
    joined = (
        _without_values(pairs)
        .join(source, on="source_row", how="left", maintain_order="left")
        .join(destination, on="destination_row", how="left", maintain_order="left")
        .join(couplings, on="coupling_row", how="left", maintain_order="left")
    )
    return joined.with_columns(
        source_id=pl.coalesce("source_id", f"{sides.flow.source}_id"),
        destination_id=pl.coalesce("destination_id", f"{sides.flow.destination}_id"),
        key=pl.coalesce(*_keys(sides), "local_id", "integration_id"),
        name=pl.coalesce("source_name", "destination_name"),
        agreed=AGREED,
        base_at=pl.when(AGREED).then("agreed_at"),
    )


def _keys(sides: Sides) -> tuple[str, str]:
    """The keys a record is known by, best first: people know none that is only an id."""
    if sides.source.schema.keyed_by_id:
        return "destination_key", "source_key"
    return "source_key", "destination_key"


def _couplings(pairs: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """The last agreement of each pair, and its ids where a record is not there to tell them."""
    alone = pl.col("source_row").is_null() | pl.col("destination_row").is_null()
    told = IDS if pairs.select(alone.any()).item() else ()
    found = sides.reading.couplings(pairs["coupling_row"], ("agreed_seq", "agreed_at", *told))
    unsaid = {name: pl.lit(None, dtype=pl.String) for name in IDS if name not in told}
    return found.rename({"row": "coupling_row"}).with_columns(**unsaid)


def _side(
    pairs: pl.DataFrame, sides: Sides, side: Literal["source", "destination"], *, names_only: bool
) -> pl.DataFrame:
    image = sides.source if side == "source" else sides.destination
    mark = "s:" if side == "source" else "d:"
    name = next((one for one in NAMES if image.has(one)), None)
    compared = [] if names_only else columns_of(sides.fields, side)
    fields = list(dict.fromkeys([*compared, *([name] if name else [])]))
    found = sides.reading.wide(image, pairs[f"{side}_row"], fields)
    named = pl.col(name).cast(pl.String) if name else pl.lit(None, dtype=pl.String)
    return found.select(
        pl.col("row").alias(f"{side}_row"),
        pl.col("_id").alias(f"{side}_id"),
        pl.col("_key").alias(f"{side}_key"),
        pl.col("_key_hash").alias(f"{side}_key_hash"),
        pl.col("_row_hash").alias(f"{side}_hash"),
        pl.col("_modified_by").alias(f"{side}_by"),
        pl.col("_modified_at").alias(f"{side}_at") if image.has_times else _no_time(side),
        *([pl.col("_created_at").alias("destination_created_at")] if side == "destination" else []),
        named.alias(f"{side}_name"),
        *(pl.col(one).alias(mark + one) for one in compared),
    )


def _no_time(side: str) -> pl.Expr:
    return pl.lit(None, dtype=pl.Datetime("us")).alias(f"{side}_at")


def compared(pairs: pl.DataFrame, sides: Sides) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give pairs with their sides (`sides_of`), without the values, and their cells.

    Cells: `ix`, `field`, `source`, `destination`, `base`, `class`, `differs`, `currency_meaning`,
    `warning`. A record a transformation rule fails on has none.
    """
    bases = _base(pairs, sides, "source"), _base(pairs, sides, "destination")
    logged = pl.concat([one.select("ix", "field") for one in bases])
    moved = {str(field[0]): rows["ix"].unique() for field, rows in logged.group_by("field")}
    found = cells(sides.rewriting.applicable(pairs).lazy(), sides.fields, moved)
    found = found.join(pairs.select("ix", "agreed"), on="ix")
    return _without_values(pairs), with_base(found, *bases)


def _base(
    pairs: pl.DataFrame, sides: Sides, side: Literal["source", "destination"]
) -> pl.DataFrame:
    """What changed on one side since the pairs agreed: `ix`, `field` (as here), `before`."""
    image = sides.source if side == "source" else sides.destination
    moved = pairs.filter(pl.col("agreed") & ~pl.col(f"{side}_as_agreed"))
    asked = moved.select("ix", "agreed_seq", key_hash=pl.col(f"{side}_key_hash"))
    names = pl.DataFrame(
        [
            (one.source.name if side == "source" else one.destination.name, one.name)
            for one in sides.fields
            if side == "destination" or one.mapping.constant is None
        ],
        schema={"field": pl.String, "name": pl.String},
        orient="row",
    )
    before = sides.reading.base(image, asked)
    if side == "source":
        before = sides.rewriting.of_base(before, sides.fields)
    found = (
        before.join(names, on="field")
        .join(asked, on="key_hash")
        .select("ix", "before", field="name")
    )
    there = "destination" if sides.flow is TO else "source"
    integration = moved.select("ix", "agreed_seq", key_hash=pl.col(f"{there}_key_hash"))
    place = sides.flow.source if side == "source" else sides.flow.destination
    kept = (
        sides.reading.kept(sides.mapping, place, integration)
        .join(integration, on="key_hash")
        .join(names, on="field")
        .select("ix", "before", field="name")
    )
    told = pl.concat([kept, found.join(kept, on=["ix", "field"], how="anti")])
    return as_transferred(told, sides.fields) if side == "source" else told
