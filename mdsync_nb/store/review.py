"""The lines of the full synchronization as they are kept, and who alone may run them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from mdsync_nb import frames
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.model import Direction
from mdsync_nb.store.sql import frame_of, listed

WAYS = {"to": Direction.TO_INTEGRATION.value, "from": Direction.FROM_INTEGRATION.value}
OF_JOBS = [f"{word}_job_{told}" for word in WAYS for told in ("id", "status")]
"""Columns of a line that its jobs tell."""


def lines_of(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every line (`frames.REVIEW_KEPT`)."""
    ways = ", ".join(_job(word, way) for word, way in WAYS.items())
    lines = frame_of(
        db,
        f"""select r.*, j.* exclude (plan_id) from review r
        left join (select plan_id, {ways} from job where status <> 'stopped' group by plan_id) j
            on j.plan_id = r.plan_id""",
    )
    return frames.conform(lines, frames.REVIEW_KEPT)


def _job(word: str, way: str) -> str:
    """The newest job of a plan in one direction, and how it is (semantics.md 6.4)."""
    status = """case when status = 'in process' then status
        when failed > 0 then 'error' else 'success' end"""
    one = f"filter (direction = '{way}')"
    return (
        f"max(job_id) {one} as {word}_job_id, arg_max({status}, job_id) {one} as {word}_job_status"
    )


def refresh(db: duckdb.DuckDBPyConnection, lines: pl.DataFrame) -> None:
    """Put lines (`frames.REVIEW_KEPT`) in place of those that are blank or not there yet; a line
    that somebody started meanwhile is left as it is (semantics.md 6.2)."""
    db.register("fresh", frames.conform(lines, frames.REVIEW_KEPT))
    db.execute("delete from review where status = '' and mapping in (select mapping from fresh)")
    db.execute(
        f"""insert into review by name
        select * exclude ({listed(OF_JOBS)}) from fresh
        where mapping not in (select mapping from review)"""
    )
    db.unregister("fresh")


def note(db: duckdb.DuckDBPyConnection, names: Sequence[str], values: Mapping[str, object]) -> None:
    """Note how far the lines of these names are. values: column -> value."""
    told = ", ".join(f"{name} = ${name}" for name in values)
    db.execute(
        f"update review set {told} where mapping in (select unnest($names))",
        {**values, "names": list(names)},
    )


def note_coupling(db: duckdb.DuckDBPyConnection, mapping: str, job_id: int) -> None:
    """Note the job that coupled a line's records, in its transaction: so an interrupted line knows
    what it did."""
    db.execute(
        """update review set job_id = $j
        where mapping = $m and status = 'in process' and job_id is null""",
        {"j": job_id, "m": mapping},
    )


def forget(db: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Forget the lines of these names."""
    db.execute(
        "delete from review where mapping in (select unnest($names))", {"names": list(names)}
    )


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Be the only process that runs the lines of a workbench file.

    The lock ends with the process that holds it: a line found in process by whoever gets the lock
    was interrupted (semantics.md 6.4, 6.5, FS-016). Raises CouldNotRun when somebody has it.
    """
    lock = FileLock(f"{file}.review.lock")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CouldNotRun(
            "Another run is starting the lines of the full synchronization.",
            hint="Wait until it has ended; `mdsync review` shows how far it is.",
        ) from error
    try:
        yield
    finally:
        lock.release()
