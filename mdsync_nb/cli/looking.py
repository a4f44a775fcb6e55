"""The verbs that look and never write: compare, rehearse, status, errors, jobs, explain, sql."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json, shown
from mdsync_nb.cli.options import HERE, Folder, Json, Mappings, opened
from mdsync_nb.cli.terminal import table
from mdsync_nb.model import Direction
from mdsync_nb.reports.masking import findings, masked, said_of_records
from mdsync_nb.reports.pieces.lists import JOB_KINDS
from mdsync_nb.reports.pieces.words import heads_of

STATUS = {
    "mapping": "Mapping",
    "coupled": "Coupled",
    "agreed": "Agreed",
    "failed": "Failed",
    "skipped": "Set aside",
    "held": "Undone",
    "watermark": "Read up to (UTC)",
    "last_run_at": "Last run (UTC)",
    "last_job": "Last job",
}
READ_HERE = {"local_watermark": "Read here up to (UTC)"}
"""What a status shows besides where a mapping also writes the integration side."""

ERRORS = {
    "mapping": "Mapping",
    "key": "Record",
    "message": "Why",
    "seen": "Times",
    "first_seen": "First (UTC)",
    "last_seen": "Last (UTC)",
    "family": "Family",
    "cause": "Cause",
    "skipped": "Set aside",
}
KINDS = {
    "signature": "Message",
    "records": "Records",
    "seen": "Times",
    "first_seen": "First (UTC)",
    "last_seen": "Last (UTC)",
    "family": "Family",
    "cause": "Cause",
    "fix": "What to do",
}
REHEARSAL = {
    "mapping": "Mapping",
    "policy": "update_conflict",
    "in_force": "In force",
    "true": "True",
    "settled_true": "Of them settled",
    "timestamp": "Timestamp only",
    "settled_timestamp": "Of them settled",
    "left": "Left",
    "written": "Would write",
    "lost_here": "Lost here",
    "lost_there": "Lost there",
}
LOST = {
    "mapping": "Mapping",
    "policy": "update_conflict",
    "key": "Record",
    "field": "Field",
    "base": "Last agreed",
    "source": "There",
    "destination": "Here",
    "lost": "Lost",
}
JOBS = {
    "job_id": "Job",
    "mapping": "Mapping",
    "kind": "What",
    "status": "Status",
    "started_at": "Started (UTC)",
    "seconds": "Seconds",
    "coupled": "Coupled",
    "inserted": "Created",
    "modified": "Changed",
    "deleted": "Deleted",
    "unchanged": "As agreed",
    "waiting": "Wait",
    "failed": "Failed",
    "skipped": "Set aside",
    "stale": "Moved since",
    "uncoupled": "Uncoupled",
    "undone_by": "Undone by",
}
BY_QUEUE = {"queue_log": "Queue run"}
"""What a list of jobs shows besides where the job queue did one of them."""

RECORDS = {
    "mapping": "Mapping",
    "key": "Record",
    "action": "Action",
    "outcome": "Outcome",
    "message": "Why",
}


def compare(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Find out where the companies differ; nothing is written.

    Exit code 1 when something waits for a person.

    \b
    Example:
      mdsync compare NORDIC
    """
    found = opened(folder).compare(*(mappings or ()))
    if json:
        as_json.give(as_json.comparison(found))
    else:
        shown.comparison(found)
    return 1 if found.worklist.height else 0


def rehearse(
    mappings: Mappings = None,
    values: Annotated[
        bool, typer.Option("--values", help="The values that would be lost instead.")
    ] = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Find out what each update_conflict would settle and lose.

    Nothing is written, planned or set. Values are lost here when they are overwritten, and there
    when they are not carried.

    \b
    Example:
      mdsync rehearse NORDIC/CUSTOMER
    """
    workbench = opened(folder)
    found = workbench.rehearse(*(mappings or ()), values=values)
    if values:
        ordered = found.sort("mapping", "policy", "key", "field")
        found = masked(ordered, workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"values" if values else "rehearsal": found})
    elif values:
        table(found, LOST, none="No value would be lost.")
    else:
        table(found, REHEARSAL, none="No record was changed on both sides since the two agreed.")
    return 0


def status(folder: Folder = HERE, json: Json = False) -> int:
    """Show every mapping: couplings, failures, last run.

    Exit code 1 when records failed, were set aside or are held.

    \b
    Example:
      mdsync status
    """
    workbench = opened(folder)
    found = workbench.status()
    not_told = workbench.notifications().filter("stands").height
    waiting = int(found.select(pl.sum_horizontal("failed", "skipped", "held").sum()).item())
    if json:
        told = {"notifications_given_up": not_told}
        as_json.give({"mappings": found, "waiting": waiting, **told})
    else:
        two_ways = found["local_watermark"].null_count() < found.height
        shown_columns = {**STATUS, **READ_HERE} if two_ways else STATUS
        table(found, shown_columns, none="No mapping is in force.")
        shown.not_told(not_told)
    return 1 if waiting else 0


def errors(
    mapping: Annotated[
        str, typer.Argument(help="Only of a mapping or a link.", show_default=False)
    ] = "",
    by: Annotated[
        str, typer.Option(metavar="WHAT", help="record, or message: one line a kind of error.")
    ] = "record",
    real: Annotated[bool, typer.Option("--real", help="Only what somebody has to mend.")] = False,
    *,
    transient: Annotated[
        bool, typer.Option("--transient", help="Only what passes by itself.")
    ] = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show the errors that still stand.

    They are grouped by record and message, or by message alone with what to do. Exit code 1 when
    there are any.

    \b
    Example:
      mdsync errors NORDIC/CUSTOMER
      mdsync errors --by message --real
    """
    workbench = opened(folder)
    found = workbench.errors(mapping, by=by, real=real, transient=transient)
    found = said_of_records(found, workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"errors": found, "waiting": found.height})
    else:
        table(found, ERRORS if by == "record" else KINDS, none="No error stands.")
    return 1 if found.height else 0


def jobs(
    mapping: Annotated[
        str, typer.Argument(help="Only of a mapping or a link.", show_default=False)
    ] = "",
    job: Annotated[
        int | None, typer.Option("--job", metavar="N", help="The records of one job instead.")
    ] = None,
    only: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Only inserted, modified, deleted, failed, skipped, waiting, stale, coupled or "
            "uncoupled records; without --job, the jobs that counted any.",
        ),
    ] = "",
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show the jobs, newest first, or the records of one.

    \b
    Example:
      mdsync jobs --job 118
      mdsync jobs --job 118 --only failed
    """
    workbench = opened(folder)
    found = workbench.jobs(mapping, job=job, only=only)
    if job is not None:
        found = said_of_records(found, workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"jobs" if job is None else "records": found})
    elif job is None:
        _show_jobs(found, none=f"No job counted {only} records." if only else "No job ran yet.")
    else:
        said = f"Job {job} had nothing to say about {only or 'single'} records."
        table(found, RECORDS, none=said)
    return 0


def _show_jobs(found: pl.DataFrame, *, none: str) -> None:
    what = pl.col("kind").replace(JOB_KINDS)
    to = pl.col("direction") == Direction.TO_INTEGRATION.value
    named = found.with_columns(kind=pl.when(to).then(what + " (to)").otherwise(what))
    going = pl.format("{}, step {} of {}", "status", "step", "steps")
    runs = (pl.col("status") == "in process") & pl.col("steps").is_not_null()
    named = named.with_columns(status=pl.when(runs).then(going).otherwise("status"))
    by_queue = found["queue_log"].null_count() < found.height
    heads = {**JOBS, **BY_QUEUE} if by_queue else JOBS
    table(named, heads_of(heads, named.to_dicts()), none=none)


def explain(
    mapping: Annotated[str, typer.Argument(help="The mapping, like NORDIC/CUSTOMER.")],
    record: Annotated[str, typer.Argument(help="The number of the record, or an id of it.")],
    rules: Annotated[
        bool, typer.Option("--rules", help="Show every rule that was asked, not only what holds.")
    ] = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show why a record is what it is.

    What the next run does with it and what you can do, its values on both sides and when they last
    agreed, the times, the rules that hold and why, and what jobs did to it.

    \b
    Example:
      mdsync explain NORDIC/CUSTOMER 10250
    """
    workbench = opened(folder)
    found = workbench.explain(mapping, record)
    mask = workbench.workspace.settings.report.mask
    if json:
        as_json.give(as_json.explanation(found, mask))
    else:
        shown.explanation(found, mask, every_rule=rules)
    return 0


def doctor(mappings: Mappings = None, folder: Folder = HERE, json: Json = False) -> int:
    """Find what goes wrong unseen, each with its reason and remedy.

    Records no run visits, keys in use, settings that do harm, and what waits. Nothing is written.
    Exit code 1 when something was found.

    \b
    Example:
      mdsync doctor NORDIC
    """
    workbench = opened(folder)
    found = findings(workbench.doctor(*(mappings or ())), workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"findings": found, "found": found.height})
    else:
        shown.doctor(found)
    return 1 if found.height else 0


def sql(
    query: Annotated[str, typer.Argument(help="One question; nothing can be changed by it.")],
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Ask the workbench anything in SQL, read only.

    \b
    Example:
      mdsync sql "select mapping, count(*) from coupling group by all"
    """
    found = opened(folder).sql(query)
    if json:
        as_json.give({"rows": found})
    else:
        rows = [{name: _as_is(one) for name, one in row.items()} for row in found.to_dicts()]
        table(rows, {name: name for name in found.columns}, none="No row answers.")
    return 0


def _as_is(value: object) -> object:
    """A value of a query as it is: a number may be an id, so it is not divided by commas."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
