"""What somebody wants to see of a list: every choice with its count, 0 cannot be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.core.narrowing import Asked, Narrowing, asking, asks, choices, narrowed
from mdsync_nb.reports import wording
from mdsync_nb.reports.pieces import matching
from mdsync_nb.widgets.surface import button, counted, row, shows, told


@dataclass(frozen=True)
class Offered:
    """What a list can be asked for. nothing: no question. chips: the column that has one chip a
    value, and what they are called; those in `first` come first, the others follow by how many
    there are. lists: the columns with a list to choose from, by their names. text: what can be
    searched. every: those in `first` have a chip also where there is none."""

    nothing: Asked
    chips: tuple[str, str]
    lists: Mapping[str, str]
    text: str
    first: Sequence[str] = ()
    every: bool = False


WAITING = Offered(
    Narrowing(),
    ("state", "Kind"),
    {"mapping": "Table", "cause": "Cause", "age": "Changed", "rule": "Rule"},
    "Number, name or message",
    ("true conflict", "timestamp only", "undecided", "differs, origin unknown", "blocked"),
)
FILLS = {"true conflict": "conflict", **matching.FILLS}
LONG = 70


class Filters:
    """The filters of a list. then: called when something else is asked for.

    asked: what is asked for now. Lists with one choice are not shown.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        then: Callable[[], None],
        offered: Offered = WAITING,
    ) -> None:
        self.clock, self.then, self.offered = clock, then, offered
        self.asked = offered.nothing
        self._rows = pl.DataFrame()
        self._quiet = False
        self._chips = row()
        self._kinds: dict[str, ui.ToggleButton] = {}
        self._lists = {name: self._list(name) for name in offered.lists}
        self._text = ui.Text(placeholder=offered.text, continuous_update=False)
        self._text.observe(self._ask_text, "value")
        self._all = button("Show all", self.clear, key="x", kind="link")
        more = row(*self._lists.values(), self._text, self._all)
        self.box = ui.VBox([row(told(offered.chips[1]), self._chips), row(told("Only"), more)])
        self.box.add_class("filters")

    @property
    def chip(self) -> str:
        """What the chip that is on asks for; nothing when it is the one for all."""
        return str(getattr(self.asked, self.offered.chips[0]))

    def take(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Take the rows there are, and give what is asked for of them."""
        self._rows = rows
        return self.shown()

    def shown(self) -> pl.DataFrame:
        """Give what is asked for, and say how many each other choice would show."""
        now = self.clock()
        self._draw(now)
        return narrowed(self._rows, self.asked, now=now)

    def ask(self, **words: str) -> None:
        """Ask for something else as well."""
        self.asked = asking(self.asked, **words)
        self.then()

    def clear(self) -> None:
        """Ask for nothing in particular."""
        self.asked = self.offered.nothing
        self._quietly(self._text, "")
        self.then()

    def _draw(self, now: datetime) -> None:
        column = self.offered.chips[0]
        found = choices(self._rows, self.asked, column, now=now)
        if self.offered.every:
            found = {**dict.fromkeys(self.offered.first, 0), **found}
        kinds = dict(sorted(found.items(), key=self._place))
        if list(self._kinds) != ["", *kinds]:
            self._kinds = {name: self._chip(name) for name in ("", *kinds)}
            self._chips.children = list(self._kinds.values())
        for name, chip in self._kinds.items():
            many = sum(kinds.values()) if not name else kinds[name]
            counted(chip, name[:1].upper() + name[1:] if name else "All", many)
            self._quietly(chip, name == self.chip)
        for name, drop in self._lists.items():
            self._offer(name, drop, choices(self._rows, self.asked, name, now=now))
        shows(self._all, now=bool(asks(self.asked)))

    def _chip(self, name: str) -> ui.ToggleButton:
        chip = ui.ToggleButton(description=name)
        fill = wording.mark(name).fill if name else ""
        for one in ("mdsync-chip", f"fill-{FILLS.get(name) or fill or 'none'}"):
            chip.add_class(one)
        asked = {self.offered.chips[0]: name}
        chip.observe(lambda _: None if self._quiet else self.ask(**asked), "value")
        return chip

    def _list(self, name: str) -> ui.Dropdown:
        drop = ui.Dropdown(description="", options=[("", "")])
        drop.tooltip = self.offered.lists[name]
        drop.observe(lambda c: None if self._quiet else self.ask(**{name: c["new"]}), "value")
        return drop

    def _offer(self, name: str, drop: ui.Dropdown, found: dict[str, int]) -> None:
        asked = getattr(self.asked, name)
        some = [
            (f"{_short(one)} ({wording.number(many)})", one) for one, many in found.items() if many
        ]
        gone = [(_short(asked), asked)] if asked and not found.get(asked) else []
        options = [(f"{self.offered.lists[name]}: any", ""), *some, *gone]
        self._quiet = True
        drop.options, drop.value = options, asked
        self._quiet = False
        shows(drop, now=len(options) > 2 or bool(asked))

    def _ask_text(self, change: dict[str, Any]) -> None:
        if not self._quiet:
            self.ask(text=change["new"])

    def _quietly(self, widget: Any, value: object) -> None:
        self._quiet = True
        widget.value = value
        self._quiet = False

    def _place(self, one: tuple[str, int]) -> int:
        first = self.offered.first
        return first.index(one[0]) if one[0] in first else len(first)


def _short(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1] + "…"
