"""A file as rows and columns of texts, and what the changes of a plan edit in it.

The same for CSV and Excel: each gives a `Grid` and knows how to carry out `Edits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.written_text import canonical, style_of, written
from mdsync_nb.errors import ColumnMissing, PlanStale, SourceUnreadable
from mdsync_nb.model.schema import Field

SAMPLE = 10_000
AS_TEXT = Field(name="")


class Grid(Protocol):
    """A file's header and, column by column, the texts of its records."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, in order."""

    @property
    def options(self) -> Literal["name", "caption"]:
        """How options are written where a column does not tell."""

    def texts(self, position: int, field: Field, *, first: int | None = None) -> pl.Series:
        """One column as texts in the company's way, one a record; null where there is none."""

    def present(self) -> pl.Series:
        """Yes for every record that is more than an empty line."""


@dataclass(frozen=True)
class Cell:
    """What a cell is to hold: its text in the company's way, and the value behind it."""

    text: str
    value: object
    field: Field


@dataclass(frozen=True)
class Edits:
    """What changes in a file, by the number of the record and the position of the column."""

    cells: Mapping[int, Mapping[int, Cell]]
    deleted: tuple[int, ...]
    appended: tuple[Mapping[int, Cell], ...]

    @property
    def any(self) -> bool:
        """True when the file will not be what it was."""
        return bool(self.cells or self.deleted or self.appended)


def edits_of(grid: Grid, changes: TableChanges, place: Place) -> Edits:
    """Give the edits that carry the changes of a table into its file.

    Raises ColumnMissing when a field to write has no column, PlanStale when a record to change
    is not in the file or one to insert already is, SourceUnreadable when it is there twice.
    """
    keys = _keys_in_file(grid, changes, place)
    modified = _found(keys, changes.previous_keys, changes, place)
    deleted = _found(keys, changes.deleted, changes, place)
    staying = keys.filter(~pl.col("_record").is_in([*modified, *deleted]))
    _refuse_taken_keys(staying, changes, place)
    return Edits(
        cells=_changed_cells(grid, changes, place, modified),
        deleted=tuple(sorted(deleted)),
        appended=_appended(grid, changes, place),
    )


def _position(grid: Grid, field: str, place: Place) -> int:
    """Give where the column of a field stands in the file."""
    found = place.position(field, grid.header)
    if found is None:
        raise ColumnMissing(
            place.company,
            place.table,
            place.name,
            column=place.column(field, grid.header),
            found=grid.header,
        )
    return found


def _keys_in_file(grid: Grid, changes: TableChanges, place: Place) -> pl.DataFrame:
    """Give the number and the key, in one spelling, of every record of this company in the file."""
    keep = grid.present()
    for column, text in place.file.where.items():
        at = next((n for n, name in enumerate(grid.header) if name == column), None)
        if at is None:
            raise ColumnMissing(
                place.company, place.table, place.name, column=column, found=grid.header
            )
        keep = keep & (grid.texts(at, AS_TEXT) == text).fill_null(False)
    columns = []
    for name in changes.schema.key:
        field = changes.schema.by_name[name]
        if changes.schema.single and place.position(name, grid.header) is None:
            columns.append(pl.Series(name, [""] * len(keep), dtype=pl.String))
            continue
        texts = grid.texts(_position(grid, name, place), field)
        columns.append(canonical(texts, field, place.format).alias(name))
    return pl.DataFrame(columns).with_row_index("_record").filter(keep)


def _wanted(keys: pl.DataFrame, changes: TableChanges, place: Place) -> pl.DataFrame:
    """Give keys of the plan in the spelling the keys of the file are compared in."""
    columns = []
    for name in changes.schema.key:
        field = changes.schema.by_name[name]
        columns.append(canonical(written(keys[name], field, place.format), field, place.format))
    return pl.DataFrame(columns)


def _found(
    keys: pl.DataFrame, wanted: pl.DataFrame, changes: TableChanges, place: Place
) -> list[int]:
    """Give the record number of every wanted key; each must be in the file exactly once."""
    if wanted.is_empty():
        return []
    names = list(changes.schema.key)
    matched = (
        _wanted(wanted, changes, place)
        .with_row_index("_wanted")
        .join(keys, on=names, how="left")
        .group_by("_wanted", maintain_order=True)
        .agg(
            pl.concat_str(names, separator=" | ").first().alias("_key"),
            pl.col("_record").first(),
            pl.col("_record").count().alias("_times"),
        )
        .sort("_wanted")
    )
    for key, _, times in matched.filter(pl.col("_times") != 1).select("_key", "_record", "_times").rows():
        if times:
            raise SourceUnreadable(
                place.company,
                place.table,
                place.name,
                reason=f"the record {key!r} is in it {times} times",
            )
        raise PlanStale(
            f"{place.company} {place.table}: {place.name} does not hold the record {key!r}.",
            hint=f"Run `mdsync load {place.company}`, then make the plan again.",
        )
    return [int(number) for number in matched["_record"].to_list()]


def _refuse_taken_keys(staying: pl.DataFrame, changes: TableChanges, place: Place) -> None:
    """Refuse a plan that would give a record the key of another one in the file."""
    renamed = changes.modified.filter(changes.renamed) if changes.modified.height else None
    for new in (changes.inserted, renamed):
        if new is None or new.is_empty():
            continue
        names = list(changes.schema.key)
        taken = _wanted(new, changes, place).join(staying, on=names, how="semi")
        if taken.height:
            key = " | ".join(taken.row(0))
            raise PlanStale(
                f"{place.company} {place.table}: {place.name} already holds a record {key!r}.",
                hint=f"Run `mdsync load {place.company}`, then make the plan again.",
            )


def _texts(grid: Grid, values: pl.Series, position: int, field: Field, place: Place) -> list[str]:
    """Give values as texts in the style their column already has."""
    sample = grid.texts(position, field, first=SAMPLE)
    style = style_of(sample, field, place.format, options=grid.options)
    return written(values, field, place.format, style).to_list()


def _changed_cells(
    grid: Grid, changes: TableChanges, place: Place, records: list[int]
) -> dict[int, dict[int, Cell]]:
    """Give the new cells of the modified records, by record and position."""
    found: dict[int, dict[int, Cell]] = {}
    for (name,), rows in changes.changing.group_by("field", maintain_order=True):
        field = changes.schema.by_name[str(name)]
        position = _position(grid, field.name, place)
        values = changes.modified[field.name].gather(rows["record"])
        texts = _texts(grid, values, position, field, place)
        for record, text, value in zip(rows["record"], texts, values, strict=True):
            found.setdefault(records[record], {})[position] = Cell(text, value, field)
    return found


def _appended(grid: Grid, changes: TableChanges, place: Place) -> tuple[dict[int, Cell], ...]:
    """Give the cells of the inserted records, by position; columns the plan does not know stay out."""
    rows: list[dict[int, Cell]] = [{} for _ in range(changes.inserted.height)]
    for values in changes.inserted.get_columns():
        field = changes.schema.by_name.get(values.name, Field(name=values.name))
        ours = field.name.startswith("_") or values.null_count() == len(values)
        if ours and place.position(field.name, grid.header) is None:
            continue
        position = _position(grid, field.name, place)
        texts = _texts(grid, values, position, field, place)
        for row, text, value in zip(rows, texts, values, strict=True):
            row[position] = Cell(text, value, field)
    for column, text in place.file.where.items():
        for row in rows:
            row[grid.header.index(column)] = Cell(text, text, AS_TEXT)
    return tuple(rows)
