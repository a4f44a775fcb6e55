"""Which fields a mapping keeps in step, and what is said about each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mdsync_nb.model import (
    Direction,
    Field,
    FieldChoice,
    FieldMapping,
    FieldRow,
    FieldSettings,
    MappingSettings,
    TableSchema,
)
from mdsync_nb.workspace.facts import NOT_IN_FILES
from mdsync_nb.workspace.transformations import Rules, chain_of
from mdsync_nb.workspace.values import as_stored

Said = dict[str, FieldSettings]
Layers = Sequence[MappingSettings]


def mapped_fields(
    layers: Layers,
    local: TableSchema | None,
    integration: TableSchema | None,
    *,
    open_ended: bool,
    rules: Rules,
    direction: Direction = Direction.FROM_INTEGRATION,
    named_only: bool = False,
) -> tuple[tuple[FieldMapping, ...], bool]:
    """Give the field mappings in the order of the table's fields, and whether all others are meant.

    The choice is the last one written; single fields are switched on and off upon it. Without any
    choice it is the fields switched on, and without those all; with
    named_only those that something was said about, and no others. Fields that no file can hold
    (pictures, blobs, record ids) are left out. A field switched off stays, not enabled.
    open_ended: the fields of the table are not known before its files are read. rules: the
    transformation rules by name. direction: of the mapping; a field that says nothing goes there.
    Rows stand behind the fields, in the order they were written.
    Source: semantics.md 2 and 8.3.
    """
    choice, said = what_was_said(layers)
    rows = rows_of(layers)
    known = _comparable(local, integration, said) if local and not open_ended else None
    if named_only and not choice:
        known = [name for name in (said if known is None else known) if name in said]
    chosen = _chosen(choice, said, known)
    if chosen is None and choice is not None:
        said |= {name: FieldSettings(enabled=False) for name in choice.excluded}
    names = dict.fromkeys(chosen or [])
    names |= dict.fromkeys(name for name, one in said.items() if _stays(one, chosen))
    held = local.by_name if local else {}
    mapped = [
        mapped_field(name, said.get(name, FieldSettings()), held.get(name), rules, direction)
        for name in _in_order(names, held)
        if _fits(held, name)
    ]
    there = integration.by_name if integration else held
    mapped += [_row(one, (held, there), rules, direction) for one in rows]
    return tuple(mapped), chosen is None


def rows_of(layers: Layers) -> tuple[FieldRow, ...]:
    """Give the rows in force: the last that were written take the place of all before."""
    return next((one.rows for one in reversed(layers) if one.rows is not None), ())


def what_was_said(layers: Layers) -> tuple[FieldChoice | None, Said]:
    """Give the last choice, and what was said about single fields since, layer upon layer."""
    choice: FieldChoice | None = None
    said: Said = {}
    constants: dict[str, str] = {}
    cleared: Sequence[str] = ()
    for layer in layers:
        if isinstance(layer.fields, FieldChoice):
            choice, said = layer.fields, {}
        for name, one in layer.fields.items() if isinstance(layer.fields, dict) else ():
            more = FieldSettings(enabled=one) if isinstance(one, bool) else one
            said[name] = _upon(said.get(name), more)
        constants = constants if layer.constants is None else layer.constants
        cleared = cleared if layer.clear_on_failed is None else layer.clear_on_failed
    for name, text in constants.items():
        said[name] = _upon(FieldSettings(constant=text), said.get(name, FieldSettings()))
    return choice, _with_cleared(said, cleared)


def _with_cleared(said: Said, cleared: Sequence[str]) -> Said:
    flag = FieldSettings(clear_on_failed=True)
    return said | {name: _upon(flag, said.get(name, FieldSettings())) for name in cleared}


def _upon(below: FieldSettings | None, said: FieldSettings) -> FieldSettings:
    """Give what was said before with what is said now in its place."""
    now = {word: value for word, value in said if value is not None}
    return said if below is None else below.model_copy(update=now)


def _comparable(local: TableSchema, integration: TableSchema | None, said: Said) -> list[str]:
    """Give the fields that files of both sides may hold."""
    there = {name for name, one in said.items() if one.integration}
    there |= (integration or local).by_name.keys()
    return [name for name in local.by_name if _fits(local.by_name, name) and name in there]


def _chosen(choice: FieldChoice | None, said: Said, known: list[str] | None) -> list[str] | None:
    """Give the fields a mapping starts with, or None when they are all that the files will hold."""
    switched_on = [name for name, one in said.items() if one.enabled]
    start = choice.only if choice else switched_on
    excluded = choice.excluded if choice else ()
    if not start and known is None:
        return None
    return [name for name in start or known or [] if name not in excluded]


def _stays(said: FieldSettings, chosen: list[str] | None) -> bool:
    """True for a field that is in a mapping because of what was said about it alone."""
    added = said.enabled is not False and said.constant is not None
    return chosen is None or said.enabled is True or added


def _in_order(names: Iterable[str], held: dict[str, Field]) -> list[str]:
    """Give the names in the order of the table's fields, those it does not know last."""
    place = {name: number for number, name in enumerate(held)}
    return sorted(names, key=lambda name: place.get(name, len(place)))


def _fits(held: dict[str, Field], name: str) -> bool:
    """True when files can hold the values of a field."""
    return name not in held or held[name].type not in NOT_IN_FILES


def _row(
    row: FieldRow, sides: tuple[dict[str, Field], dict[str, Field]], rules: Rules, of: Direction
) -> FieldMapping:
    """Give a row as a field mapping; a constant goes to the side whose field it names."""
    local, integration = sides
    field = local.get(row.local) if row.local else integration.get(row.integration)
    constant = None if row.constant is None else as_stored(field, row.constant)
    way = of if constant is None else _to(row)
    return FieldMapping(
        local=row.local,
        integration=row.integration,
        enabled=row.enabled,
        direction=row.direction or way,
        clear_on_failed=row.clear_on_failed,
        not_null=row.not_null,
        constant=constant,
        transformation=chain_of(row.transformation, rules) if row.transformation else (),
    )


def _to(row: FieldRow) -> Direction:
    return Direction.FROM_INTEGRATION if row.local else Direction.TO_INTEGRATION


def mapped_field(
    name: str, said: FieldSettings, field: Field | None, rules: Rules, direction: Direction
) -> FieldMapping:
    """Give what was said about a field as a field mapping; what nobody said is as in a new one."""
    return FieldMapping(
        local=name,
        integration=said.integration or name,
        enabled=said.enabled is not False,
        direction=said.direction or direction,
        overwrite_local_change=bool(said.overwrite_local_change),
        clear_on_failed=bool(said.clear_on_failed),
        not_null=bool(said.not_null),
        constant=None if said.constant is None else as_stored(field, said.constant),
        transformation=chain_of(said.transformation, rules) if said.transformation else (),
    )
