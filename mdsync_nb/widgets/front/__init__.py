"""What no kept library does: keys of a view, and three values with a choice."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


class Keyboard(anywidget.AnyWidget):
    """The keys of the view it stands in. A letter or digit presses the button with the class
    `key-LETTER`, or goes to the list with it; arrows walk the rows of the grid.

    name: what the view is called. row: the row of the page somebody stands on; walks: grows with
    every step. homes: grows where Python moved to another row.
    """

    _esm = HERE / "keyboard.js"
    name = traitlets.Unicode().tag(sync=True)
    row = traitlets.Int(-1).tag(sync=True)
    walks = traitlets.Int(0).tag(sync=True)
    homes = traitlets.Int(0).tag(sync=True)


class ThreeWay(anywidget.AnyWidget):
    """Three values of each field of one record, with a choice.

    sides: what the two sides are called. rows: one a field: `field`, `agreed`, `there`, `here`,
    `words`, `fill`, `conflict`, `decides`. choices: field -> `decision` (as in `frames.ANSWERS`)
    and `value`.
    """

    _esm = HERE / "threeway.js"
    sides = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    choices = traitlets.Dict().tag(sync=True)
