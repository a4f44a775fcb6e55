"""Explaining one record: every gate of both ladders, its values, its history, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.pairing import turned
from mdsync_nb.core.redaction import HIDDEN, hides_keys
from mdsync_nb.engine.candidates import visited_next
from mdsync_nb.engine.causes import step_for
from mdsync_nb.engine.found import StepWanted
from mdsync_nb.engine.gates import Gates, Replayed
from mdsync_nb.errors import UnknownName
from mdsync_nb.model.words import HOLDING, SideWords, words_of
from mdsync_nb.store import Flow, Image, Reading
from mdsync_nb.store.lists import Lists

Row = dict[str, Any]

SAID = {
    "nothing-changed": "Nothing changed at the source since the last success.",
    "touched": "It was saved at the source, and every value is as agreed.",
    "late-unchanged": "Both records hold the same in every compared field.",
    "changed": "It changed at the source; the next run writes it.",
    "new": "It is new at the source; the next run creates it.",
    "restore": "It is gone here; the next run creates it again.",
    "only-coupled": "It is not coupled, and this mapping only synchronizes coupled records.",
    "only-here": "It exists only here; nothing at the source belongs to it.",
    "outside-filter": "It is not coupled and outside the filter of the mapping.",
    "not-asked": "Nothing was asked to be done with it.",
    "set-aside-before": "It is set aside already.",
    "set-aside": "Its row, or its counterpart's, could not be read safely and was set aside.",
    "source-not-loaded": "Its counterpart is not in the last load, which was not complete.",
    "destination-not-loaded": "Its record here is not in the last load, which was not complete.",
}
"""What a rule without a message says of a record."""

WOULD = {
    "insert": "creates it",
    "modify": "writes what differs",
    "unchanged": "finds nothing to write",
    "skip": "leaves it out until it is released",
    "fail": "fails with it",
    "wait": "leaves it waiting",
    "none": "leaves it as it is",
}
HERE_READ = "read here up to"
"""The name of the watermark of the local side (the product's Synch. Int. Tbl. Mod. On Fltr.)."""

STRANDED = (
    "new",
    "only-coupled",
    "key-taken",
    "reference-missing",
    "currency-meaning",
    "template-missing",
)
"""Rules of records without a coupling: nothing remembers them once the mapping has read past."""


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why one record is what it is.

    gates: `ladder`, `rule`, `holds`, `because`, `decides`, in the order they are asked, up to the
    one that decides. times: UTC; a pair that never agreed has the times of its coupling, and
    "read up to" is the watermark. cells: `frames.CELLS`. next_run: what the next scheduled run
    does with it, and why. step: what a person can do; blank where nobody has to. history: what
    jobs did. fields: how many fields of a pair are compared. words: what the two sides are called,
    here: the company that is written, by its name. kinds: the type of each field, as in
    `frames.WORKLIST`. masked: fields whose values are not shown. coupled: whether it is one of a
    pair.
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
    next_run: str = ""
    step: str = ""
    history: pl.DataFrame = field(default_factory=pl.DataFrame)
    source_id: str = ""
    destination_id: str = ""
    way: str = ""
    fields: int = 0
    words: SideWords = HOLDING
    here: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    masked: tuple[str, ...] = ()
    coupled: bool = False

    def __repr__(self) -> str:
        record = self.mapping if hides_keys(self.masked) else f"{self.mapping} {self.key}"
        differ = f", {self.cells.height} fields differ" if self.cells.height else ""
        return f"Explanation({record}: {self.action}, {self.rule}{differ})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces import explanation

        return explanation(self)._repr_html_()

    @property
    def compared(self) -> bool:
        """Whether the values of both sides were looked at."""
        return "after values" in self.gates["ladder"]


def explain(reading: Reading, replay: Replayed, record: str) -> Explanation:
    """Say what both ladders make of the one record a step was replayed for, or where its row was
    set aside.

    Raises UnknownName when no load of either side has it.
    """
    told = explained(reading, replay)
    return told[0] if told else _set_aside(reading, replay, record)


def explained(reading: Reading, replay: Replayed) -> list[Explanation]:
    """Say what both ladders make of every record a step was replayed for, without its history."""
    if not replay.gates or replay.source is None or replay.destination is None:
        return []
    state = reading.state(replay.wanted.mapping.name)
    due = visited_next(reading, replay.wanted, (replay.source, replay.destination))
    visited = _Visited(set(due["coupling_row"].drop_nulls()), set(due["source_row"].drop_nulls()))
    return [_explanation(replay, one, state, visited) for one in replay.gates]


class _Visited(NamedTuple):
    """What the next run looks at: positions of couplings and of source records."""

    couplings: set[int]
    sources: set[int]


def _explanation(replay: Replayed, gates: Gates, state: Row, visited: _Visited) -> Explanation:
    row, wanted = gates.decision, replay.wanted
    cells = gates.cells.with_columns(mapping=pl.lit(wanted.mapping.name))
    return Explanation(
        mapping=wanted.mapping.name,
        key=row["key"] or row["source_id"] or row["destination_id"] or "",
        name=row["name"] or "",
        verdict=row["message"] or SAID.get(row["rule"], row["rule"]),
        action=row["action"],
        rule=row["rule"],
        gates=gates.frame,
        way=_way(wanted),
        times=_times(row, state, wanted.flow),
        cells=frames.conform(cells, frames.CELLS),
        next_run=_next_run(row, state, wanted.flow, visited),
        step=step_for(row["rule"], row.get("conflict") or "", words_of([wanted.mapping])),
        source_id=row["source_id"] or "",
        destination_id=row["destination_id"] or "",
        fields=replay.fields,
        words=words_of([wanted.mapping]),
        kinds={one.name: one.kind for one in replay.destination.schema.fields}
        if replay.destination
        else {},
        coupled=row["coupling_row"] is not None,
    )


def together(told: Sequence[Explanation]) -> Explanation:
    """Give the explanations of both steps of a mapping as one: what each asks, does and says.

    told: in the order of a run. The record's own facts are those of the last step.
    """
    last = told[-1]
    if len(told) == 1:
        return last
    marked = [
        one.gates.with_columns(ladder=pl.format("{}: {}", pl.lit(one.way), "ladder"))
        for one in told
    ]
    acting = next((one for one in told if one.action not in ("unchanged", "none")), last)
    times = {**last.times, HERE_READ: told[0].times.get("read up to")}
    return replace(
        last,
        verdict=_each([(one.way, one.verdict) for one in told]),
        action=acting.action,
        rule=acting.rule,
        gates=pl.concat(marked),
        times=times,
        next_run=_each([(one.way, one.next_run) for one in told]),
        step=acting.step,
        cells=last.cells if last.cells.height else turned(told[0].cells),
    )


def _each(said: Sequence[tuple[str, str]]) -> str:
    """One sentence where every step says the same, else each with its direction."""
    if len({text for _, text in said}) == 1:
        return said[0][1]
    return " ".join(f"{way[:1].upper()}{way[1:]}: {text}" for way, text in said)


def with_rejected(explained: Explanation, rejected: pl.DataFrame) -> Explanation:
    """Say with the verdict which records were rejected as its counterpart (`frames.REJECTED`)."""
    ids = [one for one in (explained.source_id, explained.destination_id) if one]
    others = [
        rejected.filter(pl.col(f"{side}_id").is_in(ids)).select(
            called=pl.coalesce(f"{other}_key", f"{other}_id"), comment="comment"
        )
        for side, other in (("integration", "local"), ("local", "integration"))
    ]
    why = pl.when(pl.col("comment") != "").then(pl.format(" ({})", "comment"))
    told = pl.concat(others).sort("called").select(pl.col("called") + why.otherwise(pl.lit("")))
    if told.is_empty():
        return explained
    named = HIDDEN if hides_keys(explained.masked) else ", ".join(told.to_series())
    said = f"Rejected as its counterpart: {named}."
    return replace(explained, verdict=f"{explained.verdict} {said}")


def with_history(explained: Explanation, lists: Lists) -> Explanation:
    """Add what jobs did to the record, oldest first."""
    ids = [one for one in (explained.source_id, explained.destination_id) if one]
    return replace(explained, history=lists.history(explained.mapping, ids).reverse())


def _way(wanted: StepWanted) -> str:
    mapping = wanted.mapping
    if mapping.comes_from_local:
        return f"to {mapping.destination}"
    return f"from {mapping.source}"


def _times(row: Row, state: Row, flow: Flow) -> dict[str, Any]:
    since = "last agreed" if row.get("agreed") else "coupled"
    return {
        "source modified": row["source_at"],
        f"source when {since}": row["agreed_source_modified_at"],
        "here modified": row["destination_at"],
        f"here when {since}": row["agreed_destination_modified_at"],
        "read up to": state.get(flow.watermark),
        "last run": state.get("last_run_at"),
        "last full run": state.get("last_full_at"),
    }


def _next_run(row: Row, state: Row, flow: Flow, visited: _Visited) -> str:
    """Say whether the next scheduled run looks at the record, what it would do, and why not.

    Source: semantics.md 7.1; a record without a coupling that a run has passed is stranded.
    """
    if row["coupling_row"] in visited.couplings or row["source_row"] in visited.sources:
        return f"The next run looks at it and {WOULD[row['action']]}."
    read = f"the mapping has read up to {_moment(state.get(flow.watermark))}"
    if row["source_row"] is None:
        return "The next run does not look at it: the source has no such record."
    if row["rule"] in STRANDED:
        return (
            f"The next run does not look at it: it is not coupled, and {read}. "
            "A full synchronization does, or saving it again at the source."
        )
    if row["rule"] == "skipped-flag":
        return "The next run does not look at it before it is released."
    return f"The next run does not look at it: nothing of it changed there, and {read}."


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "nothing yet"


def _set_aside(reading: Reading, replay: Replayed, record: str) -> Explanation:
    """Explain a record that is in no image because its row could not be read safely."""
    name = replay.wanted.mapping.name
    for image in (replay.source, replay.destination):
        rows = _rows_aside(reading, image, record)
        if image and rows.height:
            first = rows.row(0, named=True)
            where = f"file {first['file']}, row {first['row']}, column {first['column']}"
            value = f" {first['value']!r}" if first["value"] else ""
            return Explanation(
                mapping=name,
                key=record,
                name="",
                verdict=f"Its row at {image.company} was set aside: {where}{value}: "
                f"{first['reason']}.",
                action="none",
                rule="set-aside",
                gates=pl.DataFrame(schema=GATES),
                times={},
                cells=frames.empty(frames.CELLS),
                next_run="No run looks at it before its row can be read.",
                step=f"Correct the row at {image.company}, export it again, and load.",
            )
    raise UnknownName(f"record of {name}", record)


GATES = {
    "ladder": pl.String,
    "rule": pl.String,
    "holds": pl.Boolean,
    "because": pl.String,
    "decides": pl.Boolean,
}


def _rows_aside(reading: Reading, image: Image | None, record: str) -> pl.DataFrame:
    if image is None:
        return frames.empty(frames.SET_ASIDE)
    return reading.set_aside(image).filter(pl.col("key") == record)
