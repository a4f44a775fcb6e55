"""When the files of a company bring other columns: the image and its couplings follow together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import duckdb

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.model import Field, TableSchema
from mdsync_nb.store.echoes import OPEN
from mdsync_nb.store.identities import Use
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import column_type, literal, parquet, quoted, row_hash, value_of

HASHES = {
    "local": (("coupling", "local_id", "local_row_hash"),
              ("job_coupling", "local_id", "local_row_hash"),
              ("job_record", "destination_id", "after_hash"),
              ("job_record", "destination_id", "before_hash")),
    "integration": (("coupling", "integration_id", "integration_row_hash"),
                    ("job_coupling", "integration_id", "integration_row_hash")),
}  # fmt: skip
"""Where row hashes of an image are kept, by the side of a mapping it is on."""


def same_shape(image: Image, schema: TableSchema) -> bool:
    """Whether an image holds exactly the columns of a schema, in the same types."""
    return _shape(image.schema) == _shape(schema)


def _shape(schema: TableSchema) -> dict[str, str]:
    return {field.name: column_type(field) for field in schema.fields}


def reshape(
    db: duckdb.DuckDBPyConnection, image: Image, staged: Staged, uses: Sequence[Use]
) -> None:
    """Give the image the columns of the staged table, without calling that a change.

    A new column is filled from the staged table at once; then image, couplings and what waits for
    a load are hashed anew: a row that was as agreed stays so, one that was not stays different.
    """
    old, new = _shape(image.schema), _shape(staged.schema)
    for name in old.keys() - new.keys():
        db.execute(f"alter table {image.relation} drop column {quoted(name)}")
    for name in new.keys() - old.keys():
        db.execute(f"alter table {image.relation} add column {quoted(name)} {new[name]}")
    retyped = [name for name in new.keys() & old.keys() if old[name] != new[name]]
    for name in retyped:
        db.execute(
            f"""alter table {image.relation} alter {quoted(name)} set data type {new[name]}
            using try_cast({quoted(name)} as {new[name]})"""
        )
    _fill(db, image, staged, [*(new.keys() - old.keys()), *retyped])
    _hash_anew(db, image, staged.schema, uses)
    db.execute(
        'update image set schema = $s where company = $c and "table" = $t',
        {"s": staged.schema.model_dump_json(), "c": image.company, "t": image.table},
    )


def _fill(
    db: duckdb.DuckDBPyConnection, image: Image, staged: Staged, names: Sequence[str]
) -> None:
    if not names:
        return
    values = ", ".join(f"{quoted(one)} = n.{quoted(one)}" for one in names)
    db.execute(
        f"update {image.relation} i set {values} from {parquet(staged.path)} n where n._id = i._id"
    )


def _hash_anew(
    db: duckdb.DuckDBPyConnection, image: Image, schema: TableSchema, uses: Sequence[Use]
) -> None:
    db.execute(
        f"""create or replace temp table rehashed as select _key_hash as k, _row_hash as old,
        {row_hash(schema.by_name)} as new from {image.relation}"""
    )
    for mapping, side in uses:
        for table, name, hashed in HASHES[side]:
            db.execute(
                f"""update {table} c set {hashed} = case when c.{hashed} = r.old then r.new else 0
                end from rehashed r where c.mapping = $m and hash(c.{name}) = r.k
                and c.{hashed} is not null""",
                {"m": mapping},
            )
    for moment in ("before", "after"):
        _hash_pending(db, image, schema.fields, moment)
    db.execute(
        f"update {image.relation} i set _row_hash = r.new from rehashed r where i._key_hash = r.k"
    )
    db.execute("drop table rehashed")


def _hash_pending(
    db: duckdb.DuckDBPyConnection,
    image: Image,
    fields: Sequence[Field],
    moment: Literal["before", "after"],
) -> None:
    """Hash the rows that wait for a load as they were before, or after, what we wrote."""
    first_or_last = "arg_min" if moment == "before" else "arg_max"
    values = ", ".join(
        f"""case when bool_or(w.field = {literal(one.name)}) then
        {value_of(one, f"max(w.v) filter (w.field = {literal(one.name)})", cast="try_cast")}
        else any_value(i.{quoted(one.name)}) end"""
        for one in sorted(fields, key=lambda one: one.name)
    )
    db.execute(
        f"""update pending p set {moment}_hash = h.hashed from (
            select p.key_hash, hash({values}) as hashed from pending p
            join {image.relation} i on i._key_hash = p.key_hash
            left join (select q.key_hash, c.field,
                    {first_or_last}(struct_pack(v := c.{moment}), c.seq).v as v
                from pending q join job j using (job_id) join change_cell c
                  on c.key_hash = q.key_hash and c.seq between q.seq and j.seq
                where c.company = $c and c."table" = $t group by all) w
              on w.key_hash = p.key_hash
            where p.company = $c and p."table" = $t and {OPEN} group by p.key_hash) h
        where p.key_hash = h.key_hash and p.company = $c and p."table" = $t
          and p.{moment}_hash is not null and {OPEN}""",
        {"c": image.company, "t": image.table},
    )
