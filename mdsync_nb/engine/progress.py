"""How far long work is: told to whoever watches, who may ask it to stop."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from tqdm.auto import tqdm

from mdsync_nb.errors import Stopped

AFTER_SECONDS = 2.0


class Watcher(Protocol):
    """Is told how far long work is, and may ask it to stop. stop: set it, from any thread."""

    stop: threading.Event

    def told(self, what: str, done: int, total: int) -> None:
        """What is being done now, and how many of how many parts are done. It is called in the
        thread that works, so it must not take long."""


_watching: ContextVar[Watcher | None] = ContextVar("watching", default=None)
_going: ContextVar[tuple[Work, ...]] = ContextVar("going", default=())


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Let a watcher be told of the long work done within, and stop it when it asks for that.

    What is stopped raises Stopped where nothing is half done: tables, lines and jobs are whole.
    """
    before = _watching.set(watcher)
    try:
        yield
    finally:
        _watching.reset(before)


@dataclass
class Work:
    """Work while it goes on, part of other work perhaps. parts: by name, in their order. hint: what
    a stop leaves, and how to go on. now: the part in work."""

    title: str
    parts: Sequence[str]
    hint: str | None
    bar: tqdm[Any]
    number: int = 0
    now: str = ""

    def begins(self, part: str) -> None:
        """Tell which part is in work."""
        self.now = part
        _tell()

    def told(self) -> None:
        """Tell that a part is done."""
        self.bar.set_postfix_str(self.now, refresh=False)
        self.bar.update()
        self.number += 1
        self.begins(self.parts[self.number] if self.number < len(self.parts) else "")

    def done(self) -> None:
        """Tell that a part is done. Raises Stopped when a stop was asked for and parts are left."""
        self.told()
        self.goes_on()

    def goes_on(self) -> None:
        """Raise Stopped when a stop was asked for and something is left to do."""
        watcher = _watching.get()
        if watcher and self.number < len(self.parts) and watcher.stop.is_set():
            raise self.stopped()

    def stopped(self) -> Stopped:
        """How far it was when it was stopped."""
        return Stopped(self.title, done=self.number, of=len(self.parts), hint=self.hint)


@dataclass(frozen=True)
class Progress:
    """Tells who watches how far work is; else a bar does, where it takes longer than two seconds.

    shown: whether there are bars, in a terminal and in a notebook alike.
    """

    shown: bool = True

    @contextmanager
    def work(self, title: str, parts: Sequence[str], *, hint: str | None = None) -> Iterator[Work]:
        """Give work to tell of. parts, hint: as for `Work`. Ctrl-C is told how far it was."""
        quiet = not self.shown or _watching.get() is not None
        with tqdm(
            total=len(parts),
            desc=title,
            unit="table",
            delay=AFTER_SECONDS,
            disable=quiet,
            leave=False,
        ) as bar:
            work = Work(title, parts, hint, bar)
            before = _going.set((*_going.get(), work))
            try:
                work.begins(parts[0] if parts else "")
                yield work
            except KeyboardInterrupt as error:
                if not hasattr(error, "__notes__"):
                    error.add_note(f"{work.stopped()} {work.stopped().hint}")
                raise
            finally:
                _going.reset(before)

    def waits(self, what: str) -> None:
        """Tell what is waited for."""
        if _watching.get():
            _tell(f"waiting for {what}")
        elif self.shown:
            tqdm.write(f"Waiting for {what}; for up to a minute.", file=sys.stderr)


def goes_on() -> None:
    """Raise Stopped when a stop was asked for; work that takes a moment is never stopped."""
    if works := _going.get():
        works[-1].goes_on()


def _tell(also: str = "") -> None:
    """Tell who watches: the words of all that goes on, the count of the whole."""
    watcher, works = _watching.get(), _going.get()
    if watcher:
        words = [word for one in works for word in (one.title, one.now)]
        done, total = (works[0].number, len(works[0].parts)) if works else (0, 1)
        said = ", ".join(dict.fromkeys(word for word in (*words, also) if word))
        watcher.told(said, done, total)
