"""The verbs about what happened: what a message means, a bundle of a job, cleaning up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine import diagnosing
from mdsync_nb.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def diagnose(self: Workbench, message: str = "", *, job: int | None = None) -> pl.DataFrame:
    """Say what a message means, why it happens, what to do and how to see it done.

    Gives `frames.DIAGNOSES`, one row; of a job, one a kind of message it had, the most records
    first. A message may come from any log. One that nobody knows has a blank `id` and says what to
    send. Raises UsageError without either, UnknownName for a job nobody knows.
    """
    if (job is None) == (not message.strip()):
        raise UsageError(
            "Say what to diagnose.", hint="Give a message in quotes, or the number of a job."
        )
    if job is None:
        return diagnosing.diagnosed([message.strip()])
    with self.store.lists() as lists:
        found = lists.job(job)
        if found is None:
            raise UnknownName("job", job, lists.jobs()["job_id"].to_list())
        return diagnosing.of_job(found, lists.job_errors(job))
