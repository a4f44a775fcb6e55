"""What people see in a terminal: tables and sentences in which no value can do harm."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

SHOWN = 100
"""Rows a table shows; it says how many there are."""

PIPED = 200
"""Columns of a table when nobody looks: the output goes into a file or another program."""

Row = Mapping[str, object]


def clean(text: object, *, lines: bool = False) -> str:
    """Give a text as it may be printed: without control characters, so that no value of a record
    moves the cursor, changes colours or hides what follows. lines: keep line breaks."""
    kept = "\n" if lines else ""
    spaced = str(text).replace("\t", " ").replace("\r", "")
    spaced = spaced if lines else spaced.replace("\n", " ")
    return "".join(one if one.isprintable() or one in kept else _instead(one) for one in spaced)


def _instead(character: str) -> str:
    return " " if character.isspace() else ""


def say(*texts: str) -> None:
    """Print sentences, a line each."""
    for text in texts:
        print(clean(text))


def aside(text: str) -> None:
    """Say how far a command is, on standard error."""
    print(clean(text), file=sys.stderr)


def table(
    rows: pl.DataFrame | Sequence[Row],
    heads: Mapping[str, str],
    *,
    title: str = "",
    none: str = "",
    shown: int = SHOWN,
) -> None:
    """Print rows as a table, or the sentence without any. heads: column -> head, in order."""
    listed: list[Row] = (
        list(rows.head(shown).iter_rows(named=True))
        if isinstance(rows, pl.DataFrame)
        else list(rows[:shown])
    )
    if not listed:
        say(*filter(None, [none]))
        return
    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for name, head in heads.items():
        right = all(_is_number(row.get(name)) for row in listed)
        drawn.add_column(Text(head), justify="right" if right else "left", overflow="fold")
    for row in listed:
        drawn.add_row(*(Text(cell(row.get(name))) for name in heads))
    if title:
        say("", title)
    _console().print(drawn)
    if len(rows) > len(listed):
        say(f"The first {len(listed):,} of {len(rows):,} rows; --json gives all.")


def cell(value: object) -> str:
    """Give a value as a cell: counts with thousands apart, times to the minute, yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(cell(one) for one in value)
    return clean(value)


def count(many: int, one: str, more: str = "") -> str:
    """Give a number with its noun: 1 record, 2 records."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


def listing(names: Iterable[str]) -> str:
    """Give names as a sentence lists them: HOLDING, NORDIC and LUMIERE."""
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _console() -> Console:
    width = None if sys.stdout.isatty() else PIPED
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
