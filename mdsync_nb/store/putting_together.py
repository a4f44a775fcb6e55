"""Which records belong together: pairs put together and taken apart, each time as one job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from mdsync_nb.model import TableMapping
from mdsync_nb.store import couples, plans, repairing
from mdsync_nb.store import review as reviews
from mdsync_nb.store.images import sides_of
from mdsync_nb.store.rejections import lift
from mdsync_nb.store.visit import WorkbenchFile


@dataclass(frozen=True)
class Coupling:
    """The couplings of a workbench. Every method is one visit: whole or not at all."""

    file: WorkbenchFile

    def couple(
        self,
        new: couples.NewCouplings,
        *,
        at: datetime,
        job: Mapping[str, object],
        unmatched: int,
        failed: int,
    ) -> int:
        """Couple pairs as one job of kind coupling; gives the job's number.

        failed: those of the unmatched that are not to be created (semantics.md 10).
        A line of the full synchronization that is in process for the mapping keeps it.
        """
        with self.file.visit(write=True) as db:
            job_id = plans.begin_job(db, {**job, "kind": "coupling", "started_at": at})
            seq = plans.take_place(db, job_id)
            coupled = couples.insert_couplings(db, new, job_id=job_id, seq=seq)
            message = (
                f"{unmatched} records were not coupled; the list says why for each."
                if unmatched
                else ""
            )
            plans.end_job(
                db, job_id, at=at, counts={"coupled": coupled, "failed": failed}, message=message
            )
            reviews.note_coupling(db, new.mapping, job_id)
            return job_id

    def uncouple(
        self, mapping: TableMapping, records: Sequence[str], *, at: datetime, settings_hash: str
    ) -> tuple[int, int] | None:
        """Take couplings apart as one job; gives its number and how many, None without any."""
        with self.file.visit(write=True) as db:
            sides = sides_of(db, mapping)
            if sides is None or not couples.note_parting(db, mapping.name, records, sides):
                return None
            job = _coupling_job(mapping.name, "uncoupling", at)
            way = {"direction": str(mapping.direction), "settings_hash": settings_hash}
            job_id = plans.begin_job(db, {**job, **way})
            plans.take_place(db, job_id)
            uncoupled = couples.part(db, job_id=job_id)
            plans.end_job(db, job_id, at=at, counts={"uncoupled": uncoupled})
            return job_id, uncoupled

    def keep_unplaced(self, pairs: pl.DataFrame, *, at: datetime) -> int:
        """Keep couplings whose mapping nobody said, as one job; gives its number."""
        with self.file.visit(write=True) as db:
            job_id = plans.begin_job(db, _coupling_job(repairing.UNPLACED, "coupling", at))
            plans.take_place(db, job_id)
            kept = repairing.keep_unplaced(db, pairs, job_id=job_id)
            plans.end_job(db, job_id, at=at, counts={"coupled": kept})
            return job_id

    def repair(
        self, mappings: Iterable[TableMapping], *, local_only: bool, at: datetime
    ) -> tuple[int, int]:
        """Give couplings without a mapping theirs, as one job; gives how many, and how many were
        deleted."""
        with self.file.visit(write=True) as db:
            repaired, deleted = repairing.repair(db, mappings, local_only=local_only)
            if repaired or deleted:
                job_id = plans.begin_job(db, _coupling_job(repairing.UNPLACED, "repair", at))
                lift(db, job_id=job_id)
                counts = {"coupled": repaired, "uncoupled": deleted}
                plans.end_job(db, job_id, at=at, counts=counts)
            return repaired, deleted

    def forget_mappings(self, names: Sequence[str], *, at: datetime) -> dict[str, int]:
        """Take all couplings of mappings apart, a job each, and forget how far they were read and
        which pairs were rejected: they were those of another company, or are to be found anew."""
        jobs: dict[str, int] = {}
        with self.file.visit(write=True) as db:
            for name in names:
                if couples.note_parting(db, name, (), None):
                    job_id = plans.begin_job(db, _coupling_job(name, "uncoupling", at))
                    plans.take_place(db, job_id)
                    parted = couples.part(db, job_id=job_id)
                    plans.end_job(db, job_id, at=at, counts={"uncoupled": parted})
                    jobs[name] = job_id
                for table in ("mapping_state", "rejection"):
                    db.execute(f"delete from {table} where mapping = $m", {"m": name})
        return jobs


def _coupling_job(mapping: str, kind: str, at: datetime) -> dict[str, object]:
    """A job that is about couplings alone, of no plan."""
    none = dict.fromkeys(("plan_id", "step", "direction", "settings_hash"))
    return {**none, "mapping": mapping, "kind": kind, "started_at": at}
