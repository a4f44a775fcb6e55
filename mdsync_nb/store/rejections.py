"""Pairs a person rejected: nothing proposes them again until somebody takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb import frames
from mdsync_nb.errors import UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store.flow import Flow
from mdsync_nb.store.images import Image, sides_of
from mdsync_nb.store.naming import pairs_named
from mdsync_nb.store.sql import frame_of, key_text, number_of
from mdsync_nb.store.visit import WorkbenchFile

STANDS = "lifted_by is null"
"""A rejection stands until a job couples the pair; undoing that job lets it stand again."""

OF_PAIR = """r.mapping = {0}.mapping and r.integration_id = {0}.integration_id
    and r.local_id = {0}.local_id"""


@dataclass(frozen=True)
class Rejections:
    """The pairs of all mappings that were rejected. Every method is one visit."""

    file: WorkbenchFile

    def reject(
        self, mapping: TableMapping, pairs: pl.DataFrame, *, at: datetime, by: str, comment: str
    ) -> None:
        """Note that these records do not belong together.

        pairs: `integration_id`, `local_id`, as they are known in the images. Of a pair that was
        rejected before, a comment takes the place of the one it had. Raises UsageError for a pair
        that is coupled.
        """
        with self.file.visit(write=True) as db:
            _note(db, mapping.name, pairs)
            _refuse_coupled(db)
            db.execute(
                f"""update rejection r set comment = $comment from named n
                where {OF_PAIR.format("n")} and {STANDS} and $comment <> ''""",
                {"comment": comment},
            )
            db.execute(
                f"""delete from rejection r using named n
                where {OF_PAIR.format("n")} and not {STANDS}"""
            )
            db.execute(
                f"""insert into rejection by name select n.*, $at as rejected_at,
                    $by as rejected_by, $comment as comment from named n
                where not exists (select 1 from rejection r where {OF_PAIR.format("n")})""",
                {"at": at, "by": by, "comment": comment},
            )

    def unreject(self, mapping: TableMapping, pairs: pl.DataFrame) -> int:
        """Take rejections back; gives how many. pairs: by ids or keys."""
        with self.file.visit(write=True) as db:
            sides = sides_of(db, mapping)
            _note(db, mapping.name, _named(db, sides, pairs) if sides else pairs)
            gone = db.execute(
                f"""delete from rejection r using named n
                where {OF_PAIR.format("n")} and {STANDS} returning r.mapping"""
            )
            return len(gone.fetchall())

    def listed(self, mappings: Sequence[TableMapping]) -> pl.DataFrame:
        """Give the rejections that stand (`frames.REJECTED`), newest first."""
        with self.file.visit(write=False) as db:
            found = [frames.empty(frames.REJECTED), *(rejections_of(db, one) for one in mappings)]
        order = ("mapping", "integration_key", "local_key")
        return pl.concat(found).sort("rejected_at", *order, descending=[True] + [False] * 3)


def rejections_of(db: duckdb.DuckDBPyConnection, mapping: TableMapping) -> pl.DataFrame:
    """Give the rejections of a mapping that stand (`frames.REJECTED`), in no order."""
    sides = sides_of(db, mapping)
    keys, joined = "null as integration_key, null as local_key", ""
    if sides:
        there, here = sides
        joined = f"""left join {there.relation} i
                on i._key_hash = hash(r.integration_id) and i._id = r.integration_id
            left join {here.relation} l on l._key_hash = hash(r.local_id) and l._id = r.local_id"""
        keys = f"""case when i._id is not null then {key_text(there.key_fields, "i.")} end
                as integration_key,
            case when l._id is not null then {key_text(here.key_fields, "l.")} end as local_key"""
    found = frame_of(
        db,
        f"""select r.*, {keys} from rejection r {joined} where r.mapping = $m and {STANDS}""",
        m=mapping.name,
    )
    return frames.conform(found, frames.REJECTED)


def rejected_pairs(db: duckdb.DuckDBPyConnection, mapping: str) -> pl.DataFrame:
    """Give the pairs of a mapping that are rejected: `integration_id`, `local_id`."""
    return frame_of(
        db,
        f"select integration_id, local_id from rejection where mapping = $m and {STANDS}",
        m=mapping,
    )


def lift(db: duckdb.DuckDBPyConnection, *, job_id: int) -> None:
    """Let rejections of pairs that are coupled by now stand no longer; the job did it."""
    db.execute(
        f"""update rejection r set lifted_by = $job from coupling c
        where {OF_PAIR.format("c")} and {STANDS}""",
        {"job": job_id},
    )


def let_stand_again(db: duckdb.DuckDBPyConnection, *, undone: int) -> None:
    """Let the rejections stand again that a job lifted which is undone."""
    db.execute("update rejection set lifted_by = null where lifted_by = $job", {"job": undone})


def leave_rejected(db: duckdb.DuckDBPyConnection, flow: Flow) -> None:
    """Leave the decisions in `todo` that would couple a pair somebody rejected since the plan."""
    if not number_of(db, f"select count(*) from rejection where {STANDS}"):
        return
    db.execute(
        f"""update todo t set outcome = 'stale',
            message = 'The two were rejected as a pair since the plan was made.'
        from rejection r where t.outcome in ('applied', 'unchanged') and t.coupling_row is null
          and r.mapping = t.mapping and r.{flow.source}_id = t.source_id
          and r.{flow.destination}_id = t.destination_id and r.{STANDS}"""
    )


def _named(
    db: duckdb.DuckDBPyConnection, sides: tuple[Image, Image], pairs: pl.DataFrame
) -> pl.DataFrame:
    """The pairs by their ids; a record that is gone is known by the id it had."""
    return pairs_named(db, sides, pairs).select(
        integration_id=pl.coalesce("integration_id", "there"),
        local_id=pl.coalesce("local_id", "here"),
    )


def _note(db: duckdb.DuckDBPyConnection, mapping: str, pairs: pl.DataFrame) -> None:
    """Note pairs as the table `named`, each once."""
    db.register("asked", pairs.select("integration_id", "local_id").unique())
    db.execute(
        """create or replace temp table named as
        select $m as mapping, integration_id, local_id from asked""",
        {"m": mapping},
    )
    db.unregister("asked")


def _refuse_coupled(db: duckdb.DuckDBPyConnection) -> None:
    coupled = db.sql(
        f"""select r.integration_id, r.local_id from coupling r join named n
        on {OF_PAIR.format("n")} order by all limit 1"""
    ).fetchall()
    for there, here in coupled:
        raise UsageError(
            f"{there} and {here} cannot be rejected as a pair: they are coupled.",
            hint="Uncouple them first, then reject the pair.",
        )
