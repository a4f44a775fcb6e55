"""All of one job: how it ended, what it did to which record, the values it wrote, its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine import diagnosing
from mdsync_nb.errors import UnknownName
from mdsync_nb.store.lists import Lists
from mdsync_nb.workspace import Workspace


@dataclass(frozen=True, repr=False)
class Job:
    """What one job did.

    facts: its row, with `title`, that of its plan, and `report` and `hint` of the run it belongs
    to. table: what its mapping is called. records: `frames.JOB_RECORDS`. values:
    `frames.JOB_VALUES`. reasons: its errors by message (`frames.DIAGNOSES`). masked: fields whose
    values are not shown.
    """

    job_id: int
    table: str
    facts: Mapping[str, Any]
    records: pl.DataFrame
    values: pl.DataFrame
    reasons: pl.DataFrame
    masked: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Job({self.job_id}, {self.facts['mapping']}: {self.facts['status']})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.one_job import job_page

        return job_page(self)._repr_html_()


def one_job(lists: Lists, workspace: Workspace, job_id: int) -> Job:
    """Give all of a job. Raises UnknownName for one nobody knows."""
    found = lists.job(job_id)
    if found is None:
        raise UnknownName("job", job_id, lists.jobs()["job_id"].to_list())
    name = str(found["mapping"])
    known = workspace.mappings.get(name)
    records = lists.job_records(job_id, mapping=known)
    return Job(
        job_id,
        called(workspace).get(name, name),
        {**found, **lists.job_belongs_to(job_id)},
        records,
        _values(lists, job_id, records),
        diagnosing.of_job(found, lists.job_errors(job_id)),
        workspace.settings.report.mask,
    )


def called(workspace: Workspace) -> dict[str, str]:
    """Give what people call each mapping: Customer in Nordic."""
    return {
        name: f"{one.table} in {workspace.company(one.local).name or one.local}"
        for name, one in workspace.mappings.items()
    }


def _values(lists: Lists, job_id: int, records: pl.DataFrame) -> pl.DataFrame:
    """The values a job wrote, in the order of its records. A cell has what is written as source."""
    ids = ["mapping", "source_id", "destination_id"]
    keys = records.filter(outcome="applied").select(*ids, "key", "action").unique(ids)
    _, cells = lists.job_writes(job_id)
    told = cells.join(keys, on=ids, how="left", nulls_equal=True)
    named = told.rename({"destination": "before", "source": "after"})
    return frames.conform(named, frames.JOB_VALUES).sort("key", "source_id", "field")
