"""What a verb gives, as JSON: the same names as in the frames, times in UTC, all rows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.engine.matched import Matched
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.reports import tally
from mdsync_nb.reports.masking import masked


def give(found: object) -> None:
    """Print what was found as JSON, in characters every console can show."""
    print(json.dumps(_plain(found), indent=2, allow_nan=False))


def comparison(c: Comparison) -> dict[str, object]:
    """Give a comparison; masked fields are masked."""
    worklist = tally.waiting(c)
    return {
        "title": c.title,
        "at": c.at,
        "waiting": tally.records(c.worklist),
        "true_conflicts": c.true_conflicts,
        "timestamp_only": c.timestamp_only,
        "money_records": c.money_records,
        "duplicates": c.duplicates,
        "two_firms": c.two_firms,
        "companies": c.companies,
        "reconciliation": c.reconciliation,
        "classes": c.classes,
        "fields": c.fields,
        "causes": c.causes,
        "worklist": worklist,
        "remarks": c.remarks,
    }


def plan(made: Plan, mask: Iterable[str]) -> dict[str, object]:
    """Give a plan with its decisions and cells; masked fields are masked."""
    hidden = list(mask)
    return {
        "plan_id": made.plan_id,
        "kind": made.kind,
        "title": made.title,
        "status": made.status,
        "made_at": made.made_at,
        "writes": made.writes,
        "waiting": made.waiting,
        "refused": [str(one) for one in made.refusals],
        "counts": made.counts,
        "decisions": masked(made.decisions.with_columns(field=pl.lit("")), hidden).drop("field"),
        "cells": masked(made.cells, hidden),
    }


def applied(done: Iterable[Applied], plan_id: str) -> dict[str, object]:
    """Give what was applied, one entry a job."""
    return {"plan_id": plan_id, "jobs": jobs(done)}


def jobs(done: Iterable[Applied]) -> list[dict[str, object]]:
    """Give jobs that wrote, with their counters and files."""
    return [
        {
            "job_id": one.job_id,
            "mapping": one.mapping,
            "counts": one.counts,
            "files": [str(file) for file in one.files],
        }
        for one in done
    ]


def matched(found: Matched, mask: Iterable[str]) -> dict[str, object]:
    """Give what coupling would do or did: counts, evidence, and every record with its reason."""
    return {
        "mapping": found.mapping.name,
        "job_id": found.job,
        "counts": found.counts,
        "evidence": found.evidence,
        "records": masked(found.matches.with_columns(field=pl.lit("")), mask).drop("field"),
    }


def explanation(explained: Explanation, mask: Iterable[str]) -> dict[str, object]:
    """Give why a record is what it is."""
    called = pl.DataFrame({"field": [""], "key": [explained.key], "name": [explained.name]})
    shown = masked(called, mask).row(0, named=True)
    return {
        "mapping": explained.mapping,
        "key": shown["key"],
        "name": shown["name"],
        "verdict": explained.verdict,
        "next_run": explained.next_run,
        "step": explained.step,
        "action": explained.action,
        "rule": explained.rule,
        "source_id": explained.source_id,
        "destination_id": explained.destination_id,
        "times": explained.times,
        "cells": masked(explained.cells, mask),
        "gates": explained.gates,
        "history": explained.history,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, pl.DataFrame):
        return [_plain(row) for row in value.iter_rows(named=True)]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return _one(value)


def _one(value: Any) -> str | int | float | None:
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    return value.hex() if isinstance(value, bytes) else str(value)
