"""Noting what is worth a notification, and delivering what is due."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import UsageError
from mdsync_nb.notifying.targets import Message, Target, targets_of
from mdsync_nb.store import Store
from mdsync_nb.workspace import Workspace

TIMEOUT, TOTAL = 10.0, 30.0
"""Seconds for one attempt, and for all attempts of one call."""

TEST = "test"
GONE = "mdsync.yaml no longer names this target."


def tell(store: Store, workspace: Workspace, now: datetime) -> None:
    """Note what people are to be told of the job queue, and tell them. It raises for the workbench
    alone, never for a target."""
    note_outcomes(store, workspace, at=now)
    deliver(store, workspace, now)


def note_outcomes(store: Store, workspace: Workspace, *, at: datetime) -> int:
    """Note what people are to be told of job queue entries; gives how many notices.

    What was known of them before is kept in the workbench. Without a target nothing is noted.
    Nothing is sent: `deliver` does that.
    """
    settings = workspace.settings.notify
    targets = [one.name for one in targets_of(settings, workspace.root)]
    if not targets:
        return 0
    return store.outbox.note_outcomes(settings, targets=targets, at=at)


def deliver(
    store: Store, workspace: Workspace, now: datetime, *, timeout: float = TIMEOUT,
    total: float = TOTAL,
) -> pl.DataFrame:  # fmt: skip
    """Deliver the notifications that are due; gives the attempts (`frames.DELIVERIES`).

    No target that fails raises anything: the attempt is noted and made again later, and a target
    that failed is left alone for the rest of the call. timeout: seconds for one attempt. total:
    seconds after which no further one begins. Two callers never deliver the same notification.
    """
    tried: list[dict[str, object]] = []
    if not store.outbox.due(now):
        return _attempts(tried)
    targets = {one.name: one for one in targets_of(workspace.settings.notify, workspace.root)}
    lease = now + timedelta(seconds=2 * (timeout + store.file.wait))
    ends, left_alone = time.monotonic() + total, set[str]()
    while time.monotonic() < ends:
        claimed = store.outbox.claim(at=now, until=lease, without=left_alone)
        if claimed is None:
            break
        target = targets.get(str(claimed["target"]))
        tried.append(_delivered(store, workspace, claimed, target, at=now, timeout=timeout))
        if target and not tried[-1]["sent"]:
            left_alone.add(target.name)
    return _attempts(tried)


def _delivered(
    store: Store,
    workspace: Workspace,
    claimed: dict[str, Any],
    target: Target | None,
    *,
    at: datetime,
    timeout: float,
) -> dict[str, object]:
    """Make one attempt and note it; gives a row of `frames.DELIVERIES`."""
    number = int(claimed["notification_id"])
    told = {name: str(claimed[name]) for name in ("event", "title", "message", "mapping")}
    message = Message(number, **told, at=claimed["noted_at"])
    facts = message.facts(workspace.settings.name)
    error = target.failure(facts, timeout=timeout) if target else GONE
    most = workspace.settings.notify.attempts if target else 0
    store.outbox.note_attempt(number, error=error, most=most, at=at)
    return _attempt(number, str(claimed["target"]), error)


def send_test(workspace: Workspace, at: datetime, *, timeout: float = TIMEOUT) -> pl.DataFrame:
    """Tell every target of a workspace that this is a test, now; gives the attempts.

    Nothing goes through the outbox, and nothing is tried again. Raises UsageError without a target.
    """
    targets = targets_of(workspace.settings.notify, workspace.root)
    if not targets:
        raise UsageError(
            "mdsync.yaml names nobody to notify.",
            hint="Add `notify:` with a `command` or a `webhook` to mdsync.yaml.",
        )
    name = "".join(one if one.isprintable() else " " for one in workspace.settings.name)
    said = "If you can read this, notifications of this workspace reach you."
    message = Message(None, TEST, f"Test: {name}", said, "", at)
    facts = message.facts(workspace.settings.name)
    return _attempts(
        [_attempt(None, one.name, one.failure(facts, timeout=timeout)) for one in targets]
    )


def _attempt(number: int | None, target: str, error: str) -> dict[str, object]:
    return {"notification_id": number, "target": target, "sent": not error, "error": error}


def _attempts(rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=frames.DELIVERIES)
