"""How plans, jobs and decisions are said: actions, counters and rules in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mdsync_nb.engine.explaining import SAID
from mdsync_nb.engine.messages import RULES

ACTIONS = {
    "insert": "create",
    "modify": "change",
    "delete": "delete",
    "unchanged": "as agreed",
    "wait": "wait",
    "fail": "fail",
    "skip": "set aside",
    "uncouple": "uncouple",
    "none": "not concerned",
}
"""Every action of a plan, in the order of its table."""

RARE = ("uncouple", "uncoupled")
"""Columns of those tables that only stand there when there is something to count."""

CHANGED = {
    "source": ("holding", "Changed {at}"),
    "destination": ("subsidiary", "Changed in {here}"),
    "both": ("both", "Changed in both, to different values"),
    "both_same": ("agrees", "Changed in both, to the same"),
    "unknown": ("unknown", "Not known who changed it"),
}
"""Who changed a field: its fill, and the words beside it."""

OUTCOMES = {
    "match": "belong together",
    "coupled": "coupled before",
    "unmatched": "no counterpart",
    "ambiguous": "several fit",
    "taken": "taken",
    "contradicting": "contradict",
}
"""Every outcome of match-based coupling, in the order of its table."""


GATES = {
    "look-at-values": "Its values have to be looked at.",
    "undo": "A job is taken back.",
}


def heads_of(words: Mapping[str, str], rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Give the heads of a table of actions or counters, without those that are rare and empty."""
    counted = {name for row in rows for name in RARE if row.get(name)}
    return {name: head for name, head in words.items() if name not in RARE or name in counted}


def why(rule: str) -> str:
    """Say in a sentence why a rule decides a record."""
    known = RULES.get(rule)
    return (known.message if known else "") or SAID.get(rule) or GATES.get(rule, rule)


def past(rule: str) -> str:
    """Say why a rule decided a record, of a job that is over."""
    said, _, later = why(rule).partition("; the next run")
    return f"{said}." if later else said
