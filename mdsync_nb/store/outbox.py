"""The outbox: what people are to be told, kept until it was delivered or given up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.core import notices
from mdsync_nb.model import NotifySettings
from mdsync_nb.store.sql import frame_of, number_of
from mdsync_nb.store.visit import WorkbenchFile

KEPT = timedelta(days=90)
"""How long a notification that was sent or given up can be looked at."""

DUE = """status = 'waiting' and (next_at <= $at or next_at > $at + $longest)
    and target not in (select unnest($without::varchar[]))"""
"""One that would wait longer than it can was noted before the clock went back."""

ENTRIES = """select e.entry_id, e.mapping, e.notebook, e.message,
        case when e.status = 'error' then true when l.status = 'success' then false end as failing,
        (select sum(waiting)::bigint from job where queue_log = e.log_id) as waiting
    from queue_entry e left join queue_log l using (log_id)"""
"""How entries are (`frames.ENTRY_OUTCOMES`). One that is tried again, runs now, or was restarted is
neither failing nor well."""


def note(
    db: duckdb.DuckDBPyConnection,
    outcomes: pl.DataFrame,
    settings: NotifySettings,
    *,
    targets: Sequence[str],
    at: datetime,
) -> int:
    """Note what people are to be told of entries; gives how many notices.

    outcomes: `frames.ENTRY_OUTCOMES`. Each notice is noted once for each target, and what is known
    of the entries with it, so that nothing is told twice or lost. Old ones are forgotten.
    """
    state = frames.conform(frame_of(db, "select * from notice_state"), frames.NOTICE_STATE)
    known = notices.changed(state, outcomes, above=settings.waiting_above)
    told = notices.notices(known, settings.on)
    _keep(db, told.join(pl.DataFrame({"target": targets}, {"target": pl.String}), how="cross"), at)
    db.register("known", frames.conform(known, frames.NOTICE_STATE))
    db.execute("delete from notice_state where entry_id in (select entry_id from known)")
    db.execute("insert into notice_state by name select * from known")
    db.unregister("known")
    db.execute(
        "delete from notification where status <> 'waiting' and ended_at < $old",
        {"old": at - KEPT},
    )
    return told.height


def _keep(db: duckdb.DuckDBPyConnection, told: pl.DataFrame, at: datetime) -> None:
    if told.is_empty():
        return
    db.register("told", told.with_row_index("place"))
    db.execute(
        """insert into notification by name
        select nextval('notification_seq') as notification_id, * exclude (place),
            'waiting' as status, $at as noted_at, 0 as attempts, $at as next_at, '' as error
        from (select * from told order by place)""",
        {"at": at},
    )
    db.unregister("told")


@dataclass(frozen=True)
class Outbox:
    """The notifications of a workbench file. Every method is one visit."""

    file: WorkbenchFile

    def note_outcomes(
        self, settings: NotifySettings, *, targets: Sequence[str], at: datetime
    ) -> int:
        """Note what people are to be told of the job queue entries; gives how many notices.

        It goes by what the entries are, so what a worker that was gone did not note is noted now.
        """
        with self.file.visit(write=True) as db:
            return note(db, frame_of(db, ENTRIES), settings, targets=targets, at=at)

    def due(self, at: datetime) -> int:
        """Give how many notifications are to be delivered by now."""
        with self.file.visit(write=False) as db:
            given = {"at": at, "without": [], "longest": notices.LONGEST_WAIT}
            return number_of(db, f"select count(*) from notification where {DUE}", **given)

    def claim(
        self, *, at: datetime, until: datetime, without: Collection[str]
    ) -> dict[str, object] | None:
        """Give the oldest notification that is due, for us alone; None without one.

        until: when another may take it, if we are never heard of again. without: targets that are
        left alone for now.
        """
        with self.file.visit(write=True) as db:
            found = frame_of(
                db,
                f"""select * from notification where {DUE}
                order by notification_id limit 1""",
                at=at,
                without=list(without),
                longest=notices.LONGEST_WAIT,
            ).to_dicts()
            for one in found:
                db.execute(
                    "update notification set next_at = $until where notification_id = $n",
                    {"until": until, "n": one["notification_id"]},
                )
            return found[0] if found else None

    def note_attempt(self, notification_id: int, *, error: str, most: int, at: datetime) -> None:
        """Note an attempt: sent where there is no error; else when it is tried next, or given up.

        most: the attempts after which it is given up.
        """
        with self.file.visit(write=True) as db:
            tried = 1 + number_of(
                db,
                "select attempts from notification where notification_id = $n",
                n=notification_id,
            )
            status, next_at = notices.after_attempt(
                sent=not error, attempts=tried, most=most, at=at
            )
            db.execute(
                """update notification set status = $s, attempts = $a, next_at = $next, error = $e,
                    ended_at = $ended where notification_id = $n""",
                {
                    "s": status.value,
                    "a": tried,
                    "next": next_at,
                    "e": error,
                    "ended": None if next_at else at,
                    "n": notification_id,
                },
            )

    def listed(self) -> pl.DataFrame:
        """Give every notification, newest first (`frames.NOTIFICATIONS`)."""
        with self.file.visit(write=False) as db:
            found = frame_of(
                db,
                """select *, status = 'given up' and ended_at > coalesce(
                    max(ended_at) filter (status = 'sent') over (partition by target),
                    timestamp '1970-01-01') as stands
                from notification order by notification_id desc""",
            )
        return frames.conform(found, frames.NOTIFICATIONS)
