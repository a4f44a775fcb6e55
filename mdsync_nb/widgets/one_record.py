"""One record that waits: its three values, a choice for each, and why it waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as ui
import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.deciding import KEEP, OPEN_TO_DECIDE, TAKE, VALUE
from mdsync_nb.engine.stepping import one_way
from mdsync_nb.engine.waiting_records import KEYS
from mdsync_nb.engine.worklist import WHOLE_RECORD
from mdsync_nb.reports import tally, wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces import explanation
from mdsync_nb.widgets.front import ThreeWay
from mdsync_nb.widgets.surface import button, row, shows, told
from mdsync_nb.widgets.working import Working

if TYPE_CHECKING:
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
Choices = dict[str, dict[str, str]]


class OneRecord:
    """One record of what waits, side by side.

    said: record -> what somebody chose for each of its fields; kept while the view is open. then:
    called when a choice was made.
    """

    def __init__(self, workbench: Workbench, working: Working, then: Callable[[], None]) -> None:
        self.workbench, self.working, self.then = workbench, working, then
        self.said: dict[int, Choices] = {}
        self._row: Row | None = None
        self._head, self._why, self._message = told(), told(), told()
        self._values = ThreeWay()
        self._values.observe(self._chose, "choices")
        self._explain = button("Why", self.explain, key="w", kind="link")
        head = row(self._head, self._explain, class_="detail-head")
        self.box = ui.VBox([head, self._message, self._values, self._why])
        self.box.add_class("detail")
        shows(self.box, now=False)

    @property
    def values(self) -> ThreeWay:
        """The three values of each field with the choices, to stand alone."""
        return self._values

    def show(self, one: Row | None, c: Comparison) -> None:
        """Show a record (a row of `frames.WAITING`), or none."""
        self._row = one
        self._why.value = ""
        shows(self.box, now=one is not None)
        if one is None:
            return
        words = f"{one['table']} {wording.key(one['key'])}"
        name = tag("h3", one["name"] or words, tag("span", words, class_="number"))
        self._head.value = Html(name, tag("span", wording.state(one["state"]))).markup
        self._message.value = tag("p", wording.prose(one["message"]), class_="small").markup
        cells = _cells(c, one)
        there, here = self._companies(one["mapping"])
        self._values.sides = [f"There: {there}", f"Here: {here}"]
        decides = one["rule"] in OPEN_TO_DECIDE
        rows = [_side_by_side(c, cell, decides=decides) for cell in cells]
        first = {cell["field"]: _first(cell) for cell in cells if _first(cell)}
        self._values.unobserve_all("choices")
        self._values.choices = self.said.get(one["record"], first)
        self._values.rows = rows
        self._values.observe(self._chose, "choices")
        shows(self._values, now=bool(rows))

    def explain(self) -> None:
        """Show why the record is what it is, under its values; or hide it again."""
        one = self._row
        if one is None:
            return
        if self._why.value:
            self._why.value = ""
            return
        record = one["source_id"] or one["destination_id"]
        self.working.begin(
            "Explaining",
            lambda: self.workbench.explain(one["mapping"], record),
            self._explained,
        )

    def answers(self, waiting: pl.DataFrame) -> pl.DataFrame:
        """Give what was chosen so far: KEYS, `field`, `decision`, `value`."""
        rows = [
            (record, field, one["decision"], one["value"] if one["decision"] == VALUE else None)
            for record, choices in self.said.items()
            for field, one in choices.items()
        ]
        schema = {"record": pl.Int64, **dict.fromkeys(("field", "decision", "value"), pl.String)}
        said = pl.DataFrame(rows, schema=schema, orient="row")
        return said.join(waiting.select("record", *KEYS), on="record").drop("record")

    def _companies(self, mapping: str) -> list[str]:
        """The companies a comparison reads and would write, as people call them."""
        workspace = self.workbench.workspace
        step = one_way(workspace.mapping(mapping))
        return [workspace.company(one).name or one for one in (step.source, step.destination)]

    def _explained(self, found: Any) -> None:
        mask = self.workbench.workspace.settings.report.mask
        self._why.value = explanation(found, mask=mask).markup

    def _chose(self, change: dict[str, Any]) -> None:
        if self._row is not None:
            self.said[self._row["record"]] = dict(change["new"])
            self.then()


def _cells(c: Comparison, one: Row) -> list[Row]:
    own = [pl.col(key).eq_missing(pl.lit(one[key], dtype=pl.String)) for key in KEYS]
    rows = c.worklist.filter(*own, pl.col("field") != WHOLE_RECORD)
    return masked(rows, c.masked).to_dicts()


def _first(cell: Row) -> dict[str, str] | None:
    """What goes without saying: a field that one side changed is taken from that side."""
    there, here = cell["source_changed"], cell["destination_changed"]
    if there == here:
        return None
    return {"decision": TAKE if there else KEEP, "value": ""}


def _side_by_side(c: Comparison, cell: Row, *, decides: bool) -> Row:
    both = cell["source_changed"] and cell["destination_changed"]
    said = "Changed in both" if both else cell["state"][:1].upper() + cell["state"][1:]
    base = cell["base"]
    known = base is not None or cell["base_at"] is not None
    return {
        "field": cell["field"],
        "agreed": {"text": _text(base, cell)} if known else None,
        "there": _value(c, cell, "source"),
        "here": _value(c, cell, "destination"),
        "words": said,
        "fill": "both" if both else wording.mark(cell["state"]).fill,
        "conflict": both,
        "decides": decides,
    }


def _value(c: Comparison, cell: Row, side: str) -> Row:
    changed, at = cell[f"{side}_changed"], cell[f"{side}_at"]
    who = [cell[f"{side}_by"] or "", f"{wording.day(at)}, {at:%H:%M} UTC" if at else ""]
    return {
        "text": _text(cell[side], cell),
        "raw": cell[side] or "",
        "means": tally.means(c, cell, side),
        "changed": changed,
        "who": ", ".join(one for one in who if one) if changed else "",
        "when": wording.both_clocks(at) if at and changed else "",
    }


def _text(value: str | None, cell: Row) -> str:
    return wording.amount(value, cell["type"] or "") if value else ""
