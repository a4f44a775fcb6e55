"""What runs of job queue entries came to, as people and programs read it."""

from __future__ import annotations

from collections.abc import Sequence

from mdsync_nb.cli.asking import SOME_FAILED
from mdsync_nb.cli.terminal import cell, say
from mdsync_nb.engine.messages import COUNTERS
from mdsync_nb.queue.worker import Ran


def say_ran(ran: Ran) -> None:
    """Say what a run came to, and when its entry runs again."""
    named = ran.mapping or ran.notebook
    say(f"{named}: {_what(ran)}{_next(ran)}")
    if ran.outcome.message:
        say(*filter(None, (f"  {ran.outcome.message}", f"  {ran.outcome.hint}".rstrip())))
    if ran.outcome.report:
        say(f"  {ran.outcome.report}")


def ran_as_json(ran: Ran) -> dict[str, object]:
    """Give a run as a program reads it."""
    return {
        "entry_id": ran.entry_id,
        "log_id": ran.log_id,
        "mapping": ran.mapping,
        "notebook": ran.notebook,
        "succeeded": ran.outcome.succeeded,
        "message": ran.outcome.message,
        "hint": ran.outcome.hint,
        "report": ran.outcome.report,
        "counts": ran.counts,
        "status": ran.next.status.value,
        "earliest_start": ran.next.earliest_start,
    }


def exit_code_of(runs: Sequence[Ran]) -> int:
    """Give the exit code of a tick: 3 when a run or a record failed, 1 when something waits."""
    counts = [one.counts or {} for one in runs]
    if any(not one.outcome.succeeded for one in runs) or any(one.get("failed") for one in counts):
        return SOME_FAILED
    return 1 if any(one.get("waiting") or one.get("skipped") for one in counts) else 0


def _what(ran: Ran) -> str:
    if not ran.outcome.succeeded:
        return f"attempt {ran.attempts + 1} failed"
    counts = ran.counts or {}
    done = [f"{word} {counts[name]:,}" for name, word in COUNTERS.items() if counts.get(name)]
    return ", ".join(done) or ("nothing was to be done" if ran.counts else "ended")


def _next(ran: Ran) -> str:
    start = ran.next.earliest_start
    again = f", not before {cell(start)}" if start else ""
    return f"; {ran.next.status.value}{again}."
