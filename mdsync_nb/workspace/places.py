"""Where in mdsync.yaml a word about a mapping stands, or would have to stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from mdsync_nb.errors import UnknownName
from mdsync_nb.model import FieldSettings, MappingSettings, TableMapping
from mdsync_nb.workspace.document import KeyPath
from mdsync_nb.workspace.facts import NOT_IN_FILES
from mdsync_nb.workspace.opened import Workspace, pattern_of

ColumnsOf = Callable[[TableMapping], Sequence[str]]
"""The fields that the loaded files of both sides hold, none before they are loaded."""


class Place(NamedTuple):
    """The path of a mapping in mdsync.yaml, what is said there, and the mappings it is for."""

    path: KeyPath
    said: MappingSettings | None
    mappings: tuple[TableMapping, ...]


class Layer(NamedTuple):
    """What one place says about a mapping, and its name: `pack item`, `mappings`, `links.DE`."""

    origin: str
    said: MappingSettings


def layers(workspace: Workspace, mapping: TableMapping) -> list[Layer]:
    """Give what was said about a mapping, the strongest word last."""
    link = workspace.settings.links[mapping.link]
    named = [
        *((f"pack {pack.pack}", pack.mappings) for pack in workspace.packs),
        ("mappings", workspace.settings.mappings),
        (f"links.{mapping.link}", link.mappings),
    ]
    return [Layer(origin, of[mapping.short]) for origin, of in named if mapping.short in of]


def places(
    workspace: Workspace,
    chosen: Sequence[TableMapping],
    says: Callable[[MappingSettings], bool],
    *,
    shared: Callable[[MappingSettings], bool] = lambda _: True,
) -> Iterator[Place]:
    """Give where to say a word about mappings, so that it is in force for them and no other.

    A link that says the word itself is changed there. For the rest it is `mappings:`, when all
    links that have the mapping are meant and it may stand there; otherwise each link.
    says: whether a layer says the word. shared: whether the word may be added to that layer.
    """
    for short in dict.fromkeys(one.short for one in chosen):
        alike = [one for one in chosen if one.short == short]
        rest = []
        for one in alike:
            own = workspace.settings.links[one.link].mappings.get(short)
            if own is not None and says(own):
                yield _of_link(workspace, one)
            else:
                rest.append(one)
        above = workspace.settings.mappings.get(short)
        if rest and _for_all(workspace, alike) and (above is None or shared(above)):
            yield Place(("mappings", short), above, tuple(rest))
        else:
            yield from (_of_link(workspace, one) for one in rest)


def _of_link(workspace: Workspace, mapping: TableMapping) -> Place:
    said = workspace.settings.links[mapping.link].mappings.get(mapping.short)
    return Place(("links", mapping.link, "mappings", mapping.short), said, (mapping,))


def _for_all(workspace: Workspace, alike: Sequence[TableMapping]) -> bool:
    """True when words in `mappings:` would reach these mappings alone, and bring none in force."""
    short = alike[0].short
    there = {one.name for one in workspace.mappings.values() if one.short == short}
    if there != {one.name for one in alike}:
        return False
    if short in workspace.settings.mappings:
        return True
    of_packs = any(short in pack.mappings for pack in workspace.packs)
    return of_packs and len(there) == len(workspace.settings.links)


def named_fields(
    workspace: Workspace,
    chosen: Sequence[TableMapping],
    patterns: Sequence[str],
    columns: ColumnsOf,
) -> dict[str, set[str]]:
    """Give the fields that patterns name, by mapping. Raises UnknownName for one that fits none."""
    known = {one.name: known_fields(workspace, one, columns) for one in chosen}
    found: dict[str, set[str]] = {name: set() for name in known}
    for text in patterns:
        pattern = pattern_of(text)
        for name, fields in known.items():
            found[name] |= {field for field in fields if pattern.fullmatch(field.casefold())}
        if not any(
            pattern.fullmatch(one.casefold()) for fields in known.values() for one in fields
        ):
            every = dict.fromkeys(field for fields in known.values() for field in fields)
            raise UnknownName("field", text, list(every))
    return found


def known_fields(workspace: Workspace, mapping: TableMapping, columns: ColumnsOf) -> list[str]:
    """Give the fields a mapping may keep in step: its table's, or those its files hold."""
    schema = workspace.schema(mapping.table)
    facts = schema.fields if schema else ()
    held = [one.name for one in facts if one.type not in NOT_IN_FILES]
    named = [one.local for one in mapping.fields]
    seen = columns(mapping) if is_open(workspace, mapping) else ()
    return list(dict.fromkeys(one for one in (*held, *named, *seen) if one))


def is_open(workspace: Workspace, mapping: TableMapping) -> bool:
    """True when the fields of a mapping's table are only known from its files."""
    schema = workspace.schema(mapping.table)
    return schema is None or not schema.known


def enabled_fields(mapping: TableMapping, known: Sequence[str]) -> set[str]:
    """Give the fields a mapping keeps in step. known: all there are, where the files tell them."""
    named = {one.local for one in mapping.fields}
    more = set(known) - named if mapping.all_fields else set()
    return more | {one.local for one in mapping.fields if one.enabled}


def toggle_of(said: MappingSettings | None, field: str) -> FieldSettings | bool | None:
    """Give what a layer says about one field by its name, None when it says nothing."""
    single = said.fields if said is not None and isinstance(said.fields, dict) else {}
    return single.get(field)
