"""HTML that what it shows cannot break: text is escaped, and markup is made in one place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files

STYLE_START, STYLE_END = '<style data-mdsync="look">', "</style>"
"""Around the look in a notebook output; a page that has the look in its head leaves it out."""

VOID = frozenset({"br", "col", "hr", "img", "meta"})


class Html:
    """A piece of a report. Join pieces with +; a text you add is shown as text, never as markup.

    Shows itself in a notebook with the look beside it, so an output stands on its own.
    """

    __slots__ = ("markup",)

    def __init__(self, *parts: Part) -> None:
        self.markup = "".join(_markup(part) for part in parts)

    @classmethod
    def trusted(cls, markup: str) -> Html:
        """Give markup we wrote ourselves as a piece. The only way in for an unescaped text."""
        piece = cls()
        piece.markup = markup
        return piece

    def __add__(self, other: Part) -> Html:
        return Html(self, other)

    def __radd__(self, other: Part) -> Html:
        return Html(other, self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Html) and self.markup == other.markup

    def __hash__(self) -> int:
        return hash(self.markup)

    def __bool__(self) -> bool:
        return bool(self.markup)

    def __repr__(self) -> str:
        return f"<Html, {len(self.markup):,} characters>"

    def _repr_html_(self) -> str:
        return f'{STYLE_START}{look()}{STYLE_END}<div class="mdsync">{self.markup}</div>'


Part = Html | str | None
Attribute = str | int | float | bool | None


def tag(name: str, *children: Part, **attributes: Attribute) -> Html:
    """Give an element: `tag("td", "a < b", class_="right")` shows a < b as it is written.

    An attribute's `_` becomes `-` and one at its end falls away; True is the bare word, None and
    False leave it out.
    """
    words = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html.trusted(f"<{name}{words}>")
    inner = "".join(_markup(child) for child in children)
    return Html.trusted(f"<{name}{words}>{inner}</{name}>")


def joined(parts: Iterable[Part], between: Part = "") -> Html:
    """Give the pieces as one, with `between` from one to the next."""
    return Html.trusted(_markup(between).join(_markup(part) for part in parts))


@cache
def look() -> str:
    """Give the style sheet that every page and notebook output shares."""
    return files("mdsync_nb.reports").joinpath("look.css").read_text(encoding="utf-8")


def _markup(part: Part) -> str:
    if part is None:
        return ""
    return part.markup if isinstance(part, Html) else escape(part, quote=True)


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"'
