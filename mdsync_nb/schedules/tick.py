"""The command that a schedule calls, and what every schedule says of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mdsync_nb.errors import UsageError
from mdsync_nb.workspace import Workspace
from mdsync_nb.workspace.opened import FILE

NOT_WRITTEN = {"Cc", "Cs"}
"""Kinds of characters that no schedule can hold: control characters and half characters."""

A_DAY = 24 * 60


@dataclass(frozen=True)
class Tick:
    """One call of `mdsync run-jobs`, every so many minutes, in the folder of a workspace.

    python: the interpreter that has mdsync installed. at: when the schedule is written.
    """

    workspace: Workspace
    python: str
    minutes: int
    at: datetime

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= A_DAY:
            raise UsageError(
                f"A schedule cannot run every {self.minutes} minutes.",
                hint=f"Say 1 to {A_DAY} minutes with --every.",
            )
        if not self.python:
            raise UsageError(
                "The program does not know which Python runs it.",
                hint="Run `python -m mdsync_nb schedule export` with the Python of the schedule.",
            )
        for path in (self.python, str(self.workspace.file)):
            if any(unicodedata.category(one) in NOT_WRITTEN for one in path):
                raise UsageError(
                    f"The path {path!r} holds a character no schedule can hold.",
                    hint="Rename the folder, or keep the workspace in another one.",
                )

    @property
    def words(self) -> list[str]:
        """The command, word by word. `-P` keeps Python from importing files of the workspace."""
        return [self.python, "-P", "-m", "mdsync_nb", "run-jobs", "--folder", self.place]

    @property
    def root(self) -> Path:
        """The folder of the workspace."""
        return self.workspace.root

    @property
    def place(self) -> str:
        """The workspace as `--folder` finds it: its folder, or a file of another name."""
        file = self.workspace.file
        return str(self.root if file.name == FILE else file)

    @property
    def title(self) -> str:
        """What it is, in one line, with the name people gave the workspace."""
        name = "".join(one if one.isprintable() else " " for one in self.workspace.settings.name)
        return f"mdsync: run the jobs of {' '.join(name.split()) or 'a workspace'}"

    @property
    def slug(self) -> str:
        """The folder's name in letters, digits and `-`, for names of files and units."""
        return plain(self.root.name) or "workspace"


def plain(text: str, *, joined: str = "-") -> str:
    """Give a text in ASCII letters and digits, everything else joined by a sign."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9]+", joined, letters).strip(joined)


def by_the_clock(minutes: int, kind: str) -> tuple[int, int]:
    """Give an interval as minutes of an hour, or hours of a day; the other one is 0.

    Clocks begin anew with each hour and each day, so only parts of an hour and whole hours that
    are parts of a day come at equal distances. Raises UsageError for any other interval.
    """
    if 60 % minutes == 0 and minutes < 60:
        return minutes, 0
    if minutes % 60 == 0 and A_DAY % minutes == 0:
        return 0, minutes // 60
    near = [
        one for one in range(1, A_DAY + 1) if 60 % one == 0 or (A_DAY % one, one % 60) == (0, 0)
    ]
    shown = ", ".join(str(one) for one in sorted(near, key=lambda one: abs(one - minutes))[:2])
    raise UsageError(
        f"A {kind} cannot run every {minutes} minutes at equal distances.",
        hint=f"Say a part of an hour, or whole hours that are a part of a day, such as {shown}.",
    )
