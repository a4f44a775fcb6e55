"""The mappings in force: the pack, the workspace and the link, one upon the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from mdsync_nb.model import (
    Condition,
    Direction,
    FileFormat,
    Limits,
    LinkKind,
    LinkSettings,
    MappingSettings,
    MatchField,
    Pack,
    TableMapping,
    TableSchema,
    WorkspaceSettings,
)
from mdsync_nb.model.filter import FilterOrView
from mdsync_nb.workspace.filter_texts import conditions_of
from mdsync_nb.workspace.mapped_fields import mapped_fields
from mdsync_nb.workspace.order import in_dependency_order
from mdsync_nb.workspace.schedules import schedule_of
from mdsync_nb.workspace.templates import templates_of
from mdsync_nb.workspace.transformations import Rules, known_rules

Value = TypeVar("Value")
SchemaOf = Callable[[str], TableSchema | None]
Layers = Sequence[MappingSettings]

TAKEN_AS_SAID = (
    "enabled",
    "direction",
    "depends_on",
    "propose_match",
    "natural_key",
    "only_coupled",
    "create_new",
    "sync_after_coupling",
    "overwrite_local_change",
    "update_conflict",
    "deletion_conflict",
)


def mappings_in_force(
    settings: WorkspaceSettings, packs: Sequence[Pack], schema: SchemaOf
) -> dict[str, TableMapping]:
    """Give every mapping in force by its name (`DE/CUSTOMER`), link by link, in dependency order.

    A mapping of a pack is in force for a link when at least one of its two companies delivers the
    table; what a person wrote is in force in any case. `only` of a link leaves out the rest.
    Source: semantics.md 8.6 (order), 1 and 2 (what a mapping says).
    """
    found: dict[str, TableMapping] = {}
    rules = known_rules(settings, packs)
    for link_name, link in settings.links.items():
        layers = layers_of(settings, packs, link)
        kept = {name for name in layers if _is_in_force(name, layers[name], settings, link)}
        order = {name: _last(layers[name], "depends_on", ()) for name in layers}
        for name in in_dependency_order(order):
            if name in kept:
                mapping = _mapping(
                    f"{link_name}/{name}", layers[name], settings, schema, rules=rules
                )
                before = tuple(one for one in mapping.depends_on if one in kept)
                on = mapping.enabled and link.enabled
                more = {"depends_on": before, "enabled": on}
                found[mapping.name] = mapping.model_copy(update=more)
    return found


def layers_of(
    settings: WorkspaceSettings, packs: Sequence[Pack], link: LinkSettings
) -> dict[str, list[MappingSettings]]:
    """Give what was said about each mapping of a link, the strongest word last."""
    layers: dict[str, list[MappingSettings]] = {}
    of_packs = (pack.mappings for pack in packs if pack.kind is link.kind)
    for mappings in (*of_packs, settings.mappings, link.mappings):
        for name, said in mappings.items():
            layers.setdefault(name, []).append(said)
    return layers


def tables_of(layers: Layers) -> tuple[str, str]:
    """Give the local table and the integration table of a mapping; the same unless said."""
    table: str = _last(layers, "table", "")
    return table, _last(layers, "integration_table", table)


def _last(layers: Layers, word: str, default: Value) -> Value:
    """Give what was said last, or the default when nobody said anything."""
    said = (getattr(layer, word) for layer in reversed(layers))
    return next((value for value in said if value is not None), default)


def _is_in_force(
    name: str, layers: Layers, settings: WorkspaceSettings, link: LinkSettings
) -> bool:
    if link.only and name not in link.only:
        return False
    table, integration_table = tables_of(layers)
    written = name in settings.mappings or name in link.mappings
    delivered = table in settings.companies[link.local].tables
    wanted = integration_table in settings.companies[link.integration].tables
    return written or delivered or wanted


def _mapping(
    name: str, layers: Layers, settings: WorkspaceSettings, schema: SchemaOf, *, rules: Rules
) -> TableMapping:
    link_name = name.partition("/")[0]
    link = settings.links[link_name]
    table, integration_table = tables_of(layers)
    local, integration = schema(table), schema(integration_table)
    fields, all_fields = mapped_fields(
        layers,
        local,
        integration,
        open_ended=local is not None and not local.known,
        rules=rules,
        direction=_last(layers, "direction", Direction.FROM_INTEGRATION),
        named_only=link.kind is LinkKind.DATAVERSE,
    )
    said = {word: _last(layers, word, None) for word in TAKEN_AS_SAID}
    return TableMapping(
        name=name,
        link=link_name,
        kind=link.kind,
        local=link.local,
        integration=link.integration,
        table=table,
        integration_table=integration_table,
        fields=fields,
        all_fields=all_fields,
        local_filter=_filter(layers, "local_filter", local, settings.companies[link.local].format),
        integration_filter=_filter(
            layers, "integration_filter", integration, settings.companies[link.integration].format
        ),
        match=tuple(map(_match_field, _last(layers, "match", ()))),
        first_sync=_last(layers, "first_sync", link.first_sync),
        limits=_limits(layers, settings.limits),
        schedule=schedule_of(name, layers, settings, link),
        templates=templates_of(
            name, _last(layers, "templates", None), settings, (local, integration)
        ),
        **{word: value for word, value in said.items() if value is not None},
    )


def _match_field(written: str | MatchField) -> MatchField:
    return MatchField(field=written) if isinstance(written, str) else written


def _limits(layers: Layers, limits: Limits) -> Limits:
    """Give the workspace's limits with what a mapping says of single ones."""
    for layer in layers:
        if layer.limits is not None:
            said = {word: getattr(layer.limits, word) for word in layer.limits.model_fields_set}
            limits = limits.model_copy(update=said)
    return limits


def _filter(
    layers: Layers,
    side: Literal["local_filter", "integration_filter"],
    schema: TableSchema | None,
    format: FileFormat,
) -> tuple[Condition, ...]:
    """Give the conditions of one side: its own filter goes before the one of both sides."""
    written: FilterOrView = {}
    for layer in layers:
        for said in (layer.filter, getattr(layer, side)):
            written = written if said is None else said
    return conditions_of(written, schema, format)
