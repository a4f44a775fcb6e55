"""Which records belong together: try fields, see what they find, pick, couple, and take it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.core.narrowing import MatchNarrowing
from mdsync_nb.errors import UsageError
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces import Belonging, belonging_table, open_records
from mdsync_nb.reports.pieces.matching import (
    NOBODY,
    REJECTED,
    matched_columns,
    matched_rows,
    rejected_rows,
    two_lines,
)
from mdsync_nb.reports.pieces.words import OUTCOMES
from mdsync_nb.widgets.bar import Act, Bar
from mdsync_nb.widgets.beside import Latest
from mdsync_nb.widgets.candidates import MOST, Asked, Candidates, Says
from mdsync_nb.widgets.coupling_acts import PAIR, Pairing
from mdsync_nb.widgets.criteria import Criteria, Fields
from mdsync_nb.widgets.filters import Filters, Offered
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.grid import Grid
from mdsync_nb.widgets.strip import KEYS, Strip
from mdsync_nb.widgets.surface import bundle, button, counted, keys_line, row, shows, surface, told
from mdsync_nb.widgets.trying import Tried, begin, company_of, try_fields

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
TOGETHER, BEFORE = OUTCOMES["match"], OUTCOMES["coupled"]
ORDER = ("match", "ambiguous", "taken", "contradicting", "unmatched", "coupled")
FOUND = Offered(
    MatchNarrowing(),
    ("outcome", "Outcome"),
    {"agrees": "Fields"},
    "Number, name or reason",
    first=tuple(OUTCOMES[one] for one in ORDER),
    every=True,
)
LETTERS = (("M", "couple all"), ("F", "add a field"), ("G", "decide among several"),
        ("T", "best proposal"), ("Z", "as in mdsync.yaml"), (f"1–{MOST}", "look at a candidate"),
        ("K", "pick it"), ("N", "reject it"), ("D", "couple the picked"), ("J", "rejected pairs"),
        ("X", "show all"), ("R", "match again"))  # fmt: skip
WALKING = 0.15
"""Seconds somebody stands on a record before its candidates are looked for."""

TWIN = 20
"""Records without a counterpart the static twin lists."""


class Coupling:
    """The view of what belongs together. mappings: as for `compare`; one is shown at a time.

    Nothing is coupled before somebody says so. What is picked is kept while the view is open and
    becomes one job; what is rejected is remembered in the workbench.
    """

    def __init__(self, workbench: Workbench, clock: Clock, mappings: tuple[str, ...]) -> None:
        self.workbench = workbench
        self.picked: dict[str, Row] = {}
        self._aside = False
        self.names = [one.name for one in workbench.workspace.select(*mappings)]
        if not self.names:
            raise UsageError("There is no table to match.", hint="Add a link to mdsync.yaml.")
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.pairing = Pairing(self.strip)
        fail = self.strip.working.fail
        self.tries, near = Latest(fail), Latest(fail, after=WALKING)
        self.criteria = Criteria(self.ask)
        self.filters = Filters(clock, partial(self._show, first=True), FOUND)
        says = Says(self._pick, self._reject, lambda one: self.picked.get(one["record_id"]))
        self.one = Candidates(workbench, near, says)
        self.grid = Grid(matched_columns(NOBODY), keys, name=_name, one="record", more="records")
        self.grid.walked.append(self._stand)
        self._parts()
        self._take(begin(workbench, self.names[0]))
        several = [("L", "another table")] if len(self.names) > 1 else []
        self.box = surface(
            row(self._head, row(self._mapping, self._set_aside, self._again), class_="head"),
            self.criteria.box, self.filters.box, self.bar.box, self.grid.box, self.one.box,
            self.strip.box, keys_line([*self.bar.keys(), *LETTERS, *several, *KEYS]),
            keys=keys, name="What belongs together",
        )  # fmt: skip

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        return f"What belongs together: {self._heading()}"

    def twin(self) -> Html:
        """The outcomes and what stays open, as a report shows them."""
        title = tag("h2", self._heading())
        found = self.tried.found
        if found is None:
            return Html(title, tag("p", self._none(), class_="empty"))
        belonging = Belonging((found,), {})
        mask = self.workbench.workspace.settings.report.mask
        return Html(
            title,
            tag("p", self._by(), class_="lede"),
            belonging_table(belonging),
            open_records(belonging, mask=mask, shown=TWIN),
        )

    def ask(self, criteria: Fields) -> None:
        """Match by other fields, beside the notebook."""
        take = partial(self._take, proposes=False)
        self._match(self.tried.mapping.name, take, criteria)

    def reload(self) -> None:
        """Match again by the same fields, and stand where somebody stood."""
        self._match(self.tried.mapping.name, self._renew, self.tried.criteria)

    def couple_all(self) -> None:
        """Show what coupling all that belong together would do."""
        rows = self.rows.filter(outcome=TOGETHER)
        self.pairing.couple(rows, self.tried.criteria, every=True)

    def couple_picked(self) -> None:
        """Show what coupling all that were picked would do."""
        if self.picked:
            self.pairing.couple_picked(list(self.picked.values()))

    def show_rejected(self) -> None:
        """List the rejected pairs, or the records again."""
        self._aside = not self._aside
        self.grid.selected.clear()
        self._show(first=True)

    def _parts(self) -> None:
        """Make what the view is put together from."""
        self._head: ui.HTML = told()
        options = [(self._called(one), one) for one in self.names]
        self._mapping: ui.Dropdown = ui.Dropdown(
            options=options, tooltip="The table that is matched"
        )
        self._mapping.add_class("key-l")
        self._mapping.observe(lambda change: self._switch(change["new"]), "value")
        shows(self._mapping, now=len(options) > 1)
        self._set_aside: ui.Button = button("", self.show_rejected, key="j", kind="link")
        self._again: ui.Button = button("Match again", self.reload, key="r", kind="link")
        tip = "Couple all that belong together"
        self._every = button("", self.couple_all, key="m", tip=tip)
        tip = "Couple each record with the candidate picked for it"
        self._picks = button("", self.couple_picked, key="d", kind="go", tip=tip)
        self.bar: Bar = Bar(self.grid, self._acts(), self._every, self._picks)

    def _acts(self) -> list[Act]:
        outcome = pl.col("outcome")
        pairs = outcome.is_in([TOGETHER, OUTCOMES["taken"], OUTCOMES["contradicting"]])
        return [
            Act("Couple", "b", "Couple the selected pairs", outcome == TOGETHER,
                lambda rows: self.pairing.couple(rows, self.tried.criteria, every=False)),
            Act("Reject", "e", "Say that they do not belong together", pairs,
                lambda rows: self.pairing.reject(rows.select(PAIR))),
            Act("Remove coupling", "q", "Take the pairs apart", outcome == BEFORE,
                self.pairing.uncouple),
            Act("Take rejection back", "o", "They may be matched again", outcome == REJECTED,
                lambda rows: self.pairing.unreject(rows.select(PAIR))),
        ]  # fmt: skip

    def _match(
        self, name: str, then: Callable[[Tried], object], criteria: Fields | None = None
    ) -> None:
        """Match beside the notebook. criteria: without, those a mapping begins with."""
        if criteria is None:
            work = partial(begin, self.workbench, name)
        else:
            work = partial(try_fields, self.workbench, name, criteria)
        if self.strip.working.is_free():
            gone = lambda _: self._as_it_was()  # noqa: E731
            self.strip.working.begin("Matching", work, then, stopped=gone)
        else:
            self._as_it_was()

    def _as_it_was(self) -> None:
        """Show again what is matched by, where nothing came of matching otherwise."""
        self._mapping.value = self.tried.mapping.name
        self._draw_criteria()

    def _switch(self, name: str) -> None:
        if name == self.tried.mapping.name:
            return
        if not self.strip.working.busy:
            self.strip.discard()
        self._match(name, self._change)

    def _change(self, tried: Tried) -> None:
        """Show another table; what was picked was of the one before."""
        self.picked.clear()
        self._aside = False
        self.tries.forget()
        self.criteria.propose(pl.DataFrame())
        self._take(tried)

    def _take(self, tried: Tried, *, proposes: bool = True) -> None:
        """Show what was found. proposes: find out again what is worth a try."""
        self.tried = tried
        found, called = tried.found, tried.called(self.workbench)
        mask = self.workbench.workspace.settings.report.mask
        self.pairing.mapping, self.pairing.called = tried.mapping.name, called
        self.grid.columns = matched_columns(called, self._told_pick)
        self.rows = matched_rows(found, mask)
        self._rejected = rejected_rows(found, tried.rejected, mask)
        self._drop_picks()
        self.grid.selected.clear()
        self._draw_criteria()
        if proposes and found is not None:
            self.tries.ask(lambda: found.evidence, self.criteria.propose)
        self._show(first=False)

    def _renew(self, tried: Tried) -> None:
        place = self.grid.keys.row
        self._take(tried)
        if place >= 0 and not self._aside:
            self.grid.stand_on(min(place, self.grid.page.height - 1))
            self._stand()

    def _drop_picks(self) -> None:
        """Forget what was picked for records that are coupled by now, and what was rejected."""
        open_ = set(self.rows.filter(pl.col("outcome") != BEFORE)["record_id"].to_list())
        apart = set(self.tried.rejected.select(PAIR).iter_rows())
        self.picked = {
            one: picked
            for one, picked in self.picked.items()
            if one in open_ and tuple(picked[end] for end in PAIR) not in apart
        }

    def _draw_criteria(self) -> None:
        offered = self.tried.offered(self.workbench)
        self.criteria.show(self.tried.criteria, self.tried.mapping.match, offered)

    def _show(self, *, first: bool) -> None:
        now = not self._aside
        shown = self.filters.take(self.rows) if now else self._rejected
        self.grid.show(shown, none=self._none(), first=first)
        self.grid.stand_on(-1)
        self._stand()
        self._head.value = Html(tag("h2", self._heading()), tag("p", self._by())).markup
        many = self._rejected.height
        rejected = f"Rejected {wording.number(many)}"
        self._set_aside.description = rejected if now else "Back to the records"
        shows(self._set_aside, now=bool(many) or self._aside)
        counted(self._every, "Couple all", self.rows.filter(outcome=TOGETHER).height)
        for one in (self._every, self.filters.box):
            shows(one, now=now and self.rows.height > 0)
        shows(self.criteria.box, now=now)
        self._tell_picks()

    def _stand(self) -> None:
        here = None if self._aside else self.grid.current
        called = self.tried.called(self.workbench)
        asked = Asked(self.tried.mapping.name, self.tried.side, self.tried.criteria, called)
        self.one.show(here, asked)

    def _pick(self, one: Row, candidate: Row | None) -> None:
        if candidate is None:
            self.picked.pop(one["record_id"], None)
        else:
            self.picked[one["record_id"]] = candidate
        self.grid.draw()
        self._tell_picks()

    def _reject(self, candidate: Row, comment: str) -> None:
        pairs = pl.DataFrame([{end: candidate[end] for end in PAIR}])
        if candidate["rejected"]:
            self.pairing.unreject(pairs)
        else:
            self.pairing.reject(pairs, comment)

    def _told_pick(self, one: Row) -> Part:
        picked = self.picked.get(one["record_id"])
        if picked is None:
            return None
        name = two_lines(picked["candidate_name"], picked["candidate_key"])
        return Html(tag("span", "picked", class_="tag"), " ", name)

    def _tell_picks(self) -> None:
        counted(self._picks, "Couple the picked", len(self.picked))
        shows(self._picks, now=bool(self.picked) and not self._aside)

    def _heading(self) -> str:
        where = self._called(self.tried.mapping.name)
        if self._aside:
            return f"{where}: {wording.count(self._rejected.height, 'pair')} rejected"
        if self.tried.found is None:
            return f"{where}: not matched yet"
        together = self.rows.filter(outcome=TOGETHER).height
        open_ = self.rows.filter(pl.col("outcome") != BEFORE).height
        if not open_:
            return f"{where}: every record is coupled" if self.rows.height else where
        of = f"{wording.number(together)} of {wording.count(open_, 'record')}"
        return f"{where}: {of} belong together"

    def _by(self) -> str:
        if self._aside:
            return "No run and no matching brings them together, until somebody takes it back."
        if not self.tried.criteria:
            return ""
        by = wording.listing([one.field for one in self.tried.criteria])
        before = self.rows.filter(outcome=BEFORE).height
        coupled = f"{wording.number(before)} coupled before" if before else "nothing is coupled yet"
        return f"Matched by {by}; {coupled}."

    def _none(self) -> Part:
        if self._aside:
            return "No pair is rejected."
        if self.tried.fault:
            return wording.prose(self.tried.fault)
        return NONE if self.rows.height else EMPTY

    def _called(self, name: str) -> str:
        mapping = self.workbench.workspace.mapping(name)
        return f"{company_of(self.workbench, mapping.local)}, {mapping.table}"


def _name(one: Row) -> str:
    return str(one["record_name"] or one["record_key"] or "a record without a number")


EMPTY = "No record passes the filter of this table. Load its files with workbench.load()."
NONE = "Nothing matches the filter. Show all takes it off."
