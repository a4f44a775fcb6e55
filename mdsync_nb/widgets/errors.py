"""What waits for a person: filter, look, decide one by one or many at once, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.waiting_records import answers_by_field, waiting_records
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.grid import Column
from mdsync_nb.reports.waiting import worklist
from mdsync_nb.widgets import acts
from mdsync_nb.widgets.bar import Bar
from mdsync_nb.widgets.filters import Filters
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.grid import Grid
from mdsync_nb.widgets.one_record import OneRecord
from mdsync_nb.widgets.strip import KEYS, Strip
from mdsync_nb.widgets.surface import bundle, button, counted, keys_line, row, shows, surface, told

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
SAVED = ("source_by", "source_at", "destination_by", "destination_at")
FIELDS = 3
"""Fields a row names; it says how many there are."""


class Errors:
    """The view of what waits. mappings: as for `compare`.

    Selecting never acts. An action is for the selected records; `A` selects all that match the
    filter. What is chosen field by field becomes one plan, whichever tables it is of. file: the
    workbook beside a report, which the static twin names.
    """

    file = ""

    def __init__(self, workbench: Workbench, clock: Clock, mappings: tuple[str, ...]) -> None:
        self.workbench, self.mappings = workbench, mappings
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.filters = Filters(clock, self._filtered)
        self.record = OneRecord(workbench, self.strip.working, self._chose)
        self.grid = Grid(COLUMNS, keys, name=_called, one="record", more="records")
        self.grid.walked.append(self._stand)
        self._head = told()
        again = button("Compare again", self.reload, key="r", kind="link")
        tip = "Plan what was chosen field by field"
        self._decided = button("", self.plan_chosen, key="d", kind="go", tip=tip)
        every = [*acts.deciding(self.strip, lambda: self.comparison), *acts.acts(self.strip)]
        self.bar = Bar(self.grid, every, self._decided)
        self._take(workbench.compare(*mappings))
        self.box = surface(
            row(self._head, again, class_="head"),
            self.filters.box, self.bar.box, self.grid.box, self.record.box, self.strip.box,
            keys_line([*self.bar.keys(), ("D", "plan the decided"), ("W", "why"), *KEYS]),
            keys=keys, name="What waits",
        )  # fmt: skip

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        return f"What waits: {wording.number(self.waiting.height)} records"

    def twin(self) -> Html:
        """The worklist as a report shows it."""
        title = tag("h2", self._heading())
        kinds = self.waiting.group_by("state").len().sort("len", "state", descending=[True, False])
        said = ", ".join(f"{state} {wording.number(many)}" for state, many in kinds.iter_rows())
        return Html(title, tag("p", said, class_="lede"), worklist(self.comparison, file=self.file))

    def reload(self) -> None:
        """Compare again, beside the notebook, and show what waits now."""
        self.strip.working.begin(
            "Comparing", lambda: self.workbench.compare(*self.mappings), self._take
        )

    def plan_chosen(self) -> None:
        """Plan what was chosen field by field, of all records it was chosen for."""
        said, c = self.record.answers(self.waiting), self.comparison
        self.strip.propose(
            "Planning",
            lambda: self.workbench.decide(
                answers_by_field(c, said), title="Decided field by field"
            ),
        )

    def _take(self, found: Comparison) -> None:
        self.comparison = found
        waiting = masked(waiting_records(found), found.masked)
        self.waiting = waiting.with_columns(
            where=_where(found, waiting),
            decided=pl.lit(value=False),
            **{f"{side}_means": _means(found, waiting, side) for side in ("source", "destination")},
        )
        self.record.said.clear()
        self.grid.selected.clear()
        at = tag("p", "Compared at ", wording.moment(found.at), " UTC", class_="lede")
        self._head.value = Html(tag("h2", self._heading()), at).markup
        self._show(first=False)
        self._count()

    def _heading(self) -> str:
        names = tally.names(self.comparison)
        where = [names.get(one, one) for one in self.waiting["company"].unique(maintain_order=True)]
        many = self.waiting.height
        waits = f"{wording.count(many, 'record')} {'waits' if many == 1 else 'wait'}"
        if not many:
            return "Nothing waits for a person"
        return f"{where[0]}: {waits}" if len(where) == 1 else waits

    def _filtered(self) -> None:
        self._show(first=True)

    def _show(self, *, first: bool) -> None:
        self._fill(first=first)
        self.grid.stand_on(-1)
        self.record.show(None, self.comparison)
        shows(self.filters.box, now=bool(self.waiting.height))

    def _fill(self, *, first: bool) -> None:
        decided = pl.col("record").is_in(list(self.record.said))
        shown = self.filters.take(self.waiting).with_columns(decided=decided)
        self.grid.show(shown, none=self._nothing(), first=first)

    def _nothing(self) -> str:
        """What to say where no record is shown."""
        if self.waiting.is_empty():
            return EMPTY
        state = self.filters.chip
        if state and self.waiting.filter(state=state).is_empty():
            others = wording.count(self.waiting.height, "other waits", "others wait")
            return f"Nothing is left that is “{state}”. {others}: Show all."
        return NONE

    def _stand(self) -> None:
        self.record.show(self.grid.current, self.comparison)

    def _chose(self) -> None:
        self._fill(first=False)
        self._count()

    def _count(self) -> None:
        counted(self._decided, "Plan the decided", len(self.record.said))
        shows(self._decided, now=bool(self.record.said))


def _where(c: Comparison, waiting: pl.DataFrame) -> pl.Expr:
    """The company of each record as people call it; nothing where there is only one."""
    several = waiting["company"].n_unique() > 1
    return pl.col("company").replace(tally.names(c)) if several else pl.lit("")


def _means(c: Comparison, waiting: pl.DataFrame, side: str) -> pl.Series:
    """What a blank of the field named first stands for on a side; it differs by company only."""
    place = waiting.select("company", "field")
    each = place.unique()
    said = [tally.means(c, one, side) for one in each.to_dicts()]
    known = each.with_columns(means=pl.Series(said, dtype=pl.String))
    return place.join(known, on=["company", "field"], nulls_equal=True, maintain_order="left")[
        "means"
    ]


def _called(one: Row) -> str:
    return str(one["name"] or wording.key(one["key"]) or "a record without a number")


def _record(one: Row) -> Part:
    number = f"{one['table']} {wording.key(one['key'])}" if one["key"] else one["table"]
    number += f" · {one['where']}" if one["where"] else ""
    decided = tag("span", "decided, not planned yet", class_="second") if one["decided"] else None
    return Html(tag("b", _called(one)), tag("span", number, class_="second"), decided)


def kind(word: str) -> Html:
    """Give the word of a state with its mark, in one line."""
    mark = wording.mark(word)
    said = tag("span", word, class_=mark.form) if mark.form != "swatch" else None
    return tag("span", said or Html(wording.swatch(mark.fill), word), class_="nowrap")


def _differs(one: Row) -> Part:
    fields = one["fields"]
    if not fields or one["state"] in ("undecided", "blocked"):
        return tag("span", one["message"], class_="small")
    more = f" and {len(fields) - FIELDS} more" if len(fields) > FIELDS else ""
    named = ", ".join(fields[:FIELDS]) + more
    return Html(wording.count(len(fields), "field"), tag("span", f": {named}", class_="mute"))


def _who(side: str) -> Callable[[Row], Part]:
    """Who saved it when; where neither side tells that, the value of the field named first."""

    def told_of(one: Row) -> Part:
        by, at = one[f"{side}_by"], one[f"{side}_at"]
        if one["fields"] and not any(one[name] for name in SAVED):
            text = one[side] and wording.amount(one[side], one["type"] or "")
            return tag("span", wording.value(text, means=one[f"{side}_means"]))
        time = wording.moment(at) if at else None
        return tag("span", by, ", " if by and time else None, time, class_="small")

    return told_of


COLUMNS = (
    Column("Record", _record),
    Column("Kind", lambda one: kind(one["state"])),
    Column("What differs", _differs),
    Column("There", _who("source")),
    Column("Here", _who("destination")),
)
EMPTY = "Nothing waits for a person. Load new exports with workbench.load(), or look at the jobs."
NONE = "Nothing matches the filter. Show all takes it off."
