"""From a mapping's settings and state to what a step wants, and through all steps of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mdsync_nb.engine.found import Candidates, StepFound, StepWanted
from mdsync_nb.engine.keys import Planned, and_planned
from mdsync_nb.engine.step import evaluate
from mdsync_nb.model import FieldMapping, TableMapping
from mdsync_nb.store import Image, Reading
from mdsync_nb.workspace import Workspace


@dataclass(frozen=True)
class Run:
    """How the mappings of a run are looked at."""

    candidates: Candidates = "modified"
    full: bool = False
    again: bool = False
    records: tuple[str, ...] = ()


def steps(
    reading: Reading, workspace: Workspace, mappings: Sequence[TableMapping], run: Run
) -> Iterator[StepFound]:
    """Look at mappings in dependency order; each sees what the steps before it would create."""
    planned: Planned = {}
    for mapping in mappings:
        found = evaluate(reading, wanted_of(reading, workspace, mapping, run), planned)
        planned = and_planned(planned, (mapping.local, mapping.table), found.new_keys)
        yield found


def wanted_of(
    reading: Reading, workspace: Workspace, mapping: TableMapping, run: Run
) -> StepWanted:
    """Give what a step wants: the mapping with all its fields, and what runs changed about it.

    Records without a counterpart are created by a full synchronization, where the mapping may
    create new ones, and by every run once only-coupled is off (semantics.md 6.4, 6.5).
    """
    state = reading.state(mapping.name)
    overridden = state.get("only_coupled")
    only_coupled = mapping.only_coupled if overridden is None else bool(overridden)
    return StepWanted(
        mapping=with_all_fields(reading, mapping),
        fingerprint=workspace.fingerprint(mapping),
        currencies=currencies_of(workspace, mapping),
        company=workspace.company(mapping.local).name or mapping.local,
        candidates=run.candidates,
        records=run.records,
        full=run.full,
        again=run.again,
        creates=(run.full and mapping.create_new) or not only_coupled,
    )


def currencies_of(workspace: Workspace, mapping: TableMapping) -> tuple[str, str]:
    """Give the local currencies of the source company and the subsidiary."""
    return (
        workspace.company(mapping.integration).currency,
        workspace.company(mapping.local).currency,
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
    more = tuple(FieldMapping(local=name, integration=name) for name in both)
    return mapping.model_copy(update={"fields": mapping.fields + more})


def _names(image: Image) -> list[str]:
    return [one.name for one in image.schema.fields]
