"""What config templates say that cannot be: fields, values and templates that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from mdsync_nb.errors import FilterMistake
from mdsync_nb.model import (
    Direction,
    FileFormat,
    MappingSettings,
    TableSchema,
    TemplateSettings,
    WorkspaceSettings,
)
from mdsync_nb.model.filter import MATCHES, FilterOrView
from mdsync_nb.workspace.document import Fault, KeyPath
from mdsync_nb.workspace.filter_texts import refuse_expression, view_mistakes
from mdsync_nb.workspace.reading import nearest
from mdsync_nb.workspace.values import right_value

Sides = tuple[TableSchema | None, TableSchema | None]
"""The tables of a mapping, local and integration; None where their fields are not known yet."""


def declared_template_faults(settings: WorkspaceSettings) -> Iterator[Fault]:
    """Templates that lead to one nobody declared, or back to themselves."""
    declared = settings.config_templates
    for name, one in declared.items():
        path = ("config_templates", name, "next")
        if one.next and one.next not in declared:
            yield Fault(path, one.next, nearest(one.next, list(declared)))
        seen, following = [name], one.next
        while following in declared and following not in seen:
            seen.append(following)
            following = declared[following].next
        if following == name:
            around = " -> ".join([*seen, name])
            yield Fault(path, one.next, f"a template that does not come back ({around})")


def template_faults(said: MappingSettings, sides: Sides) -> Iterator[Fault]:
    """What is wrong in the templates a mapping writes itself; paths below the mapping."""
    if said.templates is None or isinstance(said.templates, str):
        return
    for n, one in enumerate(said.templates):
        yield from _template_faults(("templates", n), one, sides)


def _template_faults(path: KeyPath, one: TemplateSettings, sides: Sides) -> Iterator[Fault]:
    if one.direction is Direction.BIDIRECTIONAL:
        right = "from_integration or to_integration, because a template is of one table"
        yield Fault((*path, "direction"), one.direction.value, right)
        return
    local, integration = sides
    to = one.direction is Direction.TO_INTEGRATION
    source, destination = (local, integration) if to else (integration, local)
    for field, text in one.values.items():
        yield from _value_faults((*path, "values", field), field, text, destination)
    yield from _filter_faults((*path, "filter"), one.filter or {}, source)


def _value_faults(
    path: KeyPath, field: str, text: str, schema: TableSchema | None
) -> Iterator[Fault]:
    if schema is None:
        return
    known = schema.by_name.get(field)
    if known is None:
        near = nearest(field, list(schema.by_name))
        yield Fault(path, field, f"a field of {schema.table}, like {near}")
    elif right := right_value(known, text):
        yield Fault(path, text, right)


def _filter_faults(
    path: KeyPath, written: FilterOrView, schema: TableSchema | None
) -> Iterator[Fault]:
    if isinstance(written, str):
        for mistake in view_mistakes(written, schema, FileFormat()):
            yield Fault(path, written, mistake.right)
        return
    for field, asked in written.items():
        place = (*path, field)
        if isinstance(asked, dict) and MATCHES in asked:
            try:
                refuse_expression(asked[MATCHES], None, FileFormat())
            except FilterMistake as mistake:
                yield Fault((*place, MATCHES), asked[MATCHES], mistake.right)
            yield from _value_faults(place, field, "", schema)
            continue
        texts = asked.values() if isinstance(asked, dict) else asked
        for text in (texts,) if isinstance(texts, str) else texts:
            yield from _value_faults(place, field, text, schema)
