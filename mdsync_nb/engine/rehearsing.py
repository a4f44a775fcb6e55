"""Rehearsing: the same records decided under every word of `update_conflict`; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.rehearsal import lost_values, rehearsed
from mdsync_nb.engine.found import StepFound, StepWanted
from mdsync_nb.engine.keys import Planned, and_planned
from mdsync_nb.engine.step import evaluate
from mdsync_nb.engine.stepping import Run, one_way, wanted_of
from mdsync_nb.model import Direction, TableMapping, UpdateConflict
from mdsync_nb.store import Reading
from mdsync_nb.workspace import Workspace


@dataclass(frozen=True)
class Rehearsed:
    """What every policy makes of the conflicts of one mapping.

    counts: `frames.REHEARSAL`. values: `frames.LOST`. Both are empty without a conflict.
    """

    mapping: str
    counts: pl.DataFrame
    values: pl.DataFrame


def rehearse(
    reading: Reading, workspace: Workspace, mappings: Sequence[TableMapping]
) -> Iterator[Rehearsed]:
    """Decide the records of mappings under every policy, in one look at the same images.

    The other mappings are as they are set, so a record that waits for another one is seen to wait.
    """
    planned: Planned = {}
    for mapping in mappings:
        wanted = wanted_of(reading, workspace, one_way(mapping), Run(candidates="all"))
        found = evaluate(reading, wanted, planned)
        yield _rehearsed(reading, wanted, found, planned)
        place = mapping.destination, mapping.destination_table
        planned = and_planned(planned, place, found.new_keys)


def _rehearsed(
    reading: Reading, wanted: StepWanted, found: StepFound, planned: Planned
) -> Rehearsed:
    counts, values = [frames.empty(frames.REHEARSAL)], [frames.empty(frames.LOST)]
    in_force = wanted.mapping.update_conflict
    conflicts = found.decisions.filter(pl.col("conflict") != "").height
    for policy in UpdateConflict if conflicts else ():
        said = wanted.mapping.model_copy(update={"update_conflict": policy})
        sends = policy is UpdateConflict.SEND_UPDATE_TO_INTEGRATION
        back = sends and said.direction is Direction.BIDIRECTIONAL
        if back:
            said = said.going(Direction.TO_INTEGRATION)
        same = policy is in_force and not back
        under = found if same else evaluate(reading, replace(wanted, mapping=said), planned)
        decided = under.decisions, under.cells
        counts.append(rehearsed(*decided, policy, in_force=policy is in_force, back=back))
        values.append(lost_values(*decided, policy, back=back))
    return Rehearsed(wanted.mapping.name, pl.concat(counts), pl.concat(values))
