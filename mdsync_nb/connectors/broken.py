"""Why a file cannot be read, in plain words instead of the parser's."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from mdsync_nb.connectors.folders import Export
from mdsync_nb.connectors.sources import Part
from mdsync_nb.errors import CouldNotRun, MdsyncError

ROW = re.compile(r"CSV Error on Line: (\d+)")
COUNTS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
REASONS = (
    ("unterminated quote", "a quote in it is not closed, or not written as quotes in quotes are"),
    ("Invalid unicode", "it holds bytes that are not utf-8"),
    ("state machine reached", "its lines do not all end in the same way"),
    ("Maximum line size", "a row of it is longer than 2 MB; a quote may not be closed"),
)
PARQUET = re.compile(r"parquet|snappy|zstd|thrift|decompress|page header|dictionary", re.IGNORECASE)


def explained(error: duckdb.Error, parts: Sequence[Part]) -> MdsyncError:
    """Give the error of a run that says in plain words what the database stumbled over.

    SourceUnreadable with file, row and reason when a file is to blame, else CouldNotRun.
    """
    message = str(error)
    export = _blamed(message, parts)
    found = ROW.search(message)
    row = int(found.group(1)) if found else None
    counts = COUNTS.search(message)
    if counts:
        wanted, there = counts.groups()
        return export.unreadable(f"it has {there} values where the header has {wanted}", row)
    for mark, reason in REASONS:
        if mark in message:
            return export.unreadable(reason, row)
    if found:
        return export.unreadable("it is not delimited text as its header promises", row)
    if export.path.suffix.lower() == ".parquet" and PARQUET.search(message):
        return export.unreadable("it is damaged, or it was cut off")
    return CouldNotRun(
        f"{export.company} {export.table}: reading {export.shown} stopped"
        f" ({type(error).__name__}).",
        hint="See that disk and memory are not full, then run the command again.",
    )


def _blamed(message: str, parts: Sequence[Part]) -> Export:
    """Give the file the message names, else the first."""
    read = [pair for part in parts for pair in zip(part.exports, part.paths, strict=False)]
    named = (export for export, path in read if str(path) in message)
    return next(named, parts[0].export)
