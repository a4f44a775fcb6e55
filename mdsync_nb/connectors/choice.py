"""Which fields of a table are read, with which types, from which columns of which files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mdsync_nb.connectors.columns import SYSTEM, Matched, column_of, matched
from mdsync_nb.connectors.inference import inferred_fields
from mdsync_nb.connectors.selection import Selection, selection_of
from mdsync_nb.connectors.sources import Part, Reading
from mdsync_nb.errors import UsageError
from mdsync_nb.model.company import CompanySettings
from mdsync_nb.model.schema import Field, TableSchema

NO_IDS = "no SystemId: records are identified by their primary key"
NO_TIMES = "no modified times: changes are found by comparing with the previous load"


@dataclass(frozen=True)
class Choice:
    """What is read and how. absent: fields no file has; unknown: columns that are no field."""

    schema: TableSchema
    selections: tuple[Selection, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def has_ids(self) -> bool:
        """Whether every file has a SystemId."""
        return self.selections[0].id_column is not None

    @property
    def has_times(self) -> bool:
        """Whether every file says when a record was modified."""
        return "SystemModifiedAt" in self.selections[0].times


def choice_of(
    parts: Sequence[Part], schema: TableSchema | None, settings: CompanySettings, reading: Reading
) -> Choice:
    """Give which fields are read: those that every file of the table has.

    A field that only some files have would look blank in the others, so it is not read.
    Raises ColumnMissing for a key, `where:` or `columns:` column, UsageError without any key.
    """
    for part in parts:
        for name in reading.file.where:
            column_of(part, name)
    found = [matched(part, schema, settings, reading.file) for part in parts]
    _refuse_without_declared(found, schema)
    shared, partial = _shared(found)
    narrowed = [_narrowed(one, shared) for one in found]
    used = _schema(narrowed, schema, shared, reading)
    selections = tuple(selection_of(one, used) for one in narrowed)
    unknown = dict.fromkeys(name for one in found for name in one.unknown)
    declared = schema.fields if schema else ()
    return Choice(
        schema=used,
        selections=selections,
        absent=tuple(field.name for field in declared if field.name not in used.by_name),
        unknown=tuple(unknown),
        notes=(*_partly(found, partial), *_limits(shared)),
    )


def _refuse_without_declared(found: Sequence[Matched], schema: TableSchema | None) -> None:
    """Refuse a file that lacks a field a person declared in mdsync.yaml."""
    required = [field.name for field in (schema.fields if schema else ()) if field.required]
    for one in found:
        for name in required:
            if name not in one.fields:
                raise one.part.export.lacks(name, one.part.names)


def _shared(found: Sequence[Matched]) -> tuple[list[str], list[str]]:
    """Give the fields (system fields too) all files have, and those only some have."""
    each = [[*one.system, *one.fields] for one in found]
    names = list(dict.fromkeys(name for one in each for name in one))
    shared = [name for name in names if all(name in one for one in each)]
    return shared, [name for name in names if name not in shared]


def _narrowed(one: Matched, shared: Sequence[str]) -> Matched:
    return replace(
        one,
        system={name: column for name, column in one.system.items() if name in shared},
        fields={name: column for name, column in one.fields.items() if name in shared},
    )


def _schema(
    found: Sequence[Matched], schema: TableSchema | None, shared: Sequence[str], reading: Reading
) -> TableSchema:
    """Give the schema with the fields that are read; types nobody declared are inferred.

    An undeclared key is text, for no two companies need to agree that it looks like a number.
    """
    table = found[0].part.export.table
    key = _key(found, schema, table)
    declared = schema.by_name if schema else {}
    others = [
        name
        for name in shared
        if name not in declared
        and name not in SYSTEM
        and (name in key or not _tells_whose(name, found, reading))
    ]
    guessed = inferred_fields(found, others, reading.file.where, reading.connection)
    guessed = [Field(name=field.name) if field.name in key else field for field in guessed]
    fields = [field for field in declared.values() if field.name in shared]
    return TableSchema(
        table=schema.table if schema else table,
        fields=(*fields, *guessed),
        key=key,
        table_id=schema.table_id if schema else None,
        known=schema.known if schema else False,
        single=schema.single if schema else False,
    )


def _tells_whose(name: str, found: Sequence[Matched], reading: Reading) -> bool:
    """True for a column of `where:`: it says whose row it is, not what the record holds."""
    return any(
        one.fields[name] == column_of(one.part, whose)
        for one in found
        for whose in reading.file.where
    )


def _key(found: Sequence[Matched], schema: TableSchema | None, table: str) -> tuple[str, ...]:
    """Give the fields of the primary key, all of which every file must have."""
    if schema is None or not schema.key:
        columns = ", ".join(found[0].part.names[:12])
        raise UsageError(
            f"{found[0].part.export.company} {table}: nobody has said which fields are its key.",
            hint=f"Declare it in mdsync.yaml: `tables: {table}: key: ...`. It has: {columns}.",
        )
    for one in found:
        for name in schema.key:
            if name not in one.fields:
                raise one.part.export.lacks(name, one.part.names)
    return schema.key


def _partly(found: Sequence[Matched], partial: Sequence[str]) -> list[str]:
    """Say which fields are not read because a file lacks them."""
    lacking = {
        name: next(m.part.export for m in found if name not in m.system and name not in m.fields)
        for name in partial
    }
    return [
        f"{name}: {export.shown} does not have it, so it is not read from the others either"
        for name, export in lacking.items()
    ]


def _limits(shared: Sequence[str]) -> list[str]:
    """Say what the files do not tell and what that means."""
    notes = {"SystemId": NO_IDS, "SystemModifiedAt": NO_TIMES}
    return [note for name, note in notes.items() if name not in shared]
