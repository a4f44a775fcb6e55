"""What people are told of jobs and errors: kinds of errors, diagnoses, histories, clean-ups."""

from __future__ import annotations

import polars as pl

from mdsync_nb.frames.contract import TEXT, TIME, WHOLE, YES, Contract

ERRORS: Contract = {
    "mapping": TEXT,
    "key": TEXT,
    "rule": TEXT,
    "message": TEXT,
    "seen": WHOLE,
    "first_seen": TIME,
    "last_seen": TIME,
    "job_id": WHOLE,
    "skipped": YES,
    "source_id": TEXT,
    "destination_id": TEXT,
    "signature": TEXT,
    "family": TEXT,
    "cause": TEXT,
}
"""Errors that still stand, one row a record and message. signature: the message without what is
said of one record alone. family: transient (it passes by itself) or real. cause: its id in the
catalogue of known errors; null where nothing fits. job_id: the newest job that had it."""

ERROR_KINDS: Contract = {
    "signature": TEXT,
    "records": WHOLE,
    "seen": WHOLE,
    "first_seen": TIME,
    "last_seen": TIME,
    "skipped": WHOLE,
    "family": TEXT,
    "cause": TEXT,
    "fix": TEXT,
    "mappings": pl.List(pl.String()),
    "example": TEXT,
}
"""Errors that still stand, one row a signature: how many records have it, how often it was seen,
how many of them are set aside, and what to do. example: one message."""

DIAGNOSES: Contract = {
    "message": TEXT,
    "id": TEXT,
    "title": TEXT,
    "family": TEXT,
    "who": TEXT,
    "cause": TEXT,
    "fix": TEXT,
    "verify": TEXT,
    "signature": TEXT,
    "records": WHOLE,
}
"""What a message means, why it happens, what to do, and how to see that it is mended. who: users,
set-up or nobody. id: its entry in the catalogue; blank for a message nobody knows.
records: how many of a job had it; 0 for a message that was given."""

JOB_RECORDS: Contract = {
    "mapping": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "key": TEXT,
    "action": TEXT,
    "rule": TEXT,
    "outcome": TEXT,
    "message": TEXT,
}
"""What a job did to each record it had something to say about. Of a pair it put together or took
apart: action `couple` or `uncouple`, and its ids at the integration and the local side."""

HISTORY: Contract = {
    "job_id": WHOLE,
    "finished_at": TIME,
    "kind": TEXT,
    "direction": TEXT,
    "key": TEXT,
    "action": TEXT,
    "rule": TEXT,
    "outcome": TEXT,
    "message": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "queue_log": WHOLE,
}
"""What jobs did to one record, newest first. action and outcome `couple`, `uncouple`: the pair was
put together or taken apart, by itself or by an undo."""

CLEANED: Contract = {
    "kind": TEXT,
    "what": TEXT,
    "at": TIME,
    "deleted": YES,
    "records": WHOLE,
    "reason": TEXT,
}
"""What a clean-up deleted or kept, one row a job, load, report or plan, and one for what belongs to
them. what: its number, name, or table. records: rows or files that go or stay with it; behind
`others`, how many are too young. reason: why it went or stayed."""
