"""What the report site is made of: the comparison, its records explained, jobs, runs, figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.freshness import freshness
from mdsync_nb.engine import causes, comparing, diagnosing
from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.explaining import Explanation, explained, together
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.gates import replayed
from mdsync_nb.engine.stepping import Run, each_way, wanted_of
from mdsync_nb.model import TableMapping
from mdsync_nb.model.words import SideWords, words_of
from mdsync_nb.store import Reading
from mdsync_nb.store.site import SiteLists
from mdsync_nb.workspace import Workspace

Record = tuple[str, str | None, str | None]
"""A record of the worklist: its mapping, and its ids there and here."""

Schedules = Mapping[str, tuple[int, int]]
"""Mapping -> minutes between two runs, and after a run that found nothing."""

IDS = ["mapping", "source_id", "destination_id"]
BUILDS, JOBS, EACH, RUNS = 60, 500, 500, 1000
"""So many builds make the trend, so many jobs have a page, with so many records of a kind, and so
many runs of the queue are listed."""


@dataclass(frozen=True)
class Overview:
    """What the report site shows.

    explained: the records of highest impact, in their order. causes: mapping -> `frames.CAUSES`.
    freshness: `frames.FRESHNESS`. figures: of this build and those before it
    (`frames.SITE_FIGURES`), oldest first. jobs, job_records, job_errors, runs: as
    `store.site.SiteLists` gives them. next_starts: mapping -> when its next run may start.
    diagnoses: job -> what its errors mean (`frames.DIAGNOSES`). words: mapping -> what its two
    sides are called.
    """

    comparison: Comparison
    explained: dict[Record, Explanation]
    causes: dict[str, pl.DataFrame]
    freshness: pl.DataFrame
    figures: pl.DataFrame
    jobs: pl.DataFrame = field(default_factory=pl.DataFrame)
    job_records: pl.DataFrame = field(default_factory=pl.DataFrame)
    job_errors: pl.DataFrame = field(default_factory=pl.DataFrame)
    runs: pl.DataFrame = field(default_factory=pl.DataFrame)
    next_starts: dict[str, datetime] = field(default_factory=dict)
    diagnoses: dict[int, pl.DataFrame] = field(default_factory=dict)
    words: dict[str, SideWords] = field(default_factory=dict)


def overview(
    reading: Reading,
    workspace: Workspace,
    founds: Sequence[StepFound],
    *,
    at: datetime,
    schedules: Schedules,
) -> Overview:
    """Compare, explain the records of highest impact, and say how fresh every mapping is.

    founds: of a comparison made in this visit. schedules: of the mappings that have one.
    """
    compared = comparing.comparison(reading, workspace, founds, at=at)
    first = compared.worklist.filter(pl.col("rank") <= max(compared.worklist_rows, 0))
    told = _explained(reading, workspace, first.select(IDS).unique(maintain_order=True))
    by_mapping = {one.wanted.mapping.name: causes.causes([one], one.decisions) for one in founds}
    mappings = [one.wanted.mapping for one in founds]
    fresh = freshness(_timed(reading, workspace, mappings, schedules), now=at)
    words = {one.name: words_of([one]) for one in mappings}
    return Overview(compared, told, by_mapping, fresh, figures(compared), words=words)


def with_lists(found: Overview, lists: SiteLists) -> Overview:
    """Add what jobs and runs did: to every record explained, and as lists."""
    jobs = lists.jobs(JOBS)
    numbers = jobs["job_id"].to_list()
    earlier = lists.builds(BUILDS)
    errors = lists.job_errors(numbers, each=EACH)
    now = found.figures.with_columns(
        run_id=pl.lit(earlier["run_id"].max(), dtype=pl.Int64).fill_null(0) + 1
    )
    return replace(
        found,
        explained=_with_histories(found.explained, lists),
        figures=pl.concat([earlier, now]),
        jobs=jobs,
        job_records=lists.job_records(numbers, each=EACH),
        job_errors=errors,
        diagnoses=_diagnosed(jobs, errors),
        runs=lists.runs(RUNS),
    )


def _diagnosed(jobs: pl.DataFrame, errors: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """What the errors of every job mean that has any, or stopped."""
    parts = errors.partition_by("job_id", as_dict=True)
    telling = [
        row for row in jobs.to_dicts() if (row["job_id"],) in parts or row["status"] == "failed"
    ]
    return {
        row["job_id"]: diagnosing.of_job(row, parts.get((row["job_id"],), errors.clear()))
        for row in telling
    }


def figures(c: Comparison) -> pl.DataFrame:
    """Give what this build found of every mapping (`frames.SITE_FIGURES`); its number is null."""
    waiting = c.worklist.select(*IDS).unique().group_by("mapping").agg(waiting=pl.len())
    known = c.reconciliation.join(waiting, on="mapping", how="left", maintain_order="left")
    zero = pl.col(
        "agree", "differ", "waiting", "only_source", "only_destination", "undecided_source",
        "undecided_destination", "source_set_aside", "destination_set_aside",
    )  # fmt: skip
    counted = known.with_columns(zero.fill_null(0).cast(pl.Int64)).with_columns(
        run_id=pl.lit(None, dtype=pl.Int64),
        built_at=pl.lit(c.at, dtype=frames.TIME),
        pairs=pl.col("agree") + pl.col("differ"),
        undecided=pl.col("undecided_source") + pl.col("undecided_destination"),
        set_aside=pl.col("source_set_aside") + pl.col("destination_set_aside"),
    )
    return frames.conform(counted, frames.SITE_FIGURES)


def _explained(
    reading: Reading, workspace: Workspace, records: pl.DataFrame
) -> dict[Record, Explanation]:
    """Explain records, each mapping and direction in one look; in the order they are given."""
    found: dict[Record, Explanation] = {}
    for (name,), part in records.group_by("mapping", maintain_order=True):
        found |= _of_mapping(reading, workspace, workspace.mapping(str(name)), part.rows())
    ordered = [(record, found.get(record)) for record in records.rows()]
    return {record: told for record, told in ordered if told is not None}


def _of_mapping(
    reading: Reading, workspace: Workspace, mapping: TableMapping, records: Sequence[Any]
) -> dict[Record, Explanation]:
    ids = dict.fromkeys(one for record in records for one in record[1:] if one)
    run = Run(candidates="records", records=tuple(ids))
    ways = each_way(mapping)
    told: dict[Record, list[Explanation]] = {record: [] for record in records}
    for way in ways:
        back = way.comes_from_local and not ways[-1].comes_from_local
        known = {
            _place(one, back=back): one
            for one in explained(
                reading, replayed(reading, wanted_of(reading, workspace, way, run))
            )
        }
        for record in records:
            one = known.get((record[1] or "", record[2] or ""))
            told[record] += [one] if one else []
    return {record: together(some) for record, some in told.items() if some}


def _place(one: Explanation, *, back: bool) -> tuple[str, str]:
    """The ids of a record as the worklist has them, also seen from the step that goes back."""
    ids = (one.source_id, one.destination_id)
    return ids[::-1] if back else ids


def _with_histories(told: dict[Record, Explanation], lists: SiteLists) -> dict[Record, Explanation]:
    ids = [
        (number, record[0], one)
        for number, record in enumerate(told)
        for one in dict.fromkeys(record[1:])
        if one
    ]
    schema = {"record": pl.Int64, "mapping": pl.String, "id": pl.String}
    done = lists.histories(pl.DataFrame(ids, schema=schema, orient="row"))
    parts = done.partition_by("record", as_dict=True)
    none = done.clear()
    return {
        record: replace(one, history=parts.get((number,), none).drop("record"))
        for number, (record, one) in enumerate(told.items())
    }


def _timed(
    reading: Reading, workspace: Workspace, mappings: Iterable[TableMapping], schedules: Schedules
) -> pl.DataFrame:
    """The times of every mapping and direction: of its newest change, and of what was read."""
    rows = []
    for mapping in (workspace.mapping(one.name) for one in mappings):
        state = reading.state(mapping.name)
        minutes, inactivity = schedules.get(mapping.name, (None, None))
        for way in each_way(mapping):
            image = reading.image(way.source, way.source_table)
            flow = wanted_of(reading, workspace, way, Run()).flow
            rows.append(
                {
                    "mapping": mapping.name,
                    "company": mapping.local,
                    "table": mapping.table,
                    "source": way.source,
                    "newest": reading.newest(image) if image else None,
                    "read_up_to": state.get(flow.watermark),
                    "last_run_at": state.get("last_run_at"),
                    "minutes": minutes,
                    "inactivity": inactivity,
                }
            )
    schema = {k: v for k, v in frames.FRESHNESS.items() if k not in ("behind", "state")}
    return pl.DataFrame(rows, schema=schema)
