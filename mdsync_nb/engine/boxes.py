"""Every row of every file in exactly one box: how the two files of a mapping divide."""

from __future__ import annotations

import polars as pl

from mdsync_nb.engine.candidates import Looked
from mdsync_nb.engine.found import Boxes
from mdsync_nb.model import Completeness
from mdsync_nb.store import Image, Reading

AGREE = ("agrees", "changed_both_same", "new_both_same")
DIFFER = (
    "changed_source",
    "changed_destination",
    "changed_both",
    "origin_unknown",
    "new_both_differ",
)
ONLY_SOURCE = ("new_source", "gone_destination", "gone_destination_changed_source")
ONLY_DESTINATION = ("new_destination", "gone_source", "gone_source_changed_destination")


def boxes_of(
    reading: Reading, images: tuple[Image, Image], decisions: pl.DataFrame, looked: Looked
) -> Boxes:
    """Put every row of both files into its box, counted from the pairs, against the files' rows.

    A row that could not be read safely is set aside, and so is its counterpart; a record that an
    earlier load brought and whose row was set aside counts once, as that row.
    """
    of = pl.col("class").cast(pl.String)
    there = pl.col("source_row").is_not_null()
    here = pl.col("destination_row").is_not_null()
    not_compared = of == "not_compared"
    retained_there = _among("source_row", looked.retained[0])
    retained_here = _among("destination_row", looked.retained[1])
    row = decisions.select(
        agree=of.is_in(AGREE).sum(),
        differ=of.is_in(DIFFER).sum(),
        undecided_source=((of == "undecided") & there).sum(),
        undecided_destination=((of == "undecided") & here).sum(),
        only_source=of.is_in(ONLY_SOURCE).sum(),
        only_destination=of.is_in(ONLY_DESTINATION).sum(),
        source_not_compared=(not_compared & there & ~pl.col("aside")).sum(),
        destination_not_compared=(not_compared & here & ~pl.col("aside")).sum(),
        source_aside=(pl.col("aside") & there & ~retained_there).sum(),
        destination_aside=(pl.col("aside") & here & ~retained_here).sum(),
    ).row(0, named=True)
    quiet = int(looked.quiet["records"].sum())
    source_rows, source_aside = _rows(reading, images[0], looked.retained[0])
    destination_rows, destination_aside = _rows(reading, images[1], looked.retained[1])
    return Boxes(
        source_rows=source_rows,
        source_not_compared=row["source_not_compared"],
        source_set_aside=row["source_aside"] + source_aside,
        only_source=row["only_source"],
        agree=row["agree"] + quiet,
        differ=row["differ"],
        undecided_source=row["undecided_source"],
        undecided_destination=row["undecided_destination"],
        only_destination=row["only_destination"],
        destination_set_aside=row["destination_aside"] + destination_aside,
        destination_not_compared=row["destination_not_compared"],
        destination_rows=destination_rows,
    )


def _among(column: str, rows: pl.Series) -> pl.Expr:
    return pl.col(column).is_in(rows.implode()).fill_null(value=False)


def _rows(reading: Reading, image: Image, retained: pl.Series) -> tuple[int, int]:
    """The rows of a file, and how many of them were set aside.

    Counted by the load itself; when the image holds more than the last file (an incomplete load,
    or what we wrote since), what the image holds.
    """
    load = reading.last_load(image)
    aside = int(str(load["set_aside"]))
    if image.complete is Completeness.YES and image.seq == load["seq"]:
        return int(str(load["rows"])), aside
    return image.rows - retained.len() + aside, aside
