"""What a drafted mdsync.yaml asks of a person: the lines to read, and what was not taken."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.pieces.grid import Column, grid

REMARK = re.compile(r"#\s*(LOOK|not taken|columns not recognised):\s*(.+)$")
WORDS = {
    "LOOK": "Read this: it was guessed, or only you know it",
    "not taken": "Not taken",
    "columns not recognised": "Columns not recognised",
}
LINES = 4
"""Line numbers a row names; it says how many more there are."""


def to_look_at(settings: Path) -> Html:
    """Give the remarks of a drafted mdsync.yaml, those that say the same as one row.

    Lines a person has read and changed lose their remark, so what is left is what is open.
    """
    text = settings.read_text("utf-8")
    found = [
        {"line": line, "kind": WORDS[said[1]], "remark": said[2]}
        for line, words in enumerate(text.splitlines(), 1)
        if (said := REMARK.search(words))
    ]
    remarks = pl.DataFrame(found, schema={"line": pl.Int64, "kind": pl.String, "remark": pl.String})
    same = remarks.group_by("kind", "remark", maintain_order=True).agg("line")
    columns = [Column("What", "kind"), Column("Remark", "remark"), Column("Lines", _lines)]
    none = f"{settings.name} asks nothing of you."
    return tag("p", "Settings: ", tag("code", str(settings))) + grid(
        same.sort("kind", maintain_order=True),
        columns, caption="What the settings ask of you", none=none,
    )  # fmt: skip


def _lines(row: dict[str, Any]) -> str:
    lines = row["line"]
    more = len(lines) - LINES
    named = [str(one) for one in lines[:LINES]]
    return (
        f"{', '.join(named)} and {wording.number(more)} more"
        if more > 0
        else wording.listing(named)
    )
