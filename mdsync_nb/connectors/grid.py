"""A file as rows and columns of texts, and the edits of one; the same for CSV and Excel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import polars as pl

from mdsync_nb.model.schema import Field

SAMPLE = 10_000
"""How many records are looked at to see how a column is written."""


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
