"""What people are told of runs: which change of an entry is worth a notice, and when to try again.

A notice is about a change, not about a state: an entry that stays in error is told once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.model import DeliveryStatus, NoticeEvent

FIRST_WAIT, TIMES, LONGEST_WAIT = timedelta(minutes=1), 4, timedelta(hours=6)
"""How long the second attempt waits, how much longer each next one, and the longest wait."""

LONGEST_TITLE, LONGEST_MESSAGE = 200, 2000
"""Characters of what is said; the rest stands in the log of the run."""


class Notice(NamedTuple):
    """One arm: the change it is about, and what is said of it. Several may hold at once."""

    event: NoticeEvent
    test: pl.Expr
    title: str
    message: pl.Expr


WAS, IS = pl.col("failing_before"), pl.col("failing")
ARMS = (
    Notice(
        NoticeEvent.FAILURE,
        IS & ~WAS,
        "Failed: {}",
        pl.format("The last attempt failed, and it is not tried again. {}", "message"),
    ),
    Notice(
        NoticeEvent.RECOVERY,
        WAS & ~IS,
        "Runs again: {}",
        pl.lit("It ended without an error, for the first time since it failed."),
    ),
    Notice(
        NoticeEvent.WAITING,
        pl.col("many_wait") & ~pl.col("many_before"),
        "Waiting: {}",
        pl.format("{} decisions wait for a person; notices begin above {}.", "waiting", "limit"),
    ),
)


def changed(state: pl.DataFrame, outcomes: pl.DataFrame, *, above: int) -> pl.DataFrame:
    """Give outcomes with what was known before, and what is known now.

    state: `frames.NOTICE_STATE`; an entry without a row was well. outcomes:
    `frames.ENTRY_OUTCOMES`; what one does not say stays as it was. above: decisions that may wait.
    """
    before = state.rename({"failing": "failing_before", "many_wait": "many_before"})
    found = frames.conform(outcomes, frames.ENTRY_OUTCOMES).join(before, "entry_id", how="left")
    known = found.with_columns(pl.col("failing_before", "many_before").fill_null(value=False))
    return known.with_columns(
        failing=pl.coalesce("failing", "failing_before"),
        many_wait=pl.coalesce(pl.col("waiting") > above, "many_before"),
        message=pl.col("message").fill_null(""),
        limit=pl.lit(above),
        called=pl.coalesce(_said("mapping"), _said("notebook"), pl.lit("a job")),
    )


def notices(known: pl.DataFrame, on: Collection[NoticeEvent]) -> pl.DataFrame:
    """Give what people are to be told (`frames.NOTICES`) of entries as `changed` gives them.

    on: the events somebody wants. Texts are one line of printable characters.
    """
    told = [frames.empty(frames.NOTICES)]
    for one in ARMS:
        if one.event in on:
            named = known.filter(one.test).with_columns(
                event=pl.lit(one.event.value),
                mapping=pl.col("mapping").fill_null(""),
                title=_one_line(pl.format(one.title, "called"), LONGEST_TITLE),
                message=_one_line(one.message, LONGEST_MESSAGE),
            )
            told.append(frames.conform(named, frames.NOTICES))
    return pl.concat(told).sort("entry_id", maintain_order=True)


def wait_after(attempts: int) -> timedelta:
    """Give how long to wait after so many attempts that failed: longer each time, up to a limit."""
    longer: int = TIMES ** min(attempts - 1, 10)
    return min(FIRST_WAIT * longer, LONGEST_WAIT)


def after_attempt(
    *, sent: bool, attempts: int, most: int, at: datetime
) -> tuple[DeliveryStatus, datetime | None]:
    """Give how far a notification is after an attempt, and when it is tried next."""
    if sent:
        return DeliveryStatus.SENT, None
    if attempts >= most:
        return DeliveryStatus.GIVEN_UP, None
    return DeliveryStatus.WAITING, at + wait_after(attempts)


def _said(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _one_line(text: pl.Expr, longest: int) -> pl.Expr:
    spaced = text.str.replace_all(r"[\p{C}\p{Z}]+", " ").str.strip_chars()
    return pl.when(spaced.str.len_chars() > longest).then(
        spaced.str.slice(0, longest - 3) + "..."
    ).otherwise(spaced)  # fmt: skip
