"""What a mapping says about tables, fields and values that must be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mdsync_nb.model import (
    Direction,
    FieldChoice,
    FieldRow,
    FieldSettings,
    FieldType,
    LinkKind,
    MappingSettings,
    TableSchema,
    WorkspaceSettings,
)
from mdsync_nb.model.filter import MATCHES, FilterOrView
from mdsync_nb.workspace.document import Fault, KeyPath
from mdsync_nb.workspace.facts import NOT_IN_FILES, product_tables, schema_of
from mdsync_nb.workspace.filter_checks import filter_faults
from mdsync_nb.workspace.in_force import tables_of
from mdsync_nb.workspace.mapped_fields import rows_of, what_was_said
from mdsync_nb.workspace.reading import nearest
from mdsync_nb.workspace.template_checks import template_faults
from mdsync_nb.workspace.values import right_value

ONE_WAY = "from_integration, because master data only flows from the source company"
NOT_A_GUID_S = "no, because only a field that holds a guid can be kept from null"
NOT_BOTH = "no, or `clear_on_failed: no`, because the two exclude each other"
NOT_A_FILE_S = "no, because files hold no pictures, blobs or record ids"

Layers = Sequence[MappingSettings]


class Named(NamedTuple):
    """A field that a mapping names: below which key, and on which side it must be there."""

    path: KeyPath
    field: str
    schema: TableSchema | None


class Valued(NamedTuple):
    """A value that a mapping gives for a field."""

    path: KeyPath
    named: Named
    text: str
    sign: str = "="


def mapping_faults(
    path: KeyPath,
    layers: Layers,
    settings: WorkspaceSettings,
    names: Sequence[str],
    *,
    kind: LinkKind,
) -> Iterator[Fault]:
    """What is wrong in the last layer of a mapping; the layers below tell its tables.

    names: the mappings it may depend on. kind: of the links it is for.
    """
    said = layers[-1]
    table, integration_table = tables_of(layers)
    if not table:
        near = nearest(str(path[-1]), names)
        yield Fault(path, path[-1], f"{near}; or `table:` with a table, for a new mapping")
        return
    sides = (_fields_of(table, settings), _fields_of(integration_table, settings))
    yield from _below(path, _table_faults(said, settings))
    yield from _below(path, _direction_faults(said, layers, kind))
    yield from _below(path, _field_faults(said, *sides))
    declared = schema_of(integration_table, settings.tables)
    yield from _below(path, _null_faults(said, layers, declared))
    yield from _below(path, template_faults(said, sides))
    yield from _below(path, filter_faults(path, said, (table, integration_table), settings))
    for n, name in enumerate(said.depends_on or ()):
        if name not in names:
            yield Fault((*path, "depends_on", n), name, nearest(name, names))


def _below(path: KeyPath, faults: Iterator[Fault]) -> Iterator[Fault]:
    return (fault._replace(path=(*path, *fault.path)) for fault in faults)


def _fields_of(table: str, settings: WorkspaceSettings) -> TableSchema | None:
    """Give the schema of a table, or None when its fields are not known before its files are."""
    declared = settings.tables.get(table)
    open_ended = declared is not None and bool(declared.key)
    return None if open_ended else schema_of(table, settings.tables)


def _table_faults(said: MappingSettings, settings: WorkspaceSettings) -> Iterator[Fault]:
    delivered = (table for company in settings.companies.values() for table in company.tables)
    known = list(dict.fromkeys([*product_tables(), *settings.tables, *delivered]))
    for word in ("table", "integration_table"):
        table = getattr(said, word)
        if table is not None and table not in known:
            yield Fault((word,), table, f"{nearest(table, known)}; or declare it under tables")


def _direction_faults(said: MappingSettings, layers: Layers, kind: LinkKind) -> Iterator[Fault]:
    if kind is LinkKind.DATAVERSE:
        yield from _without_a_field(said, layers)
        return
    if said.direction not in (None, Direction.FROM_INTEGRATION):
        yield Fault(("direction",), said.direction.value, ONE_WAY)
    for name, one in _single_fields(said).items():
        if one.direction not in (None, Direction.FROM_INTEGRATION):
            yield Fault(("fields", name, "direction"), one.direction.value, ONE_WAY)


def _without_a_field(said: MappingSettings, layers: Layers) -> Iterator[Fault]:
    """A mapping of one direction needs an enabled field of exactly that one (semantics.md 1.2)."""
    if said.direction in (None, Direction.BIDIRECTIONAL):
        return
    single = {name: one for layer in layers for name, one in _single_fields(layer).items()}
    rows = rows_of(layers)
    every: list[FieldSettings | FieldRow] = [*single.values(), *rows]
    enabled = [one for one in every if one.enabled is not False]
    if enabled and all(one.direction not in (None, said.direction) for one in enabled):
        right = f"that of at least one enabled field: set its direction to {said.direction} first"
        yield Fault(("direction",), said.direction.value, right)


def _single_fields(said: MappingSettings) -> Mapping[str, FieldSettings]:
    if said.fields is None or isinstance(said.fields, FieldChoice):
        return {}
    return {
        name: FieldSettings(enabled=one) if isinstance(one, bool) else one
        for name, one in said.fields.items()
    }


def _field_faults(
    said: MappingSettings, local: TableSchema | None, integration: TableSchema | None
) -> Iterator[Fault]:
    valued = list(_valued(said, local, integration))
    named = [*_in_lists(said, local), *_in_fields(said, local, integration)]
    named += [one.named for one in valued]
    for path, field, schema in {(one.path, id(one.schema)): one for one in named}.values():
        if schema is not None and field not in schema.by_name:
            near = nearest(field, list(schema.by_name))
            yield Fault(path, field, f"a field of {schema.table}, like {near}")
    for path, (_, field, schema), text, sign in valued:
        known = schema.by_name.get(field) if schema else None
        right = right_value(known, text) if known and sign != MATCHES else ""
        if right:
            yield Fault(path, text, right)
    for name, one in _single_fields(said).items():
        known = local.by_name.get(name) if local else None
        if known and one.enabled and known.type in NOT_IN_FILES:
            yield Fault(("fields", name), "yes", NOT_A_FILE_S)


def _null_faults(
    said: MappingSettings, layers: Layers, integration: TableSchema | None
) -> Iterator[Fault]:
    """Not Null is for guids, and not for what is cleared when it fails (semantics.md 2)."""
    _, single = what_was_said(layers)
    now = {*_single_fields(said), *(said.clear_on_failed or ())}
    every: dict[KeyPath, FieldSettings | FieldRow] = {
        ("fields", name): one for name, one in single.items() if name in now
    }
    every |= {("rows", n): one for n, one in enumerate(said.rows or ())}
    for path, one in every.items():
        known = integration.by_name.get(one.integration or str(path[1])) if integration else None
        if one.not_null and known and known.type is not FieldType.GUID:
            yield Fault((*path, "not_null"), "yes", NOT_A_GUID_S)
        elif one.not_null and one.clear_on_failed:
            yield Fault((*path, "not_null"), "yes", NOT_BOTH)


def _in_lists(said: MappingSettings, local: TableSchema | None) -> Iterator[Named]:
    """Fields named one by one: criteria, flags."""
    for n, one in enumerate(said.match or ()):
        if isinstance(one, str):
            yield Named(("match", n), one, local)
        else:
            yield Named(("match", n, "field"), one.field, local)
    for n, criterion in enumerate(said.propose_match or ()):
        yield from (Named(("propose_match", n, m), one, local) for m, one in enumerate(criterion))
    flags = {"clear_on_failed": said.clear_on_failed, "validate": said.validate_fields}
    for word, fields in flags.items():
        yield from (Named((word, n), one, local) for n, one in enumerate(fields or ()))


def _in_fields(
    said: MappingSettings, local: TableSchema | None, integration: TableSchema | None
) -> Iterator[Named]:
    """Fields of the choice, and single ones with the field they come from."""
    if isinstance(said.fields, FieldChoice):
        for word, chosen in (("only", said.fields.only), ("except", said.fields.excluded)):
            yield from (Named(("fields", word, n), one, local) for n, one in enumerate(chosen))
    for name, one in _single_fields(said).items():
        yield Named(("fields", name), name, local)
        if one.integration is not None:
            yield Named(("fields", name, "integration"), one.integration, integration)
    for n, row in enumerate(said.rows or ()):
        for word, field, schema in (
            ("local", row.local, local),
            ("integration", row.integration, integration),
        ):
            if field:
                yield Named(("rows", n, word), field, schema)


def _valued(
    said: MappingSettings, local: TableSchema | None, integration: TableSchema | None
) -> Iterator[Valued]:
    """Values of filters and constants with the field they are for."""
    yield from _of_filter("filter", said.filter or {}, local)
    if local is None or integration is None or local.table != integration.table:
        yield from _of_filter("filter", said.filter or {}, integration)
    yield from _of_filter("local_filter", said.local_filter or {}, local)
    yield from _of_filter("integration_filter", said.integration_filter or {}, integration)
    for name, text in (said.constants or {}).items():
        yield Valued(("constants", name), Named(("constants", name), name, local), text)
    for name, one in _single_fields(said).items():
        if one.constant is not None:
            named = Named(("fields", name), name, local)
            yield Valued(("fields", name, "constant"), named, one.constant)
    for n, row in enumerate(said.rows or ()):
        if row.constant is not None:
            side = local if row.local else integration
            named = Named(("rows", n, "constant"), row.local or row.integration, side)
            yield Valued(named.path, named, row.constant)


def _of_filter(word: str, written: FilterOrView, schema: TableSchema | None) -> Iterator[Valued]:
    """Values of simple conditions; those of expressions and views are judged in filter_checks."""
    for field, right in () if isinstance(written, str) else written.items():
        named = Named((word, field), field, schema)
        if isinstance(right, str):
            yield Valued((word, field), named, right)
        elif isinstance(right, dict):
            for sign, text in right.items():
                yield Valued((word, field, sign), named, text, sign)
        else:
            yield from (Valued((word, field, n), named, text) for n, text in enumerate(right))
