"""How every view is put together: the look, its parts, its keys, and its static twin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import ipywidgets as ui

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, look, tag
from mdsync_nb.widgets.front import Keyboard

WIDGET = "application/vnd.jupyter.widget-view+json"


class View(Protocol):
    """A view: what people work with, and its static twin for reports and notebooks without a
    kernel."""

    box: ui.Box

    def twin(self) -> Html:
        """The same as a page shows it: nothing to press, nothing missing."""


def bundle(view: View, **_: object) -> dict[str, Any]:
    """Give a view as a notebook keeps it: to work with, and its static twin for everywhere else."""
    twin = view.twin()
    shown = {"version_major": 2, "version_minor": 0, "model_id": view.box.model_id}
    return {"text/plain": repr(view), "text/html": twin._repr_html_(), WIDGET: shown}


@cache
def _style() -> str:
    own = files("mdsync_nb.widgets.front").joinpath("view.css").read_text(encoding="utf-8")
    return f"<style>{look()}{own}</style>"


def surface(*children: ui.Widget, keys: Keyboard, name: str) -> ui.VBox:
    """Give the whole of a view. name: what it is, for whoever hears it read."""
    style = ui.HTML(_style())
    style.add_class("mdsync-style")
    keys.add_class("mdsync-keys")
    box = ui.VBox([style, *children, keys])
    for one in ("mdsync", "mdsync-view"):
        box.add_class(one)
    box.layout.width = "100%"
    keys.name = name
    return box


def told(*parts: Part, class_: str = "") -> ui.HTML:
    """Give something to read."""
    shown = ui.HTML(Html(*parts).markup)
    shown.add_class("mdsync-told")
    for one in class_.split():
        shown.add_class(one)
    return shown


def row(*children: ui.Widget, class_: str = "") -> ui.Box:
    """Give parts beside each other; they break into lines where there is no room."""
    box = ui.Box(list(children))
    box.add_class("mdsync-row")
    for one in class_.split():
        box.add_class(one)
    return box


def stacked(*children: ui.Widget) -> ui.VBox:
    """Give parts below each other."""
    return ui.VBox(list(children), layout=ui.Layout(width="100%", overflow="visible"))


def button(
    words: str, then: Callable[[], object], *, key: str = "", kind: str = "", tip: str = ""
) -> ui.Button:
    """Give a button that says what it does. key: the letter that presses it. kind: `go` for the one
    that acts, `link` for the quiet one."""
    made = ui.Button(description=words, tooltip=tip or words)
    for one in (kind and f"mdsync-{kind}", key and f"key-{key}"):
        if one:
            made.add_class(one)
    made.on_click(lambda _: then())
    return made


def counted(made: ui.Button | ui.ToggleButton, words: str, many: int | None) -> None:
    """Say on a button for how many it is; without any it cannot be pressed."""
    made.description = words if many is None else f"{words} {wording.number(many)}"
    made.disabled = many == 0


def keys_line(keys: Iterable[tuple[str, str]]) -> ui.HTML:
    """Give the keys of a view, listed under it."""
    parts: list[Part] = []
    for place, (key, does) in enumerate(keys):
        parts += [" · " if place else None, *(tag("kbd", one) + " " for one in key.split()), does]
    return told(tag("p", *parts, class_="keys"))


def shows(widget: ui.Widget, *, now: bool) -> None:
    """Show a part, or hide it."""
    widget.layout.display = "" if now else "none"
