"""Records people name: which of them can be synchronized by hand, and why the others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb.core.classify import (
    COUPLED,
    DESTINATION,
    DESTINATION_MOVED,
    SOURCE,
    SOURCE_MOVED,
)
from mdsync_nb.core.ladder import Rule, first_that_holds
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.wide import Sides, sides_of
from mdsync_nb.frames import TEXT, Contract
from mdsync_nb.model import Action
from mdsync_nb.store import PairsWanted, Reading

LEFT_OUT: Contract = {"mapping": TEXT, "key": TEXT, "reason": TEXT}
"""Records that were named and are not in the plan, each with the reason."""


@dataclass(frozen=True, repr=False)
class Asked:
    """What was made of records people named. plan: None where nothing is to be done.

    total, scheduled: how many records were named, and how many are in the plan. left_out:
    `LEFT_OUT`. notices: what to know before the plan is applied. masked: fields whose values are
    not shown.
    """

    plan: Plan | None
    total: int
    scheduled: int
    left_out: pl.DataFrame
    notices: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    def __repr__(self) -> str:
        left = f", {self.left_out.height} left out" if self.left_out.height else ""
        return f"Asked({self.scheduled} of {self.total} records{left}, {self.plan})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import asked_summary

        return asked_summary(self)._repr_html_()


SKIPPED = pl.col("skipped") & ~pl.col("anyway")
TO_SYNCHRONIZE = (
    Rule("set aside; retry puts it back", COUPLED & SKIPPED, Action.SKIP),
    Rule("not coupled", ~COUPLED, Action.SKIP),
    Rule(
        "changed on the other side since the last synchronization; choose it alone",
        COUPLED & pl.col("several") & DESTINATION_MOVED,
        Action.SKIP,
    ),
)
"""Source: semantics.md 4.12."""

TO_CREATE = (Rule("already coupled", COUPLED & SOURCE & DESTINATION, Action.SKIP),)


def named_records(reading: Reading, wanted: StepWanted, records: Sequence[str]) -> pl.DataFrame:
    """Give the records named that the source of a step has: `frames.PAIRS` with both ids and
    `key`. records: ids or keys of either side."""
    mapping = wanted.mapping
    source = reading.image(mapping.source, mapping.source_table)
    destination = reading.image(mapping.destination, mapping.destination_table)
    if source is None or destination is None:
        return pl.DataFrame()
    pairs = reading.pairs(
        PairsWanted(
            mapping=mapping.name,
            source=source,
            destination=destination,
            fingerprint=wanted.fingerprint,
            candidates="records",
            records=records,
            flow=wanted.flow,
        )
    )
    sides = Sides(reading, source, destination, (), mapping=mapping.name, flow=wanted.flow)
    return sides_of(pairs.with_row_index("ix"), sides, names_only=True)


def judged(
    named: pl.DataFrame, rules: Sequence[Rule], *, anyway: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Divide records into those that can be done and those left out, with `reason`."""
    here = named.filter(SOURCE)
    reasons = {n: rule.id for n, rule in enumerate(rules)}
    told = here.with_columns(anyway=pl.lit(anyway), several=pl.lit(here.height > 1)).with_columns(
        reason=first_that_holds(rules).replace_strict(reasons, default=None, return_dtype=pl.String)
    )
    fine = pl.col("reason").is_null()
    return told.filter(fine), told.filter(~fine)


def both_changed(named: pl.DataFrame) -> bool:
    """Whether both records of a pair were modified since they last agreed."""
    return not named.filter(SOURCE_MOVED & DESTINATION_MOVED).is_empty()
