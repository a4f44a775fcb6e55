"""What people wrote into a worklist: their decisions, read back from the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import fastexcel
import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import CouldNotRun, UsageError
from mdsync_nb.model.words import EVERY_WORDS
from mdsync_nb.reports.masking import MASK
from mdsync_nb.reports.worklist_file import COLUMNS

NAMED = {
    "mapping": "mapping",
    "source_id": "source_id",
    "destination_id": "destination_id",
    "field": "field",
    "source": "source",
    "destination": "destination",
}
"""Columns of `frames.ANSWERS` that stand in the sheet under the head of their name."""

SAID = {"decision": "Your decision", "value": "Value or comment"}


def answers(path: Path) -> pl.DataFrame:
    """Give what was decided in a worklist (`frames.ANSWERS`), row by row as Excel counts them.

    Only rows with a decision. Raises CouldNotRun for a file that is no workbook, UsageError for one
    that is no worklist, or whose values are masked.
    """
    try:
        sheets = pl.read_excel(path, sheet_id=0, infer_schema_length=0, raise_if_empty=False)
    except (OSError, pl.exceptions.PolarsError, fastexcel.FastExcelError) as error:
        raise CouldNotRun(
            f"{path} cannot be read as a workbook.",
            hint="Name a file `mdsync decisions export` wrote.",
        ) from error
    heads = {column.name: column.head for column in COLUMNS}
    wanted = {name: heads[of] for name, of in NAMED.items()} | SAID
    found = [frames.empty(frames.ANSWERS)]
    for name, sheet in sheets.items():
        if name.partition(" ")[0] != "Worklist":
            continue
        named = {name: _as_written(head, sheet.columns) for name, head in wanted.items()}
        missing = [head for head in named.values() if head not in sheet.columns]
        if missing:
            raise UsageError(
                f"{path}: the sheet {name} has no column {missing[0]!r}.",
                hint="Write the file anew with `mdsync decisions export`, and decide in that.",
            )
        rows = sheet.with_row_index("row", offset=2).select(
            "row", *(pl.col(head).alias(column) for column, head in named.items())
        )
        found.append(frames.conform(rows, frames.ANSWERS))
    if len(found) == 1:
        raise UsageError(
            f"{path} has no sheet Worklist.", hint="Write one with `mdsync decisions export FILE`."
        )
    given = pl.concat(found).with_columns(pl.col("decision").str.strip_chars())
    decided = given.filter(pl.col("decision").fill_null("") != "")
    if decided.filter((pl.col("source") == MASK) | (pl.col("destination") == MASK)).height:
        raise UsageError(
            f"{path} holds masked values, so nobody can check that they did not move.",
            hint="Decide in a worklist that was written without `report.mask`.",
        )
    return decided


def _as_written(head: str, columns: Sequence[str]) -> str:
    """Give the head of a column as the file has it, whatever the two sides are called there."""
    said = [words.said(head) for words in EVERY_WORDS]
    return next((one for one in said if one in columns), said[0])
