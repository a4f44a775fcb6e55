"""The verbs about what happened: what a message means, a bundle of a job, cleaning up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine import bundling, cleaning, diagnosing
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


def clean_up(
    self: Workbench,
    *,
    older_than: str | None = None,
    keep: int | None = None,
    every: bool = False,
    dry_run: bool = False,
) -> pl.DataFrame:
    """Delete old jobs, plans, loads and reports; gives what went, and what stayed and why.

    Gives `frames.CLEANED`. Without words, what `clean_up` in mdsync.yaml says is old. older_than:
    an age like `7d` for all of them. keep: the newest that stay whatever their age; said alone, all
    others go. every: all of it. dry_run: nothing is deleted. What a coupling that is set aside, an
    error that stands, a write no load confirmed, or an undo refers to stays. Raises UsageError.
    Source: semantics.md 7.5.
    """
    at, settings = self._clock(), self.workspace.settings.clean_up
    asked = cleaning.wanted(settings, at=at, older_than=older_than, keep=keep, every=every)
    return cleaning.clean_up(self.store, self.workspace, asked, at=at, dry_run=dry_run)


def bundle(self: Workbench, job: int, *, file: str | Path | None = None) -> Path:
    """Write a zip that shows somebody else what happened in a job; gives its path.

    In it: the job, its records, errors, tracebacks, the step of its plan, its queue run with the
    notebook, the settings of its mapping, and versions. Not in it: other records and mappings,
    secrets, and values of masked fields; README.txt in it says so. file: where, a .zip that is not
    there yet; without it, beside mdsync.yaml. Raises UnknownName, UsageError, CouldNotRun.
    """
    path = None if file is None else Path(file)
    return bundling.bundle(self.store, self.workspace, job, path, at=self._clock())
