"""The verb that deletes what is old."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from mdsync_nb.cli import as_json
from mdsync_nb.cli.asking import DECLINED, agreed
from mdsync_nb.cli.options import HERE, Folder, Json, Yes, opened
from mdsync_nb.cli.terminal import count, listing, say, table
from mdsync_nb.store.cleaning import YOUNG

SUMMARY = {
    "kind": "What",
    "many": "How many",
    "records": "Rows or files",
    "reason": "Why",
    "such_as": "Such as",
}
ROOM = "The workbench file keeps its size; the room in it is used again."


def clean_up(
    *,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="AGE", help="Like 7d, 12h or 8w, for all of it."),
    ] = None,
    keep: Annotated[
        int | None, typer.Option(metavar="N", help="The newest N stay, whatever their age.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Whatever its age.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    yes: Yes = False,
    folder: Folder = HERE,
    json: Json = False,
) -> int:
    """Delete old jobs, plans, loads and reports.

    Without options by `clean_up` in mdsync.yaml. What errors, couplings or an undo still need
    stays, and why is said. A job that is gone can no longer be undone.

    \b
    Example:
      mdsync clean-up --older-than 7d --dry-run
    """
    workbench = opened(folder)
    found = workbench.clean_up(older_than=older_than, keep=keep, every=every, dry_run=True)
    if not json:
        _show(found)
    going = found.filter("deleted")
    if going.height and not dry_run:
        if not agreed(f"Delete {_counted(going)}?", yes=yes):
            return DECLINED
        found = workbench.clean_up(older_than=older_than, keep=keep, every=every)
    if json:
        as_json.give({"deleted": not dry_run, "cleaned": found})
    elif going.height and not dry_run:
        _done(found)
    return 0


def _show(found: pl.DataFrame) -> None:
    for deleted, title, none in (
        (True, "What goes", "Nothing is old enough to go."),
        (False, "What stays", ""),
    ):
        rows = found.filter(pl.col("deleted") == deleted)
        summed = rows.group_by("kind", "reason", maintain_order=True).agg(
            many=pl.len(), records=pl.col("records").sum(), such_as=pl.col("what").head(3)
        )
        young = pl.col("reason") == YOUNG
        summed = summed.with_columns(
            many=pl.when(young).then("records").otherwise("many"),
            records=pl.when(~young).then("records"),
            such_as=pl.when(~young).then("such_as"),
        )
        table(summed, SUMMARY, title=title, none=none)


def _counted(going: pl.DataFrame) -> str:
    """How many of what: 12 jobs, 3 loads and 5 reports."""
    many = going.group_by("kind", maintain_order=True).len().rows()
    return listing(count(int(number), str(kind)) for kind, number in many if kind != "change")


def _done(found: pl.DataFrame) -> None:
    say("", f"Deleted {_counted(found.filter('deleted'))}.", ROOM)
    kept = found.filter(~pl.col("deleted") & pl.col("reason").str.starts_with("It cannot be del"))
    if kept.height:
        say(*(f"{row['what']}: {row['reason']}" for row in kept.to_dicts()))
