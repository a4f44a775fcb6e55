"""The verbs of `mdsync notify`: who is told of runs nobody watches, and what became of it."""

from __future__ import annotations

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.mappings import InOrder
from mdsync_nb.cli.options import HERE, Folder, Json, opened
from mdsync_nb.cli.terminal import table
from mdsync_nb.errors import CouldNotRun

NOTIFICATIONS = {
    "noted_at": "Noted (UTC)",
    "title": "What",
    "message": "More",
    "target": "To",
    "status": "Status",
    "attempts": "Attempts",
    "next_at": "Next (UTC)",
    "error": "Why it failed",
}
DELIVERIES = {"target": "To", "sent": "Sent", "error": "Why it failed"}

notify = typer.Typer(
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Tell people of runs that nobody watches.",
    epilog="Example: mdsync notify test",
)


@notify.command("test")
def test_notification(folder: Folder = HERE, json: Json = False) -> int:  # noqa: PT028
    """Send a test to everybody whom mdsync.yaml names.

    It is sent now, and says what happened. Exit code 5 when it did not reach one of them.

    \b
    Example:
      mdsync notify test
    """
    found = opened(folder).test_notification()
    if json:
        as_json.give({"deliveries": found})
    else:
        table(found, DELIVERIES)
    return 0 if found["sent"].all() else CouldNotRun.exit_code


@notify.command("list")
def notifications(folder: Folder = HERE, json: Json = False) -> int:
    """Show what waits, what was sent, and what was given up.

    Newest first. Exit code 1 when one was given up and nothing reached that place since.

    \b
    Example:
      mdsync notify list
    """
    found = opened(folder).notifications()
    if json:
        as_json.give({"notifications": found})
    else:
        table(found, NOTIFICATIONS, none="There was nothing to tell yet.")
    return 1 if found["stands"].any() else 0
