"""When the files of a company bring other columns: the image and its couplings follow together."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.model import TableSchema
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import column_type, quoted, row_hash


def same_shape(image: Image, schema: TableSchema) -> bool:
    """Whether an image holds exactly the columns of a schema, in the same types."""
    return _shape(image.schema) == _shape(schema)


def _shape(schema: TableSchema) -> dict[str, str]:
    return {field.name: column_type(field) for field in schema.fields}


def reshape(
    db: duckdb.DuckDBPyConnection, image: Image, staged: Staged, uses: Sequence[tuple[str, str]]
) -> None:
    """Give the image the columns of the staged table, without calling that a change.

    A new column is filled from the staged table at once; then image and couplings are hashed
    anew: a row that was as agreed stays so, one that was not stays different.
    """
    old, new = _shape(image.schema), _shape(staged.schema)
    for name in old.keys() - new.keys():
        db.execute(f"alter table {image.relation} drop column {quoted(name)}")
    for name in new.keys() & old.keys():
        if old[name] != new[name]:
            db.execute(f"alter table {image.relation} drop column {quoted(name)}")
    added = [name for name in new if old.get(name) != new[name]]
    for name in added:
        db.execute(f"alter table {image.relation} add column {quoted(name)} {new[name]}")
    if added:
        _fill(db, image, staged, added)
    _hash_anew(db, image, staged.schema, uses)
    db.execute(
        'update image set schema = $s where company = $c and "table" = $t',
        {"s": staged.schema.model_dump_json(), "c": image.company, "t": image.table},
    )


def _fill(
    db: duckdb.DuckDBPyConnection, image: Image, staged: Staged, added: Sequence[str]
) -> None:
    path = str(staged.path).replace("'", "''")
    values = ", ".join(f"{quoted(one)} = n.{quoted(one)}" for one in added)
    db.execute(
        f"update {image.relation} i set {values} from read_parquet('{path}') n where n._id = i._id"
    )


def _hash_anew(
    db: duckdb.DuckDBPyConnection,
    image: Image,
    schema: TableSchema,
    uses: Sequence[tuple[str, str]],
) -> None:
    db.execute(
        f"""create or replace temp table rehashed as select _key_hash as k, _row_hash as old,
        {row_hash(schema.by_name)} as new from {image.relation}"""
    )
    for mapping, side in uses:
        db.execute(
            f"""update coupling c set {side}_row_hash = case when c.{side}_row_hash = r.old
            then r.new else 0 end from rehashed r where c.mapping = $m
            and c.{side}_key_hash = r.k and c.{side}_row_hash is not null""",
            {"m": mapping},
        )
    db.execute(
        f"update {image.relation} i set _row_hash = r.new from rehashed r where i._key_hash = r.k"
    )
    db.execute("drop table rehashed")
