"""A ladder: rules read from the top, and the first whose test holds decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import polars as pl

from mdsync_nb.model.kinds import Action

Family = Literal["", "users", "set-up"]


class Rule(NamedTuple):
    """One arm of a ladder: the first whose test holds decides the pair.

    message says it in words; state is the word a report shows; family says who can do something
    about it, and is blank where nobody has to.
    """

    id: str
    test: pl.Expr
    action: Action
    message: str = ""
    state: str = ""
    family: Family = ""


def first_that_holds(ladder: Sequence[Rule]) -> pl.Expr:
    """Give the position of the first rule whose test holds (UInt8); one without answer fails."""
    decided = pl.lit(None, dtype=pl.UInt8)
    for position in reversed(range(len(ladder))):
        holds = ladder[position].test.fill_null(value=False)
        decided = pl.when(holds).then(pl.lit(position, dtype=pl.UInt8)).otherwise(decided)
    return decided
