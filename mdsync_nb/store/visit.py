"""Short visits to the one workbench file: open, do one thing, close, behind a file lock."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from mdsync_nb.errors import CouldNotRun, StoreBusy
from mdsync_nb.store.schema import bring_up_to_date

SETTINGS = "set timezone = 'UTC'; set preserve_insertion_order = false"
ATTEMPTS_EVERY = 0.1


@dataclass(frozen=True)
class WorkbenchFile:
    """The workbench file: who may open it when. Nobody keeps it open.

    wait: seconds a visit waits for others before it gives up and says who holds the file.
    """

    path: Path
    wait: float = 60.0

    @contextmanager
    def visit(self, *, write: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file for one transaction and close it; nothing is kept when it fails.

        Raises StoreBusy naming the holder, StoreTooNew, CouldNotRun for a damaged file.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.path) + ".lock")
        try:
            lock.acquire(timeout=self.wait)
        except Timeout as error:
            raise StoreBusy(str(self.path), "another mdsync run", self.wait) from error
        try:
            self._made()
            db = self._opened(read_only=not write)
            try:
                with _one_transaction(db):
                    yield db
            finally:
                db.close()
        finally:
            lock.release()

    def _made(self) -> None:
        if not self.path.exists():
            db = self._opened(read_only=False)
            try:
                bring_up_to_date(db, str(self.path))
            finally:
                db.close()

    def _opened(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        give_up = time.monotonic() + self.wait
        while True:
            try:
                db = duckdb.connect(str(self.path), read_only=read_only)
                db.execute(SETTINGS)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower():
                    raise CouldNotRun(
                        f"{self.path} cannot be opened: {_first_line(error)}.",
                        hint="Restore it from a copy, or move it away and load again.",
                    ) from error
                if time.monotonic() >= give_up:
                    raise StoreBusy(str(self.path), _holder(str(error)), self.wait) from error
                time.sleep(ATTEMPTS_EVERY)
            else:
                if not read_only:
                    bring_up_to_date(db, str(self.path))
                return db

    @contextmanager
    def outside(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a place to compute that holds no file, for work between two visits."""
        db = duckdb.connect()
        try:
            db.execute(SETTINGS)
            db.execute(f"set temp_directory = '{_spill(self.path)}'")
            yield db
        finally:
            db.close()


@contextmanager
def _one_transaction(db: duckdb.DuckDBPyConnection) -> Iterator[None]:
    db.execute("begin")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):
            db.execute("rollback")
        raise
    db.execute("commit")


def _spill(path: Path) -> str:
    return str(path.with_suffix(".spill")).replace("'", "''")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")


def _holder(message: str) -> str:
    found = re.search(r"held in (.+?) \(PID (\d+)\)", message)
    return f"{Path(found.group(1)).name} (process {found.group(2)})" if found else "another program"
