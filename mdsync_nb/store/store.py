"""The workbench as the engine sees it: one short visit a call, frames in and frames out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.store import applying, couples, loads, plans
from mdsync_nb.store.lists import Lists
from mdsync_nb.store.reading import Reading
from mdsync_nb.store.visit import WorkbenchFile


@dataclass(frozen=True)
class Store:
    """Snapshots, couplings, base, jobs, errors and plans in one DuckDB file nobody holds open.

    Every method is one visit: whole or not at all. Raises StoreBusy, StoreTooNew, CouldNotRun.
    """

    file: WorkbenchFile

    @classmethod
    def at(cls, path: Path, *, wait: float = 60.0) -> Store:
        """Open the workbench file at a path; it is made when it does not exist."""
        return cls(WorkbenchFile(path, wait))

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read several things that belong together in one visit."""
        with self.file.visit(write=False) as db:
            yield Reading(db)

    @contextmanager
    def lists(self) -> Iterator[Lists]:
        """Read the lists people look at: loads, jobs, errors, plans."""
        with self.file.visit(write=False) as db:
            yield Lists(db)

    def record_load(
        self, staged: Staged, *, at: datetime, uses: Sequence[loads.Use]
    ) -> dict[str, object]:
        """Put a staged table in force; gives the load as one row of `frames.LOADS`."""
        return loads.record_load(self.file, staged, at=at, uses=uses)

    def record_refusal(
        self, company: str, table: str, *, at: datetime, message: str
    ) -> dict[str, object]:
        """Note a load that was refused; the previous snapshot stays in force."""
        return loads.record_refusal(self.file, company, table, at=at, message=message)

    def couple(
        self, new: couples.NewCouplings, *, at: datetime, job: dict[str, object], unmatched: int
    ) -> int:
        """Couple pairs as one job of kind coupling; gives the job's number."""
        with self.file.visit(write=True) as db:
            job_id, seq = plans.begin_job(db, {**job, "kind": "coupling", "started_at": at})
            coupled = couples.insert_couplings(db, new, job_id=job_id, seq=seq, at=at)
            message = (
                f"{unmatched} records were not coupled; the list says why for each."
                if unmatched
                else ""
            )
            plans.end_job(
                db, job_id, at=at, counts={"coupled": coupled, "failed": unmatched}, message=message
            )
            return job_id

    def keep_plan(self, plan: plans.StoredPlan) -> bool:
        """Keep a plan under its id; False when it is known already."""
        with self.file.visit(write=True) as db:
            return plans.keep_plan(db, plan)

    def plan(self, plan_id: str) -> plans.StoredPlan:
        """Give a kept plan. Raises UnknownName."""
        with self.file.visit(write=False) as db:
            found = plans.plan_of(db, plan_id)
            if found is None:
                known = db.sql("select plan_id from plan order by made_at desc").fetchall()
                raise UnknownName("plan", plan_id, [one for (one,) in known])
            return found

    def begin(self, job: dict[str, object]) -> tuple[int, int]:
        """Note the intent of a job before anything is written; gives its number and order."""
        with self.file.visit(write=True) as db:
            return plans.begin_job(db, job)

    def ready(self, facts: applying.StepFacts) -> applying.Ready:
        """What of a step can be written now, for the files of the company; nothing is changed."""
        with self.file.visit(write=False) as db:
            applying.judge(db, facts)
            return applying.ready(db, facts)

    def apply_step(
        self,
        facts: applying.StepFacts,
        *,
        job: tuple[int, int],
        at: datetime,
        quiet: dict[str, int],
        before_writing: Callable[[applying.Ready], None],
        step: dict[str, Any] | None,
    ) -> dict[str, int]:
        """Write one step in one transaction; gives the job's counters.

        before_writing: writes the company's files; if it fails, nothing is kept. quiet: the
        counters of records the plan only counted. step: what to advance, or None for a part run.
        """
        job_id, seq = job
        with self.file.visit(write=True) as db:
            if step and step.get("resets_skipped"):
                db.execute(
                    "update coupling set skipped = false, failures = 0 where mapping = $m and skipped",
                    {"m": facts.mapping},
                )
            applying.judge(db, facts)
            before_writing(applying.ready(db, facts))
            applying.write_step(db, facts, job_id=job_id, seq=seq, at=at)
            counts = applying.counted(db)
            counts = {name: counts.get(name, 0) + quiet.get(name, 0) for name in counts | quiet}
            plans.end_job(db, job_id, at=at, counts=counts, message="")
            if step:
                plans.advance(db, facts.mapping, step=step, job_id=job_id, at=at)
            if facts.undone is not None:
                db.execute(
                    "update job set undone_by = $j where job_id = $u",
                    {"j": job_id, "u": facts.undone},
                )
            return counts

    def finish_plan(self, plan_id: str) -> None:
        """Note that every step of a plan was applied."""
        with self.file.visit(write=True) as db:
            plans.mark_applied(db, plan_id)

    def refused_creations(self, job_id: int) -> list[str]:
        """The keys of records a job was to create and did not."""
        with self.file.visit(write=False) as db:
            rows = db.sql(
                "select key from job_record where job_id = $j and action = 'insert' and outcome <> 'applied'",
                params={"j": job_id},
            ).fetchall()
            return [str(key) for (key,) in rows]

    def release(
        self, mapping: str, records: Sequence[str], *, source: tuple[str, str]
    ) -> int:
        """Put skipped and held records back into the next run; gives how many."""
        with self.file.visit(write=True) as db:
            return couples.release(db, mapping, records, source)

    def note_files(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Note the sha256 of files we patched, for every image that came from the same files."""
        with self.file.visit(write=True) as db:
            rows = db.sql('select company, "table", files from image').fetchall()
            for company, table, files in rows:
                known = json.loads(files)
                patched = {path: now[path] for path in known if before.get(path) == known[path] and path in now}
                if patched:
                    db.execute(
                        'update image set files = $f where company = $c and "table" = $t',
                        {"f": json.dumps(known | patched), "c": company, "t": table},
                    )

    def sql(self, query: str) -> pl.DataFrame:
        """Give the rows of anybody's query: read only, without access to any file.

        Raises UsageError with the engine's own words when the query is wrong or would write.
        """
        with self.file.visit(write=False) as db:
            db.execute("set enable_external_access = false; set lock_configuration = true")
            try:
                return db.sql(query).pl()
            except (duckdb.Error, AttributeError) as error:
                raise UsageError(
                    f"The query cannot be answered: {str(error).splitlines()[0]}",
                    hint="Only questions are allowed; the tables are listed by `show all tables`.",
                ) from error
