"""Records as people name them: by an id of either side, or by a primary key."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from mdsync_nb.store.flow import FROM, Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import frame_of, key_text

NAMED = "(select unnest($records))"
"""The SQL of what people named: looked up once for each record, however many there are."""


def named_records(source: Image, destination: Image, flow: Flow = FROM) -> str:
    """Give the SQL of the records of a mapping that are named: the key hash of the source's side.

    Asks for `$mapping` and `$records`: ids or primary keys (as text) of either side. Records here
    are found by their coupling.
    """
    key, other = f"{flow.source}_key_hash", f"{flow.destination}_key_hash"
    return f"""select _key_hash as {key} from {source.relation}
        where _id in {NAMED} or {key_text(source.key_fields)} in {NAMED}
        union select {key} from coupling where mapping = $mapping and
           (local_id in {NAMED} or integration_id in {NAMED})
        union select c.{key} from coupling c
        join {destination.relation} d on d._key_hash = c.{other}
        where c.mapping = $mapping
          and {key_text(destination.key_fields, "d.")} in {NAMED}"""


def among_named(
    mapping: str, records: Sequence[str], sides: tuple[Image, Image]
) -> tuple[str, dict[str, object]]:
    """Give the SQL that narrows rows of a mapping to the records named, and what it asks for.

    sides: (source, destination). None named means all of the mapping.
    """
    if not records:
        return "", {"mapping": mapping}
    among = f"and integration_key_hash in ({named_records(*sides)})"
    return among, {"mapping": mapping, "records": list(records)}


def pairs_named(
    db: duckdb.DuckDBPyConnection, sides: tuple[Image, Image], pairs: pl.DataFrame
) -> pl.DataFrame:
    """Give pairs with the ids of their records, in their order.

    sides: (integration, local). pairs: `integration_id`, `local_id`, each an id or a primary key
    as text; an id goes first. Gives `integration_id` and `local_id`, null where that side has no
    such record, and both as they were named, as `there` and `here`.
    """
    found = pairs.select(there="integration_id", here="local_id").with_row_index("nth")
    for image, name, side in zip(sides, ("there", "here"), ("integration", "local"), strict=True):
        ids = _ids_of(db, image, found[name])
        found = found.join(ids, left_on=name, right_on="named", how="left").rename(
            {"id": f"{side}_id"}
        )
    return found.sort("nth").select("integration_id", "local_id", "there", "here")


def _ids_of(db: duckdb.DuckDBPyConnection, image: Image, named: pl.Series) -> pl.DataFrame:
    """The records that are named: `named`, `id`. Only what is no id is looked for as a key."""
    asked = pl.DataFrame({"named": named.drop_nulls().unique()}, schema={"named": pl.String})
    by_id = _found(db, asked, f"select _id, _id as named from {image.relation}")
    rest = asked.join(by_id, on="named", how="anti")
    if rest.is_empty():
        return by_id
    key = key_text(image.key_fields)
    return pl.concat([by_id, _found(db, rest, f"select _id, {key} as named from {image.relation}")])


def _found(db: duckdb.DuckDBPyConnection, asked: pl.DataFrame, records: str) -> pl.DataFrame:
    db.register("asked", asked)
    try:
        return frame_of(
            db, f"select named, min(_id) as id from ({records}) join asked using (named) group by 1"
        )
    finally:
        db.unregister("asked")
