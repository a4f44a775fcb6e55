"""The files of a change set, in the layout of the files that were read: CSV or Excel."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import polars as pl
import xlsxwriter

from mdsync_nb.connectors.dialect import Dialect, dialect_of
from mdsync_nb.connectors.grid import SAMPLE
from mdsync_nb.connectors.in_place_csv import encoded, quoted_values
from mdsync_nb.connectors.in_place_excel import grid_of, opened
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.sheet_grid import SheetGrid
from mdsync_nb.connectors.text_grid import TextGrid
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.model.company import FileFormat
from mdsync_nb.model.schema import Field

Page = pl.DataFrame
Kind = Literal["text", "excel", "package"]
START = 1 << 20
MOST_ROWS = 1_048_576
LONGEST = 32_767
CREATED = datetime(2000, 1, 1)
PLAIN = Dialect("utf-8", b"", ",", '"', '"', "\n")


class Layout(Protocol):
    """How the file of a table was laid out, and how a page of texts is written the same way."""

    @property
    def kind(self) -> Kind:
        """What sort of file it is."""

    @property
    def suffix(self) -> str:
        """How the names of such files end."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns of the file that was read."""

    @property
    def format(self) -> FileFormat:
        """How values are written as text."""

    @property
    def options(self) -> Literal["name", "caption"]:
        """How options are written where a column does not tell."""

    def sample(self, position: int, field: Field) -> pl.Series:
        """Some texts of a column of the file that was read."""

    def content(self, page: Page) -> bytes:
        """The bytes of a file with these records."""


def layout_of(place: Place) -> Layout:
    """Give the layout of the file of a table, as the file itself shows it."""
    if place.kind == "text":
        dialect = dialect_of(place.path, place.format)
        return TextLayout(place, TextGrid(_start_of(place, dialect), dialect), place.format)
    if place.kind == "excel":
        book = opened(place.path.read_bytes(), place)
        return SheetLayout(place, grid_of(book, place), book.sheet_name)
    return TextLayout(place, TextGrid("", PLAIN), FileFormat(blank=place.format.blank))


def _start_of(place: Place, dialect: Dialect) -> str:
    """Give the first whole lines of a text file."""
    with place.path.open("rb") as stream:
        start = stream.read(START).removeprefix(dialect.bom)
        whole = not stream.read(1)
    text = codecs.getincrementaldecoder(dialect.encoding)("replace").decode(start)
    return text if whole else text[: text.rfind("\n") + 1]


@dataclass(frozen=True)
class TextLayout:
    """A text file: its dialect, and which of its columns always stand in quotes."""

    place: Place
    grid: TextGrid
    format: FileFormat
    kind: Kind = "text"
    suffix: str = ".csv"
    options: Literal["name", "caption"] = "name"

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns of the file that was read."""
        return self.grid.header

    def sample(self, position: int, field: Field) -> pl.Series:
        """Some texts of a column of the file that was read."""
        return self.grid.texts(position, field, first=SAMPLE)

    def content(self, page: Page) -> bytes:
        """The page as a text file in the dialect that was read."""
        dialect = self.grid.dialect
        columns = [self._values(page[name], alone=page.width == 1) for name in page.columns]
        marks = pl.Series([self.grid.header_quoted] * page.width, dtype=pl.Boolean)
        names = quoted_values(pl.Series(page.columns), marks, dialect, self.place)
        rows = pl.select(pl.concat_str(columns, separator=dialect.delimiter)).to_series()
        lines = [dialect.delimiter.join(names), *rows.to_list(), ""]
        return encoded(dialect.newline.join(lines), dialect, self.place)

    def _values(self, texts: pl.Series, *, alone: bool) -> pl.Series:
        """Give the values of one column as they stand in the file; alone, none is just nothing.

        An empty text is told from an absent value by its quotes (`blank: distinct`).
        """
        full, blank, apart = self.grid.header_quoted, False, self.format.blank == "distinct"
        if texts.name in self.header:
            at = self.header.index(texts.name)
            full, blank = self.grid.always_quoted[at], self.grid.blanks_quoted[at]
        always = pl.DataFrame(texts.alias("text")).select(
            pl.when(pl.col("text").is_null())
            .then(pl.lit(alone))
            .when(pl.col("text") == "")
            .then(pl.lit(blank or alone or apart))
            .otherwise(pl.lit(full))
        )
        absent_as_nothing = texts.fill_null("")
        return quoted_values(absent_as_nothing, always.to_series(), self.grid.dialect, self.place)


@dataclass(frozen=True)
class SheetLayout:
    """An Excel file: a plain sheet, or one of a configuration package with its three head rows."""

    place: Place
    grid: SheetGrid
    sheet: str
    suffix: str = ".xlsx"

    @property
    def kind(self) -> Kind:
        """Whether the file is a configuration package."""
        return "package" if self.grid.header_row > 1 else "excel"

    @property
    def format(self) -> FileFormat:
        """How text in the file is written."""
        return self.grid.format

    @property
    def options(self) -> Literal["name", "caption"]:
        """How options are written."""
        return self.grid.options

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns of the file that was read."""
        return self.grid.header

    def sample(self, position: int, field: Field) -> pl.Series:
        """Some texts of a column of the file that was read."""
        return self.grid.texts(position, field, first=SAMPLE)

    def content(self, page: Page) -> bytes:
        """The page as an Excel file; every cell is a text, never a formula."""
        self._refuse_what_excel_cuts(page)
        stream, head = io.BytesIO(), self.grid.header_row
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        book.set_properties({"created": CREATED})
        sheet, text = book.add_worksheet(self.sheet), book.add_format({"num_format": "@"})
        if head > 1:
            for column, value in enumerate(self.grid.row_texts(1)):
                sheet.write_string(0, column, value, text)
        for column, name in enumerate(page.columns):
            sheet.write_string(head - 1, column, name, text)
            for row, value in enumerate(page[name], start=head):
                if value:
                    sheet.write_string(row, column, value, text)
                else:
                    sheet.write_blank(row, column, None, text)
        book.close()
        return stream.getvalue()

    def _refuse_what_excel_cuts(self, page: Page) -> None:
        """Refuse a page with more rows than a sheet has, or a text longer than a cell takes."""
        where = f"{self.place.company} {self.place.table}"
        if page.height + self.grid.header_row > MOST_ROWS:
            raise CouldNotRun(f"{where}: {page.height:,} records do not fit into one Excel sheet.")
        for name in page.columns:
            if (page[name].str.len_chars() > LONGEST).any():
                raise CouldNotRun(
                    f"{where}: a text for {name} is longer than the {LONGEST:,} characters Excel "
                    "takes."
                )
