"""Words about single fields: by which of them records are matched, and words taken back."""

from __future__ import annotations

from collections.abc import Sequence

from mdsync_nb.errors import UsageError
from mdsync_nb.model import MatchField, TableMapping
from mdsync_nb.workspace.document import KeyPath, Tree
from mdsync_nb.workspace.editing import (
    Edit,
    said_at,
    with_item,
    with_word,
    without_item,
    without_word,
)
from mdsync_nb.workspace.mapping_changes import NO_FIELD, checked, others_too
from mdsync_nb.workspace.opened import Workspace
from mdsync_nb.workspace.places import (
    ColumnsOf,
    enabled_fields,
    known_fields,
    named_fields,
    places,
)
from mdsync_nb.workspace.values import NO, YES


def matched_by(workspace: Workspace, text: str, named: dict[str, set[str]], *, said: str) -> str:
    """Give the text in which mappings are matched by fields, or no longer.

    named: the fields, by mapping. said: yes or no. Criteria that stay keep their words.
    """
    if said.casefold() not in YES | NO:
        raise UsageError(f"match: {said!r} is neither yes nor no.", hint="Write match=yes.")
    on = said.casefold() in YES
    chosen = [one for name, one in workspace.mappings.items() if named.get(name)]
    for place in places(workspace, chosen, lambda above: above.match is not None):
        one, path = place.mappings[0], (*place.path, "match")
        now = [match.field for match in one.match]
        for field in (f for f in sorted(named[one.name]) if (f in now) is not on):
            text = _criterion(text, path, one, field, on=on)
    return text


def _criterion(text: str, path: KeyPath, mapping: TableMapping, field: str, *, on: bool) -> str:
    """Give the text with one criterion more or less; a list that is written there is changed."""
    there = said_at(text, path)
    if not isinstance(there, list):
        there = [_written(one) for one in mapping.match]
        text = with_word(text, path, there)
    if on:
        return with_item(text, path, field)
    kept = [one for one in there if _field_of(one) != field]
    if kept and field in there:
        return without_item(text, path, field)
    return with_word(text, path, kept)


def _written(match: MatchField) -> Tree:
    """Give a criterion as it is written: its name, and more where more was said of it."""
    said: dict[str, Tree] = {"field": match.field}
    said |= {"priority": str(match.priority)} if match.priority != 1 else {}
    said |= {"case_sensitive": "yes"} if match.case_sensitive else {}
    return match.field if len(said) == 1 else said


def _field_of(written: Tree) -> Tree:
    return written.get("field", "") if isinstance(written, dict) else written


def reset_fields(
    workspace: Workspace,
    text: str,
    patterns: Sequence[str],
    fields: Sequence[str],
    *,
    words: Sequence[str] = (),
    columns: ColumnsOf,
) -> Edit:
    """Take back what mdsync.yaml says about fields of mappings, so that the pack's word holds.

    words: only these of the fields' words. What `mappings:` says holds for every link, and goes
    only when all links are meant. Raises UnknownName, and UsageError when nothing can be taken
    back, or a mapping that runs would keep no field in step.
    """
    chosen = workspace.named(*patterns)
    named = named_fields(workspace, chosen, fields, columns)
    after = text
    for one in chosen:
        for path in _said_about(workspace, one, {other.name for other in chosen}):
            for field in sorted(named[one.name]):
                after = _taken_back(after, path, field, words)
    if after == text:
        raise UsageError(
            "Nothing of it can be taken back.",
            hint="It is not said in mdsync.yaml, or for other links, too; "
            "`mdsync mapping show` says where.",
        )
    _hold(workspace, checked(workspace, after), chosen, columns)
    return Edit(workspace.file.name, text, after)


def _hold(
    workspace: Workspace, moved: Workspace, chosen: Sequence[TableMapping], columns: ColumnsOf
) -> None:
    """Refuse what would take a mapping away, or leave one that runs without a field."""
    if moved.mappings.keys() != workspace.mappings.keys():
        raise others_too()
    for one in (moved.mappings[old.name] for old in chosen):
        if one.enabled and not enabled_fields(one, known_fields(moved, one, columns)):
            raise UsageError(
                f"{one.name} {NO_FIELD}.",
                hint=f"Switch the mapping off: mdsync mapping disable {one.name}",
            )


def _said_about(workspace: Workspace, mapping: TableMapping, chosen: set[str]) -> list[KeyPath]:
    """Give where in mdsync.yaml something may be said about a mapping and nothing else."""
    short = mapping.short
    alike = {one.name for one in workspace.mappings.values() if one.short == short}
    own: KeyPath = ("links", mapping.link, "mappings", short)
    return [own, ("mappings", short)] if alike <= chosen else [own]


def _taken_back(text: str, path: KeyPath, field: str, words: Sequence[str]) -> str:
    """Give the text without words about one field; a choice of fields says nothing of one."""
    there = said_at(text, (*path, "fields", field))
    of_field: KeyPath = (*path, "fields", field)
    if not words or (list(words) == ["enabled"] and isinstance(there, str)):
        text = without_word(text, of_field)
    elif isinstance(there, dict):
        for word in words:
            text = without_word(text, (*of_field, word))
    if not words or "constant" in words:
        text = without_word(text, (*path, "constants", field))
    return text
