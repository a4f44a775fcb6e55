"""A view driven as a person would, without a browser: buttons by their words, boxes by their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets as ui


def parts(box: Any) -> Iterator[Any]:
    """Every widget of a view, those inside others too."""
    yield box
    for child in getattr(box, "children", ()):
        yield from parts(child)


def button(view: Any, words: str) -> Any:
    """The one button or chip whose words begin so, and that is shown."""
    found = [
        one
        for one in parts(view.box)
        if isinstance(one, ui.Button | ui.ToggleButton)
        and one.description.startswith(words)
        and one.layout.display != "none"
    ]
    assert len(found) == 1, f"{words}: {[one.description for one in found]}"
    return found[0]


def press(view: Any, words: str) -> None:
    """Press a button, and wait until what it began is done. A chip is switched on."""
    made = button(view, words)
    assert not made.disabled, f"{made.description} cannot be pressed"
    if isinstance(made, ui.ToggleButton):
        made.value = True
    else:
        made.click()
    view.strip.working.wait(60)


def said(view: Any) -> str:
    """All that can be read in a view, hidden parts left out."""
    return " ".join(
        one.value
        for one in visible(view.box)
        if isinstance(one, ui.HTML) and not one.value.startswith("<style>")
    )


def visible(box: Any) -> Iterator[Any]:
    """Every widget of a view that is seen, those inside others too."""
    if getattr(box.layout, "display", None) == "none":
        return
    yield box
    for child in getattr(box, "children", ()):
        yield from visible(child)
