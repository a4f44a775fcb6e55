"""Notifications: what is worth one goes into an outbox, and is delivered from there.

After a run what changed is noted (`note_outcomes`), and what is due is delivered (`deliver`). A
target that fails makes nothing else fail: it is tried again later, and given up at last.
"""

from mdsync_nb.notifying.delivering import TIMEOUT, TOTAL, deliver, note_outcomes, send_test, tell
from mdsync_nb.notifying.targets import Target, targets_of

__all__ = [
    "TIMEOUT",
    "TOTAL",
    "Target",
    "deliver",
    "note_outcomes",
    "send_test",
    "targets_of",
    "tell",
]
