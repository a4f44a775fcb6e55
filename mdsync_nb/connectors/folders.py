"""Where the files of a company lie: its folder, its snapshots, the files of one table."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from mdsync_nb.errors import ColumnMissing, CouldNotRun, SourceUnreadable, UnknownName, UsageError
from mdsync_nb.model.base import from_environment, without_secrets
from mdsync_nb.model.company import CompanySettings

SNAPSHOT = "{snapshot}"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class SourceFile:
    """A file that was read: its path below the workspace with `${NAME}` kept, and its content."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Export:
    """One file of one table: where it lies, and how people know it (`shown`)."""

    company: str
    table: str
    path: Path
    shown: str

    def unreadable(self, reason: str, row: int | None = None) -> SourceUnreadable:
        """Give the error that says why nothing of this file is taken."""
        return SourceUnreadable(self.company, self.table, self.shown, reason=reason, row=row)

    def lacks(self, column: str, found: Sequence[str]) -> ColumnMissing:
        """Give the error that says which column this file does not have."""
        return ColumnMissing(self.company, self.table, self.shown, column=column, found=found)

    def content(self) -> SourceFile:
        """Give the file by its content, so that a later change of it is noticed.

        Raises SourceUnreadable when it is not there or may not be opened.
        """
        try:
            with self.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                return SourceFile(self.shown, digest, stream.tell())
        except OSError as error:
            raise self.unreadable(_why_not_opened(error)) from error

    def stamp(self) -> tuple[int, int]:
        """Give size and time of the file, which move when somebody writes it."""
        status = self.path.stat()
        return status.st_size, status.st_mtime_ns

    def changed_at(self) -> datetime:
        """Give the time the file was last written (naive UTC)."""
        moment = datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        return moment.replace(tzinfo=None)


@dataclass(frozen=True)
class Delivery:
    """The files of one table in one export of a company, and where its manifest would lie."""

    folder: Path
    exports: tuple[Export, ...]
    manifest: Export


def snapshots(settings: CompanySettings, root: Path) -> list[str]:
    """Give the names of the exports that fill `{snapshot}`, sorted; none without `{snapshot}`.

    Only folders count, and only those that hold the rest of the path as well.
    """
    if SNAPSHOT not in settings.folder:
        return []
    parts = (root / from_environment(settings.folder)).parts
    place = next(number for number, part in enumerate(parts) if SNAPSHOT in part)
    above = Path(*parts[:place])
    before, _, after = (re.escape(text) for text in parts[place].partition(SNAPSHOT))
    fits = re.compile(f"{before}(.+){after}")
    found = (fits.fullmatch(one.name) for one in above.iterdir()) if above.is_dir() else ()
    names = (match.group(1) for match in found if match)
    return sorted(name for name in names if _filled(settings, root, name).is_dir())


def folder_of(settings: CompanySettings, root: Path, snapshot: str | None) -> Path:
    """Give the folder of a company's files: of the snapshot asked for, else of the newest by name.

    Raises UnknownName for a snapshot nobody took, CouldNotRun when there is none yet, UsageError
    when one is asked for and the folder has no `{snapshot}`.
    """
    return _filled(settings, root, snapshot_of(settings, root, snapshot))


def snapshot_of(settings: CompanySettings, root: Path, snapshot: str | None) -> str:
    """Give the name of the snapshot that is read, "" for a folder without `{snapshot}`."""
    if SNAPSHOT not in settings.folder:
        if snapshot is None:
            return ""
        raise UsageError(
            f"The folder {settings.folder} keeps no snapshots, so {snapshot!r} cannot be read.",
            hint="Leave the snapshot out, or write {snapshot} into `folder:` in mdsync.yaml.",
        )
    known = snapshots(settings, root)
    if snapshot is not None and snapshot not in known:
        raise UnknownName("snapshot", snapshot, known)
    if not known:
        raise CouldNotRun(
            f"There is no folder {settings.folder} yet.",
            hint="Put the first export there, a folder for each, the newest last by name.",
        )
    return snapshot or known[-1]


def delivery_of(
    company: str, settings: CompanySettings, table: str, *, root: Path, snapshot: str | None
) -> Delivery:
    """Give the files of a table, several of them in the order of their names.

    Raises UnknownName for a table the company does not deliver, SourceUnreadable for no file.
    """
    file = settings.table_file(table)
    if file is None:
        raise UnknownName(f"table of {company}", table, list(settings.tables))
    chosen = snapshot_of(settings, root, snapshot)
    folder = _filled(settings, root, chosen)
    written = PurePath(settings.folder.replace(SNAPSHOT, chosen))
    pattern = from_environment(file.file)
    found = sorted(folder.glob(pattern)) if "*" in pattern else [folder / pattern]
    exports = tuple(
        Export(company, table, path, _shown(written, path, folder, file.file)) for path in found
    )
    if not exports:
        nowhere = Export(company, table, folder, (written / file.file).as_posix())
        raise nowhere.unreadable("no file has such a name")
    manifest = Export(company, table, folder / MANIFEST, (written / MANIFEST).as_posix())
    return Delivery(folder, exports, manifest)


def stamps_of(delivery: Delivery) -> str:
    """Give what moves when somebody writes a file of a delivery, or its manifest, as one text."""
    found = []
    for export in (*delivery.exports, delivery.manifest):
        try:
            found.append([export.shown, *export.stamp()])
        except OSError:
            found.append([export.shown, None, None])
    return json.dumps(found)


def _filled(settings: CompanySettings, root: Path, snapshot: str) -> Path:
    """Give the company's folder with `{snapshot}` and `${NAME}` filled in."""
    return root / from_environment(settings.folder).replace(SNAPSHOT, snapshot)


def _shown(written: PurePath, path: Path, folder: Path, file: str) -> str:
    """Give a file's path as the settings write it; secrets stay behind their names."""
    if "*" not in file:
        return (written / file).as_posix()
    below = path.relative_to(folder).as_posix()
    return (written / without_secrets(below, file)).as_posix()


def _why_not_opened(error: OSError) -> str:
    """Say in plain words why a file cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, PermissionError):
        return "it may not be opened (a folder, no right to read it, or open in another program)"
    return (error.strerror or "it cannot be opened").lower()
