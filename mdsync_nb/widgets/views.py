"""Every view by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdsync_nb.widgets.compare import Compare
from mdsync_nb.widgets.errors import Errors

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

    def compare(self, table: str, *, there: str = "", here: str = "") -> Compare:
        """Show where any two loads or companies of a table differ, to narrow down and plan from.

        table, there, here: as for `drift`, which is its verb.
        """
        return Compare(self.workbench, self.clock, table, there=there, here=here)
