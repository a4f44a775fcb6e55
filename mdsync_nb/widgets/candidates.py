"""One record that looks for a counterpart: what comes near, and two records side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as ui
import polars as pl

from mdsync_nb import frames
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import said_of_records
from mdsync_nb.reports.pieces.matching import Called, likeness, outcome, side_by_side
from mdsync_nb.widgets.beside import Latest
from mdsync_nb.widgets.surface import button, row, shows, told

if TYPE_CHECKING:
    from mdsync_nb.widgets.criteria import Fields
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
MOST = 5
"""Candidates that are looked for; the digit of its place is the key of each."""


class Asked(NamedTuple):
    """Where candidates are looked for: the mapping, the side of the record, the fields."""

    mapping: str
    side: str
    criteria: Fields
    called: Called


class Says(NamedTuple):
    """What is told when somebody picks a candidate, or rejects one or takes that back, and which
    one was picked for a record."""

    picks: Callable[[Row, Row | None], object]
    rejects: Callable[[Row, str], object]
    picked: Callable[[Row], Row | None]


class Candidates:
    """The record somebody stands on with what comes near, read beside the notebook.

    Nothing is written: a candidate that is picked or rejected is told to `says`.
    """

    def __init__(self, workbench: Workbench, reads: Latest, says: Says) -> None:
        self.workbench, self.reads, self.says = workbench, reads, says
        self.asked: Asked | None = None
        self.found: list[Row] = []
        self.place = 0
        self._row: Row | None = None
        self._values = frames.empty(frames.CANDIDATE_VALUES)
        self._head, self._why, self._both = told(), told(), told(class_="both")
        self._lines: list[tuple[ui.Button, ui.HTML]] = []
        self._list = ui.VBox()
        self._list.add_class("near")
        self._pick = button("Pick", self.pick, key="k")
        self._reject = button("Reject", self.reject, key="n")
        self._comment = ui.Text(placeholder="Why it is rejected", continuous_update=False)
        self._can = row(self._pick, self._reject, self._comment, class_="selbar")
        self.box = ui.VBox([self._head, self._why, self._list, self._both, self._can])
        self.box.add_class("detail")
        shows(self.box, now=False)

    @property
    def candidate(self) -> Row | None:
        """The candidate that is looked at (a row of `frames.CANDIDATES`)."""
        return self.found[self.place] if self.place < len(self.found) else None

    def show(self, one: Row | None, asked: Asked) -> None:
        """Show a record (a row of `frames.MATCHED`) and read what comes near; or show none."""
        self.reads.forget()
        self._row, self.asked = one, asked
        self._values = frames.empty(frames.CANDIDATE_VALUES)
        self._list_of([])
        shows(self.box, now=one is not None)
        if one is None:
            return
        name = one["record_name"] or one["record_key"] or "A record without a number"
        number = tag("span", one["record_key"], class_="number")
        state = tag("span", outcome(one["outcome"]))
        self._head.value = tag("div", tag("h3", name, number), state, class_="detail-head").markup
        why = f"{one['reason'][:1].upper()}{one['reason'][1:]}." if one["reason"] else ""
        self._why.value = tag("p", why, class_="small").markup
        self._list.children = [told(tag("p", "Looking for what comes near …", class_="small"))]
        self.reads.ask(partial(self._read, one), self._listed)

    def look(self, place: int) -> None:
        """Look at a candidate."""
        self.place = place
        self._draw()

    def pick(self) -> None:
        """Pick the candidate that is looked at, or take that back."""
        if self._row is not None and self.candidate is not None:
            again = self._is_picked(self.candidate)
            self.says.picks(self._row, None if again else self.candidate)
            self._draw()

    def reject(self) -> None:
        """Reject the candidate that is looked at, or take that back."""
        if self.candidate is not None:
            self.says.rejects(self.candidate, self._comment.value.strip())

    def _read(self, one: Row, *, values: bool = False) -> pl.DataFrame:
        assert self.asked is not None
        mapping, side, criteria, _ = self.asked
        record = one["record_id"]
        found = self.workbench.candidates(
            mapping, records=[record], side=side, criteria=criteria, most=MOST, rejected=True,
            values=values,
        )  # fmt: skip
        return found.filter(pl.col("record_id") == record)

    def _listed(self, found: pl.DataFrame) -> None:
        one = self._row
        assert one is not None
        mask = self.workbench.workspace.settings.report.mask
        self._list_of(said_of_records(found, mask).to_dicts())
        self.place = next((n for n, each in enumerate(self.found) if _first(each, one)), 0)
        self._comment.value = ""
        self._draw()
        if self.found:
            self.reads.ask(partial(self._read, one, values=True), self._valued)

    def _valued(self, values: pl.DataFrame) -> None:
        self._values = values
        self._draw()

    def _list_of(self, found: list[Row]) -> None:
        """List candidates, each with the digit that looks at it."""
        self.found, self.place = found, 0
        digits = [str(place) for place in range(1, len(found) + 1)]
        self._lines = [
            (button(one, partial(self.look, place), key=one), told())
            for place, one in enumerate(digits)
        ]
        asked = self.asked.called.other if self.asked else "the other company"
        none = told(tag("p", f"No record of {asked} comes near.", class_="small"))
        self._list.children = [row(*line) for line in self._lines] or [none]
        self._draw()

    def _draw(self) -> None:
        """Say what is known of the candidates, and show the one that is looked at."""
        here = self.candidate
        for place, (made, says) in enumerate(self._lines):
            (made.add_class if place == self.place else made.remove_class)("mod-active")
            says.value = self._near(self.found[place]).markup
        shows(self._both, now=here is not None and self._values.height > 0)
        shows(self._can, now=here is not None)
        if here is not None and self._row is not None and self.asked is not None:
            mask = self.workbench.workspace.settings.report.mask
            values = self._values.filter(pl.col("rank") == here["rank"])
            self._both.value = side_by_side(values, self.asked.called, mask).markup
            self._offer(self._row, here)

    def _offer(self, one: Row, here: Row) -> None:
        """Say what can be done with the candidate that is looked at."""
        own = here["coupled_id"] == here["record_id"]
        paired = one["outcome"] == COUPLED and one["counterpart_key"] is not None
        name = _called(here)
        self._pick.description = "Take the pick back" if self._is_picked(here) else f"Pick {name}"
        self._reject.description = (
            "Take the rejection back" if here["rejected"] else f"Reject {name}"
        )
        shows(self._pick, now=not own and not paired)
        shows(self._reject, now=not own)
        shows(self._comment, now=not own and not here["rejected"])

    def _near(self, one: Row) -> Html:
        """A candidate in two lines: how near it is and what it is called; what speaks for it."""
        number = tag("span", one["candidate_key"], class_="number")
        name = one["candidate_name"] or one["candidate_key"]
        number = number if one["candidate_name"] else Html()
        first = Html(tag("b", likeness(one["similarity"])), " ", tag("b", name), number)
        return Html(first, *self._tags(one), tag("span", _speaks(one), class_="second"))

    def _tags(self, one: Row) -> list[Part]:
        coupled = one["coupled_key"] or one["coupled_id"]
        own = one["coupled_id"] == one["record_id"]
        words = {
            "picked": self._is_picked(one),
            "rejected": one["rejected"],
            "its counterpart": own,
            f"coupled with {coupled}": one["coupled_id"] is not None and not own,
            "outside the filter": not one["in_filter"],
        }
        return [
            Html(" ", tag("span", word, class_="tag")) for word, is_so in words.items() if is_so
        ]

    def _is_picked(self, one: Row) -> bool:
        picked = self.says.picked(one)
        return picked is not None and picked["candidate_id"] == one["candidate_id"]


COUPLED = "coupled before"


def _first(candidate: Row, one: Row) -> bool:
    """Whether it is the candidate to look at first: the counterpart, or the first that is free."""
    if one["counterpart_key"] is not None:
        return bool(candidate["candidate_key"] == one["counterpart_key"])
    return candidate["coupled_id"] is None and not candidate["rejected"]


def _called(one: Row) -> str:
    return str(one["candidate_key"] or one["candidate_name"] or "it")


def _speaks(one: Row) -> str:
    words = {"agree": "the same", "close": "nearly the same", "contradict": "contradicts"}
    said = [f"{word}: {wording.listing(one[says])}" for says, word in words.items() if one[says]]
    return " · ".join(said)
