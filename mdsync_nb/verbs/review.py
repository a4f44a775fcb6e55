"""The verbs of the workbench that bring tables in step for the first time.

Each is a method of `Workbench`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine import review as reviews
from mdsync_nb.engine.full_sync import Started, Starting, only_coupled_of, start
from mdsync_nb.engine.review import Forecast

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def review(self: Workbench, *mappings: str) -> pl.DataFrame:
    """Show what each table needs to be in step for the first time, and how far that is.

    Gives `frames.REVIEW`, one row a mapping; those not started yet are looked at anew. No
    company is written. mappings: as for `compare`. Source: semantics.md 6.
    """
    chosen = self.workspace.select(*mappings)
    with self._progress.work("Review", ["every table"]):
        return reviews.review(self.store, self.workspace, chosen)


def forecast(
    self: Workbench, *mappings: str, exclude: Sequence[str] = (), restart: bool = False
) -> Forecast:
    """Show what `start_review` would couple, create and change; nothing is written.

    Gives one row a table that would run, and the records that look like existing ones.

    >>> workbench.forecast("DEUTSCHLAND/ITEM")
    Forecast(1 lines: couples 0, creates 38, ...)
    """
    left_out = [one.name for name in exclude for one in self.workspace.named(name)]
    chosen = self.workspace.select(*mappings)
    with self._progress.work("Forecast", ["every table"]):
        return reviews.forecast(
            self.store, self.workspace, chosen, exclude=left_out, restart=restart
        )


def start_review(
    self: Workbench,
    *mappings: str,
    exclude: Sequence[str] = (),
    only_coupled: str = "change",
    restart: bool = False,
    force: bool = False,
) -> Started:
    """Bring tables in step for the first time: what `review` recommends, wave after wave.

    Goes on where it ended. exclude: mappings left out from now on. only_coupled: `change`
    lets new records flow after a full synchronization, as in the product; `keep` leaves that
    as it was. restart: forgets first what became of these tables. force: also what breaks a
    limit. Raises CouldNotRun when another process does this. Source: semantics.md 6.4, 6.5.
    """
    left_out = [one.name for name in exclude for one in self.workspace.named(name)]
    word = only_coupled_of(only_coupled)
    how = Starting(left_out, restart, word, force)
    return start(self, self.workspace.select(*mappings), how, self._progress)
