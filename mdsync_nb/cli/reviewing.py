"""The verb that brings tables in step at first: shows the lines, asks, and starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json, shown
from mdsync_nb.cli.asking import DECLINED, SOME_FAILED, agreed
from mdsync_nb.cli.options import HERE, Folder, Force, Json, Mappings, Yes, opened
from mdsync_nb.cli.terminal import count, listing, say, table
from mdsync_nb.engine.full_sync import Started
from mdsync_nb.engine.review import Forecast
from mdsync_nb.errors import UsageError
from mdsync_nb.model import LineStatus, OnlyCoupled, Recommendation
from mdsync_nb.reports.masking import masked

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

LINES = {
    "wave": "Wave",
    "mapping": "Mapping",
    "source_rows": "There",
    "local_rows": "Here",
    "coupled": "Coupled",
    "recommendation": "Recommended",
    "status": "Status",
    "job_id": "Job",
    "message": "What was done, or what it waits for",
}
FORECAST = {
    "mapping": "Mapping",
    "recommendation": "Recommended",
    "couples": "Couple",
    "creates": "Create",
    "changes": "Change",
    "alike": "Look like existing",
    "waits": "Wait or fail",
    "message": "Would end in error",
}
ALIKE = {"mapping": "Mapping", "key": "Record", "message": "Why it is not created"}


def review(
    mappings: Mappings = None,
    *,
    start: Annotated[bool, typer.Option("--start", help="Ask, then do what is shown.")] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="MAPPING", help="Leave it out; may be repeated."),
    ] = None,
    only_coupled: Annotated[
        OnlyCoupled,
        typer.Option(help="What a full synchronization makes of only_coupled: off, or as it was."),
    ] = OnlyCoupled.CHANGE,
    restart: Annotated[
        bool, typer.Option("--restart", help="Forget first what became of these lines.")
    ] = False,
    force: Force = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Show what each table needs to be in step at first.

    With --start it is done, wave after wave, and goes on where it ended. Records that look like
    existing ones are named and never created. Exit code 1 while something is left to do, 3 when
    records failed; a line that ends in error gives the code of its error.

    \b
    Example:
      mdsync review LUMIERE
      mdsync review LUMIERE --start --exclude LUMIERE/ITEM
    """
    if not start and (exclude or restart or force):
        raise UsageError(
            "--exclude, --restart and --force are about starting.", hint="Say --start as well."
        )
    workbench, names = opened(folder), mappings or ()
    if not start:
        return _shown(workbench.review(*names), json=json)
    left_out = exclude or []
    expected = workbench.forecast(*names, exclude=left_out, restart=restart)
    if not json:
        _show_forecast(workbench, expected)
    question = _question(workbench, expected, only_coupled)
    if expected.lines.height and not agreed(question, yes=yes):
        return DECLINED
    done = workbench.start_review(
        *names, exclude=left_out, only_coupled=only_coupled, restart=restart, force=force
    )
    return _ended(workbench, expected, done, json=json)


def _shown(lines: pl.DataFrame, *, json: bool) -> int:
    """Show the lines; 1 while one of them is left to do."""
    if json:
        as_json.give({"lines": lines})
    else:
        table(lines, LINES, none="No mapping is switched on.")
    return int(_open(lines))


def _open(lines: pl.DataFrame) -> bool:
    runs = pl.col("recommendation").is_in([Recommendation.FULL, Recommendation.COUPLE])
    done = pl.col("status").is_in([LineStatus.FINISHED, LineStatus.EXCLUDED])
    return not lines.filter(runs & ~done).is_empty()


def _show_forecast(workbench: Workbench, expected: Forecast) -> None:
    """Print what would be done, and which records look like existing ones."""
    table(expected.lines, FORECAST, none="No line is left that could be started.")
    alike = _alike(workbench, expected)
    if alike.height:
        title = f"First of {count(alike.height, 'record')} not created"
        table(alike.head(shown.FIRST), ALIKE, title=title)


def _alike(workbench: Workbench, expected: Forecast) -> pl.DataFrame:
    """The records that look like existing ones; what reports mask is masked."""
    hidden = workbench.workspace.settings.report.mask
    return masked(expected.alike.with_columns(field=pl.lit("")), hidden).drop("field")


def _question(workbench: Workbench, expected: Forecast, only_coupled: OnlyCoupled) -> str:
    """What starting would do, in which companies, and what follows from it."""
    words = {"couples": "couple", "creates": "create", "changes": "change"}
    said = [f"{word} {many:,}" for name, word in words.items() if (many := expected.total(name))]
    names = expected.lines["mapping"]
    places = listing(dict.fromkeys(workbench.workspace.mapping(one).local for one in names))
    alike = expected.total("alike")
    where = listing(expected.alike["mapping"].unique(maintain_order=True))
    parts = [
        f"{listing(said) or 'write nothing'} in {places}",
        *[f"{alike:,} look like existing records and are not created ({where})"] * bool(alike),
        *["new records flow with every run after a full synchronization"]
        * (only_coupled is OnlyCoupled.CHANGE and _full(expected)),
    ]
    return f"Start {count(names.len(), 'table')}: {'; '.join(parts)}?"


def _full(expected: Forecast) -> bool:
    return Recommendation.FULL.value in expected.lines["recommendation"]


def _ended(workbench: Workbench, expected: Forecast, done: Started, *, json: bool) -> int:
    """Show what became of the lines, and give the exit code."""
    if json:
        told = {
            "lines": done.lines,
            "forecast": expected.lines,
            "alike": _alike(workbench, expected),
            "jobs": as_json.jobs(done.applied),
            "errors": {name: str(error) for name, error in done.errors.items()},
        }
        as_json.give(told)
    else:
        table(done.lines, LINES, title="The lines now", none="No mapping is switched on.")
        for file in dict.fromkeys(file for one in done.applied for file in one.files):
            say(f"Written: {file}")
        if done.applied:
            say(f"To reverse a job: mdsync undo {done.applied[-1].job_id}")
    return _exit_code(done)


def _exit_code(done: Started) -> int:
    """That of the first error; 3 for failed records, 1 while something is left to do, else 0."""
    if done.errors:
        return next(iter(done.errors.values())).exit_code
    counts = [one.counts for one in done.applied]
    if any(one.get("failed", 0) for one in counts):
        return SOME_FAILED
    waits = any(one.get(name, 0) for one in counts for name in ("waiting", "skipped", "stale"))
    return int(waits or _open(done.lines))
