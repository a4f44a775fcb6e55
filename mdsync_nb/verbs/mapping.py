"""The verbs of the workbench that look at mappings and change what mdsync.yaml says about them.

Each is a method of `Workbench`. What changes gives an `Edit` and writes nothing;
`write_settings` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine.delivered_fields import delivered_of, loaded_columns
from mdsync_nb.workspace import described, mapping_changes, mapping_words, saving, table_changes
from mdsync_nb.workspace.described import Described
from mdsync_nb.workspace.editing import Edit
from mdsync_nb.workspace.opened import Workspace, open_workspace

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


def show_mapping(self: Workbench, mapping: str) -> Described:
    """Show what is in force for one mapping, and which place says so. Raises UnknownName.

    >>> workbench.show_mapping("NORDIC/CUSTOMER")
    Described(NORDIC/CUSTOMER: 85 of 97 fields enabled)
    """
    chosen = self.workspace.mapping(mapping)
    return described.described(self.workspace, chosen, loaded_columns(self.store))


def enable_mappings(self: Workbench, *mappings: str, fields: Sequence[str] = ()) -> Edit:
    """Switch mappings on, or fields of them; both may be patterns. Writes nothing yet.

    Raises UnknownName, and UsageError for a mapping without a field to keep in step.
    """
    return _switched(self, mappings, fields, on=True)


def disable_mappings(self: Workbench, *mappings: str, fields: Sequence[str] = ()) -> Edit:
    """Switch mappings off, or fields of them; both may be patterns. Writes nothing yet.

    A mapping that is off is not run; its couplings and what was last agreed stay.
    Raises UnknownName, and UsageError when a mapping would be left without a field.

    >>> workbench.disable_mappings("NORDIC/ITEM")
    Edit(mdsync.yaml: +3 -0)
    """
    return _switched(self, mappings, fields, on=False)


def set_mappings(
    self: Workbench, *mappings: str, words: Mapping[str, str], fields: Sequence[str] = ()
) -> Edit:
    """Say words of docs/settings.md about mappings, or about fields. Writes nothing yet.

    words: `{"only_coupled": "no", "limits.updates": "30%"}`. Raises UnknownName, SettingsError.
    """
    return mapping_words.set_words(
        *settings_now(self),
        mappings,
        words,
        fields=fields,
        columns=loaded_columns(self.store),
    )


def reset_mappings(self: Workbench, *mappings: str) -> Edit:
    """Take back what mdsync.yaml says about mappings: the pack is in force again. Writes nothing
    yet. Raises UnknownName, and UsageError when nothing can be taken back."""
    return mapping_changes.reset(*settings_now(self), mappings)


def refresh_fields(self: Workbench, *mappings: str) -> Edit:
    """Add fields that the newest files have, switched off, and remove those that vanished.

    Writes nothing yet. Raises UnknownName, UsageError, SourceUnreadable. semantics.md 8.3.
    """
    chosen = self.workspace.named(*mappings)
    tables = {table for one in chosen for table in (one.table, one.integration_table)}
    return table_changes.refresh_fields(
        *settings_now(self),
        mappings,
        delivered=delivered_of(self.workspace, tables),
    )


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


def _switched(self: Workbench, mappings: Sequence[str], fields: Sequence[str], *, on: bool) -> Edit:
    columns = loaded_columns(self.store)
    if fields:
        return mapping_changes.switch_fields(
            *settings_now(self), mappings, fields, on=on, columns=columns
        )
    return mapping_changes.switch_mappings(*settings_now(self), mappings, on=on, columns=columns)


def settings_now(self: Workbench) -> tuple[Workspace, str]:
    """Give the settings as the file has them now, with its text."""
    text = saving.text_of(self.workspace.file)
    return mapping_changes.checked(self.workspace, text), text
