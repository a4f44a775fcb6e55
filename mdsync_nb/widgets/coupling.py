"""Which records belong together: try fields, see what they find, pick, couple, and take it back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as ui
import polars as pl

from mdsync_nb.core.narrowing import MatchNarrowing
from mdsync_nb.engine.matched import Matched
from mdsync_nb.errors import MdsyncError, Stopped
from mdsync_nb.model import MatchField
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces import Belonging, belonging_table, evidence_table, open_records
from mdsync_nb.reports.pieces.matching import (
    REJECTED,
    Called,
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

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
TOGETHER, BEFORE = OUTCOMES["match"], OUTCOMES["coupled"]
FOUND = Offered(
    MatchNarrowing(),
    ("outcome", "Outcome"),
    {"agrees": "Fields"},
    "Number, name or reason",
    first=tuple(OUTCOMES[one] for one in
                ("match", "ambiguous", "taken", "contradicting", "unmatched", "coupled")),
    every=True,
)  # fmt: skip
LETTERS = (("M", "couple all"), ("F", "add a field"), ("G", "decide among several"),
        ("T", "best proposal"), ("Z", "as in mdsync.yaml"), (f"1 to {MOST}", "look at a candidate"),
        ("K", "pick it"), ("N", "reject it"), ("D", "couple the picked"), ("J", "rejected pairs"),
        ("R", "match again"))  # fmt: skip
TWIN = 50
"""Records without a counterpart the static twin lists."""


class Tried(NamedTuple):
    """What came of matching by some fields: found, or why nothing could be matched."""

    mapping: str
    criteria: Fields
    found: Matched | None
    rejected: pl.DataFrame
    fault: tuple[str, str] = ("", "")


class Coupling:
    """The view of what belongs together. mapping: as for `match`, a link or a table for several.

    Nothing is coupled before somebody says so. What is picked is kept while the view is open and
    becomes one job; what is rejected is remembered in the workbench.
    """

    def __init__(self, workbench: Workbench, clock: Clock, mapping: str) -> None:
        self.workbench = workbench
        self.picked: dict[str, Row] = {}
        self.names = [one.name for one in workbench.workspace.select(*([mapping] if mapping else []))]
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.tries = Latest(self.strip.working.fail)
        self.criteria = Criteria(self.ask)
        self.filters = Filters(clock, partial(self._show, first=True), FOUND)
        says = Says(self._pick, self._reject, lambda one: self.picked.get(one["record_id"]))
        self.one = Candidates(workbench, Latest(self.strip.working.fail), says)
        self.grid = Grid(matched_columns(Called("", "")), keys, name=_name, one="record",
                         more="records")  # fmt: skip
        self.grid.walked.append(self._stand)
        self._parts()
        self._take(self._begin(self.names[0]))
        self.box = surface(
            row(self._head, row(self._mapping, self._set_aside, self._again), class_="head"),
            self.criteria.box, self.filters.box, self.bar.box, self.grid.box, self.one.box,
            self.strip.box, keys_line([*self.bar.keys(), *LETTERS, *KEYS]),
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
        told_of = Belonging((found,), {})
        mask = self.workbench.workspace.settings.report.mask
        return Html(
            title,
            tag("p", self._by(), class_="lede"),
            belonging_table(told_of),
            evidence_table(told_of) if "evidence" in vars(found) else None,
            open_records(told_of, mask=mask, shown=TWIN),
        )

    def ask(self, criteria: Fields) -> None:
        """Match by other fields, beside the notebook."""
        name = self.tried.mapping
        self._match(partial(self._try, name, criteria), partial(self._take, proposes=False))

    def reload(self) -> None:
        """Match again by the same fields, and stand where somebody stood."""
        self._match(partial(self._try, self.tried.mapping, self.tried.criteria), self._renew)

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

    @property
    def rows(self) -> pl.DataFrame:
        """The records as they are shown, whatever the filter."""
        return self._rows

    def _parts(self) -> None:
        """Make what the view is put together from."""
        self._head, self._aside = told(), False
        self._rows = self._rejected = pl.DataFrame()
        workspace = self.workbench.workspace
        options = [(_called(workspace, one), one) for one in self.names]
        self._mapping = ui.Dropdown(options=options, tooltip="The table that is matched")
        self._mapping.observe(lambda change: self._switch(change["new"]), "value")
        shows(self._mapping, now=len(options) > 1)
        self._set_aside = button("", self.show_rejected, key="j", kind="link")
        self._again = button("Match again", self.reload, key="r", kind="link")
        tip = "Couple all that belong together"
        self._every = button("", self.couple_all, key="m", tip=tip)
        self._picks = button("", self.couple_picked, key="d", kind="go", tip="Couple the picked")
        self.bar = Bar(self.grid, self._acts(), self._every, self._picks)

    def _acts(self) -> list[Act]:
        outcome = pl.col("outcome")
        pairs = outcome.is_in([TOGETHER, OUTCOMES["taken"], OUTCOMES["contradicting"]])
        return [
            Act("Couple", "b", "Couple the selected pairs", outcome == TOGETHER,
                lambda rows: self.pairing.couple(rows, self.tried.criteria, every=False)),
            Act("Reject", "e", "Say that they do not belong together", pairs,
                lambda rows: self.pairing.reject(rows.select(PAIR))),
            Act("Remove coupling", "q", "Take the pairs apart", outcome == BEFORE,
                lambda rows: self.pairing.uncouple(rows)),
            Act("Take back", "o", "They may be matched again", outcome == REJECTED,
                lambda rows: self.pairing.unreject(rows.select(PAIR))),
        ]  # fmt: skip

    def _match(self, work: Any, then: Any) -> None:
        self.strip.working.begin("Matching", work, then, stopped=lambda _: self._draw_criteria())

    def _switch(self, name: str) -> None:
        if name != self.tried.mapping:
            self.picked.clear()
            self._aside = False
            self._match(partial(self._begin, name), self._take)

    def _begin(self, name: str) -> Tried:
        """Match as mdsync.yaml says; where it says nothing, by the first proposal that can be."""
        mapping = self.workbench.workspace.mapping(name)
        proposed = [tuple(MatchField(field=one) for one in some) for some in mapping.propose_match]
        for criteria in [mapping.match] if mapping.match else proposed:
            tried = self._try(name, criteria)
            if tried.found is not None or mapping.match:
                return tried
        return self._try(name, ())

    def _try(self, name: str, criteria: Fields) -> Tried:
        rejected = self.workbench.rejected_pairs(name)
        if not criteria:
            return Tried(name, criteria, None, rejected, (NO_FIELD, ""))
        try:
            found = self.workbench.match(name, criteria=criteria)
        except Stopped:
            raise
        except MdsyncError as error:
            return Tried(name, criteria, None, rejected, (str(error), error.hint))
        return Tried(name, criteria, found, rejected)

    def _take(self, tried: Tried, *, proposes: bool = True) -> None:
        """Show what was found. proposes: find out again what is worth a try."""
        self.tried = tried
        mapping = self.workbench.workspace.mapping(tried.mapping)
        mask = self.workbench.workspace.settings.report.mask
        names = [_company(self.workbench.workspace, one) for one in
                 (mapping.integration, mapping.local)]  # fmt: skip
        from_local = mapping.profile.matches_from_local
        self.called = Called(*(reversed(names) if from_local else names))
        self.side = "local" if from_local else "integration"
        self.pairing = Pairing(self.strip, tried.mapping, self.called)
        self.grid.columns = matched_columns(self.called, self._told_pick)
        found = tried.found
        self._rows = matched_rows(found, mask)
        self._rejected = rejected_rows(found, tried.rejected, mask)
        self._drop_picks()
        self.grid.selected.clear()
        self._draw_criteria()
        if found is not None and proposes:
            self.tries.ask(lambda: found.evidence, self.criteria.propose)
        self._show(first=False)

    def _renew(self, tried: Tried) -> None:
        place = self.grid.keys.row
        self._take(tried)
        if place >= 0 and not self._aside:
            self.grid.stand_on(min(place, self.grid.page.height - 1))
            self._stand()

    def _drop_picks(self) -> None:
        """Forget the picks of records that are coupled by now."""
        open_ = set(self._rows.filter(pl.col("outcome") != BEFORE)["record_id"].to_list())
        self.picked = {one: row for one, row in self.picked.items() if one in open_}

    def _draw_criteria(self) -> None:
        mapping = self.workbench.workspace.mapping(self.tried.mapping)
        found = self.tried.found
        offered = found.fields if found else self._known()
        self.criteria.show(self.tried.criteria, mapping.match, offered)

    def _known(self) -> Sequence[str]:
        fields = self.workbench.show_mapping(self.tried.mapping).fields
        both = pl.col("type").is_not_null() & pl.col("integration_type").is_not_null()
        return fields.filter(both)["field"].unique(maintain_order=True).to_list()

    def _show(self, *, first: bool) -> None:
        shown = self._rejected if self._aside else self.filters.take(self._rows)
        self.grid.show(shown, none=self._none(), first=first)
        self.grid.stand_on(-1)
        self._stand()
        self._head.value = Html(tag("h2", self._heading()), tag("p", self._by())).markup
        many = self._rejected.height
        back = "Back to the records"
        self._set_aside.description = back if self._aside else f"Rejected {wording.number(many)}"
        shows(self._set_aside, now=bool(many) or self._aside)
        together = self._rows.filter(outcome=TOGETHER).height
        counted(self._every, "Couple all", together)
        shows(self._every, now=not self._aside and self._rows.height > 0)
        shows(self.criteria.box, now=not self._aside)
        shows(self.filters.box, now=not self._aside and self._rows.height > 0)
        self._tell_picks()

    def _stand(self) -> None:
        here = None if self._aside else self.grid.current
        self.one.show(here, Asked(self.tried.mapping, self.side, self.tried.criteria, self.called))

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
        mapping = self.workbench.workspace.mapping(self.tried.mapping)
        here = _company(self.workbench.workspace, mapping.local)
        if self.tried.found is None:
            return f"{here}: {mapping.table} is not matched"
        together = self._rows.filter(outcome=TOGETHER).height
        open_ = self._rows.filter(pl.col("outcome") != BEFORE).height
        if not open_:
            return f"{here}: every {mapping.table} is coupled"
        of = f"{wording.number(together)} of {wording.number(open_)}"
        return f"{here}: {of} in {mapping.table} belong together"

    def _by(self) -> str:
        by = wording.listing([one.field for one in self.tried.criteria])
        before = self._rows.filter(outcome=BEFORE).height
        coupled = f" · {wording.number(before)} coupled before" if before else ""
        return f"Matched by {by}{coupled}. Nothing is coupled until you say so." if by else ""

    def _none(self) -> Part:
        if self._aside:
            return "No pair is rejected."
        said = " ".join(one for one in self.tried.fault if one)
        return wording.prose(said) if said else NONE if self._rows.height else EMPTY


def _company(workspace: Any, code: str) -> str:
    return str(workspace.company(code).name or code)


def _called(workspace: Any, name: str) -> str:
    mapping = workspace.mapping(name)
    return f"{_company(workspace, mapping.local)}, {mapping.table}"


def _name(one: Row) -> str:
    return str(one["record_name"] or one["record_key"] or "a record without a number")


NO_FIELD = "Choose a field to match by (F): one that holds the same in both companies."
EMPTY = "No record passes the filter of this table. Load its files with workbench.load()."
NONE = "Nothing matches the filter. Show all takes it off."
