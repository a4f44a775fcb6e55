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


def quoted(text: str, dialect: Dialect, *, always: bool) -> str:
    """Give a value as it stands in the file: in quotes where its column has them or it needs them.

    Raises ValueError when it needs quotes and the file has none.
    """
    special = {dialect.delimiter, dialect.quote, dialect.escape, "\r", "\n"} - {""}
    needs = any(mark in text for mark in special)
    if needs and not dialect.quote:
        raise ValueError(text)
    if not (needs or always):
        return text
    if dialect.escape != dialect.quote:
        text = text.replace(dialect.escape, dialect.escape * 2)
    inner = text.replace(dialect.quote, dialect.escape + dialect.quote)
    return dialect.quote + inner + dialect.quote


def _cell_pattern(dialect: Dialect) -> str:
    """Give the regular expression of one value, the same for Polars and Python."""
    between, mark, escape = (
        re.escape(one) for one in (dialect.delimiter, dialect.quote, dialect.escape)
    )
    if not mark:
        return rf"[^{between}\n]*"
    if mark == escape:
        return rf"{mark}(?:[^{mark}]|{mark}{mark})*{mark}|[^{mark}{between}\n][^{between}\n]*|"
    within = rf"(?:[^{mark}{escape}]|{escape}(?s:.))*"
    return rf"{mark}{within}{mark}|[^{mark}{between}\n][^{between}\n]*|"


@dataclass(frozen=True)
class TextGrid:
    """The records of a text file: where each begins and ends, and its columns as texts."""

    text: str
    dialect: Dialect
    options: Literal["name", "caption"] = "name"

    @cached_property
    def lines(self) -> pl.DataFrame:
        """One row a record, the header first: `start` and `end` in the text, and its `raw` text.

        A line break within quotes does not end a record: a record ends where the number of
        quotes so far is even.
        """
        lines = pl.DataFrame({"raw": [self.text]}).select(pl.col("raw").str.split("\n").explode())
        lines = lines.with_columns(
            marks=self._marks(),
            end=(pl.col("raw").str.len_chars().cast(pl.Int64) + 1).cum_sum(),
        )
        even = pl.col("marks").cum_sum().shift(1, fill_value=0) % 2 == 0
        found = (
            lines.with_columns(record=even.cum_sum())
            .group_by("record", maintain_order=True)
            .agg(pl.col("raw").str.join("\n"), pl.col("end").last().clip(upper_bound=len(self.text)))
            .with_columns(start=pl.col("end").shift(1, fill_value=0))
            .with_columns(pl.col("raw").str.strip_suffix("\r"))
        )
        return found.filter(pl.col("start") < pl.col("end"))

    def _marks(self) -> pl.Expr:
        """Count the quotes of every line that are not escaped by a backslash."""
        raw = pl.col("raw")
        if not self.dialect.quote:
            return pl.lit(0)
        if self.dialect.escape != self.dialect.quote:
            raw = raw.str.replace_all(re.escape(self.dialect.escape) + ".", "")
        return raw.str.count_matches(self.dialect.quote, literal=True).cast(pl.Int64)

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
        pattern, found, at = re.compile(_cell_pattern(self.dialect)), [], 0
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
        cell, between = _cell_pattern(self.dialect), re.escape(self.dialect.delimiter)
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
    def blanks_quoted(self) -> tuple[bool, ...]:
        """Yes for every column that writes an empty value as two quotes."""
        blank = self.dialect.quote * 2
        return tuple(
            always and bool((self.raw(position, first=SAMPLE) == blank).any())
            for position, always in enumerate(self.always_quoted)
        )
