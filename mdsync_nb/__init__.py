"""A workbench that keeps master data in step between a source company and its subsidiaries."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mdsync_nb.engine.progress import watched
    from mdsync_nb.workbench import Workbench

__all__ = ["Workbench", "__version__", "watched"]

try:
    __version__ = version("mdsync-nb")
except PackageNotFoundError:  # a checkout that was not installed
    __version__ = "0+checkout"

LATE = {"Workbench": "mdsync_nb.workbench", "watched": "mdsync_nb.engine.progress"}


def __getattr__(name: str) -> object:
    """Give the workbench when it is first asked for: it takes a second to import."""
    if name in LATE:
        return getattr(import_module(LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
