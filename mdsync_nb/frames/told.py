"""What people are told: comparisons, worklists, findings, reviews, mappings."""

from __future__ import annotations

import polars as pl

from mdsync_nb.frames.contract import PAIR_CLASS, TEXT, TIME, WHOLE, YES, Contract

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
    "direction": TEXT,
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
direction: to_integration or from_integration in links with Dataverse; blank where it makes no
difference. family: users or set-up. examples: up to five keys. field is blank where no single one
is meant."""

REVIEW_FACTS: Contract = {
    "mapping": TEXT,
    "table": TEXT,
    "source_rows": WHOLE,
    "local_rows": WHOLE,
    "coupled": WHOLE,
    "kind": TEXT,
    "integration_table": TEXT,
    "base_currency": YES,
}
"""What a line of the full synchronization is recommended by: records in the filter there and here,
null where the table was never loaded, and how many pairs are coupled; of which kind its link is;
and whether the one record there is the currency with the exchange rate 1."""

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
    "to_job_id": WHOLE,
    "to_job_status": TEXT,
    "from_job_id": WHOLE,
    "from_job_status": TEXT,
}
"""A line of the full synchronization as the store keeps it. plan_id: the plan it is written by; the
job of it in each direction, and how that is: in process, success, or error where a record failed
(semantics.md 6.1, 6.4)."""

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
    "to_job_id": WHOLE,
    "to_job_status": TEXT,
    "from_job_id": WHOLE,
    "from_job_status": TEXT,
}
"""The lines of the full synchronization, one row a mapping, in the order of their dependencies.

recommendation and status: `Recommendation`, `LineStatus`. wave: from 1; null where nothing is to be
done. depends_on: the lines it waits for, by name. The counts are those of when the line was
recommended. job_id: its last job; and those of each direction, with how they ended (in process,
success, or error where a record failed). message: what was done, why it ended, or what it waits
for.
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
    "chain": TEXT,
    "match": YES,
    "type": TEXT,
    "integration_type": TEXT,
    "local_loses": TEXT,
    "integration_loses": TEXT,
    "row": WHOLE,
}
"""The fields of a mapping's table, one row each; integration is the field at the source company,
transformation the code of the first rule its value goes through, and chain what all of them do.

type, integration_type: as in mdsync.yaml, `text(50)`; null where nobody knows. local_loses,
integration_loses: what a value may lose when it is written to that side, blank for nothing. match:
records are told to be the same by it. row: the place in `rows` of what stands there; else null.
"""

FRESHNESS: Contract = {
    "mapping": TEXT,
    "company": TEXT,
    "table": TEXT,
    "source": TEXT,
    "newest": TIME,
    "read_up_to": TIME,
    "last_run_at": TIME,
    "minutes": WHOLE,
    "inactivity": WHOLE,
    "behind": WHOLE,
    "state": TEXT,
}
"""How fresh a mapping is, one row a mapping and direction. newest: when the newest record of the
side it comes from was modified. minutes, inactivity: minutes between two runs, and until the next
one after a run that found nothing; null where no schedule is known. behind: for how many minutes
the newest change waits. state: in step, behind, late, never run, not loaded."""

SITE_FIGURES: Contract = {
    "run_id": WHOLE,
    "built_at": TIME,
    "mapping": TEXT,
    "pairs": WHOLE,
    "agree": WHOLE,
    "differ": WHOLE,
    "waiting": WHOLE,
    "only_source": WHOLE,
    "only_destination": WHOLE,
    "undecided": WHOLE,
    "set_aside": WHOLE,
}
"""What a build of the report site found, one row a build and mapping. waiting: records that wait
for a person. undecided, set_aside: of both sides."""

QUEUE: Contract = {
    "entry_id": WHOLE,
    "mapping": TEXT,
    "kind": TEXT,
    "notebook": TEXT,
    "parameters": TEXT,
    "category": TEXT,
    "status": TEXT,
    "earliest_start": TIME,
    "first_start": TIME,
    "every": WHOLE,
    "attempts": WHOLE,
    "message": TEXT,
    "made_at": TIME,
    "log_id": WHOLE,
    "worker": TEXT,
    "started_at": TIME,
    "finished_at": TIME,
    "report": TEXT,
}
"""The job queue entries, one row each, with their newest run. status: `EntryStatus`. mapping is
null for a notebook of its own, earliest_start for an entry that does not start by itself.
first_start, every: when such a notebook starts first, and the minutes from one start to the next.
parameters: JSON. attempts: runs in a row that failed."""

QUEUE_LOG: Contract = {
    "log_id": WHOLE,
    "entry_id": WHOLE,
    "mapping": TEXT,
    "notebook": TEXT,
    "status": TEXT,
    "started_at": TIME,
    "finished_at": TIME,
    "attempt": WHOLE,
    "idle": YES,
    "worker": TEXT,
    "message": TEXT,
    "hint": TEXT,
    "traceback": TEXT,
    "report": TEXT,
}
"""The runs of job queue entries, one row each. status: in process, success, error, or lost when the
worker was gone. idle: there was nothing to do. report: relative to the workspace."""
