"""From what every mapping showed to one comparison: figures, boxes, causes, and the worklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.pairing import NOT_TRANSFERRED
from mdsync_nb.core.rehearsal import SETTLED
from mdsync_nb.core.transfer import NotCompared
from mdsync_nb.engine import causes, deliveries, worklist
from mdsync_nb.engine.boxes import DIFFER
from mdsync_nb.engine.comparison import Comparison, Written
from mdsync_nb.engine.found import DECIDED, StepFound
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.model.words import words_of
from mdsync_nb.store import Reading
from mdsync_nb.workspace import Workspace


def comparison(
    reading: Reading, workspace: Workspace, founds: Sequence[StepFound], *, at: datetime
) -> Comparison:
    """Put together what the mappings showed; nothing is decided here."""
    decisions = pl.concat([frames.empty(DECIDED), *(found.decisions for found in founds)])
    cells = pl.concat([frames.empty(frames.CELLS), *(found.cells for found in founds)])
    waiting = worklist.waiting(founds, decisions, cells, workspace)
    return Comparison(
        title=workspace.settings.name,
        at=at,
        companies=deliveries.companies(reading, workspace, founds),
        reconciliation=_reconciliation(founds),
        classes=_classes(founds),
        fields=_fields(founds, decisions, cells),
        decisions=frames.conform(decisions, frames.DECISIONS),
        cells=cells,
        worklist=waiting,
        causes=causes.causes(founds, decisions),
        remarks=deliveries.remarks(reading, founds),
        money_records=_money_records(founds, decisions, cells),
        duplicates=_count(founds, "looks-like-existing"),
        two_firms=_count(founds, "two-firms"),
        true_conflicts=decisions.filter(~SETTLED, conflict="true").height,
        timestamp_only=decisions.filter(~SETTLED, conflict="timestamp").height,
        masked=workspace.settings.report.mask,
        worklist_rows=workspace.settings.report.worklist,
        words=words_of(found.wanted.mapping for found in founds),
    )


def _reconciliation(founds: Sequence[StepFound]) -> pl.DataFrame:
    rows = [
        {
            "mapping": found.wanted.mapping.name,
            "table": found.wanted.mapping.table,
            "company": found.wanted.mapping.local,
            "source_file": found.source is not None,
            "destination_file": found.destination is not None,
            **asdict(found.boxes),
        }
        for found in founds
    ]
    return frames.conform(pl.DataFrame(rows, schema=frames.RECONCILIATION), frames.RECONCILIATION)


def _classes(founds: Sequence[StepFound]) -> pl.DataFrame:
    parts = [
        found.counts.group_by("class")
        .agg(pl.col("records").sum())
        .with_columns(
            mapping=pl.lit(found.wanted.mapping.name), company=pl.lit(found.wanted.mapping.local)
        )
        for found in founds
    ]
    empty = frames.empty(frames.CLASS_COUNTS)
    return pl.concat([empty, *(frames.conform(one, frames.CLASS_COUNTS) for one in parts)])


def differing(decisions: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Give the cells of pairs that differ, less those both sides changed to the same."""
    pairs = decisions.filter(pl.col("class").cast(pl.String).is_in(DIFFER))
    keys = ["mapping", "source_id", "destination_id"]
    shown = cells.filter((pl.col("class") != "both_same") & ~NOT_TRANSFERRED)
    return shown.join(pairs, on=keys, how="semi")


def _fields(
    founds: Sequence[StepFound], decisions: pl.DataFrame, cells: pl.DataFrame
) -> pl.DataFrame:
    counted = differing(decisions, cells).group_by("mapping", "field").agg(records=pl.len())
    by_mapping = {(row["mapping"], row["field"]): row["records"] for row in counted.to_dicts()}
    rows: list[dict[str, object]] = []
    for found in founds:
        mapping = found.wanted.mapping
        place = {"table": mapping.table, "company": mapping.local}
        known = found.destination.schema.by_name if found.destination else {}

        states = [
            *(
                (field, n, "compared")
                for (name, field), n in by_mapping.items()
                if name == mapping.name
            ),
            *((one.field, 0, _state(one)) for one in found.not_compared),
            *((field, n, "only-blank") for field, n in found.only_blank.items()),
        ]  # fmt: skip
        rows += [
            {
                **place,
                "field": field,
                "records": records,
                "state": state,
                "money": known[field].money if field in known else "",
            }
            for field, records, state in states
        ]
    return frames.conform(
        pl.DataFrame(rows, schema=frames.FIELD_COUNTS, infer_schema_length=None),
        frames.FIELD_COUNTS,
    )


def _state(one: NotCompared) -> str:
    return "currency" if one.reason == "currency" else "absent"


def _money_records(
    founds: Sequence[StepFound], decisions: pl.DataFrame, cells: pl.DataFrame
) -> dict[str, int]:
    found_cells = differing(decisions, cells)
    counts: dict[str, int] = {}
    for found in founds:
        mapping = found.wanted.mapping
        fields = found.destination.schema.fields if found.destination else ()
        money = [one.name for one in fields if one.money]
        among = pl.col("mapping").eq(mapping.name) & pl.col("field").is_in(money)
        records = found_cells.filter(among).select("source_id", "destination_id").n_unique()
        counts[mapping.local] = counts.get(mapping.local, 0) + records
    return counts


def _count(founds: Sequence[StepFound], rule: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for found in founds:
        company = found.wanted.mapping.local
        counts[company] = counts.get(company, 0) + found.count(rule=rule)
    return counts


def written(plan: Plan, applied: Sequence[Applied]) -> Written:
    """Say what applying a plan wrote: records, values, jobs, what failed and what waits."""
    writing = plan.decisions.filter(pl.col("action").is_in(["insert", "modify", "delete"]))
    values = plan.cells.join(writing, on=["mapping", "source_id", "destination_id"], how="semi")

    changing = ("inserted", "modified", "deleted")

    def total(*counters: str) -> int:
        return sum(one.counts.get(counter, 0) for one in applied for counter in counters)

    return Written(
        plan.plan_id,
        plan.title,
        tuple(one.job_id for one in applied if any(one.counts.get(name) for name in changing)),
        records=total(*changing),
        values=values.filter(
            pl.col("source").ne_missing(pl.col("destination")) & ~pl.col("kept")
        ).height,
        failed=total("failed"),
        waiting=total("waiting", "skipped"),
    )
