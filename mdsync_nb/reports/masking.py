"""Values of masked fields are replaced before anything is rendered or written."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from mdsync_nb.core.redaction import NUMBERS, hides_keys

MASK = "•••"

VALUES = ("source", "destination", "base", "there", "here", "record_value", "candidate_value")
WARNING = "warning"
OF_PAIRS = ("record", "counterpart", "candidate", "coupled", "integration", "local")
"""How columns begin that call one of two records."""

NAME, KEY = ("name", "description"), NUMBERS
CALLED_BY = {
    "name": NAME,
    "key": KEY,
    **{f"{one}_name": NAME for one in OF_PAIRS},
    **{f"{one}_key": KEY for one in OF_PAIRS},
}
"""Columns that repeat a field so that people recognise the record, and the fields they repeat."""


def masked(frame: pl.DataFrame, fields: Iterable[str]) -> pl.DataFrame:
    """Give the frame with ••• in place of every value of the fields.

    frame: frames.WORKLIST, frames.CELLS (`field`, `source`, `destination`, `base`),
    frames.DRIFT_KINDS (`there`, `here`) or frames.CANDIDATE_VALUES. Names of
    fields are compared without regard to case; a row that lists several ("Name, VAT No.") is
    masked when one of them is. A value that is not there stays absent. A warning names its
    value. The name and number that call a record are masked with the fields they come from.
    """
    hidden = _folded(fields)
    if not hidden:
        return frame
    shown = [name for name in frame["field"].unique() if not hidden.isdisjoint(_names(name))]
    rows, every = pl.col("field").is_in(shown), pl.lit(True)
    changes = [_covered(column, rows) for column in VALUES if column in frame.columns]
    if WARNING in frame.columns:
        changes.append(_covered(WARNING, rows & (pl.col(WARNING) != "")))
    changes += [
        _covered(column, every)
        for column, repeated in CALLED_BY.items()
        if column in frame.columns and not hidden.isdisjoint(repeated)
    ]
    return frame.with_columns(changes)


def _names(field: str | None) -> set[str]:
    """The one name, and where the text lists several, each of them."""
    lowered = (field or "").strip().casefold()
    return {lowered, *(name.strip() for name in lowered.split(","))}


def _covered(column: str, rows: pl.Expr) -> pl.Expr:
    value = pl.col(column)
    return pl.when(rows & value.is_not_null()).then(pl.lit(MASK)).otherwise(value).alias(column)


def is_masked(name: str, fields: Iterable[str]) -> bool:
    """Whether the values of a field are masked."""
    return name.strip().casefold() in _folded(fields)


def _folded(fields: Iterable[str]) -> set[str]:
    return {field.strip().casefold() for field in fields}


def findings(frame: pl.DataFrame, fields: Iterable[str]) -> pl.DataFrame:
    """Give `frames.FINDINGS` without the keys, where the number that calls a record is masked."""
    if not hides_keys(fields):
        return frame
    hidden = pl.when(pl.element().is_not_null()).then(pl.lit(MASK))
    return frame.with_columns(examples=pl.col("examples").list.eval(hidden))


def said_of_records(frame: pl.DataFrame, fields: Iterable[str]) -> pl.DataFrame:
    """Give a list of records, pairs, errors or a history, with ••• for masked names and keys."""
    return masked(frame.with_columns(field=pl.lit("")), fields).drop("field")
