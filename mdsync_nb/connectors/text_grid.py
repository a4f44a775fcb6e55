"""A text file as rows and columns: where each record and each value begins and ends in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from mdsync_nb.connectors.dialect import Dialect
from mdsync_nb.model.schema import Field

SAMPLE = 1_000


def quoted(texts: pl.Series, dialect: Dialect, always: pl.Series) -> pl.Series:
    """Give values as they stand in the file: in quotes where they need them, or always have them.

    always: yes for every value that has quotes whether it needs them or not.
    Raises ValueError naming a value that needs quotes in a file without any.
    """
    mark, escape = dialect.quote, dialect.escape
    special = sorted({dialect.delimiter, mark, escape, "\r", "\n"} - {""})
    needs = texts.str.contains_any(special)
    if not mark:
        if needs.any():
            raise ValueError(texts.filter(needs)[0])
        return texts
    inner = texts.str.replace_all(escape, escape * 2, literal=True)
    if escape != mark:
        inner = inner.str.replace_all(mark, escape + mark, literal=True)
    frame = pl.DataFrame({"text": texts, "inner": inner, "within": needs | always})
    within = pl.lit(mark) + pl.col("inner") + pl.lit(mark)
    return frame.select(pl.when("within").then(within).otherwise("text")).to_series()


@dataclass(frozen=True)
class _Patterns:
    """The regular expressions of a dialect, the same for Polars and Python.

    cell: one value. opening, open: a line that begins outside or within quotes and ends within.
    A quote opens a quoted value only at its beginning; in `5" pipe` it is a character.
    """

    cell: str
    opening: str
    open: str


def _patterns(dialect: Dialect) -> _Patterns:
    between, mark, escape = (
        re.escape(one) for one in (dialect.delimiter, dialect.quote, dialect.escape)
    )
    if not mark:
        return _Patterns(cell=rf"[^{between}\n]*", opening="", open="")
    doubled = mark == escape
    within = (
        rf"(?:[^{mark}]|{mark}{mark})*" if doubled else rf"(?:[^{mark}{escape}]|{escape}(?s:.))*"
    )
    broken = within if doubled else rf"{within}{escape}?"
    cell = rf"{mark}{within}{mark}|[^{mark}{between}\n][^{between}\n]*|"
    return _Patterns(
        cell=cell,
        opening=rf"^(?:(?:{cell}){between})*{mark}{broken}$",
        open=rf"^(?:{broken}$|{within}{mark}(?:{between}(?:{cell}))*{between}{mark}{broken}$)",
    )


@dataclass(frozen=True)
class TextGrid:
    """The records of a text file: where each begins and ends, and its columns as texts."""

    text: str
    dialect: Dialect
    options: Literal["name", "caption"] = "name"

    @cached_property
    def patterns(self) -> _Patterns:
        """The regular expressions of its dialect."""
        return _patterns(self.dialect)

    @cached_property
    def line_end(self) -> str:
        """What separates lines; only very old files do without a line feed."""
        return "\r" if "\r" in self.text and "\n" not in self.text else "\n"

    @cached_property
    def lines(self) -> pl.DataFrame:
        """One row a record, the header first: `start` and `end` in the text, and its `raw` text.

        A line break within quotes does not end a record.
        """
        split = pl.DataFrame({"raw": [self.text]}).select(
            pl.col("raw").str.split(self.line_end).explode()
        )
        found = (
            split.with_columns(
                self._begins().cum_sum().alias("record"),
                end=(pl.col("raw").str.len_chars().cast(pl.Int64) + 1).cum_sum(),
            )
            .group_by("record", maintain_order=True)
            .agg(
                pl.col("raw").str.join(self.line_end),
                pl.col("end").last().clip(upper_bound=len(self.text)),
            )
            .with_columns(start=pl.col("end").shift(1, fill_value=0))
            .with_columns(pl.col("raw").str.strip_suffix("\r"))
        )
        return found.filter(pl.col("start") < pl.col("end"))

    def _begins(self) -> pl.Expr:
        """True of every line that begins a record: the one before does not end within quotes.

        What a line does to one that begins outside quotes (`opening`) and to one that begins
        within (`open`) is known from itself; the rest is counting how often it turned.
        """
        raw, mark = pl.col("raw"), self.dialect.quote
        if not mark:
            return raw.is_not_null()
        quotes = raw.str.contains(mark, literal=True)
        opening = quotes & raw.str.contains(self.patterns.opening)
        still_open = ~quotes | raw.str.contains(self.patterns.open)
        turned = (opening & ~still_open).cum_sum() % 2 == 1
        settled = pl.when(opening == still_open).then(opening ^ turned).forward_fill()
        ends_within = settled.fill_null(False) ^ turned
        return ~ends_within.shift(1, fill_value=False)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        if self.lines.is_empty():
            return ()
        raw = self.lines["raw"][0]
        cells = pl.Series([raw[a:b] for a, b in self.spans(raw) or ()], dtype=pl.String)
        return tuple(self.bare(cells).to_list())

    def spans(self, raw: str) -> list[tuple[int, int]] | None:
        """Give where each value of one record begins and ends, or None when that cannot be said."""
        pattern, found, at = re.compile(self.patterns.cell), [], 0
        while match := pattern.match(raw, at):
            found.append(match.span())
            if match.end() == len(raw):
                return found
            if not raw.startswith(self.dialect.delimiter, match.end()):
                return None
            at = match.end() + len(self.dialect.delimiter)
        return None

    def raw(self, position: int, *, first: int | None = None) -> pl.Series:
        """One column as it stands in the file, quotes and all; null where a record has it not."""
        cell, between = self.patterns.cell, re.escape(self.dialect.delimiter)
        whole = rf"^(?:(?:{cell}){between}){{{position}}}({cell})(?:{between}|$)"
        return self.lines["raw"].slice(1, first).str.extract(whole)

    def bare(self, raw: pl.Series) -> pl.Series:
        """Give values without their quotes."""
        mark, escape = self.dialect.quote, self.dialect.escape
        if not mark:
            return raw
        inner = raw.str.strip_prefix(mark).str.strip_suffix(mark)
        plain = inner.str.replace_all(re.escape(escape) + "((?s:.))", "${1}")
        frame = pl.DataFrame({"raw": raw, "plain": plain})
        is_quoted = pl.col("raw").str.starts_with(mark)
        return frame.select(pl.when(is_quoted).then("plain").otherwise("raw")).to_series()

    def texts(self, position: int, field: Field, *, first: int | None = None) -> pl.Series:  # noqa: ARG002
        """One column as texts without quotes, one a record."""
        return self.bare(self.raw(position, first=first))

    def present(self) -> pl.Series:
        """Yes for every record that is more than an empty line."""
        return self.lines["raw"].slice(1) != ""

    @cached_property
    def always_quoted(self) -> tuple[bool, ...]:
        """Yes for every column whose values all stand in quotes, whether they need them or not."""
        found = []
        header = self.lines["raw"][0]
        for position, (start, _) in enumerate(self.spans(header) or ()):
            cells = self.raw(position, first=SAMPLE).drop_nulls()
            cells = cells.filter(cells != "")
            sample = cells if len(cells) else pl.Series([header[start : start + 1]])
            mark = self.dialect.quote
            found.append(bool(mark) and bool(sample.str.starts_with(mark).all()))
        return tuple(found)

    @cached_property
    def header_quoted(self) -> bool:
        """Yes when the names of the columns stand in quotes."""
        mark = self.dialect.quote
        return bool(mark) and bool(self.lines.height) and self.lines["raw"][0].startswith(mark)

    @cached_property
    def blanks_quoted(self) -> tuple[bool, ...]:
        """Yes for every quoted column that does not write an empty value as nothing at all."""
        return tuple(
            always and not (self.raw(position, first=SAMPLE) == "").any()
            for position, always in enumerate(self.always_quoted)
        )
