"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkstemp


def beside(path: Path, content: bytes) -> Path:
    """Give a new file with the content in the folder of another, with its rights if it exists."""
    number, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, name)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def put(path: Path, content: bytes) -> None:
    """Write a file; who looks meanwhile sees the old one or the new one."""
    new = beside(path, content)
    try:
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
