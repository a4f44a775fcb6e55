"""A progress bar on anything longer than two seconds, in a terminal and in a notebook alike."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tqdm.auto import tqdm

AFTER_SECONDS = 2.0


@dataclass(frozen=True)
class Progress:
    """Shows how far long work is; silent when it is over within two seconds."""

    shown: bool = True

    @contextmanager
    def bar(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
        """Give a function to call with what was just done."""
        with tqdm(
            total=total,
            desc=title,
            unit="table",
            delay=AFTER_SECONDS,
            disable=not self.shown,
            leave=False,
        ) as bar:

            def done(what: str) -> None:
                bar.set_postfix_str(what, refresh=False)
                bar.update()

            yield done

    def waits(self, what: str) -> None:
        """Say what is waited for, where progress is shown."""
        if self.shown:
            tqdm.write(f"Waiting for {what}; for up to a minute.", file=sys.stderr)
