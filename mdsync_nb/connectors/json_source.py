"""Pages of a service (OData) or plain lists of records, with numbers as they are written."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl

from mdsync_nb.connectors.folders import Export
from mdsync_nb.connectors.sources import Column, Part, Reading

NEXT = "@odata.nextLink"
PAGES = "pages"
OURS = ("_from", "_number")
SCALARS = (pl.String, pl.Boolean, pl.Null)


def json_parts(exports: Sequence[Export], reading: Reading) -> tuple[Part, ...]:
    """Give all pages as one part, in the order of their names.

    Numbers keep their digits. Annotations, whose names hold an `@`, are left out but for those
    that are the column of a field. Nested values are not fields of a table and are left out as
    well. The first record of a page is row 2. Source: OData JSON Format 4.01, 4.6.
    Raises SourceUnreadable for a page that is no JSON, was cut off, or holds no list.
    """
    pages = [_page(export) for export in exports]
    frames = [
        _frame(page, export, reading.annotations)
        for page, export in zip(pages, exports, strict=True)
    ]
    rows = pl.concat(frames, how="diagonal")
    names = [name for name in rows.columns if name not in OURS]
    if rows.is_empty():
        names = ["id", "lastModifiedDateTime", *reading.expected]
        rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in names)
    columns = tuple(Column(name, f"_c{number}") for number, name in enumerate(names))
    named = {column.name: column.sql for column in columns}
    reading.connection.register(PAGES, rows.rename(named, strict=False))
    more = isinstance(pages[-1], dict) and bool(pages[-1].get(NEXT))
    return (
        Part(
            exports=tuple(exports),
            columns=columns,
            table=PAGES,
            file="_from",
            row="_number",
            format=reading.format.model_copy(update={"decimal": ".", "date_order": "ymd"}),
            ids=True,
            complete=False if more else None,
            notes=(_unfinished(exports[-1]),) if more else (),
        ),
    )


def _unfinished(last: Export) -> str:
    return (
        f"{last.shown}: the service had more pages than there are files; nothing counts as missing"
    )


def _page(export: Export) -> Any:
    """Give what a page holds, every number as the text it is written as."""
    try:
        return json.loads(
            export.path.read_bytes(), parse_float=str, parse_int=str, parse_constant=str
        )
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise export.unreadable(f"it is not JSON, or it was cut off{where}") from error


def _frame(page: Any, export: Export, annotations: Collection[str]) -> pl.DataFrame:
    """Give the records of a page, all text, with the file and row each comes from."""
    records = page.get("value") if isinstance(page, dict) else page
    if not isinstance(records, list):
        raise export.unreadable("it holds no list of records (`value`)")
    try:
        found = pl.from_dicts(records, infer_schema_length=None) if records else pl.DataFrame()
    except (TypeError, AttributeError, pl.exceptions.PolarsError) as error:
        raise export.unreadable("its list holds something that is not a record") from error
    fields = [
        pl.col(name).cast(pl.String)
        for name, kind in found.schema.items()
        if ("@" not in name or name in annotations) and kind in SCALARS
    ]
    return found.with_columns(
        pl.lit(export.shown).alias("_from"), pl.int_range(2, pl.len() + 2).alias("_number")
    ).select(*fields, *OURS)
