"""From a mapping's settings and state to what a step wants, and through all steps of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mdsync_nb.core.actions import Purpose
from mdsync_nb.engine.found import Candidates, StepFound, StepWanted
from mdsync_nb.engine.keys import Planned, and_planned
from mdsync_nb.engine.step import evaluate
from mdsync_nb.errors import UsageError
from mdsync_nb.model import Direction, FieldMapping, TableMapping
from mdsync_nb.store import Image, Reading
from mdsync_nb.workspace import Workspace

Pretend = Callable[[int, StepFound], None]
"""Leaves the frames as a step would leave them: its number, and what was found."""


@dataclass(frozen=True)
class Run:
    """How the mappings of a run are looked at.

    forced: a person chose the direction. touch: then also records of which nothing differs get a
    new time. creates: also records nobody coupled, whatever the mapping
    says. asked: a person named the records. anyway: also those set aside. renews: a counterpart
    that is gone is created again. brief: records nothing is done with or said of are only counted.
    purpose: what they are looked at for.
    """

    candidates: Candidates = "modified"
    full: bool = False
    again: bool = False
    records: tuple[str, ...] = ()
    forced: bool = False
    creates: bool = False
    asked: bool = False
    anyway: bool = False
    renews: bool = False
    touch: bool = False
    brief: bool = False
    purpose: Purpose = Purpose.SYNCHRONIZE


def each_way(
    mapping: TableMapping, direction: Direction | None = None, *, any_way: bool = False
) -> list[TableMapping]:
    """Give a mapping as each of its steps sees it, in the order of a run (semantics.md 7.2).

    direction: only this one. any_way: both, whatever the mapping is configured for. Raises
    UsageError for one the mapping is not configured for, or that no enabled field flows in
    (semantics.md 2, 4.2).
    """
    ways = mapping.directions if direction is None else (direction,)
    ways = (Direction.TO_INTEGRATION, Direction.FROM_INTEGRATION) if any_way else ways
    for way in ways:
        if way not in mapping.directions and not any_way:
            raise UsageError(
                f"{mapping.name} is not configured for {way} synchronization.",
                hint=f"Its direction is {mapping.direction}; set it, or leave the direction out.",
            )
        if (
            not any_way
            and not mapping.all_fields
            and not any(f.enabled and f.flows(way) for f in mapping.fields)
        ):
            raise UsageError(
                f"There are no enabled field mappings of {mapping.name} for {way}.",
                hint=f"Enable one: mdsync mapping enable {mapping.name} FIELD",
            )
    return [mapping.going(way) for way in ways]


def one_way(mapping: TableMapping) -> TableMapping:
    """Give a mapping as a comparison looks at it: from the integration side where it flows so."""
    return mapping.going(mapping.directions[-1])


def steps(
    reading: Reading,
    workspace: Workspace,
    mappings: Sequence[TableMapping],
    run: Run,
    pretend: Pretend | None = None,
) -> Iterator[StepFound]:
    """Look at mappings in dependency order, each `going` in a direction; each sees what the steps
    before it would create.

    pretend: leaves the frames as a step would, for those that need more than its new keys: what
    flows both ways, and what refers by couplings.
    """
    planned: Planned = {}
    for number, mapping in enumerate(mappings):
        found = evaluate(reading, wanted_of(reading, workspace, mapping, run), planned)
        planned = and_planned(
            planned, (mapping.destination, mapping.destination_table), found.new_keys
        )
        if pretend and mapping.profile.refers_by_coupling and number + 1 < len(mappings):
            pretend(number, found)
        yield found


def wanted_of(
    reading: Reading, workspace: Workspace, mapping: TableMapping, run: Run
) -> StepWanted:
    """Give what a step wants: the mapping with all its fields, and what runs changed about it.

    Records without a counterpart are created by a full synchronization of master data, where the
    mapping may create new ones, and by every run once only-coupled is off (semantics.md 6.4, 6.5).
    """
    state = reading.state(mapping.name)
    overridden = state.get("only_coupled")
    only_coupled = mapping.only_coupled if overridden is None else bool(overridden)
    fills = run.full and mapping.create_new and mapping.profile.full_creates
    echoes = not mapping.comes_from_local and not mapping.takes_own_echoes
    return StepWanted(
        mapping=with_all_fields(reading, mapping),
        fingerprint=workspace.fingerprint(mapping),
        currencies=currencies_of(workspace, mapping),
        company=workspace.company(mapping.destination).name or mapping.destination,
        candidates=run.candidates,
        records=run.records,
        full=run.full,
        again=run.again,
        creates=fills or run.creates or not only_coupled,
        forced=run.forced,
        touch=run.touch,
        asked=run.asked,
        anyway=run.anyway,
        renews=run.renews,
        brief=run.brief,
        purpose=run.purpose,
        siblings=tuple(one for one in workspace.mappings.values() if one.link == mapping.link),
        echoes_of=workspace.company(mapping.source).sync_user if echoes else "",
    )


def currencies_of(workspace: Workspace, mapping: TableMapping) -> tuple[str, str]:
    """Give the local currencies of source and destination."""
    return (
        workspace.company(mapping.source).currency,
        workspace.company(mapping.destination).currency,
    )


def with_all_fields(reading: Reading, mapping: TableMapping) -> TableMapping:
    """Give a mapping its fields where they are only known from the files: all both sides hold."""
    if not mapping.all_fields:
        return mapping
    source = reading.image(mapping.integration, mapping.integration_table)
    local = reading.image(mapping.local, mapping.table)
    if source is None or local is None:
        return mapping
    said = {one.local for one in mapping.fields}
    both = [name for name in _names(local) if name in source.schema.by_name and name not in said]
    way = mapping.direction
    more = tuple(FieldMapping(local=name, integration=name, direction=way) for name in both)
    return mapping.model_copy(update={"fields": mapping.fields + more})


def _names(image: Image) -> list[str]:
    return [one.name for one in image.schema.fields]
