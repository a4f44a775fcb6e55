"""What somebody who decides looks at: the records that wait, one row each."""

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
cause: why, the same words for all that one step would release. fields: those that differ, of which
from_there were changed there, from_here changed here, and open ones in both or by nobody knows
whom. since: when it was last changed on the side that changed first.
"""

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
