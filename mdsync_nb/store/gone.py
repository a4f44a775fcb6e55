"""What deleted records held, so that the table can be known as it was before."""

from __future__ import annotations

import duckdb

from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import literal, quoted, text_of


def keep_gone(db: duckdb.DuckDBPyConnection, image: Image, these: str, *, seq: int) -> None:
    """Keep records of an image that are about to be deleted: their values as canonical texts.

    these: the SQL that tells them. One row a record: a table that lost most of its records in one
    load would be as many rows as it had values.
    """
    names = ", ".join(literal(one.name) for one in image.schema.fields)
    texts = ", ".join(text_of(one, quoted(one.name)) for one in image.schema.fields)
    db.execute(
        f"""insert into gone_row select $seq, $company, $table, _id, _key_hash,
            map([{names}], [{texts}]) from {image.relation} where {these}""",
        {"seq": seq, "company": image.company, "table": image.table},
    )
