"""Waiting for a file that others hold: not for ever, and whoever waits is told for whom."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

SAID_AFTER = 2.0
"""Seconds of waiting after which it is said."""

Waits = Callable[[str], None]
"""Is told what is waited for, once in each wait that is longer than `SAID_AFTER`."""


def quietly(what: str) -> None:
    """Say nothing of a wait."""


def acquire(lock: FileLock, seconds: float, *, waits: Callable[[], None]) -> None:
    """Get a lock within some seconds; `waits` is called when that takes longer than a moment.

    Raises filelock.Timeout, OSError.
    """
    short = min(seconds, SAID_AFTER)
    try:
        lock.acquire(timeout=short)
    except Timeout:
        if seconds <= short:
            raise
        waits()
        lock.acquire(timeout=seconds - short)


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
