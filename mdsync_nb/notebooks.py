"""Running notebooks: found by name, parameters checked, executed copy and HTML page in reports."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mdsync_nb import errors
from mdsync_nb.errors import MdsyncError, NotebookFailed, UnknownName, UsageError
from mdsync_nb.parameters import as_declared, declared_in, read_notebook
from mdsync_nb.shipped import shipped
from mdsync_nb.store import QUEUE_LOG
from mdsync_nb.workspace import Workspace

NUMBER = re.compile(r"^(\d+)_")
WAITING = "application/vnd.mdsync.waiting+json"
"""The output in which a notebook notes how many records wait for a person."""


@dataclass(frozen=True)
class Stopped:
    """Why a notebook stopped: a sentence, what to do, and the exit code of its error."""

    sentence: str
    hint: str
    exit_code: int


def run_notebook(
    workspace: Workspace, notebook: str, parameters: Mapping[str, object], *, at: datetime
) -> Path:
    """Run a notebook of the workspace, or a shipped one; gives the path of its HTML report.

    The executed copy stands beside the report. The notebook is given `folder`, the workspace, and
    `report`, the path of its report without an ending, when it has parameters of these names.
    Raises UnknownName for a notebook or parameter nobody knows, UsageError for a value that does
    not fit, NotebookFailed when the notebook stops; the report is written all the same.
    """
    found = find_notebook(workspace, notebook)
    declared = declared_in(found)
    given = as_declared(found.stem, declared, parameters)
    folder = workspace.root / workspace.settings.reports
    with _writes_into(folder):
        stem = _reserved(folder, _plain(found.stem), at)
    ours = {"folder": str(workspace.root), "report": str(stem)}
    given = {name: value for name, value in ours.items() if name in declared} | given
    copy, page = _beside(stem, ".ipynb"), _beside(stem, ".html")
    try:
        stopped = _executed(found, copy, given, workspace.root)
    except KeyboardInterrupt:
        copy.unlink(missing_ok=True)
        raise
    with _writes_into(folder, copy):
        _rendered(found, copy, page, stopped, at)
    if stopped:
        raise NotebookFailed(found.stem, stopped.sentence, str(page), exit_code=stopped.exit_code)
    return page


@contextmanager
def _writes_into(folder: Path, *begun: Path) -> Iterator[None]:
    """Say it when the reports cannot be written; what was begun and is empty goes away again."""
    try:
        yield
    except OSError as error:
        for one in begun:
            _removed_if_empty(one)
        raise errors.CouldNotRun(
            f"The report cannot be written into {folder}: {error.strerror or error}.",
            hint="Mend what it says, or set `reports` to another folder, then run it again.",
        ) from error


def _removed_if_empty(file: Path) -> None:
    with suppress(OSError):
        if not file.stat().st_size:
            file.unlink()


def find_notebook(workspace: Workspace, notebook: str) -> Path:
    """Find a notebook by its path or name, with or without its number; capitals do not matter.

    The workspace's own `notebooks` folder goes before the shipped notebooks. Raises UnknownName.
    """
    for place in (Path(notebook), workspace.root / notebook):
        if place.suffix == ".ipynb" and place.is_file():
            return place.resolve()
    folders = (workspace.root / "notebooks", shipped("notebooks"))
    known = [sorted(folder.glob("*.ipynb")) for folder in folders]
    asked = _plain(notebook)
    for notebooks in known:
        found = [one for one in notebooks if asked in _names(one)]
        if len(found) > 1:
            several = " or ".join(one.stem for one in found)
            raise UsageError(f"{notebook!r} may be {several}.", hint="Say the whole name.")
        if found:
            return found[0]
    names = dict.fromkeys(one.stem for notebooks in known for one in notebooks)
    raise UnknownName("notebook", notebook, list(names))


def waiting_in(report: Path) -> int:
    """How many records the notebook of a report said wait for a person; 0 when it said nothing."""
    notebook = read_notebook(report.with_suffix(".ipynb"))
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    said = [one["data"][WAITING] for one in outputs if WAITING in one.get("data", {})]
    return sum(int(one["waiting"]) for one in said)


def _names(notebook: Path) -> set[str]:
    """What a notebook may be called: its name, the name without its number, the number alone."""
    stem = notebook.stem.casefold()
    number = NUMBER.match(stem)
    alone = {number.group(1), number.group(1).lstrip("0")} if number else set()
    return {_plain(stem), stem, *alone}


def _plain(name: str) -> str:
    """A name as it is compared: no ending, no number before it, words joined by `_`."""
    stem = Path(name).name.casefold().removesuffix(".ipynb")
    joined = re.sub(r"\W+", "_", stem).strip("_")
    return joined if joined.isdecimal() else NUMBER.sub("", joined)


def _reserved(folder: Path, name: str, at: datetime) -> Path:
    """A path without ending that no report has yet; its executed copy is made at once."""
    folder.mkdir(parents=True, exist_ok=True)
    first = f"{at:%Y-%m-%d_%H%M}_{name}"
    for count in range(1, 10_000):
        stem = folder / (first if count == 1 else f"{first}_{count}")
        try:
            _beside(stem, ".ipynb").touch(exist_ok=False)
        except FileExistsError:
            continue
        return stem
    raise errors.CouldNotRun(f"{folder} is full of reports.", hint="Move the old ones away.")


def _beside(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def _executed(notebook: Path, copy: Path, given: dict[str, Any], root: Path) -> Stopped | None:
    """Execute a notebook into its copy; gives why it stopped, or None when it came to its end."""
    import papermill

    from mdsync_nb.kernel import OwnKernel

    try:
        papermill.execute_notebook(
            literal(notebook),
            literal(copy),
            parameters=given,
            kernel_name="python3",
            language="python",
            cwd=root,
            progress_bar=bool(sys.stderr and sys.stderr.isatty()),
            log_output=_signs_of_life(),
            kernel_manager_class=OwnKernel,
        )
    except papermill.PapermillExecutionError as error:
        return _stopped(error.ename, error.evalue, error.traceback)
    except OSError as error:
        said = errors.of_the_machine(error)
        return Stopped(str(said), said.hint, said.exit_code)
    except Exception as error:
        hint = "Run it again with --debug to see what the kernel said."
        return Stopped(f"{type(error).__name__}: {error}", hint, errors.CouldNotRun.exit_code)
    return None


def _signs_of_life() -> bool:
    """Let a run of the job queue say a dot for each cell and output, and nothing of its content."""
    if QUEUE_LOG not in os.environ:
        return False
    log = logging.getLogger("papermill")
    log.handlers, log.propagate = [_Dots()], False
    log.setLevel(logging.INFO)
    return True


class _Dots(logging.Handler):
    """Writes a dot for whatever is logged."""

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        print(".", end="", file=sys.stderr, flush=True)


def literal(path: Path) -> str:
    """Give a path as papermill takes it, which fills in what stands between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _stopped(name: str, sentence: str, lines: list[str]) -> Stopped:
    """Why a cell stopped. An error of ours brings its hint and exit code along."""
    if name == "KeyboardInterrupt":
        raise KeyboardInterrupt
    found = getattr(errors, name, None)
    if isinstance(found, type) and issubclass(found, MdsyncError):
        return Stopped(sentence, " ".join(lines[1:]), found.exit_code)
    return Stopped(f"{name}: {sentence}", "", errors.CouldNotRun.exit_code)


def _rendered(
    notebook: Path, copy: Path, page: Path, stopped: Stopped | None, at: datetime
) -> None:
    """Render the executed copy, with the failure on top of it."""
    from mdsync_nb.reports.page import render
    from mdsync_nb.reports.verdict import stopped as band
    from mdsync_nb.reports.wording import day

    if not copy.stat().st_size:
        copy.write_bytes(notebook.read_bytes())
    title = _question(copy) or notebook.stem
    failure = None
    if stopped:
        told = f"{stopped.sentence} {stopped.hint}".strip()
        code = f"Exit code {stopped.exit_code}."
        failure = band(f"{title} The notebook stopped before its end.", told, code)
    render(copy, page, title=f"{title} {day(at)}", failure=failure)


def _question(notebook: Path) -> str:
    """The title of a notebook: the first heading in it."""
    cells = [one for one in read_notebook(notebook).cells if one.cell_type == "markdown"]
    told = [line for one in cells for line in one.source.splitlines()]
    return next((line[2:].strip() for line in told if line.startswith("# ")), "")
