"""Every verb of the workbench: one method each, the same for notebooks, commands and reports.

The verbs are in `verbs`, one module for each kind of question; those that write are here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine import (
    coupling,
    full_sync,
    loading,
    running,
)
from mdsync_nb.engine import review as reviews
from mdsync_nb.engine.failing import failed_like
from mdsync_nb.errors import UsageError
from mdsync_nb.model import MatchField
from mdsync_nb.verbs import link, log, mapping, night, queue
from mdsync_nb.verbs import site as sites
from mdsync_nb.verbs import tables as standing
from mdsync_nb.verbs.plan import Planning
from mdsync_nb.workspace import init

if TYPE_CHECKING:
    from mdsync_nb.widgets import Views


class Workbench(Planning):
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

    @staticmethod
    def lab(
        folder: str | Path = ".",
        *,
        port: int | None = None,
        browser: bool = True,
        say: Callable[[str], None] = print,
    ) -> None:
        """Open JupyterLab in a workspace, on the notebook to begin with, until Ctrl-C ends it.

        A folder without mdsync.yaml opens on the notebook that sets it up. port: without it the
        first free one from 8888 on. browser: open it there. say: is told the address. Raises
        UsageError for a folder that is not there or a port that is taken, CouldNotRun.
        """
        from mdsync_nb.lab import open_lab

        open_lab(Path(folder), port=port, browser=browser, say=say)

    def load(self, *companies: str, snapshot: str | None = None) -> pl.DataFrame:
        """Load the companies named, or all: what their files hold becomes the image in force.

        Gives `frames.LOADS` and `refused`, one row a table. A file that cannot be read is refused
        by itself and its previous snapshot stays in force. snapshot: the folder that fills
        `{snapshot}`; without it the newest by name.
        """
        self._finish_interrupted()
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
        records: Sequence[str] = (),
        pairs: pl.DataFrame | None = None,
    ) -> coupling.Matched:
        """Couple the records of a mapping that belong together, as one job.

        Gives what `match` gives, with the job's number. Pairs that agree in every compared field
        have agreed: that is their base from now on. Pairs a person chose take the place of what
        their records were coupled to. Raises UsageError without criteria, and for a source record
        whose counterpart is still there. Source: semantics.md 3.2.
        """
        found = self.match(mapping, criteria=criteria, records=records, pairs=pairs)
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
        """Take records of a mapping apart again, as one job.

        records: ids or keys of either side; without any, all of the mapping. No company is written,
        but for Dataverse where its records name their company: there `uncouple_plan` is applied.
        Gives the job's number and how many were uncoupled; None when none of them was coupled.
        `undo` couples them again as they were. Source: semantics.md 3.2, 10.
        """
        chosen = self.workspace.mapping(mapping)
        made = self.uncouple_plan(mapping, records=records)
        if made is not None:
            jobs = self.apply(made.plan_id, force=True)
            done = [
                (one.job_id, one.counts["uncoupled"]) for one in jobs if "uncoupled" in one.counts
            ]
            return done[0] if done else None
        return self.store.uncouple(
            chosen, records, at=self._clock(), settings_hash=self.workspace.hash_of(chosen)
        )

    def apply(self, plan_id: str, *, force: bool = False) -> list[running.Applied]:
        """Apply a plan by its id: one job a step, and the change set for the company's files.

        Records that moved since the plan are stale and stay as they are; applying twice writes
        nothing. Raises PlanTooLarge unless force, PlanStale, UnknownName.
        """
        stored = self.store.plan(plan_id)
        self._finish_interrupted(but=plan_id)
        with self._progress.bar("Apply", len(stored.steps)) as done:
            applied = []
            for one in running.apply_plan(
                self.store, self.workspace, stored, clock=self._clock, force=force
            ):
                applied.append(one)
                done(one.mapping)
            return applied

    def import_couplings(self, pairs: pl.DataFrame, *, unplaced: bool = False) -> list[int]:
        """Take over couplings from a list, as the product's coupling table exports them.

        pairs: `integration_id`, `local_id` and `mapping`, which may be blank where the table is not
        known (Table ID 0). unplaced: such pairs are kept, to be repaired. Gives the numbers of the
        jobs. Raises UsageError for a pair without a mapping that names a local record, unless
        unplaced; what `couple` raises. Source: semantics.md 3.2.
        """
        given = pairs.with_columns(pl.col("mapping", "local_id").fill_null(""))
        nowhere = given.filter(pl.col("mapping") == "")
        named = nowhere.filter(pl.col("local_id") != "")
        if named.height and not unplaced:
            raise UsageError(
                f"The mapping must be specified: the pair of {named['local_id'][0]} has none.",
                hint="Say its mapping, or take it over as unplaced and repair it.",
            )
        jobs = [self.store.keep_unplaced(nowhere, at=self._clock())] if nowhere.height else []
        for (name,), part in given.filter(pl.col("mapping") != "").group_by("mapping"):
            found = self.couple(str(name), pairs=part)
            jobs += [found.job] if found.job else []
        return jobs

    def repair_couplings(self, *, local_only: bool = False) -> tuple[int, int]:
        """Find the mapping of couplings that have none; gives how many, and how many were deleted.

        By the local record, else by the other one; what no table holds is deleted. local_only: only
        by the local record, and nothing is deleted. Source: semantics.md 3.3.
        """
        known = self.workspace.mappings.values()
        return self.store.repair(known, local_only=local_only, at=self._clock())

    def sync(
        self, *mappings: str, full: bool = False, force: bool = False
    ) -> list[running.Applied]:
        """Plan and apply in one go, as a scheduled run does; gives one entry a job.

        Raises PlanTooLarge when the plan breaks a limit; then nothing was written.
        """
        self._finish_interrupted()
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

    tables = standing.tables
    site = sites.site
    diagnose = log.diagnose
    bundle = log.bundle
    clean_up = log.clean_up

    disable_link = link.disable_link
    enable_link = link.enable_link
    change_source = link.change_source
    forget_link = link.forget_link

    list_entries = queue.list_entries
    show_entry = queue.show_entry
    hold_entries = queue.hold_entries
    ready_entries = queue.ready_entries
    run_entry = queue.run_entry
    restart_entries = queue.restart_entries
    delete_entries = queue.delete_entries
    generate_entries = queue.generate_entries
    add_entry = queue.add_entry
    run_jobs = queue.run_jobs

    list_mappings = mapping.list_mappings
    show_mapping = mapping.show_mapping
    enable_mappings = mapping.enable_mappings
    disable_mappings = mapping.disable_mappings
    set_mappings = mapping.set_mappings
    reset_mappings = mapping.reset_mappings
    refresh_fields = mapping.refresh_fields
    add_table = mapping.add_table
    write_settings = mapping.write_settings

    export_schedule = night.export_schedule
    notifications = night.notifications
    test_notification = night.test_notification

    def _finish_interrupted(self, *, but: str = "") -> None:
        """End what somebody was writing who is gone, before anything else is read or written."""
        if set(self.store.plans.interrupted()) - {but}:
            running.finish_interrupted(self.store, self.workspace, clock=self._clock)

    @property
    def view(self) -> Views:
        """The views for a notebook: `workbench.view.errors()` and more."""
        from mdsync_nb.widgets import Views

        return Views(self, self._clock)

    def __repr__(self) -> str:
        return f"Workbench({str(self.workspace.root)!r}, {len(self.workspace.mappings)} mappings)"
