"""Job queue entries: which states they have, and what people may say about when they run."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field as Setting

from mdsync_nb.model.base import Settings


class EntryStatus(StrEnum):
    """How a job queue entry is (semantics.md 7.3)."""

    READY = "ready"
    WAITING = "waiting"
    IN_PROCESS = "in process"
    ERROR = "error"
    ON_HOLD = "on hold"
    INACTIVE = "on hold with inactivity timeout"
    FINISHED = "finished"


class EntryKind(StrEnum):
    """Whether an entry runs again and again, or once."""

    RECURRING = "recurring"
    ONCE = "once"


class QueueSettings(Settings):
    """What people may say about the job queue entry of a mapping; what they leave out keeps its
    word.

    minutes_between_runs: from the end of a run to the next one. inactivity_timeout: minutes it
    sleeps after a run that had nothing to do, unless a change wakes it; 0 is until then.
    max_attempts: failures in a row before it stops. rerun_delay: seconds before the next attempt.
    silence_timeout: minutes without a word after which a run of a notebook is ended. category:
    entries of one category run one at a time. notebook: what it runs; blank synchronizes without a
    report. wake: whether a change of its tables pulls it forward. on_hold: it is made on hold.
    """

    minutes_between_runs: int | None = Setting(default=None, ge=1)
    inactivity_timeout: int | None = Setting(default=None, ge=0)
    max_attempts: int | None = Setting(default=None, ge=1)
    rerun_delay: int | None = Setting(default=None, ge=0)
    silence_timeout: int | None = Setting(default=None, ge=1)
    category: str | None = None
    notebook: str | None = None
    wake: bool | None = None
    on_hold: bool | None = None


class WorkerSettings(Settings):
    """What people say about those who run the entries.

    load: whether a tick begins with loading what was delivered since. lease: seconds after which
    the entry of a worker that is gone may be taken over.
    """

    load: bool = True
    lease: int = Setting(default=60, ge=0)


class Schedule(Settings):
    """When the entry of a mapping runs, as it is in force. Words as in `QueueSettings`."""

    minutes_between_runs: int = 30
    inactivity_timeout: int = 720
    max_attempts: int = 10
    rerun_delay: int = 30
    silence_timeout: int = 60
    category: str = ""
    notebook: str = "what_changed_since_the_last_run"
    wake: bool = True
    on_hold: bool = False


ONCE = Schedule(max_attempts=2)
"""The schedule of an entry that runs once (semantics.md 7.3)."""
