"""A company: a place records live, here a folder of exports, and how its files are to be read."""

from __future__ import annotations

import codecs
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator, Tag, field_validator
from pydantic import Field as Setting

from mdsync_nb.model.base import Settings, shape
from mdsync_nb.model.kinds import Completeness, WriteMode


class FileFormat(Settings):
    """How text in the files of a company is written. `auto` looks at the file.

    blank: `distinct` tells an empty text from no value at all; the product knows one blank.
    """

    encoding: str = "auto"
    delimiter: str = "auto"
    quote: str = '"'
    escape: Literal["double", "backslash"] = "double"
    decimal: Literal[".", ","] = "."
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    time_zone: str = "UTC"
    blank: Literal["canonical", "distinct"] = "canonical"

    @field_validator("encoding")
    @classmethod
    def _an_encoding_has_a_known_name(cls, name: str) -> str:
        try:
            codecs.lookup("utf-8" if name == "auto" else name)
        except LookupError:
            raise ValueError("auto, utf-8, utf-16, windows-1252 or the like") from None
        return name


class TableFile(Settings):
    """Where one table of a company is found.

    file: relative to the company's folder; `*` stands for several files (pages of a service).
    sheet: of an Excel file; blank takes the sheet named as the table, or the only one.
    where: only rows whose columns hold these texts, so that several companies fit in one file.
    columns: column of the file -> field of the table; columns not named keep their name.
    layout: `package` is a configuration package (headers in row 3), `plain` has them in row 1.
    """

    file: str
    sheet: str = ""
    where: dict[str, str] = Setting(default_factory=dict)
    columns: dict[str, str] = Setting(default_factory=dict)
    layout: Literal["auto", "plain", "package"] = "auto"
    format: FileFormat | None = None


FileOrName = Annotated[
    Annotated[TableFile, Tag("block")] | Annotated[str, Tag("text")], Discriminator(shape)
]


class CompanySettings(Settings):
    """A company with its language of numbers and dates, its currency, and its files.

    folder: may hold `{snapshot}`; then each export has a folder of its own, the newest by name
    is read unless another is asked for. May hold `${NAME}` of the environment.
    as_of: when the files were taken, if no manifest.json says so and file times are not it.
    """

    name: str = ""
    currency: str = ""
    language: str = "en"
    folder: str = "."
    as_of: str = ""
    complete: Completeness = Completeness.UNKNOWN
    write: WriteMode = WriteMode.CHANGE_SET
    sync_user: str = "mdsync"
    format: FileFormat = FileFormat()
    columns: dict[str, str] = Setting(default_factory=dict)
    tables: dict[str, FileOrName] = Setting(default_factory=dict)

    @field_validator("as_of")
    @classmethod
    def _a_time_can_be_read(cls, written: str) -> str:
        try:
            datetime.fromisoformat(written or "2000-01-01")
        except ValueError:
            raise ValueError("a time like 2026-11-20 or 2026-11-20T06:00:00Z") from None
        return written

    def table_file(self, table: str) -> TableFile | None:
        """The file of a table, or None when this company delivers none."""
        found = self.tables.get(table)
        return TableFile(file=found) if isinstance(found, str) else found
