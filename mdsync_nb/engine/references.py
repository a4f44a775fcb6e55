"""References: whether what a record refers to exists here, and who refers to a key given up."""

from __future__ import annotations

import polars as pl

from mdsync_nb.core.pairing import missing_references
from mdsync_nb.core.transfer import FieldPair
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.keys import Planned
from mdsync_nb.engine.wide import Sides
from mdsync_nb.model import Completeness, Field
from mdsync_nb.store import Image


def with_references(
    found: pl.DataFrame, sides: Sides, planned: Planned, company: str
) -> pl.DataFrame:
    """Check the references that cells would write against the destination's own tables.

    found: of `compared` or `inserted_cells`. planned: what earlier steps and this one would create.
    Adds `missing`. Source: semantics.md 5.2.
    """
    writing = set(found.filter("differs")["field"].unique())
    known: dict[str, pl.Series] = {}
    for one in sides.fields:
        if one.name in writing and one.destination.relation_table and not one.refers:
            keys = _known_keys(sides, one, planned)
            if keys is not None:
                known[one.name] = keys
    return missing_references(found, sides.fields, known, company)


def _known_keys(sides: Sides, one: FieldPair, planned: Planned) -> pl.Series | None:
    """The keys a field may refer to; None where the related table is not known completely."""
    place = sides.destination.company, one.destination.relation_table
    image = sides.reading.image(*place)
    if image is None or image.complete is not Completeness.YES:
        return None
    field = _referred(one.destination, image)
    if not image.has(field):
        return None
    keys = sides.reading.keys(image, field)
    if place not in planned:
        return keys
    return pl.concat([keys, planned[place].filter(field=field)["value"]])


def _referred(field: Field, image: Image) -> str:
    """The field of the related table that a field refers to; blank where nobody can say."""
    only_key = image.schema.key[0] if len(image.schema.key) == 1 else ""
    return field.relation_field or only_key


def refers_to_itself(sides: Sides) -> bool:
    """Whether records of the table refer to others of the same table."""
    return any(one.destination.relation_table == sides.destination.table for one in sides.fields)


def left_behind(renamed: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    """Say of each renamed record which records here would still refer to its old key.

    renamed: `ix`, `field`, `destination` (the old value), one row a field of the key that moves.
    Gives `ix`, `left_behind` ("3 Customer records (Salesperson Code) still say AB."). A rename in
    a company follows its references; our writing does not, so they are listed.
    """
    parts = [
        _holders(image, field, renamed, sides)
        for image in sides.reading.images().values()
        if image.company == sides.destination.company
        for field in image.schema.fields
        if field.relation_table == sides.destination.table
    ]
    said = pl.concat([pl.DataFrame(schema={"ix": pl.UInt32, "said": pl.String}), *parts])
    return said.sort("said").group_by("ix").agg(left_behind=pl.col("said").str.join(" "))


def _holders(image: Image, field: Field, renamed: pl.DataFrame, sides: Sides) -> pl.DataFrame:
    asked = renamed.filter(field=_referred(field, sides.destination))
    held = sides.reading.columns(image, [field.name]) if asked.height else None
    if held is None:
        return pl.DataFrame(schema={"ix": pl.UInt32, "said": pl.String})
    counted = held.group_by(as_text(pl.col(field.name), field).alias("value")).len()
    many = pl.when(pl.col("len") == 1).then(pl.lit(" record")).otherwise(pl.lit(" records"))
    still = (
        pl.when(pl.col("len") == 1).then(pl.lit(") still says ")).otherwise(pl.lit(") still say "))
    )
    return asked.join(counted, left_on="destination", right_on="value").select(
        pl.col("ix").cast(pl.UInt32),
        said=pl.concat_str(
            "len", pl.lit(f" {image.table}"), many, pl.lit(f" ({field.name}"), still,
            "destination", pl.lit("."),
        ),
    )  # fmt: skip
