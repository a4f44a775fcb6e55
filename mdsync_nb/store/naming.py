"""Records as people name them: by an id of either side, or by a primary key."""

from __future__ import annotations

from collections.abc import Sequence

from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import key_text


def named_records(source: Image, destination: Image) -> str:
    """Give the SQL of the records of a mapping that are named: their `integration_key_hash`.

    Asks for `$mapping` and `$records`: ids or primary keys (as text) of either side. Records here
    are found by their coupling.
    """
    return f"""select _key_hash as integration_key_hash from {source.relation}
        where list_contains($records, _id)
           or list_contains($records, {key_text(source.key_fields)})
        union select integration_key_hash from coupling where mapping = $mapping and
           (list_contains($records, local_id) or list_contains($records, integration_id))
        union select c.integration_key_hash from coupling c
        join {destination.relation} d on d._key_hash = c.local_key_hash
        where c.mapping = $mapping
          and list_contains($records, {key_text(destination.key_fields, "d.")})"""


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
