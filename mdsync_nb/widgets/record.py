"""One record as a page: why it is what it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as ui
import polars as pl

from mdsync_nb.engine.comparison import Comparison
from mdsync_nb.engine.explaining import Explanation
from mdsync_nb.engine.one_job import called
from mdsync_nb.engine.waiting_records import answers_by_field, waiting_records
from mdsync_nb.model import Direction
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, tag
from mdsync_nb.reports.masking import said_of_records
from mdsync_nb.reports.pieces import explanation
from mdsync_nb.reports.pieces.explained import evidence_on, values_on, verdict_on
from mdsync_nb.widgets import acts
from mdsync_nb.widgets.bar import Act
from mdsync_nb.widgets.beside import Latest
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.one_record import OneRecord
from mdsync_nb.widgets.strip import KEYS, Strip
from mdsync_nb.widgets.surface import bundle, button, keys_line, row, shows, surface, told

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench

HITS = 8
"""Records a search lists; it says how many there are."""

Among = pl.DataFrame | Sequence[str] | None


class Seen(NamedTuple):
    """What is known of the record that is shown."""

    explanation: Explanation
    comparison: Comparison
    row: pl.DataFrame


class Record:
    """The view of one record. mapping, record: as for `explain`; without, somebody looks for one.

    among: records to go through with Previous and Next: a frame that names them by `mapping` and
    an id or key, as verbs give it, or numbers or ids of the mapping. Else what was found last.
    """

    def __init__(
        self,
        workbench: Workbench,
        clock: Clock,
        mapping: str = "",
        record: str = "",
        *,
        among: Among = None,
    ) -> None:
        self.workbench = workbench
        self.seen: Seen | None = None
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.reads = Latest(self.strip.working.fail)
        self.one = OneRecord(workbench, self.strip.working, self._chose)
        self.among = _named(among, mapping)
        self._parts(mapping)
        first = (mapping, record) if record or not self.among else self.among[0]
        self.place = self.among.index(first) if first in self.among else -1
        if first[1]:
            self._take(self._read(*first))
        else:
            self._draw()
        self.box = surface(
            row(self._title, row(self._back, self._on, self._again), class_="head"),
            self._looking, self._verdict, self.one.values, self._values, self._can,
            self.strip.box, self._evidence, self._keys,
            keys=keys, name="Record",
        )  # fmt: skip

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        if self.seen is None:
            return "Record: none was chosen"
        told = self.seen.explanation
        return f"Record: {told.mapping} {told.rule}"

    def twin(self) -> Html:
        """The explanation as a report shows it."""
        if self.seen is None:
            return Html(tag("h2", "Record"), tag("p", NOBODY, class_="empty"))
        return explanation(self.seen.explanation)

    def show(self, mapping: str, record: str) -> None:
        """Show another record, read beside the notebook. What was planned of this one is kept."""
        self.strip.discard()
        self._ask(mapping, record)

    def _ask(self, mapping: str, record: str) -> None:
        self.reads.ask(partial(self._read, mapping, record), self._take)

    def reload(self) -> None:
        """Read the record again."""
        if self.seen is not None:
            told = self.seen.explanation
            self._ask(told.mapping, told.source_id or told.destination_id or told.key)

    def look_for(self) -> None:
        """List the records whose number or name holds what was written."""
        mapping, text = str(self._mapping.value), self._text.value.strip()
        if text:
            find = self.workbench.find_records
            self.reads.ask(lambda: find(mapping, text, limit=HITS), self._found)

    def step(self, by: int) -> None:
        """Go to the next record of the list, or the one before."""
        if 0 <= self.place + by < len(self.among):
            self.place += by
            self.show(*self.among[self.place])

    def plan_chosen(self) -> None:
        """Plan what was chosen field by field."""
        if self.seen is None or not self.one.said:
            return
        c = self.seen.comparison
        said = self.one.answers(waiting_records(c))
        self.strip.propose(
            "Planning",
            lambda: self.workbench.decide(answers_by_field(c, said), title="Decided by field"),
        )

    def _parts(self, mapping: str) -> None:
        """Make what the view is put together from."""
        names = called(self.workbench.workspace)
        options = [(name, code) for code, name in names.items()]
        chosen = self.workbench.workspace.mapping(mapping).name if mapping else options[0][1]
        self._title, self._values, self._evidence = told(), told(), told()
        self._verdict = told(class_="verdict")
        self._mapping = ui.Dropdown(options=options, value=chosen)
        self._mapping.observe(lambda _: self.look_for(), "value")
        self._text = ui.Text(placeholder="Number or name, then Enter", continuous_update=False)
        self._text.observe(lambda _: self.look_for(), "value")
        find = button("Find", self._text.focus, key="f", kind="link", tip="Look for another record")
        self._hits, self._says, self._keys = row(class_="hits"), told(), keys_line([])
        search = row(told("Find"), self._mapping, self._text, find)
        self._looking = ui.VBox([search, self._hits, self._says])
        self._looking.add_class("filters")
        self._back = button("Previous", lambda: self.step(-1), key="k")
        self._on = button("Next", lambda: self.step(1), key="j")
        self._again = button("Read again", self.reload, key="r", kind="link")
        tip = "Plan what was chosen field by field"
        self._decided = button("Plan the decided", self.plan_chosen, key="d", kind="go", tip=tip)
        self._acts = [
            *acts.deciding(self.strip, self._compared),
            *acts.synchronizing(self.strip),
            *acts.acts(self.strip),
        ]
        self._buttons = [
            button(one.word, partial(self._begin, one), key=one.key, tip=one.tip)
            for one in self._acts
        ]
        self._can = row(*self._buttons, self._decided, class_="selbar")

    def _read(self, mapping: str, record: str) -> Seen:
        told = self.workbench.explain(mapping, record)
        asked = told.source_id or told.destination_id or told.key
        compared = self.workbench.compare(told.mapping, records=[asked])
        return Seen(told, compared, self._row(told, waiting_records(compared)))

    def _row(self, told: Explanation, waits: pl.DataFrame) -> pl.DataFrame:
        """The record as what can be done with it looks at it: as it waits, or as it is."""
        two = self.workbench.workspace.mapping(told.mapping).direction is Direction.BIDIRECTIONAL
        plain = {
            "record": 0, "mapping": told.mapping, "rule": told.rule, "coupled": told.coupled,
            "source_id": told.source_id or None, "destination_id": told.destination_id or None,
            "fields": [], "open": 0,
        }  # fmt: skip
        schema = {name: kind for name, kind in waits.schema.items() if name in plain}
        rows = waits if waits.height else pl.DataFrame([plain], schema=schema)
        return rows.head(1).with_columns(two_way=pl.lit(two))

    def _compared(self) -> Comparison:
        assert self.seen is not None
        return self.seen.comparison

    def _begin(self, act: Act) -> None:
        if self.seen is not None:
            act.begin(self.seen.row)

    def _take(self, seen: Seen) -> None:
        self.seen = seen
        self.one.said.clear()
        if self._hits.children:
            self._hits.children = ()
            self._again.focus()
        self._draw()

    def _draw(self) -> None:
        """Draw what is known of the record."""
        seen = self.seen
        self._title.value = tag("h2", self._heading()).markup
        waits = None if seen is None or "state" not in seen.row.columns else seen.row
        compared = None if seen is None else seen.comparison
        if compared is not None:
            self.one.show(None if waits is None else waits.row(0, named=True), compared)
        side_by_side = waits is not None and bool(self.one.values.rows)
        shows(self.one.values, now=side_by_side)
        if seen is None:
            self._verdict.value = tag("p", NOBODY, class_="empty").markup
        else:
            told_of = seen.explanation
            self._verdict.value = verdict_on(told_of).markup
            self._values.value = values_on(told_of).markup
            self._evidence.value = evidence_on(told_of).markup
        shows(self._values, now=seen is not None and not side_by_side)
        self._offer()

    def _offer(self) -> None:
        """Show what can be done with the record, and where there is another one."""
        row_ = None if self.seen is None else self.seen.row
        tests = [one.fits.alias(one.word) for one in self._acts]
        fits = [False] * len(tests) if row_ is None else row_.select(tests).row(0)
        for made, now in zip(self._buttons, fits, strict=True):
            shows(made, now=bool(now))
        shows(self._again, now=row_ is not None)
        self._chose()
        last = len(self.among) - 1
        self._back.disabled, self._on.disabled = self.place <= 0, self.place >= last
        for one in (self._back, self._on):
            shows(one, now=last > 0)
        self._tell_keys([one for one, now in zip(self._acts, fits, strict=True) if now])

    def _tell_keys(self, offered: Sequence[Act]) -> None:
        """Say the keys of what there is to press now."""
        walks = [("K", "previous"), ("J", "next")] if len(self.among) > 1 else []
        again = [("R", "read again")] if self.seen else []
        named = [(one.key.upper(), one.word[:1].lower() + one.word[1:]) for one in offered]
        decided = [("D", "plan the decided")] if self.one.values.rows and self.seen else []
        keys = [*walks, ("F", "find"), *again, *named, *decided, *(KEYS if self.seen else [])]
        self._keys.value = keys_line(keys).value

    def _chose(self) -> None:
        shows(self._decided, now=bool(self.one.said))

    def _heading(self) -> str:
        many = len(self.among)
        if many > 1 and self.place >= 0:
            return f"Record {wording.number(self.place + 1)} of {wording.number(many)}"
        return "Record"

    def _found(self, found: pl.DataFrame) -> None:
        if found.is_empty():
            self._hits.children = ()
            self._says.value = tag("p", f"{NOTHING} {self._text.value}.", class_="small").markup
            return
        self.among, self.place = _named(found, ""), -1
        self._offer()
        mask = self.workbench.workspace.settings.report.mask
        shown = said_of_records(found, mask).to_dicts()
        self._hits.children = [
            button(_hit(one), partial(self._choose, n), kind="link") for n, one in enumerate(shown)
        ]
        every = int(found["matches"][0])
        more = f"The first {found.height} of {wording.count(every, 'record')}; say more of it."
        self._says.value = tag("p", more, class_="small").markup if every > found.height else ""
        if found.height == 1:
            self._choose(0)
        else:
            self._hits.children[0].focus()

    def _choose(self, place: int) -> None:
        self.place = place
        self._says.value = ""
        self.show(*self.among[place])


def _named(among: Among, mapping: str) -> list[tuple[str, str]]:
    """The mapping and an id or key of each record of a list."""
    if among is None:
        return []
    if not isinstance(among, pl.DataFrame):
        return [(mapping, one) for one in among]
    ids = ("source_id", "integration_id", "destination_id", "local_id", "key")
    known = [one for one in ids if one in among.columns]
    where = pl.col("mapping") if "mapping" in among.columns else pl.lit(mapping)
    rows = among.select(where.alias("mapping"), record=pl.coalesce(known))
    named = rows.drop_nulls("record").unique(maintain_order=True)
    return [(str(one), str(record)) for one, record in named.iter_rows()]


def _hit(one: dict[str, Any]) -> str:
    side = "" if one["coupled"] else " (only there)" if one["integration_id"] else " (only here)"
    return " · ".join(part for part in (one["key"], one["name"]) if part) + side


NOBODY = "No record was chosen. Write part of its number or name, and press Enter."
NOTHING = "No record of this table is called"
