"""The verbs of `mdsync schedule`: what lets other programs start the jobs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.mappings import InOrder
from mdsync_nb.cli.options import HERE, Folder, Json, Yes, opened
from mdsync_nb.cli.terminal import aside, listing, say

schedule = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Let cron, systemd, Windows or Airflow start the jobs.",
    epilog="Example: mdsync schedule export crontab",
)


@schedule.command("export")
def export_schedule(
    format: Annotated[str, typer.Argument(help="crontab, systemd, task-scheduler or airflow.")],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Where it goes; a folder for systemd. Printed without one, or -."
        ),
    ] = "-",
    every: Annotated[int, typer.Option(metavar="MINUTES", help="How often the jobs run.")] = 5,
    *,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Write what calls `mdsync run-jobs` every few minutes.

    A file that is there is overwritten only when you say so.

    \b
    Example:
      mdsync schedule export systemd ~/.config/systemd/user --every 10
    """
    from mdsync_nb import schedules

    workbench = opened(folder)
    made = workbench.export_schedule(format, every=every)
    if file != "-":
        held = schedules.there(made, Path(file))
        names = listing(str(one) for one in held)
        if held and not agreed(f"Overwrite {names}?", yes=yes):
            return DECLINED
        made = workbench.export_schedule(format, file, every=every, overwrite=bool(held))
    if json:
        as_json.give({"format": made.format, "texts": made.texts, "files": made.written})
        return 0
    if made.written:
        say(*(f"Written: {one}" for one in made.written))
    else:
        sys.stdout.write(made.text)
    aside(made.advice)
    return 0
