"""The verb of the workbench that writes the report site. A method of `Workbench`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mdsync_nb.engine.overview import Schedules, overview, with_lists
from mdsync_nb.engine.stepping import Run, one_way, steps
from mdsync_nb.queue.pace import next_starts, paces

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def site(self: Workbench, *mappings: str, schedules: Schedules | None = None) -> Path:
    """Write the report site into the folder of reports; gives the path of its front page.

    mappings: as for `compare`. schedules: mapping -> minutes between two runs, and after one that
    found nothing; without it those of the job queue. What this build found is kept, so that the
    site shows how it went on. No company is written. Raises CouldNotRun when the site cannot be
    written; then the one before still stands.
    """
    from mdsync_nb.reports.site import write_site

    chosen = [one_way(one) for one in self.workspace.select(*mappings)]
    at = self._clock()
    entries = self.store.queue.entries()
    known = paces(entries, self.workspace) if schedules is None else schedules
    with self._working("Compare", chosen) as work, self.store.reading() as reading:
        founds = []
        for found in steps(reading, self.workspace, chosen, Run(candidates="all")):
            founds.append(found)
            work.done()
        seen = overview(reading, self.workspace, founds, at=at, schedules=known)
    with self.store.site_lists() as lists:
        whole = replace(with_lists(seen, lists), next_starts=next_starts(entries))
    front = write_site(whole, self.workspace.root / self.workspace.settings.reports)
    self.store.note_site(seen.figures, at=at)
    return front
