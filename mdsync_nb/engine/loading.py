"""Loading companies: each table is staged outside; only its difference goes into the workbench."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from mdsync_nb import frames
from mdsync_nb.connectors.folders import delivery_of, stamps_of
from mdsync_nb.connectors.staging import stage
from mdsync_nb.errors import ColumnMissing, CouldNotRun, SourceUnreadable
from mdsync_nb.store import Arrival, Store
from mdsync_nb.store.identities import Use
from mdsync_nb.workspace import Workspace

Clock = Callable[[], datetime]


def load_company(
    store: Store,
    workspace: Workspace,
    company: str,
    *,
    snapshot: str | None = None,
    clock: Clock,
    tables: Collection[str] | None = None,
) -> Iterator[dict[str, object]]:
    """Load tables of a company, or all, one after the other, giving each load as it is done.

    A file that cannot be read, or lacks a declared column, is refused by itself: its load says
    why, the previous snapshot stays in force, and the other tables load.
    """
    settings = workspace.company(company)
    for table in settings.tables:
        if tables is not None and table not in tables:
            continue
        stamps = stamps_now(workspace, company, table, snapshot)
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
                        company,
                        table,
                        at=clock(),
                        message=f"{error} {error.hint}",
                        stamps=stamps,
                    ),
                    "refused": True,
                }
                continue
            uses = uses_of(workspace, company, table)
            woken = [name for name, _ in uses if workspace.mappings[name].schedule.wake]
            loaded = store.record_load(
                staged, at=clock(), uses=uses, arrival=Arrival(stamps, woken)
            )
            yield {**loaded, "refused": False}


def arrived(store: Store, workspace: Workspace) -> dict[str, list[str]]:
    """Give the tables of each company whose files are not those of their newest load."""
    with store.lists() as lists:
        known = lists.stamps()
    found: dict[str, list[str]] = {}
    for company, settings in workspace.settings.companies.items():
        for table in settings.tables:
            stamps = stamps_now(workspace, company, table)
            if stamps and stamps != known.get((company, table), ""):
                found.setdefault(company, []).append(table)
    return found


def stamps_now(workspace: Workspace, company: str, table: str, snapshot: str | None = None) -> str:
    """Give what moves when the files of a table do; blank when there are none."""
    settings = workspace.company(company)
    try:
        return stamps_of(
            delivery_of(company, settings, table, root=workspace.root, snapshot=snapshot)
        )
    except CouldNotRun:
        return ""


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
