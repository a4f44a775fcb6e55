"""Regular expressions as the product's platform writes them, taken apart into parts."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from mdsync_nb.core.transform.pattern_parts import (
    Back,
    Either,
    Group,
    Leaf,
    Part,
    Repeat,
    Row,
)

CHARACTERS = {
    "t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b", "0": "\0",
}  # fmt: skip
ANCHORS = {"b": r"\b", "B": r"\B", "A": r"\A", "z": r"\Z", "Z": r"(?=\n?\Z)"}
QUANTIFIER = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<low>[0-9]+)(?P<to>,(?P<high>[0-9]*))?\})(?P<lazy>\??)")  # fmt: skip  # noqa: E501
TIMES = {"*": (0, None), "+": (1, None), "?": (0, 1)}
NAMED = re.compile(r"\?(?:<(?P<a>[^>!=]*)>|'(?P<b>[^']*)')")
OPTIONS = re.compile(r"\?(?P<on>[a-z]*)(?:-(?P<off>[a-z]*))?(?P<end>[:)])")
PLAIN = ("(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>")
NOT_HERE = "a pattern without {}, which cannot be read here"


class Reading:
    """A pattern while it is read from left to right.

    names: the name of each capturing group by its place, None for one without. Raises ValueError
    with what would be right for what cannot be read as the platform reads it.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0
        self.names: list[str | None] = []
        self.flags = frozenset("i")

    def whole(self) -> Part:
        """The pattern as a whole."""
        found = self._either()
        if self.at < len(self.pattern):
            raise ValueError("as many `(` as `)`")
        return found

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self) -> str:
        self.at += 1
        if self.at > len(self.pattern):
            raise ValueError("a pattern that is not cut off")
        return self.pattern[self.at - 1]

    def _either(self) -> Part:
        flags = self.flags
        options = [self._row()]
        while self._next() == "|":
            self._take()
            options.append(self._row())
        self.flags = flags
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _row(self) -> Part:
        parts: list[Part] = []
        while self._next() not in ("", "|", ")"):
            atom = self._atom()
            if atom is not None:
                parts.append(self._quantified(atom))
        return Row(tuple(parts))

    def _quantified(self, atom: Part) -> Part:
        found = QUANTIFIER.match(self.pattern, self.at)
        if not found:
            return atom
        self.at = found.end()
        if QUANTIFIER.match(self.pattern, self.at):
            raise ValueError("one quantifier behind each part")
        if found["sign"]:
            low, high = TIMES[found["sign"]]
        else:
            low = int(found["low"])
            high = (int(found["high"]) if found["high"] else None) if found["to"] else low
        if high is not None and high < low:
            raise ValueError("a quantifier whose first number is the smaller one")
        return Repeat(atom, low, high, bool(found["lazy"]))

    def _atom(self) -> Part | None:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._leaf(self._class())
        if sign == ".":
            return Leaf("(?s:.)" if "s" in self.flags else ".")
        if sign in "^$":
            return Leaf(f"(?m:{sign})" if "m" in self.flags else sign)
        if sign == "\\":
            return self._escaped()
        if sign in "*+?" or (sign == "{" and QUANTIFIER.match(self.pattern, self.at - 1)):
            raise ValueError(f"something before {sign}, or \\{sign} for the character")
        return self._leaf(re.escape(sign))

    def _leaf(self, source: str) -> Leaf:
        return Leaf(source if "i" in self.flags else f"(?-i:{source})")

    def _group(self) -> Part | None:
        rest = self.pattern[self.at :]
        if rest.startswith("?#"):
            self.at = self.pattern.index(")", self.at) + 1 if ")" in rest else len(self.pattern)
            return None
        plain = next((one for one in PLAIN if rest.startswith(one[1:])), None)
        named = NAMED.match(rest)
        options = OPTIONS.match(rest)
        if plain:
            self.at += len(plain) - 1
            return self._closed(plain)
        if named:
            self.at += named.end()
            return self._capturing(named["a"] or named["b"] or "")
        if options and options["on"] + (options["off"] or ""):
            return self._with_options(options)
        if rest.startswith("?"):
            raise ValueError(NOT_HERE.format(f"(?{rest[1:2]}"))
        return self._capturing(None)

    def _with_options(self, found: re.Match[str]) -> Part | None:
        on, off = found["on"], found["off"] or ""
        strange = set(on + off) - set("ims")
        if strange:
            raise ValueError(NOT_HERE.format(f"the option {min(strange)}"))
        self.at += found.end()
        before, self.flags = self.flags, (self.flags | set(on)) - set(off)
        if found["end"] == ")":
            return None
        inside = self._closed("(?:")
        self.flags = before
        return inside

    def _capturing(self, name: str | None) -> Part:
        if name is not None and not re.fullmatch(r"[^\W\d]\w*", name):
            raise ValueError(NOT_HERE.format(f"the group {name}"))
        if name is not None and name in self.names:
            raise ValueError(f"another name for the second group {name}")
        self.names.append(name)
        number = len(self.names)
        return Group("(", self._closed("(?:").body, number)

    def _closed(self, opening: str) -> Group:
        count = len(self.names)
        body = self._either()
        if self._next() != ")":
            raise ValueError("as many `)` as `(`")
        self._take()
        if opening in ("(?<=", "(?<!") and len(self.names) > count:
            raise ValueError(NOT_HERE.format("groups in what stands before"))
        return Group(opening, body)

    def _escaped(self) -> Part:
        sign = self._take()
        if sign in ANCHORS:
            return Leaf(ANCHORS[sign])
        if sign in "123456789":
            digits = re.match(r"[0-9]*", self.pattern[self.at :])
            more = digits[0] if digits else ""
            self.at += len(more)
            return Back(sign + more)
        if sign == "k":
            found = re.compile(r"<(\w+)>|'(\w+)'").match(self.pattern, self.at)
            if not found:
                raise ValueError("a name behind \\k, like \\k<name>")
            self.at = found.end()
            return Back(found[1] or found[2])
        return self._leaf(self._class_escape(sign, inside=False))

    def _class_escape(self, sign: str, *, inside: bool) -> str:
        r"""Give what stands behind a backslash as `re` writes it: \d, \p{Lu}, \u00E9, \."""
        if sign in "dDwWsS":
            return f"\\{sign}"
        if sign in "pP":
            found = re.compile(r"\{(\w+)\}").match(self.pattern, self.at)
            if not found:
                raise ValueError("a category behind \\p, like \\p{L}")
            self.at = found.end()
            ranges = category(found[1], without=sign == "P")
            return ranges if inside else f"[{ranges}]"
        if sign in "xu":
            digits = self.pattern[self.at : self.at + (2 if sign == "x" else 4)]
            if not re.fullmatch(r"[0-9A-Fa-f]{2}" if sign == "x" else r"[0-9A-Fa-f]{4}", digits):
                raise ValueError(f"hexadecimal digits behind \\{sign}")
            self.at += len(digits)
            return re.escape(chr(int(digits, 16)))
        if sign == "b" and inside:
            return r"\x08"
        if sign in CHARACTERS:
            return re.escape(CHARACTERS[sign])
        if sign.isalnum():
            raise ValueError(NOT_HERE.format(f"\\{sign}"))
        return re.escape(sign)

    def _class(self) -> str:
        start = "["
        if self._next() == "^":
            start += self._take()
        items, without = "", ""
        while self._next() != "]" or not items:
            if items and self.pattern.startswith("-[", self.at):
                self.at += 2
                without = f"(?!{self._class()})"
                if self._next() != "]":
                    raise ValueError("`]` behind what a class leaves out")
                break
            items += self._class_item()
        self._take()
        return f"{without}{start}{items}]" if not without else f"(?:{without}{start}{items}])"

    def _class_item(self) -> str:
        first = self._class_character()
        rest = self.pattern[self.at :]
        if not rest.startswith("-") or rest[1:2] in ("]", "[", ""):
            return first
        self._take()
        last = self._class_character()
        if len(first.removeprefix("\\")) > 1 or len(last.removeprefix("\\")) > 1:
            raise ValueError("a range between two characters, or \\- for the sign")
        return f"{first}-{last}"

    def _class_character(self) -> str:
        sign = self._take()
        return self._class_escape(self._take(), inside=True) if sign == "\\" else re.escape(sign)


CATEGORIES = {unicodedata.category(chr(n)) for n in range(0x10000)}


@cache
def category(name: str, *, without: bool) -> str:
    """Give the characters of a Unicode category (`L`, `Lu`) as ranges of a class."""
    if not any(one.startswith(name) for one in CATEGORIES):
        raise ValueError("a Unicode category like L, Lu, N or P")
    held = [unicodedata.category(chr(n)).startswith(name) is not without for n in range(0x10000)]
    edges = [n for n in range(0x10001) if (n < 0x10000 and held[n]) != (n > 0 and held[n - 1])]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return "".join(f"\\u{first:04x}-\\u{last - 1:04x}" for first, last in pairs)
