"""Looking for records of a mapping by part of their number or name, on both sides at once."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import TableMapping
from mdsync_nb.store.images import Image, sides_of
from mdsync_nb.store.sql import frame_of, key_text, quoted

PLACES = (("there", "integration"), ("here", "local"))


def records_found(
    db: duckdb.DuckDBPyConnection,
    mapping: TableMapping,
    text: str,
    *,
    names: Sequence[str],
    limit: int,
) -> pl.DataFrame:
    """Give the records whose number or name holds a text, or whose id it is (`frames.FOUND`).

    names: fields that hold what people call a record, in the order they are tried. A number that is
    the text comes first, then those that begin so, then names that do.
    """
    sides = sides_of(db, mapping)
    if sides is None:
        return frames.empty(frames.FOUND)
    found = frame_of(
        db,
        f"""with {_side("there", sides[0], names)}, {_side("here", sides[1], names)},
        hit as ({" union ".join(_hits(*one) for one in PLACES)}),
        pair as (
            select t.key as there_key, h.key as here_key, coalesce(t.name, h.name) as name,
                coalesce(t.id, c.integration_id) as integration_id,
                coalesce(h.id, c.local_id) as local_id, c.mapping is not null as coupled, f.rank
            from hit f left join coupling c on c.rowid = f.coupled
            left join there t on t.k = coalesce(c.integration_key_hash, f.there)
            left join here h on h.k = coalesce(c.local_key_hash, f.here)
        )
        select $m as mapping, coalesce({_best_key(sides[0])}, local_id, integration_id) as key,
            any_value(name) as name, integration_id, local_id, coupled,
            count(*) over () as matches
        from pair group by all order by min(rank), key limit $n""",
        m=mapping.name,
        t=text.strip().lower(),
        n=limit,
    )
    return frames.conform(found, frames.FOUND)


def _side(called: str, image: Image, names: Sequence[str]) -> str:
    """The records of one side with their key and name."""
    name = next((f"{quoted(one)}::varchar" for one in names if image.has(one)), "null::varchar")
    return f"""{called} as (select _key_hash as k, _id as id, {key_text(image.key_fields)} as key,
        {name} as name from {image.relation})"""


def _hits(called: str, side: str) -> str:
    """The records of one side that hold the text: their key hash, or the coupling they are in."""
    where = {"there": "null::ubigint", "here": "null::ubigint"} | {
        called: "case when c.mapping is null then s.k end"
    }
    return f"""select c.rowid as coupled, {where["there"]} as there, {where["here"]} as here,
            case when lower(s.key) = $t or lower(s.id) = $t then 0
                when starts_with(lower(s.key), $t) then 1
                when starts_with(lower(s.name), $t) then 2 else 3 end as rank
        from {called} s left join coupling c on c.mapping = $m and c.{side}_key_hash = s.k
        where contains(lower(s.key), $t) or contains(lower(coalesce(s.name, '')), $t)
            or lower(s.id) = $t"""


def _best_key(there: Image) -> str:
    """The key people know a pair by: none that is only an id."""
    first, second = ("here", "there") if there.schema.keyed_by_id else ("there", "here")
    return f"{first}_key, {second}_key"
