"""Short visits to the one workbench file: open, do one thing, close, behind a file lock."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import Timeout

from mdsync_nb.connectors.in_memory import MEMORY, attach, attached, detach
from mdsync_nb.errors import CouldNotRun, StoreBusy
from mdsync_nb.store.schema import bring_up_to_date, is_current
from mdsync_nb.store.sql import FILE
from mdsync_nb.store.waiting import (
    SAID_AFTER,
    Patience,
    Waits,
    in_turn,
    noted,
    noted_holder,
    quietly,
)

SHUT = "set enable_external_access = false; set lock_configuration = true"
ATTEMPTS_EVERY = 0.1
HELD = re.compile(r"could not set lock on file|being used by another process", re.IGNORECASE)
HERE = "is already attached by database"
UNFIT = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.SerializationException,
    duckdb.OutOfMemoryException,
)

REASONS = (
    (
        re.compile(r"no space left|not enough space|disk quota exceeded|disk full", re.IGNORECASE),
        "the disk is full",
        "Free some space, then run the command again; nothing of this step was kept.",
    ),
    (
        re.compile(r"read-only file system|permission denied|access is denied", re.IGNORECASE),
        "its folder or the file may not be written",
        "Give this user the right to write there, then run the command again.",
    ),
)
"""What the machine says, in words of people, and what to do."""


@dataclass(frozen=True)
class WorkbenchFile:
    """The workbench file: who may open it when. Nobody keeps it open.

    wait: seconds a visit waits for others before it gives up and says who holds the file.
    memory: MiB the database may hold; what does not fit goes to disk beside the file. waits: is
    told who holds the file, once in each wait of more than two seconds.
    """

    path: Path
    wait: float = 60.0
    memory: int = MEMORY
    waits: Waits = quietly

    @contextmanager
    def visit(
        self, *, write: bool, keep: bool = True, shut: bool = False
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file for one transaction and close it; nothing is kept when it fails.

        keep: without it nothing is kept at all. shut: no other file can be reached, nor any setting
        changed.

        Raises StoreBusy naming the holder, StoreTooNew, CouldNotRun for a damaged file.
        """
        with self._alone() as give_up:
            if not self.path.exists():
                self._made(give_up)
            try:
                with attached(self._spill, self.memory, keep=not shut) as db:
                    self._open(db, self.path, give_up, read_only=not write)
                    self._make_current(db, give_up, read_only=not write)
                    if shut:
                        db.execute(SHUT)
                    with _one_transaction(db, keep=keep):
                        yield db
            except _NotKept as error:
                raise self._unfit(error.reason) from error.reason
            except UNFIT as error:
                raise self._unfit(error) from error

    @contextmanager
    def _alone(self) -> Iterator[float]:
        """Wait for the runs before us; gives the moment when waiting ends."""
        give_up = time.monotonic() + self.wait
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            patience = Patience(self.wait, lambda: self._say(self._holder()))
            lock = in_turn(self.path, patience)
        except Timeout as error:
            raise StoreBusy(str(self.path), self._holder(), self.wait) from error
        except OSError as error:
            raise self._unfit(error) from error
        try:
            with noted(self.path):
                yield give_up
        finally:
            lock.release()

    def _make_current(
        self, db: duckdb.DuckDBPyConnection, give_up: float, *, read_only: bool
    ) -> None:
        """Give an older file the tables of this version."""
        if is_current(db, str(self.path)):
            return
        if not read_only:
            bring_up_to_date(db)
            return
        detach(db)
        self._open(db, self.path, give_up, read_only=False)
        bring_up_to_date(db)
        detach(db)
        self._open(db, self.path, give_up, read_only=True)

    def _made(self, give_up: float) -> None:
        """Make the file, whole or not at all."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.unlink(missing_ok=True)
        with attached(self._spill, self.memory) as db:
            self._open(db, fresh, give_up, read_only=False)
            bring_up_to_date(db)
        os.replace(fresh, self.path)

    def _open(
        self, db: duckdb.DuckDBPyConnection, path: Path, give_up: float, *, read_only: bool
    ) -> None:
        """Attach the file as soon as nobody else holds it."""
        say_at = time.monotonic() + SAID_AFTER
        while True:
            try:
                return attach(db, str(path), FILE, read_only=read_only)
            except duckdb.Error as error:
                holder, now = _holder_in(str(error)), time.monotonic()
                if not holder:
                    raise self._unfit(error) from error
                if now >= give_up:
                    raise StoreBusy(str(self.path), holder, self.wait) from error
                if now >= say_at:
                    self._say(holder)
                    say_at = give_up
                time.sleep(ATTEMPTS_EVERY)

    def _say(self, holder: str) -> None:
        self.waits(f"the workbench, which {holder} holds")

    def _holder(self) -> str:
        """Who has the file open: who said so, or as far as opening it ourselves can tell."""
        said = noted_holder(self.path)
        if said:
            return said
        try:
            duckdb.connect(str(self.path), read_only=True).close()
        except duckdb.Error as error:
            return _holder_in(str(error)) or "another run"
        return "another run"

    def _unfit(self, error: Exception) -> CouldNotRun:
        said = str(error).splitlines()[0].rstrip(".")
        for words, reason, hint in REASONS:
            if words.search(said):
                return CouldNotRun(f"{self.path} cannot be written: {reason}.", hint=hint)
        return CouldNotRun(
            f"{self.path} cannot be used: {said}.",
            hint="Mend what it says, or move the file away (or restore a copy) and load again.",
        )

    @contextmanager
    def outside(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a place to compute that holds no file, for work between two visits."""
        with attached(self._spill, self.memory) as db:
            attach(db, ":memory:", FILE)
            yield db

    @property
    def _spill(self) -> Path:
        return self.path.with_suffix(".spill")


@contextmanager
def _one_transaction(db: duckdb.DuckDBPyConnection, *, keep: bool) -> Iterator[None]:
    db.execute("begin")
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):
            db.execute("rollback")
        raise
    try:
        db.execute("commit" if keep else "rollback")
    except duckdb.Error as error:
        raise _NotKept(error) from error


class _NotKept(Exception):
    """What a visit wrote could not be kept, as on a full disk; the file is as it was before."""

    def __init__(self, reason: duckdb.Error) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _holder_in(message: str) -> str:
    """Who holds a file, in the words of the error; nothing when it is another error."""
    if HERE in message:
        return "this very program, by a connection of its own"
    if not HELD.search(message):
        return ""
    found = re.search(r"held in (.+?) \(PID (\d+)\)", message)
    return f"{Path(found.group(1)).name} (process {found.group(2)})" if found else "another program"
