"""The verbs that make reports: of a notebook, and the site over all of them."""

from __future__ import annotations

from typing import Annotated

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, opened
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


def site(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Write the report site; the last line is the path of its front page.

    An index of runs, where the companies differ, and a page for each table, job and record that
    waits, without a network. It takes the place of the site before.

    \b
    Example:
      mdsync site
      mdsync site NORDIC
    """
    front = opened(folder).site(*(mappings or ()))
    if json:
        as_json.give({"site": str(front)})
    else:
        say(str(front))
    return 0
