"""Records as people name them: by an id of either side, or by a primary key."""

from __future__ import annotations

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
