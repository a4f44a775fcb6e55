"""Taking back what a job did to couplings, and putting records back into the next run."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from mdsync_nb.store.flow import Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.naming import among_named
from mdsync_nb.store.rejections import let_stand_again, lift
from mdsync_nb.store.sql import number_of

COUPLES = ("coupling", "uncoupling")
"""Jobs that put pairs together or apart, and are taken back pair by pair."""


def take_back(
    db: duckdb.DuckDBPyConnection, flow: Flow, *, undone: int, job_id: int
) -> dict[str, int]:
    """Give couplings the state they had before a job; gives how many were removed and put back.

    Of a job that coupled or uncoupled: the pairs no later job touched, whose records have no other
    counterpart by now. Of a job that wrote: the records the
    undo applied (`todo`), unless they belong to another counterpart by now. What was written is
    held until a retry; undoing an undo lets go what that one held.
    """
    origin, kind, again = _origin(db, undone)
    among = (
        """not exists (select 1 from job_coupling l where l.mapping = b.mapping
            and l.integration_key_hash = b.integration_key_hash and l.job_id > $undone)
            and not exists (select 1 from coupling n where n.mapping = b.mapping
            and n.local_key_hash = b.local_key_hash
            and n.integration_key_hash <> b.integration_key_hash
            and n.coupled_job <> $undone)"""
        if kind in COUPLES
        else f"""exists (select 1 from todo t where t.source_id = b.{flow.source}_id
            and t.outcome = 'applied' and (c.{flow.destination}_id is null
                or c.{flow.destination}_id in (t.was_id, b.{flow.destination}_id)))"""
    )
    db.execute(
        f"""create or replace temp table before as
        select b.*, c.rowid as row from job_coupling b left join coupling c
          on c.mapping = b.mapping
         and c.{flow.source}_key_hash = b.{flow.source}_key_hash
        where b.job_id = $undone and {among}""",
        {"undone": undone},
    )
    _put_back(db, job_id)
    let_stand_again(db, undone=undone)
    lift(db, job_id=job_id)
    if again:
        _let_go(db, undone)
    elif kind not in COUPLES:
        _hold(db, flow, undone=undone, job_id=job_id)
    db.execute(
        """update mapping_state set only_coupled = $flows where only_coupled_job = $origin
        and only_coupled is distinct from $flows""",
        {"flows": False if again else None, "origin": origin},
    )
    return {
        "uncoupled": number_of(
            db, "select count(*) from before where not existed and row is not null"
        ),
        "coupled": number_of(db, "select count(*) from before where existed and row is null"),
    }


def _put_back(db: duckdb.DuckDBPyConnection, job_id: int) -> None:
    """Exchange couplings for those in `before`, noting what is there now under the new job."""
    db.execute(
        """insert into job_coupling by name
        select $job as job_id, true as existed, c.* from coupling c
        where c.rowid in (select row from before)""",
        {"job": job_id},
    )
    db.execute(
        """insert into job_coupling by name
        select * exclude (row, job_id, existed), $job as job_id, false as existed
        from before where row is null""",
        {"job": job_id},
    )
    db.execute("delete from coupling where rowid in (select row from before)")
    db.execute(
        """insert into coupling by name
        select * exclude (row, job_id, existed) from before where existed"""
    )


def _origin(db: duckdb.DuckDBPyConnection, undone: int) -> tuple[int, str, bool]:
    """The job at the end of a chain of undos, its kind, and whether undoing does it again."""
    origin, kind, again = undone, "undo", True
    while kind == "undo":
        again = not again
        ((kind, undoes),) = db.execute(
            "select job.kind, undoes from job left join plan using (plan_id) where job_id = $j",
            {"j": origin},
        ).fetchall()
        origin = undoes if kind == "undo" else origin
    return origin, str(kind), again


def _let_go(db: duckdb.DuckDBPyConnection, undone: int) -> None:
    db.execute(
        """delete from hold where job_id = $undone
        and integration_id in (select integration_id from before)""",
        {"undone": undone},
    )


def let_go_decided(db: duckdb.DuckDBPyConnection, mapping: str, flow: Flow) -> None:
    """End the hold of records in `settled`: somebody decided them anew after a job was undone."""
    db.execute(
        f"""delete from hold where mapping = $mapping
        and {flow.source}_key_hash in (select hash(source_id) from settled)""",
        {"mapping": mapping},
    )


def _hold(db: duckdb.DuckDBPyConnection, flow: Flow, *, undone: int, job_id: int) -> None:
    db.execute(
        f"""insert into hold by name
        select b.mapping, b.integration_key_hash, b.integration_id, b.local_id, $job as job_id,
            b.local_key_hash from before b
        join job_record r on r.job_id = $undone and r.source_id = b.{flow.source}_id
        where r.action in ('insert', 'modify', 'delete') and b.integration_key_hash not in
            (select integration_key_hash from hold h where h.mapping = b.mapping)""",
        {"job": job_id, "undone": undone},
    )


def release(
    db: duckdb.DuckDBPyConnection, mapping: str, records: Sequence[str], sides: tuple[Image, Image]
) -> int:
    """Clear the skipped flag, the failures and the holds of records; give how many were released.

    records: ids or keys of either side; none named means all of the mapping. sides: (source,
    destination). The result stays failure, and records that are not coupled (an undone creation)
    are noted, so that the next run of the mapping takes all of them up again (semantics.md 11.1,
    Retry).
    """
    among, named = among_named(mapping, records, sides)
    released = number_of(
        db,
        f"""select (select count(*) from coupling where mapping = $mapping and skipped {among})
            + (select count(*) from hold where mapping = $mapping {among})""",
        **named,
    )
    db.execute(
        f"""update coupling set skipped = false, failures = 0, last_result =
            case when last_integration_result = 'failure' then last_result else 'failure' end
        where mapping = $mapping {among} and (skipped or integration_key_hash in
            (select integration_key_hash from hold where mapping = $mapping))""",
        named,
    )
    db.execute(
        f"""insert into revisit (mapping, integration_key_hash, local_key_hash)
        select mapping, integration_key_hash, local_key_hash from hold
        where mapping = $mapping {among}""",
        named,
    )
    db.execute(f"delete from hold where mapping = $mapping {among}", named)
    return released
