"""Where a table of a company lies: its file, how text in it is written, which column is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mdsync_nb.connectors.columns import column_of, matched
from mdsync_nb.connectors.folders import Delivery, Export, delivery_of
from mdsync_nb.connectors.sources import Column, Part
from mdsync_nb.errors import ColumnMissing
from mdsync_nb.model.company import CompanySettings, FileFormat, TableFile
from mdsync_nb.model.schema import TableSchema

Kind = Literal["text", "excel", "other"]
KINDS: dict[str, Kind] = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".tab": "text",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
OURS = {
    "SystemId": "_id",
    "SystemModifiedAt": "_modified_at",
    "SystemCreatedAt": "_created_at",
    "SystemModifiedBy": "_modified_by",
}
"""What the store calls the system fields."""


@dataclass(frozen=True)
class Place:
    """The file of one table of one company, and how it is to be read.

    Of several files of the table it is the first by name.
    """

    delivery: Delivery
    file: TableFile
    settings: CompanySettings

    @property
    def export(self) -> Export:
        """The file with what people call it."""
        return self.delivery.exports[0]

    @property
    def company(self) -> str:
        """The company."""
        return self.export.company

    @property
    def table(self) -> str:
        """The table."""
        return self.export.table

    @property
    def path(self) -> Path:
        """The file itself, not a link to it."""
        return self.export.path.resolve()

    @property
    def name(self) -> str:
        """The file as people know it, below the workspace."""
        return self.export.shown

    @property
    def format(self) -> FileFormat:
        """How text in the file is written."""
        return self.file.format or self.settings.format

    @property
    def kind(self) -> Kind:
        """Whether it is a text file, an Excel file, or something that is only read."""
        return KINDS.get(self.path.suffix.lower(), "other")

    def positions(self, header: Sequence[str], schema: TableSchema) -> dict[str, int]:
        """Where the column of each field stands in a header, by the rule files are read by."""
        if not header:
            return {}
        found = matched(self._part(header), schema, self.settings, self.file)
        system = {OURS[name]: column for name, column in found.system.items()}
        return {name: int(column.sql) for name, column in (found.fields | system).items()}

    def where(self, header: Sequence[str]) -> dict[int, str]:
        """The texts this company's records hold in a file of several companies, by position."""
        if not header:
            return {}
        part = self._part(header)
        return {int(column_of(part, name).sql): text for name, text in self.file.where.items()}

    def declared(self, field: str) -> str:
        """What the settings call the column of a field; without a word of theirs, its own name."""
        words = {**self.settings.columns, **self.file.columns}
        return next((name for name, known in words.items() if known == field), field)

    def lacks(self, field: str, header: Sequence[str]) -> ColumnMissing:
        """Give the error that says that a field to write has no column."""
        return self.export.lacks(self.declared(field), header)

    def _part(self, header: Sequence[str]) -> Part:
        columns = tuple(Column(name, str(number)) for number, name in enumerate(header))
        return Part((self.export,), columns, table="", file="", row="", format=self.format)


def place_of(
    company: str, settings: CompanySettings, table: str, *, root: Path, snapshot: str | None
) -> Place:
    """Give the place of a table; of several files that fit a pattern, it is the first by name.

    Raises UnknownName for a table the company does not deliver, SourceUnreadable when its file
    is not there (any more).
    """
    delivery = delivery_of(company, settings, table, root=root, snapshot=snapshot)
    file = settings.table_file(table)
    if file is None or not delivery.exports[0].path.is_file():
        raise delivery.exports[0].unreadable("there is no such file")
    return Place(delivery, file, settings)
