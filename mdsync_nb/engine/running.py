"""Applying plans: one job a step, the company's files and the workbench together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.connectors.change_set import write_change_set
from mdsync_nb.connectors.changes import BEFORE, TableChanges
from mdsync_nb.connectors.folders import delivery_of
from mdsync_nb.connectors.in_place import patch_in_place
from mdsync_nb.engine.planning import as_plan
from mdsync_nb.errors import PlanStale
from mdsync_nb.model import CompanySettings, WriteMode
from mdsync_nb.store import Image, Ready, StepFacts, Store, StoredPlan
from mdsync_nb.workspace import Workspace

Clock = Callable[[], datetime]
QUIET = {"unchanged": "unchanged"}
"""Actions of records that a plan only counts, with the counter of the job they go into."""


@dataclass(frozen=True)
class Applied:
    """One step that was applied: its job, counters, and the files it wrote."""

    job_id: int
    mapping: str
    counts: dict[str, int]
    files: tuple[Path, ...]


def apply_plan(
    store: Store, workspace: Workspace, stored: StoredPlan, *, clock: Clock, force: bool
) -> Iterator[Applied]:
    """Apply a plan step by step, each as one job, giving each as it ends.

    Raises PlanTooLarge when it breaks a limit and force is off, PlanStale when the settings it was
    made from have moved. A plan that was applied already writes nothing.
    """
    if stored.status == "applied":
        return
    refusals = as_plan(stored).refusals
    if refusals and not force:
        raise refusals[0]
    _refuse_moved_settings(workspace, stored)
    run = _Run(store, workspace, stored, clock)
    blocked: dict[str, list[str]] = {}
    written: dict[str, list[TableChanges]] = {}
    for step in range(len(stored.steps)):
        yield run.step(step, blocked, written)
    store.finish_plan(stored.plan_id)


def _refuse_moved_settings(workspace: Workspace, stored: StoredPlan) -> None:
    for step in stored.steps:
        now = workspace.hash_of(workspace.mapping(step["mapping"]))
        if now != step["settings_hash"]:
            raise PlanStale(f"The settings of {step['mapping']} moved since plan {stored.plan_id}.")


@dataclass(frozen=True)
class _Run:
    """One plan being applied."""

    store: Store
    workspace: Workspace
    stored: StoredPlan
    clock: Clock

    def step(
        self, number: int, blocked: dict[str, list[str]], written: dict[str, list[TableChanges]]
    ) -> Applied:
        step = self.stored.steps[number]
        facts = self._facts(number, blocked)
        settings = self.workspace.company(facts.destination.company)
        files: list[Path] = []

        def write_files(ready: Ready) -> None:
            changes = written.setdefault(facts.destination.company, [])
            changes.append(changes_of(facts.destination, ready))
            files.extend(self._write(settings, facts.destination, changes))

        at = self.clock()
        job = self.store.begin(self._job(step, number, at))
        counts = self.store.apply_step(
            facts,
            job=job,
            at=at,
            quiet=_quiet(step, self.stored, number),
            before_writing=write_files,
            step=step if self.stored.kind in ("modified", "full") else None,
        )
        if settings.write is WriteMode.IN_PLACE and files:
            self._note_files(facts.destination, settings)
        table = facts.destination.table
        blocked.setdefault(table, []).extend(self.store.refused_creations(job[0]))
        return Applied(job[0], facts.mapping, counts, tuple(files))

    def _facts(self, number: int, blocked: dict[str, list[str]]) -> StepFacts:
        step = self.stored.steps[number]
        mapping = self.workspace.mapping(step["mapping"])
        with self.store.reading() as reading:
            destination = reading.image(mapping.local, mapping.table)
            source = reading.image(mapping.integration, mapping.integration_table)
        if destination is None or source is None:
            raise PlanStale(f"A company of {mapping.name} has no records any more.")
        refused = [
            {"field": field.name, "value": key}
            for field in destination.schema.fields
            for key in blocked.get(field.relation_table, [])
        ]
        return StepFacts(
            plan_id=self.stored.plan_id,
            step=number,
            mapping=mapping.name,
            destination=destination,
            source=source,
            fingerprint=step["fingerprint"],
            user=self.workspace.company(mapping.local).sync_user,
            undone=self.stored.undoes,
            blocked=pl.DataFrame(refused, schema={"field": pl.String, "value": pl.String}),
        )

    def _job(self, step: dict[str, Any], number: int, at: datetime) -> dict[str, object]:
        return {
            "plan_id": self.stored.plan_id,
            "step": number,
            "mapping": step["mapping"],
            "kind": self.stored.kind,
            "direction": "from_integration",
            "settings_hash": step["settings_hash"],
            "started_at": at,
        }

    def _write(
        self, settings: CompanySettings, image: Image, changes: list[TableChanges]
    ) -> list[Path]:
        if not changes[-1].any:
            return []
        root = self.workspace.root
        if settings.write is WriteMode.IN_PLACE:
            return patch_in_place(
                image.company,
                settings,
                changes[-1:],
                root=root,
                snapshot=None,
                expected=image.files,
            )
        folder = root / self.workspace.settings.out / self.stored.plan_id / image.company
        return write_change_set(
            image.company, settings, changes, root=root, snapshot=None, folder=folder
        )

    def _note_files(self, image: Image, settings: CompanySettings) -> None:
        delivery = delivery_of(
            image.company, settings, image.table, root=self.workspace.root, snapshot=None
        )
        patched = [export.content() for export in delivery.exports]
        self.store.note_files(image.files, {one.path: one.sha256 for one in patched})


def _quiet(step: dict[str, Any], stored: StoredPlan, number: int) -> dict[str, int]:
    """The counters of records the plan only counted: all of a rule less those it kept."""
    kept = stored.decisions.filter(pl.col("step") == number)
    counts: dict[str, int] = {}
    for one in step["counts"]:
        counter = QUIET.get(one["action"])
        if counter:
            single = kept.filter(pl.col("rule") == one["rule"]).height
            counts[counter] = counts.get(counter, 0) + one["records"] - single
    return counts


def changes_of(image: Image, ready: Ready) -> TableChanges:
    """Give what a step writes as the company's files want it: keys, what changes, whole inserts."""
    changed = ready.cells["field"].unique().to_list()
    keys = list(image.schema.key)
    names = [one.name for one in image.schema.fields if one.name in {*keys, *changed}]
    modified = ready.modified.sort("destination_id").with_row_index("record")
    cells = ready.cells.join(modified.select("record", "destination_id"), on="destination_id")
    found = TableChanges(image.table, image.schema)
    return replace(
        found,
        inserted=ready.inserted.sort("destination_id").drop("destination_id"),
        modified=modified.select(
            *(pl.col(f"_previous:{key}").alias(BEFORE + key) for key in keys), *names
        ),
        cells=cells.select(pl.col("record").cast(pl.Int64), "field"),
        deleted=ready.deleted,
    )
