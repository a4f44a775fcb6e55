"""The difference between two texts, line by line, as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from mdsync_nb.reports.markup import Html, joined, tag

KINDS = {"+": "added", "-": "removed", "@": "place"}
"""What a line of a unified diff is, by its first sign."""


def difference(diff: str) -> Html:
    """Give a unified diff with what comes and what goes marked, by colour and by its sign."""
    return tag("pre", joined(_lines(diff)), class_="difference")


def changes_in(diff: str) -> tuple[int, int]:
    """Count the lines that come and those that go."""
    lines = diff.splitlines()[2:]
    return sum(one.startswith("+") for one in lines), sum(one.startswith("-") for one in lines)


def _lines(diff: str) -> Iterator[Html]:
    for line in diff.splitlines()[2:]:
        yield tag("span", line or " ", class_=KINDS.get(line[:1]))
