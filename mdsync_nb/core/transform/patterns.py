"""Regular expressions as the product's platform reads them: replacing, and joining captures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mdsync_nb.core.transform.pattern_parts import Captures, Part, repeats_a_group, source_of, walk
from mdsync_nb.core.transform.pattern_reading import Reading

SUBSTITUTE = re.compile(r"\$(?:(?P<number>[0-9]+)|\{(?P<name>\w+)\}|(?P<sign>[$&`'+_]))")


@dataclass(frozen=True)
class Pattern:
    """A pattern that was read. order: its groups as the platform counts them."""

    part: Part
    compiled: re.Pattern[str]
    groups: dict[str, int]
    order: tuple[int, ...]
    repeats: bool

    def captured(self, text: str) -> str:
        """Give what the groups of all matches captured, joined; nothing when there is no match.

        Every capture of a group that repeats counts. The whole match is left out of the first
        match and counts in the later ones. Source: semantics.md 12, type 10.
        """
        found: list[str] = []
        for n, one in enumerate(self.compiled.finditer(text)):
            found += [one[0]] if n else []
            found += self._of_groups(text, one)
        return "".join(found)

    def _of_groups(self, text: str, one: re.Match[str]) -> list[str]:
        if not self.repeats:
            return [one[number] or "" for number in self.order]
        every = self.captures(text, one.start())
        return [text[a:b] for number in self.order for n, a, b in every if n == number]

    def captures(self, text: str, start: int) -> Captures:
        """Give every capture of the match that starts here: group, start, end, as they came."""
        return next(walk(self.part, text, (start, ()), self.groups), (start, ()))[1]

    def replaced(self, text: str, replacement: str) -> str:
        """Give the text with every match replaced; `$1`, `${name}` and `$&` stand for what was
        found, anything else for itself."""
        return self.compiled.sub(lambda one: self._substituted(one, text, replacement), text)

    def _substituted(self, one: re.Match[str], text: str, replacement: str) -> str:
        signs = {
            "$": "$", "&": one[0], "`": text[: one.start()], "'": text[one.end() :], "_": text,
            "+": (one[self.order[-1]] or "") if self.order else "",
        }  # fmt: skip

        def part(found: re.Match[str]) -> str:
            if found["sign"]:
                return signs[found["sign"]]
            name = (found["number"] or found["name"]).lstrip("0") or "0"
            if name == "0":
                return one[0]
            return (one[self.groups[name]] or "") if name in self.groups else found[0]

        return SUBSTITUTE.sub(part, replacement)


@cache
def pattern(written: str) -> Pattern:
    """Give a pattern, read whatever the case.

    Raises ValueError with what would be right for one that cannot be read as the platform would.
    Groups without a name are counted before those with one, as there. Not read: groups of one name,
    conditions, balancing groups, the options n and x, and what stands before with changing length.
    """
    reading = Reading(written)
    part = reading.whole()
    unnamed = [n for n, name in enumerate(reading.names, start=1) if name is None]
    named = [n for n, name in enumerate(reading.names, start=1) if name is not None]
    order = (*unnamed, *named)
    groups = {str(count): number for count, number in enumerate(order, start=1)}
    groups |= {name: n for n, name in enumerate(reading.names, start=1) if name is not None}
    try:
        compiled = re.compile(source_of(part, groups), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"a pattern that can be read here ({error.msg})") from None
    return Pattern(part, compiled, groups, order, repeats_a_group(part))
