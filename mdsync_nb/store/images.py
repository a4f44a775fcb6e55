"""What is known of an image: the table of a company as of its last load and our own writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import duckdb

from mdsync_nb.model import Completeness, Field, TableMapping, TableSchema
from mdsync_nb.store.sql import image_name

COLUMNS = (
    'company, "table", load_id, as_of, complete, has_ids, has_times, rows, schema, absent, '
    "unknown, files, seq"
)


@dataclass(frozen=True)
class Image:
    """An image with its facts. as_of is UTC; `absent` are fields the files did not hold."""

    company: str
    table: str
    load_id: int
    as_of: datetime
    complete: Completeness
    has_ids: bool
    has_times: bool
    rows: int
    schema: TableSchema
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    files: dict[str, str]
    seq: int

    @property
    def relation(self) -> str:
        """The image's SQL name."""
        return image_name(self.company, self.table)

    @cached_property
    def key_fields(self) -> list[Field]:
        """The fields of the primary key, in order."""
        return [self.schema.by_name[name] for name in self.schema.key]

    def has(self, field: str) -> bool:
        """Whether the files of this company hold the field."""
        return field in self.schema.by_name


def images_of(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Image]:
    """Give every image by company and table."""
    rows = db.sql(f"select {COLUMNS} from image").fetchall()
    found = [_image(row) for row in rows]
    return {(one.company, one.table): one for one in found}


def image_of(db: duckdb.DuckDBPyConnection, company: str, table: str) -> Image | None:
    """Give one image, or None when the company never delivered the table."""
    query = f'select {COLUMNS} from image where company = $company and "table" = $table'
    rows = db.sql(query, params={"company": company, "table": table}).fetchall()
    return _image(rows[0]) if rows else None


def sides_of(db: duckdb.DuckDBPyConnection, mapping: TableMapping) -> tuple[Image, Image] | None:
    """Give the images of a mapping (source, destination), or None when one was never loaded."""
    source = image_of(db, mapping.integration, mapping.integration_table)
    destination = image_of(db, mapping.local, mapping.table)
    return (source, destination) if source and destination else None


def _image(row: tuple[object, ...]) -> Image:
    (
        company,
        table,
        load_id,
        as_of,
        complete,
        ids,
        times,
        rows,
        schema,
        absent,
        unknown,
        files,
        seq,
    ) = row
    return Image(
        company=str(company),
        table=str(table),
        load_id=int(str(load_id)),
        as_of=as_of,  # type: ignore[arg-type]
        complete=Completeness(str(complete)),
        has_ids=bool(ids),
        has_times=bool(times),
        rows=int(str(rows)),
        schema=TableSchema.model_validate_json(str(schema)),
        absent=tuple(json.loads(str(absent))),
        unknown=tuple(json.loads(str(unknown))),
        files=json.loads(str(files)),
        seq=int(str(seq)),
    )
