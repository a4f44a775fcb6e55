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

from mdsync_nb.engine import coupling, loading, running
from mdsync_nb.engine.chosen_pairs import Pairs
from mdsync_nb.engine.failing import failed_like
from mdsync_nb.engine.matched import Matched
from mdsync_nb.model import MatchField
from mdsync_nb.verbs import couplings, job, link, log, mapping, night, pair, queue
from mdsync_nb.verbs import review as reviewing
from mdsync_nb.verbs import site as sites
from mdsync_nb.verbs import tables as standing
from mdsync_nb.verbs.plan import Planning
from mdsync_nb.workspace import init

TABLES_STAY = "The tables before it are loaded, the others are as they were; load again to go on."

if TYPE_CHECKING:
    from mdsync_nb.widgets import Views

OF_NO_WORKBENCH = {"init", "demo", "lab"}
"""Verbs for a folder, not for a workbench that is open; `Workbench.init` has them."""


class Workbench(Planning):
    """A workspace with its store: load, couple, compare, plan, apply, undo, explain.

    folder: where mdsync.yaml is. clock: the only clock; gives naive UTC. Nothing is held open
    between two calls. Times in frames are UTC, in microseconds.
    """

    @staticmethod
    def init(folder: str | Path = ".", *, keep: bool = False) -> Path:
        """Write a commented mdsync.yaml from the files in a folder; gives its path.

        keep: leave the one that is there, or in a folder above, and give its path. Raises
        UsageError when there is one already, or no file of a table.
        """
        return init(Path(folder), keep=keep)

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

        >>> loads = workbench.load("NORDIC")
        >>> loads.select("table", "rows", "inserted").row(0)
        ('Country/Region', 62, 0)
        """
        self._finish_interrupted()
        names = companies or tuple(self.workspace.settings.companies)
        rows: list[dict[str, object]] = []
        tables = [f"{one} {table}" for one in names for table in self.workspace.company(one).tables]
        with self._progress.work("Load", tables, hint=TABLES_STAY) as work:
            for company in names:
                loaded = loading.load_company(
                    self.store, self.workspace, company, snapshot=snapshot, clock=self._clock
                )
                for row in loaded:
                    rows.append(row)
                    work.done()
        return loading.as_loads(rows)

    def couple(
        self,
        mapping: str,
        *,
        criteria: Sequence[str | MatchField] = (),
        records: Sequence[str] = (),
        pairs: Pairs | None = None,
    ) -> Matched:
        """Couple the records of a mapping that belong together, as one job.

        Gives what `match` gives, with the job's number. Pairs that agree in every compared field
        have agreed: that is their base from now on. Pairs a person chose take the place of what
        their records were coupled to, and are no longer rejected if they were. Raises UsageError
        without criteria, and for a source record whose counterpart is still there. Source:
        semantics.md 3.2.

        >>> workbench.couple("LUMIERE/ITEM")
        Matched(job ..., LUMIERE/ITEM: 88 match, ...)
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
        but for Dataverse where its records name their company; the contacts of a customer or vendor
        go along, as a job of their own: there `uncouple_plan` is applied. Gives the number of the
        mapping's job and how many it uncoupled; None when none of them was coupled.
        `undo` couples them again as they were. Source: semantics.md 3.2, 10.

        >>> job, many = workbench.uncouple("DEUTSCHLAND/VENDOR", records=["30210"])
        >>> many
        1
        """
        chosen = self.workspace.mapping(mapping)
        made = self.uncouple_plan(mapping, records=records)
        if made is not None:
            jobs = self.apply(made.plan_id, force=True)
            done = [
                (one.job_id, one.counts["uncoupled"]) for one in jobs if "uncoupled" in one.counts
            ]
            return done[0] if done else None
        return self.store.couplings.uncouple(
            chosen, records, at=self._clock(), settings_hash=self.workspace.hash_of(chosen)
        )

    def apply(self, plan_id: str, *, force: bool = False) -> running.Jobs:
        """Apply a plan by its id: one job a step, and the change set for the company's files.

        Records that moved since the plan are stale and stay as they are; applying twice writes
        nothing, and a plan that was stopped goes on. Raises PlanTooLarge unless force, PlanStale,
        UnknownName; PlanStopped, which names the jobs that stand.

        >>> plan = workbench.plan("NORDIC/ITEM")
        >>> workbench.apply(plan.plan_id)
        Jobs(job ...: 12 changed)
        """
        stored = self.store.plan(plan_id)
        self._finish_interrupted(but=plan_id)
        parts = [one["mapping"] for one in stored.steps]
        with self._progress.work("Apply", parts) as work:
            steps = running.apply_plan(
                self.store, self.workspace, stored, clock=self._clock, force=force, told=work.told
            )
            return running.Jobs(steps)

    def sync(self, *mappings: str, full: bool = False, force: bool = False) -> running.Jobs:
        """Plan and apply in one go, as a scheduled run does; gives one entry a job.

        Raises PlanTooLarge when the plan breaks a limit; then nothing was written.

        >>> workbench.sync("NORDIC/CURRENCY")
        Jobs(job ...: 1 changed)
        """
        self._finish_interrupted()
        return self.apply(self.plan(*mappings, full=full).plan_id, force=force)

    def undo(self, job_id: int) -> running.Jobs:
        """Reverse what a job wrote where nobody moved the records since; gives the new job.

        The records are held (rule `undone`), so no run does it again until `retry` releases them.

        >>> jobs = workbench.sync("NORDIC/CONTACT")
        >>> workbench.undo(jobs[0].job_id)
        Jobs(job ...: 14 changed)
        """
        return self.apply(self.undo_plan(job_id).plan_id, force=True)

    def retry(self, mapping: str, *, records: Sequence[str] = (), message: str = "") -> int:
        """Put skipped, failed and undone records back into the next run of their mapping.

        mapping: one, a link, a table or a pattern. records: ids or keys of either side; without
        any, all. message: only records with an error that reads like it, whatever its capitals;
        `*` stands for any text. Gives how many were released. Source: semantics.md 11.1.

        >>> jobs = workbench.undo(workbench.sync("NORDIC/SALESPERSON")[0].job_id)
        >>> workbench.retry("NORDIC/SALESPERSON")
        1
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
    import_couplings = couplings.import_couplings
    repair_couplings = couplings.repair_couplings

    review = reviewing.review
    forecast = reviewing.forecast
    start_review = reviewing.start_review

    site = sites.site
    show_job = job.show_job
    plan_again = job.plan_again
    diagnose = log.diagnose
    bundle = log.bundle
    clean_up = log.clean_up

    candidates = pair.candidates
    reject_pairs = pair.reject_pairs
    unreject_pairs = pair.unreject_pairs
    rejected_pairs = pair.rejected_pairs

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
    list_transformations = mapping.list_transformations
    enable_mappings = mapping.enable_mappings
    disable_mappings = mapping.disable_mappings
    set_mappings = mapping.set_mappings
    reset_mappings = mapping.reset_mappings
    refresh_fields = mapping.refresh_fields
    add_table = mapping.add_table
    write_settings = mapping.write_settings
    read_settings = mapping.read_settings

    export_schedule = night.export_schedule
    notifications = night.notifications
    test_notification = night.test_notification

    def _finish_interrupted(self, *, but: str = "") -> None:
        """End what somebody was writing who is gone, before anything else is read or written."""
        left = [one for one in self.store.plans.interrupted() if one != but]
        if left:
            with self._progress.work("End what was interrupted", left):
                running.finish_interrupted(self.store, self.workspace, clock=self._clock)

    @property
    def view(self) -> Views:
        """The views for a notebook: `workbench.view.errors()` and more."""
        from mdsync_nb.widgets import Views

        return Views(self, self._clock)

    def __dir__(self) -> list[str]:
        """What a person may want of a workbench: its verbs, and `workspace` with its settings."""
        verbs = [name for name in dir(type(self)) if not name.startswith("_")]
        return sorted({*verbs, "workspace"} - OF_NO_WORKBENCH)

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.opened import opened

        return opened(self)._repr_html_()

    def __repr__(self) -> str:
        return f"Workbench({str(self.workspace.root)!r}, {len(self.workspace.mappings)} mappings)"
