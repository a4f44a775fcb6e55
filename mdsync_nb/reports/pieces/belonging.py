"""Which records belong together: what coupling every mapping would do, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.matched import Matched
from mdsync_nb.errors import MdsyncError
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import SHOWN, Column, cell, counts, grid
from mdsync_nb.reports.pieces.words import OUTCOMES

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

CLOSED = ("match", "coupled")


@dataclass(frozen=True)
class Belonging:
    """What matching several mappings found: one Matched each, and why others cannot be matched."""

    matched: tuple[Matched, ...]
    impossible: dict[str, str]

    @property
    def to_couple(self) -> list[str]:
        """The mappings in which records were found that belong together."""
        return [one.mapping.name for one in self.matched if one.counts.get("match")]

    @property
    def open(self) -> pl.DataFrame:
        """Every record that found no counterpart, with the reason (`frames.MATCHES`); those that
        something comes near to go first."""
        return pl.concat([frames.empty(frames.MATCHES), *map(left_open, self.matched)])

    def _repr_html_(self) -> str:
        return belonging_table(self)._repr_html_()


def left_open(matched: Matched) -> pl.DataFrame:
    """Give the records of one mapping without a counterpart, those with candidates first."""
    found = matched.matches.filter(~pl.col("outcome").is_in(CLOSED))
    return found.sort("records", descending=True, nulls_last=True, maintain_order=True)


def belonging(workbench: Workbench, *mappings: str) -> Belonging:
    """Match the mappings, or all; nothing is written. Shows itself as a table in a notebook."""
    matched: list[Matched] = []
    impossible: dict[str, str] = {}
    for mapping in workbench.workspace.select(*mappings):
        try:
            matched.append(workbench.match(mapping.name))
        except MdsyncError as error:
            impossible[mapping.name] = f"{error} {error.hint}".strip()
    return Belonging(tuple(matched), impossible)


def belonging_table(found: Belonging) -> Html:
    """Give the outcomes of every mapping, and what cannot be matched with the reason."""
    rows = [
        {"mapping": one.mapping.name, **{name: one.counts.get(name, 0) for name in OUTCOMES}}
        for one in found.matched
    ]
    columns = [Column("Mapping", "mapping"), *counts(*OUTCOMES.items())]
    table = grid(
        rows, columns, caption="Records that look for a counterpart", none="Nothing can be matched."
    )
    told = (tag("li", wording.prose(reason)) for reason in found.impossible.values())
    return table + (tag("ul", *told, class_="note") if found.impossible else "")


def evidence_table(found: Belonging) -> Html:
    """Give what each criterion would match, leave open or contradict, mapping by mapping."""
    rows = [
        {"mapping": one.mapping.name, **row}
        for one in found.matched
        for row in one.evidence.to_dicts()
    ]
    columns = [
        Column("Mapping", "mapping"),
        Column("Criterion", "criterion"),
        Column("Fit to use", lambda row: cell(row.get("usable"))),
        *counts("records", "matched", "ambiguous", "taken", "contradicting", "unmatched"),
    ]
    none = "No mapping has criteria that are worth a try."
    return grid(rows, columns, caption="Criteria", none=none)


def open_records(found: Belonging, *, mask: Iterable[str] = (), shown: int = SHOWN) -> Html:
    """Give the records without a counterpart: why, and which records come near."""
    columns = [
        Column("Record", lambda row: tag("b", row["key"])),
        Column("Mapping", "mapping"),
        Column("Outcome", lambda row: OUTCOMES[row["outcome"]]),
        Column("Why", "reason"),
        Column("Candidates", "candidate_keys"),
    ]
    none = "Every record has its counterpart."
    rows = masked(found.open.with_columns(field=pl.lit("")), mask)
    return grid(rows, columns, caption="Records left open", none=none, shown=shown)


def coupled_jobs(coupled: Sequence[Matched] | bool) -> Html:
    """Give what was coupled, one row a job; without anything coupled, a sentence that says so."""
    if isinstance(coupled, bool) or not coupled:
        return tag("p", "Nothing was coupled.", class_="lede")
    rows = [
        {"job": str(one.job), "mapping": one.mapping.name, "coupled": one.counts.get("match", 0)}
        for one in coupled
    ]
    columns = [Column("Job", "job"), Column("Mapping", "mapping"), *counts("coupled")]
    return grid(rows, columns, caption="Jobs", none="")
