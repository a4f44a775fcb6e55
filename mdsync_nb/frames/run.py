"""What loads, matching and plans hand on from room to room."""

from __future__ import annotations

from mdsync_nb.frames.contract import (
    ACTION,
    CELL_CLASS,
    PAIR_CLASS,
    TEXT,
    TIME,
    WHOLE,
    YES,
    Contract,
)

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
    "failed_back": YES,
    "skipped": YES,
    "held": YES,
    "not_taken_over": YES,
    "records": WHOLE,
}
"""One row a candidate, narrow: positions instead of ids, null where there is no such row.

records: 1; or how many pairs one row stands for, of which nothing moved since they last agreed.
Such a row has no position.

failed_last, failed_back: the last run in this direction failed with it, that in the other one.
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
    "warning": TEXT,
}
"""One field of a record that is not the same on base, source and destination; values as text.

kept: a merge leaves it as it is here, because it was changed only here. warning: what the product
does without saying so (`cut to 50 characters`), or blank. A value that is not transferred has its
reason there, and as its source what stays here.
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
