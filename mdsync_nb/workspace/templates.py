"""The config templates of a mapping, with the values of those they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mdsync_nb.model import (
    ConfigTemplate,
    Direction,
    FileFormat,
    TableSchema,
    Template,
    TemplateSettings,
    WorkspaceSettings,
)
from mdsync_nb.workspace.filter_texts import conditions_of

Declared = Mapping[str, ConfigTemplate]


def templates_of(
    name: str,
    written: str | Sequence[TemplateSettings] | None,
    settings: WorkspaceSettings,
    sides: tuple[TableSchema | None, TableSchema | None],
) -> tuple[Template, ...]:
    """Give the templates in force of a mapping (`DE/CUSTOMER`), by ascending priority.

    sides: the tables, local and integration. A code nobody declared counts as none where only a
    pack names it; what a person wrote is in force, and not found.
    """
    link, _, short = name.partition("/")
    people = (settings.mappings, settings.links[link].mappings)
    own = any(short in some and some[short].templates is not None for some in people)
    said = (TemplateSettings(code=written),) if written and isinstance(written, str) else written
    listed = () if said is None or isinstance(said, str) else said
    ordered = sorted(listed, key=lambda one: one.priority)
    templates = [_template(one, settings, link, sides) for one in ordered]
    return tuple(one for one in templates if one.found or own)


def _template(
    said: TemplateSettings,
    settings: WorkspaceSettings,
    link: str,
    sides: tuple[TableSchema | None, TableSchema | None],
) -> Template:
    to = said.direction is Direction.TO_INTEGRATION
    company = settings.links[link].local if to else settings.links[link].integration
    format = settings.companies[company].format if company in settings.companies else FileFormat()
    known = said.code in settings.config_templates
    return Template(
        code=said.code,
        direction=said.direction,
        filter=conditions_of(said.filter or {}, sides[0 if to else 1], format),
        values=said.values or values_of(said.code, settings.config_templates),
        found=bool(said.values) or known,
    )


def values_of(code: str, declared: Declared) -> dict[str, str]:
    """Give the values of a template and of those it leads to; each overwrites those before it."""
    values: dict[str, str] = {}
    seen: set[str] = set()
    while code in declared and code not in seen:
        seen.add(code)
        values |= declared[code].values
        code = declared[code].next
    return values
