"""What a comparison found: frames, one figure a name, and nothing that needs the store again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from mdsync_nb.model.words import HOLDING, SideWords


@dataclass(frozen=True)
class Written:
    """What a run wrote before this report: a plan, its records and values, and how to undo it."""

    plan: str
    title: str
    jobs: tuple[int, ...]
    records: int
    values: int
    failed: int = 0
    waiting: int = 0


@dataclass(frozen=True, repr=False)
class Comparison:
    """Where the companies differ. Frames follow the contracts named beside them.

    companies: frames.COMPANIES · reconciliation: frames.RECONCILIATION · classes:
    frames.CLASS_COUNTS · fields: frames.FIELD_COUNTS · decisions: frames.DECISIONS · cells:
    frames.CELLS · worklist: frames.WORKLIST, all that waits, best first · causes: frames.CAUSES ·
    remarks: frames.REMARKS. `at` is UTC.
    money_records: company -> records that differ in a field about money.
    duplicates: company -> records that look like an existing one under another number.
    two_firms: company -> numbers that are two firms.
    true_conflicts, timestamp_only: conflicts that wait; what `update_conflict` settles does not.
    words: what the two sides are called.
    """

    title: str
    at: datetime
    companies: pl.DataFrame
    reconciliation: pl.DataFrame
    classes: pl.DataFrame
    fields: pl.DataFrame
    decisions: pl.DataFrame
    cells: pl.DataFrame
    worklist: pl.DataFrame
    causes: pl.DataFrame
    remarks: pl.DataFrame
    money_records: dict[str, int]
    duplicates: dict[str, int]
    two_firms: dict[str, int]
    true_conflicts: int
    timestamp_only: int
    masked: tuple[str, ...] = ()
    worklist_rows: int = 200
    words: SideWords = HOLDING
    written: Written | None = None

    def __repr__(self) -> str:
        agree, differ = (int(self.reconciliation[one].sum()) for one in ("agree", "differ"))
        rows = self.worklist.select("mapping", "key", "source_id", "destination_id").n_unique()
        return f"Comparison({agree} of {agree + differ} pairs agree, {rows} records wait)"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.page_one import verdict

        return verdict(self)._repr_html_()
