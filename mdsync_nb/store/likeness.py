"""How alike two texts are, by the functions of the engine: 0 to 1, a pair and field at a time."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl

from mdsync_nb.core.nearness import IN_ORDER, Measure
from mdsync_nb.store.sql import frame_of, quoted

CHANGED = """greatest(0, 1 - 2.0 * damerau_levenshtein({0}, {1})
    / greatest(length({0}), length({1})))"""
"""How alike two texts are by how many characters have to be changed; half of them are 0."""

SQL: dict[Measure, str] = {
    "words": "case when replace({s}, ' ', '') = replace({d}, ' ', '') then 1.0 else greatest("
    f"{CHANGED.format('{s}', '{d}')}, {CHANGED.format('{s_sorted}', '{d_sorted}')}) end",
    "letters": CHANGED.format("{s}", "{d}"),
    "exact": "({s} = {d})::double",
}
"""words: a name, whatever the order of its words and the spaces between. letters: a number or code.
exact: the same, or not. A blank is null, and so is its likeness."""


def likeness(
    db: duckdb.DuckDBPyConnection,
    records: tuple[pl.DataFrame, pl.DataFrame],
    pairs: pl.DataFrame,
    measures: Mapping[str, Measure],
) -> pl.DataFrame:
    """Give pairs with a column for each field: how alike its two values are; null where one is
    blank.

    records: of either side, `nth` and the fields, folded; of words also `IN_ORDER`. pairs:
    `there` and `here`, which are their `nth`.
    """
    columns = [
        f"""case when s.{quoted(name)} is not null and d.{quoted(name)} is not null
            then ({SQL[measure].format(**_named(name))})::double end as {quoted(name)}"""
        for name, measure in measures.items()
    ]
    for name, frame in zip(("recs_there", "recs_here", "asked"), (*records, pairs), strict=True):
        db.register(name, frame)
    try:
        return frame_of(
            db,
            f"""select {", ".join(["a.there", "a.here", *columns])} from asked a
            join recs_there s on s.nth = a.there join recs_here d on d.nth = a.here""",
        )
    finally:
        for name in ("recs_there", "recs_here", "asked"):
            db.unregister(name)


def _named(field: str) -> dict[str, str]:
    """The SQL names of a field on both sides, and of its words in order."""
    sides = {"s": quoted(field), "d": quoted(field)}
    named = {side: f"{side}.{name}" for side, name in sides.items()}
    ordered = {f"{side}_sorted": f"{side}.{quoted(IN_ORDER.format(field))}" for side in sides}
    return {**named, **ordered}
