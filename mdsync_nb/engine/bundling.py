"""A bundle of one job: all that helps somebody else to see what happened, and no secret."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl

from mdsync_nb.core.redaction import (
    HIDDEN,
    instead_of,
    scrubbed,
    scrubbed_text,
    without_secrets,
)
from mdsync_nb.engine.bundled_notebook import without_results
from mdsync_nb.engine.diagnosing import of_job
from mdsync_nb.errors import CouldNotRun, UnknownName, UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.model.base import ENVIRONMENT
from mdsync_nb.store import Store
from mdsync_nb.store.bundled import JobKept, job_kept, values_of
from mdsync_nb.workspace import Workspace

PACKAGES = (
    "mdsync_nb", "duckdb", "polars", "pyarrow", "pydantic", "filelock", "fastexcel", "xlsxwriter",
    "papermill", "nbconvert", "jupyterlab", "typer", "rich",
)  # fmt: skip
FORMULA = r"^([=+\-@\t\r])"
"""What a spreadsheet takes for the beginning of a formula."""

README = """\
Job {job} of {mapping}, bundled {at} UTC by mdsync {version}.

In here:
{files}

Of this job alone: no other record, no other mapping, no other run. Values of these fields are
hidden ({hidden}), wherever they stood: {mask}.

Not in here: passwords, tokens, connection strings, what stands behind the host of an address, and
what the environment holds for ${{NAME}} (the settings say only the name). The notebook is without
its results, which may show other records; its errors are kept. Folders of this machine are written
as . (the workspace) and ~ (the home of the user). Texts that a spreadsheet would take for a formula
begin with '. Hiding goes by how things look: read the files before you send them.
"""


@dataclass(frozen=True)
class _Hiding:
    """What is to be hidden: masked fields in small letters, and texts with what stands instead."""

    fields: frozenset[str]
    instead: Mapping[str, str]

    def text(self, text: object) -> str:
        return scrubbed_text(str(text or ""), self.instead)

    def tree(self, tree: Any) -> str:
        plain = json.loads(json.dumps(tree, default=str))
        hidden = without_secrets(plain, self.fields, self.instead)
        return json.dumps(hidden, indent=2, ensure_ascii=False) + "\n"

    def table(self, frame: pl.DataFrame) -> str:
        """Rows as CSV: masked fields and keys hidden, and no value that a spreadsheet runs."""
        from mdsync_nb.reports.masking import masked

        shown = frame if "field" in frame.columns else frame.with_columns(field=pl.lit(""))
        shown = masked(shown, self.fields).select(frame.columns)
        if not self.fields.isdisjoint(("no.", "code")):
            ids = [name for name in shown.columns if name.endswith("_id") and name != "job_id"]
            shown = shown.with_columns(pl.lit(HIDDEN).alias(name) for name in ids)
        texts = scrubbed(pl.col(pl.String), self.instead).str.replace(FORMULA, "'${1}")
        return shown.with_columns(texts).write_csv()


def bundle(
    store: Store, workspace: Workspace, job_id: int, file: Path | None, *, at: datetime
) -> Path:
    """Write the bundle of a job; gives its path.

    file: where; without it, beside mdsync.yaml by the number and mapping of the job. Raises
    UnknownName for a job nobody knows, UsageError for a file that is there or is no .zip,
    CouldNotRun when it cannot be written.
    """
    with store.lists() as lists:
        kept = job_kept(lists.db, job_id)
        if kept is None:
            raise UnknownName("job", job_id, lists.jobs()["job_id"].to_list())
        mapping = workspace.mappings.get(str(kept.job["mapping"]))
        mask = _mask(workspace, mapping)
        values = values_of(lists.db, job_id, _tables(mapping, mask)) if mask and mapping else []
    path = _free(file or workspace.root / _name(kept))
    hiding = _hiding(workspace, kept, mask, values)
    files = _files(workspace, mapping, kept, hiding)
    files["README.txt"] = _readme(workspace, kept, files, at=at)
    _written(path, files)
    return path


def _name(kept: JobKept) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "_", str(kept.job["mapping"])).strip("_")[:60]
    return f"job_{kept.job['job_id']}_{plain or 'bundle'}.zip"


def _free(path: Path) -> Path:
    if path.suffix.lower() != ".zip":
        raise UsageError(f"{path} does not end in .zip.", hint="Name it like job.zip.")
    if path.exists():
        raise UsageError(f"{path} is there already.", hint="Name another file, or move it away.")
    return path


def _mask(workspace: Workspace, mapping: TableMapping | None) -> frozenset[str]:
    """The masked fields in small letters, by their names on both sides."""
    said = {one.strip().casefold() for one in workspace.settings.report.mask}
    pairs = mapping.fields if mapping else ()
    both = {(one.local.casefold(), one.integration.casefold()) for one in pairs}
    return frozenset(said | {name for pair in both if said & set(pair) for name in pair if name})


def _tables(
    mapping: TableMapping | None, mask: Iterable[str]
) -> list[tuple[str, str, tuple[str, ...]]]:
    fields = tuple(mask)
    return [
        (mapping.local, mapping.table, fields),
        (mapping.integration, mapping.integration_table, fields),
    ] if mapping else []  # fmt: skip


def _hiding(
    workspace: Workspace, kept: JobKept, mask: frozenset[str], values: list[str]
) -> _Hiding:
    """What the masked fields hold or held, what the environment fills in, and where folders are."""
    cells = kept.cells.filter(pl.col("field").str.to_lowercase().is_in(sorted(mask)))
    known = [cells[name].to_list() for name in ("source", "destination", "base")]
    keys = kept.records["key"].to_list() if mask & {"no.", "code"} else []
    written = workspace.file.read_text("utf-8", errors="replace")
    named = {name: os.environ.get(name, "") for name in ENVIRONMENT.findall(written)}
    secrets = {value: f"${{{name}}}" for name, value in named.items() if len(value) > 1}
    places = {str(workspace.root): ".", str(Path.home()): "~"}
    hidden = instead_of([*values, *keys, *(one for column in known for one in column)])
    return _Hiding(mask, {**secrets, **hidden, **{k: v for k, v in places.items() if len(k) > 1}})


def _files(
    workspace: Workspace, mapping: TableMapping | None, kept: JobKept, hiding: _Hiding
) -> dict[str, str]:
    """The files of the bundle by name, without those that would be empty."""
    job = {name: value for name, value in kept.job.items() if name != "traceback"}
    files = {
        "job.json": hiding.tree(job),
        "plan.json": hiding.tree({**kept.plan, "step": kept.step}) if kept.plan else "",
        "queue_run.json": hiding.tree(
            {name: value for name, value in kept.run.items() if name != "traceback"}
        )
        if kept.run
        else "",
        "traceback.txt": _tracebacks(kept, hiding),
        "diagnoses.csv": _table(of_job(kept.job, kept.errors), hiding),
        "notebook.ipynb": _notebook(workspace, kept, hiding),
        "settings.json": hiding.tree(_settings(workspace, mapping)) if mapping else "",
        "versions.json": hiding.tree(versions()),
    }
    for name in ("records", "errors", "couplings", "cells"):
        files[f"{name}.csv"] = _table(getattr(kept, name), hiding)
    return {name: text for name, text in sorted(files.items()) if text}


def _table(frame: pl.DataFrame, hiding: _Hiding) -> str:
    return hiding.table(frame) if frame.height else ""


def _tracebacks(kept: JobKept, hiding: _Hiding) -> str:
    found = {"The job": kept.job["traceback"], "Its queue run": kept.run.get("traceback")}
    return "\n".join(f"{who}:\n{hiding.text(text)}\n" for who, text in found.items() if text)


def _notebook(workspace: Workspace, kept: JobKept, hiding: _Hiding) -> str:
    """The executed notebook of the queue run, where its report is one of this workspace."""
    report = kept.run.get("report")
    if not report:
        return ""
    folder = (workspace.root / workspace.settings.reports).resolve()
    path = (workspace.root / str(report)).with_suffix(".ipynb").resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        return ""
    return without_results(path.read_text("utf-8"), hiding.text)


def _settings(workspace: Workspace, mapping: TableMapping) -> dict[str, Any]:
    """What is in force for one mapping, and how its two companies write its table."""
    sides = ((mapping.local, mapping.table), (mapping.integration, mapping.integration_table))
    companies = {}
    for company, table in sides:
        told = workspace.company(company).model_dump(mode="json")
        file = told.pop("tables").get(table)
        companies[company] = {**told, "tables": {table: file}}
    return {
        "mapping": mapping.model_dump(mode="json"),
        "settings_hash": workspace.hash_of(mapping),
        "companies": companies,
        "limits": workspace.settings.limits.model_dump(mode="json"),
        "mask": list(workspace.settings.report.mask),
    }


def versions() -> dict[str, Any]:
    """The versions of Python, the system and the packages that matter."""
    packages = {}
    for name in PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            packages[name] = "not installed"
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "platform": sys.platform,
        "packages": packages,
    }


WHAT = {
    "job.json": "the job with its counters",
    "plan.json": "its plan, and the step of it that is this job",
    "records.csv": "what it did to each record it noted",
    "errors.csv": "its errors",
    "diagnoses.csv": "what they mean, as far as it is known",
    "couplings.csv": "the pairs it touched, as they were before",
    "cells.csv": "the values its plan had for these records",
    "queue_run.json": "the run of the job queue entry that did it",
    "traceback.txt": "where it stopped",
    "notebook.ipynb": "the notebook that ran, without its results",
    "settings.json": "what is in force for the mapping, and how its companies write their files",
    "versions.json": "Python, the system, and the packages",
}


def _readme(workspace: Workspace, kept: JobKept, files: Iterable[str], *, at: datetime) -> str:
    lines = "\n".join(f"  {name:<16}{WHAT[name]}" for name in files)
    return README.format(
        job=kept.job["job_id"],
        mapping=kept.job["mapping"],
        at=f"{at:%Y-%m-%d %H:%M}",
        version=versions()["packages"]["mdsync_nb"],
        files=lines,
        hidden=HIDDEN,
        mask=", ".join(workspace.settings.report.mask) or "none is masked",
    )


def _written(path: Path, files: Mapping[str, str]) -> None:
    """Write the zip whole or not at all."""
    begun = path.with_name(f"{path.name}.new")
    try:
        with zipfile.ZipFile(begun, "w", zipfile.ZIP_DEFLATED) as made:
            for name, text in files.items():
                made.writestr(name, text)
        begun.replace(path)
    except OSError as error:
        begun.unlink(missing_ok=True)
        raise CouldNotRun(
            f"{path} cannot be written: {error.strerror or error}.", hint="Name another place."
        ) from error
