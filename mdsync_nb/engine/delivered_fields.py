"""Which fields files hold: those that are loaded, and the newest ones as they lie there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mdsync_nb.connectors.staging import columns_delivered
from mdsync_nb.engine.stepping import with_all_fields
from mdsync_nb.model import TableMapping, TableSchema
from mdsync_nb.store import Store
from mdsync_nb.workspace import Workspace
from mdsync_nb.workspace.described_fields import SchemasOf
from mdsync_nb.workspace.places import ColumnsOf
from mdsync_nb.workspace.table_changes import Delivered, Held


def loaded_columns(store: Store) -> ColumnsOf:
    """Give the question which fields the loaded files of both sides of a mapping hold."""

    def columns(mapping: TableMapping) -> Sequence[str]:
        with store.reading() as reading:
            return [one.local for one in with_all_fields(reading, mapping).fields]

    return columns


def loaded_schemas(store: Store) -> SchemasOf:
    """Give the question what the loaded files of both sides of a mapping hold, with types."""

    def schemas(mapping: TableMapping) -> tuple[TableSchema | None, TableSchema | None]:
        with store.reading() as reading:
            local = reading.image(mapping.local, mapping.table)
            integration = reading.image(mapping.integration, mapping.integration_table)
        return (local.schema if local else None, integration.schema if integration else None)

    return schemas


def delivered_of(workspace: Workspace, tables: Collection[str]) -> Delivered:
    """Give the columns of the newest files of these tables, by company and table.

    Raises SourceUnreadable for a file that cannot be read; no row is taken.
    """
    found: dict[tuple[str, str], Held] = {}
    for name, company in workspace.settings.companies.items():
        for table in company.tables:
            if table in tables:
                fields, unknown = columns_delivered(
                    name, company, table, workspace.schema(table), root=workspace.root
                )
                found[name, table] = Held(tuple(fields), tuple(unknown))
    return found
