"""What docs/settings.md says of the filter language is what the library does."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import bare, read, tables

from mdsync_nb.core.filter_expressions import in_expression
from mdsync_nb.model import Field, FieldType

ROWS = tables(read("docs/settings.md"), "language of")["filters"]
READ: dict[str, Any] = {
    "integer": int,
    "decimal": Decimal,
    "boolean": lambda text: text == "true",
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def held(kind: str, cell: str) -> list[Any]:
    """The values a cell names; nothing is null."""
    named = [bare(one) for one in cell.split(", ")]
    return [None if one == "nothing" else READ.get(kind, str)(one) for one in named]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_each_expression_passes_what_the_page_says_and_no_other(row: list[str]) -> None:
    kind, expression = bare(row[0]), bare(row[1]).replace(r"\|", "|")
    members = ("", "Ship", "Invoice", "All") if kind == "option" else ()
    field = Field(name="x", type=FieldType(kind), options=members, blank_is_zero=True)
    for cell, passes in ((row[2], True), (row[3], False)):
        frame = pl.DataFrame({"x": held(kind, cell)})
        found = frame.select(in_expression(expression, field, "x")).to_series()
        assert found.to_list() == [passes] * frame.height
