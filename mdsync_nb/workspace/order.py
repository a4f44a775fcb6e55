"""Which mapping goes before which: what it depends on first, and otherwise as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def in_dependency_order(depends_on: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the names so that each comes after those it depends on.

    Among names that are free to go, the one written first goes first. A circle is entered at its
    member written first, after all that the circle waits for. Names that are not there, and a
    name that depends on itself, count for nothing.
    """
    waiting = {name: set(before) & depends_on.keys() for name, before in depends_on.items()}
    needs = {name: _reached(name, waiting) for name in waiting}
    ordered: list[str] = []
    while waiting:
        name = next(one for one in waiting if _may_go(one, waiting, needs))
        ordered.append(name)
        del waiting[name]
        for before in waiting.values():
            before.discard(name)
    return ordered


Names = Mapping[str, set[str]]


def _may_go(name: str, waiting: Names, needs: Names) -> bool:
    """True when a name waits for nothing, or only for names that wait for it.

    waiting: what is still waited for. needs: all that was waited for at first, so that what waits
    for a circle waits for the whole of it.
    """
    left = needs[name] & waiting.keys()
    entered = all(name in _reached(one, waiting) for one in _reached(name, waiting))
    return entered and all(name in needs[one] for one in left)


def _reached(name: str, waiting: Names) -> set[str]:
    """Give all that a name waits for, through others too."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        new = waiting[ahead.pop()] - reached
        reached |= new
        ahead += new
    return reached
