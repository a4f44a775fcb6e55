"""Where a table of a company lies: its file, how text in it is written, which column is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mdsync_nb.connectors.staging import folder_of
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.model.company import CompanySettings, FileFormat, TableFile

Kind = Literal["text", "excel", "other"]
KINDS: dict[str, Kind] = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".tab": "text",
    ".xlsx": "excel",
    ".xlsm": "excel",
}


@dataclass(frozen=True)
class Place:
    """The file of one table of one company, and how it is to be read.

    name: the file as the settings write it (below the company's folder).
    columns: column of the file -> field; a column not named is the field of that name.
    """

    company: str
    table: str
    path: Path
    name: str
    file: TableFile
    format: FileFormat
    columns: dict[str, str]

    @property
    def kind(self) -> Kind:
        """Whether it is a text file, an Excel file, or something that is only read."""
        return KINDS.get(self.path.suffix.lower(), "other")

    def position(self, field: str, header: Sequence[str]) -> int | None:
        """Where the column of a field stands in a header, or None when it has none."""
        fields = (self.columns.get(name, name) for name in header)
        return next((n for n, found in enumerate(fields) if found == field), None)

    def column(self, field: str, header: Sequence[str]) -> str:
        """What the file calls a field; without such a column, what the settings call it."""
        found = self.position(field, header)
        if found is not None:
            return header[found]
        declared = (name for name, known in self.columns.items() if known == field)
        return next(declared, field)


def place_of(
    company: str, settings: CompanySettings, table: str, *, root: Path, snapshot: str | None
) -> Place:
    """Give the place of a table; of several files that fit a pattern, it is the first by name.

    Raises CouldNotRun when the company has no file of this table, or the file is not there.
    """
    file = settings.table_file(table)
    if file is None:
        raise CouldNotRun(
            f"{company} has no file of the table {table!r}, so nothing can be written to it.",
            hint=f"Name its file under companies: {company}: tables: in mdsync.yaml.",
        )
    folder = folder_of(settings, root, snapshot)
    path = _path(folder, file.file)
    if not path.is_file():
        raise CouldNotRun(
            f"{company} {table}: {file.file} is not there any more.",
            hint="Put the file that was loaded back, or load the company again.",
        )
    return Place(
        company=company,
        table=table,
        path=path.resolve(),
        name=file.file,
        file=file,
        format=file.format or settings.format,
        columns={**settings.columns, **file.columns},
    )


def _path(folder: Path, name: str) -> Path:
    """Give the file of that name; of a pattern the first that fits."""
    if "*" not in name:
        return folder / name
    return next(iter(sorted(folder.glob(name))), folder / name)
