"""The verbs that begin: init, demo, lab, load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.options import HERE, Folder, Json, opened
from mdsync_nb.cli.terminal import aside, count, say, table
from mdsync_nb.errors import CouldNotRun

SEVERAL = 3
"""Tables may have the same remark beside them; of more it is said once, below."""

LOADS = {
    "company": "Company",
    "table": "Table",
    "as_of": "As of (UTC)",
    "complete": "Complete",
    "rows": "Rows",
    "set_aside": "Set aside",
    "inserted": "New",
    "changed": "Changed",
    "deleted": "Gone",
    "message": "Remark",
}


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the files.")] = HERE,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the one that is there, if there is one.")
    ] = False,
    json: Json = False,
) -> int:
    """Write a commented mdsync.yaml from the files in a folder.

    Nothing is overwritten: a folder that has one is refused, or with --keep left as it is.

    \b
    Example:
      mdsync init exports
    """
    from mdsync_nb.workbench import Workbench
    from mdsync_nb.workspace import settings_file

    before = settings_file(folder)
    written = Workbench.init(folder, keep=keep)
    if json:
        as_json.give({"settings": str(written)})
    elif written == before:
        say(f"{written} is there already.")
    else:
        say(f"{written} is written. Read it, then run mdsync load, or mdsync lab.")
    return 0


def demo(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Where the demo goes; made when it is not there."),
    ] = Path("mdsync-demo"),
    json: Json = False,
) -> int:
    """Show the main job on a holding and three subsidiaries.

    The last line is the path of an HTML report. A second run in the same folder starts afresh.

    \b
    Example:
      mdsync demo
    """
    from mdsync_nb.notebooks import waiting_in
    from mdsync_nb.workbench import Workbench

    report = Workbench.demo(folder, say=aside if json else say)
    waiting = waiting_in(report)
    if json:
        as_json.give({"report": str(report), "waiting": waiting})
    else:
        say(str(report))
    return 1 if waiting else 0


def lab(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of mdsync.yaml, or of the files.")
    ] = HERE,
    port: Annotated[
        int | None, typer.Option("--port", min=1024, max=65535, help="Instead of a free one.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser of this machine.")
    ] = True,
    json: Json = False,
) -> int:
    """Open JupyterLab on the notebook to begin with.

    The notebooks that come with mdsync are put into the folder `notebooks`, where they are missing.
    A folder without mdsync.yaml opens on the notebook that sets it up.

    \b
    Example:
      mdsync lab exports
    """
    from mdsync_nb.workbench import Workbench

    def told(address: str) -> None:
        if json:
            as_json.give({"address": address})
            return
        say(f"JupyterLab: {address}")
        say("Ctrl-C ends it. What was decided and applied is in the workbench and stays.")

    Workbench.lab(folder, port=port, browser=browser, say=told)
    return 0


def load(
    companies: Annotated[
        list[str] | None, typer.Argument(metavar="COMPANY", help="All without any.")
    ] = None,
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", metavar="NAME", help="Instead of the newest.")
    ] = None,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Load what the files of the companies hold.

    A file that cannot be read is refused by itself (exit code 5): its previous snapshot stays in
    force, and the others load.

    \b
    Example:
      mdsync load NORDIC --snapshot 2026-03-10
    """
    loads = opened(folder).load(*(companies or ()), snapshot=snapshot)
    refused = loads.filter("refused")
    if json:
        as_json.give({"loads": loads, "refused": refused.height})
        return CouldNotRun.exit_code if refused.height else 0
    shared = _shared_remarks(loads)
    alone = pl.when(pl.col("message").is_in(shared["message"].to_list())).then(pl.lit(""))
    shown = loads.with_columns(message=alone.otherwise("message"))
    table(shown, LOADS, none="No company delivers a table.")
    for message, many in shared.iter_rows():
        say(f"{count(many, 'table')}: {message}.")
    if refused.height:
        many = count(refused.height, "table")
        say(f"{many} could not be read; the previous snapshots stay in force.")
    return CouldNotRun.exit_code if refused.height else 0


def _shared_remarks(loads: pl.DataFrame) -> pl.DataFrame:
    """The remarks of several tables, with how many have each: they are said once, below."""
    remarks = loads.filter(pl.col("message") != "").group_by("message", maintain_order=True)
    return remarks.len().filter(pl.col("len") > SEVERAL)
