"""Every view by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mdsync_nb.widgets.compare import Compare
from mdsync_nb.widgets.coupling import Coupling
from mdsync_nb.widgets.errors import Errors
from mdsync_nb.widgets.fields import Fields
from mdsync_nb.widgets.jobs import Jobs
from mdsync_nb.widgets.record import Among, Record
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

    def compare(self, table: str, *, there: str = "", here: str = "") -> Compare:
        """Show where any two loads or companies of a table differ, to narrow down and plan from.

        table, there, here: as for `drift`, which is its verb.
        """
        return Compare(self.workbench, self.clock, table, there=there, here=here)

    def fields(self, mapping: str) -> Fields:
        """Show the fields of a mapping, to switch on and off and to say more about, many at once.

        mapping: as for `show_mapping`, which is its verb; what changes is `enable_mappings`,
        `disable_mappings`, `set_mappings` and `reset_mappings`, written by `write_settings`.
        """
        return Fields(self.workbench, self.clock, mapping)

    def jobs(self, mapping: str = "") -> Jobs:
        """Show what was done, job by job: filter, look into one, run it again, take it back.

        mapping: as for `jobs`. Its verb is `jobs`; one job is `show_job`, the same again
        `plan_again`, and to take it back `undo_plan`.
        """
        return Jobs(self.workbench, self.clock, mapping)

    def record(self, mapping: str = "", record: str = "", *, among: Among = None) -> Record:
        """Show one record: why it is what it is, its values, times and history, and what can be
        done with it; without a record, look for one by its number or name.

        mapping, record: as for `explain`, which is its verb; what finds is `find_records`. among:
        records to go through one by one, as a verb gives them or by their numbers.
        """
        return Record(self.workbench, self.clock, mapping, record, among=among)

    def coupling(self, *mappings: str) -> Coupling:
        """Show which records belong together, and try other fields before anything is coupled.

        mappings: as for `compare`; of several, one is shown at a time. Its verbs are `match` and
        `candidates`; what is done is `couple`, `uncouple`, `reject_pairs` and `unreject_pairs`.
        """
        return Coupling(self.workbench, self.clock, mappings)

    def tables(self, *mappings: str) -> Tables:
        """Show every table, to synchronize, couple, hold or switch off many of them at once: its
        changes that no run has read yet, what waits for a person, its last job.

        mappings: as for `compare`, those switched off as well. Its verb is `tables`.
        """
        return Tables(self.workbench, self.clock, mappings)
