"""A line for crontab: five fields, and a command that a shell reads."""

from __future__ import annotations

import shlex

from mdsync_nb.errors import UsageError
from mdsync_nb.schedules.tick import Tick, by_the_clock

LOG = ".mdsync/run-jobs.log"
"""Where the answers of the runs go, below the workspace."""


def crontab(tick: Tick) -> str:
    """Give the lines for crontab. Two runs that meet do no harm: the queue keeps them apart.

    Cron ends a command at `%` and reads `\\` before it by itself, so the first is escaped and paths
    with the second are refused. Raises UsageError.
    """
    for path in (tick.python, tick.place):
        if "\\" in path:
            raise UsageError(
                f"Cron cannot be told the path {path}, because it holds \\.",
                hint="On Windows, write a schedule for the task-scheduler.",
            )
    run = " ".join(shlex.quote(one) for one in tick.words)
    folder = shlex.quote(str(tick.root))
    command = f"cd {folder} && mkdir -p .mdsync && {run} >> {LOG} 2>&1"
    return f"# {tick.title}\n{_when(tick.minutes)} {command.replace('%', chr(92) + '%')}\n"


def _when(minutes: int) -> str:
    part, hours = by_the_clock(minutes, "crontab")
    if hours:
        return f"0 {'*' if hours == 1 else 0 if hours == 24 else f'*/{hours}'} * * *"
    return f"{'*' if part == 1 else f'*/{part}'} * * * *"
