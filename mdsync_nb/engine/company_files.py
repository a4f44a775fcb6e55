"""The files of companies as an applied plan leaves them: a change set, or the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from mdsync_nb.connectors.change_set import write_change_set
from mdsync_nb.connectors.changes import BEFORE, TableChanges
from mdsync_nb.connectors.folders import delivery_of
from mdsync_nb.connectors.in_place import patch_in_place
from mdsync_nb.connectors.staging import Staged, stage
from mdsync_nb.errors import CouldNotRun, MdsyncError, PlanStale
from mdsync_nb.model import WriteMode
from mdsync_nb.store import FilesWritten, Image, Ready
from mdsync_nb.workspace import Workspace

Hashes = tuple[str, str]
"""The sha256 of a file before and after it was written."""


@dataclass(frozen=True)
class CompanyFiles:
    """The files one plan writes. changes: company -> what its tables got so far, in their order.
    undoes: the job it takes back with the plan of that.
    """

    workspace: Workspace
    plan_id: str
    clock: Callable[[], datetime]
    changes: dict[str, list[TableChanges]] = field(default_factory=dict)
    undoes: tuple[int, str] | None = None

    def remember(self, image: Image, ready: Ready) -> TableChanges:
        """Note what a step writes into a table, for the files of the company as a whole."""
        found = changes_of(image, ready, in_place=self._in_place(image))
        self.changes.setdefault(image.company, []).append(found)
        return found

    def write(self, image: Image, ready: Ready, scratch: Path) -> tuple[list[Path], FilesWritten]:
        """Write what a step changes, and give the files with what the workbench notes of them.

        scratch: a folder that outlives the step. Raises PlanStale, CouldNotRun, SourceUnreadable,
        ColumnMissing; then no file was changed.
        """
        found = self.remember(image, ready)
        if not found.any:
            return [], FilesWritten()
        if self._in_place(image):
            return self._patched(image, found, scratch)
        root, into = self.workspace.root, self._folder(self.plan_id, image.company)
        settings, changes = self.workspace.company(image.company), self.changes[image.company]
        try:
            paths = write_change_set(
                image.company,
                settings,
                changes,
                root=root,
                snapshot=None,
                folder=root / into,
                undoes=self._undone(image.company),
            )
        except OSError as error:
            raise CouldNotRun(
                f"The change set cannot be written into {into}: {error.strerror}.",
                hint="Mend what it says, or set `out` to another folder; nothing was written.",
            ) from error
        return paths, FilesWritten()

    def _folder(self, plan_id: str, company: str) -> Path:
        return Path(self.workspace.settings.out, plan_id, company)

    def _undone(self, company: str) -> str:
        if self.undoes is None:
            return ""
        job, plan_id = self.undoes
        return f"job {job} ({self._folder(plan_id, company).as_posix()})"

    def _in_place(self, image: Image) -> bool:
        return self.workspace.company(image.company).write is WriteMode.IN_PLACE

    def _patched(
        self, image: Image, found: TableChanges, scratch: Path
    ) -> tuple[list[Path], FilesWritten]:
        """Patch the file, or read it again when it is not what was loaded.

        A run that was interrupted after it wrote the file has left just what this one would write.
        """
        settings, root = self.workspace.company(image.company), self.workspace.root
        loaded = next(iter(image.files.values()), "")
        try:
            paths = patch_in_place(
                image.company, settings, [found], root=root, snapshot=None, expected=image.files
            )
        except PlanStale as refusal:
            staged = self._as_it_reads(image, scratch, refusal)
            patched = self._same_files(image, {loaded: staged.files[0].sha256})
            return [], FilesWritten(patched=patched, found=staged, refusal=refusal)
        delivery = delivery_of(image.company, settings, image.table, root=root, snapshot=None)
        now = delivery.exports[0].content().sha256
        return paths, FilesWritten(patched=self._same_files(image, {loaded: now}))

    def _as_it_reads(self, image: Image, scratch: Path, refusal: PlanStale) -> Staged:
        try:
            return stage(
                image.company,
                self.workspace.company(image.company),
                image.table,
                self.workspace.schema(image.table),
                root=self.workspace.root,
                snapshot=None,
                clock=self.clock,
                into=scratch / "staged.parquet",
            )
        except MdsyncError as error:
            raise refusal from error

    def _same_files(
        self, image: Image, hashes: Mapping[str, str]
    ) -> dict[tuple[str, str, str], Hashes]:
        """Give every table of every company that lies in the file an image came from."""
        here = {path.resolve() for path, _ in self._exports(image.company, image.table)}
        return {
            (company, table, shown): pair
            for company, settings in self.workspace.settings.companies.items()
            for table in settings.tables
            for path, shown in self._exports(company, table)
            for pair in hashes.items()
            if path.resolve() in here
        }

    def _exports(self, company: str, table: str) -> list[tuple[Path, str]]:
        """Give the files of a table with what a load calls them; none where there is none."""
        settings, root = self.workspace.company(company), self.workspace.root
        try:
            delivery = delivery_of(company, settings, table, root=root, snapshot=None)
        except MdsyncError:
            return []
        return [(export.path, export.shown) for export in delivery.exports]


def changes_of(image: Image, ready: Ready, *, in_place: bool = False) -> TableChanges:
    """Give what a step writes as the company's files want it: keys, what changes, whole inserts.

    in_place: a created record keeps the id we gave it where the file has ids, since nobody else
    will give it one; a record that is only touched is not written, since nobody stamps it there.
    """
    if in_place:
        only = pl.col("_id").is_in(ready.touched.implode())
        ready = replace(
            ready, modified=ready.modified.filter(~only), cells=ready.cells.filter(~only)
        )
    changed = ready.cells["field"].unique().to_list()
    keys = list(image.schema.key)
    names = [one.name for one in image.schema.fields if one.name in {*keys, *changed}]
    modified = ready.modified.sort("_id").with_row_index("record")
    cells = ready.cells.join(modified.select("record", "_id"), on="_id")
    inserted = ready.inserted.sort("_id")
    return replace(
        TableChanges(image.table, image.schema),
        inserted=inserted if in_place and image.has_ids else inserted.drop("_id"),
        modified=modified.select(
            *(pl.col(f"_previous:{key}").alias(BEFORE + key) for key in keys), *names
        ),
        cells=cells.select(pl.col("record").cast(pl.Int64), "field"),
        deleted=ready.deleted,
    )
