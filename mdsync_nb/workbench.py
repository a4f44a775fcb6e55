"""Every verb of the workbench: one method each, the same for notebooks, commands and reports.

The verbs that only look are in `looking`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb import mapping_verbs
from mdsync_nb.engine import (
    coupling,
    deciding,
    full_sync,
    loading,
    planning,
    running,
    undoing,
)
from mdsync_nb.engine import review as reviews
from mdsync_nb.engine.failing import failed_like
from mdsync_nb.engine.stepping import Run, each_way, steps
from mdsync_nb.engine.walking import direction_of, planned, step_of
from mdsync_nb.errors import UsageError
from mdsync_nb.looking import Looking
from mdsync_nb.model import MatchField, TableMapping
from mdsync_nb.store import StoredPlan
from mdsync_nb.workspace import init


class Workbench(Looking):
    """A workspace with its store: load, couple, compare, plan, apply, undo, explain.

    folder: where mdsync.yaml is. clock: the only clock; gives naive UTC. Nothing is held open
    between two calls. Times in frames are UTC, in microseconds.
    """

    @staticmethod
    def init(folder: str | Path = ".") -> Path:
        """Write a commented mdsync.yaml from the files in a folder; gives its path.

        Raises UsageError when there is one already, or no file of a table.
        """
        return init(Path(folder))

    @staticmethod
    def demo(folder: str | Path = "mdsync-demo", *, say: Callable[[str], None] = print) -> Path:
        """Run the main job on a holding and three subsidiaries; gives the path of the report.

        folder: where the demo goes; a second run in it starts afresh. say: is told each step.
        Raises UsageError for a folder that holds something else.
        """
        from mdsync_nb.engine.demonstrating import demonstrate

        return demonstrate(Path(folder), opens=partial(Workbench, progress=False), say=say)

    def load(self, *companies: str, snapshot: str | None = None) -> pl.DataFrame:
        """Load the companies named, or all: what their files hold becomes the image in force.

        Gives `frames.LOADS` and `refused`, one row a table. A file that cannot be read is refused
        by itself and its previous snapshot stays in force. snapshot: the folder that fills
        `{snapshot}`; without it the newest by name.
        """
        names = companies or tuple(self.workspace.settings.companies)
        rows: list[dict[str, object]] = []
        tables = sum(len(self.workspace.company(one).tables) for one in names)
        with self._progress.bar("Load", tables) as done:
            for company in names:
                loaded = loading.load_company(
                    self.store, self.workspace, company, snapshot=snapshot, clock=self._clock
                )
                for row in loaded:
                    rows.append(row)
                    done(f"{company} {row['table']}")
        return loading.as_loads(rows)

    def couple(
        self,
        mapping: str,
        *,
        criteria: Sequence[str | MatchField] = (),
        pairs: pl.DataFrame | None = None,
    ) -> coupling.Matched:
        """Couple the records of a mapping that belong together, as one job.

        Gives what `match` gives, with the job's number. Pairs that agree in every compared field
        have agreed: that is their base from now on. Pairs a person chose take the place of what
        their records were coupled to. Raises UsageError without criteria, and for a source record
        whose counterpart is still there. Source: semantics.md 3.2.
        """
        found = self.match(mapping, criteria=criteria, pairs=pairs)
        in_force = self.workspace.mapping(mapping)
        job = coupling.couple(
            self.store,
            found,
            fingerprint=self.workspace.fingerprint(in_force),
            settings_hash=self.workspace.hash_of(in_force),
            at=self._clock(),
        )
        return replace(found, job=job)

    def uncouple(self, mapping: str, *, records: Sequence[str] = ()) -> tuple[int, int] | None:
        """Take records of a mapping apart again, as one job; nothing is written to a company.

        records: ids or keys of either side; without any, all of the mapping. Gives the job's number
        and how many were uncoupled; None when none of them was coupled. `undo` couples them again
        as they were. Source: semantics.md 3.2, 10.
        """
        chosen = self.workspace.mapping(mapping)
        return self.store.uncouple(
            chosen, records, at=self._clock(), settings_hash=self.workspace.hash_of(chosen)
        )

    def plan(
        self,
        *mappings: str,
        full: bool = False,
        records: Sequence[str] = (),
        again: bool = False,
        direction: str | None = None,
        force: bool = False,
        create: bool = False,
        keep_creating: bool = True,
        title: str = "",
    ) -> planning.Plan:
        """Decide what a run would write, and keep it under an id; no company is written.

        full: Run Full Synchronization: every record, creating what is missing. records:
        only these source ids or keys, whatever the watermark. again: also what was written
        before and not taken over. direction: only `to_integration` or `from_integration`.
        force: that direction was chosen for these records: its values are written, whatever
        changed where (semantics.md 4.4). create: records without a counterpart, whatever
        the mapping says. keep_creating: after a full synchronization new records flow with
        every run, as in the product. The same input gives the same id. Raises UsageError
        for a direction the mapping does not have. Source: semantics.md 4.5, 4.11, 6.6.
        """
        chosen = self.workspace.select(*mappings)
        kind = "records" if records else "full" if full else "modified"
        run = Run(
            candidates="records" if records else "all" if full else "modified",
            full=full,
            again=again,
            records=tuple(records),
            forced=force,
            creates=create,
            asked=bool(records),
        )
        way = None if direction is None else direction_of(direction)
        going = [one for mapping in chosen for one in each_way(mapping, way)]
        found = planned(
            self.store, self.workspace, going, run,
            at=self._clock(), kind=kind, keep_creating=keep_creating, progress=self._progress,
        )  # fmt: skip
        return self._kept(kind, title or self._title(kind, chosen), *found)

    def _title(self, kind: str, chosen: list[TableMapping]) -> str:
        what = {"modified": "Synchronize modified", "full": "Full synchronization"}
        named = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} mappings"
        return f"{what.get(kind, 'Synchronize records')}: {named}"

    def _kept(self, kind: str, title: str, founds: list[Any], facts: list[Any]) -> planning.Plan:
        decisions, cells = planning.kept_decisions(founds)
        plan_id = planning.plan_id_of(kind, facts, (decisions, cells))
        stored = StoredPlan(
            plan_id, self._clock(), kind, title, "", "planned", facts, None, decisions, cells
        )
        if not self.store.keep_plan(stored):
            return self.read_plan(plan_id)
        return planning.as_plan(stored)

    def decide(self, answers: pl.DataFrame, *, title: str = "Decisions") -> deciding.Decided:
        """Make a plan of what people decided about fields that wait; no company is written.

        answers: `frames.ANSWERS`. A record is taken as a whole; one that moved since the answers
        were written is left out and named. What is kept counts as changed only here from then on.
        """
        mappings = answers["mapping"].drop_nulls().unique().sort().to_list()
        run = Run(candidates="all")
        chosen = self.workspace.select(*mappings) if mappings else []
        with self._progress.bar("Decide", len(chosen)) as done, self.store.reading() as reading:
            founds = []
            for found in steps(reading, self.workspace, chosen, run):
                founds.append(found)
                done(found.wanted.mapping.name)
            parts, faults = deciding.chosen(reading, founds, answers)
            seed = planning.seed_of(reading, "decisions", chosen, [])
            facts = [step_of(reading, self.workspace, one, seed=seed) for one in parts]
        records = sum(one.decisions.height for one in parts)
        plan = self._kept("decisions", title, parts, facts) if parts else None
        return deciding.Decided(plan, faults, records)

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

    def apply(self, plan_id: str, *, force: bool = False) -> list[running.Applied]:
        """Apply a plan by its id: one job a step, and the change set for the company's files.

        Records that moved since the plan are stale and stay as they are; applying twice writes
        nothing. Raises PlanTooLarge unless force, PlanStale, UnknownName.
        """
        stored = self.store.plan(plan_id)
        with self._progress.bar("Apply", len(stored.steps)) as done:
            applied = []
            for one in running.apply_plan(
                self.store, self.workspace, stored, clock=self._clock, force=force
            ):
                applied.append(one)
                done(one.mapping)
            return applied

    def sync(
        self, *mappings: str, full: bool = False, force: bool = False
    ) -> list[running.Applied]:
        """Plan and apply in one go, as a scheduled run does; gives one entry a job.

        Raises PlanTooLarge when the plan breaks a limit; then nothing was written.
        """
        return self.apply(self.plan(*mappings, full=full).plan_id, force=force)

    def review(self, *mappings: str) -> pl.DataFrame:
        """Show what each table needs to be in step for the first time, and how far that is.

        Gives `frames.REVIEW`, one row a mapping; those not started yet are looked at anew. No
        company is written. mappings: as for `compare`. Source: semantics.md 6.
        """
        return reviews.review(self.store, self.workspace, self.workspace.select(*mappings))

    def forecast(
        self, *mappings: str, exclude: Sequence[str] = (), restart: bool = False
    ) -> reviews.Forecast:
        """Show what `start_review` would couple, create and change; nothing is written.

        Gives one row a table that would run, and the records that look like existing ones.
        """
        left_out = [one.name for name in exclude for one in self.workspace.named(name)]
        chosen = self.workspace.select(*mappings)
        return reviews.forecast(
            self.store, self.workspace, chosen, exclude=left_out, restart=restart
        )

    def start_review(
        self,
        *mappings: str,
        exclude: Sequence[str] = (),
        only_coupled: str = "change",
        restart: bool = False,
        force: bool = False,
    ) -> full_sync.Started:
        """Bring tables in step for the first time: what `review` recommends, wave after wave.

        Goes on where it ended. exclude: mappings left out from now on. only_coupled: `change`
        lets new records flow after a full synchronization, as in the product; `keep` leaves that
        as it was. restart: forgets first what became of these tables. force: also what breaks a
        limit. Raises CouldNotRun when another process does this. Source: semantics.md 6.4, 6.5.
        """
        left_out = [one.name for name in exclude for one in self.workspace.named(name)]
        word = full_sync.only_coupled_of(only_coupled)
        how = full_sync.Starting(left_out, restart, word, force)
        return full_sync.start(self, self.workspace.select(*mappings), how)

    def undo_plan(self, job_id: int) -> planning.Plan:
        """Show what undoing a job would reverse; `apply` its id, or call `undo`."""
        stored = undoing.undo_plan(
            self.store,
            job_id,
            self.workspace.mappings,
            at=self._clock(),
            facts=lambda one: (self.workspace.hash_of(one), self.workspace.fingerprint(one)),
        )
        self.store.keep_plan(stored)
        return planning.as_plan(stored)

    def undo(self, job_id: int) -> list[running.Applied]:
        """Reverse what a job wrote where nobody moved the records since; gives the new job.

        The records are held (rule `undone`), so no run does it again until `retry` releases them.
        """
        return self.apply(self.undo_plan(job_id).plan_id, force=True)

    def retry(self, mapping: str, *, records: Sequence[str] = (), message: str = "") -> int:
        """Put skipped, failed and undone records back into the next run of their mapping.

        mapping: one, a link, a table or a pattern. records: ids or keys of either side; without
        any, all. message: only records with an error that reads like it, whatever its capitals;
        `*` stands for any text. Gives how many were released. Source: semantics.md 11.1.
        """
        released = 0
        for one in self.workspace.select(mapping):
            named = failed_like(self.errors(one.name), message, records) if message else records
            if named or not message:
                released += self.store.release(one, named)
        return released

    def run(self, notebook: str, **parameters: object) -> Path:
        """Run a notebook with papermill; gives the path of its HTML report.

        Raises UnknownName for a notebook or parameter nobody knows, NotebookFailed when it stops;
        the report is written all the same.
        """
        from mdsync_nb.notebooks import run_notebook

        return run_notebook(self.workspace, notebook, parameters, at=self._clock())

    list_mappings = mapping_verbs.list_mappings
    show_mapping = mapping_verbs.show_mapping
    enable_mappings = mapping_verbs.enable_mappings
    disable_mappings = mapping_verbs.disable_mappings
    set_mappings = mapping_verbs.set_mappings
    reset_mappings = mapping_verbs.reset_mappings
    refresh_fields = mapping_verbs.refresh_fields
    add_table = mapping_verbs.add_table
    write_settings = mapping_verbs.write_settings

    def __repr__(self) -> str:
        return f"Workbench({str(self.workspace.root)!r}, {len(self.workspace.mappings)} mappings)"
