"""The strip under every view: a plan before, what was done after, and undo in the same place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as ui

from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.errors import NothingToUndo, PlanStopped, Stopped
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.pieces.plans import planned_values
from mdsync_nb.widgets.flow import by_table, companies_of, done, flow, notes, to_import, undoes
from mdsync_nb.widgets.surface import button, row, shows, told
from mdsync_nb.widgets.working import Working

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

SHOWN, REASONS = 50, 5
"""Values and reasons a strip shows; it says how many values there are."""

RUNS = ("modified", "full")
"""Kinds of plans that note how far tables were read, also where no record is written."""

KEYS = (("P", "show the values"), ("Y", "apply"), ("U", "undo"), ("C", "cancel"))


class Did(NamedTuple):
    """What was done without a plan to look at. jobs: what did it, so that it can be undone; else
    back: shows what would take it back. more: what else is to be said."""

    said: str
    jobs: Sequence[int] = ()
    back: Callable[[], object] | None = None
    more: Part = None


class Strip:
    """What is about to be written, and what was. Nothing is written that was not shown here first.

    after: called when companies or couplings were changed. A plan is in the workbench under its id,
    so it outlives the notebook.
    """

    def __init__(self, workbench: Workbench, clock: Clock, *, after: Callable[[], None]) -> None:
        self.workbench, self.clock, self.after = workbench, clock, after
        self.working = Working()
        self.plans: list[Plan] = []
        self.jobs: list[int] = []
        self._so_far: list[tuple[Plan, list[Applied]]] = []
        self._earlier: list[int] = []
        self._back: Callable[[], object] | None = None
        self._does: Callable[[], object] | None = None
        self._drops: Callable[[], object] | None = None
        self._title, self._values = told(), told(class_="planned")
        self._show = button("Show the values", self.show_values, key="p")
        self._go = button("Apply", self.apply, key="y", kind="go")
        self._discard = button("Discard", self.discard, kind="link")
        self._undo = button("Undo", self.undo, key="u")
        acts = row(self._show, self._go, self._undo, self._discard, class_="acts")
        self._strip = ui.VBox([row(self._title, acts, class_="strip-row"), self._values])
        self._strip.add_class("strip")
        self.box = ui.VBox([self.working.box, self._strip])
        self._clear()

    def propose(self, title: str, make: Callable[[], Any]) -> None:
        """Make a plan beside the notebook and show it. make: gives a plan or several, or what holds
        one, with the rows that were left out."""
        self.begin(title, make, self._proposed)

    def ask(
        self,
        title: str,
        said: Part,
        *,
        word: str,
        does: Callable[[], object],
        below: Part = None,
        drops: Callable[[], object] | None = None,
    ) -> None:
        """Show what would be done without a plan to look at, and do it on a yes.

        does: gives what to say, or `Did` where it can be undone. below: what is read in full width
        under it. drops: called when it is discarded.
        """
        if not self.working.is_free():
            return
        self._clear()
        self._says(title, said)
        self._does, self._drops = does, drops
        self._values.value = Html(below).markup
        shows(self._values, now=bool(below))
        self._offers(go=word, discard=True)
        self._discard.focus()

    def apply(self) -> None:
        """Do what is shown; what went wrong can be tried again."""
        if not self.working.is_free():
            return
        plans, does = self.plans, self._does
        again = partial(self._offers, values=bool(plans), go=self._go.description, discard=True)
        self._offers()
        if does is not None:
            done, gone = self._was_done, lambda _: self.after()
            self.working.begin("Writing", does, done, stopped=gone, failed=again)
        elif plans:
            title = f"Applying “{plans[0].title}”"
            self.working.begin(
                title,
                lambda: self._written(plans),
                self._was_applied,
                stopped=self._was_stopped,
                failed=partial(self._was_broken_off, again),
            )

    def undo(self) -> None:
        """Plan to take back what was just done, and show it; the newest job goes first."""
        if self._back:
            self._back()
            return
        jobs = list(reversed(self.jobs))
        self.propose("Undo", lambda: list(self._taken_back(jobs)))

    def discard(self) -> None:
        """Forget what is shown; nothing was written."""
        drops = self._drops
        self._clear()
        if drops is not None:
            drops()

    def show_values(self) -> None:
        """Show the values of the plan, or hide them."""
        if not self.plans:
            return
        now = self._values.layout.display == "none"
        if now:
            mask = self.workbench.workspace.settings.report.mask
            shown = (
                planned_values(one, mask=mask, shown=SHOWN, kind=self._kind) for one in self.plans
            )
            self._values.value = Html(by_table(self.plans, self.table), *shown).markup
        shows(self._values, now=now)
        self._show.description = "Hide the values" if now else "Show the values"

    def begin(self, title: str, look: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Look at something beside the notebook, to show what came of it here."""
        if self.working.is_free():
            self._clear()
            self.working.begin(title, look, then)

    def table(self, mapping: str, company: str = "") -> str:
        """What people call the table of a mapping; company: another one than the local."""
        known = self.workbench.workspace.mapping(mapping)
        return f"{self._named(company or known.local)}: {known.table}"

    def say(self, title: str, said: Part = None) -> None:
        """Say something where the plan would be."""
        self._clear()
        self._says(title, said)

    def _proposed(self, found: Any) -> None:
        self._clear()
        several = found if isinstance(found, list) else [found]
        held = [one if isinstance(one, Plan) else one.plan for one in several]
        plans = [one for one in held if one is not None]
        left = joined(_left_out(one) for one in several)
        if not plans:
            self.say("Nothing can be planned of that.", left)
            return
        self.plans = plans
        where = list(dict.fromkeys(companies_of(one, self._named) for one in plans))
        self._says(f"Plan for {wording.listing(where)}: {_called(plans)}", self._of(plans) + left)
        self._offers(
            values=any(one.cells.height or one.writes for one in plans),
            go=_go(plans),
            discard=True,
        )
        self._show.focus()

    def _of(self, plans: Sequence[Plan]) -> Html:
        """What plans do together, and every limit they break."""
        refusals = [
            tag("p", tag("span", "over the limit", class_="flag"), " ", wording.prose(str(one)))
            for plan in plans
            for one in plan.refusals
        ]
        said = (tag("p", one) for one in notes(plans))
        return Html(flow(plans, self._named), *said, *refusals)

    def _written(self, plans: Sequence[Plan]) -> None:
        """Apply plans, one after the other. What breaks a limit was shown as such and agreed to."""
        for one in plans:
            applied = self.workbench.apply(one.plan_id, force=bool(one.refusals or undoes(one)))
            self._so_far += [(one, applied)] if applied or len(plans) == 1 else []

    def _was_applied(self, _: None) -> None:
        found, earlier = self._so_far, self._earlier
        said = " ".join(done(*one, self._named) for one in found)
        whose = "their" if len(earlier) > 1 else "its"
        part = f" {wording.jobs(earlier).capitalize()} did {whose} part before."
        before = part if earlier else ""
        more = to_import(found, self.workbench.workspace.root)
        self._ended(Did(said + before, self._jobs_so_far(), more=more))
        self.after()

    def _was_stopped(self, stopped: Stopped) -> None:
        """What was written before the stop is shown, and the rest can still be written."""
        jobs = stopped.jobs if isinstance(stopped, PlanStopped) else ()
        self._earlier = list(dict.fromkeys([*self._earlier, *jobs]))
        self._was_broken_off(partial(self._offers, go="Go on", discard=True))

    def _was_broken_off(self, again: Callable[[], object]) -> None:
        """What was written before it broke off can be taken back, and the rest tried again."""
        self.after()
        again()
        self.jobs = self._jobs_so_far()
        self._undo.description = "Undo what was written"
        shows(self._undo, now=bool(self.jobs))

    def _jobs_so_far(self) -> list[int]:
        return [*self._earlier, *(one.job_id for _, some in self._so_far for one in some)]

    def _was_done(self, did: object) -> None:
        self._ended(did if isinstance(did, Did) else Did(str(did or "Done.")))
        self.after()

    def _ended(self, did: Did) -> None:
        """Say what was done, by which jobs, with undo in the same place."""
        self._clear()
        jobs = self.jobs = list(did.jobs)
        self._back = did.back
        numbers = f" · {wording.jobs(jobs)}" if jobs else ""
        at = tag("p", wording.moment(self.clock()), " UTC", numbers)
        self._says(did.said, Html(did.more, at))
        self._offers(undo="Undo" if jobs or did.back else "")
        if jobs or did.back:
            self._undo.focus()

    def _taken_back(self, jobs: Sequence[int]) -> Iterator[Plan]:
        """The plans that undo jobs; none for a job that changed nothing."""
        for job in jobs:
            with suppress(NothingToUndo):
                yield self.workbench.undo_plan(job)

    def _kind(self, mapping: str, field: str) -> str:
        """The type of a field of a mapping as reports take it; nothing where it is not known."""
        known = self.workbench.workspace.schema(self.workbench.workspace.mapping(mapping).table)
        return known.by_name[field].kind if known and field in known.by_name else ""

    def _named(self, code: str) -> str:
        return self.workbench.workspace.company(code).name or code

    def _says(self, title: str, said: Part) -> None:
        text = tag("p", said) if isinstance(said, str) else said
        self._title.value = Html(tag("div", title, class_="t"), text).markup
        shows(self._strip, now=True)

    def _offers(
        self, *, values: bool = False, go: str = "", undo: str = "", discard: bool = False
    ) -> None:
        offered = {self._show: values, self._go: go, self._undo: undo, self._discard: discard}
        for one, now in offered.items():
            shows(one, now=bool(now))
        self._go.description, self._undo.description = go, undo

    def _clear(self) -> None:
        self.plans, self.jobs, self._so_far, self._earlier = [], [], [], []
        self._does = self._back = self._drops = None
        self._show.description = "Show the values"
        self._offers()
        for one in (self._strip, self._values):
            shows(one, now=False)


def _called(plans: Sequence[Plan]) -> str:
    """The title of plans; those of several undone jobs are one."""
    first = plans[0].title
    return first if len(plans) == 1 else f"{first} and {len(plans) - 1} more"


def _go(plans: Sequence[Plan]) -> str:
    """The word that applies plans; none where there is nothing to apply."""
    run = all(one.kind in RUNS for one in plans)
    many = sum(one.writes or (0 if run else one.decisions.height) for one in plans)
    if many:
        limit = any(one.refusals for one in plans)
        return f"{'Apply in spite of the limit' if limit else 'Apply'} to {wording.number(many)}"
    if run:
        return "Note the run"
    return "Undo" if all(undoes(one) for one in plans) else ""


def _left_out(found: Any) -> Html:
    """The records or rows that are not in a plan, the most frequent reasons first."""
    faults = getattr(found, "faults", getattr(found, "left_out", None))
    if faults is None or faults.is_empty():
        return Html()
    reasons = faults.group_by("reason").len().sort("len", "reason", descending=[True, False])
    lines = [f"{wording.count(n, 'row')}: {why}" for why, n in reasons.head(REASONS).iter_rows()]
    return tag("div", tag("p", "Left out:"), tag("ul", *(tag("li", one) for one in lines)))
