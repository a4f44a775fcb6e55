"""The rows that loads did not take, by reason: which, and how to see all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import Column, counts, grid

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

BY_REASON = """select s.company, s."table", s.reason, count(distinct (s.file, s.row)) as number,
    arg_min(s.file, s.row) as file, min(s.row) as row, arg_min(s."column", s.row) as field,
    arg_min(s.value, s.row) as source
    from set_aside s join image i using (load_id) group by all
    order by number desc, company, "table", reason"""
EVERY = "select * from set_aside"


def set_aside_table(workbench: Workbench) -> Html:
    """Give the rows that the loads in force set aside, by company, table and reason with the first
    of each; nothing where every row was taken."""
    rows = workbench.sql(BY_REASON)
    if rows.is_empty():
        return Html()
    workspace = workbench.workspace
    columns = [
        Column("Company", lambda row: workspace.company(row["company"]).name or row["company"]),
        Column("Table", "table"),
        *counts(("number", "rows")),
        Column("Why", "reason"),
        Column("First", _first),
    ]
    many = wording.count(int(rows["number"].sum()), "row was", "rows were")
    said = f"{many} set aside, the others were taken. All of them: `workbench.sql({EVERY!r})`"
    shown = masked(rows, workspace.settings.report.mask)
    return tag("p", wording.prose(said), class_="lede") + grid(
        shown, columns, caption="Rows that were set aside", none=""
    )


def _first(row: dict[str, Any]) -> str:
    """A row as a spreadsheet counts it, with the value that is not taken: the field, then it."""
    value = f", {row['field']} {row['source'] or 'blank'}" if row["field"] else ""
    return f"{row['file']}, row {row['row']}{value}"
