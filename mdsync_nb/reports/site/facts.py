"""What the page of one record is made of: its rows of the worklist, its values, and names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from mdsync_nb.core.redaction import hides_keys
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.engine.overview import Record
from mdsync_nb.engine.worklist import WHOLE_RECORD
from mdsync_nb.model.words import SideWords
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.site.making import Making
from mdsync_nb.reports.tally import Row


@dataclass(frozen=True)
class Facts:
    """One record that waits. rows: its rows of the worklist, masked, one a field that differs."""

    making: Making
    record: Record
    told: Explanation
    rows: list[Row]

    @property
    def first(self) -> Row:
        """Its first row: what is said of the record as a whole."""
        return self.rows[0]

    @property
    def words(self) -> SideWords:
        """What the two sides of its mapping are called."""
        return self.told.words

    @property
    def there(self) -> str:
        """The name of the company the others are compared with."""
        firm = tally.holding(self.making.c)
        return firm.name if firm else self.words.there

    @property
    def here(self) -> str:
        """The name of the company that is written."""
        return self.making.companies.get(self.first["company"], str(self.first["company"]))

    @property
    def key(self) -> str:
        """Its number, or what stands for it."""
        return self.first["key"] or "without a number"

    @property
    def name(self) -> str:
        """What people call it."""
        return self.first["name"] or f"{self.first['table']} {self.key}"

    @property
    def called(self) -> str:
        """How a command names it: by its number, or by its id; not at all where that is hidden."""
        if self.hides_ids:
            return "RECORD"
        return self.first["key"] or self.record[1] or self.record[2] or ""

    @property
    def hides_ids(self) -> bool:
        """Whether ids are hidden as well: they are the number where a company delivers none."""
        return hides_keys(self.making.c.masked)

    @cached_property
    def cells(self) -> pl.DataFrame:
        """The values that differ, or would be created (`frames.CELLS`), masked."""
        return masked(self.told.cells, self.making.c.masked)

    @cached_property
    def fields(self) -> list[Row]:
        """The rows that are about a field, not about the record as a whole."""
        known = set(self.cells["field"].to_list())
        return [row for row in self.rows if row["field"] in known and row["field"] != WHOLE_RECORD]

    @cached_property
    def classes(self) -> dict[str, str]:
        """Who changed each field since they last agreed."""
        return dict(self.cells.select("field", pl.col("class").cast(pl.String)).iter_rows())

    def shown(self, row: Row, side: str) -> str:
        """A value of a row as people read it; nothing is the word blank."""
        text = row[side]
        return wording.amount(text, row["type"] or "") if text else "blank"


def facts_of(making: Making) -> list[Facts]:
    """Give what the pages of records are made of, in the order of the worklist."""
    keys = ["mapping", "source_id", "destination_id"]
    parts = making.waiting.partition_by(keys, as_dict=True, maintain_order=True)
    found = []
    for record, told in making.overview.explained.items():
        rows = parts.get(record)
        if rows is not None:
            found.append(Facts(making, record, told, rows.to_dicts()))
    return found
