"""An Excel file patched in one sheet; every other part of it keeps its bytes and its place."""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from xml.etree import ElementTree

from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.edits import edits_of
from mdsync_nb.connectors.places import Place
from mdsync_nb.connectors.sheet_grid import SheetGrid, prefix_of, shared_texts
from mdsync_nb.connectors.sheet_xml import extended, patched_sheet
from mdsync_nb.errors import CouldNotRun

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST_SHEET = 31
NOT_EXCEL = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    KeyError,
    StopIteration,
    UnicodeDecodeError,
    ElementTree.ParseError,
)
FIRST_DAYS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


@dataclass(frozen=True)
class Workbook:
    """The parts of an Excel file, and which of them is the sheet of the table."""

    parts: Mapping[str, bytes]
    sheet_name: str
    sheet: str
    xml: str
    shared: str
    tables: tuple[str, ...]
    first_day: date


def opened(content: bytes, place: Place) -> Workbook:
    """Give the parts of an Excel file with the sheet of the table found.

    Raises SourceUnreadable when it is not an Excel file or the sheet is not in it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        return _workbook(parts, place)
    except NOT_EXCEL as error:
        raise place.export.unreadable("it is not an Excel file (.xlsx)") from error


def _workbook(parts: Mapping[str, bytes], place: Place) -> Workbook:
    """Give the parts by what they are; raises KeyError or StopIteration when one is missing."""
    main = next(path for kind, path in _related(parts, "").values() if kind == "officeDocument")
    book, related = ElementTree.fromstring(parts[main]), _related(parts, main)
    name, relation = _sheet_of(book, place)
    sheet = related[relation][1]
    shared = next((path for kind, path in related.values() if kind == "sharedStrings"), "")
    days = any(one.get("date1904") in ("1", "true") for one in _all(book, "workbookPr"))
    return Workbook(
        parts=parts,
        sheet_name=name,
        sheet=sheet,
        xml=parts[sheet].decode("utf-8"),
        shared=parts[shared].decode("utf-8") if shared else "",
        tables=tuple(path for kind, path in _related(parts, sheet).values() if kind == "table"),
        first_day=FIRST_DAYS[days],
    )


def _all(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """Give the elements of a name, whatever their namespace."""
    return [one for one in root.iter() if one.tag.rpartition("}")[2] == name]


def _related(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Give what a part refers to: the kind and the path of each, by its id."""
    folder, name = posixpath.split(part)
    content = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if content is None:
        return {}
    return {
        one.get("Id", ""): (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in _all(ElementTree.fromstring(content), "Relationship")
    }


def _sheet_of(book: ElementTree.Element, place: Place) -> tuple[str, str]:
    """Give the name and the relation of the sheet of the table, by the rule sheets are read by."""
    sheets = {one.get("name", ""): one.get(RELATION, "") for one in _all(book, "sheet")}
    wanted = place.file.sheet or place.table.replace("/", "_")[:LONGEST_SHEET]
    alike = [name for name in sheets if name.casefold() == wanted.casefold()]
    if wanted not in sheets and len(sheets) == 1 and not place.file.sheet:
        return next(iter(sheets.items()))
    name = wanted if wanted in sheets else alike[0] if len(alike) == 1 else None
    if name is None:
        raise place.export.unreadable(f"it has no sheet {wanted!r} (it has {', '.join(sheets)})")
    return name, sheets[name]


def grid_of(book: Workbook, place: Place) -> SheetGrid:
    """Give the sheet of the table as rows and columns."""
    if "<![CDATA[" in book.xml:
        raise place.export.unreadable("its sheet holds CDATA sections")
    grid = SheetGrid(
        xml=book.xml,
        shared=shared_texts(book.shared),
        header_row=1,
        format=place.format,
        first_day=book.first_day,
    )
    if grid.rows["number"].null_count():
        raise place.export.unreadable("the rows of its sheet have no numbers")
    if _is_package(grid, place):
        return replace(grid, header_row=3)
    return grid


def _is_package(grid: SheetGrid, place: Place) -> bool:
    """True for a sheet of a configuration package: code, caption and table id in row 1."""
    if place.file.layout != "auto":
        return place.file.layout == "package"
    first = (*grid.row_texts(1), "", "", "")
    alone = not any(first[3:]) and not any(grid.row_texts(2))
    return all(first[:3]) and first[2].isdecimal() and alone


def patched_workbook(content: bytes, changes: TableChanges, place: Place) -> bytes:
    """Give the bytes of an Excel file with the changes of a table; the same bytes without any.

    Raises what `edits_of` and `patched_sheet` raise; nothing is written here.
    """
    book = opened(content, place)
    grid = grid_of(book, place)
    edits = edits_of(grid, changes, place)
    if not edits.any:
        return content
    xml, bottom = patched_sheet(grid, edits, place)
    new = {book.sheet: xml.encode("utf-8")}
    if edits.appended:
        for path in book.tables:
            new[path] = _longer_table(book.parts[path], grid.header_row, bottom, place)
    return _repacked(content, new)


def _longer_table(part: bytes, header_row: int, bottom: int, place: Place) -> bytes:
    """Give the part of an Excel table, its range reaching down to the last row."""
    xml = part.decode("utf-8")
    p = prefix_of(xml, "table")
    if not re.search(rf'<{p}table\b[^>]*?\sref="[A-Z]+{header_row}:', xml):
        return part
    if re.search(rf'<{p}table\b[^>]*?\stotalsRowCount="[1-9]', xml):
        raise CouldNotRun(
            f"{place.company} {place.table}: the table in {place.name} ends in a totals row, so "
            "no record can be added below it.",
            hint="Remove the totals row, or set `write: change_set`.",
        )
    return extended(xml, rf"<{p}(?:table|autoFilter)\b[^>]*?\sref=", bottom).encode("utf-8")


def _repacked(content: bytes, new: Mapping[str, bytes]) -> bytes:
    """Give the file with some parts replaced: same parts, same order, same times."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w") as archive,
    ):
        archive.comment = old.comment
        for part in old.infolist():
            archive.writestr(copy.copy(part), new.get(part.filename, old.read(part)))
    return packed.getvalue()
