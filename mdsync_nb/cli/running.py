"""The verbs that run notebooks, now or when they are due, and the one that writes the site."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.ending import ToldToEnd, told
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, Parameters, opened
from mdsync_nb.cli.ran import exit_code_of, ran_as_json, say_ran
from mdsync_nb.cli.terminal import aside, say


def run(
    notebook: Annotated[str, typer.Argument(help="Its name, its number, or its path.")],
    parameters: Parameters = None,
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
    from mdsync_nb.queue.child import end_with_worker

    end_with_worker()
    given = dict(pair(one) for one in parameters or ())
    report = opened(folder).run(notebook, **given)
    waiting = waiting_in(report)
    if json:
        as_json.give({"report": str(report), "waiting": waiting})
    else:
        say(str(report))
    return 1 if waiting else 0


def site(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Write the report site.

    The last line is the path of its front page. An index of runs, where the companies differ, and a
    page for each table, job and record that waits, without a network. It takes the place of the
    site before.

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


def run_jobs(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Keep running, tick after tick.")] = False,
    every: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="With --watch: between two ticks.")
    ] = 30,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Load what was delivered, and run what is due.

    One tick of the job queue, for cron, systemd or Task Scheduler. Several may run at once. Exit
    code 3 when a run or a record failed, 1 when something waits. With --watch, 0 when it is told to
    end (SIGTERM).

    \b
    Example:
      mdsync run-jobs --watch
    """
    if not watch:
        return _tick(folder, json=json)
    try:
        while True:
            _tick_or_why_not(folder, json=json)
            time.sleep(every)
    except ToldToEnd:
        aside("Told to end.")
        return 0


def _tick_or_why_not(folder: Path, *, json: bool) -> None:
    """Run one tick; whatever stops it is said, and may be gone with the next one."""
    try:
        _tick(folder, json=json)
    except BrokenPipeError:
        raise
    except Exception as error:
        sentence, hint, _ = told(error)
        aside(f"{sentence} {hint}".strip())


def _tick(folder: Path, *, json: bool) -> int:
    """Run one tick, with the settings as they are now."""
    ran = opened(folder).run_jobs(say=(lambda _: None) if json else say_ran)
    if json:
        as_json.give([ran_as_json(one) for one in ran])
    elif not ran:
        aside("No entry is due.")
    return exit_code_of(ran)
