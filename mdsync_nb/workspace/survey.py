"""What companies there are in a folder of exports, and which tables each of them delivers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path

from mdsync_nb.model import TableSchema
from mdsync_nb.workspace.facts import product_tables
from mdsync_nb.workspace.guess import Guess
from mdsync_nb.workspace.local_currency import local_currencies
from mdsync_nb.workspace.recognise import (
    columns_of,
    is_of_dataverse,
    letters,
    recognised,
    table_by_header,
    table_by_name,
    table_of,
)
from mdsync_nb.workspace.sample import Sample, is_table_file, samples_of, tells_apart

SNAPSHOT = re.compile(r"\d{4}-?\d\d(-?\d\d)?([-_ T]?[\d:h-]+Z?)?")
OUR_FOLDERS = {"out", "reports", "notebooks"}
EDITIONS = 5
"""Values of a column that may tell the same records apart; one with more is a field like others."""

COMPANY_COLUMNS = {"company", "companyname", "mandant"}


@dataclass(frozen=True)
class Place:
    """A folder of one export: as `folder:` is to name it, where it is, and what it is called."""

    folder: str
    path: Path
    label: str


@dataclass(frozen=True)
class Delivered:
    """A table that a company delivers in files, or in the part of them `where` tells."""

    table: str
    files: tuple[str, ...]
    sample: Sample
    rows: int
    where: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The file, or a pattern for the pages of it."""
        first, last = min(self.files), max(self.files)
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
        start = "".join(sign for sign, _ in alike)
        return first if first == last else f"{start}*{Path(first).suffix}"

    @property
    def schema(self) -> TableSchema:
        """What the product says of the table."""
        return product_tables()[self.table]

    @property
    def columns(self) -> dict[str, str]:
        """The columns that need to be told their field."""
        return columns_of(self.sample.header, self.schema)[0]

    @property
    def unknown(self) -> list[str]:
        """The columns nobody recognises, without the one that tells companies apart."""
        unknown = columns_of(self.sample.header, self.schema)[1]
        return [column for column in unknown if column not in self.where]

    @property
    def editions(self) -> tuple[str, Counter[str]] | None:
        """The column that tells rows of one key apart, with its values and how many rows each has:
        the file holds the same records several times."""
        known = recognised(self.sample.header, self.schema)
        key = [name for name, field in known.items() if field in self.schema.key]
        few = {one: self.sample.few.get(one, Counter()) for one in self.unknown}
        place = self.sample.path, self.sample.sheet, (*self.where, *key)
        named = (one for one, found in few.items() if 1 < len(found) <= EDITIONS)
        column = next((one for one in named if tells_apart(*place, one)), None)
        return (column, few[column]) if column else None

    @property
    def companies(self) -> tuple[str, Counter[str]] | None:
        """The column that names the company, with its names and how many rows each has."""
        column = _company_column(self.unknown, self.sample)
        return (column, self.sample.few[column]) if column else None


@dataclass(frozen=True)
class Surveyed:
    """A company as its files show it. remarks: what was found and not taken, and why. currency:
    its local currency, where a file says it."""

    label: str
    place: Place
    tables: tuple[Delivered, ...]
    remarks: tuple[str, ...]
    currency: Guess | None = None

    @property
    def is_dataverse(self) -> bool:
        """Whether it is no company of the product: it delivers tables of Dataverse alone."""
        return all(is_of_dataverse(one.table) for one in self.tables)

    @property
    def rows(self) -> int:
        """How many rows it has in all its files."""
        return sum(one.rows for one in self.tables)


def survey(root: Path) -> list[Surveyed]:
    """Look at the files below a folder and tell which company delivers which table.

    Sub-folders are companies, also through folders of their own for each export, whose names
    begin with a date; files beside them belong together. Where a column names the company, each
    name is one.
    """
    return [one for place in _places(root) for one in _companies(place)]


def _places(root: Path) -> Iterator[Place]:
    own = _place(root, ".", root.name)
    if own is not None:
        yield own
    for folder in sorted(one for one in root.iterdir() if one.is_dir()):
        ours = folder.name in OUR_FOLDERS or folder.name.startswith((".", "_"))
        if not ours and not SNAPSHOT.fullmatch(folder.name) and not table_by_name(folder.name):
            found = _place(folder, folder.name, folder.name)
            if found is not None:
                yield found


def _place(path: Path, folder: str, label: str) -> Place | None:
    """Give the newest export of a folder, or the folder itself; None when it holds no files."""
    exports = sorted(
        one for one in path.iterdir() if SNAPSHOT.fullmatch(one.name) and any(_groups(one))
    )
    if exports:
        inside = "{snapshot}" if folder == "." else f"{folder}/{{snapshot}}"
        return Place(inside, exports[-1], label)
    return Place(folder, path, label) if any(_groups(path)) else None


def _groups(path: Path) -> Iterator[tuple[str, Path]]:
    """Give the files of an export, and of folders named like a table one file for all in it."""
    if not path.is_dir():
        return
    for one in sorted(path.iterdir()):
        if is_table_file(one):
            yield one.name, one
        elif one.is_dir() and table_by_name(one.name):
            inside = sorted(file for file in one.iterdir() if is_table_file(file))
            if inside:
                yield f"{one.name}/*{inside[0].suffix}", inside[0]


def _companies(place: Place) -> Iterator[Surveyed]:
    found, remarks, said = _tables(place)
    rows = Counter[str]()
    for _, counted in filter(None, (one.companies for one in found)):
        rows.update({name: number for name, number in counted.items() if name.strip()})
    if len(rows) <= 1:
        label = next(iter(rows), place.label) if place.folder == "." else place.label
        currency = said.get(next(iter(rows), ""), said.get(""))
        yield Surveyed(label, place, tuple(found), tuple(remarks), currency)
        return
    remarks += [f"{one.file} (no column names the company)" for one in found if not one.companies]
    for name in rows:
        parts = (_part_of(one, name) for one in found)
        tables = tuple(part for part in parts if part)
        yield Surveyed(name, place, tables, tuple(remarks), said.get(name))
        remarks = []


def _part_of(whole: Delivered, company: str) -> Delivered | None:
    """Give the rows of one company, or None when the files have none of it."""
    if whole.companies is None or not whole.companies[1][company]:
        return None
    column, rows = whole.companies
    return replace(whole, where={column: company}, rows=rows[company])


def _company_column(columns: Iterable[str], sample: Sample) -> str:
    """The column that names the company, or blank."""
    named = (one for one in columns if letters(one) in COMPANY_COLUMNS and one in sample.few)
    return next(named, "")


def _tables(place: Place) -> tuple[list[Delivered], list[str], dict[str, Guess]]:
    """Give the tables an export holds, what in it was not taken, and the local currencies."""
    found: dict[str, Delivered] = {}
    unnamed: list[Delivered] = []
    remarks: list[str] = []
    said: dict[str, Guess] = {}
    for file, path in _groups(place.path):
        samples = samples_of(path)
        if not samples:
            remarks.append(f"{file} (cannot be read as a table)")
        for sample in samples:
            stem = sample.sheet if sample.sheets > 1 else Path(file.partition("/")[0]).stem
            one = Delivered(table_of(sample, stem) or "", (file,), sample, sample.rows)
            company = _company_column(sample.header, sample)
            said |= local_currencies(sample, _named(one), company=company)
            if one.table:
                remarks += _take(found, one, place)
            else:
                unnamed.append(one)
    for one in unnamed:
        table = table_by_header(one.sample.header, found)
        if table:
            remarks += _take(found, replace(one, table=table), place)
        else:
            remarks.append(f"{_named(one)} (no table of the product)")
    return list(found.values()), remarks, said


def _take(found: dict[str, Delivered], one: Delivered, place: Place) -> list[str]:
    """Add a table to those found, or say why not."""
    there = set(recognised(one.sample.header, one.schema).values())
    missing = [name for name in one.schema.key if name not in there]
    if missing and not one.schema.single:
        return [f"{_named(one)} (looks like {one.table}, but no column is its {missing[0]})"]
    first = found.get(one.table)
    if first is None:
        found[one.table] = one
        return []
    both = replace(first, files=(*first.files, *one.files), rows=first.rows + one.rows)
    matched = {path.name for path in place.path.glob(both.file)}
    if one.sample.header == first.sample.header and matched == set(both.files):
        found[one.table] = both
        return []
    return [f"{_named(one)} (looks like {one.table}, which {first.file} holds)"]


def _named(one: Delivered) -> str:
    sheet = f", sheet {one.sample.sheet}" if one.sample.sheets > 1 else ""
    return f"{one.files[0]}{sheet}"
