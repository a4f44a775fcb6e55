"""Records as people name them: by an id of either side, or by a primary key."""

from __future__ import annotations

from collections.abc import Sequence

from mdsync_nb.store.flow import FROM, Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import key_text

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
