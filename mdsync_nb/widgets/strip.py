"""The strip under every view: a plan before, what was done after, and undo in the same place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as ui

from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.running import Applied
from mdsync_nb.errors import Stopped
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, joined, tag
from mdsync_nb.reports.pieces.plans import planned_values
from mdsync_nb.widgets.flow import companies_of, done, flow
from mdsync_nb.widgets.surface import button, row, shows, told
from mdsync_nb.widgets.working import Working

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

SHOWN, REASONS = 50, 5
"""Values and reasons a strip shows; it says how many values there are."""

KEYS = (("P", "show the values"), ("Y", "apply"), ("U", "undo"), ("C", "cancel"))


class Strip:
    """What is about to be written, and what was. Nothing is written that was not shown here first.

    after: called when companies or couplings were changed. A plan is in the workbench under its id,
    so it outlives the notebook.
    """

    def __init__(self, workbench: Workbench, clock: Clock, *, after: Callable[[], None]) -> None:
        self.workbench, self.clock, self.after = workbench, clock, after
        self.working = Working()
        self.plans: list[Plan] = []
        self.applied: list[Applied] = []
        self._does: Callable[[], object] | None = None
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
        self._clear()
        self.working.begin(title, make, self._proposed)

    def ask(self, title: str, said: Part, *, word: str, does: Callable[[], object]) -> None:
        """Show what would be done that writes no company, and do it on a yes."""
        self._clear()
        self._says(title, said)
        self._does = does
        self._offers(go=word, discard=True)

    def apply(self) -> None:
        """Do what is shown."""
        plans, does = self.plans, self._does
        if does is not None:
            self._clear()
            self.working.begin("Writing", does, self._was_done)
        elif plans:
            self._offers()
            title = f"Applying “{plans[0].title}”"
            self.working.begin(
                title, lambda: self._written(plans), self._was_applied, stopped=self._was_stopped
            )

    def undo(self) -> None:
        """Plan to take back what was just done, and show it; the newest job goes first."""
        jobs = [one.job_id for one in reversed(self.applied)]
        self.propose("Undo", lambda: [self.workbench.undo_plan(job) for job in jobs])

    def discard(self) -> None:
        """Forget what is shown; nothing was written."""
        self._clear()

    def show_values(self) -> None:
        """Show the values of the plan, or hide them."""
        if not self.plans:
            return
        now = self._values.layout.display == "none"
        if now:
            mask = self.workbench.workspace.settings.report.mask
            shown = (planned_values(one, mask=mask, shown=SHOWN) for one in self.plans)
            self._values.value = joined(shown).markup
        shows(self._values, now=now)
        self._show.description = "Hide the values" if now else "Show the values"

    def say(self, title: str, said: Part = None) -> None:
        """Say something where the plan would be."""
        self._clear()
        self._says(title, said)

    def _proposed(self, found: Any) -> None:
        several = found if isinstance(found, list) else [found]
        held = [one if isinstance(one, Plan) else one.plan for one in several]
        plans = [one for one in held if one is not None]
        left = joined(_left_out(one) for one in several)
        if not plans:
            self.say("Nothing can be planned of that.", left)
            return
        self.plans = plans
        parts = [part for one in plans for part in self._of_plan(one)]
        where = list(dict.fromkeys(companies_of(one, self._named) for one in plans))
        self._says(f"Plan for {wording.listing(where)}: {plans[0].title}", Html(*parts, left))
        many = sum(one.writes or one.decisions.height for one in plans)
        word = "Apply in spite of the limit" if any(one.refusals for one in plans) else "Apply"
        self._offers(
            values=any(one.cells.height or one.writes for one in plans),
            go=f"{word} to {wording.number(many)}" if many else "",
            discard=True,
        )
        self._show.focus()

    def _of_plan(self, plan: Plan) -> Iterator[Html]:
        yield flow(plan, self._named)
        for one in plan.refusals:
            flag = tag("span", "over the limit", class_="flag")
            yield tag("p", flag, " ", wording.prose(str(one)))

    def _written(self, plans: Sequence[Plan]) -> list[tuple[Plan, list[Applied]]]:
        """Apply plans, one after the other. What breaks a limit was shown as such and agreed to."""
        return [
            (one, self.workbench.apply(one.plan_id, force=bool(one.refusals or one.kind == "undo")))
            for one in plans
        ]

    def _was_applied(self, found: Sequence[tuple[Plan, list[Applied]]]) -> None:
        self._clear()
        self.applied = [one for _, applied in found for one in applied]
        numbers = wording.listing([str(one.job_id) for one in self.applied])
        at = Html(wording.moment(self.clock()), " UTC", f" · job {numbers}" if numbers else "")
        self._says(" ".join(done(*one, self._named) for one in found), tag("p", at))
        self._offers(undo="Undo" if self.applied else "")
        self.after()

    def _was_stopped(self, _: Stopped) -> None:
        """What was written before the stop is shown, and the rest can still be written."""
        self.after()
        self._offers(go="Go on", discard=True)

    def _was_done(self, said: object) -> None:
        self.say(str(said or "Done."))
        self.after()

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
        self.plans, self.applied, self._does = [], [], None
        self._show.description = "Show the values"
        self._offers()
        for one in (self._strip, self._values):
            shows(one, now=False)


def _left_out(found: Any) -> Html:
    """The records or rows that are not in a plan, the most frequent reasons first."""
    faults = getattr(found, "faults", getattr(found, "left_out", None))
    if faults is None or faults.is_empty():
        return Html()
    reasons = faults.group_by("reason").len().sort("len", "reason", descending=[True, False])
    lines = [f"{wording.count(n, 'row')}: {why}" for why, n in reasons.head(REASONS).iter_rows()]
    return tag("div", tag("p", "Left out:"), tag("ul", *(tag("li", one) for one in lines)))
