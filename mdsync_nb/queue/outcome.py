"""How the run of an entry ended."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any

from mdsync_nb.errors import CouldNotRun, MdsyncError, of_the_machine


@dataclass(frozen=True)
class Outcome:
    """What a run came to. message: blank when it came to its end. report: its HTML report.

    soon: whether another attempt may help before anybody looked.
    """

    message: str = ""
    hint: str = ""
    traceback: str | None = None
    report: str | None = None
    soon: bool = True

    @property
    def succeeded(self) -> bool:
        """Whether the run came to its end."""
        return not self.message


def failed(error: Exception) -> Outcome:
    """Give the outcome of a run that stopped with an error, in its own sentences."""
    ours = of_the_machine(error) if isinstance(error, OSError) else error
    told = str(ours) if isinstance(ours, MdsyncError) else f"{type(ours).__name__}: {ours}"
    return Outcome(
        message=told,
        hint=getattr(ours, "hint", ""),
        traceback="".join(traceback.format_exception(error)),
        report=getattr(error, "report", None),
        soon=may_help(getattr(error, "exit_code", CouldNotRun.exit_code)),
    )


def may_help(exit_code: int) -> bool:
    """Whether trying again may help: a machine mends itself, settings and limits do not."""
    return exit_code == CouldNotRun.exit_code


def logged(outcome: Outcome, *, idle: bool) -> dict[str, Any]:
    """Give what the log keeps of an outcome: columns of `frames.QUEUE_LOG`."""
    return {
        "status": "success" if outcome.succeeded else "error",
        "idle": outcome.succeeded and idle,
        "message": outcome.message,
        "hint": outcome.hint,
        "traceback": outcome.traceback,
        "report": outcome.report,
    }
