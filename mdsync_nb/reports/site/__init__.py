"""The report site: an index of runs, a front page, and a page a table, a job and a record.

It asks nobody for anything, prints, and has every table beside it as CSV and in one workbook.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from mdsync_nb.engine.overview import Overview
from mdsync_nb.reports import wording
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.files import Pages, written
from mdsync_nb.reports.site.front import front_page
from mdsync_nb.reports.site.jobs import job_pages
from mdsync_nb.reports.site.making import Making
from mdsync_nb.reports.site.records import record_pages
from mdsync_nb.reports.site.runs import runs_page
from mdsync_nb.reports.site.tables import table_pages
from mdsync_nb.reports.worklist_file import write_worklist

__all__ = ["write_site"]


def write_site(overview: Overview, reports: Path) -> Path:
    """Write the site of an overview into the folder of reports; gives its front page.

    It takes the place of the site before as a whole, or not at all. Raises CouldNotRun when it
    cannot be written.
    """
    c = overview.comparison
    hidden = f"Values of {wording.listing(c.masked)} are masked. " if c.masked else ""
    making = Making(overview, Pages(c.title, c.at, hidden), reports)
    runs_page(making)
    front_page(making)
    table_pages(making)
    job_pages(making)
    record_pages(making)
    with TemporaryDirectory() as folder:
        book = write_worklist(c, Path(folder) / places.WORKLIST)
        return written(making.pages, reports, beside=[book]) / places.FRONT
