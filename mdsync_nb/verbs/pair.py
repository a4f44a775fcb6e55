"""The verbs of the workbench about pairs of records: what comes near, and what does not belong.

Each is a method of `Workbench`. No company is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from getpass import getuser
from typing import TYPE_CHECKING

import polars as pl

from mdsync_nb.engine.chosen_pairs import Pairs, as_pairs, images_of, named_pairs
from mdsync_nb.engine.nearest import Question, nearest
from mdsync_nb.model import MatchField

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench


def candidates(
    self: Workbench,
    mapping: str,
    *,
    records: Sequence[str] = (),
    side: str = "",
    criteria: Sequence[str | MatchField] = (),
    most: int = 5,
    at_least: float = 0.5,
    rejected: bool = False,
    values: bool = False,
) -> pl.DataFrame:
    """Show which records of the other company come nearest to a record, and what speaks for it.

    Gives `frames.CANDIDATES`, one row a candidate, the nearest first; similarity is 0 to 1. values:
    the compared fields instead, one row a candidate and field (`frames.CANDIDATE_VALUES`).
    records: ids or keys; without any, all that look for a counterpart and find none for certain.
    side: `integration` or `local`, where both sides know the name; else the side that looks goes
    first. criteria: fields to match by instead of the mapping's own; they are compared besides the
    usual ones. most: candidates a record. at_least: the lowest similarity. rejected: also pairs
    that were rejected. Candidates may be coupled already, or outside the filter: that is said.
    Raises UnknownName for a record or field nobody has, UsageError for a side that is none.
    Ours: the product lists names only.
    """
    asked = tuple(MatchField(field=one) if isinstance(one, str) else one for one in criteria)
    question = Question(tuple(records), side, asked, most, at_least, rejected)
    with self.store.reading() as reading:
        found = nearest(reading, self.workspace.mapping(mapping), question)
    return found.values if values else found.candidates


def reject_pairs(self: Workbench, mapping: str, pairs: Pairs, *, comment: str = "") -> pl.DataFrame:
    """Say that records do not belong together: no run and no matching finds them again.

    pairs: as for `couple`. comment: why. Gives the pairs as they stand (`frames.REJECTED`); one
    that was rejected before stays as it was, but for a new comment. `couple` with that pair takes
    it back, and so does `unreject_pairs`. An undo and a clean-up leave it as it is. Raises
    UnknownName for a record nobody has, UsageError for a pair that is coupled.
    """
    chosen = self.workspace.mapping(mapping)
    with self.store.reading() as reading:
        named = named_pairs(reading, images_of(reading, chosen), pairs)
    self.store.rejections.reject(chosen, named, at=self._clock(), by=_login(), comment=comment)
    found = self.store.rejections.listed([chosen])
    return found.join(named, on=named.columns, how="semi", maintain_order="left")


def unreject_pairs(self: Workbench, mapping: str, pairs: Pairs) -> int:
    """Take rejections back, so that the records may be matched again; gives how many.

    pairs: as for `couple`; those of records that are gone, by the ids in `rejected_pairs`.
    """
    return self.store.rejections.unreject(self.workspace.mapping(mapping), as_pairs(pairs))


def rejected_pairs(self: Workbench, *mappings: str) -> pl.DataFrame:
    """Show the pairs that were rejected: by whom, when and why, newest first.

    Gives `frames.REJECTED`. mappings: as for `compare`.
    """
    return self.store.rejections.listed(self.workspace.select(*mappings))


def _login() -> str:
    """Who is at work, as the machine knows them; blank where it does not."""
    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        return ""
