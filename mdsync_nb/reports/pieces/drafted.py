"""What a drafted mdsync.yaml asks of a person: the lines to read, and what was not taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.pieces.grid import Column, grid

REMARK = re.compile(r"#\s*(LOOK|columns not recognised|not taken):\s*(.+)$")
CONTINUED = re.compile(r"\s*#   ")
COMPANY = re.compile(r'  "?([^\s#"][^"]*?)"?:')
TABLE = re.compile(r'      "?([^\s#"][^"]*?)"?:')
WORDS = {
    "LOOK": "Read this: it was guessed, or only you know it",
    "columns not recognised": "Columns not recognised",
    "not taken": "Not taken",
}
"""What the remarks of a draft are, those that want an answer first."""
NAMED = 4
"""Lines and places a row names; it says how many more there are."""


def to_look_at(settings: Path) -> Html:
    """Give the remarks of a drafted mdsync.yaml, those that say the same as one row.

    Lines a person has read and changed lose their remark, so what is left is what is open.
    """
    texts = dict.fromkeys(("kind", "remark", "place"), pl.String)
    found = list(_remarks(settings.read_text("utf-8").splitlines()))
    remarks = pl.DataFrame(found, schema={**texts, "line": pl.Int64})
    same = remarks.group_by("kind", "remark", maintain_order=True).agg(
        pl.col("line"), pl.col("place").unique(maintain_order=True)
    )
    ordered = same.sort(pl.col("kind").cast(pl.Enum(list(WORDS))), maintain_order=True)
    columns = [
        Column("What", lambda row: WORDS[row["kind"]]),
        Column("Of", lambda row: _some(row["place"])),
        Column("Remark", "remark"),
        Column("Lines", lambda row: _some([str(one) for one in row["line"]])),
    ]
    none = f"{settings.name} asks nothing of you."
    return tag("p", "Settings: ", tag("code", str(settings))) + grid(
        ordered, columns, caption="What the settings ask of you", none=none
    )


def _remarks(lines: list[str]) -> Iterator[dict[str, Any]]:
    """Every remark, whole, with the table it stands over, or the company it is of."""
    company = ""
    for number, line in enumerate(lines, 1):
        named = COMPANY.match(line)
        company = named[1] if named else "" if line[:1].isalpha() else company
        said = REMARK.search(line)
        if said:
            alone = line.lstrip().startswith("#")
            rest = takewhile(CONTINUED.match, lines[number:]) if alone else ()
            remark = " ".join([said[2], *(one.strip(" #") for one in rest)])
            over = lines[number:] if line.startswith("      #") else ()
            table = next(filter(None, map(TABLE.match, over)), None)
            place = table[1] if table else company
            yield {"kind": said[1], "remark": remark, "place": place, "line": number}


def _some(names: list[str]) -> str:
    named = [one for one in names if one]
    more = len(named) - NAMED
    if more <= 0:
        return wording.listing(named)
    return f"{', '.join(named[:NAMED])} and {wording.number(more)} more"
