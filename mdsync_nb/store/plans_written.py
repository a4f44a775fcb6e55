"""Plans that are being written: who writes one holds its lock; what is left of who is gone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from mdsync_nb.store import plans
from mdsync_nb.store.visit import WorkbenchFile


@dataclass(frozen=True)
class PlansWritten:
    """The plans of a workbench file that are being written. Every method is one visit."""

    file: WorkbenchFile

    def alone_with(self, plan_id: str, *, wait: float | None = None) -> FileLock:
        """Be the only process that writes a plan; the lock ends with the process that holds it."""
        name = self.file.path.with_name(f"plan-{plan_id}.lock")
        return FileLock(name, timeout=self.file.wait if wait is None else wait)

    def interrupted(self) -> list[str]:
        """Give the plans that somebody was writing who is gone, the oldest first."""
        with self.file.visit(write=False) as db:
            found = plans.in_process(db)
        return [one for one in found if self._nobody_writes(one)]

    def _nobody_writes(self, plan_id: str) -> bool:
        try:
            with self.alone_with(plan_id, wait=0):
                return True
        except Timeout:
            return False

    def give_up(self, plan_id: str, *, at: datetime, message: str) -> None:
        """Note that the jobs of a plan that did not end will not any more."""
        with self.file.visit(write=True) as db:
            plans.close_jobs(db, plan_id, at=at, message=message)

    def is_applied(self, plan_id: str) -> bool:
        """Whether every step of a plan was applied, by whomever."""
        with self.file.visit(write=False) as db:
            return plans.is_applied(db, plan_id)

    def finish(self, plan_id: str) -> None:
        """Note that every step of a plan was applied. Nobody needs its lock any more: whoever still
        waits for it finds nothing left to do."""
        with self.file.visit(write=True) as db:
            plans.mark_applied(db, plan_id)
        with suppress(OSError):
            Path(self.alone_with(plan_id).lock_file).unlink(missing_ok=True)
