"""Mappings: which table of the source company is kept in step by a subsidiary, and how."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Tag, model_validator
from pydantic import Field as Setting

from mdsync_nb.model.base import Names, Settings, Share, shape
from mdsync_nb.model.filter import FilterOrView
from mdsync_nb.model.kinds import DeletionConflict, Direction, FirstSync, UpdateConflict
from mdsync_nb.model.queue import QueueSettings
from mdsync_nb.model.template import TemplateSettings


class Limits(Settings):
    """The share of the destination's records in the filter that one plan may touch.

    Never under `floor` records; inserts into an empty table are exempt. Deletes default to none.
    """

    updates: Share = 0.2
    inserts: Share = 0.2
    deletes: Share = 0.0
    floor: int = 20


class MatchField(Settings):
    """One criterion of match-based coupling (semantics.md 10)."""

    field: str
    priority: int = Setting(default=1, ge=0)
    case_sensitive: bool = False


class FieldSettings(Settings):
    """What people may say about one field; what they leave out keeps the pack's word."""

    integration: str | None = None
    enabled: bool | None = None
    direction: Direction | None = None
    overwrite_local_change: bool | None = None
    clear_on_failed: bool | None = None
    not_null: bool | None = None
    constant: str | None = None
    transformation: str | None = None

    @model_validator(mode="after")
    def _a_constant_comes_from_no_field(self) -> FieldSettings:
        if self.constant is not None and self.integration is not None:
            raise ValueError(
                "either `constant` or `integration`, because a constant needs no field"
            )
        if self.constant is not None and self.transformation:
            raise ValueError(
                "either `constant` or `transformation`, because a constant is not transformed"
            )
        return self


class FieldRow(Settings):
    """A field mapping that stands by itself: another one of a local field, or a constant for a
    field of the integration side."""

    local: str = ""
    integration: str = ""
    enabled: bool = True
    direction: Direction | None = None
    clear_on_failed: bool = False
    not_null: bool = False
    constant: str | None = None
    transformation: str | None = None

    @model_validator(mode="after")
    def _a_row_has_two_ends(self) -> FieldRow:
        ends = [one for one in (self.local, self.integration) if one]
        if len(ends) != (2 if self.constant is None else 1):
            raise ValueError("`local` and `integration`, or one of them with its `constant`")
        return self


class FieldChoice(Settings):
    """Which fields a mapping starts with: all of them (also with `except` alone), or only some."""

    all: bool = False
    only: tuple[str, ...] = ()
    excluded: tuple[str, ...] = Setting(default=(), alias="except")

    @model_validator(mode="after")
    def _all_or_only_some(self) -> FieldChoice:
        if (self.all and self.only) or not (self.all or self.only or self.excluded):
            raise ValueError("either `all: yes` or `only:` with the names of fields")
        return self


FIELD_CHOICE_WORDS = {"all", "only", "except"}


def _choice_or_toggles(written: object) -> str:
    """Tell `fields: {only: [...]}` from `fields: {Phone No.: no}`."""
    if isinstance(written, FieldChoice):
        return "choice"
    if not isinstance(written, dict) or not written:
        return "toggles"
    lists = all(shape(value) == "list" for value in written.values())
    return "choice" if lists or FIELD_CHOICE_WORDS & written.keys() else "toggles"


FieldOrToggle = Annotated[
    Annotated[FieldSettings, Tag("block")] | Annotated[bool, Tag("text")], Discriminator(shape)
]
FieldsOfMapping = Annotated[
    Annotated[FieldChoice, Tag("choice")] | Annotated[dict[str, FieldOrToggle], Tag("toggles")],
    Discriminator(_choice_or_toggles),
]
FieldOrMatch = Annotated[
    Annotated[str, Tag("text")] | Annotated[MatchField, Tag("block")], Discriminator(shape)
]


CodeOrTemplates = Annotated[
    Annotated[str, Tag("text")] | Annotated[tuple[TemplateSettings, ...], Tag("list")],
    Discriminator(shape),
]


class MappingSettings(Settings):
    """A table mapping as a pack or a person writes it; nothing said means: as it was before.

    fields: a choice (`only`, `all`, `except`) replaces the one before it; single fields by name
    switch them on and off, or say more about them, and leave the others alone.
    rows: field mappings besides those of `fields`; they replace the rows before them.
    filter: of both sides; local_filter and integration_filter replace it on theirs.
    """

    table: str | None = None
    integration_table: str | None = None
    enabled: bool | None = None
    direction: Direction | None = None
    depends_on: tuple[str, ...] | None = None
    fields: FieldsOfMapping | None = None
    rows: tuple[FieldRow, ...] | None = None
    filter: FilterOrView | None = None
    local_filter: FilterOrView | None = None
    integration_filter: FilterOrView | None = None
    constants: dict[str, str] | None = None
    match: tuple[FieldOrMatch, ...] | None = None
    propose_match: tuple[Names, ...] | None = None
    natural_key: tuple[str, ...] | None = None
    only_coupled: bool | None = None
    create_new: bool | None = None
    sync_after_coupling: bool | None = None
    overwrite_local_change: bool | None = None
    update_conflict: UpdateConflict | None = None
    deletion_conflict: DeletionConflict | None = None
    clear_on_failed: tuple[str, ...] | None = None
    validate_fields: tuple[str, ...] | None = Setting(default=None, alias="validate")
    templates: CodeOrTemplates | None = None
    first_sync: FirstSync | None = None
    limits: Limits | None = None
    queue: QueueSettings | None = None
