"""The verbs of the workbench that look at mappings and change what mdsync.yaml says about them.

Each is a method of `Workbench`. What changes gives an `Edit` and writes nothing;
`write_settings` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine.delivered_fields import delivered_of, loaded_columns, loaded_schemas
from mdsync_nb.workspace import described, mapping_changes, mapping_words, saving, table_changes
from mdsync_nb.workspace.described import Described
from mdsync_nb.workspace.editing import Edit
from mdsync_nb.workspace.field_words import reset_fields
from mdsync_nb.workspace.opened import Workspace, open_workspace
from mdsync_nb.workspace.transformations import rules_listed

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def list_mappings(self: Workbench, *mappings: str) -> pl.DataFrame:
    """Show the mappings in force, those switched off, too (`frames.MAPPINGS`).

    mappings: names and patterns as in `compare`; without any, all. Raises UnknownName.

    >>> workbench.list_mappings("NORDIC").filter(enabled=False)["mapping"].to_list()
    ['NORDIC/CURRENCYEXCHRATE']
    """
    status = self.status()
    return described.listed(
        self.workspace,
        self.workspace.named(*mappings),
        columns=loaded_columns(self.store),
        coupled=dict(status.select("mapping", "coupled").iter_rows()),
    )


def show_mapping(self: Workbench, mapping: str, *, upon: Edit | None = None) -> Described:
    """Show what is in force for one mapping, and which place says so. Raises UnknownName.

    upon: as it would be after this edit.

    >>> workbench.show_mapping("NORDIC/CUSTOMER")
    Described(NORDIC/CUSTOMER: 85 of 97 fields enabled)
    """
    workspace = self.workspace if upon is None else settings_now(self, upon)[0]
    chosen = workspace.mapping(mapping)
    columns, schemas = loaded_columns(self.store), loaded_schemas(self.store)
    return described.described(workspace, chosen, columns, schemas)


def list_transformations(self: Workbench) -> pl.DataFrame:
    """Show the transformation rules a field may name: the product's, the packs', our own."""
    return rules_listed(self.workspace.settings, self.workspace.packs)


def enable_mappings(
    self: Workbench, *mappings: str, fields: Sequence[str] = (), upon: Edit | None = None
) -> Edit:
    """Switch mappings on, or fields of them; both may be patterns. Writes nothing yet.

    upon: an edit that this one goes on from, so that both are one. Raises UnknownName, and
    UsageError for a mapping without a field to keep in step.
    """
    return _switched(self, mappings, fields, on=True, upon=upon)


def disable_mappings(
    self: Workbench, *mappings: str, fields: Sequence[str] = (), upon: Edit | None = None
) -> Edit:
    """Switch mappings off, or fields of them; both may be patterns. Writes nothing yet.

    A mapping that is off is not run; its couplings and what was last agreed stay. upon: as for
    `enable_mappings`. Raises UnknownName, and UsageError when a mapping would be left without a
    field.

    >>> workbench.disable_mappings("NORDIC/ITEM")
    Edit(mdsync.yaml: +3 -0)
    """
    return _switched(self, mappings, fields, on=False, upon=upon)


def set_mappings(
    self: Workbench,
    *mappings: str,
    words: Mapping[str, str],
    fields: Sequence[str] = (),
    upon: Edit | None = None,
) -> Edit:
    """Say words of docs/settings.md about mappings, or about fields. Writes nothing yet.

    words: `{"only_coupled": "no", "limits.updates": "30%"}`; of fields also `{"match": "yes"}`.
    upon: as for `enable_mappings`. Raises UnknownName, SettingsError.
    """
    return mapping_words.set_words(
        *settings_now(self, upon),
        mappings,
        words,
        fields=fields,
        columns=loaded_columns(self.store),
    ).upon(upon)


def reset_mappings(
    self: Workbench,
    *mappings: str,
    fields: Sequence[str] = (),
    words: Sequence[str] = (),
    upon: Edit | None = None,
) -> Edit:
    """Take back what mdsync.yaml says about mappings, or about fields of them: the pack is in force
    again. Writes nothing yet.

    words: only these of the fields' words. upon: as for `enable_mappings`. Raises UnknownName, and
    UsageError when nothing can be taken back.
    """
    now = settings_now(self, upon)
    if not fields:
        return mapping_changes.reset(*now, mappings).upon(upon)
    columns = loaded_columns(self.store)
    return reset_fields(*now, mappings, fields, words=words, columns=columns).upon(upon)


def refresh_fields(self: Workbench, *mappings: str, upon: Edit | None = None) -> Edit:
    """Add fields that the newest files have, switched off, and remove those that vanished.

    Writes nothing yet. upon: as for `enable_mappings`. Raises UnknownName, UsageError,
    SourceUnreadable. semantics.md 8.3.
    """
    chosen = self.workspace.named(*mappings)
    tables = {table for one in chosen for table in (one.table, one.integration_table)}
    return table_changes.refresh_fields(
        *settings_now(self, upon),
        mappings,
        delivered=delivered_of(self.workspace, tables),
    ).upon(upon)


def add_table(self: Workbench, table: str, *, with_related: bool = False) -> Edit:
    """Add a mapping for a table, with every field switched off. Writes nothing yet.

    with_related: also for the tables it refers to. Raises UnknownName, UsageError.
    """
    return table_changes.add_table(
        *settings_now(self),
        table,
        with_related=with_related,
        delivered=partial(delivered_of, self.workspace),
    )


def write_settings(self: Workbench, edit: Edit) -> None:
    """Write an edit into mdsync.yaml, whole or not at all, and read the settings anew.

    Raises UsageError when the file was changed since, SettingsError when it could not be read.
    """
    mapping_changes.checked(self.workspace, edit.after)
    saving.write(self.workspace.file, edit)
    self.workspace = open_workspace(self.workspace.file)


def read_settings(self: Workbench) -> None:
    """Read mdsync.yaml anew, after somebody changed it. Raises SettingsError."""
    self.workspace = open_workspace(self.workspace.file)


def _switched(
    self: Workbench,
    mappings: Sequence[str],
    fields: Sequence[str],
    *,
    on: bool,
    upon: Edit | None,
) -> Edit:
    now, columns = settings_now(self, upon), loaded_columns(self.store)
    if fields:
        edit = mapping_changes.switch_fields(*now, mappings, fields, on=on, columns=columns)
    else:
        edit = mapping_changes.switch_mappings(*now, mappings, on=on, columns=columns)
    return edit.upon(upon)


def settings_now(self: Workbench, upon: Edit | None = None) -> tuple[Workspace, str]:
    """Give the settings as the file has them now, or as an edit would leave them, with the text."""
    text = saving.text_of(self.workspace.file) if upon is None else upon.after
    return mapping_changes.checked(self.workspace, text), text
