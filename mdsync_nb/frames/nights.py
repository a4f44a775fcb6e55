"""What is known of runs nobody watches: how entries ended, and who was told."""

from __future__ import annotations

from mdsync_nb.frames.contract import TEXT, TIME, WHOLE, YES, Contract

ENTRY_OUTCOMES: Contract = {
    "entry_id": WHOLE,
    "mapping": TEXT,
    "notebook": TEXT,
    "failing": YES,
    "waiting": WHOLE,
    "message": TEXT,
}
"""How entries of the job queue are after a run, one row an entry. failing: true once it stands in
error (its last attempt failed), false once it succeeded, null while neither is so (it is tried
again). waiting: decisions that wait, null where that is not known. message: why it failed."""

NOTICE_STATE: Contract = {"entry_id": WHOLE, "failing": YES, "many_wait": YES}
"""What notifications knew of entries when they were last asked, one row an entry."""

NOTICES: Contract = {
    "event": TEXT,
    "entry_id": WHOLE,
    "mapping": TEXT,
    "title": TEXT,
    "message": TEXT,
}
"""What people are to be told. event: `NoticeEvent`. mapping: blank for a notebook of its own."""

NOTIFICATIONS: Contract = {
    "notification_id": WHOLE,
    "event": TEXT,
    "mapping": TEXT,
    "title": TEXT,
    "message": TEXT,
    "target": TEXT,
    "status": TEXT,
    "noted_at": TIME,
    "attempts": WHOLE,
    "next_at": TIME,
    "ended_at": TIME,
    "error": TEXT,
    "stands": YES,
}
"""Notifications, one row a notice and target. status: `DeliveryStatus`. next_at: when it is tried
next, null when that is over. error: why the last attempt failed. stands: it was given up, and
nothing reached the target since."""

DELIVERIES: Contract = {"notification_id": WHOLE, "target": TEXT, "sent": YES, "error": TEXT}
"""Attempts to deliver, one row each; notification_id is null for a test."""
