"""A change set: files with what is to change in a company, for a person who imports them there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from mdsync_nb.connectors.change_set_files import Layout, Page, layout_of
from mdsync_nb.connectors.change_set_note import Entry, note
from mdsync_nb.connectors.changes import BEFORE, TableChanges
from mdsync_nb.connectors.places import Place, place_of
from mdsync_nb.connectors.whole_files import put
from mdsync_nb.connectors.written_text import style_of, written
from mdsync_nb.model.company import CompanySettings
from mdsync_nb.model.schema import Field

__all__ = ["TableChanges", "write_change_set"]

NOTE = "README.txt"
SAFE = re.compile(r"[^\w.-]+")


def write_change_set(
    company: str,
    settings: CompanySettings,
    changes: Sequence[TableChanges],
    *,
    root: Path,
    snapshot: str | None,
    folder: Path,
    undoes: str = "",
) -> list[Path]:
    """Write what a plan changes in a company as files to import there, and a README.txt.

    One file a table and action (`01_Customer_modify.csv`), tables in the order given, in the
    layout of the file that was read; a company of JSON or Parquet gets CSV in UTF-8, because
    nobody imports a page of a service or a Parquet file by hand. Values are literal: a text that
    begins with `=` stays one. Gives the files in the order they are to be imported, README.txt
    last; without changes nothing is written. The same changes give the same bytes. undoes: the job
    they take back, and its files.
    Raises CouldNotRun when the files cannot hold a value; then nothing is written.
    """
    files: list[_File] = []
    for number, table in enumerate((one for one in changes if one.any), start=1):
        place = place_of(company, settings, table.table, root=root, snapshot=snapshot)
        files += _files(number, table, place)
    if not files:
        return []
    ordered = sorted(files, key=lambda file: _import_order(file.entry))
    kinds = {file.kind for file in files}
    readme = note(settings.name or company, company, [one.entry for one in ordered], kinds, undoes)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in [*((one.entry.file, one.content) for one in ordered), (NOTE, readme)]:
        put(folder / name, content)
    return [*(folder / one.entry.file for one in ordered), folder / NOTE]


@dataclass(frozen=True)
class _File:
    """One file of a change set: what the README.txt says of it, and its bytes."""

    entry: Entry
    kind: str
    content: bytes


def _files(number: int, changes: TableChanges, place: Place) -> Iterator[_File]:
    """Give the files of one table."""
    layout = layout_of(place)
    for action, page in _pages(layout, changes, place):
        name = f"{number:02}_{_safe(changes.table)}_{action}{layout.suffix}"
        renames = action == "modify" and bool(changes.renamed.any())
        entry = Entry(name, changes.table, action, page.height, number, renames)
        yield _File(entry, layout.kind, layout.content(page))


def _safe(table: str) -> str:
    """Give a table's name as a part of a file name that every system takes."""
    return SAFE.sub("_", table).strip("._")[:60] or "table"


def _import_order(entry: Entry) -> tuple[bool, int, int]:
    """Give when a file is to be imported: deletions last, and what refers to others first."""
    if entry.action == "delete":
        return True, -entry.number, 0
    first = "modify" if entry.renames else "insert"
    return False, entry.number, int(entry.action != first)


def _pages(layout: Layout, changes: TableChanges, place: Place) -> Iterator[tuple[str, Page]]:
    """Give what each file of a table holds: its columns by the file's names, its texts."""
    positions = place.positions(layout.header, changes.schema)
    columns = _Columns(layout, changes, place, positions)
    if changes.modified.height:
        yield "modify", columns.modified()
    if changes.inserted.height:
        names = [n for n in changes.inserted.columns if not n.startswith("_") or n in positions]
        yield "insert", columns.page(changes.inserted.select(names))
    if changes.deleted.height:
        yield "delete", columns.page(changes.deleted.select(changes.schema.key))


@dataclass(frozen=True)
class _Columns:
    """The columns of a table as its file names and orders them."""

    layout: Layout
    changes: TableChanges
    place: Place
    positions: Mapping[str, int]

    def modified(self) -> Page:
        """The key and what changes, with the key as it was where a record is renamed."""
        fields = [name for name in self.changes.modified.columns if not name.startswith(BEFORE)]
        page = self.page(self.changes.modified.select(fields))
        if not self.changes.renamed.any():
            return page
        keys = self.changes.previous_keys
        before = [self.texts(keys[name]) for name in keys.columns]
        named = [texts.alias(f"{texts.name} (before)") for _, texts in before]
        return pl.DataFrame(named).hstack(page)

    def page(self, values: pl.DataFrame) -> Page:
        """Records as texts under the names of the file's columns, in the order of the file."""
        found = dict(self.texts(values[name]) for name in values.columns)
        for position, text in self.place.where(self.layout.header).items():
            name = self.layout.header[position]
            found[position] = pl.Series(name, [text]).new_from_index(0, values.height)
        return pl.DataFrame([found[position] for position in sorted(found)])

    def texts(self, values: pl.Series) -> tuple[int, pl.Series]:
        """A field as texts under the name and in the style of its column, and where that stands."""
        field = self.changes.schema.by_name.get(values.name, Field(name=values.name))
        at = self.positions.get(field.name)
        if at is None:
            beyond = len(self.layout.header) + list(self.changes.schema.by_name).index(field.name)
            return beyond, written(values, field, self.layout.format).alias(
                self.place.declared(field.name)
            )
        sample = self.layout.sample(at, field)
        style = style_of(sample, field, self.layout.format, options=self.layout.options)
        texts = written(values, field, self.layout.format, style)
        return at, texts.alias(self.layout.header[at])
