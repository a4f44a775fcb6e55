"""The verbs of `mdsync queue`: what runs by itself, when, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.mappings import InOrder
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, Parameters, Yes, opened
from mdsync_nb.cli.ran import exit_code_of, ran_as_json, say_ran
from mdsync_nb.cli.terminal import count, say, table

queue = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="See and change what runs by itself: the job queue.",
    epilog="Example: mdsync queue list",
)

ENTRIES = {
    "entry_id": "Entry", "mapping": "Mapping", "what": "Runs", "status": "Status",
    "earliest_start": "Not before", "finished_at": "Last ended", "attempts": "Failed",
    "message": "Why",
}  # fmt: skip
RUNS = {
    "log_id": "Run", "started_at": "Began", "finished_at": "Ended", "status": "Came to",
    "attempt": "Attempt", "worker": "By", "message": "Why", "report": "Report",
}  # fmt: skip
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="ENTRY", help="Numbers, mappings, links or patterns."),
]
Entry = Annotated[
    str, typer.Argument(metavar="ENTRY", help="A number, or a mapping with one entry.")
]


@queue.command("list")
def list_entries(names: Names = None, *, folder: Folder = HERE, json: Json = False) -> int:
    """Show the entries, what they run and when.

    Exit code 1 when one has ended in error.

    \b
    Example:
      mdsync queue list NORDIC
    """
    found = opened(folder).list_entries(*(names or ()))
    if json:
        as_json.give(found)
        return 0
    rows = [
        {**one, "what": one["notebook"] or "synchronize modified"}
        for one in found.iter_rows(named=True)
    ]
    table(rows, ENTRIES, none="There is no entry. Make them: mdsync queue generate")
    return 1 if (found["status"] == "error").any() else 0


@queue.command("show")
def show_entry(entry: Entry, *, folder: Folder = HERE, json: Json = False) -> None:
    """Show the runs of an entry, newest first.

    \b
    Example:
      mdsync queue show NORDIC/CUSTOMER
    """
    found = opened(folder).show_entry(entry)
    if json:
        as_json.give(found)
        return
    table(found, RUNS, none=f"Entry {entry} has not run yet.")


@queue.command("hold")
def hold_entries(names: Names = None, *, folder: Folder = HERE, json: Json = False) -> None:
    """Keep entries from starting; one in process comes to its end.

    Without a name, all of them.

    \b
    Example:
      mdsync queue hold NORDIC
    """
    _told(opened(folder).hold_entries(*(names or ())), "on hold", json=json)


@queue.command("ready")
def ready_entries(names: Names = None, *, folder: Folder = HERE, json: Json = False) -> None:
    """Let entries start with the next tick.

    Without a name, all of them.

    \b
    Example:
      mdsync queue ready NORDIC
    """
    _told(opened(folder).ready_entries(*(names or ())), "ready", json=json)


@queue.command("run")
def run_entry(entry: Entry, *, folder: Folder = HERE, json: Json = False) -> int:
    """Run an entry now, whatever its status and time.

    One on hold is on hold again afterwards.

    \b
    Example:
      mdsync queue run NORDIC/CUSTOMER
    """
    ran = opened(folder).run_entry(entry)
    if json:
        as_json.give(ran_as_json(ran))
    else:
        say_ran(ran)
    return exit_code_of([ran])


@queue.command("restart")
def restart_entries(names: Names = None, *, folder: Folder = HERE, json: Json = False) -> None:
    """Let entries that ended in error start again.

    Those that ran once, too, where you name them. Without a name, all that ended in error.

    \b
    Example:
      mdsync queue restart
    """
    _told(opened(folder).restart_entries(*(names or ())), "ready again", json=json)


@queue.command("delete")
def delete_entries(
    names: Names = None, *, yes: Yes = False, folder: Folder = HERE, json: Json = False
) -> int:
    """Delete entries; what they did stays in the log.

    \b
    Example:
      mdsync queue delete NORDIC/CUSTOMER
    """
    workbench = opened(folder)
    many = workbench.list_entries(*(names or ())).height
    if names and not agreed(f"Delete {_entries(many)}?", yes=yes):
        return DECLINED
    _told(workbench.delete_entries(*(names or ())), "deleted", json=json)
    return 0


@queue.command("generate")
def generate_entries(
    mappings: Mappings = None,
    *,
    missing_only: Annotated[
        bool, typer.Option(help="Only for mappings without an entry; or make all of them anew.")
    ] = True,
    folder: Folder = HERE,
    json: Json = False,
) -> None:
    """Make the recurring entry of mappings that have none.

    \b
    Example:
      mdsync queue generate --missing-only
    """
    made = opened(folder).generate_entries(*(mappings or ()), missing_only=missing_only)
    _told(len(made), "made", json=json)


@queue.command("add")
def add_entry(
    notebook: Annotated[str, typer.Argument(help="A notebook: its name, number or path.")],
    *,
    mapping: Annotated[str, typer.Option(help="Run while no other entry of it does.")] = "",
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="Not before, in UTC."),
    ] = None,
    every: Annotated[
        int | None, typer.Option(metavar="MINUTES", help="Again and again, so far apart.")
    ] = None,
    category: Annotated[str, typer.Option(help="One at a time of a category.")] = "",
    parameters: Parameters = None,
    folder: Folder = HERE,
    json: Json = False,
) -> None:
    """Let a notebook run, once or again and again.

    With the next tick, or later.

    \b
    Example:
      mdsync queue add what_happened_last_night --at 2026-12-01T05:00 --every 1440
    """
    from mdsync_nb.parameters import pair

    given = dict(pair(one) for one in parameters or ())
    entry = opened(folder).add_entry(
        notebook, mapping=mapping, at=at, every=every, category=category, parameters=given
    )
    if json:
        as_json.give({"entry_id": entry})
    else:
        often = f"every {every:,} minutes" if every else "once"
        say(f"Entry {entry} runs {notebook} {often}. To see it: mdsync queue list {entry}")


def _told(many: int, became: str, *, json: bool) -> None:
    if json:
        as_json.give({"entries": many})
    else:
        say(f"{_entries(many).capitalize()} {became}." if many else "No entry to change.")


def _entries(many: int) -> str:
    return count(many, "entry", "entries")
