"""Explaining one record: every gate of both ladders, its values, its history, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from mdsync_nb.engine.found import StepFound, StepWanted
from mdsync_nb.engine.step import RULES, Gates, gates_of
from mdsync_nb.errors import UnknownName
from mdsync_nb.store import Reading
from mdsync_nb.store.lists import Lists


@dataclass(frozen=True)
class Explanation:
    """Why one record is what it is.

    gates: `ladder`, `rule`, `holds`, `decides`, one row a gate in the order they are asked.
    times: the four times and the watermark, UTC; a pair that never
    agreed has the times of its coupling. cells: `frames.CELLS`. history: what jobs did.
    """

    mapping: str
    key: str
    name: str
    verdict: str
    action: str
    rule: str
    gates: pl.DataFrame
    times: dict[str, Any]
    cells: pl.DataFrame
    history: pl.DataFrame = field(default_factory=pl.DataFrame)
    source_id: str = ""
    destination_id: str = ""


def explain(reading: Reading, wanted: StepWanted, found: StepFound, record: str) -> Explanation:
    """Replay both ladders for one record; raises UnknownName when neither side has it."""
    gates: Gates | None = gates_of(reading, wanted)
    if gates is None:
        raise UnknownName(f"record of {wanted.mapping.name}", record)
    row = gates.decision
    state = reading.state(wanted.mapping.name)
    rule = RULES[row["rule"]]
    since = "last agreed" if row.get("agreed") else "coupled"
    return Explanation(
        mapping=wanted.mapping.name,
        key=row["key"] or record,
        name=row["name"] or "",
        verdict=row["message"] or _said(rule.id),
        action=row["action"],
        rule=rule.id,
        gates=gates.frame,
        times={
            "source modified": row["source_at"],
            f"source when {since}": row["agreed_source_modified_at"],
            "here modified": row["destination_at"],
            f"here when {since}": row["agreed_destination_modified_at"],
            "read up to": state.get("watermark"),
        },
        cells=found.cells,
        source_id=row["source_id"] or "",
        destination_id=row["destination_id"] or "",
    )


SAID = {
    "nothing-changed": "Nothing changed at the source company since the last success.",
    "touched": "It was saved at the source company, and every value is as agreed.",
    "late-unchanged": "Both records hold the same in every compared field.",
    "changed": "It changed at the source company; the next run writes it.",
    "new": "It is new at the source company; the next run creates it.",
    "restore": "It is gone here; the next run creates it again.",
    "only-coupled": "It is not coupled, and this mapping only synchronizes coupled records.",
    "only-here": "It exists only here; nothing at the source company belongs to it.",
    "outside-filter": "It is not coupled and outside the filter of the mapping.",
    "set-aside": "Its row, or its counterpart's, could not be read safely and was set aside.",
    "source-not-loaded": "Its counterpart is not in the last load, which was not complete.",
    "destination-not-loaded": "Its record here is not in the last load, which was not complete.",
}


def _said(rule: str) -> str:
    return SAID.get(rule, rule)


def with_history(explained: Explanation, lists: Lists) -> Explanation:
    """Add what jobs did to the record, oldest first."""
    history = lists.history(explained.mapping, explained.source_id, explained.destination_id)
    return replace(explained, history=history)
