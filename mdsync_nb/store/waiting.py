"""Waiting for a file that others hold: not for ever, and whoever waits is told for whom."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

SAID_AFTER = 2.0
"""Seconds of waiting after which it is said."""

LOOKS_EVERY = 0.01
"""Seconds between two tries; a visit takes a few of them."""

Waits = Callable[[str], None]
"""Is told what is waited for, once in each wait that is longer than `SAID_AFTER`."""


def quietly(what: str) -> None:
    """Say nothing of a wait."""


@dataclass
class Patience:
    """How many seconds somebody waits for locks, one after the other. waits: is called once, when
    that takes longer than a moment."""

    seconds: float
    waits: Callable[[], None]
    began: float = field(default_factory=time.monotonic)
    said: bool = False

    def acquire(self, lock: FileLock) -> None:
        """Get a lock. Raises filelock.Timeout, OSError."""
        if not self.said and self.seconds > SAID_AFTER:
            with suppress(Timeout):
                lock.acquire(timeout=self._left(SAID_AFTER), poll_interval=LOOKS_EVERY)
                return
            self.said = True
            self.waits()
        lock.acquire(timeout=self._left(self.seconds), poll_interval=LOOKS_EVERY)

    def _left(self, seconds: float) -> float:
        return max(self.began + seconds - time.monotonic(), 0)


def in_turn(file: Path, patience: Patience) -> FileLock:
    """Get the lock of a file; gives it. Who waits first is not overtaken by who just had it.

    Whoever waits for the lock holds the turn, so one that makes visit after visit has to queue.
    Raises filelock.Timeout, OSError.
    """
    lock, turn = FileLock(f"{file}.lock"), FileLock(f"{file}.turn.lock")
    patience.acquire(turn)
    try:
        patience.acquire(lock)
    finally:
        turn.release()
    return lock


@contextmanager
def noted(file: Path) -> Iterator[None]:
    """Let others know that it is this process that holds a file. A full disk is no reason to
    stop: then they do not know."""
    note = _note_of(file)
    with suppress(OSError):
        note.write_text(json.dumps([os.getpid(), own_words()]), "utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)


def noted_holder(file: Path) -> str:
    """Give who said that it holds a file and is there; blank when nobody did."""
    try:
        pid, words = json.loads(_note_of(file).read_text("utf-8"))
        there = psutil.pid_exists(int(pid))
    except (OSError, ValueError, TypeError):
        return ""
    plain = "".join(one for one in str(words)[:60] if one.isprintable())
    return f"{plain} (process {pid})" if there else ""


def own_words() -> str:
    """Give this program as people know it: its command without what it was given, or a notebook."""
    called = Path(sys.argv[0] or sys.executable)
    if "ipykernel" in called.as_posix():
        return "a notebook"
    if called.stem == "mdsync" or called.parent.name == "mdsync_nb":
        verb = next((one for one in sys.argv[1:] if not one.startswith("-")), "")
        return f"mdsync {verb}".strip()
    return Path(sys.executable).stem


def _note_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.holder")
