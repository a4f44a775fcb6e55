"""What is read beside the notebook: the newest question counts; what moves is looked at again."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

from mdsync_nb.errors import MdsyncError

Fails = Callable[[str, str], object]
"""Is told what could not be read, and what to do."""


class Latest:
    """Answers questions in a thread of their own. Who asks anew no longer waits for the answer
    before: it is dropped, whenever it comes, and not read at all where that did not begin. fails:
    is told of what could not be read. after: seconds somebody may still ask something else in."""

    def __init__(self, fails: Fails, *, after: float = 0.0) -> None:
        self.fails, self.after = fails, after
        self._asked = 0
        self._one_answer = threading.RLock()
        self._thread: threading.Thread | None = None

    def ask(self, read: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Read something, then do something with it, unless something else was asked meanwhile."""
        with self._one_answer:
            self._asked += 1
            here, number = contextvars.copy_context(), self._asked
        self._thread = threading.Thread(
            target=here.run, args=(self._do, number, read, then), daemon=True, name="mdsync reads"
        )
        self._thread.start()

    def forget(self) -> None:
        """Ask nothing any more."""
        with self._one_answer:
            self._asked += 1

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the newest question is answered."""
        if self._thread:
            self._thread.join(seconds)

    def _do(self, number: int, read: Callable[[], Any], then: Callable[[Any], object]) -> None:
        time.sleep(self.after)
        if number != self._asked:
            return
        try:
            found = read()
            with self._one_answer:
                if number == self._asked:
                    then(found)
        except MdsyncError as error:
            if number == self._asked:
                self.fails(str(error), error.hint)
        except Exception as error:
            self.fails(f"{type(error).__name__}: {error}", "It is a fault of ours.")


class Pulse:
    """Looks again every few seconds, as long as there is something to see.

    look: gives whether it is worth looking again. Nothing runs before `begin`, nor once `look` says
    no or fails.
    """

    def __init__(self, look: Callable[[], bool], *, every: float = 2.0) -> None:
        self.look, self.every = look, every
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def beats(self) -> bool:
        """Whether it will look again."""
        return bool(self._thread and self._thread.is_alive())

    def begin(self) -> None:
        """Look again from now on; once is enough."""
        if self.beats:
            return
        self._end.clear()
        here = contextvars.copy_context()
        self._thread = threading.Thread(
            target=here.run, args=(self._run,), daemon=True, name="mdsync looks again"
        )
        self._thread.start()

    def end(self) -> None:
        """Look no more."""
        self._end.set()

    def _run(self) -> None:
        while not self._end.wait(self.every):
            if not self.look():
                return
