"""Where in a file the records of a plan stand, and what is to be edited there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.grid import SAMPLE, Cell, Edits, Grid
from mdsync_nb.connectors.key_texts import key_texts
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.written_text import style_of, written
from mdsync_nb.errors import PlanStale
from mdsync_nb.model.schema import Field

AS_TEXT = Field(name="")


def edits_of(grid: Grid, changes: TableChanges, place: Place) -> Edits:
    """Give the edits that carry the changes of a table into its file.

    Cells that hold the text already are left alone. Raises ColumnMissing when a field to write
    has no column, PlanStale when a record to change is not in the file or one to insert already
    is, SourceUnreadable when it is there twice.
    """
    target = _Target(grid, changes, place)
    keys = target.keys()
    modified = target.found(keys, changes.previous_keys)
    deleted = target.found(keys, changes.deleted)
    target.refuse_taken_keys(keys.filter(~pl.col("_record").is_in([*modified, *deleted])))
    return Edits(
        cells=target.changed_cells(modified),
        deleted=tuple(sorted(deleted)),
        appended=target.appended(),
    )


@dataclass(frozen=True)
class _Target:
    """The file that the changes of a table go into."""

    grid: Grid
    changes: TableChanges
    place: Place

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where the column of each field stands."""
        return self.place.positions(self.grid.header, self.changes.schema)

    @cached_property
    def where(self) -> dict[int, str]:
        """What this company's records hold in a file of several companies, by position."""
        return self.place.where(self.grid.header)

    def position(self, field: str) -> int:
        """Where the column of a field stands; a field to write must have one."""
        if field not in self.positions:
            raise self.place.lacks(field, self.grid.header)
        return self.positions[field]

    def field(self, name: str) -> Field:
        """The field of that name; what the schema does not know is a text."""
        return self.changes.schema.by_name.get(name, Field(name=name))

    def keys(self) -> pl.DataFrame:
        """The number and the key, in one spelling, of every record of this company."""
        keep = self.grid.present()
        for position, text in self.where.items():
            keep = keep & (self.grid.texts(position, AS_TEXT).fill_null("") == text)
        columns = []
        for name in self.changes.schema.key:
            field = self.field(name)
            if self.changes.schema.single and name not in self.positions:
                columns.append(pl.Series(name, [""] * len(keep), dtype=pl.String))
                continue
            texts = self.grid.texts(self.position(name), field)
            columns.append(key_texts(texts, field, self.place.format).alias(name))
        return pl.DataFrame(columns).with_row_index("_record").filter(keep)

    def wanted(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Give keys of the plan in the spelling the keys of the file are compared in."""
        columns = []
        for name in self.changes.schema.key:
            field, format = self.field(name), self.place.format
            columns.append(key_texts(written(keys[name], field, format), field, format))
        return pl.DataFrame(columns)

    def found(self, keys: pl.DataFrame, wanted: pl.DataFrame) -> list[int]:
        """Give the record number of every wanted key; each must be there exactly once."""
        if wanted.is_empty():
            return []
        names = list(self.changes.schema.key)
        matches = (
            self.wanted(wanted)
            .with_row_index("_wanted")
            .join(keys, on=names, how="left")
            .group_by("_wanted")
            .agg(
                pl.concat_str(names, separator=" | ").first().alias("_key"),
                pl.col("_record").first(),
                pl.col("_record").count().alias("_times"),
            )
            .sort("_wanted")
        )
        for key, times in matches.filter(pl.col("_times") != 1).select("_key", "_times").rows():
            if times:
                raise self.place.export.unreadable(f"the record {key!r} is in it {times} times")
            raise self.stale(f"does not hold the record {key!r}")
        return [int(number) for number in matches["_record"].to_list()]

    def stale(self, reason: str) -> PlanStale:
        """Give the error that says why the plan does not fit the file."""
        place = self.place
        return PlanStale(
            f"{place.company} {place.table}: {place.name} {reason}.",
            hint=f"Run `mdsync load {place.company}`, then make the plan again.",
        )

    def refuse_taken_keys(self, staying: pl.DataFrame) -> None:
        """Refuse a plan that would give two records of the file one key."""
        renamed = self.changes.modified.filter(self.changes.renamed)
        new = [self.wanted(one) for one in (self.changes.inserted, renamed) if not one.is_empty()]
        if not new:
            return
        names = list(self.changes.schema.key)
        held = pl.concat([staying.select(names), *new])
        twice = held.filter(held.is_duplicated()).join(pl.concat(new), on=names, how="semi")
        if twice.height:
            raise self.stale(f"would hold the record {' | '.join(twice.row(0))!r} twice")

    def texts(self, values: pl.Series, position: int, field: Field) -> list[str]:
        """Give values as texts in the style their column already has."""
        sample = self.grid.texts(position, field, first=SAMPLE)
        style = style_of(sample, field, self.place.format, options=self.grid.options)
        return written(values, field, self.place.format, style).to_list()

    def changed_cells(self, records: list[int]) -> dict[int, dict[int, Cell]]:
        """Give the new cells of the modified records, by record and position."""
        found: dict[int, dict[int, Cell]] = {}
        for (name,), rows in self.changes.changing.group_by("field", maintain_order=True):
            field = self.field(str(name))
            position = self.position(field.name)
            values = self.changes.modified[field.name].gather(rows["record"])
            at = [records[number] for number in rows["record"]]
            held = self.grid.texts(position, field).gather(at).fill_null("")
            texts = self.texts(values, position, field)
            for record, text, value, old in zip(at, texts, values, held, strict=True):
                if text != old:
                    found.setdefault(record, {})[position] = Cell(text, value)
        return found

    def appended(self) -> tuple[dict[int, Cell], ...]:
        """Give the cells of the inserted records, by position; other columns stay empty."""
        rows: list[dict[int, Cell]] = [{} for _ in range(self.changes.inserted.height)]
        for values in self.changes.inserted.get_columns():
            field = self.field(values.name)
            needless = field.name.startswith("_") or values.null_count() == len(values)
            if needless and field.name not in self.positions:
                continue
            position = self.position(field.name)
            texts = self.texts(values, position, field)
            for row, text, value in zip(rows, texts, values, strict=True):
                row[position] = Cell(text, value)
        for position, text in self.where.items():
            for row in rows:
                row[position] = Cell(text, text)
        return tuple(rows)
