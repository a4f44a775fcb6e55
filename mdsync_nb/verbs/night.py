"""The verbs of the workbench about runs nobody watches: schedules and notifications."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb import notifying, schedules
from mdsync_nb.schedules.tick import Tick

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

NO_FILE = "-"


def export_schedule(
    self: Workbench,
    format: str,
    file: str | Path | None = None,
    *,
    every: int = 5,
    overwrite: bool = False,
) -> schedules.Schedule:
    """Give what lets another program call `mdsync run-jobs` every so many minutes.

    format: crontab, systemd, task-scheduler or airflow. file: where it is written, a folder for
    systemd; without one, or with `-`, nothing is written and `text` has it. every: minutes.
    The Python that runs this is the one that is called. Raises UnknownName, UsageError for a file
    that is there unless overwrite, and for minutes or a folder the format cannot say.
    """
    tick = Tick(self.workspace, sys.executable or "", every, self._clock())
    made = schedules.made(format, tick)
    if file is None or str(file) == NO_FILE:
        return made
    return schedules.write(made, Path(file), overwrite=overwrite)


def notifications(self: Workbench) -> pl.DataFrame:
    """Show the notifications, newest first: what waits, was sent or was given up, and why.

    Gives `frames.NOTIFICATIONS`, one row a notice and target.
    """
    return self.store.outbox.listed()


def test_notification(self: Workbench) -> pl.DataFrame:
    """Send a test notification to every target of mdsync.yaml now; gives what happened.

    Gives `frames.DELIVERIES`, one row a target. Raises UsageError when mdsync.yaml names none.
    """
    return notifying.send_test(self.workspace, self._clock())
