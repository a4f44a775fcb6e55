"""Everything that can go wrong, as one tree. A run that cannot go on raises one of these.

    MdsyncError
    ├── UsageError ................ 2  wrong words, unknown names, an answer that is missing
    │   ├── SettingsError             mdsync.yaml says something we do not understand
    │   ├── FilterMistake             an expression of a filter that cannot be read, and where
    │   ├── UnknownName               a company, mapping, plan, job or record nobody knows
    │   ├── NeedsAnswer               something that writes was asked for without a yes
    │   └── NothingToUndo             a job that changed nothing cannot be taken back
    ├── PlanRefused ............... 4  a plan that must not be applied
    │   ├── PlanTooLarge              it touches more of a company than its limits allow
    │   └── PlanStale                 the settings moved since it was made
    ├── Stopped ................. 130  somebody asked for a stop; nothing is half done
    │   └── PlanStopped               of a plan: it says which jobs stand, and how to go on
    └── CouldNotRun ............... 5  the machine, a file or the workbench is not fit for it
        ├── SourceUnreadable          a file of a company cannot be read; nothing of it is taken
        ├── ColumnMissing             a declared column is not in the file
        ├── StoreBusy                 another process holds the workbench
        ├── StoreTooNew               the workbench was written by a newer version
        └── NotebookFailed            a notebook stopped; its report shows where

A record that cannot go on is not an error but a row with a reason (`frames.DECISIONS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from errno import EDQUOT, ENOSPC
from typing import ClassVar


class MdsyncError(Exception):
    """What happened in one sentence, what to do in `hint`, and the exit code in `exit_code`."""

    exit_code: ClassVar[int] = 5
    hint: str = ""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        if hint is not None:
            self.hint = hint

    def _render_traceback_(self) -> list[str]:
        """Show the two sentences in a notebook instead of a wall of frames."""
        return [f"{type(self).__name__}: {self}", *([self.hint] if self.hint else [])]


class UsageError(MdsyncError):
    """The question was put in a way we cannot answer."""

    exit_code = 2


class SettingsError(UsageError):
    """A settings file holds a word or value we do not understand."""

    def __init__(
        self, file: str, line: int | None, key: str, *, found: object, right: str, hint: str = ""
    ) -> None:
        self.file, self.line, self.key, self.found, self.right = file, line, key, found, right
        where = f"{file}, line {line}" if line else file
        super().__init__(f"{where}: {key}: found {found!r}; right would be {right}.")
        self.hint = hint or f"Change it in {file} and run the command again."


class FilterMistake(UsageError):
    """An expression of a filter cannot be read, or holds a text that its field cannot."""

    def __init__(self, expression: str, at: int, *, right: str) -> None:
        self.expression, self.at, self.right = expression, at, right
        found = repr(expression[at : at + 20]) if at < len(expression) else "the end"
        super().__init__(
            f"The filter {expression!r} is wrong at position {at + 1}: "
            f"found {found}; right would be {right}."
        )
        self.hint = f"{self.shown}\nCorrect the filter in mdsync.yaml."

    @property
    def shown(self) -> str:
        """The expression around the mistake, and a caret below it."""
        first = max(0, self.at - 60)
        part = "".join(one if one.isprintable() else " " for one in self.expression[first:])[:100]
        return f"  {part}\n  {' ' * (self.at - first)}^"


class UnknownName(UsageError):
    """A name was given that the workbench does not know."""

    def __init__(self, kind: str, name: object, known: Sequence[object] = ()) -> None:
        self.kind, self.name, self.known = kind, name, tuple(str(one) for one in known)
        super().__init__(f"There is no {kind} {str(name)!r}.")
        near = get_close_matches(str(name), self.known, n=3, cutoff=0.5)
        shown = near or list(self.known[:12])
        self.hint = f"Known: {', '.join(shown)}." if shown else "Look at how it is spelled."


class NeedsAnswer(UsageError):
    """Something that writes was asked for, and nobody is there to say yes."""

    hint = "Answer on the command line with --yes, or run it in a terminal."


class NothingToUndo(UsageError):
    """The job changed nothing."""

    def __init__(self, job: int) -> None:
        self.job = job
        super().__init__(f"Job {job} changed nothing, so there is nothing to undo.")


class PlanRefused(MdsyncError):
    """A plan stands, but it must not be applied as it is."""

    exit_code = 4


class PlanTooLarge(PlanRefused):
    """The plan touches more of a company than its limits allow."""

    hint = "Read the preview, then apply it with --force (force=True) if it is what you want."

    def __init__(self, mapping: str, action: str, *, records: int, of: int, limit: float) -> None:
        self.mapping, self.action = mapping, action
        self.records, self.of, self.limit = records, of, limit
        verb = {"insert": "create", "modify": "change"}.get(action, action)
        share = f"{limit:.0%} of {of:,} (or `floor`, where that is more)" if limit else "none"
        super().__init__(
            f"{mapping}: the plan would {verb} {records:,} records; the limit is {share}."
        )


class PlanStale(PlanRefused):
    """What the plan was made from has moved since."""

    hint = "Make the plan again and read its preview."


class Stopped(MdsyncError):
    """Somebody asked for a stop: what was done stays, and what was in work is as it was before."""

    exit_code = 130
    hint = "Nothing was written. Run it again when you want to."

    def __init__(self, what: str, *, done: int, of: int, hint: str | None = None) -> None:
        self.what, self.done, self.of = what, done, of
        tables = "table" if of == 1 else "tables"
        super().__init__(f"{what} was stopped after {done:,} of {of:,} {tables}.", hint)


class PlanStopped(Stopped):
    """Somebody stopped a plan while it was written; `jobs` did the steps that are done."""

    def __init__(self, plan_id: str, *, jobs: Sequence[int], of: int, force: bool) -> None:
        self.what, self.done, self.of = f"Plan {plan_id}", len(jobs), of
        self.plan_id, self.jobs = plan_id, tuple(jobs)
        steps = f"after {len(jobs)} of {of} steps; nothing else of it was written"
        before = "before anything of it was written"
        MdsyncError.__init__(self, f"{self.what} was stopped {steps if jobs else before}.")
        self.hint = f"To go on: mdsync apply {plan_id}{' --force' if force else ''}."
        if jobs:
            back = ", then ".join(f"mdsync undo {one}" for one in reversed(jobs))
            self.hint += f" To take back what was done: {back}."


class CouldNotRun(MdsyncError):
    """The machine, a file or the workbench is not fit for the run."""


def of_the_machine(error: OSError) -> CouldNotRun:
    """Give what a machine refuses (a full disk, a folder without rights) as an error of ours."""
    reason = error.strerror or str(error) or type(error).__name__
    full = error.errno in (ENOSPC, EDQUOT)
    hint = "Free some space" if full else "Mend what it says"
    where = f"{error.filename} cannot be used" if error.filename else "The machine refused"
    return CouldNotRun(f"{where}: {reason}.", hint=f"{hint}, then run the command again.")


class SourceUnreadable(CouldNotRun):
    """A file of a company cannot be read, so nothing of it was taken."""

    def __init__(
        self, company: str, table: str, file: str, *, reason: str, row: int | None = None
    ) -> None:
        self.company, self.table, self.file, self.reason, self.row = (
            company,
            table,
            file,
            reason,
            row,
        )
        where = f"{file}, row {row}" if row else file
        super().__init__(f"{company} {table}: {where} cannot be read: {reason}.")
        self.hint = (
            "The previous snapshot stays in force and nothing was written. "
            f"Ask for the file again, then run `mdsync load {company}`."
        )


class ColumnMissing(CouldNotRun):
    """A declared column is not in the file."""

    def __init__(
        self, company: str, table: str, file: str, *, column: str, found: Sequence[str]
    ) -> None:
        self.company, self.table, self.file = company, table, file
        self.column, self.found = column, tuple(found)
        super().__init__(f"{company} {table}: {file} has no column {column!r}.")
        near = get_close_matches(column, self.found, n=3, cutoff=0.4)
        shown = ", ".join(near or self.found[:12])
        self.hint = (
            f"It has: {shown}. "
            "Correct `columns:` of the table in mdsync.yaml, or ask for the export again."
        )


class StoreBusy(CouldNotRun):
    """Another process holds the workbench file."""

    def __init__(self, path: str, holder: str, waited: float) -> None:
        self.path, self.holder, self.waited = path, holder, waited
        super().__init__(f"{path} is held by {holder}; gave up after {waited:.0f} s.")
        self.hint = (
            "Close the program that has the file open (a DuckDB shell keeps it), then try again."
        )


class StoreTooNew(CouldNotRun):
    """The workbench file was written by a newer version of this library."""

    hint = "Install the newer mdsync_nb, or open a copy of the workbench made by this version."


class NotebookFailed(CouldNotRun):
    """A notebook stopped before its end; its report was rendered all the same."""

    def __init__(self, notebook: str, reason: str, report: str, *, exit_code: int = 5) -> None:
        self.notebook, self.reason, self.report = notebook, reason, report
        super().__init__(f"{notebook} stopped: {reason}")
        self.hint = f"The report shows where: {report}"
        self.exit_code = exit_code  # type: ignore[misc]
