"""Which of the records that wait somebody wants to see, and how many each choice would show."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

import polars as pl

AGES: dict[str, tuple[timedelta | None, timedelta | None]] = {
    "last 24 hours": (None, timedelta(days=1)),
    "last 7 days": (None, timedelta(days=7)),
    "older than 7 days": (timedelta(days=7), None),
    "older than 30 days": (timedelta(days=30), None),
}
"""The ages one can ask for: from, up to, counted back from now."""

SEARCHED = ("key", "name", "message", "cause")


@dataclass(frozen=True)
class Narrowing:
    """What is asked of a record that waits; blank asks nothing. text: part of its number, name or
    message, whatever its capitals. age: one of AGES, of the change that made it wait."""

    mapping: str = ""
    state: str = ""
    rule: str = ""
    cause: str = ""
    age: str = ""
    text: str = ""

    @property
    def asks(self) -> list[str]:
        """The names of what is asked."""
        return [one.name for one in fields(self) if getattr(self, one.name)]


def narrowed(waiting: pl.DataFrame, asked: Narrowing, *, now: datetime) -> pl.DataFrame:
    """Give the rows of `frames.WAITING` that somebody asked for. now: UTC; ages count back from it.

    A record of which no time is known has no age, so asking for one leaves it out.
    """
    tests = [_holds(asked, name, now) for name in asked.asks]
    return waiting.filter(*tests) if tests else waiting


def choices(waiting: pl.DataFrame, asked: Narrowing, of: str, *, now: datetime) -> dict[str, int]:
    """Give how many records each value of `of` would show, all else that is asked left as it is.

    Every value there is has its count, also 0; what most records have comes first, ages as AGES.
    """
    shown = narrowed(waiting, replace(asked, **{of: ""}), now=now)
    if of == "age":
        return {age: narrowed(shown, Narrowing(age=age), now=now).height for age in AGES}
    every = waiting.group_by(of).agg(every=pl.len())
    counted = shown.group_by(of).agg(records=pl.len())
    told = every.join(counted, on=of, how="left").sort("every", of, descending=[True, False])
    return dict(told.select(of, pl.col("records").fill_null(0)).iter_rows())


def _holds(asked: Narrowing, name: str, now: datetime) -> pl.Expr:
    wanted = str(getattr(asked, name))
    if name == "text":
        lowered = wanted.casefold()
        return pl.any_horizontal(
            pl.col(one).str.to_lowercase().str.contains(lowered, literal=True) for one in SEARCHED
        )
    if name == "age":
        from_, up_to = AGES[wanted]
        since = pl.col("since")
        older = since < now - from_ if from_ else pl.lit(value=True)
        newer = since >= now - up_to if up_to else pl.lit(value=True)
        return since.is_not_null() & older & newer
    return pl.col(name) == wanted
