"""Which column of a file is which field: as the settings say, else by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mdsync_nb.connectors.sources import Column, Part
from mdsync_nb.errors import UsageError
from mdsync_nb.model.company import CompanySettings, TableFile
from mdsync_nb.model.schema import TableSchema

SYSTEM = {
    "SystemId": (re.compile(r"\$?systemid(-2000000000)?"), "id"),
    "SystemModifiedAt": (re.compile(r"\$?systemmodifiedat(-2000000003)?"), "lastmodifieddatetime"),
    "SystemCreatedAt": (re.compile(r"\$?systemcreatedat(-2000000001)?"), ""),
    "SystemModifiedBy": (re.compile(r"\$?systemmodifiedby(-2000000004)?"), ""),
}
"""The system fields: the names every export gives them, and the one pages of a service give."""

Targets = dict[int, str]


@dataclass(frozen=True)
class Matched:
    """The columns of a part by what they are: system fields, fields, and columns nobody knows."""

    part: Part
    system: dict[str, Column]
    fields: dict[str, Column]
    unknown: tuple[str, ...]


def matched(
    part: Part, schema: TableSchema | None, settings: CompanySettings, file: TableFile
) -> Matched:
    """Give every column of a part its field.

    First what `columns:` says (the file's word before the company's), then system fields by the
    names exports give them, then names that are the same, but for case, but for spaces around
    them, then the names exports give a field. A table whose fields are not declared takes every
    other column by its own name. A field may hold a system field as well (`modifiedon`).
    Raises ColumnMissing for a column of the file's `columns:` that is not there, UsageError for
    two columns of one field.
    """
    targets = _declared(part, schema, settings, file)
    _claim(targets, _system_names(part, targets), part)
    for same in (lambda name: name, str.casefold, _folded):
        _claim(targets, _same_names(part, targets, schema, same), part)
    _claim(targets, _export_names(part, targets, schema), part)
    if schema is None or not schema.known:
        _claim(targets, _own_names(part, targets), part)
    chosen = {target: part.columns[number] for number, target in targets.items() if target}
    fields = {name: column for name, column in chosen.items() if name not in SYSTEM}
    return Matched(
        part=part,
        system=_held(schema, fields) | {n: one for n, one in chosen.items() if n in SYSTEM},
        fields=fields,
        unknown=tuple(
            column.name
            for number, column in enumerate(part.columns)
            if column.name.strip() and not targets.get(number)
        ),
    )


def column_of(part: Part, name: str) -> Column:
    """Give the column of that name; case and spaces around it may differ.

    Raises ColumnMissing.
    """
    number = _position(part, name)
    if number is None:
        raise part.export.lacks(name, part.names)
    return part.columns[number]


def _position(part: Part, name: str) -> int | None:
    names = [column.name for column in part.columns]
    if name in names:
        return names.index(name)
    folded = [_folded(one) for one in names]
    return folded.index(_folded(name)) if _folded(name) in folded else None


def _declared(
    part: Part, schema: TableSchema | None, settings: CompanySettings, file: TableFile
) -> Targets:
    """Give what `columns:` says; the company's word counts where the file has such a column."""
    targets: Targets = {}
    shared = {name: to for name, to in settings.columns.items() if name not in file.columns}
    for own, words in ((True, file.columns), (False, shared)):
        said: Targets = {}
        for name, word in words.items():
            target = _target(word, schema)
            number = _position(part, name)
            if own and target is None:
                raise _no_such_field(part, name, word)
            if own and number is None:
                raise part.export.lacks(name, part.names)
            if number is not None and target is not None and number not in targets:
                said[number] = target
        _claim(targets, said, part)
    return targets


def _target(word: str, schema: TableSchema | None) -> str | None:
    """Give the field a word of `columns:` means, "" for none at all, None for one nobody knows."""
    known: list[str] = [*SYSTEM, *(schema.by_name if schema else ())]
    if not word or word in known:
        return word
    alike = [name for name in known if _folded(name) == _folded(word)]
    if alike:
        return alike[0]
    return None if schema and schema.known else word


def _system_names(part: Part, targets: Targets) -> Targets:
    """Find the system fields by the names exports give them."""
    found: Targets = {}
    for field, (pattern, service) in SYSTEM.items():
        free = {n: _folded(c.name) for n, c in enumerate(part.columns) if n not in targets}
        named = [number for number, name in free.items() if pattern.fullmatch(name)]
        if not named and part.ids and field not in targets.values():
            named = [number for number, name in free.items() if name == service]
        found |= dict.fromkeys(named, field)
    return found


def _same_names(
    part: Part, targets: Targets, schema: TableSchema | None, same: Callable[[str], str]
) -> Targets:
    """Find the columns whose names are those of fields, as far as `same` tells names apart."""
    fields = {same(name): name for name in (schema.by_name if schema else ())}
    free = ((n, same(column.name)) for n, column in enumerate(part.columns) if n not in targets)
    return {number: fields[name] for number, name in free if name in fields}


def _export_names(part: Part, targets: Targets, schema: TableSchema | None) -> Targets:
    """Find the columns of fields that have none yet, by the names exports give them."""
    free = [field for field in (schema.fields if schema else ()) if field.columns]
    fields = {
        _folded(name): field.name
        for field in free
        if field.name not in targets.values()
        for name in field.columns
    }
    return {
        number: fields[_folded(column.name)]
        for number, column in enumerate(part.columns)
        if number not in targets and _folded(column.name) in fields
    }


def _held(schema: TableSchema | None, fields: Mapping[str, Column]) -> dict[str, Column]:
    """Give the system fields whose values fields of the table hold."""
    return {
        field.system: fields[field.name]
        for field in (schema.fields if schema else ())
        if field.system and field.name in fields
    }


def _own_names(part: Part, targets: Targets) -> Targets:
    """Give the columns that are left their own names."""
    free = ((n, column.name.strip()) for n, column in enumerate(part.columns) if n not in targets)
    return {number: name for number, name in free if name}


def _folded(name: str) -> str:
    """Give a name without what does not tell names apart: case, and white space around words."""
    return " ".join(name.split()).casefold()


def _claim(targets: Targets, found: Targets, part: Part) -> None:
    """Add what was found; a field that two columns want is nobody's to guess."""
    taken = {_folded(target): number for number, target in targets.items() if target}
    for number, target in found.items():
        other = taken.setdefault(_folded(target), number) if target else number
        if other != number:
            raise _two_columns(part, part.columns[other].name, part.columns[number].name, target)
        targets[number] = target


def _two_columns(part: Part, first: str, second: str, field: str) -> UsageError:
    export = part.export
    return UsageError(
        f"{export.company} {export.table}: {export.shown} has two columns for {field!r}:"
        f" {first!r} and {second!r}.",
        hint=f"Leave one out with `columns: {{{second}: ''}}` under the table in mdsync.yaml.",
    )


def _no_such_field(part: Part, name: str, word: str) -> UsageError:
    export = part.export
    return UsageError(
        f"{export.company} {export.table}: `columns:` makes {name!r} the field {word!r},"
        " which the table does not have.",
        hint="Correct `columns:` of the table in mdsync.yaml; '' leaves a column out.",
    )
