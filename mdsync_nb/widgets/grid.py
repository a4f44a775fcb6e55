"""A grid of rows, a page at a time, to select from all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ui
import polars as pl
from itables import JavascriptCode
from itables.widget import ITable

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.grid import Column
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.surface import button, row, shows, told

PAGE, LONG_PAGE = 8, 12
"""Rows of a page: where what somebody stands on opens below the grid, and where nothing does."""
PLAIN: dict[str, Any] = {
    "paging": False, "ordering": False, "showIndex": False, "allow_html": True, "maxBytes": 0,
    "classes": "mdsync-grid", "style": "width:100%;margin:0;table-layout:auto", "autoWidth": False,
    "show_dtypes": False, "text_in_header_can_be_selected": False,
    "layout": dict.fromkeys(("topStart", "topEnd", "bottomStart", "bottomEnd")),
}  # fmt: skip
BOXES: dict[str, Any] = {
    "select": {
        "style": "multi", "selector": "td:first-child", "headerCheckbox": False, "info": False,
    },
    "columnDefs": [{"targets": 0, "render": JavascriptCode("$.fn.dataTable.render.select()")}],
}  # fmt: skip

UNSEEN = "\N{ZERO WIDTH SPACE}"

Name = Callable[[dict[str, Any]], str]


class Grid:
    """Rows of a frame, a page at a time. Selecting never acts.

    columns: as in reports. name: what a row is called, for whoever hears it read. one, more: what a
    row stands for. length: the rows of a page. The frame has a column `record` that tells
    its rows apart; `selected` holds those of the chosen ones, on any page.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        keys: Keyboard,
        *,
        name: Name,
        one: str,
        more: str,
        length: int = PAGE,
    ) -> None:
        self.columns, self.keys, self.name, self.nouns = columns, keys, name, (one, more)
        self.length = length
        self.rows = pl.DataFrame(schema={"record": pl.Int64})
        self.selected: set[int] = set()
        self.place = 0
        self.walked: list[Callable[[], None]] = []
        self.chosen: list[Callable[[], None]] = []
        right = [place + 1 for place, one in enumerate(columns) if one.right]
        aligned = {"targets": right, "className": "right"}
        self._looks = {**PLAIN, **BOXES, "columnDefs": [*BOXES["columnDefs"], aligned]}
        self._table = ITable(self._frame([]), **self._looks)
        self._none = told()
        self._says = told()
        self._back = button("Previous", lambda: self._turn(-1))
        self._on = button("Next", lambda: self._turn(1))
        pager = row(self._says, row(self._back, self._on), class_="pager")
        self.box = ui.VBox([self._table, self._none, pager])
        self._quiet = False
        self._table.observe(self._ticked, "selected_rows")
        keys.observe(self._walks, "walks")

    def show(self, rows: pl.DataFrame, *, none: Part, first: bool = True) -> None:
        """Show these rows. first: from the first page on; else the page stays, if it is there."""
        self.rows, self._nothing = rows, none
        self.selected &= set(rows["record"].to_list())
        pages = max(0, (rows.height - 1) // self.length)
        self.place = 0 if first else min(self.place, pages)
        self.draw()

    @property
    def page(self) -> pl.DataFrame:
        """The rows that are seen."""
        return self.rows.slice(self.place * self.length, self.length)

    @property
    def current(self) -> dict[str, Any] | None:
        """The row somebody stands on, or None."""
        page = self.page
        here = self.keys.row
        return page.row(here, named=True) if 0 <= here < page.height else None

    def select(self, records: Sequence[int]) -> None:
        """Select exactly these."""
        self.selected = set(records)
        self._tick()
        self._tell()

    def stand_on(self, place: int) -> None:
        """Stand on a row of the page; -1 for none."""
        self.keys.row = place
        self.keys.homes += 1

    def draw(self) -> None:
        """Draw the page anew."""
        page = self.page
        self._quiet = True
        self._table.update(
            self._frame(page.to_dicts()), selected_rows=self._places(page), **self._looks
        )
        self._quiet = False
        self._none.value = tag("p", self._nothing, class_="empty").markup
        shows(self._none, now=page.is_empty())
        shows(self._table, now=not page.is_empty())
        self._tell()

    def _frame(self, page: list[dict[str, Any]]) -> pl.DataFrame:
        heads = ["", *_apart([one.head for one in self.columns])]
        cells: list[list[str]] = [[""] * len(page)]
        for number, column in enumerate(self.columns):
            cells.append([self._cell(one, column, first=number == 0) for one in page])
        return pl.DataFrame(
            dict(zip(heads, cells, strict=True)), schema=dict.fromkeys(heads, pl.String)
        )

    def _cell(self, one: dict[str, Any], column: Column, *, first: bool) -> str:
        part = one[column.of] if isinstance(column.of, str) else column.of(one)
        shown = part if isinstance(part, Html) else Html("" if part is None else str(part))
        return tag("span", shown, data_name=self.name(one)).markup if first else shown.markup

    def _places(self, page: pl.DataFrame) -> list[int]:
        records = page["record"].to_list()
        return [place for place, record in enumerate(records) if record in self.selected]

    def _tick(self) -> None:
        self._quiet = True
        self._table.selected_rows = self._places(self.page)
        self._quiet = False

    def _ticked(self, change: dict[str, Any]) -> None:
        if self._quiet:
            return
        records = self.page["record"].to_list()
        ticked = {records[place] for place in change["new"] if place < len(records)}
        self.selected = (self.selected - set(records)) | ticked
        self._tell()

    def _tell(self) -> None:
        shown, start = self.page.height, self.place * self.length
        below = len(self.selected) - len(self._places(self.page))
        of = wording.count(self.rows.height, *self.nouns)
        number = wording.number
        rows = f"Rows {number(start + 1)} to {number(start + shown)} of {of}"
        seen = rows if shown < self.rows.height else of
        chosen = number(len(self.selected))
        elsewhere = f"; {number(below)} of the {chosen} selected are on other pages"
        self._says.value = Html(seen if shown else "", elsewhere if below else "").markup
        self._back.disabled = self.place == 0
        self._on.disabled = start + shown >= self.rows.height
        for one in (self._back, self._on):
            shows(one, now=self.rows.height > self.length)
        for then in self.chosen:
            then()

    def _turn(self, step: int) -> None:
        self.place += step
        self.stand_on(0)
        self.draw()

    def _walks(self, _: object) -> None:
        for then in self.walked:
            then()


def _apart(heads: Sequence[str]) -> list[str]:
    """Heads of which none is another: a sign nobody sees tells those apart that read the same."""
    return [head + UNSEEN * heads[:place].count(head) for place, head in enumerate(heads)]
