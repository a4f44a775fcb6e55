"""What an applied plan writes into one table of one company, as the writing side takes it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from mdsync_nb.model.schema import TableSchema

BEFORE = "_key."
"""A column `_key.<field>` of `modified` holds the key as it was before the change."""

NO_CELLS = {"record": pl.Int64(), "field": pl.String()}


@dataclass(frozen=True)
class TableChanges:
    """The records of one table to insert, modify and delete; typed columns, null = blank.

    inserted: all fields to write, one row a record.
    modified: `_key.<field>` (the key before), the key, and every field that changes in some
    record; every cell is filled with its value after the change.
    cells: which cells of `modified` really change: `record` (row number in it) and `field`.
    deleted: the key.
    """

    table: str
    schema: TableSchema
    inserted: pl.DataFrame = field(default_factory=pl.DataFrame)
    modified: pl.DataFrame = field(default_factory=pl.DataFrame)
    cells: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NO_CELLS))
    deleted: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def any(self) -> bool:
        """True when something of this table is to be written."""
        return bool(self.inserted.height or self.modified.height or self.deleted.height)

    @property
    def previous_keys(self) -> pl.DataFrame:
        """The keys of the modified records as they were before, under their field names."""
        if self.modified.is_empty():
            return pl.DataFrame()
        return self.modified.select(
            pl.col(BEFORE + name if BEFORE + name in self.modified.columns else name).alias(name)
            for name in self.schema.key
        )

    @property
    def renamed(self) -> pl.Series:
        """Yes for every modified record whose key changes."""
        if self.modified.is_empty():
            return pl.Series("renamed", [], dtype=pl.Boolean)
        names = [name for name in self.schema.key if BEFORE + name in self.modified.columns]
        moved = [pl.col(name).ne_missing(pl.col(BEFORE + name)) for name in names]
        return self.modified.select(pl.any_horizontal(pl.lit(False), *moved).alias("renamed"))[
            "renamed"
        ]

    @property
    def changing(self) -> pl.DataFrame:
        """The cells that change (`record`, `field`), those of a key that is renamed among them."""
        keys = [
            self.modified.with_row_index("_record")
            .filter(pl.col(name).ne_missing(pl.col(BEFORE + name)))
            .select(pl.col("_record").cast(pl.Int64).alias("record"), pl.lit(name).alias("field"))
            for name in self.schema.key
            if BEFORE + name in self.modified.columns
        ]
        said = self.cells.select(pl.col("record").cast(pl.Int64), pl.col("field").cast(pl.String))
        return pl.concat([said, *keys]).unique().sort("record", "field")
