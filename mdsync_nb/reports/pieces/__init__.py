"""What notebooks show besides page one: plans, jobs, errors, mappings, matches, and one record."""

from mdsync_nb.reports.pieces.belonging import (
    Belonging,
    belonging,
    belonging_table,
    coupled_jobs,
    evidence_table,
    open_records,
)
from mdsync_nb.reports.pieces.drafted import to_look_at
from mdsync_nb.reports.pieces.drifted import (
    drift_facets,
    drift_field,
    drift_fields,
    drift_head,
    drift_page,
)
from mdsync_nb.reports.pieces.explained import explanation, first_waiting
from mdsync_nb.reports.pieces.lists import (
    error_kinds_table,
    errors_table,
    job_records,
    jobs_table,
    loads_table,
    newest_job,
    queue_table,
    site_link,
    status_table,
)
from mdsync_nb.reports.pieces.plans import (
    applied_jobs,
    plan_summary,
    plan_waiting,
    planned_values,
)
from mdsync_nb.reports.pieces.set_aside import set_aside_table
from mdsync_nb.reports.pieces.waits import Waits, waits, worklist_beside

__all__ = [
    "Belonging",
    "Waits",
    "applied_jobs",
    "belonging",
    "belonging_table",
    "coupled_jobs",
    "drift_facets",
    "drift_field",
    "drift_fields",
    "drift_head",
    "drift_page",
    "error_kinds_table",
    "errors_table",
    "evidence_table",
    "explanation",
    "first_waiting",
    "job_records",
    "jobs_table",
    "loads_table",
    "newest_job",
    "open_records",
    "plan_summary",
    "plan_waiting",
    "planned_values",
    "queue_table",
    "set_aside_table",
    "site_link",
    "status_table",
    "to_look_at",
    "waits",
    "worklist_beside",
]
