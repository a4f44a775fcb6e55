"""Which part of a drift somebody wants to see: sides, states, ways and values, each with counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.engine.drift import Drift, Narrowed
from mdsync_nb.reports import wording
from mdsync_nb.reports.pieces.drifted import facets_to_see
from mdsync_nb.widgets.surface import button, counted, row, shows, told

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

FACETS, LOADS = 8, 8
"""Lists of values, and loads of a company, that can be chosen."""

BLANK, ANY = "\0", ""
FILLS = {
    "": "none",
    "differs": "both",
    "only there": "only-holding",
    "only here": "only-subsidiary",
}
LONG = 40
Then = Callable[[], None]


class Sides:
    """What is compared: a table, and two companies or loads of it. then: called for another."""

    def __init__(self, workbench: Workbench, then: Then) -> None:
        self.workbench, self.then = workbench, then
        self._quiet = False
        self._table, self._there, self._here = (ui.Dropdown() for _ in range(3))
        for one in (self._table, self._there, self._here):
            one.observe(self._chosen, "value")
        self.box = row(
            told("Table"), self._table, told("There"), self._there, told("Here"), self._here,
            class_="sides",
        )  # fmt: skip

    @property
    def asked(self) -> dict[str, str]:
        """What is chosen, as `drift` takes it."""
        return {"table": self._table.value, "there": self._there.value, "here": self._here.value}

    def show(self, d: Drift) -> None:
        """Offer what can be chosen, and stand on what is shown."""
        named = self.workbench.workspace.settings.companies
        short = [one.short for one in self.workbench.workspace.mappings.values()]
        known = {one.table: one.short for one in self.workbench.workspace.mappings.values()}
        table = known.get(d.table, d.table)
        loads = self.workbench.loads().filter(pl.col("inserted").is_not_null())
        self._quiet = True
        self._offer(self._table, {one: one for one in (table, *short)}, table)
        for drop, side in zip((self._there, self._here), d.sides.to_dicts(), strict=True):
            options: dict[str, str] = {}
            for code in named:
                options |= self._of_company(code, loads.filter(company=code, table=side["table"]))
            now = f"{side['company']}@{side['load_id']}"
            value = side["company"] if side["in_force"] else now
            self._offer(drop, options, value)
        self._quiet = False

    def _of_company(self, code: str, loads: pl.DataFrame) -> dict[str, str]:
        """A company as it is now, and its loads before that."""
        name = self.workbench.workspace.company(code).name or code
        past = loads.sort("load_id", descending=True).slice(1, LOADS)
        return {code: f"{name}, now"} | {
            f"{code}@{load}": f"{name}, {wording.day(at)}, {at:%H:%M} UTC"
            for load, at in past.select("load_id", "as_of").iter_rows()
        }

    def _offer(self, drop: ui.Dropdown, options: dict[str, str], value: str) -> None:
        words = options if value in options else {**options, value: value}
        drop.options, drop.value = [(said, one) for one, said in words.items()], value

    def _chosen(self, _: object) -> None:
        if not self._quiet:
            self.then()


class DriftFilters:
    """What is asked of a drift besides its fields. then: called when something else is asked.

    asked: what is asked for now; `fields` are those selected in the grid.
    """

    def __init__(self, then: Then) -> None:
        self.then = then
        self.asked = Narrowed()
        self._quiet = False
        self._states: dict[str, ui.ToggleButton] = {one: self._chip(one) for one in FILLS}
        self._how = ui.Dropdown()
        self._how.observe(self._ask_how, "value")
        self._lists = [ui.Dropdown() for _ in range(FACETS)]
        for one in self._lists:
            one.observe(self._ask_value, "value")
        self._all = button("Show all", self.clear, key="x", kind="link")
        only = row(told("Only"), row(self._how, *self._lists, self._all))
        self.box = ui.VBox([row(told("Records"), *self._states.values()), only])
        self.box.add_class("filters")

    def clear(self) -> None:
        """Ask for nothing in particular."""
        self.asked = Narrowed()
        self.then()

    def ask(self, **words: Any) -> None:
        """Ask for something else as well; a way is of the fields it was asked for."""
        if "fields" in words:
            words |= {"kind": "", "detail": ""}
        self.asked = replace(self.asked, **words)
        self.then()

    def draw(self, d: Drift) -> None:
        """Say how many records each choice would show. d: narrowed to what is asked."""
        self._quiet = True
        every = replace(d, asked=replace(d.asked, state="")).records
        many = dict(every.group_by(pl.col("state").cast(pl.String)).len().iter_rows())
        there, here = d.names
        words = {"": "All that differ", "differs": "Differ", "only there": f"Only in {there}"}
        words["only here"] = f"Only in {here}"
        for state, chip in self._states.items():
            counted(chip, words[state], int(many.get(state, 0) if state else every.height))
            chip.value = state == d.asked.state
        self._offer_ways(d)
        self._offer_values(d)
        shows(self._all, now=d.asked.asks)
        self._quiet = False

    def _offer_ways(self, d: Drift) -> None:
        """The ways in which the one selected field differs."""
        fields = d.asked.fields
        ways = (
            d.kinds.filter(pl.col("field").is_in(fields)) if len(fields) == 1 else d.kinds.clear()
        )
        options = [("How: any", ("", ""))] + [
            (f"{_short(what)} ({wording.number(many)})", (kind, detail))
            for kind, detail, what, many in ways.select(
                "kind", "detail", "what", "records"
            ).iter_rows()
        ]
        self._how.options, self._how.value = options, (d.asked.kind, d.asked.detail)
        shows(self._how, now=ways.height > 1)

    def _offer_values(self, d: Drift) -> None:
        """The values of the fields by which records are spread most unevenly, and those asked."""
        shown = facets_to_see(d)
        names = list(dict.fromkeys([*d.asked.where, *shown["facet"]]))[:FACETS]
        only = pl.col("differs") + pl.col("only_there") + pl.col("only_here")
        for place, drop in enumerate(self._lists):
            shows(drop, now=place < len(names))
            if place >= len(names):
                continue
            name = names[place]
            found = shown.filter(facet=name).select("value", many=only).filter(pl.col("many") > 0)
            options = [(f"{name}: any", (name, ANY))] + [
                (
                    f"{_short(value or 'blank')} ({wording.number(many)})",
                    (name, BLANK if value is None else value),
                )
                for value, many in found.sort("many", descending=True).iter_rows()
            ]
            asked = d.asked.where.get(name, ANY)
            value = (name, BLANK if asked is None else asked)
            gone = [] if value in dict(map(reversed, options)) else [(str(asked), value)]
            drop.options, drop.value = [*options, *gone], value

    def _chip(self, state: str) -> ui.ToggleButton:
        chip = ui.ToggleButton(description=state)
        for one in ("mdsync-chip", f"fill-{FILLS[state]}"):
            chip.add_class(one)
        chip.observe(lambda _: None if self._quiet else self.ask(state=state), "value")
        return chip

    def _ask_how(self, change: dict[str, Any]) -> None:
        if not self._quiet:
            kind, detail = change["new"]
            self.ask(kind=kind, detail=detail)

    def _ask_value(self, change: dict[str, Any]) -> None:
        if self._quiet:
            return
        name, value = change["new"]
        where = {one: said for one, said in self.asked.where.items() if one != name}
        if value != ANY:
            where[name] = None if value == BLANK else value
        self.ask(where=where)


def _short(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1] + "…"
