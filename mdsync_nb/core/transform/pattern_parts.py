"""What a regular expression is made of, and every capture of its groups in one match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Captures = tuple[tuple[int, int, int], ...]
State = tuple[int, Captures]
Node = "Leaf | Row | Either | Group | Back | Repeat"


@dataclass(frozen=True)
class Leaf:
    """One character, class or anchor, as `re` writes it."""

    source: str

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """It alone, as every pattern here is read: whatever the case."""
        return re.compile(self.source, re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """Parts behind each other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Either:
    """Parts of which the first that fits is taken."""

    options: tuple[Part, ...]


@dataclass(frozen=True)
class Group:
    """Parentheses. opening: as `re` writes it; number: its place among the capturing ones, or 0."""

    opening: str
    body: Part
    number: int = 0


@dataclass(frozen=True)
class Back:
    """What a group captured last, once more."""

    name: str


@dataclass(frozen=True)
class Repeat:
    """A part several times, as often as possible or (lazy) as seldom."""

    body: Part
    low: int
    high: int | None
    lazy: bool


Part = Leaf | Row | Either | Group | Back | Repeat
Opening = Literal["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"]


def source_of(part: Part, groups: dict[str, int]) -> str:
    """Give a part as `re` writes it. groups: name or number of a group -> its place."""
    match part:
        case Leaf(source):
            return source
        case Row(parts):
            return "".join(source_of(one, groups) for one in parts)
        case Either(options):
            return "|".join(source_of(one, groups) for one in options)
        case Group(opening, body, number):
            start = f"(?P<g{number}>" if number else opening
            return f"{start}{source_of(body, groups)})"
        case Back(name):
            if name not in groups:
                raise ValueError(f"a group {name} for what refers to it")
            return f"(?P=g{groups[name]})"
        case Repeat(body, low, high, lazy):
            many = f"{{{low},{'' if high is None else high}}}"
            return f"(?:{source_of(body, groups)}){many}{'?' if lazy else ''}"


def repeats_a_group(part: Part, *, inside: bool = False) -> bool:
    """Whether a capturing group can capture more than once in one match."""
    match part:
        case Row(parts) | Either(parts):
            return any(repeats_a_group(one, inside=inside) for one in parts)
        case Group(_, body, number):
            return (inside and number > 0) or repeats_a_group(body, inside=inside)
        case Repeat(body, _, high, _):
            return repeats_a_group(body, inside=inside or high is None or high > 1)
    return False


def walk(part: Part, text: str, state: State, groups: dict[str, int]) -> Iterator[State]:
    """Give the ways a part fits at a place, the one `re` takes first; each with its captures.

    `re` forgets all but the last capture of a group that repeats; the product joins all of them.
    """
    match part:
        case Leaf():
            found = part.compiled.match(text, state[0])
            if found:
                yield found.end(), state[1]
        case Row(parts):
            yield from _in_a_row(parts, text, state, groups)
        case Either(options):
            for one in options:
                yield from walk(one, text, state, groups)
        case Back(name):
            captured = [text[a:b] for n, a, b in state[1] if n == groups[name]]
            end = state[0] + len(captured[-1]) if captured else -1
            if captured and text[state[0] : end].lower() == captured[-1].lower():
                yield end, state[1]
        case Repeat():
            yield from _again(part, text, state, groups)
        case Group(opening, body, number):
            yield from _in_a_group(Group(opening, body, number), text, state, groups)


def _in_a_group(part: Group, text: str, state: State, groups: dict[str, int]) -> Iterator[State]:
    if part.opening in ("(?<=", "(?<!"):
        if re.compile(f"{source_of(part, groups)}", re.IGNORECASE).match(text, state[0]):
            yield state
        return
    ways = walk(part.body, text, state, groups)
    if part.number:
        yield from ((end, (*told, (part.number, state[0], end))) for end, told in ways)
    elif part.opening == "(?:":
        yield from ways
    else:
        first = next(ways, None)
        if part.opening == "(?!" and first is None:
            yield state
        elif part.opening == "(?=" and first is not None:
            yield state[0], first[1]
        elif part.opening == "(?>" and first is not None:
            yield first


def _in_a_row(
    parts: tuple[Part, ...], text: str, state: State, groups: dict[str, int]
) -> Iterator[State]:
    open_: list[Iterator[State]] = [iter([state])]
    while open_:
        reached = next(open_[-1], None)
        if reached is None:
            open_.pop()
        elif len(open_) > len(parts):
            yield reached
        else:
            open_.append(walk(parts[len(open_) - 1], text, reached, groups))


def _again(part: Repeat, text: str, state: State, groups: dict[str, int]) -> Iterator[State]:
    """Go through the rounds with a stack of our own: a text has more of them than Python frames."""
    path, open_ = [state], [_round(part, text, [state], groups)]
    if part.lazy and part.low == 0:
        yield state
    while open_:
        reached = next(open_[-1], None)
        if reached is None:
            open_.pop()
            left = path.pop()
            if not part.lazy and len(path) >= part.low:
                yield left
        elif reached[0] > path[-1][0] or len(path) <= part.low:
            path.append(reached)
            if part.lazy and len(path) > part.low:
                yield reached
            open_.append(_round(part, text, path, groups))


def _round(part: Repeat, text: str, path: list[State], groups: dict[str, int]) -> Iterator[State]:
    if part.high is not None and len(path) > part.high:
        return iter(())
    return walk(part.body, text, path[-1], groups)
