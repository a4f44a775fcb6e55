"""Short numbers that stay the same as long as settings do, in every process and version."""

from __future__ import annotations

import json
from hashlib import blake2b

from mdsync_nb.model import TableMapping


def digest(content: object, *, size: int = 6) -> str:
    """Give a hash of something JSON can hold, as text of `2 * size` characters."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode("utf-8"), digest_size=size).hexdigest()


def hash_of(mapping: TableMapping) -> str:
    """Give a short hash of a mapping in force: it moves with every setting that does.

    What was left at its default does not count, so a later version with more settings gives the
    same hash.
    """
    return digest(mapping.model_dump(mode="json", exclude_defaults=True))


def fingerprint(mapping: TableMapping) -> int:
    """Give a number (64 bits, not negative) for the enabled field mappings of a mapping, and for
    those with a transformation, which rewrites the source value whether enabled or not.

    Kept on couplings: when it moves, the values that two records agreed on are no longer those
    that are compared, and the pair is read again. Filters and the order of the fields count for
    nothing.
    """
    fields = [
        field.model_dump(mode="json", exclude_defaults=True)
        for field in sorted(mapping.fields, key=lambda field: field.local)
        if field.enabled or field.transformation
    ]
    return int(digest([*fields, {"all": True}] if mapping.all_fields else fields, size=8), 16)
