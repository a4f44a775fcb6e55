"""Applying one step of a plan: what has not moved is written, and everything is remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import duckdb

from mdsync_nb.connectors.staging import Staged
from mdsync_nb.errors import MdsyncError, PlanStale
from mdsync_nb.store import plans
from mdsync_nb.store.images import Image, image_of
from mdsync_nb.store.judging import StepFacts, judge
from mdsync_nb.store.queue import wake
from mdsync_nb.store.remembering import (
    forget_pending,
    remember_agreement,
    remember_changes,
    remember_open,
    remember_pending,
    remember_records,
)
from mdsync_nb.store.reshape import same_shape
from mdsync_nb.store.sql import key_text, number_of, parquet, row_hash
from mdsync_nb.store.stopping import GoesOn, undisturbed
from mdsync_nb.store.taking_back import take_back
from mdsync_nb.store.writing import Ready, note_writes, ready, write_rows

SameFile = tuple[str, str, str]
"""A file as an image knows it: company, table, path."""


@dataclass(frozen=True)
class FilesWritten:
    """What became of the company's files before a step is kept.

    patched: images whose file is another one now, with its sha256 before and now. found: files
    that are not what was loaded, as they read now: the step stands when they hold just what it
    writes (it was interrupted after they were written), else `refusal` is raised.
    """

    patched: Mapping[SameFile, tuple[str, str]] = field(default_factory=dict)
    found: Staged | None = None
    refusal: MdsyncError | None = None


@dataclass(frozen=True)
class Applying:
    """One execution of a step. write_files: writes the company's files; may refuse by raising.

    quiet: the counters of records the plan only counted. advances: the step to advance the mapping
    by, or None for a part run. wakes: mappings whose job queue entries are pulled forward when it
    creates or changes a record.
    """

    job_id: int
    clock: Callable[[], datetime]
    quiet: Mapping[str, int]
    write_files: Callable[[Image, Ready], FilesWritten]
    advances: Mapping[str, Any] | None
    wakes: Sequence[str] = ()


def apply_step(
    db: duckdb.DuckDBPyConnection,
    facts: StepFacts,
    applying: Applying,
    *,
    goes_on: GoesOn,
    to_its_end: ExitStack,
) -> dict[str, int]:
    """Write one step, and give the counters of its job; one that was done is left as it is.

    The company's files come last: until then a stop costs nothing but the work. From then on
    nothing comes between; to_its_end: is left when the visit is kept.
    """
    done = plans.counts_of(db, applying.job_id)
    if done is not None:
        return done
    facts = _as_of_now(db, facts)
    at, advances = applying.clock(), applying.advances
    if advances and advances.get("resets_skipped"):
        _reset_skipped(db, facts.mapping)
    judge(db, facts)
    note_writes(db, facts)
    for_files = ready(db, facts)
    goes_on()
    seq = plans.take_place(db, applying.job_id)
    write_rows(db, facts, seq=seq, at=at)
    counts = _remembered(db, facts, applying, seq=seq, at=at)
    if advances:
        plans.advance(db, facts.mapping, step=advances, job_id=applying.job_id, at=at)
    goes_on()
    to_its_end.enter_context(undisturbed())
    _write_files(db, facts.destination, applying.write_files, for_files)
    plans.end_job(db, applying.job_id, at=applying.clock(), counts=counts)
    if counts["inserted"] or counts["modified"]:
        wake(db, applying.wakes, at=at)
    return counts


def _write_files(
    db: duckdb.DuckDBPyConnection,
    image: Image,
    write: Callable[[Image, Ready], FilesWritten],
    for_files: Ready,
) -> None:
    """Write the company's files, or see that they hold just what the image holds by now."""
    files = write(image, for_files)
    if files.found is not None and not _holds(db, image, files.found):
        raise files.refusal or PlanStale(f"The files of {image.company} moved.")
    _note_patched(db, files.patched)


def _as_of_now(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> StepFacts:
    """Give the facts with the images of this visit: a load may have come between."""
    here, there = facts.destination, facts.source
    now = image_of(db, here.company, here.table) or here
    source = image_of(db, there.company, there.table) if there else None
    return replace(facts, destination=now, source=source)


def _reset_skipped(db: duckdb.DuckDBPyConnection, mapping: str) -> None:
    """Run Full Synchronization tries what was set aside again (semantics.md 6.6)."""
    db.execute(
        "update coupling set skipped = false, failures = 0 where mapping = $m and skipped",
        {"m": mapping},
    )


def _remembered(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, applying: Applying, *, seq: int, at: datetime
) -> dict[str, int]:
    """Remember a step that was written; gives the counters of its job."""
    job_id = applying.job_id
    remember_changes(db, facts, seq)
    remember_pending(db, facts, job_id=job_id, seq=seq)
    more: Mapping[str, int] = applying.quiet
    if facts.undone is None:
        uncoupled = remember_agreement(db, facts, job_id=job_id, seq=seq, at=at)
        more = {**more, "uncoupled": uncoupled} if uncoupled else more
        last = applying.advances["last_job"] if applying.advances else None
        remember_open(db, facts, job_id=job_id, last_job=last)
    else:
        forget_pending(db, facts.undone)
        more = take_back(db, facts.flow, undone=facts.undone, job_id=job_id)
        db.execute(
            "update job set undone_by = $j where job_id = $u", {"j": job_id, "u": facts.undone}
        )
    remember_records(db, job_id=job_id, at=at)
    counts = _counted(db)
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}


def _counted(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many records of the step had which outcome and action, as the job's counters."""
    rows = db.sql(
        """select case when outcome = 'applied' then action else outcome end as what, count(*)
        from todo group by all"""
    ).fetchall()
    found = {str(what): int(number) for what, number in rows}
    named = {
        "inserted": "insert", "modified": "modify", "deleted": "delete", "unchanged": "unchanged",
        "skipped": "skip", "failed": "fail", "waiting": "wait", "stale": "stale",
    }  # fmt: skip
    return {counter: found.get(what, 0) for counter, what in named.items()}


def _holds(db: duckdb.DuckDBPyConnection, image: Image, staged: Staged) -> bool:
    """Whether the files as they read now hold just what the image holds."""
    if not same_shape(image, staged.schema):
        return False
    db.register("aside", staged.set_aside.select("key").drop_nulls())
    hashed = f"select hash(_id) as k, {row_hash(staged.schema.by_name)} as h"
    rows = f"({hashed} from {parquet(staged.path)})"
    others = number_of(
        db,
        f"""select count(*) from {rows} n left join {image.relation} i on i._key_hash = n.k
        where i._row_hash is distinct from n.h""",
    )
    missing = number_of(
        db,
        f"""select count(*) from {image.relation} where _key_hash not in (select k from {rows})
        and {key_text(image.key_fields)} not in (select key from aside)""",
    )
    db.unregister("aside")
    return not others and (not missing or str(image.complete) != "yes")


def _note_patched(
    db: duckdb.DuckDBPyConnection, patched: Mapping[SameFile, tuple[str, str]]
) -> None:
    """Note that we wrote files, for every image that was loaded from them as they were."""
    for (company, table, path), (before, now) in patched.items():
        image = image_of(db, company, table)
        if image and image.files.get(path) == before:
            db.execute(
                'update image set files = $f where company = $c and "table" = $t',
                {"f": json.dumps(image.files | {path: now}), "c": company, "t": table},
            )


def ready_again(db: duckdb.DuckDBPyConnection, facts: StepFacts, job_id: int) -> Ready:
    """Give what a finished job wrote once more, for the files of a plan that goes on after it."""
    columns: Iterable[str] = ("source_id", "destination_id", "action", "outcome")
    db.execute(
        f"""create or replace temp table todo as
        select {", ".join(f"r.{one}" for one in columns)}, i.rowid as row from job_record r
        left join {facts.destination.relation} i on i._key_hash = hash(r.destination_id)
        where r.job_id = $job""",
        {"job": job_id},
    )
    note_writes(db, facts)
    return ready(db, facts)
