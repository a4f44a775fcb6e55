"""An opened workspace: its settings in force, and its mappings, companies and tables by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import (
    CompanySettings,
    LinkSettings,
    Pack,
    TableMapping,
    TableSchema,
    WorkspaceSettings,
)
from mdsync_nb.workspace import identity
from mdsync_nb.workspace.checks import faults_of, pack_faults, unknown_packs
from mdsync_nb.workspace.document import Document, read_document
from mdsync_nb.workspace.facts import schema_of
from mdsync_nb.workspace.in_force import mappings_in_force
from mdsync_nb.workspace.packs import is_own, own_document, pack_of
from mdsync_nb.workspace.reading import read_as

FILE = "mdsync.yaml"


@dataclass(frozen=True)
class Workspace:
    """What people set, read once: companies, links, tables, and the mappings in force.

    root: the folder of mdsync.yaml, where relative paths begin. Placeholders (`${NAME}`) stand in
    the settings as written.
    """

    root: Path
    file: Path
    settings: WorkspaceSettings

    def schema(self, table: str) -> TableSchema | None:
        """What a table is made of, as mdsync.yaml or the product says; None when neither does."""
        return schema_of(table, self.settings.tables)

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """The packs the workspace starts from, the strongest last."""
        return tuple(pack_of(name, self.root) for name in self.settings.packs)

    @cached_property
    def mappings(self) -> dict[str, TableMapping]:
        """The mappings in force by name (`DE/CUSTOMER`), link by link, each after what it needs."""
        return mappings_in_force(self.settings, self.packs, self.schema)

    def mapping(self, name: str) -> TableMapping:
        """The mapping of that name; `CUSTOMER` or `Customer` will do when only one link has it.

        Raises UnknownName with the names that are like it.
        """
        exact = self.mappings.get(name)
        if exact is not None:
            return exact
        asked = name.casefold()
        named = [one for one in self.mappings.values() if one.name.casefold() == asked]
        called = [one for one in self.mappings.values() if asked in _short_names(one)]
        for found in (named, called):
            if len(found) == 1:
                return found[0]
        raise UnknownName("mapping", name, [one.name for one in called] or list(self.mappings))

    def select(self, *names: str) -> list[TableMapping]:
        """The enabled mappings of these names in dependency order; without names, all of them.

        A name is a mapping's (`DE/CUSTOMER`), its short name or table in every link, a link, or
        any of these with `*` for some characters; capitals do not matter.
        Raises UnknownName for a name that fits none, UsageError when it fits only disabled ones.
        """
        for name in names:
            if not any(one.enabled for one in self._named(name)):
                raise UsageError(
                    f"{name} is switched off.",
                    hint=f"Switch it on: mdsync mapping enable {name}",
                )
        return [one for one in self.named(*names) if one.enabled]

    def named(self, *names: str) -> list[TableMapping]:
        """The mappings of these names as `select` takes them, those switched off as well.

        Raises UnknownName for a name that fits none.
        """
        chosen = {one.name for name in names for one in self._named(name)}
        return [one for one in self.mappings.values() if not names or one.name in chosen]

    def link(self, name: str) -> LinkSettings:
        """The settings of a link. Raises UnknownName with the names that are like it."""
        if name not in self.settings.links:
            raise UnknownName("link", name, list(self.settings.links))
        return self.settings.links[name]

    def company(self, name: str) -> CompanySettings:
        """The settings of a company. Raises UnknownName with the names that are like it."""
        if name not in self.settings.companies:
            raise UnknownName("company", name, list(self.settings.companies))
        return self.settings.companies[name]

    @cached_property
    def settings_hash(self) -> str:
        """A short hash of everything set, packs included; it moves with any setting in force."""
        written = self.settings.model_dump(mode="json", exclude_defaults=True)
        return identity.digest([written, [self.hash_of(one) for one in self.mappings.values()]])

    def hash_of(self, mapping: TableMapping) -> str:
        """A short hash of the settings in force for one mapping (`identity.hash_of`)."""
        return identity.hash_of(mapping)

    def fingerprint(self, mapping: TableMapping) -> int:
        """A number for the enabled field mappings of one mapping (`identity.fingerprint`)."""
        return identity.fingerprint(mapping)

    def _named(self, name: str) -> list[TableMapping]:
        pattern = pattern_of(name)
        found = [one for one in self.mappings.values() if _fits(pattern, one)]
        if not found:
            raise UnknownName("mapping", name, list(self.mappings))
        return found


def pattern_of(name: str) -> re.Pattern[str]:
    """Give what a name fits, folded: `*` stands for any characters."""
    return re.compile(re.escape(name.casefold()).replace(r"\*", ".*"))


def _short_names(mapping: TableMapping) -> set[str]:
    return {mapping.short.casefold(), mapping.table.casefold()}


def _fits(pattern: re.Pattern[str], mapping: TableMapping) -> bool:
    names = {mapping.name.casefold(), mapping.link.casefold(), *_short_names(mapping)}
    return any(pattern.fullmatch(name) for name in names)


def open_workspace(folder: Path) -> Workspace:
    """Read the mdsync.yaml of a folder, or of the nearest folder above it that has one.

    Raises SettingsError with file, line and key for what is wrong in it, UsageError when there is
    none.
    """
    file = settings_file(folder)
    if file is None:
        raise UsageError(
            f"There is no {FILE} in {folder} or above it.",
            hint="Run `mdsync init` in the folder that holds the exports.",
        )
    return workspace_of(file, read_document(file, file.name))


def workspace_of(file: Path, document: Document) -> Workspace:
    """Give the workspace of a settings file that holds this document. Raises SettingsError."""
    workspace = Workspace(file.parent, file, read_as(WorkspaceSettings, document))
    settings, root = workspace.settings, workspace.root
    document.refuse(unknown_packs(settings, root))
    for n, name in enumerate(settings.packs):
        if is_own(name):
            own_document(name, root).refuse(pack_faults(settings, workspace.packs[: n + 1]))
    document.refuse(faults_of(settings, workspace.packs))
    return workspace


def settings_file(folder: Path) -> Path | None:
    """Find the mdsync.yaml of a folder, or of the nearest folder above it that has one."""
    start = folder.resolve()
    if start.is_file():
        return start
    places: Iterable[Path] = (start, *start.parents)
    return next((place / FILE for place in places if (place / FILE).is_file()), None)
