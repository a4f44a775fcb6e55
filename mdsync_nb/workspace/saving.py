"""Settings as they are in their file, and an edit of them written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from mdsync_nb.errors import CouldNotRun, UsageError
from mdsync_nb.workspace.editing import Edit

MARK = "\ufeff"
"""What some editors put before a text in UTF-8; it stays where it was."""


def text_of(file: Path) -> str:
    """Give the text of a settings file, its line breaks as they are."""
    return file.read_bytes().decode("utf-8-sig")


def write(file: Path, edit: Edit) -> None:
    """Write an edit, through a file beside it, so that no half of it can be left.

    Raises UsageError when the file holds another text than the edit was made from, CouldNotRun
    when it cannot be written.
    """
    place = file.resolve()
    held = place.read_bytes()
    if held.decode("utf-8-sig") != edit.before:
        raise UsageError(
            f"{file.name} was changed meanwhile, so nothing was written.",
            hint="Read mdsync.yaml again, and what it would change now.",
        )
    mark = MARK if held.decode("utf-8").startswith(MARK) else ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=place.parent)
    except OSError as error:
        raise _not_written(file, error) from error
    try:
        with os.fdopen(handle, "wb") as new:
            new.write((mark + edit.after).encode("utf-8"))
            new.flush()
            os.fsync(new.fileno())
        shutil.copymode(place, name)
        os.replace(name, place)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _not_written(file, error) from error


def _not_written(file: Path, error: OSError) -> CouldNotRun:
    return CouldNotRun(
        f"{file.name} cannot be written: {error.strerror}.", hint="It is as it was before."
    )
