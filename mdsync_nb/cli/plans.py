"""The verbs about kept plans: which there are, what is being written, and which are not wanted."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.options import HERE, Folder, Json, Yes, opened
from mdsync_nb.cli.terminal import count, say, table

PLANS = {
    "plan_id": "Plan",
    "title": "Title",
    "companies": "Writes to",
    "made_at": "Made (UTC)",
    "status": "Status",
    "writes": "Records",
    "waiting": "Wait",
    "steps": "Steps",
    "done": "Done",
    "undone": "Undone",
}
IN_PROCESS = {
    "plan_id": "Plan",
    "title": "Title",
    "begun_at": "Begun (UTC)",
    "status": "Status",
    "place": "Step",
    "mapping": "Mapping",
    "job_id": "Job",
    "by": "By",
}


def plans(
    mapping: Annotated[
        str, typer.Argument(help="Only with a step of a mapping or a link.", show_default=False)
    ] = "",
    status: Annotated[
        str,
        typer.Option(metavar="WORD", help="Only planned, in process, stopped, failed or applied."),
    ] = "",
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show the plans that are kept, newest first.

    Each with what it would write, and how many of its steps are done.

    \b
    Example:
      mdsync plans --status stopped
    """
    found = opened(folder).plans(mapping, status=status)
    if json:
        as_json.give({"plans": found})
    else:
        table(found, PLANS, none="No such plan is kept.")
    return 0


def in_process(folder: Folder = HERE, json: Json = False) -> int:
    """Show what is being written right now, and how far it is.

    By whomever; it waits for nobody who writes.

    \b
    Example:
      mdsync in-process
    """
    found = opened(folder).in_process()
    if json:
        as_json.give({"in_process": found})
    else:
        place = pl.format("{} of {}", "step", "steps")
        table(found.with_columns(place=place), IN_PROCESS, none="Nothing is being written.")
    return 0


def discard_plan(
    plan_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a plan.")],
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Forget a plan of which nothing was written.

    What was written, wholly or in part, has to keep its plan: it says how to take it back.

    \b
    Example:
      mdsync discard-plan d5a5e313
    """
    workbench = opened(folder)
    made = workbench.read_plan(plan_id)
    would = f"would write {count(made.writes, 'record')}"
    if not agreed(f"Forget plan {plan_id} ({made.title}), which {would}?", yes=yes):
        return DECLINED
    workbench.discard_plan(plan_id)
    if json:
        as_json.give({"discarded": plan_id})
    else:
        say(f"Plan {plan_id} is forgotten.")
    return 0
