"""The verb that runs a notebook."""

from __future__ import annotations

from typing import Annotated

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.options import HERE, Folder, Json, opened
from mdsync_nb.cli.terminal import say


def run(
    notebook: Annotated[str, typer.Argument(help="Its name, its number, or its path.")],
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Instead of its default."),
    ] = None,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Run a notebook; the last line is the path of its HTML report.

    The report is written for a run that fails, too. Exit code 1 when the notebook says that
    something waits, and that of the error when it stops.

    \b
    Example:
      mdsync run what_changed_since_the_last_run -p mappings=NORDIC
    """
    from mdsync_nb.notebooks import waiting_in
    from mdsync_nb.parameters import pair

    given = dict(pair(one) for one in parameters or ())
    report = opened(folder).run(notebook, **given)
    waiting = waiting_in(report)
    if json:
        as_json.give({"report": str(report), "waiting": waiting})
    else:
        say(str(report))
    return 1 if waiting else 0
