"""What stays different when two records agree: fields that a merge left as they are here."""

from __future__ import annotations

import duckdb

from mdsync_nb.store.judging import StepFacts
from mdsync_nb.store.sql import literal, quoted, value_of


def keep_apart(db: duckdb.DuckDBPyConnection, facts: StepFacts, seq: int) -> None:
    """Note the base of every field that a merge left, and that those records are not as agreed.

    Reads and changes `settled`. What two records agreed on is the record here with those fields at
    their base: its hash is noted in place of the row's, and no later time. So the pair is looked
    at again, its local changes stay protected, and it agrees when somebody takes them back.
    """
    db.execute(
        """create or replace temp table kept_now as
        select s.source_id, hash(s.local_id) as k, x.field, x.base from plan_cell x
        join settled s using (source_id)
        where x.plan_id = $plan and x.step = $step and x.kept""",
        facts.of_plan,
    )
    if not db.sql("select 1 from kept_now limit 1").fetchall():
        return
    db.execute(
        """insert into kept_cell
        select $mapping, hash(source_id), $seq, field, base from kept_now""",
        {"mapping": facts.mapping, "seq": seq},
    )
    image = facts.destination
    values = ", ".join(
        f"""case when bool_or(k.field = {literal(one.name)}) then
        {value_of(one, f"max(k.base) filter (k.field = {literal(one.name)})", cast="try_cast")}
        else any_value(i.{quoted(one.name)}) end"""
        for one in sorted(image.schema.fields, key=lambda one: one.name)
    )
    db.execute(
        f"""update settled s set destination_hash = h.hashed, destination_modified_at = null
        from (select k.source_id, hash({values}) as hashed from kept_now k
              join {image.relation} i on i._key_hash = k.k group by k.source_id) h
        where s.source_id = h.source_id"""
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
