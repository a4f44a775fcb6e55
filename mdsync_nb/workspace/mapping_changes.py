"""Mappings and fields switched on and off, their words set and taken back, as edits of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mdsync_nb.errors import SettingsError, UsageError
from mdsync_nb.model import FieldChoice, FieldSettings, TableMapping
from mdsync_nb.workspace.document import KeyPath, document_of
from mdsync_nb.workspace.editing import (
    Edit,
    said_at,
    with_item,
    with_word,
    without_item,
    without_word,
)
from mdsync_nb.workspace.opened import Workspace, workspace_of
from mdsync_nb.workspace.places import (
    ColumnsOf,
    Place,
    enabled_fields,
    known_fields,
    layers,
    named_fields,
    places,
    toggle_of,
)

NO_FIELD = "would keep no field in step"


def checked(workspace: Workspace, text: str) -> Workspace:
    """Give the workspace as it would be with this text. Raises SettingsError for what is wrong."""
    return workspace_of(workspace.file, document_of(text, workspace.file.name))


def others_too() -> UsageError:
    """The refusal of an edit that would reach more than was asked for."""
    return UsageError(
        "Other mappings or fields would be switched, too.",
        hint="Say it in mdsync.yaml by hand, where each place can be read.",
    )


def edit_of(workspace: Workspace, before: str, after: str, notes: Iterable[str] = ()) -> Edit:
    """Give an edit whose text can be read. Raises SettingsError for what is wrong in it."""
    if before != after:
        checked(workspace, after)
    return Edit(workspace.file.name, before, after, tuple(notes))


def switch_mappings(
    workspace: Workspace, text: str, patterns: Sequence[str], *, on: bool, columns: ColumnsOf
) -> Edit:
    """Switch mappings on or off; those that are so already stay untouched.

    A word that only repeats what the layers below say is taken out, otherwise `enabled:` is
    written. Raises UnknownName, and UsageError for a mapping without any field to keep in step.
    """
    chosen = [one for one in workspace.named(*patterns) if one.enabled is not on]
    for one in chosen if on else ():
        if not enabled_fields(one, known_fields(workspace, one, columns)):
            raise UsageError(
                f"{one.name} {NO_FIELD}.",
                hint=f"Switch some on first: mdsync mapping enable {one.name} --field NAME",
            )
    wanted = {one.name for one in chosen}

    def holds(after: Workspace) -> bool:
        state = {name: one.enabled for name, one in workspace.mappings.items()}
        return {name: one.enabled for name, one in after.mappings.items()} == {
            name: on if name in wanted else enabled for name, enabled in state.items()
        }

    def attempt(lean: bool) -> str:
        after = text
        for place in places(workspace, chosen, lambda said: said.enabled is not None):
            said = place.said is not None and place.said.enabled is not None
            path = (*place.path, "enabled")
            after = without_word(after, path) if lean and said else _toggled(after, path, on)
        return after

    return Edit(workspace.file.name, text, _first_that(holds, workspace, attempt))


def switch_fields(
    workspace: Workspace,
    text: str,
    patterns: Sequence[str],
    fields: Sequence[str],
    *,
    on: bool,
    columns: ColumnsOf,
) -> Edit:
    """Switch fields of mappings on or off; those that are so already stay untouched.

    Where a choice is written (`only`, `all`, `except`), its lists are changed; elsewhere the field
    is named. Raises UnknownName, and UsageError when a mapping that runs would be left without a
    field. Source: semantics.md 2, LK-020.
    """
    chosen = workspace.named(*patterns)
    named = named_fields(workspace, chosen, fields, columns)
    known = {one.name: known_fields(workspace, one, columns) for one in chosen}
    now = {one.name: enabled_fields(one, known[one.name]) for one in chosen}
    moved = {name: (named[name] - now[name]) if on else (named[name] & now[name]) for name in named}
    wanted = {name: now[name] | moved[name] if on else now[name] - moved[name] for name in named}
    for one in chosen:
        if moved[one.name] and not wanted[one.name] and one.enabled:
            raise UsageError(
                f"{one.name} {NO_FIELD}.",
                hint=f"Switch the mapping off: mdsync mapping disable {one.name}",
            )

    def holds(after: Workspace) -> bool:
        return after.mappings.keys() == workspace.mappings.keys() and all(
            enabled_fields(one, known[name]) == wanted[name]
            if name in wanted
            else workspace.fingerprint(one) == workspace.fingerprint(workspace.mappings[name])
            for name, one in after.mappings.items()
        )

    def attempt(lean: bool) -> str:
        after = text
        for field in dict.fromkeys(f for one in known.values() for f in one):
            having = [one for one in chosen if field in moved[one.name]]
            for place in field_places(workspace, having, field):
                after = _switched(workspace, after, place, field, on=on, lean=lean)
        return after

    notes = [
        f"{one.name} itself is switched off: mdsync mapping enable {one.name}"
        for one in chosen
        if on and moved[one.name] and not one.enabled
    ]
    after = _first_that(holds, workspace, attempt)
    return Edit(workspace.file.name, text, after, tuple(notes))


def reset(workspace: Workspace, text: str, patterns: Sequence[str]) -> Edit:
    """Take back what people said about mappings, so that the pack's word is in force again.

    What `mappings:` says holds for every link: it goes only when all links are meant. A mapping
    that is nobody's but the person's own stays. Raises UnknownName, and UsageError when nothing
    was said that can be taken back.
    """
    chosen = workspace.named(*patterns)
    names = {one.name for one in chosen}
    after, notes = text, list[str]()
    for short in dict.fromkeys(one.short for one in chosen):
        alike = [one for one in workspace.mappings.values() if one.short == short]
        every = all(one.name in names for one in alike)
        packed = any(short in pack.mappings for pack in workspace.packs)
        shared = short in workspace.settings.mappings
        for one in (one for one in alike if one.name in names and (packed or shared)):
            after = without_word(after, ("links", one.link, "mappings", short))
        if shared and packed and every:
            after = without_word(after, ("mappings", short))
        elif shared and packed:
            notes.append(
                f"What `mappings:` says about {short} holds for other links, too, and stays; "
                f"mdsync mapping reset {short} takes it back for all."
            )
        elif not packed:
            notes.append(f"{short} is in no pack, so what it is stays: it has no default.")
    if after == text and notes:
        raise UsageError("Nothing of it can be taken back.", hint=" ".join(notes))
    return edit_of(workspace, text, after, notes)


def disabled_in(
    workspace: Workspace, text: str, mappings: Sequence[TableMapping], field: str
) -> str:
    """Give the text in which a field is switched off for mappings, where it is not already."""
    having = [one for one in mappings if field in enabled_fields(one, [field])]
    for place in field_places(workspace, having, field):
        text = _switched(workspace, text, place, field, on=False, lean=False)
    return text


def _first_that(
    holds: Callable[[Workspace], bool], workspace: Workspace, attempt: Callable[[bool], str]
) -> str:
    """Give the leanest text that does what was asked and nothing else."""
    for lean in (True, False):
        after = attempt(lean)
        try:
            if holds(checked(workspace, after)):
                return after
        except SettingsError:
            if not lean:
                raise
    raise others_too()


def _toggled(text: str, path: KeyPath, on: bool) -> str:
    return with_word(text, path, "yes" if on else "no")


def field_places(
    workspace: Workspace, having: Sequence[TableMapping], field: str, *, beside: bool = False
) -> Iterable[Place]:
    """Give where to say something about one field: a link's choice goes before all above it.

    beside: where `mappings:` chooses fields, so that no more can be said there, it is each link.
    """
    return places(
        workspace,
        having,
        lambda said: isinstance(said.fields, FieldChoice) or toggle_of(said, field) is not None,
        shared=lambda above: not (beside and isinstance(above.fields, FieldChoice)),
    )


def _switched(
    workspace: Workspace, text: str, place: Place, field: str, *, on: bool, lean: bool
) -> str:
    path = (*place.path, "fields")
    if place.said is not None and isinstance(place.said.fields, FieldChoice):
        return _chosen(text, path, place.said.fields, field, on=on)
    toggle = toggle_of(place.said, field)
    if isinstance(toggle, FieldSettings):
        said, word = toggle.enabled is not None, (*path, field, "enabled")
    else:
        said, word = toggle is not None, (*path, field)
    if lean and said and _may_be_left_out(workspace, place.mappings[0], on=on):
        return without_word(text, word)
    return _toggled(text, word, on)


def _may_be_left_out(workspace: Workspace, mapping: TableMapping, *, on: bool) -> bool:
    """True when a field that is not named is one the layers decide, not one nobody asked for."""
    said = [one.said.fields for one in layers(workspace, mapping)]
    if any(isinstance(one, FieldChoice) for one in said):
        return True
    listed = any(one.enabled for one in mapping.fields) or mapping.all_fields
    named = any(
        (one is True or (isinstance(one, FieldSettings) and one.enabled is True))
        for toggles in said
        if isinstance(toggles, dict)
        for one in toggles.values()
    )
    return on and listed and not named


def _chosen(text: str, path: KeyPath, choice: FieldChoice, field: str, *, on: bool) -> str:
    """Give the text with a field in or out of a choice."""
    if not on:
        return with_item(text, (*path, "except"), field)
    if not choice.all and not choice.only and said_at(text, (*path, "except")) == [field]:
        text = with_word(text, (*path, "all"), "yes")
    text = without_item(text, (*path, "except"), field)
    if choice.only and field not in choice.only:
        text = with_item(text, (*path, "only"), field)
    return text
