"""The verbs about what happened: one record's history, and what a message means."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.options import HERE, Folder, Json, opened
from mdsync_nb.cli.terminal import count, say, table
from mdsync_nb.reports.masking import said_of_records

HISTORY = {
    "job_id": "Job",
    "finished_at": "Finished (UTC)",
    "kind": "What",
    "direction": "Direction",
    "action": "Action",
    "outcome": "Outcome",
    "message": "Why",
}


def history(
    mapping: Annotated[str, typer.Argument(help="The mapping, like NORDIC/CUSTOMER.")],
    record: Annotated[str, typer.Argument(help="The number of the record, or an id of it.")],
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show what jobs did to one record, newest first.

    Written, failed, waiting, coupled, uncoupled, undone; also of a record that is gone.

    \b
    Example:
      mdsync history NORDIC/CUSTOMER 10250
    """
    workbench = opened(folder)
    found = workbench.history(mapping, record)
    found = said_of_records(found, workbench.workspace.settings.report.mask)
    if json:
        as_json.give({"history": found})
    else:
        table(found, HISTORY, none="No job had anything to say about it yet.")
    return 0


def diagnose(
    message: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="A message in quotes; - reads it.")
    ] = "",
    job: Annotated[
        int | None, typer.Option("--job", metavar="N", help="The messages of a job instead.")
    ] = None,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Say what a message means and what to do.

    Also one from a log of Business Central or Dataverse. Exit code 1 when nobody knows it.

    \b
    Example:
      mdsync diagnose "Number of requests exceeded the limit of 6000"
    """
    text = sys.stdin.read() if message == "-" else message
    found = opened(folder).diagnose(text, job=job)
    if json:
        as_json.give({"diagnoses": found})
    elif found.is_empty():
        say(f"Job {job} had no error.")
    for row in [] if json else found.iter_rows(named=True):
        _diagnosis(row)
    return int(found.filter(pl.col("id") == "").height > 0)


def bundle(
    job: Annotated[int, typer.Argument(metavar="JOB", help="The number of a job.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.zip", help="Where; beside mdsync.yaml without.")
    ] = None,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Write a zip that shows others what happened in a job.

    Its records, errors, tracebacks, plan step, settings and versions. No other records, no
    secrets, no values of masked fields. The last line is its path.

    \b
    Example:
      mdsync bundle 118
    """
    written = opened(folder).bundle(job, file=file)
    if json:
        as_json.give({"bundle": str(written)})
    else:
        say("Read it before you send it; README.txt in it says what it holds.", str(written))
    return 0


def _diagnosis(row: dict[str, object]) -> None:
    who = {"users": "those who own the data", "set-up": "whoever keeps the set-up"}
    passes = "It passes by itself." if row["family"] == "transient" else ""
    mends = who.get(str(row["who"]), "")
    records = f" ({count(int(str(row['records'])), 'record')})" if row["records"] else ""
    say(f"{row['message']}{records}", f"{row['title']}. {passes}".strip())
    told = {"Why": row["cause"], "What to do": row["fix"], "How to see it": row["verify"]}
    table(
        [{"what": name, "text": text} for name, text in told.items()]
        + ([{"what": "Who", "text": mends}] if mends else []),
        {"what": "", "text": f"{row['id'] or 'not known'}"},
    )
