"""How many records wait, said so that a person reads it and a scheduled run can ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.planning import Plan
from mdsync_nb.notebooks import WAITING
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import tag
from mdsync_nb.reports.pieces.belonging import Belonging
from mdsync_nb.reports.worklist_file import write_worklist


@dataclass(frozen=True)
class Waits:
    """A count that shows itself as a sentence and notes itself in the executed notebook."""

    records: int

    def __str__(self) -> str:
        if not self.records:
            return "Nothing waits for a person."
        verb = "waits" if self.records == 1 else "wait"
        return f"{wording.count(self.records, 'record')} {verb} for a person."

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        html = tag("p", str(self))._repr_html_()
        return {"text/plain": str(self), "text/html": html, WAITING: {"waiting": self.records}}


def waits(found: Comparison | Plan | Belonging | pl.DataFrame) -> Waits:
    """Say how many records of something wait: a comparison, a plan, open matches, a list.

    `mdsync run` ends with exit code 1 when the notebook says that something waits.
    """
    if isinstance(found, Comparison):
        return Waits(tally.records(found.worklist))
    if isinstance(found, Plan):
        return Waits(found.waiting)
    return Waits(found.open.height if isinstance(found, Belonging) else found.height)


def worklist_beside(c: Comparison, report: str) -> str:
    """Write the whole worklist beside a report; gives the file's name, or nothing without a report.

    report: the path of the report without its ending, as a run gives it to its notebook.
    """
    if not report:
        return ""
    stem = Path(report)
    return write_worklist(c, stem.with_name(f"{stem.name}.xlsx")).name
