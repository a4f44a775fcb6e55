"""Words said about mappings and their fields by command, checked as mdsync.yaml itself is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import yaml

from mdsync_nb.errors import SettingsError, UsageError
from mdsync_nb.model import FieldChoice, FieldSettings, MappingSettings, TableMapping
from mdsync_nb.workspace.document import Document, KeyPath, Tree, document_of
from mdsync_nb.workspace.editing import Edit, said_at, with_word
from mdsync_nb.workspace.field_words import matched_by
from mdsync_nb.workspace.mapping_changes import checked, field_places, others_too
from mdsync_nb.workspace.opened import Workspace
from mdsync_nb.workspace.places import ColumnsOf, Place, named_fields, places
from mdsync_nb.workspace.reading import read_as

MATCH = "match"


def set_words(
    workspace: Workspace,
    text: str,
    patterns: Sequence[str],
    words: Mapping[str, str],
    *,
    fields: Sequence[str] = (),
    columns: ColumnsOf,
) -> Edit:
    """Say words about mappings, or about fields of them; the words of docs/settings.md.

    words: a word (`only_coupled`, `limits.updates`) and its value, a text or YAML in `[]` or `{}`.
    Of fields also `match`, yes or no: whether records are matched by them.
    Raises UnknownName, and SettingsError for a word or value nobody knows, with what is near.
    """
    criterion = words.get(MATCH) if fields else None
    said: dict[KeyPath, Tree] = {
        tuple(word.split(".")): _value(word, value)
        for word, value in words.items()
        if criterion is None or word != MATCH
    }
    _check(FieldSettings if fields else MappingSettings, said)
    chosen = workspace.named(*patterns)
    named = named_fields(workspace, chosen, fields, columns)
    after = text
    for path, value in said.items():
        after = (
            _said_of_fields(workspace, after, named, path, value)
            if fields
            else _said_of_mappings(workspace, after, chosen, path, value)
        )
    if criterion is not None:
        after = matched_by(workspace, after, named, said=criterion)
    moved = checked(workspace, after)
    names = {one.name for one in chosen}
    if _others(moved, names) != _others(workspace, names):
        raise others_too()
    return Edit(workspace.file.name, text, after)


def _said_of_mappings(
    workspace: Workspace, text: str, chosen: Sequence[TableMapping], path: KeyPath, value: Tree
) -> str:
    for place in places(workspace, chosen, _says(path)):
        text = with_word(text, (*place.path, *path), value)
    return text


def _said_of_fields(
    workspace: Workspace, text: str, named: dict[str, set[str]], path: KeyPath, value: Tree
) -> str:
    for field in dict.fromkeys(f for one in named.values() for f in sorted(one)):
        having = [workspace.mappings[name] for name, one in named.items() if field in one]
        for place in field_places(workspace, having, field, beside=True):
            text = _said_of_field(text, place, field, path, value)
    return text


def _said_of_field(text: str, place: Place, field: str, word: KeyPath, value: Tree) -> str:
    """Give the text with a word about one field, where it can be said there."""
    if place.said is not None and isinstance(place.said.fields, FieldChoice):
        raise UsageError(
            f"{'.'.join(map(str, place.path))}.fields chooses fields, so it cannot say more.",
            hint="Move the choice to `mappings:` and say more about single fields in the link, "
            "or the other way round.",
        )
    path = (*place.path, "fields", field)
    there = said_at(text, path)
    if isinstance(there, str):
        return with_word(text, path, {"enabled": there} | {str(word[0]): value})
    return with_word(text, (*path, *word), value)


def _says(path: KeyPath) -> Callable[[MappingSettings], bool]:
    """Give the question whether a layer says a word itself."""

    def says(said: MappingSettings) -> bool:
        written = said.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
        for word in path:
            if not isinstance(written, dict) or word not in written:
                return False
            written = written[word]
        return True

    return says


def _value(word: str, text: str) -> Tree:
    """Give a value as somebody typed it: YAML where it begins as a list or block, else a text."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return document_of(f"value: {text}", word).tree["value"]
    except (UsageError, yaml.YAMLError) as error:
        raise UsageError(
            f"{word}: {text!r} is no list or block.",
            hint="Write [this, that] or {name: value}, and quotes around what holds signs.",
        ) from error


def _check(
    model: type[FieldSettings] | type[MappingSettings], said: Mapping[KeyPath, Tree]
) -> None:
    tree: dict[str, Tree] = {}
    for path, value in said.items():
        inner = value
        for word in reversed(path[1:]):
            inner = {str(word): inner}
        first = str(path[0])
        held = tree.get(first)
        both = isinstance(held, dict) and isinstance(inner, dict)
        tree[first] = {**held, **inner} if both else inner  # type: ignore[dict-item]
    try:
        read_as(model, Document("the command", tree, {}))
    except SettingsError as error:
        error.hint = "Correct it and run the command again; docs/settings.md has every word."
        raise


def _others(workspace: Workspace, names: set[str]) -> dict[str, str]:
    """Give the mappings that are not meant, by what tells when they move."""
    return {
        name: workspace.hash_of(one)
        for name, one in workspace.mappings.items()
        if name not in names
    }
