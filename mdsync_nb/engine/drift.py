"""Where two loads or companies of a table differ: to count, to narrow down, to plan from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.drift_kinds import KINDS, kinds
from mdsync_nb.core.drift_spread import FACET, facet, spread, unevenness
from mdsync_nb.core.drifting import COMPARED
from mdsync_nb.engine.selecting import Asked
from mdsync_nb.errors import UnknownName, UsageError

DIFFERENT = frames.DRIFT_STATES[1:]


@dataclass(frozen=True)
class Narrowed:
    """What is asked of records; blank asks nothing. fields: differs in one of these at least, of a
    kind and with a detail, as in `kinds`. where: field -> its value, None for a blank."""

    state: str = ""
    fields: tuple[str, ...] = ()
    kind: str = ""
    detail: str = ""
    where: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Whether anything is asked."""
        return self != Narrowed()


@dataclass(frozen=True)
class Drift:
    """Where two sides of a table differ, as somebody narrowed it down.

    table: what it is called. sides: `frames.DRIFT_SIDES`. ways: how many pairs were put together
    by `coupling`, `primary key` and `id`. through: the company both are coupled to. mapping: the
    one between the two, blank where there is none. sources: what `plan` can take the values from.
    masked: fields whose values reports hide. asked: what it is narrowed to. Of these records are
    `records`, `cells`, `values` and `spread`; `fields`, `kinds` and `facets` count every choice.
    """

    table: str
    sides: pl.DataFrame
    compared: pl.DataFrame
    scope: pl.DataFrame
    every_record: pl.DataFrame
    every_cell: pl.DataFrame
    ways: dict[str, int]
    mapping: str
    sources: tuple[str, ...]
    through: str
    masked: tuple[str, ...]
    plans: Callable[[Drift, str, bool], list[Asked]]
    asked: Narrowed = Narrowed()

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces import drift_page

        return drift_page(self)._repr_html_()

    def __len__(self) -> int:
        return self.records.height

    def __repr__(self) -> str:
        there, here = self.names
        return f"{self.table}, {there} and {here}: {len(self):,} of {self.whole:,} records differ"

    @property
    def names(self) -> tuple[str, str]:
        """What people call the two sides, the one there first."""
        there, here = (row["name"] for row in self.sides.to_dicts())
        if there != here:
            return there, here
        first, second = (_at(row) for row in self.sides.to_dicts())
        return f"{there} {first}", f"{here} {second}"

    @property
    def words(self) -> str:
        """What is asked, as the title of a plan says it."""
        asked, (there, here) = self.asked, self.names
        values = (f"{name} {value or 'blank'}" for name, value in asked.where.items())
        way = next((one.words for one in KINDS if one.id == asked.kind), "")
        way = way.format(there=there, here=here, detail=asked.detail)
        differ = f"{' or '.join(asked.fields)} differs" if asked.fields else asked.state
        return ", ".join(one for one in (differ, way, *values) if one) or "all that differ"

    @cached_property
    def states(self) -> dict[str, int]:
        """How many records are equal, differ, are only there and only here; as `where` asks."""
        counted = dict(self._within.group_by("state").len().iter_rows())
        return {state: int(counted.get(state, 0)) for state in frames.DRIFT_STATES}

    @property
    def whole(self) -> int:
        """How many records there are on either side, as `where` asks."""
        return sum(self.states.values())

    @property
    def divided(self) -> list[str]:
        """The fields by whose values records are counted in `facets`."""
        names = self.scope.columns[len(frames.DRIFT_SCOPE) :]
        return [name.removeprefix(FACET) for name in names]

    @cached_property
    def records(self) -> pl.DataFrame:
        """The records that differ and are asked for (`frames.DRIFT_RECORDS`)."""
        return self._among(self.every_record, self.asked)

    @cached_property
    def cells(self) -> pl.DataFrame:
        """What differs in these records (`frames.DRIFT_CELLS`)."""
        return self._among(self.every_cell, self.asked)

    @cached_property
    def fields(self) -> pl.DataFrame:
        """In how many records each field differs (`frames.DRIFT_FIELDS`), whatever field is asked
        for."""
        many = self.states["equal"] + self.states["differs"]
        counted = self._open_cells.group_by(pl.col("field").cast(pl.String)).agg(
            records=pl.len(),
            blank_there=pl.col("there").is_null().sum(),
            blank_here=pl.col("here").is_null().sum(),
        )
        counts = ("records", "blank_there", "blank_here")
        known = self.compared.join(counted, on="field", how="left").with_columns(
            pl.col(counts).fill_null(0)
        )
        is_compared = pl.col("state") == COMPARED
        share = pl.when(is_compared & (many > 0)).then(pl.col("records") / many)
        ordered = known.with_columns(share=share).sort(
            "records", is_compared, "field", descending=[True, True, False]
        )
        return frames.conform(ordered, frames.DRIFT_FIELDS)

    @cached_property
    def kinds(self) -> pl.DataFrame:
        """How values of each field differ (`frames.DRIFT_KINDS`), whatever field is asked for."""
        return kinds(self._open_cells, self.names)

    @cached_property
    def facets(self) -> pl.DataFrame:
        """Records by the values of fields (`frames.DRIFT_FACETS`): what each value would show."""
        parts = [self._facet(name) for name in self.divided]
        ordered = sorted((one for one in parts if one.height > 1), key=unevenness, reverse=True)
        return pl.concat([frames.empty(frames.DRIFT_FACETS), *ordered])

    def values(self, name: str) -> pl.DataFrame:
        """Give the pairs of values of a field that differ, most first (`frames.DRIFT_VALUES`)."""
        counted = self._of(name).group_by("there", "here").agg(records=pl.len())
        ordered = counted.sort("records", "there", "here", descending=[True, False, False])
        return frames.conform(ordered, frames.DRIFT_VALUES)

    def spread(self, name: str) -> pl.DataFrame:
        """Give by how much numbers or dates of a field differ (`frames.DRIFT_SPREAD`)."""
        kind = self.compared.filter(field=name)["type"].first()
        return spread(self._of(name), str(kind))

    def narrow(
        self,
        *fields: str,
        kind: str = "",
        detail: str = "",
        state: str = "",
        where: Mapping[str, str | None] | None = None,
    ) -> Drift:
        """Give the same of fewer records, besides what was asked before.

        fields: that differ in one of these at least; they take the place of those asked before.
        kind, detail: in this way, as in `kinds`. state: `differs`, `only there`, `only here`.
        where: field -> its value, None for a blank, of the fields in `facets`. Raises UnknownName.
        """
        _known("field", fields, self.compared["field"].to_list())
        _known("kind", [kind] if kind else [], [one.id for one in KINDS])
        _known("state", [state] if state else [], DIFFERENT)
        _known("facet", where or (), self.divided)
        old = self.asked
        if fields or kind:
            old = replace(old, fields=fields or old.fields, kind=kind, detail=detail)
        elif detail:
            old = replace(old, detail=detail)
        asked = replace(old, state=state or old.state, where={**old.where, **(where or {})})
        return replace(self, asked=asked)

    def widen(self) -> Drift:
        """Give all records again."""
        return replace(self, asked=Narrowed())

    def plan(self, source: str = "there", *, create: bool = False) -> list[Asked]:
        """Plan to write these records from one side to the other; `apply` each by its id.

        source: whose values are taken, whatever changed where: one of `sources`; `both`: each
        field from the side that changed it, of records that wait. Every field the mapping carries
        goes, not only the one asked for. create: those that are only on that side are created, in
        place of writing those that differ. Gives a plan of what flows, and one of what a run would
        leave for somebody to decide, each with the records that are left out and why. Raises
        UsageError for loads, which are of the past, and where no mapping flows that way.
        """
        return self.plans(self, source, create)

    def refusal(self) -> UsageError | None:
        """Give why nothing can be planned of it, or None: only companies as they are now, with a
        mapping between them, can be written."""
        first, second = self.sides["company"]
        if first == second:
            return UsageError(
                "Two loads of one company: there is nothing to plan.",
                hint="Undo the job that changed it, or compare it with another company.",
            )
        if not self.sides["in_force"].all():
            return UsageError(
                "A load of the past cannot be written to or from.",
                hint="Compare the companies as they are now.",
            )
        if self.mapping:
            return None
        both = f" Both are coupled to {self.through}: compare each with it." if self.through else ""
        return UsageError(
            f"No mapping keeps {self.table} of {' and '.join(self.names)} in step.",
            hint=f"Only what a mapping keeps in step can be planned.{both}",
        )

    @cached_property
    def _within(self) -> pl.DataFrame:
        return self._where(self.asked.where)

    @cached_property
    def _open_cells(self) -> pl.DataFrame:
        """What differs in the records asked for, whatever field is."""
        return self._among(self.every_cell, replace(self.asked, fields=(), kind="", detail=""))

    def _where(self, where: Mapping[str, str | None]) -> pl.DataFrame:
        tests = [
            pl.col(FACET + name).cast(pl.String).eq_missing(pl.lit(value, dtype=pl.String))
            for name, value in where.items()
        ]
        return self.scope.filter(*tests) if tests else self.scope

    def _chosen(self, asked: Narrowed) -> pl.Series:
        """The numbers of the records asked for."""
        found = self._where(asked.where).filter(pl.col("record").is_not_null())
        if asked.state:
            found = found.filter(pl.col("state").cast(pl.String) == asked.state)
        if asked.fields or asked.kind:
            found = found.join(self._asked_cells(asked), on="record", how="semi")
        return found["record"]

    def _asked_cells(self, asked: Narrowed) -> pl.DataFrame:
        tests = [_text(name) == value for name, value in _of_cells(asked)]
        if asked.fields:
            tests.append(_text("field").is_in(asked.fields))
        return self.every_cell.filter(*tests) if tests else self.every_cell

    def _among(self, rows: pl.DataFrame, asked: Narrowed) -> pl.DataFrame:
        if not asked.asks:
            return rows
        return rows.filter(pl.col("record").is_in(self._chosen(asked).implode()))

    def _of(self, name: str) -> pl.DataFrame:
        """What differs in one field of these records, in the way asked for."""
        _known("field", [name], self.compared["field"].to_list())
        tests = [_text(one) == value for one, value in _of_cells(self.asked)]
        return self.cells.filter(_text("field") == name, *tests)

    def _facet(self, name: str) -> pl.DataFrame:
        others = {one: value for one, value in self.asked.where.items() if one != name}
        chosen = self._chosen(replace(self.asked, where=others))
        is_asked = pl.col("record").is_in(chosen.implode()).fill_null(value=False)
        return facet(self._where(others).with_columns(asked=is_asked), name)


def _of_cells(asked: Narrowed) -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in (("kind", asked.kind), ("detail", asked.detail)) if value
    ]


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _known(kind: str, asked: Iterable[str], names: Sequence[str]) -> None:
    for one in asked:
        if one not in names:
            raise UnknownName(kind, one, names)


def _at(row: dict[str, object]) -> str:
    return "now" if row["in_force"] else f"{row['as_of']:%Y-%m-%d %H:%M}"
