"""The library's answers to the benchmark's questions, each as one run in a process of its own.

    python benchmarks/ours.py MODE FOLDER

What is measured is the verb: imports and the copy of the prepared workbench come before it, the
count of classes and cells after it. Records without a counterpart are counted, not created, since
the yardstick does not list their values either.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow

from benchmarks.generate import SYNC
from benchmarks.measured import Measured, say
from benchmarks.workspaces import MAPPING, copy_of
from mdsync_nb.connectors import change_set, staging
from mdsync_nb.core.transfer import field_pairs
from mdsync_nb.engine.candidates import Looked, look
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.engine.stepping import Run, wanted_of
from mdsync_nb.workbench import Workbench

LATER = (pyarrow, change_set, staging)
"""What a verb would import when it first needs it; imports are not measured."""

Found = dict[str, object]
COUNTED_ONLY = {"only-coupled": "new_source", "only-here": "new_destination"}
"""Rules whose records a plan counts and does not list, with their class."""


class Mode(NamedTuple):
    """A question: the state it starts from, the verb that is measured, what the answer says."""

    state: str
    asked: Callable[[Workbench], object]
    found: Callable[[Workbench, object], Found]


def classify(workbench: Workbench) -> Looked:
    """Give every pair the first ladder's rule; the hashes tell the classes, no value is read."""
    with workbench.store.reading() as reading:
        mapping = workbench.workspace.mapping(MAPPING)
        wanted = wanted_of(reading, workbench.workspace, mapping, Run(candidates="all"))
        source = reading.image(mapping.integration, mapping.integration_table)
        local = reading.image(mapping.local, mapping.table)
        assert source is not None
        assert local is not None
        fields, _ = field_pairs(wanted.mapping, source.schema, local.schema, wanted.currencies)
        return look(reading, wanted, (source, local), fields)


def _found_by_look(_: Workbench, looked: object) -> Found:
    assert isinstance(looked, Looked)
    there, here = ~pl.col("source_as_agreed"), ~pl.col("destination_as_agreed")
    in_time = pl.col("destination_modified_at") > pl.col("agreed_destination_modified_at")
    named = looked.noisy.select(
        pl.when(~pl.col("read") & (pl.col("rule") == "touched")).then(pl.lit("touched"))
        .when(~pl.col("read")).then(pl.col("class").cast(pl.String))
        .when(there & here).then(pl.lit("changed_both"))
        .when(there).then(pl.lit("changed_source"))
        .when(in_time).then(pl.lit("changed_destination"))
        .otherwise(pl.lit("drift"))
    )  # fmt: skip
    return {"classes": _counted(named.to_series())}


def _found_by_plan(workbench: Workbench, plan: object) -> Found:
    assert isinstance(plan, Plan)
    late = workbench.sql(
        f"""select _id as destination_id from "SUBSIDIARY"."Customer"
        where _modified_at > timestamp '{SYNC}'"""
    )["destination_id"]
    of, in_time = pl.col("class").cast(pl.String), pl.col("destination_id").is_in(late.implode())
    named = plan.decisions.select(
        pl.when(pl.col("rule") == "touched").then(pl.lit("touched"))
        .when((of == "changed_destination") & ~in_time).then(pl.lit("drift"))
        .otherwise(of)
    )  # fmt: skip
    classes = _counted(named.to_series())
    for rule, records in plan.counts.select("rule", "records").iter_rows():
        if rule in COUNTED_ONLY:
            classes[COUNTED_ONLY[rule]] = records
    differs = pl.col("source").ne_missing(pl.col("destination"))
    return {"classes": dict(sorted(classes.items())), "cells": plan.cells.filter(differs).height}


def _counted(names: pl.Series) -> dict[str, int]:
    return dict(sorted(names.value_counts().iter_rows()))


def _records_planned(_: Workbench, plan: object) -> Found:
    assert isinstance(plan, Plan)
    return {"records": plan.writes}


def _records_loaded(_: Workbench, loads: object) -> Found:
    assert isinstance(loads, pl.DataFrame)
    return {
        "records": int(loads.select("inserted", "changed", "deleted").sum().sum_horizontal()[0])
    }


def _records_applied(_: Workbench, applied: object) -> Found:
    assert isinstance(applied, list)
    assert all(isinstance(one, Applied) for one in applied)
    return {"records": sum(one.counts["modified"] for one in applied)}


def _apply(workbench: Workbench) -> list[Applied]:
    return workbench.apply(
        workbench.sql("select plan_id from plan where status = 'planned'").item()
    )


MODES = {
    "first load": Mode("", lambda one: one.load(snapshot="base"), _records_loaded),
    "next load": Mode("coupled", lambda one: one.load(snapshot="now"), _records_loaded),
    "full plan": Mode("now", lambda one: one.plan(MAPPING, full=True), _found_by_plan),
    "classify only": Mode("now", classify, _found_by_look),
    "plan after 100 changes": Mode("hundred", lambda one: one.plan(MAPPING), _records_planned),
    "apply 50,000 changes": Mode("planned", _apply, _records_applied),
}


def measure(mode: str, folder: Path) -> tuple[dict[str, float], Found]:
    """Give what a mode cost and what it found, from a fresh copy of its prepared workbench."""
    state, asked, found = MODES[mode]
    with copy_of(folder, state) as copy:
        measured = Measured()
        workbench = Workbench(copy, progress=False)
        answer = asked(workbench)
        taken = measured.taken()
        return taken, found(workbench, answer)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Answer one question of the benchmark.")
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("folder", type=Path)
    asked_for = parser.parse_args()
    used, answered = measure(asked_for.mode, asked_for.folder)
    say(asked_for.mode, used, **answered)
