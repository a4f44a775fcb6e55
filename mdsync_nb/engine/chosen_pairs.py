"""Pairs that people name: each record by its id or its key."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from mdsync_nb.errors import CouldNotRun, UnknownName, UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store import Image, Reading

Pairs = pl.DataFrame | Sequence[tuple[str, str]]
"""A frame with `integration_id` and `local_id`, or (there, here) in that order."""

IDS = ("integration_id", "local_id")


def as_pairs(pairs: Pairs) -> pl.DataFrame:
    """Give pairs as `integration_id` and `local_id`. Raises UsageError for what is none."""
    if not isinstance(pairs, pl.DataFrame):
        if any(isinstance(one, str) or len(one) != len(IDS) for one in pairs):
            raise UsageError(
                "A pair names a record of each side.", hint='Write them like ("10250", "20068").'
            )
        texts = [tuple(None if name is None else str(name) for name in one) for one in pairs]
        pairs = pl.DataFrame(texts, schema=dict.fromkeys(IDS, pl.String), orient="row")
    lacking = [name for name in IDS if name not in pairs.columns]
    if lacking:
        raise UsageError(
            f"The pairs have no column {' and no '.join(lacking)}.",
            hint="Name the record of the integration side integration_id, the other one local_id.",
        )
    found = pairs.select(pl.col(IDS).cast(pl.String))
    if found.null_count().sum_horizontal().item():
        raise UsageError("A pair names only one record.", hint="Leave it out, or name both.")
    return found


def images_of(reading: Reading, mapping: TableMapping) -> tuple[Image, Image]:
    """Give the images of a mapping (integration, local). Raises CouldNotRun without one of them."""
    sides = (
        (mapping.integration, mapping.integration_table),
        (mapping.local, mapping.table),
    )
    found = [reading.image(*one) for one in sides]
    for (company, table), image in zip(sides, found, strict=True):
        if image is None:
            raise CouldNotRun(
                f"{mapping.name}: {table} of {company} was never loaded.",
                hint=f"Run `mdsync load {company}`, if its `tables:` in mdsync.yaml list {table}; "
                "without such a file there is nothing to couple.",
            )
    return found[0], found[1]  # type: ignore[return-value]


def named_pairs(reading: Reading, images: tuple[Image, Image], pairs: Pairs) -> pl.DataFrame:
    """Give pairs by the ids of their records: `integration_id`, `local_id`.

    images: (integration, local). pairs: by ids or primary keys; an id goes first. Raises
    UnknownName for a record that the last load does not have, UsageError for what is no pair.
    """
    found = reading.matching.named(images, as_pairs(pairs))
    for image, side, named in zip(images, IDS, ("there", "here"), strict=True):
        unknown = found.filter(pl.col(side).is_null())[named]
        if unknown.len():
            raise UnknownName(f"{image.table} of {image.company}", unknown[0])
    return found.select(IDS)
