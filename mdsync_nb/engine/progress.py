"""How far long work is: told to whoever watches, who may ask it to stop."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from tqdm.auto import tqdm

from mdsync_nb.errors import Stopped

AFTER_SECONDS = 2.0


class Watcher(Protocol):
    """Is told how far long work is, in the thread that works, and may ask it to stop.

    Work may be part of other work: what begins last ends first.
    """

    @property
    def stopped(self) -> bool:
        """Whether somebody asked for a stop; looked at often, so it must not take long."""

    def begins(self, title: str, total: int) -> None:
        """Work begins, of so many parts."""

    def done(self, what: str) -> None:
        """A part of the work that began last is done."""

    def ends(self) -> None:
        """The work that began last is over: done, stopped or failed."""

    def waits(self, what: str) -> None:
        """Something is waited for, for up to a minute."""


@dataclass(frozen=True)
class Going:
    """A piece of work: how many of its parts are done, and the last of them."""

    title: str
    total: int
    number: int = 0
    last: str = ""


class Watch:
    """How far long work is, for whoever looks on from any thread; `stop()` asks it to stop.

    works: what goes on, the whole before its part; empty before and afterwards. waiting: what it
    waits for, blank when it goes on. tells: is called in the thread that works, whenever one of
    them moved.
    """

    def __init__(self, tells: Callable[[], object] = lambda: None) -> None:
        self.works: tuple[Going, ...] = ()
        self.waiting = ""
        self._tells, self._asked = tells, threading.Event()

    def stop(self) -> None:
        """Ask the work to stop; it does after what is in work, or before that is written."""
        self._asked.set()

    @property
    def stopped(self) -> bool:
        """Whether somebody asked for a stop."""
        return self._asked.is_set()

    def begins(self, title: str, total: int) -> None:
        """Work begins, of so many parts."""
        self._moved((*self.works, Going(title, total)))

    def done(self, what: str) -> None:
        """A part of the work that began last is done."""
        *whole, part = self.works
        self._moved((*whole, replace(part, number=part.number + 1, last=what)))

    def ends(self) -> None:
        """The work that began last is over."""
        self._moved(self.works[:-1])

    def waits(self, what: str) -> None:
        """Something is waited for."""
        self._moved(self.works, what)

    def _moved(self, works: tuple[Going, ...], waiting: str = "") -> None:
        self.works, self.waiting = works, waiting
        self._tells()


class _Open(threading.local):
    """What a thread has begun, the last of it last; threads know nothing of each other."""

    def __init__(self) -> None:
        self.last: list[Any] = []


class Bars:
    """A bar for work that takes longer than two seconds, in a terminal and in a notebook alike."""

    def __init__(self, *, shown: bool = True) -> None:
        self.shown = shown
        self._open, self._asked = _Open(), threading.Event()

    def stop(self) -> None:
        """Ask the work to stop."""
        self._asked.set()

    @property
    def stopped(self) -> bool:
        """Whether somebody asked for a stop."""
        return self._asked.is_set()

    def begins(self, title: str, total: int) -> None:
        """Show a bar, unless the work is over soon."""
        bar: tqdm[Any] = tqdm(
            total=total,
            desc=title,
            unit="table",
            delay=AFTER_SECONDS,
            disable=not self.shown,
            leave=False,
        )
        self._open.last.append(bar)

    def done(self, what: str) -> None:
        """Let the bar grow."""
        self._open.last[-1].set_postfix_str(what, refresh=False)
        self._open.last[-1].update()

    def ends(self) -> None:
        """Take the bar away."""
        self._open.last.pop().close()

    def waits(self, what: str) -> None:
        """Say what is waited for, where progress is shown."""
        if self.shown:
            tqdm.write(f"Waiting for {what}; for up to a minute.", file=sys.stderr)


@dataclass
class Work:
    """A piece of work while it goes on. hint: what a stop leaves, and how to go on."""

    title: str
    total: int
    watcher: Watcher
    hint: str | None
    number: int = 0

    def told(self, what: str) -> None:
        """Tell that a part is done."""
        self.number += 1
        self.watcher.done(what)

    def done(self, what: str) -> None:
        """Tell that a part is done. Raises Stopped when a stop was asked for and parts are left."""
        self.told(what)
        self.goes_on()

    def goes_on(self) -> None:
        """Raise Stopped when a stop was asked for and something is left to do."""
        if self.number < self.total and self.watcher.stopped:
            raise Stopped(self.title, done=self.number, of=self.total, hint=self.hint)


@dataclass(frozen=True)
class Progress:
    """Tells a watcher how far work is, and ends the work when the watcher asks for a stop."""

    watcher: Watcher
    _open: _Open = field(default_factory=_Open, repr=False, compare=False)

    @contextmanager
    def work(self, title: str, total: int, *, hint: str | None = None) -> Iterator[Work]:
        """Give a piece of work to tell of. hint: what a stop leaves, where anything is written."""
        work = Work(title, total, self.watcher, hint)
        self.watcher.begins(title, total)
        self._open.last.append(work)
        try:
            yield work
        finally:
            self._open.last.pop()
            self.watcher.ends()

    def goes_on(self) -> None:
        """Raise Stopped when a stop was asked for; work that takes a moment is never stopped."""
        if self._open.last:
            self._open.last[-1].goes_on()

    def waits(self, what: str) -> None:
        """Tell what is waited for."""
        self.watcher.waits(what)


def progress_of(asked: bool | Watcher) -> Progress:
    """Give bars for yes, nothing for no, or what a watcher is told by."""
    return Progress(Bars(shown=asked) if isinstance(asked, bool) else asked)
