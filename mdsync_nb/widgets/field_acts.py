"""What can be done with many fields of a mapping at once; each makes an edit and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb.reports.pieces.fields import Between
from mdsync_nb.widgets.bar import Act

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench
    from mdsync_nb.workspace.editing import Edit

Makes = Callable[["Edit | None"], "Edit"]
"""Makes an edit that goes on from those that were collected."""

Line = tuple[str, str, str, pl.Expr, Callable[..., "Edit"]]
WAYS = "ghb"
"""The keys of the directions, in their order."""

OVERWRITES, MATCH = pl.col("overwrite_local_change"), pl.col("match")


def field_acts(
    workbench: Workbench, between: Between, collect: Callable[[Makes], None]
) -> list[Act]:
    """Give what can be done with the selected fields. What stands in `rows` is changed by hand."""

    def begin(does: Callable[..., Edit], chosen: pl.DataFrame) -> None:
        fields = chosen["field"].to_list()
        collect(lambda first: does(between.mapping.name, fields=fields, upon=first))

    return [
        Act(word, key, tip, fits & pl.col("row").is_null(), partial(begin, does))
        for word, key, tip, fits, does in _lines(workbench, between)
    ]


def _lines(verbs: Workbench, between: Between) -> Iterator[Line]:
    profile, on = between.mapping.profile, pl.col("enabled")

    def says(**words: Any) -> Callable[..., Edit]:
        return partial(verbs.set_mappings, words=words)

    yield "Switch on", "e", "Keep them in step", ~on, verbs.enable_mappings
    yield "Switch off", "d", "Keep them in step no longer", on, verbs.disable_mappings
    if profile.protects and not between.mapping.overwrite_local_change:
        may, may_not = ({"overwrite_local_change": word} for word in ("yes", "no"))
        tip = "The source may overwrite what was changed here"
        yield "Overwrite", "o", tip, ~OVERWRITES, says(**may)
        tip = "What was changed here stops its record"
        yield "Do not overwrite", "v", tip, OVERWRITES, says(**may_not)
    if len(profile.ways) > 1:
        for key, (way, words) in zip(WAYS, between.ways.items(), strict=True):
            other = pl.col("direction") != way
            word = words[:1].upper() + words[1:]
            yield word, key, f"Their values flow {words}", other, says(direction=way)
    yield "Match by", "m", "Records are matched by them", ~MATCH, says(match="yes")
    yield "Do not match", "n", "Records are not matched by them", MATCH, says(match="no")
    tip = "Take back what mdsync.yaml says of them"
    yield "As by default", "l", tip, pl.col("said_here"), verbs.reset_mappings
