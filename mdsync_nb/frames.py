"""The contracts of the frames that cross rooms: column -> type, and the one way to hold them.

Times are UTC in microseconds. Absence is null. A row order means nothing until somebody sorts.
"""

from __future__ import annotations

from typing import TypeVar

import polars as pl

from mdsync_nb.model.kinds import Action, CellClass, PairClass

Contract = dict[str, pl.DataType]
Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)

TIME = pl.Datetime("us")
ACTION = pl.Enum([one.value for one in Action])
PAIR_CLASS = pl.Enum([one.value for one in PairClass])
CELL_CLASS = pl.Enum([one.value for one in CellClass])
TEXT, WHOLE, YES, HASH = pl.String(), pl.Int64(), pl.Boolean(), pl.UInt64()

SYSTEM = ("_id", "_modified_at", "_created_at", "_modified_by", "_key_hash", "_row_hash")
"""The columns of an image that are ours; every other column is a field of the table."""

SET_ASIDE: Contract = {
    "file": TEXT,
    "row": WHOLE,
    "column": TEXT,
    "value": TEXT,
    "reason": TEXT,
    "key": TEXT,
}
"""Rows of a file that cannot be read safely: one row a reason, named by file, row, column, value.

row counts as a spreadsheet shows it: the header is row 1 (a package's first record is row 4).
key is the primary key as text where it could be read.
"""

LOADS: Contract = {
    "load_id": WHOLE,
    "company": TEXT,
    "table": TEXT,
    "as_of": TIME,
    "complete": TEXT,
    "rows": WHOLE,
    "kept": WHOLE,
    "set_aside": WHOLE,
    "inserted": WHOLE,
    "changed": WHOLE,
    "deleted": WHOLE,
    "has_ids": YES,
    "has_times": YES,
    "message": TEXT,
}

PAIRS: Contract = {
    "coupling_row": WHOLE,
    "source_row": WHOLE,
    "destination_row": WHOLE,
    "source_modified_at": TIME,
    "destination_modified_at": TIME,
    "agreed_source_modified_at": TIME,
    "agreed_destination_modified_at": TIME,
    "source_as_agreed": YES,
    "destination_as_agreed": YES,
    "failed_last": YES,
    "skipped": YES,
    "held": YES,
    "not_taken_over": YES,
    "records": WHOLE,
}
"""One row a candidate, narrow: positions instead of ids, null where there is no such row.

records: 1; or how many pairs one row stands for, of which nothing moved since they last agreed.
Such a row has no position.

source_as_agreed, destination_as_agreed: that side's row hash is the one of the last success; null
when the two records never agreed, or the field mappings changed since.
"""

DECISIONS: Contract = {
    "mapping": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "key": TEXT,
    "class": PAIR_CLASS,
    "action": ACTION,
    "rule": TEXT,
    "message": TEXT,
    "conflict": TEXT,
}
"""One row a record that has a cell or a message. conflict: "", "true" or "timestamp"."""

CELLS: Contract = {
    "mapping": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "field": TEXT,
    "source": TEXT,
    "destination": TEXT,
    "base": TEXT,
    "class": CELL_CLASS,
    "kept": YES,
}
"""One field of a record that is not the same on base, source and destination; values as text.

kept: a merge leaves it as it is here, because it was changed only here.
"""

REHEARSAL: Contract = {
    "mapping": TEXT,
    "policy": TEXT,
    "in_force": YES,
    "true": WHOLE,
    "timestamp": WHOLE,
    "settled_true": WHOLE,
    "settled_timestamp": WHOLE,
    "left": WHOLE,
    "written": WHOLE,
    "lost_here": WHOLE,
    "lost_there": WHOLE,
}
"""One row a mapping with conflicts and word of `update_conflict`: its true and timestamp-only
conflicts, how many of each the word settles and how many it leaves, the records it writes for that,
and the values that go: changed here and overwritten, changed there and not carried."""

LOST: Contract = {**CELLS, "key": TEXT, "policy": TEXT, "lost": TEXT}
"""One value that goes when a conflict is settled. lost: `here` (it is overwritten) or `there` (it
is not carried)."""

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
}
"""One row a source record in the filter: what match-based coupling makes of it, and why.

outcome: match (couple these two), unmatched, ambiguous, taken (the only one that matches has
another counterpart), coupled (it had one before; nothing was compared, so the rest is null).
destination_id is set for match and taken. key is the source record's primary key as text, priority
that of the group of criteria that decided. candidates: up to five ids of the last group that found
any, in key order, and candidate_keys their primary keys; records: how many that group found.
"""


COMPANIES: Contract = {
    "company": TEXT,
    "name": TEXT,
    "currency": TEXT,
    "is_source": YES,
    "delivers": TEXT,
    "as_of": TIME,
    "basis": TEXT,
    "complete": TEXT,
    "rows": WHOLE,
    "set_aside": WHOLE,
    "remark": TEXT,
}
"""One row a company in a report: what it delivers ("CSV, 8 tables, with ids and times"), how old
it is, how it was compared, and what of it could not be read."""

RECONCILIATION: Contract = {
    "mapping": TEXT,
    "table": TEXT,
    "company": TEXT,
    "source_file": YES,
    "destination_file": YES,
    "source_rows": WHOLE,
    "source_not_compared": WHOLE,
    "source_set_aside": WHOLE,
    "only_source": WHOLE,
    "agree": WHOLE,
    "differ": WHOLE,
    "undecided_source": WHOLE,
    "undecided_destination": WHOLE,
    "only_destination": WHOLE,
    "destination_set_aside": WHOLE,
    "destination_not_compared": WHOLE,
    "destination_rows": WHOLE,
}
"""One row a mapping: every row of every file is in exactly one box, from both ends."""

FIELD_COUNTS: Contract = {
    "table": TEXT,
    "field": TEXT,
    "company": TEXT,
    "records": WHOLE,
    "state": TEXT,
    "money": TEXT,
}
"""How many records differ in a field. state: compared, absent (not in a file), currency (an amount
in local currency, never compared across currencies), only-blank (a blank currency that means the
same: not a difference)."""

CLASS_COUNTS: Contract = {"mapping": TEXT, "company": TEXT, "class": PAIR_CLASS, "records": WHOLE}
"""How many records of a mapping have a class."""

WORKLIST: Contract = {
    "rank": WHOLE,
    "mapping": TEXT,
    "company": TEXT,
    "table": TEXT,
    "key": TEXT,
    "name": TEXT,
    "field": TEXT,
    "source": TEXT,
    "destination": TEXT,
    "base": TEXT,
    "type": TEXT,
    "source_changed": YES,
    "destination_changed": YES,
    "source_by": TEXT,
    "source_at": TIME,
    "destination_by": TEXT,
    "destination_at": TIME,
    "base_at": TIME,
    "state": TEXT,
    "why": TEXT,
    "rule": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
}
"""What waits for a person, by impact: one row a record and field that differs. Values are as a
report shows them; `state` is the word of the look (true conflict, timestamp only, ...)."""

ANSWERS: Contract = {
    "row": WHOLE,
    "mapping": TEXT,
    "source_id": TEXT,
    "destination_id": TEXT,
    "field": TEXT,
    "source": TEXT,
    "destination": TEXT,
    "decision": TEXT,
    "value": TEXT,
}
"""What people decided: one row a record and field of the worklist, with both values as they were
when it was written. decision: take source, keep ours, value (then `value` is written), later."""

FAULTS: Contract = {"row": WHOLE, "column": TEXT, "value": TEXT, "reason": TEXT}
"""Rows of a sheet that cannot be taken, each with its reason and what to do."""

CAUSES: Contract = {"cause": TEXT, "step": TEXT, "family": TEXT, "releases": WHOLE, "rank": WHOLE}
"""Why records wait, with the step that releases them. family: users or set-up."""

FINDINGS: Contract = {
    "check": TEXT,
    "mapping": TEXT,
    "company": TEXT,
    "table": TEXT,
    "field": TEXT,
    "records": WHOLE,
    "what": TEXT,
    "remedy": TEXT,
    "family": TEXT,
    "examples": pl.List(pl.String()),
}
"""What the doctor found, one row a mapping and reason. records: how many it is about, 0 where it is
about a setting. what and remedy are sentences; a remedy names a command or a setting in backticks.
family: users or set-up. examples: up to five keys. field is blank where no single one is meant."""

REVIEW_FACTS: Contract = {
    "mapping": TEXT,
    "table": TEXT,
    "source_rows": WHOLE,
    "local_rows": WHOLE,
    "coupled": WHOLE,
}
"""What a line of the full synchronization is recommended by: records in the filter there and here,
null where the table was never loaded, and how many pairs are coupled."""

REVIEW_KEPT: Contract = {
    "mapping": TEXT,
    "source_rows": WHOLE,
    "local_rows": WHOLE,
    "coupled": WHOLE,
    "recommendation": TEXT,
    "status": TEXT,
    "plan_id": TEXT,
    "job_id": WHOLE,
    "message": TEXT,
}
"""A line of the full synchronization as the store keeps it. plan_id: the plan it is written by."""

REVIEW: Contract = {
    "mapping": TEXT,
    "table": TEXT,
    "wave": WHOLE,
    "depends_on": pl.List(pl.String()),
    "source_rows": WHOLE,
    "local_rows": WHOLE,
    "coupled": WHOLE,
    "recommendation": TEXT,
    "status": TEXT,
    "job_id": WHOLE,
    "message": TEXT,
}
"""The lines of the full synchronization, one row a mapping, in the order of their dependencies.

recommendation and status: `Recommendation`, `LineStatus`. wave: from 1; null where nothing is to be
done. depends_on: the lines it waits for, by name. The counts are those of when the line was
recommended. job_id: its last job. message: what was done, why it ended, or what it waits for.
"""

FORECAST: Contract = {
    "mapping": TEXT,
    "recommendation": TEXT,
    "couples": WHOLE,
    "creates": WHOLE,
    "changes": WHOLE,
    "alike": WHOLE,
    "waits": WHOLE,
    "message": TEXT,
}
"""What starting a line would do, in records. alike: they look like an existing record, so they are
not created but wait. waits: all others that wait, fail or are set aside. message: why the line
would end in error."""

LOOK_ALIKES: Contract = {"mapping": TEXT, "source_id": TEXT, "key": TEXT, "message": TEXT}
"""Records a full synchronization does not create, because they look like existing ones."""

REMARKS: Contract = {
    "company": TEXT,
    "table": TEXT,
    "kind": TEXT,
    "text": TEXT,
    "count": WHOLE,
}
"""What was not checked and why. kind: no-file, absent-field, currency, filter, set-aside,
incomplete."""

MAPPINGS: Contract = {
    "mapping": TEXT,
    "table": TEXT,
    "enabled": YES,
    "direction": TEXT,
    "coupled": WHOLE,
    "fields_enabled": WHOLE,
    "fields": WHOLE,
    "match": TEXT,
    "filter": TEXT,
}
"""The mappings in force, one row each. fields: those its files may hold; null while the files
that would tell are not loaded."""

WORDS: Contract = {"word": TEXT, "value": TEXT, "said_in": TEXT}
"""What is in force for a mapping, and which place says it: a pack, `mappings`, a link, default."""

MAPPED_FIELDS: Contract = {
    "field": TEXT,
    "enabled": YES,
    "direction": TEXT,
    "overwrite_local_change": YES,
    "clear_on_failed": YES,
    "constant": TEXT,
    "transformation": TEXT,
    "integration": TEXT,
    "said_in": TEXT,
}
"""The fields of a mapping's table, one row each; integration is the field at the source company,
transformation the code of the first rule its value goes through."""


class ContractError(AssertionError):
    """A room handed over a frame that is not what its contract says. A fault of ours."""


def conform(frame: Frame, contract: Contract) -> Frame:
    """Give the frame with exactly the columns of the contract, in its order and types.

    Raises ContractError naming the missing columns.
    """
    names = frame.collect_schema().names() if isinstance(frame, pl.LazyFrame) else frame.columns
    missing = [name for name in contract if name not in names]
    if missing:
        raise ContractError(f"The frame lacks {', '.join(missing)}.")
    return frame.select(pl.col(name).cast(kind) for name, kind in contract.items())


def empty(contract: Contract) -> pl.DataFrame:
    """Give a frame of the contract without rows."""
    return pl.DataFrame(schema=contract)
