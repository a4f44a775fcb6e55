"""What a contract is: column -> type; and the one way to hold a frame to it."""

from __future__ import annotations

from typing import TypeVar

import polars as pl

from mdsync_nb.model.kinds import Action, CellClass, PairClass

Contract = dict[str, pl.DataType]
Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

TIME = pl.Datetime("us")
ACTION = pl.Enum([one.value for one in Action])
PAIR_CLASS = pl.Enum([one.value for one in PairClass])
CELL_CLASS = pl.Enum([one.value for one in CellClass])
TEXT, WHOLE, YES, HASH = pl.String(), pl.Int64(), pl.Boolean(), pl.UInt64()


class ContractError(AssertionError):
    """A room handed over a frame that is not what its contract says. A fault of ours."""


def conform(frame: Frame, contract: Contract) -> Frame:
    """Give the frame with exactly the columns of the contract, in its order and types.

    Raises ContractError naming the missing columns.
    """
    names = frame.collect_schema().names() if isinstance(frame, pl.LazyFrame) else frame.columns
    missing = [name for name in contract if name not in names]
    if missing:
        raise ContractError(f"The frame lacks {', '.join(missing)}.")
    return frame.select(pl.col(name).cast(kind) for name, kind in contract.items())


def empty(contract: Contract) -> pl.DataFrame:
    """Give a frame of the contract without rows."""
    return pl.DataFrame(schema=contract)
