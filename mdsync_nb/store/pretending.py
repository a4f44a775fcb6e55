"""Steps done as if, for a later step of the same plan; of the visit, only the plan is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from mdsync_nb.store.judging import StepFacts, judge
from mdsync_nb.store.plans import StoredPlan, keep_plan, keep_rows
from mdsync_nb.store.reading import Reading
from mdsync_nb.store.remembering import remember_agreement, remember_changes, remember_open
from mdsync_nb.store.sql import number_of
from mdsync_nb.store.writing import note_writes, write_rows

NO_JOB = 0
PLACES = "select seq from change union all select agreed_seq from coupling"
"""Where in the order of changes something happened; old changes are cleaned up."""


@dataclass(frozen=True)
class Pretending(Reading):
    """A visit of which only a plan is kept. Positions of rows are valid until a step is done."""

    def leave(
        self, facts: StepFacts, decisions: pl.DataFrame, cells: pl.DataFrame, *, at: datetime
    ) -> None:
        """Leave images and couplings as applying a step would leave them.

        decisions, cells: as a plan keeps them. Nothing reaches a company's files, and no job, no
        watermark and no write that waits for a load is noted: a later step reads none of them.
        """
        keep_rows(self.db, facts.plan_id, decisions, cells)
        judge(self.db, facts)
        note_writes(self.db, facts)
        seq = number_of(self.db, f"select coalesce(max(seq), 0) + 1 from ({PLACES})")
        write_rows(self.db, facts, seq=seq, at=at)
        remember_changes(self.db, facts, seq)
        remember_agreement(self.db, facts, job_id=NO_JOB, seq=seq, at=at)
        remember_open(self.db, facts, job_id=NO_JOB, last_job=None)
        self.known.clear()

    def keep_plan(self, plan: StoredPlan) -> bool:
        """Keep a plan under its id, and nothing that was done as if; False when it is known.

        Opening the file once more for it would cost as much as keeping a small plan.
        """
        self.db.execute("rollback; begin")
        fresh = keep_plan(self.db, plan)
        self.db.execute("commit; begin")
        return fresh
