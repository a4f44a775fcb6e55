"""The verbs of the workbench about single jobs: all that one did, and how to do the same again.

Each is a method of `Workbench`. Nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mdsync_nb.engine.again import Again, asked_again
from mdsync_nb.engine.one_job import Job, one_job
from mdsync_nb.errors import UnknownName

if TYPE_CHECKING:
    from mdsync_nb.engine.planning import Plan
    from mdsync_nb.workbench import Workbench


def show_job(self: Workbench, job_id: int) -> Job:
    """Show all that one job did: its records by what became of them, the values it wrote, and its
    errors by message with what to do.

    Raises UnknownName for a job nobody knows.
    """
    with self.store.lists() as lists:
        return one_job(lists, self.workspace, job_id)


def plan_again(self: Workbench, *job_ids: int) -> list[Plan]:
    """Plan to do what jobs did once more, from how things are now; nothing is written.

    Runs become one plan of all their mappings, modified and full ones apart; jobs of records that
    were named, one plan each of the same records. Gives the plans in the order to apply them.
    Raises UnknownName, and UsageError for jobs that only a person can repeat: decisions, couplings,
    undo.
    """
    with self.store.lists() as lists:
        rows = {one: lists.job(one) for one in sorted(set(job_ids))}
        unknown = [one for one, row in rows.items() if row is None]
        if unknown:
            raise UnknownName("job", unknown[0], lists.jobs()["job_id"].to_list())
    jobs = [row for row in rows.values() if row]
    plans = {str(one["plan_id"]): self.store.plan(str(one["plan_id"])) for one in jobs
             if one["plan_id"]}  # fmt: skip
    return [_planned(self, one) for one in asked_again(jobs, plans, self.workspace)]


def _planned(self: Workbench, asked: Again) -> Plan:
    if asked.kind == "find_deleted":
        return self.find_deleted(*asked.mappings)
    if asked.kind == "restore":
        return self.restore_records(asked.mappings[0], records=asked.records)
    if asked.kind == "delete":
        return self.delete_records(asked.mappings[0], records=asked.records)
    return self.plan(
        *asked.mappings,
        full=asked.kind == "full",
        records=asked.records,
        direction=asked.direction,
        force=asked.forced,
        create=asked.creates,
    )
