"""Which columns of what is kept about a pair belong to the source of a step, which to the other."""

from __future__ import annotations

from typing import Literal, NamedTuple

from mdsync_nb.model import Direction

Side = Literal["local", "integration"]


class Flow(NamedTuple):
    """One direction. source, destination: the sides, as columns begin (`local_id`).

    result, job: what became of the last run that wrote the destination. watermark, seq: how far
    the source was read (semantics.md 3.1, 7.1).
    """

    direction: Direction
    source: Side
    destination: Side
    result: str
    job: str
    watermark: str
    seq: str

    @property
    def back(self) -> Flow:
        """The other direction."""
        return TO if self is FROM else FROM


FROM = Flow(
    Direction.FROM_INTEGRATION,
    "integration",
    "local",
    "last_result",
    "last_job",
    "watermark",
    "last_seq",
)
TO = Flow(
    Direction.TO_INTEGRATION,
    "local",
    "integration",
    "last_integration_result",
    "last_integration_job",
    "local_watermark",
    "local_seq",
)


def flow_of(direction: Direction) -> Flow:
    """Give the columns of a step's direction."""
    return TO if direction is Direction.TO_INTEGRATION else FROM
