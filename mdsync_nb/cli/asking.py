"""Asking before something is written: a person answers, or `--yes` did."""

from __future__ import annotations

import signal
import sys

from mdsync_nb.cli.terminal import aside, clean
from mdsync_nb.errors import NeedsAnswer

DECLINED = 1
"""The exit code after a no: what was asked for still waits for a person."""

SOME_FAILED = 3
"""The exit code where some of the records asked for could not be done; the others are."""


def agreed(question: str, *, yes: bool) -> bool:
    """Ask, and give the answer; with yes, nobody is asked.

    Raises NeedsAnswer where nobody is there to answer.
    """
    if yes:
        return True
    if not somebody_there():
        raise NeedsAnswer(f"Nobody is there to answer: {question}")
    if _answer(question) in ("y", "yes"):
        return True
    aside("Nothing was written.")
    return False


def somebody_there() -> bool:
    """True when a person can read the question and type an answer."""
    return all(one is not None and one.isatty() for one in (sys.stdin, sys.stderr))


def _answer(question: str) -> str:
    """What a person types. Reading has to end at Ctrl-C, which Polars' own handler would delay."""
    if hasattr(signal, "siginterrupt"):
        signal.siginterrupt(signal.SIGINT, True)
    print(f"{clean(question)} [y/N]: ", end="", file=sys.stderr, flush=True)
    typed = sys.stdin.readline()
    if not typed:
        raise NeedsAnswer(f"No answer was given: {question}")
    return typed.strip().casefold()
