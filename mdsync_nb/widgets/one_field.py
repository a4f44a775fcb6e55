"""One field of a mapping: what is said of it and where, and its constant or transformation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.pieces.fields import Between, called, loses
from mdsync_nb.widgets.surface import button, row, shows, told

Row = dict[str, Any]
Says = Callable[[str, dict[str, str], Sequence[str]], None]
"""Says words about a field, after taking back others: its name, the words, those taken back."""

NO_RULE = "No transformation"


class OneField:
    """The field somebody stands on. says: called with what is to be said about it."""

    def __init__(self, between: Between, rules: pl.DataFrame, says: Says) -> None:
        self.between, self.says = between, says
        self._row: Row | None = None
        self._head, self._where, self._facts = told(), told(), told()
        self._constant = ui.Text(placeholder="The value every record gets")
        offered = [(f"{name}: {chain}", name) for name, chain, _ in rules.iter_rows()]
        self._rule = ui.Dropdown(options=[(NO_RULE, ""), *offered])
        fixed = button("Set the constant", self.set_constant, key="k")
        self._free = button("Take it back", self.take_back, key="w", kind="link")
        goes = button("Set the transformation", self.set_rule, key="t")
        self._lines = ui.VBox([
            row(told("Constant"), self._constant, fixed, self._free),
            row(told("Transformation"), self._rule, goes),
        ])  # fmt: skip
        self._lines.add_class("said")
        self.box = ui.VBox(
            [row(self._head, self._where, class_="detail-head"), self._facts, self._lines]
        )
        self.box.add_class("detail")
        shows(self.box, now=False)

    def show(self, one: Row | None) -> None:
        """Show a field (a row of `frames.MAPPED_FIELDS`), or none."""
        self._row = one
        shows(self.box, now=one is not None)
        if one is None:
            return
        type_ = one["type"] or one["integration_type"] or ""
        name = tag("h3", called(one), tag("span", type_, class_="number"))
        self._head.value = name.markup
        self._where.value = tag("span", _said_in(one), class_="small").markup
        self._facts.value = self._told(one).markup
        hidden = self.between.hides(one)
        self._constant.value = "" if hidden else one["constant"] or ""
        rule = one["transformation"] or ""
        if rule not in [value for _, value in self._rule.options]:
            self._rule.options = [*self._rule.options, (rule, rule)]
        self._rule.value = rule
        shows(self._free, now=one["constant"] is not None)
        shows(self._lines, now=one["row"] is None)

    def set_constant(self) -> None:
        """Say that every record gets this value; a transformation goes."""
        if self._row is not None:
            words = {"constant": self._constant.value}
            rule = {"transformation": ""} if self._row["transformation"] else {}
            self.says(self._row["field"], {**words, **rule}, ())

    def take_back(self) -> None:
        """Say no constant any more."""
        if self._row is not None:
            self.says(self._row["field"], {}, ("constant",))

    def set_rule(self) -> None:
        """Say through which rule values go; a constant goes."""
        if self._row is not None:
            gone = ("constant",) if self._row["constant"] is not None else ()
            self.says(self._row["field"], {"transformation": self._rule.value}, gone)

    def _told(self, one: Row) -> Html:
        lost = loses(one, self.between)
        said = [f"Values may lose something. {lost}."] if lost else []
        said += [f"Its values go through: {one['chain']}."] if one["chain"] else []
        if one["clear_on_failed"]:
            said.append("It is left blank where the record it refers to is missing.")
        if one["row"] is not None:
            said.append("It stands in `rows`; change it in mdsync.yaml.")
        return Html(*(tag("p", wording.prose(each), class_="small") for each in said))


def _said_in(one: Row) -> str:
    where = one["said_in"]
    if where == "default":
        return "nobody says anything about it"
    return f"said by the {where}" if where.startswith("pack ") else f"said in mdsync.yaml, {where}"
