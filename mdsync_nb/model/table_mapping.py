"""Mappings in force: what is kept in step between two companies, and each step's two sides."""

from __future__ import annotations

from pydantic import Field as Setting
from pydantic import model_validator

from mdsync_nb.model.base import Settings
from mdsync_nb.model.filter import Condition
from mdsync_nb.model.kinds import DeletionConflict, Direction, FirstSync, LinkKind, UpdateConflict
from mdsync_nb.model.mapping import Limits, MatchField
from mdsync_nb.model.profile import PROFILES, Profile
from mdsync_nb.model.queue import Schedule
from mdsync_nb.model.template import Template
from mdsync_nb.model.transformation import TransformationRule

TO, FROM = Direction.TO_INTEGRATION, Direction.FROM_INTEGRATION


class FieldMapping(Settings):
    """One field of a table mapping, by its name on each side.

    A constant has no field on the side it comes from: there the name is blank, or means nothing.
    transformation: the chain of rules its source value goes through before it is compared.
    """

    local: str
    integration: str
    enabled: bool = True
    direction: Direction = FROM
    overwrite_local_change: bool = False
    clear_on_failed: bool = False
    not_null: bool = False
    constant: str | None = None
    transformation: tuple[TransformationRule, ...] = ()

    def flows(self, direction: Direction) -> bool:
        """Whether it carries values in one direction (semantics.md 2)."""
        return self.direction in (direction, Direction.BIDIRECTIONAL)

    def names(self, direction: Direction) -> tuple[str, str]:
        """Its field in the (source, destination) of a step."""
        there_and_here = (self.integration, self.local)
        return there_and_here if direction is FROM else (self.local, self.integration)


class TableMapping(Settings):
    """A mapping in force, named `link/mapping`: the pack, the workspace and the link together.

    integration is the source company or Dataverse, local the company that owns the set-up; the
    fields are those both files may hold, in the order they are transferred (semantics.md 1, 2, 8).
    all_fields: the table's fields are not known before its files are read, and all of them are
    meant; `fields` then holds only what was said about single ones.
    templates: of new records, in the order they are tried.
    depends_on: mappings of the same link, by their short names, that go before this one.
    schedule: of its job queue entry; it decides nothing about records, so no hash counts it.
    towards: the direction of the step at hand; it says which side is source and destination.
    """

    name: str
    link: str
    local: str
    integration: str
    table: str
    integration_table: str
    fields: tuple[FieldMapping, ...]
    kind: LinkKind = LinkKind.MASTER_DATA
    all_fields: bool = False
    enabled: bool = True
    direction: Direction = FROM
    depends_on: tuple[str, ...] = ()
    local_filter: tuple[Condition, ...] = ()
    integration_filter: tuple[Condition, ...] = ()
    match: tuple[MatchField, ...] = ()
    propose_match: tuple[tuple[str, ...], ...] = ()
    natural_key: tuple[str, ...] = ()
    only_coupled: bool = True
    create_new: bool = True
    sync_after_coupling: bool = True
    overwrite_local_change: bool = False
    update_conflict: UpdateConflict = UpdateConflict.NONE
    deletion_conflict: DeletionConflict = DeletionConflict.NONE
    first_sync: FirstSync = FirstSync.ASK
    limits: Limits = Limits()
    templates: tuple[Template, ...] = ()
    schedule: Schedule = Setting(default=Schedule(), exclude=True)
    towards: Direction = Setting(default=FROM, exclude=True)

    @property
    def short(self) -> str:
        """The mapping's name within its link (`CUSTOMER`)."""
        return self.name.partition("/")[2]

    @property
    def profile(self) -> Profile:
        """How its link behaves."""
        return PROFILES[self.kind]

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions of its steps in the order of a run (semantics.md 7.2)."""
        return (TO, FROM) if self.direction is Direction.BIDIRECTIONAL else (self.direction,)

    def going(self, direction: Direction) -> TableMapping:
        """Give the mapping as a step in one direction sees it."""
        return self if self.towards is direction else self.model_copy(update={"towards": direction})

    @property
    def comes_from_local(self) -> bool:
        """Whether the local side is the source of the step at hand."""
        return self.towards is TO

    @property
    def source(self) -> str:
        """The company the step reads."""
        return self.local if self.comes_from_local else self.integration

    @property
    def source_table(self) -> str:
        """The table the step reads."""
        return self.table if self.comes_from_local else self.integration_table

    @property
    def source_filter(self) -> tuple[Condition, ...]:
        """Which records of the source it takes."""
        return self.local_filter if self.comes_from_local else self.integration_filter

    @property
    def destination(self) -> str:
        """The company the step writes."""
        return self.integration if self.comes_from_local else self.local

    @property
    def destination_table(self) -> str:
        """The table the step writes."""
        return self.integration_table if self.comes_from_local else self.table

    @property
    def destination_filter(self) -> tuple[Condition, ...]:
        """Which records of the destination belong to the mapping."""
        return self.integration_filter if self.comes_from_local else self.local_filter

    @property
    def read_places(self) -> list[tuple[str, str]]:
        """The tables its steps read, each with its company."""
        ways = [self.going(one) for one in self.directions]
        return [(one.source, one.source_table) for one in ways]

    @property
    def overwrites(self) -> bool:
        """Whether the source may overwrite every field of a record that was changed here."""
        gets = self.update_conflict is UpdateConflict.GET_UPDATE_FROM_INTEGRATION
        return self.overwrite_local_change or gets

    @property
    def takes_own_echoes(self) -> bool:
        """Whether a run from the integration side also looks at what the other direction wrote.

        Source: semantics.md 4.11.
        """
        only_from = any(
            one.enabled and one.integration and one.direction is FROM and one.constant is None
            for one in self.fields
        )
        return self.direction is not Direction.BIDIRECTIONAL or only_from

    @model_validator(mode="after")
    def _master_data_comes_from_the_source_company(self) -> TableMapping:
        if self.direction not in self.profile.ways:
            raise ValueError(
                f"{self.name}: master data only flows from the source company (from_integration)"
            )
        return self
