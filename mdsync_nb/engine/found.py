"""What looking at one mapping found: counts for the many, frames for the few that differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.actions import Purpose
from mdsync_nb.core.transfer import NotCompared
from mdsync_nb.model import TableMapping
from mdsync_nb.store import Flow, Image, flow_of

Candidates = Literal["all", "modified", "records"]

DECIDED = {
    **frames.DECISIONS,
    "source_hash": frames.HASH,
    "destination_hash": frames.HASH,
    "name": frames.TEXT,
    "destination_key": frames.TEXT,
    "detail": frames.TEXT,
    "source_by": frames.TEXT,
    "source_at": frames.TIME,
    "destination_by": frames.TEXT,
    "destination_at": frames.TIME,
    "base_at": frames.TIME,
}
"""`frames.DECISIONS` with what a plan and a worklist need besides: hashes, names, who and when."""

COUNTED = {"class": frames.PAIR_CLASS, "rule": frames.TEXT, "records": frames.WHOLE}


@dataclass(frozen=True)
class StepWanted:
    """One mapping to be looked at in one direction (`mapping.towards`), and how.

    asked: a person named these records to be synchronized. anyway: also those set aside. renews: a
    counterpart that is gone is created again. purpose: what they are looked at for.
    siblings: the mappings of its link, whose couplings say what a reference becomes. forced: a
    person chose this direction, or creates what was selected (semantics.md 4.4). echoes_of: the
    user whose changes are what the other direction wrote, so that no run looks at them (4.11).
    touch: of a forced step, also records of which nothing differs get a new time. full: visit every
    record as changed (Run Full Synchronization). again: plan what was written and not taken over
    once more. creates: records of the source company without a counterpart are created.
    currencies: local currencies of (source, destination). brief: records nothing is done with or
    said of are only counted, and no rows are put into boxes.
    """

    mapping: TableMapping
    fingerprint: int
    currencies: tuple[str, str]
    company: str
    candidates: Candidates = "modified"
    records: tuple[str, ...] = ()
    full: bool = False
    again: bool = False
    creates: bool = False
    forced: bool = False
    asked: bool = False
    anyway: bool = False
    renews: bool = False
    brief: bool = False
    purpose: Purpose = Purpose.SYNCHRONIZE
    siblings: tuple[TableMapping, ...] = ()
    echoes_of: str = ""
    touch: bool = False

    @property
    def flow(self) -> Flow:
        """The direction of the step."""
        return flow_of(self.mapping.towards)


@dataclass(frozen=True)
class Boxes:
    """How the rows of both files divide (`frames.RECONCILIATION`)."""

    source_rows: int = 0
    source_not_compared: int = 0
    source_set_aside: int = 0
    only_source: int = 0
    agree: int = 0
    differ: int = 0
    undecided_source: int = 0
    undecided_destination: int = 0
    only_destination: int = 0
    destination_set_aside: int = 0
    destination_not_compared: int = 0
    destination_rows: int = 0


@dataclass(frozen=True)
class StepFound:
    """What was found. decisions: `DECIDED`; cells: `frames.CELLS`; counts: `COUNTED`. latest: when
    the newest source record in the filter was modified, where a run reads no further than that."""

    wanted: StepWanted
    source: Image | None
    destination: Image | None
    decisions: pl.DataFrame
    cells: pl.DataFrame
    counts: pl.DataFrame
    boxes: Boxes
    not_compared: tuple[NotCompared, ...] = ()
    only_blank: dict[str, int] = field(default_factory=dict)
    filters_not_evaluated: tuple[str, ...] = ()
    matched_by: str = ""
    latest: datetime | None = None

    @property
    def new_keys(self) -> pl.DataFrame:
        """The keys this step would give records of the destination: `field`, `value` (text)."""
        moves = (pl.col("action") == "insert") | (pl.col("rule") == "renamed")
        ids = ["source_id", "destination_id"]
        keys = list(self.destination.schema.key) if self.destination else []
        return (
            self.cells.filter(pl.col("field").is_in(keys))
            .join(self.decisions.filter(moves), on=ids, how="semi", nulls_equal=True)
            .select("field", value="source")
        )

    def count(self, **among: str) -> int:
        """How many records have a rule or class."""
        found = self.counts.filter(*(pl.col(name) == value for name, value in among.items()))
        return int(found["records"].sum())


def nothing_found(wanted: StepWanted, source: Image | None, destination: Image | None) -> StepFound:
    """Give what is known of a mapping when one side has no file: its rows are not compared."""
    there, here = source.rows if source else 0, destination.rows if destination else 0
    return StepFound(
        wanted,
        source,
        destination,
        frames.empty(DECIDED),
        frames.empty(frames.CELLS),
        frames.empty(COUNTED),
        Boxes(
            source_rows=there,
            source_not_compared=there,
            destination_rows=here,
            destination_not_compared=here,
        ),
    )
