"""The fields of a mapping: many switched or said more of at once, the difference first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ipywidgets as ui
import polars as pl

from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.difference import changes_in, difference
from mdsync_nb.reports.pieces.fields import BEFORE, Between, called, field_columns, fields_listed
from mdsync_nb.widgets.bar import Bar
from mdsync_nb.widgets.field_acts import Makes, field_acts
from mdsync_nb.widgets.field_filters import FieldFilters
from mdsync_nb.widgets.front import Keyboard
from mdsync_nb.widgets.grid import Grid
from mdsync_nb.widgets.one_field import OneField
from mdsync_nb.widgets.strip import Did, Strip
from mdsync_nb.widgets.surface import bundle, button, counted, keys_line, row, shows, surface, told

if TYPE_CHECKING:
    from mdsync_nb.verbs.looking import Clock
    from mdsync_nb.workbench import Workbench
    from mdsync_nb.workspace.editing import Edit

MOVES = ("enabled", "direction", "overwrite_local_change", "match", "constant", "transformation")
KEYS = ["field", "integration", "row"]
"""What tells the fields of a mapping apart."""

LETTERS = (("K", "constant"), ("W", "no constant"), ("T", "transformation"),
        ("Z", "one step back"), ("S", "default setup"), ("F", "update fields"), ("R", "read again"),
        ("Y", "write"), ("U", "undo"))  # fmt: skip


class Fields:
    """The view of the fields of one mapping. Selecting never acts.

    What is changed is collected in `edits`, each of which goes on from the one before, and shown as
    the difference of mdsync.yaml; it is written with one press, and can be taken back.
    """

    def __init__(self, workbench: Workbench, clock: Clock, mapping: str) -> None:
        self.workbench = workbench
        self.edits: list[Edit] = []
        self.fields = pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String))
        self._written: Edit | None = None
        self.name = workbench.workspace.mapping(mapping).name
        self.between = _between(workbench, self.name)
        keys = Keyboard()
        self.strip = Strip(workbench, clock, after=self.reload)
        self.filters = FieldFilters(self._filtered)
        self.one = OneField(self.between, workbench.list_transformations(), self._say)
        self.grid = Grid(field_columns(self.between), keys, name=called, one="field", more="fields")
        self.grid.walked.append(lambda: self.one.show(self.grid.current))
        self._head = told()
        self._back = button("One step back", self.step_back, key="z", kind="link")
        self.bar = Bar(self.grid, field_acts(workbench, self.between, self.collect), self._back)
        self.reload()
        self.box = surface(
            row(self._head, row(*self._whole()), class_="head"),
            self.filters.box, self.bar.box, self.grid.box, self.one.box, self.strip.box,
            keys_line([*self.bar.keys(), *LETTERS]),
            keys=keys, name=f"Fields of {self.name}",
        )  # fmt: skip

    _repr_mimebundle_ = bundle

    def __repr__(self) -> str:
        on = wording.number(self.fields.filter("enabled").height)
        return f"Fields of {self.name}: {on} of {wording.number(self.fields.height)} on"

    @property
    def edit(self) -> Edit | None:
        """What was collected and not written yet, as one edit; None for nothing."""
        return self.edits[-1] if self.edits else None

    def twin(self) -> Html:
        """The fields as a report lists them, as mdsync.yaml is now."""
        now = self.workbench.show_mapping(self.name).fields
        title = tag("h2", self._title())
        return Html(title, tag("p", _many(now), class_="lede"), fields_listed(now, self.between))

    def collect(self, make: Makes) -> None:
        """Make one more change on top of what was collected, and show it; nothing is written."""
        first = self.edit
        self.strip.working.begin(
            "Finding out what it changes", lambda: make(first), self._collected
        )

    def step_back(self) -> None:
        """Drop the last change that was collected."""
        if self.strip.working.is_free():
            self.edits = self.edits[:-1]
            self._propose()

    def drop(self) -> None:
        """Drop all that was collected."""
        self.edits = []
        self.reload()

    def read_again(self) -> None:
        """Read mdsync.yaml as it is now; what was collected is dropped."""
        self.edits, self._written = [], None
        self.strip.discard()
        self.strip.working.begin("Reading", self.workbench.read_settings, lambda _: self.reload())

    def reload(self) -> None:
        """Show the fields as they are, or as they would be with what was collected."""
        now = self.workbench.show_mapping(self.name).fields
        edit = self.edit
        then = now if edit is None else self.workbench.show_mapping(self.name, upon=edit).fields
        shown = _beside(then, now)
        if not shown[KEYS].equals(self.fields[KEYS]):
            self.grid.selected.clear()
        self.fields = shown
        self._head.value = Html(tag("h2", self._title()), tag("p", _many(then))).markup
        counted(self._back, "One step back, of", len(self.edits))
        shows(self._back, now=bool(self.edits))
        self._show(first=False)

    def _collected(self, edit: Edit) -> None:
        before = self.edit.after if self.edit else edit.before
        if edit.after == before:
            noted = " ".join(edit.notes) or "Nothing would change."
            self.strip.working.fail("It is so already.", noted)
            return
        self.edits = [*self.edits, edit]
        self._propose()

    def _propose(self) -> None:
        edit = self.edit
        if edit is None:
            self.strip.discard()
            return
        come, go = changes_in(edit.diff)
        lines = f"{wording.count(come, 'line')} more, {wording.count(go, 'line')} less"
        said: list[Part] = [
            tag("p", f"Not written yet: {lines}. Plans of what it changes are stale.")
        ]
        said += [tag("p", wording.prose(note)) for note in edit.notes]
        self.strip.ask(
            f"What would change in {edit.file}", Html(*said), word="Write it", does=self._write,
            below=difference(edit.diff), drops=self.drop,
        )  # fmt: skip
        self.reload()

    def _write(self) -> Did:
        edit = self.edit
        assert edit is not None
        self.workbench.write_settings(edit)
        back = self._written is not None and edit == self._written.back
        self.edits, self._written = [], edit
        said = "as it was before" if back else "written. Plans of what it changed are stale"
        return Did(f"{edit.file} is {said}.", back=self._undo)

    def _undo(self) -> None:
        """Propose the file as it was before it was written; refused if it was changed meanwhile."""
        if self._written is not None:
            self.edits = [self._written.back]
            self._propose()

    def _whole(self) -> list[ui.Widget]:
        """What is done with the mapping as a whole."""
        verbs, name = self.workbench, self.name

        def reset() -> None:
            self.collect(lambda first: verbs.reset_mappings(name, upon=first))

        def update() -> None:
            self.collect(lambda first: verbs.refresh_fields(name, upon=first))

        return [
            button(
                "Default setup", reset, key="s", tip="Take back all that is said of the mapping"
            ),
            button("Update fields", update, key="f", tip="Look for fields that files have now"),
            button("Read again", self.read_again, key="r", kind="link"),
        ]

    def _title(self) -> str:
        return f"{self.between.here}: fields of {self.between.mapping.table}"

    def _filtered(self) -> None:
        self._show(first=True)

    def _show(self, *, first: bool) -> None:
        self.grid.show(self.filters.take(self.fields), none=NONE, first=first)
        if first:
            self.grid.stand_on(-1)
        self.one.show(self.grid.current)

    def _say(self, field: str, words: dict[str, str], gone: Sequence[str]) -> None:
        """Say words about one field, after taking back others."""

        def make(first: Edit | None) -> Edit:
            edit = first
            if gone:
                verb = self.workbench.reset_mappings
                edit = verb(self.name, fields=[field], words=gone, upon=edit)
            if words or edit is None:
                verb_ = self.workbench.set_mappings
                edit = verb_(self.name, fields=[field], words=words, upon=edit)
            return edit

        self.collect(make)


def _between(workbench: Workbench, name: str) -> Between:
    workspace = workbench.workspace
    mapping = workspace.mapping(name)
    here, there = (
        workspace.company(one).name or one for one in (mapping.local, mapping.integration)
    )
    return Between(mapping, here, there, tuple(workspace.settings.report.mask))


def _beside(then: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Give the fields as they would be, each with what it is now, and whether it would change."""
    before = now.select(*KEYS, pl.col(MOVES).name.suffix(BEFORE))
    joined = then.join(before, on=KEYS, how="left", nulls_equal=True, maintain_order="left")
    moved = [pl.col(one).ne_missing(pl.col(f"{one}{BEFORE}")) for one in MOVES]
    by_pack = pl.col("said_in").str.starts_with("pack ") | (pl.col("said_in") == "default")
    return joined.with_columns(changed=pl.any_horizontal(moved), said_here=~by_pack).with_row_index(
        "record"
    )


def _many(fields: pl.DataFrame) -> str:
    on, match = fields.filter("enabled").height, fields.filter("match")["field"].to_list()
    by = f"matched by {wording.listing(match)}" if match else "matched by no field"
    return f"{wording.number(on)} of {wording.count(fields.height, 'field')} on · {by}"


NONE = "No field matches the filter. Show all takes it off."
