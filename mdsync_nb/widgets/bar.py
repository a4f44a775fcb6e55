"""The line over a grid: how many are selected, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import ipywidgets as ui
import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.widgets.grid import Grid
from mdsync_nb.widgets.surface import button, counted, row, shows, told

Begin = Callable[[pl.DataFrame], object]


@dataclass(frozen=True)
class Act:
    """Something to do with the selected rows of a grid.

    fits: for which of them. begin: gets those. always: its button is there also when it is for
    none of them.
    """

    word: str
    key: str
    tip: str
    fits: pl.Expr
    begin: Begin
    always: bool = False


class Bar:
    """Buttons for the selected rows; each says for how many of them it is. Selecting never acts."""

    def __init__(self, grid: Grid, acts: Sequence[Act], *others: ui.Widget) -> None:
        self.grid, self.acts = grid, acts
        self._says = told()
        self._every = button("Select all", self.select_all, key="a", kind="link")
        self._buttons = [
            button(one.word, partial(self._begin, one), key=one.key, tip=one.tip) for one in acts
        ]
        self.box = row(self._says, self._every, *self._buttons, *others, class_="selbar")
        grid.chosen.append(self.draw)

    def select_all(self) -> None:
        """Select all rows there are, on every page; again, none."""
        every = self.grid.rows["record"].to_list()
        self.grid.select([] if len(self.grid.selected) == len(every) else every)

    def selected(self) -> pl.DataFrame:
        """Give the selected rows."""
        return self.grid.rows.filter(pl.col("record").is_in(list(self.grid.selected)))

    def draw(self) -> None:
        """Say how many are selected, and of how many each button is."""
        chosen, every = self.selected(), self.grid.rows.height
        many = chosen.height
        whole = wording.number(every)
        self._says.value = Html(tag("b", wording.number(many)), f" of {whole} selected").markup
        self._every.description = "Select none" if many == every else f"Select all {whole}"
        for one in (self._says, self._every):
            shows(one, now=every > 0)
        fitting = chosen.select(one.fits.sum().alias(one.word) for one in self.acts).row(0)
        for made, act, found in zip(self._buttons, self.acts, fitting, strict=True):
            counted(made, act.word, int(found or 0))
            shows(made, now=bool(found) or (act.always and every > 0))

    def keys(self) -> list[tuple[str, str]]:
        """The keys of the buttons."""
        named = [(one.key.upper(), one.word[:1].lower() + one.word[1:]) for one in self.acts]
        return [("↑ ↓", "move"), ("Space", "select"), ("A", "all"), *named]

    def _begin(self, act: Act) -> None:
        act.begin(self.selected().filter(act.fits))
