"""What stays different when two records agree: fields that are left as they are."""

from __future__ import annotations

import duckdb

from mdsync_nb.store.flow import TO
from mdsync_nb.store.judging import StepFacts
from mdsync_nb.store.sql import literal, quoted, value_of

SET_BACK = {True: "interval 999 milliseconds", False: "interval 10 milliseconds"}
"""How far the noted time of a destination that is still to be read is set back, in a step to the
integration side and from it (semantics.md 4.5, step 10)."""


def keep_apart(db: duckdb.DuckDBPyConnection, facts: StepFacts, seq: int) -> None:
    """Note the base of every field that was left, and that those records are not as agreed.

    Reads and changes `settled`. What two records agreed on is the record here with those fields at
    their base: its hash is noted in place of the row's, and no later time. So the pair is looked
    at again, its local changes stay protected, and it agrees when somebody takes them back.
    """
    db.execute(
        """create or replace temp table kept_now as
        select s.source_id, hash(s.destination_id) as k, x.field, x.base from plan_cell x
        join settled s using (source_id)
        where x.plan_id = $plan and x.step = $step and x.kept""",
        facts.of_plan,
    )
    if facts.goes_back:
        _leave_open(db, facts, seq)
    if not db.sql("select 1 from kept_now limit 1").fetchall():
        return
    db.execute(
        f"""insert into kept_cell by name
        select $mapping as mapping, hash({_integration_id(facts)}) as integration_key_hash,
            $seq as agreed_seq, field, base, $side as side from kept_now join settled
            using (source_id)""",
        {"mapping": facts.mapping, "seq": seq, "side": facts.flow.destination},
    )
    image = facts.destination
    values = ", ".join(
        f"""case when bool_or(k.field = {literal(one.name)}) then
        {value_of(one, f"max(k.base) filter (k.field = {literal(one.name)})", cast="try_cast")}
        else any_value(i.{quoted(one.name)}) end"""
        for one in sorted(image.schema.fields, key=lambda one: one.name)
    )
    db.execute(
        f"""update settled s set destination_hash = h.hashed,
            destination_modified_at = case when s.set_back then s.destination_modified_at end
        from (select k.source_id, hash({values}) as hashed from kept_now k
              join {image.relation} i on i._key_hash = k.k group by k.source_id) h
        where s.source_id = h.source_id"""
    )


def _integration_id(facts: StepFacts) -> str:
    return "destination_id" if facts.flow is TO else "source_id"


def _leave_open(db: duckdb.DuckDBPyConnection, facts: StepFacts, seq: int) -> None:
    """Leave what moved at the destination to the step in the other direction.

    Its time is set back, and the fields that were changed there and not written keep their base.
    What was left open before stays open, with the base it had.
    A pair that never agreed has none: it is read again as a whole. The product does so only when
    it wrote; so an edit of a field that only flows back is not lost when nothing was written
    (semantics.md 4.5).
    """
    here = facts.flow.destination
    db.execute(
        f"""create or replace temp table open_pair as
        select s.source_id, c.{here}_key_hash as k, c.integration_key_hash as pair, c.agreed_seq,
            c.{here}_row_hash is not null as agreed
        from settled s join todo t using (source_id) join coupling c on c.rowid = s.coupling_row
        where t.destination_now is distinct from c.{here}_row_hash
           or c.{facts.flow.back.result} = 'failure'
           or t.was_modified_at - c.{here}_modified_at >= interval 10 milliseconds"""
    )
    db.execute(
        f"""insert into kept_now
        select source_id, k, field, arg_min_null(before, seq) from (
            select o.source_id, o.k, h.field, h.before, h.seq from open_pair o
            join change_cell h on h.key_hash = o.k and h.seq > o.agreed_seq
            where o.agreed and h.company = $company and h."table" = $table and h.seq < $seq
            union all
            select o.source_id, o.k, e.field, e.base, o.agreed_seq from open_pair o
            join kept_cell e on e.integration_key_hash = o.pair and e.agreed_seq = o.agreed_seq
            where o.agreed and e.mapping = $mapping and e.side = '{here}')
        where (source_id, field) not in
            (select source_id, field from writes union select source_id, field from kept_now)
        group by all""",
        {
            "company": facts.destination.company,
            "table": facts.destination.table,
            "seq": seq,
            "mapping": facts.mapping,
        },
    )
    db.execute(
        f"""update settled s set set_back = true,
            destination_modified_at = s.destination_modified_at - {SET_BACK[facts.flow is TO]},
            destination_hash = case when o.agreed then s.destination_hash end
        from open_pair o where o.source_id = s.source_id"""
    )


def remember_stays(db: duckdb.DuckDBPyConnection, *, job_id: int) -> None:
    """Note that conflicts were settled by leaving the record here: they failed no longer, and what
    the two agreed on stays what it was (semantics.md 4.6)."""
    stays = "select coupling_row from todo where outcome = 'applied' and rule = 'ours-stays'"
    db.execute(
        f"""insert into job_coupling by name select $job as job_id, true as existed, c.*
        from coupling c where c.rowid in ({stays})""",
        {"job": job_id},
    )
    db.execute(
        f"""update coupling set last_result = 'success', last_job = $job, failures = 0,
            skipped = false where rowid in ({stays})""",
        {"job": job_id},
    )
