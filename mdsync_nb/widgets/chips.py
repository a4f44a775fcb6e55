"""A choice among kinds of rows, each with its count, and a text to look for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets as ui
import polars as pl

from mdsync_nb.widgets.surface import button, counted, row, shows, stacked

EVERY = pl.int_range(pl.len()) >= 0
"""True of every row, and as many times as there are rows."""


class Chips:
    """Which rows somebody wants to see. then: called when something else is asked for.

    kinds: word -> its test; a kind without rows cannot be chosen. text: columns the text is looked
    for in. The test of a kind may only use what is in the rows.
    """

    def __init__(
        self,
        kinds: Mapping[str, pl.Expr],
        then: Callable[[], None],
        *,
        text: tuple[str, ...],
        placeholder: str,
    ) -> None:
        self.kinds, self.then, self.text = {"All": EVERY, **kinds}, then, text
        self.asked = "All"
        self._quiet = False
        self._chips = {word: self._chip(word) for word in self.kinds}
        self._text = ui.Text(placeholder=placeholder, continuous_update=False)
        self._text.observe(lambda _: self._asks(self.asked), "value")
        self._all = button("Show all", self.clear, key="x", kind="link")
        self.box = stacked(row(*self._chips.values(), self._text, self._all))
        self.box.add_class("filters")

    def take(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give what is asked for of rows, and say of how many each other kind is."""
        found = self._with_text(rows)
        counts = found.select(
            test.fill_null(value=False).sum().alias(word) for word, test in self.kinds.items()
        ).row(0, named=True)
        self._quiet = True
        for word, chip in self._chips.items():
            counted(chip, word, int(counts[word] or 0))
            chip.value = word == self.asked
            shows(chip, now=bool(counts[word]) or word in ("All", self.asked))
        self._quiet = False
        shows(self._all, now=self.asked != "All" or bool(self._text.value))
        return found.filter(self.kinds[self.asked])

    def clear(self) -> None:
        """Ask for nothing in particular."""
        self._quiet, self._text.value = True, ""
        self._quiet = False
        self._asks("All")

    def _with_text(self, rows: pl.DataFrame) -> pl.DataFrame:
        asked = self._text.value.strip().lower()
        if not asked:
            return rows
        holds = (
            pl.col(one).str.to_lowercase().str.contains(asked, literal=True) for one in self.text
        )
        return rows.filter(pl.any_horizontal(holds))

    def _chip(self, word: str) -> ui.ToggleButton:
        chip = ui.ToggleButton(description=word)
        for one in ("mdsync-chip", "fill-none"):
            chip.add_class(one)
        chip.observe(lambda _: self._asks(word), "value")
        return chip

    def _asks(self, word: str) -> None:
        if not self._quiet:
            self.asked = word
            self.then()
