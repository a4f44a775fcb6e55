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
