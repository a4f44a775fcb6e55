"""The databases a process computes with. They are in memory and kept for the next use: to make
one takes as long as many a step. Files are only attached for as long as they are used."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Lock

import duckdb

from mdsync_nb.connectors.sql import identifier, literal

MEMORY = 2048
"""MiB a database may hold, so that a table of any size fits a machine of 6 GB; what does not fit
goes to disk. It is not all that a run needs: frames, and what the engine takes for threads, come
on top."""

UNITS = {"KiB": 2**-10, "MiB": 1, "GiB": 2**10, "TiB": 2**20}

KEPT = 2
"""How many are kept: one for the files that companies deliver, one for a workbench."""

IDLE = "mdsync:idle"
"""What the database in memory is called. No company may be called so."""

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}

_Use = tuple[Path, int]
_idle: dict[_Use, duckdb.DuckDBPyConnection] = {}
_of_the_parent: list[duckdb.DuckDBPyConnection] = []
_one_at_a_time = Lock()


@contextmanager
def attached(
    spill: Path, memory: int = MEMORY, *, keep: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database to attach files to that downloads nothing and counts in UTC. When all went
    well, they are detached and it is kept for the next use; else all of it is closed.

    spill: the folder for what does not fit. memory: MiB it may hold. keep: without it, it is closed
    in any case, as one whose configuration is locked has to be.
    """
    with _one_at_a_time:
        found = _idle.pop((spill, memory), None)
    held = found or _made(spill, memory)
    try:
        db = held.cursor()
        yield db
        keep = keep and _is_as_it_was(db)
    except BaseException:
        held.close()
        raise
    if keep:
        _keep((spill, memory), held)
    else:
        held.close()


@contextmanager
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database that holds no file, spills to a folder of this process alone, and forgets
    what is made in it."""
    with attached(Path(_own_folder(os.getpid()).name) / "spill") as db:
        attach(db, ":memory:", "staging")
        yield db


def attach(db: duckdb.DuckDBPyConnection, file: str, name: str, *, read_only: bool = False) -> None:
    """Attach a file to a database and use it; `:memory:` is one that is gone with the use."""
    how = " (read_only)" if read_only else ""
    db.execute(f"attach {literal(file)} as {identifier(name)}{how}; use {identifier(name)}")


def detach(db: duckdb.DuckDBPyConnection) -> None:
    """Detach all that was attached to a database. Raises duckdb.Error."""
    db.execute(f"use {identifier(IDLE)}")
    names = "select database_name from duckdb_databases() where not internal"
    for (name,) in db.execute(names).fetchall():
        if name != IDLE:
            db.execute(f"detach {identifier(name)}")


@cache
def _own_folder(_: int) -> tempfile.TemporaryDirectory[str]:
    """The folder of a process that nobody else can read; it is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="mdsync-", ignore_cleanup_errors=True)


def _made(spill: Path, memory: int) -> duckdb.DuckDBPyConnection:
    db = duckdb.connect(config={**SETTINGS, "temp_directory": str(spill)})
    db.execute("set global TimeZone = 'UTC'")
    attach(db, ":memory:", IDLE)
    db.execute("detach memory")
    _limit_memory(db, memory)
    return db


def _limit_memory(db: duckdb.DuckDBPyConnection, most: int) -> None:
    """Hold a database to so many MiB, or to less where it holds itself to less already."""
    usual = db.execute("select current_setting('memory_limit')").fetchall()[0][0]
    size, unit = str(usual).split()
    if float(size) * UNITS.get(unit, 0) > most:
        db.execute(f"set memory_limit = '{most}MiB'")


def _is_as_it_was(db: duckdb.DuckDBPyConnection) -> bool:
    """Detach what was attached; whether it could be."""
    with suppress(duckdb.Error):
        detach(db)
        db.close()
        return True
    return False


def _keep(use: _Use, db: duckdb.DuckDBPyConnection) -> None:
    with _one_at_a_time:
        old = _idle.pop(use, None)
        _idle[use] = db
        more = [_idle.pop(next(iter(_idle))) for _ in range(len(_idle) - KEPT)]
    for one in (old, *more):
        if one is not None:
            one.close()


def _leave_to_the_parent() -> None:
    """A forked process has none of the threads of these databases, so it can only let them be."""
    _of_the_parent.extend(_idle.values())
    _idle.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_the_parent)
