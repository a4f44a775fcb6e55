"""What is known of records that may belong together: outcomes, candidates, rejected pairs."""

from __future__ import annotations

import polars as pl

from mdsync_nb.frames.contract import TEXT, TIME, WHOLE, YES, Contract

MATCHES: Contract = {
    "mapping": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "key": TEXT,
    "outcome": TEXT,
    "reason": TEXT,
    "priority": pl.Int32(),
    "candidates": pl.List(pl.String()),
    "candidate_keys": pl.List(pl.String()),
    "records": WHOLE,
    "blank": YES,
}
"""One row a source record in the filter: what match-based coupling makes of it, and why.

outcome: match (couple these two), unmatched, ambiguous, taken (the only one that matches has
another counterpart), contradicting (two firms under one number; `workbench.match` alone says so),
coupled (it had one before; nothing was compared, so the rest is null).
destination_id is set for match and taken. key is the source record's primary key as text, priority
that of the group of criteria that decided. candidates: up to five ids of the last group that found
any, in key order, and candidate_keys their primary keys; records: how many that group found.
Pairs that a person rejected are none of them. blank: it is blank in every field that is compared.
"""

MATCHED: Contract = {
    "mapping": TEXT,
    "outcome": TEXT,
    "reason": TEXT,
    "record_id": TEXT,
    "record_key": TEXT,
    "record_name": TEXT,
    "counterpart_key": TEXT,
    "counterpart_name": TEXT,
    "candidate_keys": pl.List(pl.String()),
    "records": WHOLE,
    "blank": YES,
    "equal": YES,
    "integration_id": TEXT,
    "local_id": TEXT,
}
"""MATCHES as people read it: one row a record that looks for a counterpart, with its name.

counterpart: the one it would be coupled with, the one that is taken or contradicts, or the one it
was coupled with before; null without any, and of one that is gone. equal: the pair agrees in every
compared field; null where nothing would be coupled. integration_id and local_id name the pair, as
`couple` and `reject_pairs` take it; without a counterpart one of them is null.
"""

OUTCOMES: Contract = {
    "outcome": TEXT,
    "records": WHOLE,
    "blank": WHOLE,
    "reason": TEXT,
    "examples": pl.List(pl.String()),
}
"""What matching made of the source records: one row an outcome, those of no record as well.

blank: how many of them are blank in every field that is compared. examples: the keys of the first
five; reason: that of the first, null without any.
"""

CANDIDATES: Contract = {
    "mapping": TEXT,
    "side": TEXT,
    "record_id": TEXT,
    "record_key": TEXT,
    "record_name": TEXT,
    "candidate_id": TEXT,
    "candidate_key": TEXT,
    "candidate_name": TEXT,
    "rank": WHOLE,
    "similarity": pl.Float64(),
    "agree": pl.List(pl.String()),
    "close": pl.List(pl.String()),
    "contradict": pl.List(pl.String()),
    "blank": pl.List(pl.String()),
    "matches": YES,
    "coupled_id": TEXT,
    "coupled_key": TEXT,
    "in_filter": YES,
    "rejected": YES,
    "integration_id": TEXT,
    "local_id": TEXT,
}
"""Which records of the other company come near a record: one row a candidate, the nearest first.

side: of the record, `integration` or `local`. record_name, candidate_name: what people call them;
null where that was not exported. similarity: 0 to 1. agree, close, contradict, blank: the compared
fields that hold the same on both sides, nearly the same, two different values, and none on one side
or both. matches: it is the same in every match field; null without any. coupled_id, coupled_key:
what it is coupled to, null while it is free. in_filter: it passes the filter of its side. rejected:
a person said that the two do not belong together. integration_id and local_id name the pair, as
`couple` and `reject_pairs` take it.
"""

CANDIDATE_VALUES: Contract = {
    "mapping": TEXT,
    "side": TEXT,
    "record_id": TEXT,
    "record_key": TEXT,
    "candidate_id": TEXT,
    "candidate_key": TEXT,
    "rank": WHOLE,
    "field": TEXT,
    "record_value": TEXT,
    "candidate_value": TEXT,
    "similarity": pl.Float64(),
    "says": TEXT,
}
"""The compared fields of a record and its candidates: one row a candidate and field.

field: by its name on the local side. record_value, candidate_value: both as text. similarity: 0
to 1, null where a side is blank. says: agree, close, contradict or blank.
"""

REJECTED: Contract = {
    "mapping": TEXT,
    "integration_id": TEXT,
    "local_id": TEXT,
    "integration_key": TEXT,
    "local_key": TEXT,
    "rejected_at": TIME,
    "rejected_by": TEXT,
    "comment": TEXT,
}
"""Pairs a person rejected, one row each. The keys are null of records that are gone.
rejected_by: the login on the machine where that was said."""
