"""Long work beside the notebook: how far it is, a way to end it, and how it ended."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as ui

from mdsync_nb.engine.progress import watched
from mdsync_nb.errors import MdsyncError, Stopped
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.widgets.surface import button, row, shows, told


class Working:
    """One piece of work at a time, in a thread of its own, so that the notebook goes on.

    It watches what it begins: it is told how far that is, and ends it when somebody cancels. What
    went wrong, or was stopped, is said in its two sentences; nothing is raised.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._title = ""
        self._says = told()
        self._bar = ui.IntProgress(min=0, max=1)
        self._cancel = button("Cancel", self._end, key="c", tip="End it; nothing is half done")
        self._line = row(self._says, self._bar, self._cancel, class_="working")
        self._failed = told()
        self.box = ui.VBox([self._line, self._failed])
        self._line.add_class("mdsync-live")
        shows(self._line, now=False)

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return bool(self._thread and self._thread.is_alive())

    def is_free(self) -> bool:
        """Whether something can begin now; where it cannot, what is not done yet is said."""
        if not self.busy or threading.current_thread() is self._thread:
            return True
        self.fail(f"{self._title} is not done yet.", "Wait for it, or cancel it.")
        return False

    def begin(
        self,
        title: str,
        work: Callable[[], Any],
        then: Callable[[Any], object],
        *,
        stopped: Callable[[Stopped], object] = lambda _: None,
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        """Do some work, then something with what it gives, or where it was stopped or went wrong.
        While something is being done, nothing else begins, but what it does next itself."""
        if not self.is_free():
            return
        does = partial(self._do, work, then, stopped, failed)
        self._opens(title)
        if threading.current_thread() is self._thread:
            does()
            return
        here = contextvars.copy_context()
        self._thread = threading.Thread(
            target=here.run, args=(does,), daemon=True, name=f"mdsync {title}"
        )
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it is done."""
        if self._thread:
            self._thread.join(seconds)

    def told(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        said = f": {what}" if what else ""
        self._says.value = Html(tag("b", self._title), said).markup
        self._bar.max, self._bar.value = max(total, 1), done
        self._bar.description = (
            f"{wording.number(done)} of {wording.number(total)}" if total > 1 else ""
        )

    def fail(self, said: str, hint: str = "") -> None:
        """Say what could not be done, and what to do."""
        self._failed.value = tag(
            "div", tag("p", tag("b", wording.prose(said))),
            tag("p", wording.prose(hint)) if hint else None,
            class_="strip failed", role="alert",
        ).markup  # fmt: skip

    def _opens(self, title: str) -> None:
        self.stop.clear()
        self._title = title
        self._failed.value = ""
        self.told("", 0, 1)
        self._cancel.disabled = False
        shows(self._line, now=True)

    def _do(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object],
        stopped: Callable[[Stopped], object],
        failed: Callable[[], object],
    ) -> None:
        try:
            with watched(self):
                found = work()
            shows(self._line, now=False)
            then(found)
        except MdsyncError as error:
            if isinstance(error, Stopped):
                stopped(error)
            else:
                failed()
            self.fail(str(error), error.hint)
        except Exception as error:
            failed()
            self.fail(f"{self._title}: {type(error).__name__}: {error}", "It is a fault of ours.")
        finally:
            shows(self._line, now=False)

    def _end(self) -> None:
        self.stop.set()
        self._cancel.disabled = True
        self._says.value = tag("b", f"{self._title}: ending …").markup
