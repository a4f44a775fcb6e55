"""Plans: every step's decisions under one id, with the limits they keep or break."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core import filters
from mdsync_nb.core.actions import Purpose
from mdsync_nb.engine.found import StepFound, StepWanted
from mdsync_nb.engine.messages import RULES
from mdsync_nb.errors import PlanTooLarge, UsageError
from mdsync_nb.model import Action, Condition, TableMapping
from mdsync_nb.store import Image, Reading, StoredPlan
from mdsync_nb.store.plans import HASHED

TOLD = (
    "source_id", "destination_id", "field", "step", "action", "rule", "conflict", "source_hash",
    "destination_hash", "source", "destination", "kept",
)  # fmt: skip
"""What a plan's id is made of, those first that tell rows apart: sorting looks no further."""

WRITES = {"inserts": Action.INSERT, "updates": Action.MODIFY, "deletes": Action.DELETE}


@dataclass(frozen=True, repr=False)
class Plan:
    """What a run would write, decided and kept under an id; `apply` takes the id.

    decisions: `frames.DECISIONS`, one row a record that has a cell or a message; the rest is in
    `counts`. cells: `frames.CELLS`. steps: one dict a mapping. kind: modified, full, records, undo.
    """

    plan_id: str
    made_at: datetime
    kind: str
    title: str
    status: str
    steps: list[dict[str, Any]]
    decisions: pl.DataFrame
    cells: pl.DataFrame

    @property
    def counts(self) -> pl.DataFrame:
        """How many records each step decides by which rule: `mapping`, `destination` (the company
        it writes), `action`, `rule`, `records`."""
        rows = [
            {"mapping": step["mapping"], "destination": step.get("destination", ""), **one}
            for step in self.steps
            for one in step["counts"]
        ]
        texts = dict.fromkeys(("mapping", "destination", "action", "rule"), pl.String)
        counted = pl.DataFrame(rows, schema={**texts, "records": pl.Int64})
        return counted.sort("mapping", "destination", "action", "rule")

    @property
    def writes(self) -> int:
        """How many records would be written."""
        actions = pl.col("action").is_in([one.value for one in Action if one.writes])
        return int(self.counts.filter(actions)["records"].sum())

    @property
    def waiting(self) -> int:
        """How many records wait for a person or fail."""
        actions = pl.col("action").is_in([one.value for one in Action if one.waits])
        return int(self.counts.filter(actions)["records"].sum())

    @property
    def refusals(self) -> list[PlanTooLarge]:
        """The limits this plan breaks; empty when it may be applied."""
        return [
            PlanTooLarge(
                step["mapping"],
                one["action"],
                records=one["records"],
                of=one["of"],
                limit=one["limit"],
            )
            for step in self.steps
            for one in step["refused"]
        ]

    def __repr__(self) -> str:
        done = "applied" if self.status == "applied" else f"{self.writes} to write"
        refused = ", refused" if self.refusals and self.status != "applied" else ""
        return f"Plan({self.plan_id}: {done}, {self.waiting} wait{refused})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces import plan_summary

        return plan_summary(self)._repr_html_()


STATUSES = ("planned", "in process", "stopped", "failed", "applied")


def chosen(plans: pl.DataFrame, mappings: Sequence[str] | None, *, status: str) -> pl.DataFrame:
    """Give the plans (`frames.PLANS`) of a status that have a step of any of the mappings.

    Without mappings or a status, all of them. Raises UsageError for a status no plan has.
    """
    if status and status not in STATUSES:
        raise UsageError(f"No plan is {status!r}.", hint=f"Say one of {', '.join(STATUSES)}.")
    found = plans.filter(pl.col("status") == status) if status else plans
    if mappings is None:
        return found
    return found.filter(pl.col("mappings").list.set_intersection(list(mappings)).list.len() > 0)


def step_facts(
    found: StepFound,
    *,
    settings_hash: str,
    last_job: int | None,
    seed: str,
    in_filter: int,
    keep_creating: bool,
) -> dict[str, Any]:
    """Give what a plan keeps of a step besides its decisions."""
    wanted = found.wanted
    is_a_run = wanted.purpose is Purpose.SYNCHRONIZE
    counts = (
        found.counts.with_columns(action=_action_of())
        .group_by("action", "rule")
        .agg(pl.col("records").sum())
    )
    touch = {"touch": _telling_field(found)} if wanted.touch else {}
    return {
        **touch,
        "mapping": wanted.mapping.name,
        "direction": wanted.mapping.towards.value,
        "destination": wanted.mapping.destination,
        "forced": wanted.forced,
        "seed": seed,
        "candidates": wanted.candidates,
        "full": wanted.full,
        "fingerprint": wanted.fingerprint,
        "settings_hash": settings_hash,
        "in_filter": in_filter,
        "read_up_to": _read_up_to(found),
        "source_seq": found.source.seq if found.source else 0,
        "last_job": last_job,
        "resets_skipped": _starts_over(wanted),
        "keep_creating": keep_creating
        and wanted.full
        and wanted.mapping.create_new
        and wanted.mapping.profile.full_creates,
        "counts": sorted(counts.to_dicts(), key=lambda one: (one["action"], one["rule"])),
        "refused": _refused(found, in_filter) if is_a_run else [],
    }


def _telling_field(found: StepFound) -> str:
    """The field that stands for a touched record in a file: the first one the mapping carries that
    is not of the key; an importer skips a row that brings nothing but its key."""
    assert found.destination is not None
    mapping, schema = found.wanted.mapping, found.destination.schema
    carried = [
        one.names(mapping.towards)[1]
        for one in mapping.fields
        if one.enabled and one.constant is None and one.flows(mapping.towards)
    ]
    telling = (name for name in carried if name in schema.by_name and name not in schema.key)
    return next(telling, "")


def _starts_over(wanted: StepWanted) -> bool:
    """Whether a run takes up what was set aside (semantics.md 4.10, 6.6)."""
    everything = wanted.full and wanted.candidates == "all"
    return everything and wanted.mapping.profile.full_starts_over


def _read_up_to(found: StepFound) -> str | None:
    """How far a run reads the source: to when it was taken, or where the profile says so no further
    than the newest record it visited (semantics.md 7.1)."""
    if found.source is None:
        return None
    as_of, profile = found.source.as_of, found.wanted.mapping.profile
    if profile.reads_on:
        return as_of.isoformat()
    return min(found.latest, as_of).isoformat() if found.latest else None


def seed_of(
    reading: Reading, kind: str, mappings: Sequence[TableMapping], records: Sequence[str]
) -> str:
    """Give what the ids of records a plan creates are made of: what it is planned from.

    Known before anything is planned, so that a step can refer to what one before it creates.
    """
    taken = [
        (one.name, one.towards.value, reading.last_job(one.name), _loaded(reading, one))
        for one in mappings
    ]
    written = json.dumps([kind, taken, sorted(records)], default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _loaded(reading: Reading, one: TableMapping) -> list[int | None]:
    sides = (one.source, one.source_table), (one.destination, one.destination_table)
    return [image.seq if image else None for image in (reading.image(*side) for side in sides)]


def _action_of() -> pl.Expr:
    return pl.col("rule").replace_strict(
        {name: rule.action.value for name, rule in RULES.items()}, return_dtype=pl.String
    )


def in_filter_count(reading: Reading, image: Image, found: StepFound) -> int:
    """How many records of the destination the mapping's filter lets through."""
    return rows_in_filter(reading, image, found.wanted.mapping.destination_filter)


def rows_in_filter(reading: Reading, image: Image, asked: Sequence[Condition]) -> int:
    """How many records of an image pass a filter; conditions on absent fields are left out."""
    conditions, _ = filters.evaluable(asked, image.schema.by_name)
    if not conditions:
        return image.rows
    columns = reading.columns(image, filters.columns(conditions))
    return columns.filter(filters.in_filter(conditions, image.schema)).height


def _refused(found: StepFound, in_filter: int) -> list[dict[str, Any]]:
    """The limits a step breaks: a share of the destination's records in the filter, never under
    the floor; inserts into an empty table are exempt (architecture, Store; the issue 6.2)."""
    limits = found.wanted.mapping.limits
    refused = []
    for name, action in WRITES.items():
        records = found.decisions.filter(pl.col("action") == action.value).height
        share = float(getattr(limits, name))
        allowed = max(limits.floor, share * in_filter) if share else 0.0
        exempt = action is Action.INSERT and in_filter == 0
        if records > allowed and not exempt:
            refused.append(
                {"action": action.value, "records": records, "of": in_filter, "limit": share}
            )
    return refused


def kept_decisions(founds: Sequence[StepFound]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the decisions and cells a plan keeps: records with a cell or something to say."""
    decisions = [
        found.decisions.with_columns(step=pl.lit(n, dtype=pl.Int32))
        for n, found in enumerate(founds)
    ]
    cells = [
        found.cells.with_columns(step=pl.lit(n, dtype=pl.Int32)) for n, found in enumerate(founds)
    ]
    schema = {**frames.CELLS, "step": pl.Int32()}
    all_cells = pl.concat([frames.empty(schema), *(frames.conform(one, schema) for one in cells)])
    all_decisions = pl.concat(
        [frames.empty(HASHED), *(frames.conform(one, HASHED) for one in decisions)]
    )
    speaks = (pl.col("message") != "") | pl.col("action").is_in(
        ["insert", "modify", "delete", "fail", "skip", "wait", "uncouple"]
    )
    stamped = pl.col("rule").is_in(["late-unchanged", "touched"])
    silent = all_decisions.filter(~speaks & ~stamped).join(
        all_cells, on=["step", "source_id", "destination_id"], how="semi", nulls_equal=True
    )
    return pl.concat([all_decisions.filter(speaks | stamped), silent]), all_cells


def plan_id_of(
    kind: str, steps: Sequence[dict[str, Any]], frames_kept: Sequence[pl.DataFrame]
) -> str:
    """Give the id of a plan: the same input gives the same id, on any machine.

    What counts is what is done, to which record in which state; not the words about it.
    """
    taken = hashlib.sha256(json.dumps([kind, *steps], sort_keys=True, default=str).encode())
    for frame in frames_kept:
        told = [name for name in TOLD if name in frame.columns]
        texts = [pl.col(name).cast(pl.String).fill_null("\x00") for name in told]
        row = pl.concat_str(texts, separator="\x1f")
        taken.update(str(frame.select(row.sort().str.join("\x1e")).item()).encode())
    return taken.hexdigest()[:8]


def as_plan(stored: StoredPlan) -> Plan:
    """Give a kept plan as people handle it."""
    return Plan(
        stored.plan_id,
        stored.made_at,
        stored.kind,
        stored.title,
        stored.status,
        stored.steps,
        frames.conform(stored.decisions, frames.DECISIONS),
        frames.conform(stored.cells, frames.CELLS),
    )
