"""The verbs that decide: each keeps a plan to look at and apply. No company is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.core.actions import Purpose
from mdsync_nb.engine import deciding, planning, undoing
from mdsync_nb.engine.belonging import contact_mappings
from mdsync_nb.engine.claims import going_apart, resets
from mdsync_nb.engine.stepping import Run, each_way, one_way, steps
from mdsync_nb.engine.walking import direction_of, planned, step_of
from mdsync_nb.errors import UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store import StoredPlan
from mdsync_nb.verbs import drifting, record
from mdsync_nb.verbs.looking import Looking


class Planning(Looking):
    """A workspace with its store, to decide in: plan, decide, undo_plan, and records by name."""

    def plan(
        self,
        *mappings: str,
        full: bool = False,
        records: Sequence[str] = (),
        again: bool = False,
        direction: str | None = None,
        force: bool = False,
        touch: bool = False,
        create: bool = False,
        keep_creating: bool = True,
        title: str = "",
    ) -> planning.Plan:
        """Decide what a run would write, and keep it under an id; no company is written.

        full: Run Full Synchronization: every record, creating what is missing. records:
        only these source ids or keys, whatever the watermark. again: also what was written
        before and not taken over. direction: only `to_integration` or `from_integration`.
        force: that direction was chosen for these records: its values are written, whatever
        changed where (semantics.md 4.4). touch: with force, also records of which nothing
        differs get a new time, as in the product. create: records without a counterpart,
        whatever the mapping says. keep_creating: after a full synchronization new records flow
        with every run, as in the product. The same input gives the same id. Raises UsageError
        for a direction the mapping does not have, and for touch without force. Source:
        semantics.md 4.5, 4.11, 6.6.

        >>> workbench.plan("LUMIERE/CUSTOMER", full=True)
        Plan(...: 52 to write, ..., refused)
        """
        if touch and not force:
            raise UsageError("Only what is forced can be touched.", hint="Say force=True as well.")
        chosen = self.workspace.select(*mappings)
        kind = "records" if records else "full" if full else "modified"
        run = Run(
            candidates="records" if records else "all" if full else "modified",
            full=full,
            again=again,
            records=tuple(records),
            forced=force,
            touch=touch,
            creates=create,
            asked=bool(records),
        )
        way = None if direction is None else direction_of(direction)
        going = [one for mapping in chosen for one in each_way(mapping, way)]
        title = title or self._title(kind, chosen)
        return self._planned(kind, title, going, run, keep_creating=keep_creating)

    def _planned(
        self,
        kind: str,
        title: str,
        going: Sequence[TableMapping],
        run: Run,
        *,
        keep_creating: bool = False,
    ) -> planning.Plan:
        with self._working("Plan", going) as work, self.store.pretending() as reading:
            found = planned(
                reading, self.workspace, going, run,
                at=self._clock(), kind=kind, keep_creating=keep_creating, done=work.done,
            )  # fmt: skip
            stored = self._stored(kind, title, *found)
            fresh = reading.keep_plan(stored)
        return self._kept(stored, fresh=fresh)

    def _title(self, kind: str, chosen: list[TableMapping]) -> str:
        what = {"modified": "Synchronize modified", "full": "Full synchronization"}
        named = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} mappings"
        return f"{what.get(kind, 'Synchronize records')}: {named}"

    def _stored(self, kind: str, title: str, founds: list[Any], facts: list[Any]) -> StoredPlan:
        decisions, cells = planning.kept_decisions(founds)
        plan_id = planning.plan_id_of(kind, facts, (decisions, cells))
        return StoredPlan(
            plan_id, self._clock(), kind, title, "", "planned", facts, None, decisions, cells
        )

    def _kept(self, stored: StoredPlan, *, fresh: bool) -> planning.Plan:
        """Give a plan that is kept now, or as it was kept before."""
        return planning.as_plan(stored) if fresh else self.read_plan(stored.plan_id)

    def decide(self, answers: pl.DataFrame, *, title: str = "Decisions") -> deciding.Decided:
        """Make a plan of what people decided about fields that wait; no company is written.

        answers: `frames.ANSWERS`. A record is taken as a whole; one that moved since the answers
        were written is left out and named. What is kept counts as changed only here from then on.

        >>> import polars as pl
        >>> waits = workbench.compare("NORDIC/CUSTOMER").worklist.filter(key="10250")
        >>> said = waits.with_row_index("row", offset=2).with_columns(
        ...     decision=pl.lit("value"), value=pl.lit("75000")
        ... )
        >>> workbench.decide(said.filter(field="Credit Limit (LCY)"))
        Decided(records: 1, left out: 0, Plan(...: 1 to write, 0 wait))
        """
        mappings = answers["mapping"].drop_nulls().unique().sort().to_list()
        run = Run(candidates="all")
        chosen = [one_way(one) for one in self.workspace.select(*mappings)] if mappings else []
        with self._working("Decide", chosen) as work, self.store.pretending() as reading:
            founds = []
            for found in steps(reading, self.workspace, chosen, run):
                founds.append(found)
                work.done()
            parts, faults = deciding.chosen(reading, founds, answers)
            seed = planning.seed_of(reading, "decisions", chosen, [])
            facts = [step_of(reading, self.workspace, one, seed=seed) for one in parts]
            stored = self._stored("decisions", title, parts, facts) if parts else None
            fresh = bool(stored and reading.keep_plan(stored))
        records = sum(one.decisions.height for one in parts)
        plan = self._kept(stored, fresh=fresh) if stored else None
        return deciding.Decided(plan, faults, records, self.workspace.settings.report.mask)

    def export_decisions(self, file: str | Path, *mappings: str) -> Path:
        """Write what waits as a workbook to decide in; gives its path.

        mappings: as for `compare`. Raises UsageError for a file that is there, or is no .xlsx.
        """
        from mdsync_nb.reports import write_worklist

        path = Path(file)
        if path.suffix.lower() != ".xlsx":
            raise UsageError(f"{path} does not end in .xlsx.", hint="Name it like waiting.xlsx.")
        if path.exists():
            raise UsageError(
                f"{path} is there already, perhaps with decisions.",
                hint="Name another file, or move that one away.",
            )
        return write_worklist(self.compare(*mappings), path)

    def import_decisions(self, file: str | Path) -> deciding.Decided:
        """Make a plan of what was decided in a workbook; no company is written.

        Raises CouldNotRun for a file that cannot be read, UsageError for one that is no worklist.
        """
        from mdsync_nb.reports.answered import answers

        return self.decide(answers(Path(file)), title=f"Decisions of {Path(file).name}")

    def undo_plan(self, job_id: int) -> planning.Plan:
        """Show what undoing a job would reverse; `apply` its id, or call `undo`.

        >>> jobs = workbench.sync("NORDIC/PAYMENTTERMS", full=True)
        >>> workbench.undo_plan(jobs[0].job_id)
        Plan(...: 1 to write, 0 wait)
        """
        stored = undoing.undo_plan(
            self.store,
            job_id,
            self.workspace.mappings,
            at=self._clock(),
            facts=lambda one: (self.workspace.hash_of(one), self.workspace.fingerprint(one)),
        )
        self.store.keep_plan(stored)
        return planning.as_plan(stored)

    def uncouple_plan(self, mapping: str, *, records: Sequence[str] = ()) -> planning.Plan | None:
        """Show what uncoupling would write to Dataverse and which contacts go along; `apply` its
        id, or call `uncouple`.

        The company id of each record is reset, of whole tables also where it was left behind. The
        contacts of a customer or vendor are uncoupled in a step of their own mapping. None where
        uncoupling writes no company and no contact is coupled: master data, mappings that only come
        from Dataverse, and exports without a company id. records: as for `uncouple`. Source:
        semantics.md 10.
        """
        chosen = self.workspace.mapping(mapping)
        with self.store.reading() as reading:
            there = reading.image(chosen.integration, chosen.integration_table)
            more = contact_mappings(reading, self.workspace.mappings.values(), chosen)
        if not resets(chosen, there) and not more:
            return None
        run = Run(
            candidates="records" if records else "all",
            records=tuple(records),
            asked=bool(records),
            purpose=Purpose.UNCOUPLE,
        )
        going = [going_apart(chosen, there)]
        return self._planned(Purpose.UNCOUPLE.value, f"Uncouple: {chosen.name}", going, run)

    def discard_plan(self, plan_id: str) -> None:
        """Forget a plan nothing was written of.

        Raises UnknownName, UsageError for one that was written, wholly or in part, CouldNotRun
        while it is being written.
        """
        self.store.plans.discard(plan_id)

    find_records = record.find_records
    synchronize_records = record.synchronize_records
    create_records = record.create_records
    restore_records = record.restore_records
    delete_records = record.delete_records
    find_deleted = record.find_deleted
    drift = drifting.drift
