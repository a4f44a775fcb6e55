"""Where a stop may come, and where nothing may: what was begun there is brought to its end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

GoesOn = Callable[[], None]
"""Raises Stopped when somebody asked for a stop; called where nothing would be left half done."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def always() -> None:
    """Go on, whatever happens: nobody can ask for a stop."""


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C, an interrupted kernel and SIGTERM wait until this is over.

    For what goes into two places, as files and the workbench do: in between, one of them would be
    ahead of the other. Python brings signals to its main thread; no other one is interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def later(number: int, _frame: Any) -> None:
        came.append(number)

    before = {one: signal.signal(one, later) for one in SIGNALS if callable(signal.getsignal(one))}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)
