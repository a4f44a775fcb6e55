"""Keys in the one spelling they are compared in, by the rule that files are read by."""

from __future__ import annotations

import polars as pl

from mdsync_nb.connectors.casting import cast_of, key_text
from mdsync_nb.connectors.in_memory import database
from mdsync_nb.connectors.sources import Column
from mdsync_nb.model.company import FileFormat
from mdsync_nb.model.schema import Field


def key_texts(texts: pl.Series, field: Field, format: FileFormat) -> pl.Series:
    """Give texts of a key field in one spelling each, so that a key is found however it is written.

    Codes are trimmed and in capitals, numbers without needless zeros, dates ISO, options by
    member; a blank is the empty text. What cannot be read stays as it is.
    """
    column = Column(field.name, "raw", decimal=format.decimal)
    cast = cast_of(field, column, format, "parsed")
    key = f"case when {cast.failed} then {cast.text} else {key_text([field], [cast.value])} end"
    with database() as connection:
        connection.register("texts", pl.DataFrame({"raw": texts}).with_row_index("number"))
        found = connection.sql(
            f"select {key} as key from (select *, {cast.parsed} as parsed from texts)"
            " order by number"
        ).pl()
    keys: pl.Series = found["key"]
    return keys.fill_null("").alias(texts.name)
