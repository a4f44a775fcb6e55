"""Job queue entries and their runs as they are kept; who runs an entry holds its lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from mdsync_nb import frames
from mdsync_nb.core.queue import WAKES_IN, Next
from mdsync_nb.model.queue import EntryKind, EntryStatus
from mdsync_nb.store.plans import COUNTERS
from mdsync_nb.store.sql import frame_of, listed, number_of
from mdsync_nb.store.visit import WorkbenchFile

QUEUE_LOG = "MDSYNC_QUEUE_LOG"
"""The name under which a process of a run is told the run's number."""

Row = Mapping[str, Any]
Choose = Callable[[pl.DataFrame], tuple[int | None, Collection[int]]]
"""From all entries the one to run now, and those that are due and have to wait."""

RESTING = (EntryStatus.READY.value, EntryStatus.INACTIVE.value)


@dataclass(frozen=True)
class Taken:
    """An entry that is ours to run: its row as it was before, and the number of the run."""

    entry: dict[str, Any]
    log_id: int
    lock: FileLock


@dataclass(frozen=True)
class Queue:
    """The job queue of a workbench file. Every method is one visit; times are UTC.

    An entry in process is run by whoever holds the lock of its number. The lock ends with the
    process, so no clock decides who is gone; the lease only says when to look.
    """

    file: WorkbenchFile

    def entries(self) -> pl.DataFrame:
        """Give every entry with its newest run (`frames.QUEUE`)."""
        with self.file.visit(write=False) as db:
            return entries_of(db)

    def log(self, entry_id: int | None = None) -> pl.DataFrame:
        """Give the runs of an entry, or of all, newest first (`frames.QUEUE_LOG`)."""
        with self.file.visit(write=False) as db:
            runs = frame_of(
                db,
                """select * from queue_log where $e is null or entry_id = $e
                order by log_id desc""",
                e=entry_id,
            )
            return frames.conform(runs, frames.QUEUE_LOG)

    def add(self, rows: Sequence[Row], *, at: datetime) -> list[int]:
        """Make entries; gives their numbers. A mapping that has a recurring one gets no other."""
        with self.file.visit(write=True) as db:
            return [one for row in rows if (one := _added(db, row, at)) is not None]

    def add_first(self, rows: Sequence[Row], *, plan_id: str, at: datetime) -> None:
        """Make the recurring entries of mappings that no plan ran before this one."""
        with self.file.visit(write=True) as db:
            before = db.sql(
                """select distinct mapping from job
                where kind in ('modified', 'full') and plan_id <> $p""",
                params={"p": plan_id},
            ).fetchall()
            for row in rows:
                if (row["mapping"],) not in before:
                    _added(db, row, at)

    def delete(self, entry_ids: Collection[int]) -> int:
        """Delete entries that are not in process; gives how many. What they did stays logged."""
        with self.file.visit(write=True) as db:
            return number_of(
                db,
                """with gone as (delete from queue_entry where entry_id in (select unnest($e))
                and status <> 'in process' returning 1) select count(*) from gone""",
                e=list(entry_ids),
            )

    def put(self, entry_ids: Collection[int], next_: Next) -> None:
        """Put entries into a state. One in process ends its run first: then it is put on hold."""
        with self.file.visit(write=True) as db:
            named = {"e": list(entry_ids), "held": EntryStatus.ON_HOLD.value}
            holds = next_.status is EntryStatus.ON_HOLD
            db.execute(
                """update queue_entry set status_before = case when $h then $held end
                where entry_id in (select unnest($e)) and status = 'in process'""",
                {**named, "h": holds},
            )
            db.execute(
                """update queue_entry set status = $s, earliest_start = $at, attempts = $a,
                    status_before = null
                where entry_id in (select unnest($e)) and status <> 'in process'""",
                {"e": named["e"], "s": next_.status.value, "at": next_.earliest_start,
                 "a": next_.attempts},
            )  # fmt: skip

    def take(self, choose: Choose, *, worker: str, at: datetime, lease: int) -> Taken | None:
        """Take the entry that is chosen, and note that its run began; None when there is none.

        An entry whose lock somebody holds is passed over: its run is about to end.
        """
        with self.file.visit(write=True) as db:
            known = entries_of(db)
            while True:
                chosen, waiting = choose(known)
                _note_waiting(db, waiting)
                if chosen is None:
                    return None
                lock = self._lock(chosen)
                if lock is not None:
                    row = known.row(by_predicate=pl.col("entry_id") == chosen, named=True)
                    return Taken(row, _begun(db, row, worker, at, lease), lock)
                known = known.filter(pl.col("entry_id") != chosen)

    def finish(self, taken: Taken, told: Row, next_: Next, *, at: datetime) -> None:
        """Note how a run ended and what becomes of its entry, and let go of it.

        told: columns of `frames.QUEUE_LOG`. A person who put it on hold meanwhile has the last
        word.
        """
        try:
            with self.file.visit(write=True) as db:
                _note_run(db, taken.log_id, {**told, "finished_at": at})
                _leave(db, taken.log_id, next_, str(told.get("message") or ""))
        finally:
            taken.lock.release()

    def left_open(self) -> bool:
        """Whether anything may have to be taken back: an entry or job in process, or one on hold
        for a full synchronization."""
        with self.file.visit(write=False) as db:
            return bool(
                db.sql(
                    """select exists (from job where status = 'in process')
                    or exists (from queue_entry
                        where status = 'in process' or status_before is not null)"""
                ).fetchall()[0][0]
            )

    def abandoned(
        self, becomes: Callable[[Row], Next], *, at: datetime, lease: int
    ) -> list[dict[str, Any]]:
        """Take back entries whose worker is gone, once their lease is over; gives their rows.

        Their run is logged as lost. A lease that ends later than it can was given before the clock
        went back.
        """
        found = []
        with self.file.visit(write=True) as db:
            for row in _in_process(db, at, lease):
                lock = self._lock(row["entry_id"])
                if lock is None:
                    continue
                said = f"The worker {row['worker']} was gone before it noted how the run ended."
                told = {"status": "lost", "message": said, "finished_at": at}
                _note_run(db, row["log_id"], told)
                _leave(db, row["log_id"], becomes(row), said)
                found.append({**row, "message": said})
                lock.release()
        return found

    def counts(self, log_id: int) -> dict[str, int] | None:
        """Give the sums of what the jobs of a run did; None when it had no job."""
        sums = ", ".join(f"sum({name})::bigint as {name}" for name in COUNTERS)
        with self.file.visit(write=False) as db:
            found = frame_of(
                db, f"select count(*) as jobs, {sums} from job where queue_log = $l", l=log_id
            ).row(0, named=True)
        return None if not found["jobs"] else {name: found[name] or 0 for name in COUNTERS}

    def hold_for_full_sync(self, mapping: str) -> None:
        """Keep the recurring entry of a mapping from starting; `go_on` puts it back."""
        with self.file.visit(write=True) as db:
            db.execute(
                """update queue_entry set status_before = status, status = 'on hold'
                where mapping = $m and kind = 'recurring'
                  and status not in ('on hold', 'in process')""",
                {"m": mapping},
            )

    def go_on(self, mapping: str | None = None) -> None:
        """Put entries back that a full synchronization kept from starting."""
        with self.file.visit(write=True) as db:
            db.execute(
                """update queue_entry set status = status_before, status_before = null
                where ($m is null or mapping = $m) and status = 'on hold'
                  and status_before is not null""",
                {"m": mapping},
            )

    @contextmanager
    def held_for_full_sync(self, mapping: str) -> Iterator[None]:
        """Keep the recurring entry of a mapping from starting while something runs."""
        self.hold_for_full_sync(mapping)
        try:
            yield
        finally:
            self.go_on(mapping)

    def _lock(self, entry_id: int) -> FileLock | None:
        """Be the only one who runs an entry; None when somebody else does."""
        folder = self.file.path.parent / "queue"
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{entry_id}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        return lock


def entries_of(db: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every entry with its newest run (`frames.QUEUE`)."""
    rows = frame_of(
        db,
        """select e.*, l.started_at, l.finished_at, l.report from queue_entry e
        left join queue_log l using (log_id) order by e.entry_id""",
    )
    return frames.conform(rows, frames.QUEUE)


def wake(db: duckdb.DuckDBPyConnection, mappings: Sequence[str], *, at: datetime) -> None:
    """Pull the recurring entries of mappings forward, because a table of theirs changed.

    Only those that would start later than in twice the time. Source: semantics.md 7.6.
    """
    db.execute(
        """update queue_entry set status = 'ready', earliest_start = $soon
        where kind = 'recurring' and mapping in (select unnest($m))
          and status in (select unnest($r))
          and (earliest_start is null or earliest_start > $late)""",
        {"soon": at + WAKES_IN, "late": at + 2 * WAKES_IN, "m": list(mappings),
         "r": list(RESTING)},
    )  # fmt: skip


def _added(db: duckdb.DuckDBPyConnection, row: Row, at: datetime) -> int | None:
    if row["kind"] == EntryKind.RECURRING.value:
        known = db.sql(
            "select 1 from queue_entry where kind = 'recurring' and mapping = $m",
            params={"m": row["mapping"]},
        ).fetchall()
        if known:
            return None
    entry_id = number_of(db, "select nextval('queue_seq')")
    made = {"attempts": 0, "message": "", **row, "entry_id": entry_id, "made_at": at}
    if "parameters" in made:
        made["parameters"] = json.dumps(made["parameters"])
    _insert(db, "queue_entry", made)
    return entry_id


def _begun(db: duckdb.DuckDBPyConnection, row: Row, worker: str, at: datetime, lease: int) -> int:
    log_id = number_of(db, "select nextval('queue_seq')")
    begun = {
        "log_id": log_id, "entry_id": row["entry_id"], "mapping": row["mapping"],
        "notebook": row["notebook"], "status": "in process", "started_at": at,
        "attempt": row["attempts"] + 1, "worker": worker,
    }  # fmt: skip
    _insert(db, "queue_log", begun)
    held = row["status"] == EntryStatus.ON_HOLD.value
    db.execute(
        """update queue_entry set status = 'in process', log_id = $l, worker = $w, message = '',
            lease_until = $until, status_before = case when $held then 'on hold' end
        where entry_id = $e""",
        {"l": log_id, "w": worker, "until": at + timedelta(seconds=lease), "held": held,
         "e": row["entry_id"]},
    )  # fmt: skip
    return log_id


def _in_process(db: duckdb.DuckDBPyConnection, at: datetime, lease: int) -> list[dict[str, Any]]:
    return frame_of(
        db,
        """select * from queue_entry where status = 'in process'
        and (lease_until <= $at or lease_until > $late) order by entry_id""",
        at=at,
        late=at + timedelta(seconds=lease),
    ).to_dicts()


def _leave(db: duckdb.DuckDBPyConnection, log_id: int, next_: Next, message: str) -> None:
    """What becomes of the entry of a run; one that was taken over meanwhile is left alone."""
    db.execute(
        """update queue_entry set status = coalesce(status_before, $s), earliest_start = $at,
            attempts = $a, message = $m, status_before = null, lease_until = null
        where log_id = $l and status = 'in process'""",
        {"s": next_.status.value, "at": next_.earliest_start, "a": next_.attempts,
         "m": message, "l": log_id},
    )  # fmt: skip


def _note_run(db: duckdb.DuckDBPyConnection, log_id: int, told: Row) -> None:
    """Note how a run ended, unless it was taken back meanwhile."""
    values = ", ".join(f"{name} = ?" for name in told)
    db.execute(
        f"update queue_log set {values} where log_id = ? and status = 'in process'",
        [*told.values(), log_id],
    )


def _note_waiting(db: duckdb.DuckDBPyConnection, entry_ids: Collection[int]) -> None:
    db.execute(
        "update queue_entry set status = 'waiting' where entry_id in (select unnest($e))",
        {"e": list(entry_ids)},
    )


def _insert(db: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    db.execute(
        f"insert into {table} ({listed(row)}) values ({', '.join('?' for _ in row)})",
        list(row.values()),
    )
