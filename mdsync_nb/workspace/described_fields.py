"""The fields of a mapping as people look at them: what is in force for each, and who says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.conversion import may_lose
from mdsync_nb.model import (
    Direction,
    Field,
    FieldChoice,
    FieldMapping,
    FieldSettings,
    FieldType,
    MappingSettings,
    TableMapping,
    TableSchema,
)
from mdsync_nb.workspace.mapped_fields import mapped_field, rows_of, what_was_said
from mdsync_nb.workspace.opened import Workspace
from mdsync_nb.workspace.places import ColumnsOf, Layer, known_fields, layers
from mdsync_nb.workspace.transformations import chain_in_words, known_rules

DEFAULT = "default"

SchemasOf = Callable[[TableMapping], tuple[TableSchema | None, TableSchema | None]]
"""What the loaded files of a mapping hold, local first; None for what is not there."""


class Sides(NamedTuple):
    """The fields of both tables of a mapping by name."""

    local: dict[str, Field]
    integration: dict[str, Field]


def fields_of(
    workspace: Workspace,
    mapping: TableMapping,
    columns: ColumnsOf,
    schemas: SchemasOf | None = None,
) -> pl.DataFrame:
    """Give the fields of a mapping's table as `frames.MAPPED_FIELDS`, then its rows.

    A field that nothing switches on is there, too, and not enabled: there is no third state.
    schemas: tell the types where only the files know them.
    """
    sides = _sides(workspace, mapping, schemas)
    matched = {one.field for one in mapping.match}
    rows = [
        {**said, **_in_force(one, mapping), **_types(one, sides), "match": one.local in matched}
        for one, said in [
            *_named(workspace, mapping, known_fields(workspace, mapping, columns)),
            *_rows(workspace, mapping),
        ]
    ]
    return frames.conform(pl.DataFrame(rows, schema=frames.MAPPED_FIELDS), frames.MAPPED_FIELDS)


def _named(
    workspace: Workspace, mapping: TableMapping, known: Sequence[str]
) -> Iterator[tuple[FieldMapping, dict[str, Any]]]:
    """Give every field, also those that are off, with what its row says of where it is said."""
    above = layers(workspace, mapping)
    said = what_was_said([one.said for one in above])[1]
    on = {one.local: one for one in mapping.fields[: -len(_said_rows(above)) or None]}
    rules = known_rules(workspace.settings, workspace.packs)
    schema = workspace.schema(mapping.table)
    held = schema.by_name if schema else {}
    for name in known:
        words = said.get(name, FieldSettings())
        off = mapped_field(name, words, held.get(name), rules, mapping.direction)
        one = on.get(name) or off.model_copy(update={"enabled": mapping.all_fields})
        rule = words.transformation or None
        yield one, {"transformation": rule, "said_in": _said_in(above, name), "row": None}


def _rows(
    workspace: Workspace, mapping: TableMapping
) -> Iterator[tuple[FieldMapping, dict[str, Any]]]:
    above = layers(workspace, mapping)
    rows = _said_rows(above)
    if not rows:
        return
    origin = next(one.origin for one in reversed(above) if one.said.rows is not None)
    for number, (one, row) in enumerate(zip(mapping.fields[-len(rows) :], rows, strict=True)):
        rule = row.transformation or None
        yield one, {"transformation": rule, "said_in": origin, "row": number}


def _said_rows(above: Sequence[Layer]) -> Sequence[Any]:
    return rows_of([one.said for one in above])


def _in_force(one: FieldMapping, mapping: TableMapping) -> dict[str, Any]:
    overwrites = one.overwrite_local_change or mapping.overwrite_local_change
    return {
        "field": one.local,
        "integration": one.integration,
        "enabled": one.enabled,
        "direction": one.direction.value,
        "overwrite_local_change": overwrites,
        "clear_on_failed": one.clear_on_failed,
        "constant": one.constant,
        "chain": chain_in_words(one.transformation),
    }


def _types(one: FieldMapping, sides: Sides) -> dict[str, Any]:
    here, there = sides.local.get(one.local), sides.integration.get(one.integration)
    both = here is not None and there is not None and one.constant is None
    inward = both and one.flows(Direction.FROM_INTEGRATION)
    outward = both and one.flows(Direction.TO_INTEGRATION)
    return {
        "type": type_in_words(here),
        "integration_type": type_in_words(there),
        "local_loses": may_lose(there, here) if inward and there and here else "",
        "integration_loses": may_lose(here, there) if outward and there and here else "",
    }


def _sides(workspace: Workspace, mapping: TableMapping, schemas: SchemasOf | None) -> Sides:
    """Give the fields as mdsync.yaml and the product say; those nobody says as the files hold."""
    loaded = schemas(mapping) if schemas else (None, None)
    tables = (mapping.table, mapping.integration_table)
    local, integration = (
        {**(held.by_name if held else {}), **(said.by_name if said else {})}
        for held, said in zip(loaded, map(workspace.schema, tables), strict=True)
    )
    return Sides(local, integration)


def type_in_words(field: Field | None) -> str | None:
    """Give a type as it is declared in mdsync.yaml: `text(50)`; None where nobody knows it."""
    if field is None:
        return None
    long = field.scale if field.type is FieldType.DECIMAL else field.length
    return f"{field.type.value}({long})" if long is not None else field.type.value


def _said_in(above: Sequence[Layer], field: str) -> str:
    """Give the place that decides a field: the last that names it, or chooses fields."""
    return next((one.origin for one in reversed(above) if _decides(one.said, field)), DEFAULT)


def _decides(said: MappingSettings, field: str) -> bool:
    if isinstance(said.fields, FieldChoice):
        return True
    return isinstance(said.fields, dict) and field in said.fields
