"""Plans that are being written: who writes one holds its lock, and notes beside it how far it is;
what is left of who is gone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from mdsync_nb import frames
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.store import plans, plans_kept
from mdsync_nb.store.visit import WorkbenchFile
from mdsync_nb.store.waiting import own_words

TIMES = ("begun_at", "started_at")


@dataclass(frozen=True)
class PlansWritten:
    """The plans of a workbench file that are being written. Every method is one visit; `tell` and
    `told` are none, so that nobody who looks on waits for who works."""

    file: WorkbenchFile

    def alone_with(self, plan_id: str, *, wait: float | None = None) -> FileLock:
        """Be the only process that writes a plan; the lock ends with the process that holds it."""
        name = self.file.path.with_name(f"plan-{plan_id}.lock")
        return FileLock(name, timeout=self.file.wait if wait is None else wait)

    @contextmanager
    def telling(self, plan_id: str) -> Iterator[None]:
        """Let what `tell` said go when the plan is no longer being written."""
        try:
            yield
        finally:
            self._forget(plan_id)

    def tell(self, row: Mapping[str, object]) -> None:
        """Note which step of a plan is in work (`frames.IN_PROCESS`). A full disk is no reason to
        stop: then nobody sees how far it is."""
        told = {**row, "by": f"{own_words()} (process {os.getpid()})"}
        with suppress(OSError):
            self._note(str(row["plan_id"])).write_text(json.dumps(told, default=str), "utf-8")

    def told(self) -> pl.DataFrame:
        """Give what is being written, by whomever, the first begun first (`frames.IN_PROCESS`)."""
        rows = []
        for note in self.file.path.parent.glob("plan-*.now"):
            row = _read(note) or _read(note)
            gone = row is not None and self._nobody_writes(str(row["plan_id"]))
            if row is not None and note.exists():
                rows.append({**row, "status": "interrupted" if gone else "in process"})
        contract = frames.IN_PROCESS
        return pl.DataFrame(rows, schema=contract).sort("begun_at", "plan_id")

    def interrupted(self) -> list[str]:
        """Give the plans that somebody was writing who is gone, the oldest first.

        One that broke off between two steps has no job in process: nobody has to end it, and it is
        told of no longer.
        """
        with self.file.visit(write=False) as db:
            found = plans.in_process(db)
        for note in self.file.path.parent.glob("plan-*.now"):
            row = _read(note) or {}
            told = str(row.get("plan_id", ""))
            if told and told not in found and self._nobody_writes(told):
                self._forget(told)
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
            plans.close_jobs(db, plan_id, at=at, message=message, status="failed")
        self._forget(plan_id)

    def standing(self, plan_id: str) -> tuple[str | None, int | None]:
        """Give the status of a plan, None when nobody keeps it, and a job of it that was undone."""
        with self.file.visit(write=False) as db:
            return plans.standing_of(db, plan_id)

    def note_stop(self, plan_id: str, *, at: datetime, message: str) -> list[int]:
        """Note that somebody stopped a plan; gives the jobs that did steps of it."""
        with self.file.visit(write=True) as db:
            return plans.note_stop(db, plan_id, at=at, message=message)

    def finish(self, plan_id: str) -> None:
        """Note that every step of a plan was applied. Nobody needs its lock any more: whoever still
        waits for it finds nothing left to do."""
        with self.file.visit(write=True) as db:
            plans.mark_applied(db, plan_id)
        self._forget(plan_id, ".now", ".lock")

    def discard(self, plan_id: str) -> None:
        """Forget a plan nothing was written of.

        Raises UnknownName, UsageError for one that was written, CouldNotRun while it is.
        """
        with self.file.visit(write=False) as db:
            plans_kept.refuse_written(db, plan_id)
        try:
            with self.alone_with(plan_id, wait=0), self.file.visit(write=True) as db:
                plans_kept.discard(db, plan_id)
        except Timeout as error:
            raise CouldNotRun(
                f"Plan {plan_id} is being written.",
                hint="`mdsync in-process` shows how far it is; a plan that was written stays.",
            ) from error
        self._forget(plan_id, ".now", ".lock")

    def _note(self, plan_id: str) -> Path:
        return self.file.path.with_name(f"plan-{plan_id}.now")

    def _forget(self, plan_id: str, *endings: str) -> None:
        note = self._note(plan_id)
        for one in endings or (".now",):
            with suppress(OSError):
                note.with_suffix(one).unlink(missing_ok=True)


def _read(note: Path) -> dict[str, object] | None:
    """What a note says; None when it is gone, or just being written."""
    try:
        row = json.loads(note.read_text("utf-8"))
        times = {one: datetime.fromisoformat(row[one]) for one in TIMES}
        return {**{name: row[name] for name in frames.IN_PROCESS if name != "status"}, **times}
    except (OSError, ValueError, KeyError, TypeError):
        return None
