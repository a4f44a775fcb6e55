"""By which fields records are matched: tried, put in order, taken off; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby

import ipywidgets as ui
import polars as pl

from mdsync_nb.model import MatchField
from mdsync_nb.reports import wording
from mdsync_nb.widgets.surface import button, row, shows, told

Fields = tuple[MatchField, ...]
Lines = list[list[MatchField]]
"""Fields line by line: those of a line have to agree together, the next decides among several."""


class Criteria:
    """The fields somebody matches by. then: called with those that are asked for now."""

    def __init__(self, then: Callable[[Fields], None]) -> None:
        self.then = then
        self.chosen: Fields = ()
        self.usual: Fields = ()
        self._offered: Sequence[str] = ()
        self._fields: list[list[str]] = []
        self._proposals = row()
        self._tried = row(told("Proposed"), self._proposals)
        self._back = button("As in mdsync.yaml", self.as_usual, key="z", kind="link")
        self.box = ui.VBox([self._tried])
        self.box.add_class("filters")
        shows(self._tried, now=False)

    def show(self, chosen: Fields, usual: Fields, offered: Sequence[str]) -> None:
        """Show these fields. usual: those of mdsync.yaml. offered: those both companies have."""
        self.chosen, self.usual, self._offered = chosen, usual, offered
        lines = _lines(chosen)
        shown = [self._line(number, one) for number, one in enumerate(lines or [[]])]
        further = self._drop("where several fit, then by …", partial(self._added, len(lines)), "g")
        shows(further, now=bool(lines))
        shown[-1].children = [*shown[-1].children, further, self._back]
        self.box.children = [*shown, self._tried]
        shows(self._back, now=bool(usual) and _named(chosen) != _named(usual))
        self._mark()

    def propose(self, evidence: pl.DataFrame) -> None:
        """Offer what is worth a try, the best first, each with how many records it matches."""
        found = evidence.to_dicts()
        self._fields = [one["fields"] for one in found]
        self._proposals.children = [
            _proposal(one, partial(self._try, one["fields"]), key="" if place else "t")
            for place, one in enumerate(found)
        ]
        shows(self._tried, now=bool(found))
        self._mark()

    def as_usual(self) -> None:
        """Match by what mdsync.yaml says."""
        self.then(self.usual)

    def _line(self, number: int, fields: Sequence[MatchField]) -> ui.Box:
        label = "Match by" if not number else "then by"
        words = "and …" if fields else "a field …"
        add = self._drop(words, partial(self._added, number), "" if number else "f")
        return row(told(label), *map(self._chip, fields), add)

    def _chip(self, one: MatchField) -> ui.ToggleButton:
        words = f"{one.field} (capitals matter)" if one.case_sensitive else one.field
        chip = ui.ToggleButton(description=words, value=True, tooltip=f"Leave {one.field} out")
        rest = tuple(each for each in self.chosen if each is not one)
        chip.observe(lambda _: self.then(rest), "value")
        return chip

    def _drop(self, words: str, added: Callable[[str], None], key: str) -> ui.Dropdown:
        known = {one.field for one in self.chosen}
        left = [(name, name) for name in self._offered if name not in known]
        drop = ui.Dropdown(options=[(words, ""), *left])
        drop.observe(lambda change: added(change["new"]), "value")
        if key:
            drop.add_class(f"key-{key}")
        return drop

    def _added(self, number: int, field: str) -> None:
        lines = [*_lines(self.chosen), []]
        lines[number] = [*lines[number], MatchField(field=field)]
        every = [
            one.model_copy(update={"priority": place})
            for place, line in enumerate(lines, start=1)
            for one in line
        ]
        self.then(tuple(every))

    def _try(self, fields: Sequence[str]) -> None:
        self.then(tuple(MatchField(field=one) for one in fields))

    def _mark(self) -> None:
        """Mark the proposal that is what somebody matches by now."""
        lines = _lines(self.chosen)
        now = {one.field for one in self.chosen} if len(lines) == 1 else set()
        for made, fields in zip(self._proposals.children, self._fields, strict=True):
            (made.add_class if set(fields) == now else made.remove_class)("mod-active")


def _lines(fields: Sequence[MatchField]) -> Lines:
    ordered = sorted(fields, key=lambda one: one.priority)
    return [list(some) for _, some in groupby(ordered, key=lambda one: one.priority)]


def _named(fields: Sequence[MatchField]) -> list[list[tuple[str, bool]]]:
    return [sorted((one.field, one.case_sensitive) for one in line) for line in _lines(fields)]


def _proposal(one: dict[str, object], then: Callable[[], None], *, key: str) -> ui.Button:
    number = wording.number
    counts = {name: int(str(one[name])) for name in ("matched", "ambiguous", "contradicting")}
    said = ", ".join(f"{number(many)} {name}" for name, many in counts.items() if many)
    words = f"{one['criterion']} {number(counts['matched'])}"
    made = button(words, then, key=key, tip=f"Try it: {said or 'nothing matched'}")
    made.disabled = not counts["matched"]
    return made
