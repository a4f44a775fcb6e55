"""Loading companies: each table is staged outside; only its difference goes into the workbench."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from mdsync_nb import frames
from mdsync_nb.connectors.staging import stage
from mdsync_nb.errors import ColumnMissing, SourceUnreadable
from mdsync_nb.store import Store
from mdsync_nb.store.identities import Use
from mdsync_nb.workspace import Workspace

Clock = Callable[[], datetime]


def load_company(
    store: Store, workspace: Workspace, company: str, *, snapshot: str | None, clock: Clock
) -> Iterator[dict[str, object]]:
    """Load every table of a company, one after the other, giving each load as it is done.

    A file that cannot be read, or lacks a declared column, is refused by itself: its load says
    why, the previous snapshot stays in force, and the other tables load.
    """
    settings = workspace.company(company)
    for table in settings.tables:
        with tempfile.TemporaryDirectory(prefix="mdsync-") as folder:
            try:
                staged = stage(
                    company,
                    settings,
                    table,
                    workspace.schema(table),
                    root=workspace.root,
                    snapshot=snapshot,
                    clock=clock,
                    into=Path(folder) / "staged.parquet",
                )
            except (SourceUnreadable, ColumnMissing) as error:
                yield {
                    **store.record_refusal(
                        company, table, at=clock(), message=f"{error} {error.hint}"
                    ),
                    "refused": True,
                }
                continue
            uses = uses_of(workspace, company, table)
            yield {**store.record_load(staged, at=clock(), uses=uses), "refused": False}


def uses_of(workspace: Workspace, company: str, table: str) -> list[Use]:
    """Give the mappings that use a table of a company, with the side it is on."""
    found: list[Use] = []
    for mapping in workspace.mappings.values():
        if (mapping.local, mapping.table) == (company, table):
            found.append((mapping.name, "local"))
        if (mapping.integration, mapping.integration_table) == (company, table):
            found.append((mapping.name, "integration"))
    return found


def as_loads(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Give loads as a frame (`frames.LOADS` and `refused`)."""
    contract = {**frames.LOADS, "refused": frames.YES}
    if not rows:
        return frames.empty(contract)
    return frames.conform(pl.DataFrame(rows, infer_schema_length=None), contract)
