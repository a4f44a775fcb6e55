"""Cleaning up a workspace: what is old by its settings, in the workbench and among the reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import UsageError
from mdsync_nb.model.clean_up import AN_AGE, CleanUpSettings, age_of
from mdsync_nb.store import Store
from mdsync_nb.store.cleaning import YOUNG, Retention
from mdsync_nb.workspace import Workspace

REPORT = re.compile(r"(\d{4}-\d{2}-\d{2}_\d{4})_\w+")
ENDINGS = (".html", ".ipynb", ".xlsx", ".csv")
A_DAY = timedelta(days=1)
STANDS = "An error of its run still stands."
UNENDED = "It is being written, or its run did not end."


@dataclass(frozen=True)
class Wanted:
    """What is to be cleaned up: what the workbench holds, and reports from before a time."""

    retention: Retention
    reports: datetime


def wanted(
    settings: CleanUpSettings,
    *,
    at: datetime,
    older_than: str | None,
    keep: int | None,
    every: bool,
) -> Wanted:
    """Give what is old: by the settings, or what somebody said instead.

    older_than: one age for all. keep: the newest that stay; said alone, all others are old. every:
    whatever its age. Raises UsageError for an age that is none, or contradicting words.
    """
    if every and (older_than is not None or keep is not None):
        raise UsageError(
            "All of it is meant, or only a part.", hint="Leave out --all, or the other options."
        )
    if keep is not None and keep < 0:
        raise UsageError(f"{keep} cannot be kept.", hint="Say 0 or a larger whole number.")
    if every or (keep is not None and older_than is None):
        return Wanted(Retention(datetime.max, datetime.max, at - A_DAY, keep or 0), datetime.max)
    said = (older_than,) * 3
    if older_than is None:
        said, keep = (settings.jobs, settings.loads, settings.reports), settings.keep
    try:
        jobs, loads, reports = (at - age_of(one or "") for one in said)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{older_than!r} is no age.", hint=f"Say {AN_AGE}.") from error
    return Wanted(Retention(jobs, loads, at - A_DAY, keep or 0), reports)


def clean_up(
    store: Store, workspace: Workspace, asked: Wanted, *, at: datetime, dry_run: bool
) -> pl.DataFrame:
    """Delete what is old and nothing refers to (`frames.CLEANED`); dry_run only says it.

    The workbench is cleaned in one transaction; then reports are deleted, by the names the
    workbench gives them and no other.
    """
    cleaned = store.clean_up(asked.retention, _uses(workspace), dry_run=dry_run)
    folder = workspace.root / workspace.settings.reports
    stays = {Path(one).stem for one in cleaned.reports}
    rows = reports(folder, asked, stays=stays, at=at, dry_run=dry_run)
    return pl.concat([cleaned.rows, rows])


def _uses(workspace: Workspace) -> pl.DataFrame:
    rows = [
        (one.name, side, company, table)
        for one in workspace.mappings.values()
        for side, company, table in (
            ("local", one.local, one.table),
            ("integration", one.integration, one.integration_table),
        )
    ]
    names = ["mapping", "side", "company", "table"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def reports(
    folder: Path, asked: Wanted, *, stays: Iterable[str], at: datetime, dry_run: bool
) -> pl.DataFrame:
    """Delete old reports with their notebooks and workbooks; gives what went and what stayed."""
    found = sorted(_reports(folder).items(), reverse=True)
    old = [
        (stem, files)
        for stem, files in found[asked.retention.keep :]
        if _written(stem) < asked.reports
    ]
    rows = [_swept(stem, files, stays=set(stays), at=at, dry_run=dry_run) for stem, files in old]
    young = len(found) - len(old)
    if young:
        rows.append({"what": "others", "records": young, "deleted": False, "reason": YOUNG})
    told = pl.DataFrame(
        [{"kind": "report", **row} for row in rows], schema=frames.CLEANED, strict=False
    )
    return frames.conform(told, frames.CLEANED)


def _reports(folder: Path) -> dict[str, list[Path]]:
    """The files of every report by its name without ending; links and folders are left alone."""
    found: dict[str, list[Path]] = {}
    for one in folder.iterdir() if folder.is_dir() else ():
        ours = one.suffix in ENDINGS and REPORT.fullmatch(one.stem)
        if ours and _time(ours[1]) and one.is_file() and not one.is_symlink():
            found.setdefault(one.stem, []).append(one)
    return found


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d_%H%M")
    except ValueError:
        return None


def _written(stem: str) -> datetime:
    return _time(stem[:15]) or datetime.max


def _swept(
    stem: str, files: list[Path], *, stays: set[str], at: datetime, dry_run: bool
) -> Mapping[str, object]:
    """Delete one report, and say what became of it."""
    row = {"what": stem, "at": _written(stem), "records": len(files)}
    ended = any(one.suffix == ".html" for one in files)
    if stem in stays:
        return {**row, "deleted": False, "reason": STANDS}
    if not ended and _written(stem) > at - A_DAY:
        return {**row, "deleted": False, "reason": UNENDED}
    try:
        for one in () if dry_run else sorted(files):
            one.unlink(missing_ok=True)
    except OSError as error:
        reason = f"It cannot be deleted: {error.strerror or error}."
        return {**row, "deleted": False, "reason": reason}
    return {**row, "deleted": True, "reason": "Old."}
