"""Plans that were made and not applied to their end: whoever comes later goes on with them."""

from __future__ import annotations

from typing import Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.widgets.strip import Strip
from mdsync_nb.widgets.surface import button, row, shows, told

OPEN = ("planned", "stopped", "failed")
MOST = 20
"""Plans that can be chosen from, the newest; `plans` lists all."""


class Kept:
    """A list of the plans that wait to be applied, shown through a strip.

    mapping: as for `plans`. A plan is in the workbench under its id, so it outlives the notebook
    that made it.
    """

    def __init__(self, strip: Strip, mapping: str = "") -> None:
        self.strip, self.mapping = strip, mapping
        self._list = ui.Dropdown(tooltip="Plans that wait to be applied")
        show = button("Show the plan", self.show, key="k", tip="Look at it, then apply it")
        self.box = ui.VBox([row(told("Plans"), row(self._list, show))])
        self.box.add_class("filters")

    def read(self) -> pl.DataFrame:
        """Give the plans that wait, newest first (`frames.PLANS`)."""
        found = self.strip.workbench.plans(self.mapping)
        return found.filter(pl.col("status").is_in(OPEN)).head(MOST)

    def take(self, plans: pl.DataFrame) -> None:
        """Offer these; the list hides where there is none."""
        chosen = self._list.value
        self._list.options = [(_called(one), one["plan_id"]) for one in plans.to_dicts()]
        named = plans["plan_id"].to_list()
        self._list.value = chosen if chosen in named else next(iter(named), None)
        shows(self.box, now=plans.height > 0)

    def twin(self) -> Html:
        """The plans that wait, as a page lists them; nothing without any."""
        lines = [tag("li", words) for words, _ in self._list.options]
        return tag("p", "Plans that wait to be applied:") + tag("ul", *lines) if lines else Html()

    def show(self) -> None:
        """Show the chosen plan in the strip, as if it had just been made."""
        plan_id = self._list.value
        if plan_id:
            workbench = self.strip.workbench
            self.strip.propose("Reading the plan", lambda: workbench.read_plan(plan_id))


def _called(one: dict[str, Any]) -> str:
    at = f"{wording.day(one['made_at'])}, {one['made_at']:%H:%M} UTC"
    done = f"{wording.number(one['done'])} of {wording.count(one['steps'], 'step')} done"
    writes = f"{wording.count(one['writes'], 'record')} to write"
    return f"{one['title']} · {at} · {done if one['done'] else writes}"
