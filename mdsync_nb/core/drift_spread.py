"""How what differs is spread: by how much, and over the values of a field."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10, pi

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.drift_kinds import DATES, NUMBERS, as_time
from mdsync_nb.model.kinds import FieldType

ENDLESS = float("inf")
DAYS = ((0, 1, "less than a day"), (1, 2, "1 day"), (2, 8, "2 to 7 days"), (8, 32, "8 to 31 days"),
        (32, 367, "32 to 366 days"), (367, ENDLESS, "more than a year"))  # fmt: skip
"""The steps of dates: from (within) and to (without), in days."""

FIRST, LAST = -2, 12
"""The decades numbers stand in at most, from 0.01 to 1,000,000,000,000."""

ONE_DAY = 86_400_000_000
"""A day in microseconds."""

FACET = "of "
"""Stands before the name of a field whose values are a column of `frames.DRIFT_SCOPE`."""

Sizes = Sequence[tuple[float, float, str]]


def is_measured(kind: str) -> bool:
    """Whether values of a type differ by a number or by days."""
    return kind in {str(one) for one in (*NUMBERS, *DATES)}


def spread(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Give by how much the values of one field differ, here less there (`frames.DRIFT_SPREAD`).

    found: `frames.DRIFT_FOUND` of the field; kind: its type. Pairs of which one is blank are not
    in it. Numbers stand in decades on either side of nothing, so that a few large ones do not hide
    the many small ones; dates in days, weeks, months and years.
    """
    dates = kind in {str(one) for one in DATES}
    by = _days() if dates else _number("here") - _number("there")
    much = found.select(by=by).drop_nulls().filter(pl.col("by").is_finite(), pl.col("by") != 0)
    if not is_measured(kind) or much.is_empty():
        return frames.empty(frames.DRIFT_SPREAD)
    whole_days = DAYS[1:] if kind == str(FieldType.DATE) else DAYS
    sizes = whole_days if dates else _decades(much["by"])
    starts = pl.Series([low for low, _, _ in sizes[1:]], dtype=pl.Float64)
    far = much.with_columns(
        place=starts.search_sorted(much["by"].abs(), side="right").cast(pl.Int64)
    )
    counted = (
        far.select(place=pl.when(pl.col("by") > 0).then("place").otherwise(-1 - pl.col("place")))
        .group_by("place")
        .agg(records=pl.len())
    )
    steps = _both_ways(sizes, ("later", "earlier") if dates else ("more", "less"))
    filled = steps.join(counted, on="place", how="left").with_columns(
        pl.col("records").fill_null(0)
    )
    some = pl.col("place").filter(pl.col("records") > 0)
    among = pl.col("place").is_between(some.min(), some.max())
    return frames.conform(filled.filter(among).sort("place"), frames.DRIFT_SPREAD)


def _both_ways(sizes: Sizes, words: tuple[str, str]) -> pl.DataFrame:
    """The steps on either side of nothing, by their places: -1 is the first one below."""
    more, less = words
    up = [(n, low, high, f"{what} {more}") for n, (low, high, what) in enumerate(sizes)]
    down = [(-1 - n, -high, -low, f"{what} {less}") for n, (low, high, what) in enumerate(sizes)]
    floats = dict.fromkeys(("lower", "upper"), pl.Float64)
    return pl.DataFrame(
        [*down, *up], schema={"place": pl.Int64, **floats, "what": pl.String}, orient="row"
    )


def _number(side: str) -> pl.Expr:
    return pl.col(side).cast(pl.Float64, strict=False)


def _days() -> pl.Expr:
    apart = as_time(pl.col("here")) - as_time(pl.col("there"))
    return apart.dt.total_microseconds() / ONE_DAY


def _decades(by: pl.Series) -> Sizes:
    """Steps of numbers: 0.01 to 0.1, 0.1 to 1, 1 to 10 and so on."""
    sizes = by.abs()
    first, last = (_decade(float(one)) for one in (sizes.min(), sizes.max()))  # type: ignore[arg-type]
    low, high = (min(max(one, FIRST), LAST) for one in (first, last))
    steps = [(10.0**n, 10.0 ** (n + 1), f"{_said(n)} to {_said(n + 1)}")
             for n in range(low, high + 1)]  # fmt: skip
    if first < low:
        steps[0] = (0.0, steps[0][1], f"up to {_said(low + 1)}")
    if last > high:
        steps[-1] = (steps[-1][0], ENDLESS, f"{_said(high)} and")
    return steps


def _said(decade: int) -> str:
    return f"{10.0**decade:,.2f}".rstrip("0").rstrip(".")


def _decade(value: float) -> int:
    """The decade a number is in, however its last bit was rounded."""
    return int((log10(value) + 1e-9) // 1)


def facet(scope: pl.DataFrame, name: str) -> pl.DataFrame:
    """Give records by the values of one field (`frames.DRIFT_FACETS`), most that differ first.

    scope: `frames.DRIFT_SCOPE` with `asked`, whether a record is among those asked for.
    """
    state, asked = pl.col("state"), pl.col("asked")
    counted = scope.group_by(value=pl.col(FACET + name)).agg(
        records=state.is_in(["equal", "differs"]).sum(),
        **{
            one.replace(" ", "_"): ((state == one) & asked).sum()
            for one in ("differs", "only there", "only here")
        },
    )
    told = counted.with_columns(
        facet=pl.lit(name),
        share=pl.when(pl.col("records") > 0).then(pl.col("differs") / pl.col("records")),
    )
    whole = frames.conform(told, frames.DRIFT_FACETS)
    order = ["differs", "records", "value"]
    return whole.sort(order, descending=[True, True, False], nulls_last=True)


def unevenness(one: pl.DataFrame) -> float:
    """Give how unevenly the differing records are spread over the values of a field, 0 to 1.

    one: `frames.DRIFT_FACETS` of a field. Half the sum of how far the shares of differing and of
    all records lie apart, value by value, less what as many records drawn by chance would show.
    """
    differs, every = int(one["differs"].sum()), int(one["records"].sum())
    if not differs or differs == every:
        return 0.0
    whole = pl.col("records") / every
    apart = (pl.col("differs") / differs - whole).abs()
    chance = (2 / pi * whole * (1 - whole) * (1 / differs - 1 / every)).sqrt()
    return max(0.0, float(one.select((apart - chance).sum() / 2).item()))
