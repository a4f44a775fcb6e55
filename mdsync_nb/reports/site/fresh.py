"""How fresh every table is: its newest change against its last run, and how late that may be."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from mdsync_nb.core.freshness import BEHIND, IN_STEP, LATE, NEVER, NOT_LOADED
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.pieces.grid import Column, cell, grid
from mdsync_nb.reports.site import places
from mdsync_nb.reports.site.making import Making
from mdsync_nb.reports.tally import Row

HOUR, DAY = 60, 24 * 60
NO_SCHEDULE = "no entry runs it"
LEDE = (
    "The newest change at the side a table comes from, against its last run. Expected: how long a "
    "change waits for its run at worst."
)


def freshness(making: Making, page: str, rows: pl.DataFrame) -> Html:
    """Give how fresh tables are, one row a table and direction; with the files beside the page.

    rows: of `frames.FRESHNESS`.
    """
    columns = [
        Column("Table", lambda row: making.table_on(page, row["mapping"])),
        *([] if rows["source"].n_unique() < 2 else [Column("Comes from", _source(making))]),
        Column("Newest change there (UTC)", lambda row: _time(row["newest"], "none loaded")),
        Column("Read up to (UTC)", lambda row: _time(row["read_up_to"], "nothing yet")),
        Column("Last run (UTC)", lambda row: _time(row["last_run_at"], "never")),
        Column("Expected at worst", expected),
        Column("In words", _shown),
    ]
    table = grid(rows, columns, caption="How fresh every table is", none="No table was compared.")
    states = rows.group_by("state").len().sort("len", descending=True).rows()
    said = ", ".join(f"{wording.number(many)} {state}" for state, many in states)
    lede = tag("p", f"{LEDE} Now: {said}." if rows.height > 1 else LEDE, class_="lede")
    put = making.pages.beside if page == places.FRONT else making.pages.part_of
    beside = put(page, "freshness", _heads(making, rows), sheet="Freshness")
    return tag("section", tag("h2", "How fresh it is"), lede, table, beside)


def expected(row: Row) -> str:
    """Give how long a change waits for its run at worst."""
    minutes, inactivity = row["minutes"], row["inactivity"]
    if minutes is None:
        return NO_SCHEDULE
    if not inactivity:
        return f"{duration(minutes)}; after an idle run, once a change wakes it"
    if inactivity <= minutes:
        return duration(minutes)
    return f"{duration(minutes)}; {duration(inactivity)} after an idle run"


def in_words(row: Row) -> str:
    """Give how fresh a table is in a sentence."""
    waits = duration(row["behind"] or 0)
    return {
        NOT_LOADED: "Nothing was loaded.",
        NEVER: "No run read it yet.",
        IN_STEP: "In step: the last run read it.",
        BEHIND: f"Behind: its newest change waits since {waits}.",
        LATE: f"Late: its newest change waits since {waits}, longer than expected.",
    }[row["state"]]


def duration(minutes: int) -> str:
    """Give a time in its largest unit that fits: 30 minutes, 12 hours, 3 days."""
    if minutes < 2 * HOUR:
        return wording.count(minutes, "minute")
    if minutes < 2 * DAY:
        return wording.count(round(minutes / HOUR), "hour")
    return wording.count(round(minutes / DAY), "day")


def _source(making: Making) -> Callable[[Row], Part]:
    return lambda row: making.companies.get(row["source"], row["source"])


def _shown(row: Row) -> Part:
    said = in_words(row)
    return tag("span", said, class_="late") if row["state"] == LATE else said


def _time(at: object, none: str) -> Part:
    return cell(at) if at else none


def _heads(making: Making, rows: pl.DataFrame) -> pl.DataFrame:
    told = [in_words(row) for row in rows.to_dicts()]
    return rows.select(
        Mapping="mapping",
        Table=pl.col("table"),
        Company=pl.col("company").replace(making.companies),
        **{
            "Comes from": pl.col("source").replace(making.companies),
            "Newest change there (UTC)": "newest",
            "Read up to (UTC)": "read_up_to",
            "Last run (UTC)": "last_run_at",
            "Minutes between runs": "minutes",
            "Inactivity timeout (minutes)": "inactivity",
            "Minutes behind": "behind",
            "State": "state",
            "In words": pl.Series("told", told, dtype=pl.String),
        },
    )
