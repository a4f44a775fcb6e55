"""What people wrote into a worklist: their decisions, read back from the workbook."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import CouldNotRun, UsageError
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
        missing = [head for head in wanted.values() if head not in sheet.columns]
        if missing:
            raise UsageError(
                f"{path}: the sheet {name} has no column {missing[0]!r}.",
                hint="Write the file anew with `mdsync decisions export`, and decide in that.",
            )
        rows = sheet.with_row_index("row", offset=2).select(
            "row", *(pl.col(head).alias(column) for column, head in wanted.items())
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
