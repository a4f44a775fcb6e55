"""The site while it is made, and how it takes the place of the one before: whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import polars as pl
from filelock import FileLock, Timeout

from mdsync_nb.errors import CouldNotRun
from mdsync_nb.reports import wording
from mdsync_nb.reports.book import write_book
from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.layout import Crumb, document
from mdsync_nb.reports.site.sheets import as_csv, stacked

FOLDER, LOCK, MAKING, BEFORE = "site", ".site.lock", ".site-", ".site-before"
WAIT = 60.0


@dataclass
class Pages:
    """What a site is made of until it is written: pages, and the tables that stand on them.

    sheets: the tables of all pages by the sheet of the workbook they are in.
    """

    title: str
    at: datetime
    note: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    csv: dict[str, bytes] = field(default_factory=dict)
    sheets: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    def add(
        self, place: str, title: str, *content: Html, crumbs: Sequence[Crumb], **look: str
    ) -> None:
        """Put a page in its place. crumbs: the pages above it, by name and place."""
        self.pages[place] = document(
            place, title, Html(*content), crumbs=crumbs, foot=self._foot(), **look
        )

    def beside(
        self, page: str, name: str, rows: pl.DataFrame, *, sheet: str, **of: str | int
    ) -> Html:
        """Put a table of a page beside it, as CSV and into the workbook; gives the links to it.

        rows: masked, heads as people read them. of: what tells it from the tables of other pages
        in the same sheet, as columns before its own.
        """
        if rows.is_empty():
            return Html()
        named = rows.select(*(pl.lit(value).alias(head) for head, value in of.items()), pl.all())
        self.sheets.setdefault(sheet, []).append(named)
        return self.part_of(page, name, rows, sheet=sheet)

    def part_of(self, page: str, name: str, rows: pl.DataFrame, *, sheet: str) -> Html:
        """Put a table beside a page that is a part of what another page puts into a sheet."""
        if rows.is_empty():
            return Html()
        place = places.csv_of(page, name)
        self.csv[place] = as_csv(rows)
        files = (
            tag("a", "CSV", href=places.link(page, place)),
            tag("a", f"Excel, sheet “{sheet}”", href=places.link(page, places.BOOK)),
        )
        many = f"{wording.count(rows.height, 'row')} as a file: "
        return tag("p", many, joined(files, " · "), class_="files")

    def _foot(self) -> Html:
        built = Html(f"{self.title}. Compared ", wording.long_time(self.at), ". ")
        return tag("footer", built, "Nothing on this page writes. ", self.note, "Times are UTC.")


def written(pages: Pages, reports: Path, *, beside: Sequence[Path] = ()) -> Path:
    """Write a site into the folder of reports, in place of the one before; gives its folder.

    beside: files that go along. The new site is written whole beside the old one and then takes
    its place, so pages of records that no longer wait are gone with it. Raises CouldNotRun when
    another process builds the site, or the old one cannot be moved away.
    """
    try:
        reports.mkdir(parents=True, exist_ok=True)
        with _alone(reports):
            made = Path(mkdtemp(prefix=MAKING, dir=reports))
            try:
                _fill(made, pages, beside)
                made.chmod(0o755)
                _take_the_place(made, reports)
            finally:
                shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise CouldNotRun(
            f"The site cannot be written into {reports}: {error.strerror or error}.",
            hint="Close what shows its files, or make room; the site before still stands.",
        ) from error
    return reports / FOLDER


@contextmanager
def _alone(reports: Path) -> Iterator[None]:
    """Be the only one that writes the site here; what a build left that was killed goes."""
    try:
        with FileLock(str(reports / LOCK), timeout=WAIT):
            _tidied(reports)
            yield
    except Timeout as error:
        raise CouldNotRun(
            f"Another process builds the site in {reports}.", hint="Try again when it is done."
        ) from error


def _tidied(reports: Path) -> None:
    if (reports / BEFORE).is_dir() and not (reports / FOLDER).exists():
        (reports / BEFORE).rename(reports / FOLDER)
    for left in reports.glob(f"{MAKING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _fill(folder: Path, pages: Pages, beside: Sequence[Path]) -> None:
    texts = {place: text.encode("utf-8", "replace") for place, text in pages.pages.items()}
    for place, content in (*texts.items(), *pages.csv.items()):
        file = folder / place
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    sheets = {name: stacked(parts) for name, parts in pages.sheets.items()}
    write_book(folder / places.BOOK, sheets, title=pages.title, at=pages.at)
    for file in beside:
        shutil.copy(file, folder / file.name)


def _take_the_place(made: Path, reports: Path) -> None:
    old, before = reports / FOLDER, reports / BEFORE
    if not old.exists():
        made.rename(old)
        return
    old.rename(before)
    try:
        made.rename(old)
    except OSError:
        with suppress(OSError):
            before.rename(old)
        raise
    shutil.rmtree(before, ignore_errors=True)
