"""The doctor: what would go wrong, or goes wrong quietly, each with its reason and its remedy.

Nothing is written. `checks` lists what is looked for; one module for each kind of question looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.doctor import failures, records, runs, settings, values
from mdsync_nb.engine.doctor.checks import CHECKS, POSITION, Check, Row
from mdsync_nb.engine.doctor.seen import Seen
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.stepping import Run, steps
from mdsync_nb.model import TableMapping
from mdsync_nb.store import Reading
from mdsync_nb.workspace import Workspace

__all__ = ["CHECKS", "Check", "examined"]

Looks = tuple[Callable[[Seen], Iterator[Row]], ...]
CHECKED: Looks = (
    *runs.CHECKED,
    *failures.CHECKED,
    *records.CHECKED,
    *settings.CHECKED,
    *values.CHECKED,
)
"""What is looked for in each direction of a mapping."""

ONCE: Looks = (*runs.ONCE, *records.ONCE, *settings.ONCE)
"""What is the same whichever way a mapping goes."""

FAMILIES = ("users", "set-up")


def examined(
    reading: Reading,
    workspace: Workspace,
    mappings: Sequence[TableMapping],
    *,
    done: Callable[[], None],
) -> pl.DataFrame:
    """Give what the doctor found (`frames.FINDINGS`): what users can mend before what is set up,
    in the order of CHECKS, and of each the one about most records first.

    mappings: switched off or not, in dependency order. done: is told of each mapping looked at.
    Every record of both sides is looked at once in each direction of its mapping.
    """
    enabled = [one for one in mappings if one.enabled]
    founds: list[StepFound] = []
    rows: list[Row] = []
    looked = [one.going(way) for one in enabled for way in one.directions]
    for found in steps(reading, workspace, looked, Run(candidates="all")):
        founds.append(found)
        if found.source and found.destination:
            seen = Seen(reading, workspace, found, found.source, found.destination)
            rows += [row for check in CHECKED for row in check(seen)]
            once = ONCE if seen.is_last else ()
            rows += [{**row, "direction": ""} for check in once for row in check(seen)]
        mapping = found.wanted.mapping
        if mapping.towards is mapping.directions[-1]:
            done()
    rows += failures.blocked(workspace, founds)
    whole = (
        *runs.loads(reading, workspace, enabled),
        *runs.switched_off(reading, workspace, mappings, asked_for=not enabled),
        *runs.queued(reading, workspace, enabled),
        *settings.reciprocal(workspace, mappings),
        *values.without_rate(reading, workspace, enabled),
    )
    return _ordered([*rows, *({**row, "direction": ""} for row in whole)])


def _ordered(rows: Sequence[Row]) -> pl.DataFrame:
    found = pl.DataFrame(rows, schema=frames.FINDINGS, infer_schema_length=None)
    return frames.conform(
        found.sort(
            pl.col("family").replace_strict({one: n for n, one in enumerate(FAMILIES)}),
            pl.col("check").replace_strict(POSITION),
            pl.col("records"),
            "mapping",
            "direction",
            "field",
            descending=[False, False, True, False, False, False],
        ),
        frames.FINDINGS,
    )
