"""What is wrong in the expressions and table views of a mapping's filters, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mdsync_nb.core.table_view import field_of, parsed_view
from mdsync_nb.errors import FilterMistake
from mdsync_nb.model import FileFormat, MappingSettings, TableSchema, WorkspaceSettings
from mdsync_nb.model.filter import MATCHES, FilterOrView
from mdsync_nb.workspace.document import Fault, KeyPath
from mdsync_nb.workspace.facts import schema_of
from mdsync_nb.workspace.filter_texts import refuse_expression, view_mistakes
from mdsync_nb.workspace.reading import nearest


class Side(NamedTuple):
    """What a filter of one side is about.

    closed: all fields of the table are known. formats: how the companies of that side write.
    """

    schema: TableSchema | None
    closed: bool
    formats: tuple[FileFormat, ...]


def filter_faults(
    path: KeyPath, said: MappingSettings, tables: tuple[str, str], settings: WorkspaceSettings
) -> Iterator[Fault]:
    """What is wrong in expressions and views of a mapping; simple conditions are told elsewhere.

    path: of the mapping. tables: local, integration.
    """
    local, integration = _sides(path, tables, settings)
    found = [
        *_of_filter("filter", said.filter, local),
        *_of_filter("filter", said.filter, integration),
        *_of_filter("local_filter", said.local_filter, local),
        *_of_filter("integration_filter", said.integration_filter, integration),
    ]
    yield from dict.fromkeys(found)


def _sides(
    path: KeyPath, tables: tuple[str, str], settings: WorkspaceSettings
) -> tuple[Side, Side]:
    """Both sides, with the companies of every link the mapping may be in force for."""
    links = [
        link
        for name, link in settings.links.items()
        if (path[0] != "links" or name == path[1]) and (not link.only or path[-1] in link.only)
    ]
    local = _side(tables[0], [one.local for one in links], settings)
    return local, _side(tables[1], [one.integration for one in links], settings)


def _side(table: str, companies: list[str], settings: WorkspaceSettings) -> Side:
    declared = settings.tables.get(table)
    schema = schema_of(table, settings.tables)
    formats = {
        (one.decimal, one.date_order): one
        for one in (
            settings.companies[name].format for name in companies if name in settings.companies
        )
    }
    closed = schema is not None and not (declared and declared.key)
    return Side(schema, closed, tuple(formats.values()) or (FileFormat(),))


def _of_filter(word: str, written: FilterOrView | None, side: Side) -> Iterator[Fault]:
    if isinstance(written, str):
        yield from _of_view(word, written, side)
        return
    for name, asked in (written or {}).items():
        if isinstance(asked, dict) and MATCHES in asked:
            known = side.schema.by_name.get(name) if side.schema else None
            for format in side.formats:
                try:
                    refuse_expression(asked[MATCHES], known, format)
                except FilterMistake as mistake:
                    yield _fault((word, name, MATCHES), mistake)


def _of_view(word: str, view: str, side: Side) -> Iterator[Fault]:
    for format in side.formats:
        yield from (_fault((word,), one) for one in view_mistakes(view, side.schema, format))
    try:
        asked = parsed_view(view)
    except FilterMistake:
        return
    schema = side.schema if side.closed else None
    for one in asked:
        if schema is not None and field_of(one.field, schema) is None:
            right = f"a field of {schema.table}, like {nearest(one.field, list(schema.by_name))}"
            yield _fault((word,), FilterMistake(view, one.field_at, right=right))


def _fault(path: KeyPath, mistake: FilterMistake) -> Fault:
    right = f"{mistake.right} (position {mistake.at + 1})"
    return Fault(path, mistake.expression, right, mistake.shown)
