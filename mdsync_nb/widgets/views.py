"""Every view by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdsync_nb.widgets.errors import Errors
from mdsync_nb.widgets.tables import Tables

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench


@dataclass(frozen=True)
class Views:
    """What people work with in a notebook; each view is usable alone and has a static twin."""

    workbench: Workbench
    clock: Clock

    def errors(self, *mappings: str) -> Errors:
        """Show what waits for a person, to filter, decide, apply and undo.

        mappings: as for `compare`. Its verb is `compare`; what was decided is `decide`.
        """
        return Errors(self.workbench, self.clock, mappings)

    def tables(self, *mappings: str) -> Tables:
        """Show every table, to synchronize, couple, hold or switch off many of them at once: its
        changes that no run has read yet, what waits for a person, its last job.

        mappings: as for `compare`, those switched off as well. Its verb is `tables`.
        """
        return Tables(self.workbench, self.clock, mappings)
