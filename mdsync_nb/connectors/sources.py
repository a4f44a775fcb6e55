"""What a file holds before anything is cast: its columns, and the rows as DuckDB reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from mdsync_nb.connectors.folders import Export
from mdsync_nb.connectors.sql import as_path
from mdsync_nb.model.company import FileFormat, TableFile

TEXT = "VARCHAR"


@dataclass(frozen=True)
class Column:
    """One column of a file: what the file calls it, and how it is read.

    name: as the header has it. sql: the expression that reads it. type: DuckDB's, VARCHAR where
    the file holds text. decimal: the mark its numbers are written with. faults: texts that stand
    for a value the sheet could not compute.
    """

    name: str
    sql: str
    type: str = TEXT
    decimal: str = "."
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Files that are read alike, most often one.

    table: what follows `from`, with the parameter $files for paths. file, row: SQL that names
    the file and row a record comes from; row is right only while the order of the file is kept.
    ids: the files are pages of a service, whose `id` is the SystemId.
    """

    exports: tuple[Export, ...]
    columns: tuple[Column, ...]
    table: str
    file: str
    row: str
    format: FileFormat
    paths: tuple[Path, ...] = ()
    ids: bool = False
    complete: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def export(self) -> Export:
        """The file, or the first of several."""
        return self.exports[0]

    @property
    def names(self) -> list[str]:
        """What the file calls its columns; columns without a name are left out."""
        return [column.name for column in self.columns if column.name.strip()]

    @property
    def parameters(self) -> dict[str, object]:
        """The values of the parameters in `table`."""
        return {"files": [as_path(path) for path in self.paths]} if self.paths else {}


def joined(first: Part, second: Part) -> Part:
    """Give two parts that are read the same way as one."""
    exports, paths = first.exports + second.exports, first.paths + second.paths
    return replace(first, exports=exports, paths=paths)


@dataclass(frozen=True)
class Reading:
    """What a reader needs besides the files: how they are written, and where to put copies.

    expected: the fields of the table, for a service that answers an empty table with nothing.
    annotations: what a service says about a value that is the column of a field.
    """

    connection: duckdb.DuckDBPyConnection
    scratch: Path
    file: TableFile
    format: FileFormat
    expected: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()


Reader = Callable[[Sequence[Export], Reading], tuple[Part, ...]]
