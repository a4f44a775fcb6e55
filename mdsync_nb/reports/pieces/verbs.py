"""Every verb of a workbench by what it is for: what `workbench.<Tab>` lists by the alphabet."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from mdsync_nb.reports.markup import Html, joined, tag
from mdsync_nb.reports.pieces.grid import Column, grid

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

TITLES = {
    "looking": "Look",
    "workbench": "Load, couple, write, undo",
    "plan": "Plan and decide",
    "record": "Single records",
    "pair": "Pairs of records",
    "drifting": "Two loads or companies",
    "tables": "Tables",
    "job": "Single jobs",
    "review": "The first synchronization",
    "couplings": "Couplings of the product",
    "mapping": "Mappings",
    "link": "Links",
    "queue": "What runs by itself",
    "night": "Nights",
    "log": "Errors and old records",
    "site": "Reports",
}
"""What the verbs of a module are for. A module that is not here stands last, by its name."""


def verbs_table(workbench: Workbench) -> Html:
    """Give the verbs of a workbench, a row a group; pointing at one says what it does."""
    groups: dict[str, list[Html]] = {one: [] for one in TITLES.values()}
    for name in dir(workbench):
        verb = inspect.getattr_static(type(workbench), name, None)
        if inspect.isfunction(verb):
            module = verb.__module__.rsplit(".", 1)[-1]
            title = TITLES.get(module, module.capitalize().replace("_", " "))
            what = (inspect.getdoc(verb) or "").partition("\n\n")[0].replace("\n", " ")
            groups.setdefault(title, []).append(tag("code", name, title=what))
    rows = [{"title": title, "verbs": verbs} for title, verbs in groups.items() if verbs]
    columns = [Column("For", "title"), Column("Verbs", lambda row: joined(row["verbs"], ", "))]
    return grid(rows, columns, caption="Verbs", none="")
