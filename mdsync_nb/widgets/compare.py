"""Any two loads or companies of a table: what differs, narrowed down, and from there to a plan."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb.engine.drift import Drift, Narrowed
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import masked
from mdsync_nb.reports.pieces.drifted import (
    bar,
    drift_field,
    drift_page,
    drift_records,
    not_compared,
    said_of_fields,
    sides_of,
    value_of,
)
from mdsync_nb.reports.pieces.grid import Column
from mdsync_nb.widgets.drift_filters import DriftFilters, Sides
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.grid import Grid
from mdsync_nb.widgets.strip import KEYS, Strip
from mdsync_nb.widgets.surface import bundle, button, counted, keys_line, row, shows, surface, told

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
ALONE = {"there": "here", "here": "there"}


class Compare:
    """The view of a drift. table, there, here: as for `drift`.

    Selecting fields narrows to the records that differ in one of them; so do the lists. A plan is
    for the records that are left, whose number always stands on its button.
    """

    def __init__(
        self, workbench: Workbench, clock: Clock, table: str, *, there: str, here: str
    ) -> None:
        self.workbench = workbench
        self._place: list[str] = []
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.sides = Sides(workbench, self.reload)
        self.filters = DriftFilters(self._asked)
        self.grid = Grid(COLUMNS, keys, name=lambda one: one["field"], one="field", more="fields")
        self.grid.walked.append(self._stand)
        self.grid.chosen.append(self._selected)
        self._head, self._many, self._why = told(), told(), told()
        self._field, self._records, self._apart = told(class_="detail"), told(), told()
        self._list = button("Show the records", self.show_records, key="l", kind="link")
        self._takes = {one: button("", partial(self.plan, one), key=k) for one, k in TAKES.items()}
        self._creates = {
            one: button("", partial(self.plan, one, create=True), key=k)
            for one, k in CREATES.items()
        }
        again = button("Compare again", self.reload, key="r", kind="link")
        self.drift = self._shown = workbench.drift(table, there=there, here=here)
        self._take(self.drift)
        acts = [*self._takes.values(), *self._creates.values()]
        self.box = surface(
            row(self._head, again, class_="head"),
            self.sides.box, self.filters.box,
            row(self._many, *acts, self._why, self._list, class_="selbar"),
            self.grid.box, self._apart, self._field, self._records, self.strip.box,
            keys_line(KEYS_OF_THIS), keys=keys, name="Compare",
        )  # fmt: skip

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        return repr(self.narrowed)

    @property
    def narrowed(self) -> Drift:
        """What is shown, as `drift` and `narrow` give it."""
        if self._shown.asked != self.filters.asked:
            self._shown = replace(self.drift, asked=self.filters.asked)
        return self._shown

    def twin(self) -> Html:
        """The same as a report shows it."""
        return drift_page(self.narrowed)

    def reload(self) -> None:
        """Compare again, beside the notebook: the sides that are chosen."""
        asked = self.sides.asked
        self.strip.working.begin("Comparing", lambda: self.workbench.drift(**asked), self._take)

    def plan(self, source: str, *, create: bool = False) -> None:
        """Plan to write the records that are left from a side."""
        narrowed = self.narrowed
        self.strip.propose("Planning", lambda: narrowed.plan(source, create=create))

    def show_records(self) -> None:
        """Show the records that are left, or hide them."""
        now = not self._records.value
        self._records.value = drift_records(self.narrowed).markup if now else ""
        self._list.description = "Hide the records" if now else "Show the records"

    def _take(self, found: Drift) -> None:
        place = [found.table, *found.sides["company"]]
        asked = self.filters.asked if place == self._place else Narrowed()
        known = {name: said for name, said in asked.where.items() if name in found.divided}
        self.filters.asked = replace(asked, where=known)
        self.drift, self._shown, self._place = found, found, place
        self.sides.show(found)
        self._head.value = Html(
            tag("h2", f"{found.table}: {found.names[0]} and {found.names[1]}"),
            tag("p", sides_of(found), class_="note"),
        ).markup
        self._apart.value = Html(not_compared(found)).markup
        self._asked()

    def _asked(self) -> None:
        """Show what is asked for now."""
        narrowed = self.narrowed
        rows = _rows(narrowed)
        places = rows.filter(pl.col("field").is_in(narrowed.asked.fields))["record"]
        self.grid.selected = set(places)
        self.grid.show(rows, none=NONE if self.drift.whole else EMPTY, first=False)
        self._draw(self.narrowed)

    def _selected(self) -> None:
        """Narrow to the fields that are selected now."""
        chosen = self.grid.rows.filter(pl.col("record").is_in(list(self.grid.selected)))
        fields = tuple(chosen["field"]) if chosen.height else ()
        if set(fields) != set(self.filters.asked.fields):
            self.filters.ask(fields=fields)

    def _draw(self, narrowed: Drift) -> None:
        self.filters.draw(narrowed)
        many, whole = len(narrowed), narrowed.whole
        self._many.value = Html(
            tag("b", wording.number(many)), f" of {wording.count(whole, 'record')}"
        ).markup
        states = dict(narrowed.records.group_by(pl.col("state").cast(pl.String)).len().iter_rows())
        names = dict(zip(ALONE, narrowed.names, strict=True))
        for source, made in self._takes.items():
            word = f"Take from {names[source]}" if source in names else "Merge"
            counted(made, word, states.get("differs", 0))
            shows(made, now=source in narrowed.sources)
        for source, made in self._creates.items():
            counted(made, f"Create in {names[ALONE[source]]}", states.get(f"only {source}", 0))
            shows(made, now=source in narrowed.sources)
        refusal = narrowed.refusal()
        self._why.value = tag("span", str(refusal), class_="mute").markup if refusal else ""
        if self._records.value:
            self._records.value = drift_records(narrowed).markup
        self._stand()

    def _stand(self) -> None:
        """Show how the field somebody stands on differs; at first, the one that differs most."""
        one = self.grid.current or (
            self.grid.rows.row(0, named=True) if self.grid.rows.height else None
        )
        shows(self._field, now=one is not None)
        if one:
            self._field.value = drift_field(self.narrowed, one["field"]).markup


def _rows(d: Drift) -> pl.DataFrame:
    """The fields that differ, one row each; `record` is their place among all fields."""
    ways = said_of_fields(d)
    places = {name: place for place, name in enumerate(d.compared["field"])}
    first = masked(d.kinds.unique("field", keep="first", maintain_order=True), d.masked)
    found = d.fields.filter(pl.col("records") > 0).join(
        first.select("field", "there", "here"), on="field", how="left", maintain_order="left"
    )
    return found.with_columns(
        record=pl.col("field").replace_strict(places, return_dtype=pl.Int64),
        how=pl.col("field").replace_strict(ways, default="", return_dtype=pl.String),
        most=pl.col("records").max(),
        known=pl.col("carried") | pl.lit(not d.mapping),
    )


def _field_of(one: Row) -> Part:
    return Html(
        tag("b", one["field"]),
        None if one["known"] else tag("span", "not carried", class_="second"),
    )


def _share(one: Row) -> Part:
    return tag("div", bar(one["records"], one["most"]), class_="drift")


COLUMNS = (
    Column("Field", _field_of),
    Column("Records", lambda one: wording.number(one["records"]), right=True),
    Column("Share", lambda one: f"{one['share']:.1%}", right=True),
    Column(" ", _share),
    Column("How", lambda one: tag("span", one["how"], class_="small")),
    Column("There, most often", lambda one: value_of(one["there"], one["type"])),
    Column("Here", lambda one: value_of(one["here"], one["type"])),
)
TAKES = {"there": "t", "here": "h", "both": "m"}
CREATES = {"there": "i", "here": "j"}
KEYS_OF_THIS = [
    ("↑ ↓", "move"), ("Space", "select a field"), ("T", "take from there"),
    ("H", "take from here"), ("M", "merge"), ("I", "create here"), ("L", "records"),
    ("X", "show all"), ("R", "compare again"), *KEYS,
]  # fmt: skip
EMPTY = "Neither side has a record. Load exports with workbench.load()."
NONE = "No field of these records differs. Show all takes the filter off."
