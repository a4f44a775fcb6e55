"""The verb of the workbench that says how every table stands. A method of `Workbench`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine.standing import standing, uses

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def tables(self: Workbench, *mappings: str) -> pl.DataFrame:
    """Show how every table stands: its changes that were not read yet, what waits, its last run.

    Gives `frames.TABLES`, one row a mapping. mappings: as for `compare`, those switched off as
    well. It is quick: changes are those of loads, whatever the filters say of them, and what waits
    is what runs left; `compare` looks at every record. Raises UnknownName.
    """
    chosen = self.workspace.named(*mappings)
    with self.store.lists() as lists:
        kept = lists.standing(uses(chosen))
    return standing(chosen, self.status(), kept, self.list_entries())
