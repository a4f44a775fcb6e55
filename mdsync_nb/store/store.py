"""The workbench as the engine sees it: one short visit a call, frames in and frames out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store import cleaning, loads, plans
from mdsync_nb.store import review as reviews
from mdsync_nb.store.applying import Applying, apply_step, ready_again
from mdsync_nb.store.identities import Use
from mdsync_nb.store.images import Image, sides_of
from mdsync_nb.store.judging import StepFacts
from mdsync_nb.store.lists import Lists
from mdsync_nb.store.outbox import Outbox
from mdsync_nb.store.plans import StoredPlan
from mdsync_nb.store.plans_written import PlansWritten
from mdsync_nb.store.pretending import Pretending
from mdsync_nb.store.putting_together import Coupling
from mdsync_nb.store.queue import Queue
from mdsync_nb.store.reading import Reading
from mdsync_nb.store.rejections import Rejections
from mdsync_nb.store.site import SiteLists, note_site
from mdsync_nb.store.sql import frame_of, key_text
from mdsync_nb.store.stopping import GoesOn, always
from mdsync_nb.store.taking_back import release
from mdsync_nb.store.visit import WorkbenchFile
from mdsync_nb.store.waiting import Waits, quietly
from mdsync_nb.store.writing import Ready

QUESTIONS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
AT_ONCE = 0.5
"""Seconds to wait for others where a person only looks."""

ONLY_QUESTIONS = "One select at a time; the tables are listed by `show all tables`."


@dataclass(frozen=True)
class Store:
    """Snapshots, couplings, base, jobs, errors and plans in one DuckDB file nobody holds open.

    Every method is one visit: whole or not at all. Raises StoreBusy, StoreTooNew, CouldNotRun.
    goes_on: is asked during long visits; when it raises, nothing of the visit is kept.
    """

    file: WorkbenchFile
    queue_log: int | None = None
    goes_on: GoesOn = always

    @classmethod
    def at(
        cls,
        path: Path,
        *,
        wait: float = 60.0,
        queue_log: int | None = None,
        waits: Waits = quietly,
        goes_on: GoesOn = always,
    ) -> Store:
        """Open the workbench file at a path; it is made when it does not exist.

        queue_log: the run of a job queue entry on whose behalf jobs are begun. waits: is told who
        holds the file, once in each wait of more than two seconds.
        """
        return cls(WorkbenchFile(path, wait, waits=waits), queue_log, goes_on)

    def at_once(self) -> Store:
        """The same workbench for somebody who does not wait: it is busy after half a second."""
        return replace(self, file=replace(self.file, wait=AT_ONCE, waits=quietly))

    @property
    def outbox(self) -> Outbox:
        """What people are to be told of runs nobody watches."""
        return Outbox(self.file)

    @property
    def queue(self) -> Queue:
        """The job queue entries and their runs."""
        return Queue(self.file)

    @property
    def plans(self) -> PlansWritten:
        """Plans that are being written: by whom, and how far."""
        return PlansWritten(self.file)

    @property
    def couplings(self) -> Coupling:
        """Which records belong together, changed as jobs."""
        return Coupling(self.file)

    @property
    def rejections(self) -> Rejections:
        """The pairs a person rejected."""
        return Rejections(self.file)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read several things that belong together in one visit."""
        with self.file.visit(write=False) as db:
            yield Reading(db, self.goes_on)

    @contextmanager
    def pretending(self) -> Iterator[Pretending]:
        """Read in a visit where steps can be done as if; only a plan of it is kept."""
        with self.file.visit(write=True, keep=False) as db:
            yield Pretending(db, self.goes_on)

    @contextmanager
    def lists(self) -> Iterator[Lists]:
        """Read the lists people look at: loads, jobs, errors, plans."""
        with self.file.visit(write=False) as db:
            yield Lists(db)

    @contextmanager
    def site_lists(self) -> Iterator[SiteLists]:
        """Read what the report site shows of jobs, runs, and builds before it."""
        with self.file.visit(write=False) as db:
            yield SiteLists(db)

    def note_site(self, figures: pl.DataFrame, *, at: datetime) -> int:
        """Note what a build of the report site found (`frames.SITE_FIGURES`); gives its number."""
        with self.file.visit(write=True) as db:
            return note_site(db, figures, at=at)

    def record_load(
        self,
        staged: Staged,
        *,
        at: datetime,
        uses: Sequence[Use],
        arrival: loads.Arrival = loads.BY_HAND,
    ) -> dict[str, object]:
        """Put a staged table in force; gives the load as one row of `frames.LOADS`."""
        self.goes_on()
        return loads.record_load(
            self.file, staged, at=at, uses=uses, arrival=arrival, goes_on=self.goes_on
        )

    def record_refusal(
        self, company: str, table: str, *, at: datetime, message: str, stamps: str = ""
    ) -> dict[str, object]:
        """Note a load that was refused; the previous snapshot stays in force."""
        return loads.record_refusal(
            self.file, company, table, at=at, message=message, stamps=stamps
        )

    def keep_plan(self, plan: StoredPlan) -> bool:
        """Keep a plan under its id; False when it is known already."""
        with self.file.visit(write=True) as db:
            return plans.keep_plan(db, plan)

    def plan(self, plan_id: str) -> StoredPlan:
        """Give a kept plan. Raises UnknownName."""
        with self.file.visit(write=False) as db:
            found = plans.plan_of(db, plan_id)
            if found is None:
                known = db.sql("select plan_id from plan order by made_at desc").fetchall()
                raise UnknownName("plan", plan_id, [one for (one,) in known])
            return found

    def begin(self, job: Mapping[str, object]) -> int:
        """Note the intent of a job before anything is written; gives its number."""
        with self.file.visit(write=True) as db:
            return plans.begin_job(db, {**job, "queue_log": self.queue_log})

    def finished(self, facts: StepFacts) -> tuple[int, Ready] | None:
        """The job that did a step of a plan before, and what it wrote; None when none did."""
        with self.file.visit(write=False) as db:
            job_id = plans.finished_job(db, facts.plan_id, facts.step)
            return None if job_id is None else (job_id, ready_again(db, facts, job_id))

    def apply_step(self, facts: StepFacts, applying: Applying) -> dict[str, int]:
        """Write one step in one transaction; gives the job's counters.

        Raises what `write_files` raises, PlanStale when the files hold something else, and Stopped
        before the files are written; then nothing is kept. A job that another process finished
        meanwhile is left as it is.
        """
        with ExitStack() as to_its_end, self.file.visit(write=True) as db:
            return apply_step(db, facts, applying, goes_on=self.goes_on, to_its_end=to_its_end)

    def fail(self, job_id: int, *, at: datetime, message: str, trace: str = "") -> None:
        """Note that a job could not be done, and where; its plan may be applied again."""
        with self.file.visit(write=True) as db:
            if plans.counts_of(db, job_id) is None:
                plans.end_job(
                    db, job_id, at=at, counts={}, message=message, status="failed", trace=trace
                )

    def refused_creations(self, job_id: int, image: Image) -> list[str]:
        """The keys of records a job was to create and that do not exist."""
        query = f"""select key from job_record
            where job_id = $j and action = 'insert' and outcome <> 'applied'
            and key not in (select {key_text(image.key_fields)} from {image.relation})"""
        with self.file.visit(write=False) as db:
            return [str(key) for (key,) in db.sql(query, params={"j": job_id}).fetchall()]

    def release(self, mapping: TableMapping, records: Sequence[str]) -> int:
        """Put skipped and held records back into the next run; gives how many."""
        with self.file.visit(write=True) as db:
            sides = sides_of(db, mapping)
            return release(db, mapping.name, records, sides) if sides else 0

    def review_lines(self) -> pl.DataFrame:
        """Give the lines of the full synchronization (`frames.REVIEW_KEPT`)."""
        with self.file.visit(write=False) as db:
            return reviews.lines_of(db)

    def refresh_review(self, lines: pl.DataFrame) -> None:
        """Keep lines (`frames.REVIEW_KEPT`) in place of those that are blank or not there yet."""
        with self.file.visit(write=True) as db:
            reviews.refresh(db, lines)

    def note_review(self, *names: str, **values: object) -> None:
        """Note how far lines are: columns of `frames.REVIEW_KEPT` and their values."""
        with self.file.visit(write=True) as db:
            reviews.note(db, names, values)

    def forget_review(self, *names: str) -> None:
        """Forget lines, whatever became of them."""
        with self.file.visit(write=True) as db:
            reviews.forget(db, names)

    def alone_in_review(self) -> AbstractContextManager[None]:
        """Be the only process that runs these lines. Raises CouldNotRun when another one does."""
        return reviews.alone(self.file.path)

    def clean_up(
        self, retention: cleaning.Retention, uses: pl.DataFrame, *, dry_run: bool
    ) -> cleaning.Cleaned:
        """Delete what is old and nothing refers to, whole or not at all; dry_run only says it."""
        with self.file.visit(write=True, keep=not dry_run) as db:
            return cleaning.clean_up(db, retention, uses)

    def sql(self, query: str) -> pl.DataFrame:
        """Give the rows of anybody's question: read only, without access to any file.

        Raises UsageError with the engine's own words when it is no question, or a wrong one.
        """
        with self.file.visit(write=False, shut=True) as db:
            try:
                asked = duckdb.extract_statements(query)
                if len(asked) != 1 or asked[0].type not in QUESTIONS:
                    raise UsageError("That is not one question.", hint=ONLY_QUESTIONS)
                return frame_of(db, query)
            except (duckdb.Error, pl.exceptions.PolarsError) as error:
                said = str(error).splitlines()[0]
                raise UsageError(
                    f"The query cannot be answered: {said}", hint=ONLY_QUESTIONS
                ) from error
