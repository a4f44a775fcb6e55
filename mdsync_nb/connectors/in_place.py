"""Writing into the files that were read: only the cells and records of the plan change.

Every table is worked out in memory before the first file is touched; then each file is replaced
as a whole. Rows, order, encoding, quotes and line ends the plan does not name stay as they are.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mdsync_nb.connectors.changes import TableChanges
from mdsync_nb.connectors.in_place_csv import patched_file
from mdsync_nb.connectors.in_place_excel import patched_workbook
from mdsync_nb.connectors.manifest import manifest_of
from mdsync_nb.connectors.places import Place, place_of
from mdsync_nb.connectors.whole_files import beside, put
from mdsync_nb.errors import CouldNotRun, PlanStale
from mdsync_nb.model.company import CompanySettings

__all__ = ["TableChanges", "patch_in_place"]


def patch_in_place(
    company: str,
    settings: CompanySettings,
    changes: Sequence[TableChanges],
    *,
    root: Path,
    snapshot: str | None,
    expected: Mapping[str, str],
) -> list[Path]:
    """Write an applied plan into the files of a company; give the files that are not as before.

    expected: the file, as a load names it or as the settings write it -> its sha256 at that load.
    A file that would not change is not touched. A company in a file it shares with others is
    known by its `where:`; after the write the others are to be loaded again.
    Raises PlanStale when a file is not what was loaded or does not hold the plan's records,
    SourceUnreadable when one is there twice, ColumnMissing, and CouldNotRun for files that are not
    patched (Parquet, JSON, several files of one table). Whatever is raised, no file was changed.
    """
    before: dict[Path, bytes] = {}
    after: dict[Path, bytes] = {}
    for table in changes:
        if not table.any:
            continue
        place = place_of(company, settings, table.table, root=root, snapshot=snapshot)
        _refuse_what_cannot_be_patched(place, table)
        if place.path not in before:
            before[place.path] = _as_loaded(place, expected)
        content = after.get(place.path, before[place.path])
        after[place.path] = _patched(content, table, place)
    changed = {path: new for path, new in after.items() if new != before[path]}
    _replace(changed, before)
    return list(changed)


def _as_loaded(place: Place, expected: Mapping[str, str]) -> bytes:
    """Give the bytes of a file that is still the one the plan was made from."""
    content = place.path.read_bytes()
    loaded = expected.get(place.name) or expected.get(place.file.file, "")
    if hashlib.sha256(content).hexdigest() != loaded.lower():
        raise PlanStale(
            f"{place.company} {place.table}: {place.name} is not the file that was loaded; "
            "it was written since, so nothing was changed in it.",
            hint=f"Run `mdsync load {place.company}`, then make the plan again.",
        )
    return content


def _refuse_what_cannot_be_patched(place: Place, changes: TableChanges) -> None:
    """Refuse files that are read but not patched, and those a manifest vouches for."""
    reason = ""
    if len(place.delivery.exports) > 1:
        reason = f"{place.file.file} stands for several files, and only a single one is patched"
    elif place.kind == "other":
        reason = f"{place.name} cannot be patched in place; that is for CSV and Excel files"
    elif _vouched_for(place, grows=changes.inserted.height != changes.deleted.height):
        reason = f"manifest.json vouches for {place.name}, which a change in it would make untrue"
    if reason:
        raise CouldNotRun(
            f"{place.company} {place.table}: {reason}.",
            hint=f"Set `write: change_set` for {place.company} in mdsync.yaml and apply again.",
        )


def _vouched_for(place: Place, *, grows: bool) -> bool:
    """True when the export's manifest holds the sha256 of the file, or its number of rows."""
    manifest = manifest_of(place.delivery)
    below = place.export.path.relative_to(place.delivery.folder).as_posix()
    names = {below, place.table}
    return bool(names & set(manifest.sha256)) or (grows and place.table in manifest.rows)


def _patched(content: bytes, changes: TableChanges, place: Place) -> bytes:
    """Give the bytes of a file with the changes of one table."""
    patch = patched_file if place.kind == "text" else patched_workbook
    return patch(content, changes, place)


def _replace(changed: Mapping[Path, bytes], before: Mapping[Path, bytes]) -> None:
    """Put new files in the place of old ones, all of them or none.

    Each is first written whole beside the old one. When one cannot be replaced (another program
    holds it open), those already replaced get their old bytes back.
    """
    waiting: dict[Path, Path] = {}
    done: list[Path] = []
    now = Path()
    try:
        for now, content in changed.items():
            waiting[now] = beside(now, content)
        _refuse_newer(before, changed)
        for now, new in waiting.items():
            os.replace(new, now)
            done.append(now)
    except OSError as error:
        for path in done:
            put(path, before[path])
        raise CouldNotRun(
            f"{now.name} cannot be replaced: {error.strerror or error}. "
            "All files of the company are as they were.",
            hint="Mend what it says (a program that has the file open is to be closed), then apply "
            "the plan again.",
        ) from error
    finally:
        _remove(new for path, new in waiting.items() if path not in done)


def _refuse_newer(before: Mapping[Path, bytes], paths: Iterable[Path]) -> None:
    """Refuse to write over a file that somebody wrote while we worked."""
    for path in paths:
        if path.read_bytes() != before[path]:
            raise PlanStale(f"{path.name} was written by somebody else just now.")


def _remove(files: Iterable[Path]) -> None:
    """Remove the files that did not get to their place."""
    for file in files:
        file.unlink(missing_ok=True)
