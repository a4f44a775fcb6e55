"""Every table of every company: how it stands, and what to do with many of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from mdsync_nb import frames
from mdsync_nb.engine.standing import (
    BEHIND,
    IN_ERROR,
    IN_STEP,
    NEVER,
    NOT_LOADED,
    OFF,
    ON_HOLD,
    STATES,
)
from mdsync_nb.engine.waiting_records import waiting_records
from mdsync_nb.model import Direction
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.grid import Column, grid
from mdsync_nb.reports.pieces.lists import JOB_KINDS
from mdsync_nb.widgets.bar import Act, Bar
from mdsync_nb.widgets.chips import Chips
from mdsync_nb.widgets.errors import Errors
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.grid import LONG_PAGE, Grid
from mdsync_nb.widgets.strip import KEYS, Strip
from mdsync_nb.widgets.surface import bundle, button, keys_line, row, shows, stacked, surface, told
from mdsync_nb.widgets.table_acts import RUNS, TableActs, names_of

if TYPE_CHECKING:
    from mdsync_nb.engine.comparison import Comparison
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

Row = dict[str, Any]
PLAIN = (IN_STEP, BEHIND, NEVER)
"""States that are said as they are; the others have an outline, as they keep a table from runs."""

BOTH_WAYS = Direction.BIDIRECTIONAL.value
WAYS = {BOTH_WAYS: "both ways", Direction.TO_INTEGRATION.value: "sends"}
KINDS = {
    "Behind": pl.col("state") == BEHIND,
    "Something waits": pl.col("waits") > 0,
    "In error": pl.col("state") == IN_ERROR,
    "On hold": pl.col("state") == ON_HOLD,
    "Never run": pl.col("state") == NEVER,
    "In step": pl.col("state") == IN_STEP,
    "Not loaded": pl.col("state") == NOT_LOADED,
    "Off": pl.col("state") == OFF,
}
LONG = 70
"""Characters of an outcome that are shown; pointing at it shows the rest."""

NONE = "Nothing matches the filter. Show all, or look for something else."
EMPTY = "No table is in force. Say one in mdsync.yaml, or make it with `mdsync mapping add-table`."


class Tables:
    """The view of all tables. mappings: as for `compare`, those switched off as well.

    Selecting never acts. An action is for the selected tables; `A` selects all that are shown.
    """

    def __init__(self, workbench: Workbench, clock: Clock, mappings: tuple[str, ...]) -> None:
        self.workbench, self.clock, self.mappings = workbench, clock, mappings
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.kinds = Chips(
            KINDS, self._asked, text=("named", "table"), placeholder="Company, table"
        )
        self.grid = Grid(COLUMNS, keys, name=_called, one="table", more="tables", length=LONG_PAGE)
        self.bar = Bar(self.grid, [*TableActs(self.strip).acts(), *self._looks()])
        self._head, self._opened = told(), stacked()
        again = button("Look again", self.reload, key="r", kind="link")
        self._close = button("Close the errors", self.close, key="z", kind="link")
        shows(self._close, now=False)
        self.reload()
        view = surface(
            row(self._head, row(self._close, again), class_="head"),
            self.kinds.box, self.bar.box, self.grid.box, self.strip.box,
            keys_line([*self.bar.keys(), ("R", "look again"), ("Z", "close the errors"), *KEYS]),
            keys=keys, name="Tables",
        )  # fmt: skip
        self.box = stacked(view, self._opened)

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        return f"Tables: {wording.number(self.tables.height)}"

    def twin(self) -> Html:
        """All tables as a report shows them."""
        head = tag("h2", _heading(self.tables)) + tag("p", _figures(self.tables), class_="lede")
        shown = _placed(self.tables, self.tables.height + 1)
        return head + grid(shown, COLUMNS, caption="Tables", none=EMPTY, shown=shown.height)

    def reload(self) -> None:
        """Show how the tables stand now."""
        found = self.workbench.tables(*self.mappings).with_row_index("record")
        self.tables = found.with_columns(
            pl.col("record").cast(pl.Int64),
            named=pl.col("company").map_elements(self._named, return_dtype=pl.String),
            other=pl.col("other").map_elements(self._named, return_dtype=pl.String),
            now=pl.lit(self.clock(), dtype=frames.TIME),
        )
        self._show(first=False)

    def open_errors(self, chosen: pl.DataFrame) -> None:
        """Open what waits in tables, under this view."""
        names = tuple(names_of(chosen))
        self.strip.begin("Comparing", lambda: Errors(self.workbench, self.clock, names), self._open)

    def close(self) -> None:
        """Close what was opened under this view."""
        self._opened.children = []
        shows(self._close, now=False)

    def count(self, chosen: pl.DataFrame) -> None:
        """Count what waits in tables, by looking at every record."""
        names = names_of(chosen)
        self.strip.begin("Comparing", lambda: self.workbench.compare(*names), self._count)

    def _looks(self) -> list[Act]:
        tip = "Look at every record and count what waits for a person"
        return [
            Act("Count what waits", "w", tip, RUNS, self.count, always=True),
            Act(
                "Open errors", "e", "Decide what waits in them", RUNS, self.open_errors, always=True
            ),
        ]

    def _open(self, errors: Errors) -> None:
        self._opened.children = [errors.box]
        shows(self._close, now=True)

    def _count(self, found: Comparison) -> None:
        waits = waiting_records(found).group_by("mapping").agg(found=pl.len().cast(pl.Int64))
        looked = pl.col("mapping").is_in(found.reconciliation["mapping"].implode())
        known = self.tables.join(waits, on="mapping", how="left", maintain_order="left")
        self.tables = known.with_columns(
            waits=pl.when(looked).then(pl.col("found").fill_null(0)).otherwise("waits"),
        ).drop("found")
        self._show(first=False)

    def _asked(self) -> None:
        self._show(first=True)

    def _show(self, *, first: bool) -> None:
        self._head.value = Html(
            tag("h2", _heading(self.tables)), tag("p", _figures(self.tables), class_="lede")
        ).markup
        shown = _placed(self.kinds.take(self.tables), LONG_PAGE)
        self.grid.show(shown, none=NONE if self.tables.height else EMPTY, first=first)
        shows(self.kinds.box, now=bool(self.tables.height))

    def _named(self, code: str) -> str:
        return self.workbench.workspace.company(code).name or code


def _placed(tables: pl.DataFrame, page: int) -> pl.DataFrame:
    """Mark the first table of a company, on every page anew."""
    place = pl.int_range(pl.len())
    first = (place % page == 0) | pl.col("company").ne_missing(pl.col("company").shift())
    return tables.with_columns(first=first, alone=pl.col("other").n_unique() == 1)


def _heading(tables: pl.DataFrame) -> str:
    where = tables["named"].unique(maintain_order=True).to_list()
    if not where:
        return "No table"
    many = wording.count(tables.height, "table")
    others = tables["other"].unique().to_list()
    kept = f", kept in step with {others[0]}" if len(others) == 1 else ""
    return (
        f"{where[0]}: {many}{kept}"
        if len(where) == 1
        else f"{many} of {wording.listing(where)}{kept}"
    )


def _figures(tables: pl.DataFrame) -> Html:
    """What the tables come to, in a sentence."""
    states = dict(tables.group_by("state").len().iter_rows())
    said = [f"{wording.number(states[one])} {one}" for one in reversed(STATES) if one in states]
    changes = int(tables["from_there"].sum()) + int(tables["from_here"].sum())
    waits = int(tables["waits"].sum())
    said += [f"{wording.count(changes, 'change')} not read yet"] if changes else []
    wait = wording.count(waits, "record waits", "records wait")
    said += [f"{wait} for a person"] if waits else []
    if not said:
        return Html()
    at = wording.moment(tables["now"][0])
    return Html(", ".join(said), ", as of ", at, "; all times are UTC")


def _called(one: Row) -> str:
    return f"{one['named']} {one['table']}"


def _company(one: Row) -> Part:
    if not one["first"]:
        return tag("span", one["named"], class_="unseen")
    other = tag("span", f"with {one['other']}", class_="second nowrap")
    return Html(tag("b", one["named"]), None if one["alone"] else other)


def _table(one: Row) -> Part:
    way = WAYS.get(one["direction"])
    return Html(one["table"], tag("span", way, class_="second") if way else None)


def _state(one: Row) -> Part:
    state = tag("span", one["state"], class_="nowrap" if one["state"] in PLAIN else "tag")
    if one["next_start"] is None or one["state"] in (OFF, ON_HOLD):
        return state
    at = wording.moment(one["next_start"], said=one["now"])
    return Html(state, tag("span", "next ", at, class_="second nowrap"))


def _changes(one: Row) -> Part:
    """The changes no run has read yet, on the sides its runs read."""
    if one["state"] in (OFF, NOT_LOADED):
        return wording.ZERO
    both = one["direction"] == BOTH_WAYS
    there = one["direction"] != Direction.TO_INTEGRATION.value
    parts = [_change(one, "there", both=both)] if there else []
    parts += [_change(one, "here", both=both)] if both or not there else []
    return Html(*parts)


def _change(one: Row, side: str, *, both: bool) -> Part:
    changes, rows = one[f"from_{side}"], one[f"rows_{side}"]
    if changes is None:
        number = tag("span", f"all {wording.number(rows)}", class_="mute")
    else:
        number = Html(wording.number(changes) if changes else wording.ZERO)
    return tag("span", number, f" {side}", class_="side") if both else number


def _waits(one: Row) -> Part:
    if one["waits"] is None:
        return tag("span", "not known", class_="mute")
    many = wording.number(one["waits"]) if one["waits"] else wording.ZERO
    return tag("b", many) if one["waits"] else Html(many)


def _last(one: Row) -> Part:
    if one["last_job"] is None:
        return tag("span", "no job yet", class_="mute")
    kind = JOB_KINDS.get(one["last_kind"], one["last_kind"])
    said = one["outcome"]
    short = said if len(said) <= LONG else f"{said[: LONG - 1]}…"
    outcome = tag("span", short, title=said if short != said else None)
    return Html(outcome, tag("span", f"{kind} · job {one['last_job']}", class_="second nowrap"))


def _ended(one: Row) -> Part:
    return wording.moment(one["last_at"], said=one["now"]) if one["last_at"] else None


def _read(one: Row) -> Part:
    """How far its runs read, on the sides they read."""
    there, here = (_until(one, name) for name in ("watermark", "local_watermark"))
    if one["direction"] == BOTH_WAYS:
        both = tag("span", here, " here", class_="second nowrap")
        return Html(tag("span", there, " there", class_="nowrap"), both)
    return there if one["direction"] == Direction.FROM_INTEGRATION.value else here


def _until(one: Row, name: str) -> Html:
    if one[name] is None:
        return tag("span", "not yet", class_="mute")
    return wording.moment(one[name], said=one["now"])


COLUMNS = (
    Column("Company", _company),
    Column("Table", _table),
    Column("State", _state),
    Column(
        "Coupled",
        lambda one: wording.number(one["coupled"]) if one["coupled"] else wording.ZERO,
        right=True,
    ),
    Column("Changes", _changes, right=True),
    Column("Waits", _waits, right=True),
    Column("Last job", _last),
    Column("Ended", _ended),
    Column("Read up to", _read),
)
