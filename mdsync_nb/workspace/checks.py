"""What one setting says about another: companies, links and tables that must fit together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mdsync_nb.model import (
    FieldType,
    FileFormat,
    LinkKind,
    MappingSettings,
    Pack,
    TableFile,
    WorkspaceSettings,
    WriteMode,
)
from mdsync_nb.workspace.document import Fault, KeyPath
from mdsync_nb.workspace.facts import product_tables, schema_of, type_of
from mdsync_nb.workspace.in_force import layers_of
from mdsync_nb.workspace.mapping_checks import mapping_faults
from mdsync_nb.workspace.packs import is_known, shipped_packs
from mdsync_nb.workspace.reading import listed, nearest
from mdsync_nb.workspace.template_checks import declared_template_faults
from mdsync_nb.workspace.transformation_checks import transformation_faults

RESERVED = {"main", "temp", "system", "information_schema", "pg_catalog"}
NOT_IN_NAMES = re.compile(r"""[\x00-\x1f"'`./\\:*?<>|]""")
SYSTEM_FIELDS = ("SystemId", "SystemModifiedAt", "SystemCreatedAt", "SystemModifiedBy")


def unknown_packs(settings: WorkspaceSettings, root: Path) -> Iterator[Fault]:
    """Packs that are neither shipped nor a file of the workspace."""
    for n, name in enumerate(settings.packs):
        if not is_known(name, root):
            right = f"{listed(shipped_packs())}, or a .yaml file beside mdsync.yaml"
            yield Fault(("packs", n), name, right)


def faults_of(settings: WorkspaceSettings, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Everything in a workspace that is understood word by word and still cannot be."""
    yield from name_faults("companies", settings.companies, reserved=RESERVED)
    yield from name_faults("links", settings.links)
    yield from name_faults("mappings", settings.mappings)
    yield from _company_faults(settings)
    yield from _declared_table_faults(settings)
    yield from _link_faults(settings, packs)
    yield from _mapping_faults(settings, packs)
    yield from transformation_faults(settings, packs)
    yield from declared_template_faults(settings)
    if settings.report.time_zone:
        yield from _zone_faults(("report", "time_zone"), settings.report.time_zone)


def pack_faults(settings: WorkspaceSettings, packs: Sequence[Pack]) -> Iterator[Fault]:
    """Everything in the last of these packs that cannot be; lines are those of its own file."""
    pack = packs[-1]
    of_packs = _of_packs(packs, pack.kind)
    yield from transformation_faults(settings, packs, of=pack)
    yield from name_faults("mappings", pack.mappings)
    for name in pack.mappings:
        yield from mapping_faults(
            ("mappings", name), of_packs[name], settings, list(of_packs), kind=pack.kind
        )


def name_faults(
    section: str, names: Collection[str], *, reserved: Collection[str] = ()
) -> Iterator[Fault]:
    """Names that files, tables or patterns could not hold, or that differ only by capitals."""
    seen: dict[str, str] = {}
    for name in names:
        folded = name.casefold()
        if NOT_IN_NAMES.search(name) or not name or name != name.strip():
            right = "a name without quotes, dots, slashes and the signs : * ? < > |"
            yield Fault((section, name), name, right)
        elif folded in reserved:
            yield Fault((section, name), name, f"another name; {name} is the database's own")
        elif folded in seen:
            right = f"a name that differs from {seen[folded]} by more than capitals"
            yield Fault((section, name), name, right)
        seen.setdefault(folded, name)


def _company_faults(settings: WorkspaceSettings) -> Iterator[Fault]:
    known = [*product_tables(), *settings.tables]
    by_letters = {_letters(table): table for table in known}
    for name, company in settings.companies.items():
        path = ("companies", name)
        yield from _format_faults((*path, "format"), company.format, company.write)
        for table, file in company.tables.items():
            meant = by_letters.get(_letters(table), table)
            if table not in known and meant != table:
                yield Fault((*path, "tables", table), table, meant)
            if isinstance(file, TableFile):
                place = (*path, "tables", table)
                yield from _file_faults(place, table, file, settings)
                if file.format is not None:
                    yield from _format_faults((*place, "format"), file.format, company.write)


def _file_faults(
    path: KeyPath, table: str, file: TableFile, settings: WorkspaceSettings
) -> Iterator[Fault]:
    schema = schema_of(table, settings.tables)
    fields = [*schema.by_name, *SYSTEM_FIELDS] if schema and schema.known else []
    known = {name.casefold() for name in ("", *fields)}
    for column, field in file.columns.items():
        if fields and field.strip().casefold() not in known:
            right = f"a field of {table}, like {nearest(field, fields)}; or declare it under tables"
            yield Fault((*path, "columns", column), field, right)


def _format_faults(path: KeyPath, written: FileFormat, write: WriteMode) -> Iterator[Fault]:
    if written.blank == "distinct" and write is WriteMode.IN_PLACE:
        right = "canonical, because files that are written in place have one blank"
        yield Fault((*path, "blank"), "distinct", right)
    yield from _zone_faults((*path, "time_zone"), written.time_zone)


def _zone_faults(path: KeyPath, zone: str) -> Iterator[Fault]:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = sorted(available_timezones())  # none on a system that has no list of zones
        if zones:
            yield Fault(path, zone, nearest(zone, zones))


def _declared_table_faults(settings: WorkspaceSettings) -> Iterator[Fault]:
    for table, declared in settings.tables.items():
        path: KeyPath = ("tables", table)
        if not declared.key and table not in product_tables():
            right = f"the fields that tell its records apart, as {table} is not the product's"
            yield Fault((*path, "key"), "nothing", right)
        for field, written in declared.fields.items():
            if type_of(written) is None:
                kind = written.partition("(")[0].strip()
                right = nearest(kind, list(FieldType))
                yield Fault((*path, "fields", field), written, f"{right}, like text or code(20)")


def _link_faults(settings: WorkspaceSettings, packs: Sequence[Pack]) -> Iterator[Fault]:
    companies = list(settings.companies)
    for name, link in settings.links.items():
        path = ("links", name)
        for side, company in (("local", link.local), ("integration", link.integration)):
            if company not in companies:
                yield Fault((*path, side), company, nearest(company, companies))
        if link.local == link.integration:
            right = f"another company than {link.local}, which is its local one"
            yield Fault((*path, "integration"), link.integration, right)
        known = list(layers_of(settings, packs, link))
        for n, one in enumerate(link.only):
            if one not in known:
                yield Fault((*path, "only", n), one, nearest(one, known))
        for fault in name_faults("mappings", link.mappings):
            yield fault._replace(path=(*path, *fault.path))


def _mapping_faults(settings: WorkspaceSettings, packs: Sequence[Pack]) -> Iterator[Fault]:
    of_links = [name for link in settings.links.values() for name in link.mappings]
    kinds = {link.kind for link in settings.links.values()} or {LinkKind.MASTER_DATA}
    for kind in sorted(kinds):
        of_packs = _of_packs(packs, kind)
        names = list(dict.fromkeys([*of_packs, *settings.mappings, *of_links]))
        for name, said in settings.mappings.items():
            layers = [*of_packs.get(name, []), said]
            yield from mapping_faults(("mappings", name), layers, settings, names, kind=kind)
    for link_name, link in settings.links.items():
        layers_by_name = layers_of(settings, packs, link)
        for name in link.mappings:
            path = ("links", link_name, "mappings", name)
            known = list(layers_by_name)
            layers = layers_by_name[name]
            yield from mapping_faults(path, layers, settings, known, kind=link.kind)


def _of_packs(packs: Sequence[Pack], kind: LinkKind) -> dict[str, list[MappingSettings]]:
    layers: dict[str, list[MappingSettings]] = {}
    for pack in packs:
        for name, said in pack.mappings.items() if pack.kind is kind else ():
            layers.setdefault(name, []).append(said)
    return layers


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())
