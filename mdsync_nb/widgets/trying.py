"""Matching by fields somebody tries: what came of it, or why nothing could be matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from mdsync_nb.engine.matched import Matched
from mdsync_nb.errors import MdsyncError, Stopped
from mdsync_nb.model import MatchField, TableMapping
from mdsync_nb.reports.pieces.matching import Called

if TYPE_CHECKING:
    from mdsync_nb.widgets.criteria import Fields
    from mdsync_nb.workbench import Workbench

NO_FIELD = "Choose a field to match by (F): one that holds the same in both companies."


class Tried(NamedTuple):
    """What came of matching a mapping by some fields. found: None where it could not be matched;
    then fault says why, and what to do. rejected: `frames.REJECTED`."""

    mapping: TableMapping
    criteria: Fields
    found: Matched | None
    rejected: pl.DataFrame
    fault: str = ""

    @property
    def side(self) -> str:
        """The side whose records look for a counterpart, as `candidates` names it."""
        return "local" if self.mapping.profile.matches_from_local else "integration"

    def called(self, workbench: Workbench) -> Called:
        """What people call the company whose records look for a counterpart, and the other one."""
        there, here = (company_of(workbench, one) for one in
                       (self.mapping.integration, self.mapping.local))  # fmt: skip
        return Called(here, there) if self.side == "local" else Called(there, here)

    def offered(self, workbench: Workbench) -> Sequence[str]:
        """The fields one can match by: those both companies have."""
        if self.found is not None:
            return self.found.fields
        fields = workbench.show_mapping(self.mapping.name).fields
        both = pl.col("type").is_not_null() & pl.col("integration_type").is_not_null()
        return fields.filter(both)["field"].unique(maintain_order=True).to_list()


def company_of(workbench: Workbench, code: str) -> str:
    """Give the name people read for the code of a company."""
    return workbench.workspace.company(code).name or code


def begin(workbench: Workbench, name: str) -> Tried:
    """Match as mdsync.yaml says; where it says nothing, by the first proposal both files have."""
    mapping = workbench.workspace.mapping(name)
    proposed = [tuple(MatchField(field=one) for one in some) for some in mapping.propose_match]
    for criteria in [mapping.match] if mapping.match else proposed:
        tried = try_fields(workbench, name, criteria)
        if tried.found is not None or mapping.match:
            return tried
    return try_fields(workbench, name, ())


def try_fields(workbench: Workbench, name: str, criteria: Fields) -> Tried:
    """Match by these fields; nothing is written."""
    mapping = workbench.workspace.mapping(name)
    rejected = workbench.rejected_pairs(name)
    if not criteria:
        return Tried(mapping, criteria, None, rejected, NO_FIELD)
    try:
        found = workbench.match(name, criteria=criteria)
    except Stopped:
        raise
    except MdsyncError as error:
        return Tried(mapping, criteria, None, rejected, f"{error} {error.hint}".strip())
    return Tried(mapping, criteria, found, rejected)
