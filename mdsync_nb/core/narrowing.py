"""Which rows of a list somebody wants to see, and how many each choice would show."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import ClassVar

import polars as pl

AGES: dict[str, tuple[timedelta | None, timedelta | None]] = {
    "last 24 hours": (None, timedelta(days=1)),
    "last 7 days": (None, timedelta(days=7)),
    "older than 7 days": (timedelta(days=7), None),
    "older than 30 days": (timedelta(days=30), None),
}
"""The ages one can ask for: from, up to, counted back from now."""


@dataclass(frozen=True)
class Narrowing:
    """What is asked of a record that waits; blank asks nothing. text: part of its number, name or
    message, whatever its capitals. age: one of AGES, of the change that made it wait."""

    SEARCHED: ClassVar = ("key", "name", "message", "cause")
    DATED: ClassVar = "since"

    mapping: str = ""
    state: str = ""
    rule: str = ""
    cause: str = ""
    age: str = ""
    text: str = ""


@dataclass(frozen=True)
class JobNarrowing:
    """What is asked of a job (`frames.JOB_LOG`); blank asks nothing. text: part of its number, its
    table or its message. age: one of AGES, of when it started."""

    SEARCHED: ClassVar = ("number", "table", "message")
    DATED: ClassVar = "started_at"

    outcome: str = ""
    table: str = ""
    what: str = ""
    failures: str = ""
    age: str = ""
    text: str = ""


@dataclass(frozen=True)
class MatchNarrowing:
    """What is asked of a record that looks for a counterpart (`frames.MATCHED`); blank asks
    nothing. agrees: whether its pair agrees in every compared field. text: part of the number or
    name of either record, or of the reason."""

    SEARCHED: ClassVar = (
        "record_key", "record_name", "counterpart_key", "counterpart_name", "reason",
    )  # fmt: skip
    DATED: ClassVar = ""

    outcome: str = ""
    agrees: str = ""
    text: str = ""


Asked = Narrowing | JobNarrowing | MatchNarrowing


def asks(asked: Asked) -> list[str]:
    """Give the names of what is asked."""
    return [one.name for one in fields(asked) if getattr(asked, one.name)]


def asking(asked: Asked, **words: str) -> Asked:
    """Give what is asked with something else asked as well."""
    return type(asked)(**{**vars(asked), **words})


def narrowed(rows: pl.DataFrame, asked: Asked, *, now: datetime) -> pl.DataFrame:
    """Give the rows that somebody asked for. now: UTC; ages count back from it.

    A row of which no time is known has no age, so asking for one leaves it out.
    """
    tests = [_holds(asked, name, now) for name in asks(asked)]
    return rows.filter(*tests) if tests else rows


def choices(rows: pl.DataFrame, asked: Asked, of: str, *, now: datetime) -> dict[str, int]:
    """Give how many rows each value of `of` would show, all else that is asked left as it is.

    Every value there is has its count, also 0; what most rows have comes first, ages as AGES.
    """
    shown = narrowed(rows, asking(asked, **{of: ""}), now=now)
    if of == "age":
        return {
            age: narrowed(shown, asking(type(asked)(), age=age), now=now).height for age in AGES
        }
    every = rows.group_by(of).agg(every=pl.len())
    counted = shown.group_by(of).agg(shown=pl.len())
    told = every.join(counted, on=of, how="left").sort("every", of, descending=[True, False])
    return dict(told.select(of, pl.col("shown").fill_null(0)).iter_rows())


def _holds(asked: Asked, name: str, now: datetime) -> pl.Expr:
    wanted = str(getattr(asked, name))
    if name == "text":
        lowered = wanted.lower()
        return pl.any_horizontal(
            pl.col(one).str.to_lowercase().str.contains(lowered, literal=True)
            for one in asked.SEARCHED
        )
    if name == "age":
        from_, up_to = AGES[wanted]
        since = pl.col(asked.DATED)
        older = since < now - from_ if from_ else pl.lit(value=True)
        newer = since >= now - up_to if up_to else pl.lit(value=True)
        return since.is_not_null() & older & newer
    return pl.col(name) == wanted
