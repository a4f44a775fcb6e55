"""Tables added to the mappings, and their fields brought up to date with the newest files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import TableMapping, TableSchema
from mdsync_nb.workspace.document import KeyPath, Tree
from mdsync_nb.workspace.editing import Edit, said_at, with_word, without_item, without_word
from mdsync_nb.workspace.facts import NOT_IN_FILES, product_tables
from mdsync_nb.workspace.mapping_changes import checked, disabled_in, edit_of
from mdsync_nb.workspace.opened import Workspace
from mdsync_nb.workspace.order import in_dependency_order
from mdsync_nb.workspace.places import is_open
from mdsync_nb.workspace.recognise import is_system, letters

NOT_READ = "text"
"""The type of a new field: nobody said another one yet."""


class Held(NamedTuple):
    """What the newest files of one company hold of a table: fields, and columns nobody knows."""

    fields: tuple[str, ...]
    unknown: tuple[str, ...] = ()


Delivered = Mapping[tuple[str, str], Held]
"""What is delivered, by company and table."""

Asks = Callable[[Collection[str]], Delivered]
"""Looks at the files of some tables."""


def add_table(
    workspace: Workspace, text: str, table: str, *, with_related: bool, delivered: Asks
) -> Edit:
    """Add a mapping for a table, with every field switched off, after those it refers to.

    with_related: tables it refers to, and those they refer to, each once, where no mapping has
    them. The mapping is named by the letters of its table and is switched off itself, so that no
    run takes a record without values. Raises UnknownName, and UsageError for a table that has a
    mapping or no records of its own. Source: semantics.md 8.3, MD-022, MD-023.
    """
    named = _selectable(workspace, table)
    mapped = _mapped(workspace)
    if named in mapped:
        raise _mapped_already(workspace, named, mapped[named])
    found = _related(workspace, named) if with_related else [named]
    new = [one for one in found if one not in mapped]
    names = mapped | _named(new, set(mapped.values()))
    needs = {one: [to for to in _refers_to(workspace, one) if to in names] for one in new}
    after, notes = text, list[str]()
    for one in in_dependency_order(needs):
        before = [names[to] for to in needs[one] if to != one]
        after = with_word(
            after, ("mappings", names[one]), _block(workspace, one, before, delivered)
        )
        if not any(one in company.tables for company in workspace.settings.companies.values()):
            notes.append(f"No company delivers {one} yet: name its file under `companies:`.")
    listed = ", ".join(f"{names[one]} ({one})" for one in in_dependency_order(needs))
    return edit_of(workspace, text, after, [f"Added, switched off: {listed}.", *notes])


def refresh_fields(
    workspace: Workspace, text: str, patterns: Sequence[str], *, delivered: Delivered
) -> Edit:
    """Bring the fields of mappings up to date with the newest files.

    A column that every company delivers and nobody knows becomes a field, switched off; a declared
    field that some company no longer delivers goes, because its files would be refused. Fields of
    the product's tables are known beforehand and stay.
    Raises UnknownName, and UsageError when no company delivers one.
    Source: semantics.md 8.3.
    """
    chosen = workspace.named(*patterns)
    tables = list(dict.fromkeys(t for one in chosen for t in (one.table, one.integration_table)))
    after, notes, seen = text, list[str](), False
    for table in tables:
        held = {at[0]: one for at, one in delivered.items() if at[1] == table}
        if not held:
            continue
        seen = True
        users = [one for one in workspace.mappings.values() if one.table == table]
        lost = _vanished(workspace, table, held.values(), users)
        for field in lost:
            after = _without_field(workspace, after, table, field)
        fresh, some = _new(workspace, table, held, users)
        for field in fresh:
            after = _with_field(workspace, after, table, field, users)
        if fresh or lost:
            notes.append(f"{table}: {len(fresh)} added, switched off; {len(lost)} removed.")
        notes += some
    if chosen and not seen:
        raise UsageError("No company delivers a table of them.", hint="Name its file first.")
    if after != text:
        notes.append("The next `mdsync load` reads the files with these fields.")
    return edit_of(workspace, text, after, notes or ["Every field is known, and none is gone."])


def _mapped_already(workspace: Workspace, table: str, short: str) -> UsageError:
    """The refusal of a second mapping for a table, with the way to use the first."""
    if any(one.short == short for one in workspace.mappings.values()):
        hint = f"Switch fields on: mdsync mapping enable {short} --field NAME"
    else:
        hint = "It is in force once a company delivers the table: name its file first."
    return UsageError(f"{table} has a mapping already: {short}.", hint=hint)


def _selectable(workspace: Workspace, table: str) -> str:
    delivered = [t for one in workspace.settings.companies.values() for t in one.tables]
    own = [*workspace.settings.tables, *(t for t in delivered if t not in product_tables())]
    known = [t for t in product_tables() if product_tables().holds_data(t)] + own
    found = next((one for one in known if letters(one) == letters(table)), None)
    if found is None:
        raise UnknownName("table with records of its own", table, list(dict.fromkeys(known)))
    return found


def _mapped(workspace: Workspace) -> dict[str, str]:
    """Give the short name of the mapping that has a table, in any layer, by table."""
    said = [
        *(pack.mappings for pack in workspace.packs),
        workspace.settings.mappings,
        *(link.mappings for link in workspace.settings.links.values()),
    ]
    return {one.table: name for of in said for name, one in of.items() if one.table}


def _related(workspace: Workspace, table: str) -> list[str]:
    """Give a table and all it refers to, through others too, each once."""
    found = [table]
    for one in found:
        found += [to for to in _refers_to(workspace, one) if to not in found]
    return found


def _refers_to(workspace: Workspace, table: str) -> list[str]:
    schema = workspace.schema(table)
    to = dict.fromkeys(one.relation_table for one in schema.fields) if schema else {}
    return [one for one in to if product_tables().holds_data(one)]


def _named(tables: Iterable[str], taken: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in tables:
        short = letters(table).upper()
        used = taken | set(names.values())
        number = next(n for n in range(1, len(used) + 2) if n == 1 or f"{short}_{n}" not in used)
        free = short not in used
        names[table] = short if free else f"{short}_{max(number, 2)}"
    return names


def _block(
    workspace: Workspace, table: str, before: Sequence[str], delivered: Asks
) -> dict[str, Tree]:
    """Give what is written for a table: its key to match by, what goes first, fields all off."""
    schema = workspace.schema(table)
    fields = _fields_of(schema) if schema else []
    if schema is None or not schema.known:
        held = [one.fields for at, one in delivered([table]).items() if at[1] == table]
        fields = list(dict.fromkeys([*fields, *(name for names in held for name in names)]))
    if not fields:
        raise UsageError(
            f"The fields of {table} are not known.",
            hint="Name its file under `companies:`, or declare it under `tables:`.",
        )
    written: dict[str, Tree] = {"table": table, "enabled": "no"}
    if before:
        written["depends_on"] = list(before)
    if schema:
        written["match"] = list(schema.key)
    return {**written, "fields": dict.fromkeys(fields, "no")}


def _fields_of(schema: TableSchema) -> list[str]:
    return [one.name for one in schema.fields if one.type not in NOT_IN_FILES]


def _new(
    workspace: Workspace, table: str, held: Mapping[str, Held], users: Sequence[TableMapping]
) -> tuple[list[str], list[str]]:
    """Give the columns all companies deliver and nobody knows, and what to say about the others."""
    if any(is_open(workspace, one) for one in users):
        named = {field.local for one in users for field in one.fields} | _named_off(
            users, workspace
        )
        if any(one.all_fields for one in users):
            return [], []
        both = [
            f for f in next(iter(held.values())).fields if all(f in h.fields for h in held.values())
        ]
        return [one for one in both if one not in named], []
    columns = {name: _unknown(workspace, name, table, one) for name, one in held.items()}
    every = dict.fromkeys(one for found in columns.values() for one in found)
    due = [n for n, one in workspace.settings.companies.items() if table in one.tables]
    fresh = [one for one in every if all(one in columns.get(name, ()) for name in due)]
    some = []
    for one in every:
        if one not in fresh:
            having = ", ".join(name for name in due if one in columns.get(name, ()))
            some.append(f"{table}: {one} is only delivered by {having}.")
    return fresh, some


def _named_off(users: Sequence[TableMapping], workspace: Workspace) -> set[str]:
    """Give the fields that a person switched off by name, whether a mapping knows them or not."""
    of = [workspace.settings.mappings, *(one.mappings for one in workspace.settings.links.values())]
    said = [m[one.short].fields for one in users for m in of if one.short in m]
    return {name for fields in said if isinstance(fields, dict) for name in fields}


def _unknown(workspace: Workspace, company: str, table: str, held: Held) -> list[str]:
    """Give columns nobody knows, without those a person named under `columns:`."""
    settings = workspace.settings.companies.get(company)
    if settings is None:
        return []
    file = settings.table_file(table)
    told = {one.casefold() for one in (*settings.columns, *(file.columns if file else ()))}
    schema = workspace.schema(table)
    known = set(schema.by_name) if schema else set()
    return [
        one.strip()
        for one in held.unknown
        if one.strip().casefold() not in told and one.strip() not in known and not is_system(one)
    ]


def _vanished(
    workspace: Workspace, table: str, held: Iterable[Held], users: Sequence[TableMapping]
) -> list[str]:
    """Give the fields a person declared that some file lacks, or only named and no file holds."""
    there = [{*one.fields, *one.unknown} for one in held]
    declared = workspace.settings.tables.get(table)
    lost = [
        name
        for name in (declared.fields if declared else ())
        if name not in (declared.key if declared else ()) and not all(name in one for one in there)
    ]
    if any(is_open(workspace, one) for one in users):
        named = sorted(_named_off(users, workspace))
        lost += [name for name in named if not any(name in one for one in there)]
    return list(dict.fromkeys(lost))


def _with_field(
    workspace: Workspace, text: str, table: str, field: str, users: Sequence[TableMapping]
) -> str:
    """Give the text with a field declared where it has to be, and switched off."""
    if any(is_open(workspace, one) for one in users):
        shared = any(one.short in workspace.settings.mappings for one in users)
        paths: dict[KeyPath, None] = {}
        for one in users:
            link = ("links", one.link, "mappings", one.short)
            paths[("mappings", one.short) if shared else link] = None
        for path in paths:
            if isinstance(said_at(text, (*path, "fields", "only")), list):
                continue
            text = with_word(text, (*path, "fields", field), "no")
        return text
    text = with_word(text, ("tables", table, "fields", field), NOT_READ)
    then = checked(workspace, text)
    return disabled_in(then, text, [then.mappings[one.name] for one in users], field)


def _without_field(workspace: Workspace, text: str, table: str, field: str) -> str:
    """Give the text without a field, wherever a person wrote it."""
    text = without_word(text, ("tables", table, "fields", field))
    shorts = {one.short for one in workspace.mappings.values() if one.table == table}
    for short in sorted(shorts):
        links = [("links", name, "mappings", short) for name in workspace.settings.links]
        for path in [("mappings", short), *links]:
            text = without_word(text, (*path, "fields", field))
            for word in ("only", "except"):
                text = without_item(text, (*path, "fields", word), field)
    return text
