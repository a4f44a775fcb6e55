"""A sheet of an Excel file as rows and columns, read from its XML so that it can be patched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from html import unescape
from typing import Literal

import polars as pl

from mdsync_nb.connectors.written_text import written
from mdsync_nb.model.company import FileFormat
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

SAMPLE = 1_000
CODED = r"_x[0-9A-Fa-f]{4}_"
ENTITY = r"&(?:#x?[0-9A-Fa-f]+|\w+);"
NUMBERS = (FieldType.DECIMAL, FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.DURATION)


def letters(position: int) -> str:
    """Give what a spreadsheet calls the column at a position (0 is A)."""
    number, found = position + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found


def column_number(name: str) -> int:
    """Give the position of a column by its letters (A is 0)."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def unescaped(texts: pl.Series) -> pl.Series:
    """Give texts of XML as people read them: entities and `_xHHHH_` of Excel resolved."""
    for pattern, read in ((ENTITY, unescape), (CODED, _uncoded)):
        marks = texts.str.extract_all(pattern).explode().drop_nulls().unique().to_list()
        if marks:
            texts = texts.str.replace_many(marks, [read(mark) for mark in marks])
    return texts


def _uncoded(mark: str) -> str:
    """Give the character that `_xHHHH_` stands for."""
    return chr(int(mark[2:6], 16))


def shared_texts(xml: str) -> pl.Series:
    """Give the texts all sheets of a workbook share, by their number; readings aids left out."""
    prefix = prefix_of(xml, "sst")
    xml = re.sub(rf"<{prefix}si\s*/>", f"<{prefix}si></{prefix}si>", xml)
    parts = pl.Series("text", xml.split(f"</{prefix}si>")[:-1], dtype=pl.String)
    return _joined(parts.str.replace_all(rf"(?s)<{prefix}rPh\b.*?</{prefix}rPh>", ""), prefix)


def _joined(parts: pl.Series, prefix: str) -> pl.Series:
    """Give all text runs of each part as one text."""
    runs = parts.str.extract_all(rf"<{prefix}t(?:\s[^>]*)?>[^<]*</{prefix}t>")
    texts = runs.list.eval(pl.element().str.replace_all(r"<[^>]*>", "")).list.join("")
    return unescaped(texts)


def prefix_of(xml: str, root: str) -> str:
    """Give what stands before the names of the elements (`x:` of some writers, else nothing)."""
    found = re.search(rf"<(\w+:)?{root}\b", xml)
    return (found.group(1) or "") if found else ""


@dataclass(frozen=True)
class SheetGrid:
    """The rows of a sheet below its header row, and its columns as texts."""

    xml: str
    shared: pl.Series
    header_row: int
    format: FileFormat
    first_day: date = date(1899, 12, 30)

    @property
    def options(self) -> Literal["name", "caption"]:
        """A package writes options as people see them."""
        return "caption" if self.header_row > 1 else "name"

    @cached_property
    def prefix(self) -> str:
        """What stands before the names of the elements."""
        return prefix_of(self.xml, "worksheet")

    @cached_property
    def within(self) -> tuple[int, int]:
        """Where the rows begin and end in the XML."""
        found = re.search(rf"<{self.prefix}sheetData(?:\s[^>]*)?(?<!/)>", self.xml)
        if not found:
            return 0, 0
        return found.end(), self.xml.rindex(f"</{self.prefix}sheetData>")

    @cached_property
    def rows(self) -> pl.DataFrame:
        """One row a row: its `number`, `start` and `end` in the XML, and its `raw` XML."""
        first, last = self.within
        mark = f"<{self.prefix}row"
        lead = self.xml.find(mark, first, last)
        inner = self.xml[lead:last] if lead >= 0 else ""
        parts = pl.DataFrame({"raw": [inner]}).select(pl.col("raw").str.split(mark).explode())
        return (
            parts.slice(1)
            .select(raw=pl.lit(mark) + pl.col("raw"))
            .with_columns(end=pl.col("raw").str.len_chars().cast(pl.Int64).cum_sum() + lead)
            .with_columns(start=pl.col("end").shift(1, fill_value=lead))
            .with_columns(number=pl.col("raw").str.extract(r'^[^>]*?\sr="(\d+)"').cast(pl.Int64))
        )

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The rows below the header row: one a record."""
        return self.rows.filter(pl.col("number") > self.header_row)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, by their position in the sheet; "" where none has a name."""
        return self.row_texts(self.header_row)

    def row_texts(self, number: int) -> tuple[str, ...]:
        """The texts of one row, by position."""
        found = self.rows.filter(pl.col("number") == number)
        if found.is_empty():
            return ()
        names = re.findall(rf'<{self.prefix}c\b[^>]*?\sr="([A-Z]+)\d+"', found["raw"][0])
        width = max((column_number(name) for name in names), default=-1) + 1
        texts = [self._texts_in(found["raw"], at, Field(name="")) for at in range(width)]
        return tuple(one[0] or "" for one in texts)

    def texts(self, position: int, field: Field, *, first: int | None = None) -> pl.Series:
        """One column as texts; numbers and days of a sheet as the company writes them."""
        return self._texts_in(self.lines["raw"].slice(0, first), position, field)

    def present(self) -> pl.Series:
        """Yes for every row with a value."""
        return self.lines["raw"].str.contains(rf"<{self.prefix}(?:v|t)[\s>]")

    def cells(self, raw: pl.Series, position: int) -> pl.DataFrame:
        """The cells of one column: their `tag` and what is in it (`inner`); null without a cell."""
        name, p = letters(position), self.prefix
        pattern = (
            rf'(?P<tag><{p}c(?:\s[^>]*)?\sr="{name}\d+"[^>]*?)(?:/>|>(?P<inner>(?s:.*?))</{p}c>)'
        )
        return pl.DataFrame({"raw": raw}).select(
            pl.col("raw").str.extract_groups(pattern).struct.unnest()
        )

    def _texts_in(self, raw: pl.Series, position: int, field: Field) -> pl.Series:
        """One column of some rows as texts: shared, in the cell, true or false, or a number."""
        cells = self.cells(raw, position).with_columns(
            type=pl.col("tag").str.extract(r'\st="(\w+)"').fill_null("n"),
            value=pl.col("inner").str.extract(rf"<{self.prefix}v(?:\s[^>]*)?>([^<]*)<"),
        )
        cells = cells.with_columns(
            inlineStr=_joined(cells["inner"], self.prefix),
            s=self._shared_texts(cells),
            b=pl.col("value").replace({"1": "true", "0": "false"}),
            n=self._number_texts(cells["value"], field),
            other=unescaped(cells["value"]),
        )
        found = pl.col("other")
        for kind in ("inlineStr", "s", "b", "n"):
            found = pl.when(pl.col("type") == kind).then(kind).otherwise(found)
        return cells.select(found.alias("text")).to_series()

    def _shared_texts(self, cells: pl.DataFrame) -> pl.Series:
        """The shared texts that cells refer to; null for the others."""
        texts = pl.DataFrame({"number": range(len(self.shared)), "text": self.shared})
        number = pl.when(pl.col("type") == "s").then(pl.col("value").cast(pl.Int64, strict=False))
        wanted = cells.select(number.alias("number"))
        return wanted.join(texts, on="number", how="left", maintain_order="left")["text"]

    def _number_texts(self, values: pl.Series, field: Field) -> pl.Series:
        """Give number cells as the company writes the field: its dates, its decimal mark."""
        numbers = values.cast(pl.Float64, strict=False)
        days = pl.lit(datetime(self.first_day.year, self.first_day.month, self.first_day.day))
        if field.type is FieldType.DATE:
            expr = (days + pl.duration(days=pl.lit(numbers).floor())).cast(pl.Date)
        elif field.type is FieldType.DATETIME:
            seconds = (pl.lit(numbers) * 86_400_000).round() * 1000
            expr = days + pl.duration(microseconds=seconds)
        elif field.type in NUMBERS:
            exact = pl.lit(values).cast(pl.Decimal(38, 20), strict=False)
            expr = pl.coalesce(exact, pl.lit(numbers).cast(pl.Decimal(38, 20), strict=False))
        else:
            return values.str.replace(r"\.0+$", "")
        return written(pl.select(expr.alias("number")).to_series(), field, self.format)
