"""Looking at a full synchronization: its lines, and what starting them would do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core import full_sync
from mdsync_nb.core.coupling import match
from mdsync_nb.core.full_sync import CURRENCIES
from mdsync_nb.engine.counterparts import matchable
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.planning import rows_in_filter
from mdsync_nb.engine.stepping import Run, each_way, steps, with_all_fields
from mdsync_nb.errors import UsageError
from mdsync_nb.model import Condition, FirstSync, LineStatus, Recommendation, TableMapping
from mdsync_nb.store import Reading, Store
from mdsync_nb.workspace import Workspace

ALIKE = ("two-firms", "looks-like-existing", "key-taken")
"""Rules of records that look like one the subsidiary has already; none of them is created."""

MATCHED = "not-coupled-yet"
"""The rule of records that coupling would put together."""

EQUAL = ("agrees", "new_both_same")
"""Classes of pairs without a value that differs."""

NOT_COUPLED = pl.col("destination_id").is_null() | pl.col("destination_id").str.starts_with("new:")
"""Decisions about records of the source company without a counterpart."""

STOPPED = ("wait", "fail", "skip")
RATE = Condition(field="ExchangeRate", values=("1",))
"""What tells the base currency of Dataverse from the others."""

NOBODY = pl.Series("row", [], dtype=pl.Int64)


@dataclass(frozen=True, repr=False)
class Forecast:
    """What starting would do: `frames.FORECAST`, a row a line that would run, in their order; and
    the records that look like existing ones (`frames.LOOK_ALIKES`)."""

    lines: pl.DataFrame
    alike: pl.DataFrame

    def total(self, name: str) -> int:
        """How many records of all lines together: `couples`, `creates`, `changes`, `alike`."""
        return int(self.lines[name].sum())

    def __repr__(self) -> str:
        told = ", ".join(f"{name} {self.total(name)}" for name in ("couples", "creates", "changes"))
        return f"Forecast({self.lines.height} lines: {told}, {self.alike.height} look alike)"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import forecast_summary

        return forecast_summary(self)._repr_html_()


def review(store: Store, workspace: Workspace, chosen: Sequence[TableMapping]) -> pl.DataFrame:
    """Make a line for each mapping, or refresh it while it is blank; gives `frames.REVIEW`.

    Source: semantics.md 6.2, 6.3.
    """
    store.refresh_review(_fresh(store, chosen))
    return lines_of(store, workspace, [one.name for one in chosen])


def lines_of(store: Store, workspace: Workspace, names: Collection[str]) -> pl.DataFrame:
    """Give the lines of these mappings as they are kept (`frames.REVIEW`)."""
    return among(full_sync.review(_places(workspace), store.review_lines()), names)


def among(lines: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    """Give the lines of these mappings."""
    return lines.filter(pl.col("mapping").is_in(list(names)))


def _places(workspace: Workspace) -> pl.DataFrame:
    """Every mapping that may have a line, in the order of dependencies."""
    rows = [
        (one.name, one.table, [f"{one.link}/{short}" for short in one.depends_on])
        for one in workspace.mappings.values()
        if one.enabled
    ]
    schema = {name: frames.REVIEW[name] for name in ("mapping", "table", "depends_on")}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _fresh(store: Store, chosen: Sequence[TableMapping]) -> pl.DataFrame:
    """A blank line for each mapping, by what both companies hold now."""
    with store.reading() as reading:
        rows = [
            {
                "mapping": one.name,
                "table": one.table,
                "source_rows": _rows(reading, one, "integration"),
                "local_rows": _rows(reading, one, "local"),
                "coupled": reading.coupled(one.name)[0],
                "kind": one.kind.value,
                "integration_table": one.integration_table,
                "base_currency": _only_base_currency(reading, one),
            }
            for one in chosen
        ]
    return full_sync.new_lines(pl.DataFrame(rows, schema=frames.REVIEW_FACTS))


def _rows(reading: Reading, mapping: TableMapping, side: str) -> int | None:
    """How many records of one side are in its filter; None when it was never loaded."""
    company, table, conditions = {
        "integration": (mapping.integration, mapping.integration_table, mapping.integration_filter),
        "local": (mapping.local, mapping.table, mapping.local_filter),
    }[side]
    image = reading.image(company, table)
    return None if image is None else rows_in_filter(reading, image, conditions)


def _only_base_currency(reading: Reading, mapping: TableMapping) -> bool:
    """Whether Dataverse has one currency, the one with the exchange rate 1 (semantics.md 6.3)."""
    image = reading.image(mapping.integration, mapping.integration_table)
    if mapping.integration_table != CURRENCIES or image is None or image.rows != 1:
        return False
    return image.has(RATE.field) and rows_in_filter(reading, image, (RATE,)) == 1


def forecast(
    store: Store,
    workspace: Workspace,
    chosen: Sequence[TableMapping],
    *,
    exclude: Collection[str],
    restart: bool,
) -> Forecast:
    """Look at what starting these lines would do; nothing is written, no line is touched.

    exclude: names of mappings left out. Lines that would end in error say why, and those that
    wait for them are not in it.
    """
    names = [one.name for one in chosen]
    kept = store.review_lines()
    kept = full_sync.restarted(kept, names) if restart else kept
    kept = full_sync.refreshed(kept, _fresh(store, chosen))
    kept = full_sync.excluded(kept, exclude)
    places = _places(workspace)
    with store.reading() as reading:
        reached = full_sync.cascade(full_sync.review(places, kept), names)
        failing = _failing(reading, workspace, reached)
        kept = full_sync.ended(kept, failing, LineStatus.ERROR)
        runs = full_sync.cascade(full_sync.review(places, kept), names)
        parts = _each(reading, workspace, runs)
    stopping = [_stopping(name, why) for name, why in failing.items()]
    rows = _by_line([row for row, _ in parts] + stopping)
    return Forecast(
        frames.conform(
            places.select("mapping").join(rows, on="mapping", maintain_order="left"),
            frames.FORECAST,
        ),
        pl.concat([frames.empty(frames.LOOK_ALIKES), *(alike for _, alike in parts)]),
    )


Expected = tuple[dict[str, object], pl.DataFrame]


def _each(reading: Reading, workspace: Workspace, runs: pl.DataFrame) -> list[Expected]:
    """What each line would do, in order: every step sees what those before it would create."""
    told = dict(runs.select("mapping", "recommendation").rows())
    mappings = [workspace.mapping(name) for name in told]
    found: list[Expected] = []
    for forced in (False, True):
        going = [way for m in mappings if m.profile.force_writes is forced for way in each_way(m)]
        run = Run(candidates="all", full=True, forced=forced, creates=forced)
        for one in steps(reading, workspace, going, run):
            found.append(_expected(reading, one, told[one.wanted.mapping.name]))
    return found


def _by_line(rows: list[dict[str, object]]) -> pl.DataFrame:
    """One row a line, of one row a step: pairs are the same in both directions."""
    summed = ("creates", "changes", "alike", "waits")
    return (
        pl.DataFrame(rows, schema=frames.FORECAST)
        .group_by("mapping")
        .agg(
            pl.col("recommendation", "message").first(),
            pl.col("couples").max(),
            pl.col(summed).sum(),
        )
    )


def _stopping(name: str, why: str) -> dict[str, object]:
    nothing = dict.fromkeys(("couples", "creates", "changes", "alike", "waits"), 0)
    kind = Recommendation.COUPLE.value
    return {"mapping": name, "recommendation": kind, **nothing, "message": why}


def _failing(reading: Reading, workspace: Workspace, lines: pl.DataFrame) -> dict[str, str]:
    """The lines no field of which flows, or whose records cannot be matched, with the reason."""
    found: dict[str, str] = {}
    for name, recommendation in lines.select("mapping", "recommendation").iter_rows():
        mapping = with_all_fields(reading, workspace.mapping(name))
        try:
            each_way(mapping)
        except UsageError as error:
            found[name] = str(error)
        if name in found or recommendation != Recommendation.COUPLE:
            continue
        source = reading.image(mapping.integration, mapping.integration_table)
        local = reading.image(mapping.local, mapping.table)
        if source is None or local is None:
            continue
        there = matchable(reading, mapping, source, "integration", NOBODY)
        here = matchable(reading, mapping, local, "local", NOBODY)
        try:
            match(
                there, here, mapping.match, local.schema,
                mapping=mapping.name, sides=(mapping.integration, mapping.local),
            )  # fmt: skip
        except UsageError as error:
            found[name] = str(error)
    return found


def visits_all(mapping: TableMapping, *, coupled: int, untouched: int) -> bool:
    """Whether coupling is followed by a run over all that is coupled: where the mapping says so,
    and something was coupled now, or before and never synchronized (semantics.md 10)."""
    return mapping.sync_after_coupling and bool(coupled or untouched)


def _expected(reading: Reading, found: StepFound, recommendation: str) -> Expected:
    """What a step of a line would do (a row of `frames.FORECAST`), and the records that look alike.

    With Dataverse, coupling is followed by creating local records there, and no others.
    """
    mapping, decisions = found.wanted.mapping, found.decisions
    matched = decisions.filter(pl.col("rule") == MATCHED)
    creates = mapping.create_new and (mapping.comes_from_local or not mapping.profile.force_writes)
    if recommendation != Recommendation.COUPLE:
        alike = decisions.filter(pl.col("rule").is_in([*ALIKE, MATCHED]))
        counts = _written(decisions)
    else:
        alike = decisions.filter(pl.col("rule").is_in(ALIKE))
        untouched = reading.coupled(mapping.name)[1]
        if visits_all(mapping, coupled=matched.height, untouched=untouched):
            done = decisions if creates else decisions.filter(~NOT_COUPLED)
            counts = _with_matched(_written(done), matched, mapping)
        else:
            wanted = NOT_COUPLED if creates else pl.lit(value=False)
            alike, counts = alike.filter(wanted), _written(decisions.filter(wanted))
        counts["couples"] = matched.height
    row = {
        "mapping": mapping.name, "recommendation": recommendation, "couples": 0, **counts,
        "alike": alike.height, "message": "",
    }  # fmt: skip
    return row, frames.conform(alike, frames.LOOK_ALIKES)


def _written(decisions: pl.DataFrame) -> dict[str, int]:
    """How many records decisions create and change, and how many wait besides those that match or
    look like existing ones."""
    others = decisions.filter(~pl.col("rule").is_in([*ALIKE, MATCHED]))
    return {
        "creates": others.filter(pl.col("action") == "insert").height,
        "changes": others.filter(pl.col("action") == "modify").height,
        "waits": others.filter(pl.col("action").is_in(STOPPED)).height,
    }


def _with_matched(
    counts: dict[str, int], matched: pl.DataFrame, mapping: TableMapping
) -> dict[str, int]:
    """Count the pairs to be coupled that differ: changed, or waiting, as `first_sync` says."""
    differing = matched.filter(~pl.col("class").is_in(EQUAL)).height
    becomes = "changes" if mapping.first_sync is FirstSync.SOURCE_WINS else "waits"
    return {**counts, becomes: counts[becomes] + differing}
