"""The verbs of `mdsync decisions`: what waits as a workbook, and what people decided in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mdsync_nb.cli import as_json, shown
from mdsync_nb.cli.asking import SOME_FAILED
from mdsync_nb.cli.mappings import InOrder
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, opened
from mdsync_nb.cli.terminal import aside, say, table

FAULTS = {"row": "Row", "column": "Field", "value": "Written", "reason": "Why it is left out"}

decisions = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Decide in Excel what waits for a person.",
    epilog="Example: mdsync decisions export waiting.xlsx NORDIC",
)

Workbook = Annotated[Path, typer.Argument(metavar="FILE", help="A workbook (.xlsx).")]


@decisions.command("export")
def export_decisions(
    file: Workbook, mappings: Mappings = None, folder: Folder = HERE, json: Json = False
) -> int:
    """Write what waits as a workbook, with a list to decide from.

    Every row is a record and a field: both values, what they last agreed on, who changed what and
    when. Choose take source, keep ours, value (and write it beside), or later.

    \b
    Example:
      mdsync decisions export waiting.xlsx NORDIC
    """
    written = opened(folder).export_decisions(file, *(mappings or ()))
    if json:
        as_json.give({"file": written})
    else:
        say(f"Written: {written}")
        aside("Decide in it, then: mdsync decisions import " + str(file))
    return 0


@decisions.command("import")
def import_decisions(file: Workbook, folder: Folder = HERE, json: Json = False) -> int:
    """Make a plan of what was decided in a workbook.

    No company is written. A record is taken as a whole. One that moved since the workbook was
    written, or whose decision cannot be taken, is left out and named; the others go on. Apply the
    plan to write it.

    \b
    Example:
      mdsync decisions import waiting.xlsx
    """
    workbench = opened(folder)
    found = workbench.import_decisions(file)
    code = SOME_FAILED if found.faults.height else 0
    if json:
        plan_id = found.plan.plan_id if found.plan else None
        as_json.give({"plan_id": plan_id, "records": found.records, "faults": found.faults})
        return code
    if found.faults.height:
        table(found.faults, FAULTS, title=f"Left out, by the rows of {file.name}")
    if found.plan is None:
        say("No decision can be taken, so there is no plan.")
        return code
    shown.plan(found.plan, workbench.workspace.settings.report.mask)
    return code
