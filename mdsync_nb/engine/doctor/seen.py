"""One mapping as the doctor sees it: what looking at all its records found, and what runs left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from mdsync_nb.core import filters
from mdsync_nb.core.transfer import FieldPair, field_pairs
from mdsync_nb.engine.candidates import visited_next
from mdsync_nb.engine.doctor.checks import NO_KEYS, Place
from mdsync_nb.engine.found import StepFound
from mdsync_nb.model import LinkKind, TableMapping
from mdsync_nb.store import Image, Reading
from mdsync_nb.store.left import last_runs
from mdsync_nb.workspace import Workspace

ALONE = ("two-firms", "looks-like-existing", "not-coupled-yet", "only-coupled",
         "cannot-tell-if-missing", "key-taken", "new")  # fmt: skip
ALONE_IF_CREATED = ("reference-missing", "currency-meaning")
"""Rules of source records without a counterpart; the last two also decide pairs."""


@dataclass(frozen=True)
class Seen:
    """A mapping both tables of which were loaded, with what is asked about it once and used often.

    found: of all its records (`Run(candidates="all")`), in one direction. Positions of rows hold
    within the visit.
    """

    reading: Reading
    workspace: Workspace
    found: StepFound
    source: Image
    destination: Image

    @property
    def mapping(self) -> TableMapping:
        """The mapping with all fields it has by the files."""
        return self.found.wanted.mapping

    @property
    def written(self) -> TableMapping:
        """The mapping as the settings have it."""
        return self.workspace.mapping(self.mapping.name)

    @property
    def place(self) -> Place:
        """Where its findings are: in the company that is written."""
        return place_of(self.workspace, self.mapping)

    @property
    def integration(self) -> Image:
        """The image of the integration side, whichever way it goes."""
        return self.destination if self.mapping.comes_from_local else self.source

    @property
    def both_ways(self) -> bool:
        """Whether the mapping is looked at in the other direction as well."""
        return len(self.mapping.directions) > 1

    @property
    def is_last(self) -> bool:
        """Whether this is the last direction of its run."""
        return self.mapping.towards is self.mapping.directions[-1]

    @property
    def decisions(self) -> pl.DataFrame:
        """What was decided of each record that has something to say (`engine.found.DECIDED`)."""
        return self.found.decisions

    def by_rule(self, *rules: str) -> pl.DataFrame:
        """The decisions of these rules."""
        return self.decisions.filter(pl.col("rule").is_in(rules))

    @cached_property
    def fields(self) -> list[FieldPair]:
        """The fields that both files hold and runs keep in step."""
        both = self.source.schema, self.destination.schema
        return field_pairs(self.mapping, *both, self.found.wanted.currencies)[0]

    @cached_property
    def state(self) -> dict[str, object]:
        """What runs changed: watermark, last run; empty before the first."""
        return self.reading.state(self.mapping.name)

    @property
    def watermark(self) -> str:
        """Up to when runs have read, as people see it."""
        return str(self.read_up_to)[:16]

    @property
    def read_up_to(self) -> object:
        """The watermark of this direction; None before the first run."""
        return self.state.get(self.found.wanted.flow.watermark)

    @cached_property
    def runs(self) -> list[dict[str, object]]:
        """Its two newest runs (`store.left.last_runs`)."""
        return last_runs(self.reading, self.mapping.name)

    @property
    def settings_moved(self) -> bool:
        """Whether the settings are other ones than those of the last run."""
        settings = self.workspace.hash_of(self.written)
        return bool(self.runs) and self.runs[0]["settings_hash"] != settings

    @cached_property
    def coupled(self) -> bool:
        """Whether any of its records was ever coupled."""
        return self.reading.has_couplings(self.mapping.name)

    @cached_property
    def uncoupled(self) -> pl.DataFrame:
        """The source records in the filter without a counterpart: their decisions."""
        created = pl.col("destination_id").str.starts_with("new:").fill_null(value=False)
        rule = pl.col("rule")
        return self.decisions.filter(rule.is_in(ALONE) | (rule.is_in(ALONE_IF_CREATED) & created))

    @cached_property
    def visited(self) -> pl.Series:
        """The ids of the source records the next incremental run looks at (semantics.md 7.1)."""
        rows = visited_next(self.reading, self.found.wanted, (self.source, self.destination))[
            "source_row"
        ]
        return self.reading.wide(self.source, rows, ())["_id"]

    def records(self, fields: Sequence[str]) -> pl.DataFrame:
        """The source records in the filter: `_key`, and the fields."""
        conditions, _ = filters.evaluable(self.mapping.source_filter, self.source.schema.by_name)
        asked = list(dict.fromkeys([*fields, *filters.columns(conditions)]))
        side = self.found.wanted.flow.source
        found = self.reading.matching.uncoupled(self.mapping.name, self.source, side, asked)
        kept = found.filter(filters.in_filter(conditions, self.source.schema))
        return kept.select("_key", *dict.fromkeys(fields))

    def filled(self, fields: Sequence[str]) -> pl.Series:
        """The keys of the source records in the filter that hold something in one of the fields."""
        if not fields:
            return NO_KEYS
        records = self.records(fields)
        return records.filter(pl.any_horizontal(pl.col(*fields).is_not_null()))["_key"]


def place_of(workspace: Workspace, mapping: TableMapping) -> Place:
    """Where findings of a mapping are, as it goes: in the company that is written."""
    there, here = (
        workspace.company(one).name or one for one in (mapping.source, mapping.destination)
    )
    way = mapping.towards.value if mapping.kind is LinkKind.DATAVERSE else ""
    table = mapping.destination_table
    return Place(mapping.name, mapping.destination, table, there, here, way)


def is_hidden(workspace: Workspace, field: str) -> bool:
    """Whether reports hide the values of a field."""
    masked = {one.strip().casefold() for one in workspace.settings.report.mask}
    return field.casefold() in masked


def values_in_words(values: Sequence[str], *, hidden: bool) -> str:
    """Give values as the end of a sentence, or nothing where they are hidden or none."""
    shown = ", ".join(values[:3]) + (", ..." if len(values) > 3 else "")
    return "" if hidden or not values else f": {shown}"
