"""The verb that puts any two loads or companies beside each other, and plans that come of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.drift import Drift
from mdsync_nb.engine.drifting import drift_of
from mdsync_nb.engine.messages import RULES
from mdsync_nb.engine.selecting import Asked
from mdsync_nb.engine.stepping import one_way
from mdsync_nb.engine.waiting_records import (
    MERGE,
    THERE,
    answers,
    can_be_decided,
    can_be_merged,
    waiting_records,
)
from mdsync_nb.errors import UsageError
from mdsync_nb.model import Action, Direction

if TYPE_CHECKING:
    from mdsync_nb.engine.planning import Plan
    from mdsync_nb.workbench import Workbench

ALIKE = "nothing differs in it that this plan can write"


def drift(
    self: Workbench, table: str, *, there: str = "", here: str = "", facets: Sequence[str] = ()
) -> Drift:
    """Find out where any two loads or companies of a table differ; nothing is written.

    table: its name, or a mapping (`NORDIC/CUSTOMER`), which says what is left out; of a name its
    first mapping does. there, here: a company as it is now (`NORDIC`), or as a load left it:
    `NORDIC@12`, its number; `NORDIC@2026-03-02`, the last one taken by then; `NORDIC@previous`.
    Without `here`, the company there as it is now. Records are put together by couplings, also
    through the company both are coupled to, then by primary key; loads of one company by id.
    facets: fields to divide by besides those with few values. Raises UnknownName, UsageError.
    """
    asked, plans = (table, there, here), partial(_plans_of, self)
    with self._progress.work("Compare", [table]):
        return drift_of(self.store, self.workspace, asked, facets=facets, plans=plans)


def _plans_of(self: Workbench, found: Drift, source: str, create: bool) -> list[Asked]:
    """Plan to write the records of a drift from one side to the other (`Drift.plan`)."""
    refusal = found.refusal()
    if refusal:
        raise refusal
    if source not in found.sources:
        raise UsageError(
            f"{found.mapping} cannot take values from {source!r}.",
            hint=f"Say {' or '.join(found.sources)}, or let the mapping flow that way.",
        )
    state = f"only {source}" if create else "differs"
    records = found.records.filter(pl.col("state").cast(pl.String) == state)
    if records.is_empty():
        raise UsageError("None of these records can be planned so.", hint="Narrow it to others.")
    if source == "both":
        return _decided(self, found, records, MERGE)
    if create or not _is_source(self, found, source):
        return [_forced(self, found, records, source, create=create)]
    decided = _decided(self, found, records, THERE)
    ids = [one for asked in decided if asked.plan for one in asked.plan.decisions["source_id"]]
    rest = records.filter(~pl.col(f"{source}_id").is_in(ids))
    return [*([_forced(self, found, rest, source)] if rest.height else []), *decided]


def _asked(found: Drift, plan: Plan | None, records: pl.DataFrame, side: str) -> Asked:
    """Say what became of records in a plan; one that writes nothing is none."""
    decisions = plan.decisions if plan else frames.empty(frames.DECISIONS)
    writes = pl.col("action").is_in([one.value for one in Action if one.writes])
    rules = {name: rule.message for name, rule in RULES.items() if rule.message}
    why = pl.when(pl.col("message") != "").then("message")
    left = decisions.filter(~writes).select(
        "mapping", "key", reason=why.otherwise(pl.col("rule").replace(rules))
    )
    alike = records.filter(~pl.col(f"{side}_id").is_in(decisions["source_id"].implode()))
    rest = alike.select(mapping=pl.lit(found.mapping), key="key", reason=pl.lit(ALIKE))
    written = decisions.filter(writes).height
    left_out = pl.concat([left, rest])
    kept = plan if written else None
    return Asked(kept, records.height, written, left_out, masked=found.masked)


def _is_source(self: Workbench, found: Drift, side: str) -> bool:
    company = found.sides.filter(side=side)["company"].item()
    return bool(company == self.workspace.mapping(found.mapping).integration)


def _forced(
    self: Workbench, found: Drift, records: pl.DataFrame, source: str, *, create: bool = False
) -> Asked:
    """Plan to write records from the side somebody chose."""
    is_source = _is_source(self, found, source)
    way = Direction.FROM_INTEGRATION if is_source else Direction.TO_INTEGRATION
    there, here = found.names
    does = "Create from" if create else "Take from"
    plan = self.plan(
        found.mapping,
        records=records[f"{source}_id"].to_list(),
        direction=way.value,
        force=True,
        create=create,
        title=f"{does} {there if source == 'there' else here}: {found.words}",
    )
    return _asked(found, plan, records, source)


def _decided(self: Workbench, found: Drift, records: pl.DataFrame, word: str) -> list[Asked]:
    """Plan what waits for a decision among records: a run would leave it as it is."""
    read = one_way(self.workspace.mapping(found.mapping)).source
    side = str(found.sides.filter(company=read)["side"].item())
    compared = self.compare(found.mapping)
    can_be = can_be_merged() if word == MERGE else can_be_decided()
    waiting = waiting_records(compared).filter(
        can_be, pl.col("source_id").is_in(records[f"{side}_id"].implode())
    )
    if word == MERGE and waiting.is_empty():
        raise UsageError(
            "None of these records can be merged.",
            hint="Only those can that wait and of which each field was changed on one side.",
        )
    if waiting.is_empty():
        return []
    title = f"{'Merge' if word == MERGE else 'Take'}: {found.words}"
    plan = self.decide(answers(compared, waiting, word), title=title).plan
    chosen = records if word == MERGE else _among(records, side, waiting["source_id"])
    return [_asked(found, plan, chosen, side)]


def _among(records: pl.DataFrame, side: str, ids: pl.Series) -> pl.DataFrame:
    return records.filter(pl.col(f"{side}_id").is_in(ids.implode()))
