"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import uuid4


def beside(path: Path, content: bytes) -> Path:
    """Give a new file with the content in the folder of another, with its rights if it exists."""
    new = path.with_name(f".{path.name}.{uuid4().hex[:12]}.new")
    try:
        with new.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if path.exists():
            shutil.copymode(path, new)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    return new


def put(path: Path, content: bytes) -> None:
    """Write a file; who looks meanwhile sees the old one or the new one."""
    new = beside(path, content)
    try:
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
