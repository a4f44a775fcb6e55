"""What somebody looks at who decides: what waits, kept plans, what is written, rules of fields."""

from __future__ import annotations

import polars as pl

from mdsync_nb.frames.contract import PAIR_CLASS, TEXT, TIME, WHOLE, YES, Contract

WAITING: Contract = {
    "record": WHOLE,
    "mapping": TEXT,
    "company": TEXT,
    "table": TEXT,
    "key": TEXT,
    "name": TEXT,
    "state": TEXT,
    "rule": TEXT,
    "cause": TEXT,
    "message": TEXT,
    "fields": pl.List(pl.String()),
    "field": TEXT,
    "type": TEXT,
    "source": TEXT,
    "destination": TEXT,
    "from_there": WHOLE,
    "from_here": WHOLE,
    "open": WHOLE,
    "source_by": TEXT,
    "source_at": TIME,
    "destination_by": TEXT,
    "destination_at": TIME,
    "since": TIME,
    "class": PAIR_CLASS,
    "coupled": YES,
    "source_id": TEXT,
    "destination_id": TEXT,
}
"""The records that wait for a person, one row a record, by impact. record: its place, from 0.

state: the word of the look for the whole record (true conflict, timestamp only, blocked, ...).
cause: why, the same words for all that one step would release. fields: those that differ, the first
of them with its type and both values beside it; of them from_there were changed there, from_here
changed here, and open ones in both or by nobody knows whom. since: when it was last changed on the
side that changed first.
"""

PLANS: Contract = {
    "plan_id": TEXT,
    "title": TEXT,
    "kind": TEXT,
    "made_at": TIME,
    "status": TEXT,
    "mappings": pl.List(pl.String()),
    "companies": pl.List(pl.String()),
    "writes": WHOLE,
    "waiting": WHOLE,
    "refused": YES,
    "steps": WHOLE,
    "done": WHOLE,
    "undone": WHOLE,
    "undoes": WHOLE,
}
"""The plans that are kept, one row each. status: planned (nothing of it was written), in process,
stopped (some of its steps are done), failed (its last step could not be written) or applied.
mappings: of its steps; companies: those it writes to. writes, waiting: how many records it would
write, and leaves to a person. refused: it breaks a limit. done: how many of its steps a job did;
undone: of them, those taken back. undoes: the job it takes back."""

IN_PROCESS: Contract = {
    "plan_id": TEXT,
    "title": TEXT,
    "kind": TEXT,
    "status": TEXT,
    "begun_at": TIME,
    "step": WHOLE,
    "steps": WHOLE,
    "job_id": WHOLE,
    "mapping": TEXT,
    "direction": TEXT,
    "started_at": TIME,
    "by": TEXT,
}
"""What is written right now, one row a plan. status: in process, or interrupted when whoever wrote
it is gone. step: the one in work, from 1, of how many; job_id, mapping, direction, started_at: its
job. begun_at: when writing the plan began, or went on. by: the program that writes it."""

TRANSFORMATIONS: Contract = {"transformation": TEXT, "chain": TEXT, "said_in": TEXT}
"""The transformation rules a field may name, one row each. chain: what the rule and those its
result is passed on to do, in words."""

FOUND: Contract = {
    "mapping": TEXT,
    "key": TEXT,
    "name": TEXT,
    "integration_id": TEXT,
    "local_id": TEXT,
    "coupled": YES,
    "matches": WHOLE,
}
"""Records somebody looked for, the best first: a coupled pair is one row, any other record has the
id of its side. matches: how many there are in all."""

JOB_VALUES: Contract = {
    "mapping": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "key": TEXT,
    "action": TEXT,
    "field": TEXT,
    "before": TEXT,
    "after": TEXT,
}
"""The values a job wrote, one row a field, as they were before and are since. action: what was done
with the record; of one that was created or deleted all its values are there."""

TABLES: Contract = {
    "mapping": TEXT,
    "company": TEXT,
    "other": TEXT,
    "table": TEXT,
    "direction": TEXT,
    "enabled": YES,
    "state": TEXT,
    "matched_by": TEXT,
    "coupled": WHOLE,
    "failed": WHOLE,
    "skipped": WHOLE,
    "waits": WHOLE,
    "from_there": WHOLE,
    "from_here": WHOLE,
    "rows_there": WHOLE,
    "rows_here": WHOLE,
    "watermark": TIME,
    "local_watermark": TIME,
    "last_job": WHOLE,
    "last_kind": TEXT,
    "last_status": TEXT,
    "last_at": TIME,
    "outcome": TEXT,
    "entry": TEXT,
    "next_start": TIME,
}
"""How every table stands, one row a mapping, those of a company together.

other: the company it is kept in step with. state: off, not loaded, on hold, in error, never run,
behind, in step. matched_by: the match fields, with commas. waits: pairs that waited, failed, were
set aside or are held since their last run; null before the first. from_there, from_here: records
that loads and other jobs changed on that side since it was read; null where it was never read, or
is not read. rows_there, rows_here: records loaded; null for none. outcome: what the last job did.
entry: status of its recurring job queue entry, null without one; next_start: not before.
"""
