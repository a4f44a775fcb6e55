"""Writing a schedule into files, without taking anybody's file away."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mdsync_nb.errors import CouldNotRun, UsageError
from mdsync_nb.schedules.made import Schedule


def there(schedule: Schedule, place: Path) -> list[Path]:
    """Give the files that writing a schedule to a place would overwrite."""
    return [path for path in _paths(schedule, place).values() if os.path.lexists(path)]


def write(schedule: Schedule, place: Path, *, overwrite: bool) -> Schedule:
    """Write a schedule into a file, or its files into a folder; gives it with its paths.

    Raises UsageError when a file is there already, unless overwrite, and for a folder in place of
    a file; CouldNotRun when it cannot be written.
    """
    found = there(schedule, place)
    if found and not overwrite:
        raise UsageError(
            f"{found[0]} is there already.", hint="Say --yes (overwrite=True), or another name."
        )
    paths = _paths(schedule, place)
    for name, path in paths.items():
        try:
            if schedule.into_folder:
                path.parent.mkdir(parents=True, exist_ok=True)
            _put(path, schedule.content(name), overwrite=overwrite)
        except OSError as error:
            raise CouldNotRun(
                f"{path} cannot be written: {error.strerror}.", hint="Say another place."
            ) from error
    return schedule.as_written(*paths.values())


def _paths(schedule: Schedule, place: Path) -> dict[str, Path]:
    if schedule.into_folder:
        return {name: place / name for name in schedule.texts}
    if place.is_dir():
        only = next(iter(schedule.texts))
        raise UsageError(f"{place} is a folder.", hint=f"Name a file, like {place / only}.")
    return dict.fromkeys(schedule.texts, place)


def _put(path: Path, content: bytes, *, overwrite: bool) -> None:
    """Write a file that is not there yet; one that is, through a file beside it, never by half."""
    if not overwrite:
        with path.open("xb") as new:
            new.write(content)
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
