"""Applying one step of a plan: what has not moved is written, and everything is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from mdsync_nb.model import Field, FieldType
from mdsync_nb.store.couples import agree, remember_failures, take_back
from mdsync_nb.store.images import Image
from mdsync_nb.store.sql import column_type, key_text, listed, quoted, row_hash, value_of

NAMESPACE = "8d3f1f3e4c0b5a0e9c1d2b7a6e5f4d3c"
"""Ids of records we create are uuid5 of this namespace, the plan and the source id."""


@dataclass(frozen=True)
class StepFacts:
    """What applying a step needs to know besides its decisions.

    blocked: `field`, `value`: references to records an earlier step failed to create.
    undone: the job this step takes back, if it does.
    """

    plan_id: str
    step: int
    mapping: str
    destination: Image
    source: Image | None
    fingerprint: int
    user: str
    undone: int | None = None
    blocked: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"field": pl.String, "value": pl.String})
    )


def judge(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Put every decision of a step into `todo` with its outcome, before anything is written.

    A record that moved since the plan, on either side, is stale. One that refers to a record
    which could not be created fails with the rule depends-on-failed.
    """
    named = {"plan": facts.plan_id, "step": facts.step}
    source = (
        facts.source.relation
        if facts.source
        else "(select null::ubigint as _key_hash, null::ubigint as _row_hash, null::timestamp as _modified_at) "
    )
    db.register("blocked", facts.blocked)
    db.execute(
        f"""create or replace temp table todo as
        select d.* exclude (plan_id, step), l.rowid as row, s._row_hash as source_now,
            s._modified_at as source_modified_at, l._row_hash as destination_now,
            c.rowid as coupling_row, {_new_id(facts)} as new_id,
            exists (select 1 from plan_cell x join blocked b on x.field = b.field and x.source = b.value
                where x.plan_id = $plan and x.step = $step and x.source_id = d.source_id) as depends
        from plan_decision d
        left join {source} s on s._key_hash = hash(d.source_id)
        left join {facts.destination.relation} l on l._key_hash = hash(d.destination_id)
        left join coupling c on c.mapping = d.mapping and c.integration_key_hash = hash(d.source_id)
        where d.plan_id = $plan and d.step = $step""",
        named,
    )
    db.unregister("blocked")
    _settle_outcomes(db, facts)
    if facts.undone is not None:
        _leave_what_was_never_taken_over(db, facts.undone)


def _leave_what_was_never_taken_over(db: duckdb.DuckDBPyConnection, undone: int) -> None:
    """An undone write that a load already showed as before has nothing left to reverse but the
    agreement."""
    db.execute(
        """update todo t set outcome = 'applied', action = 'unchanged' from job_record r
        where r.job_id = $undone and r.source_id = t.source_id and t.outcome = 'stale'
          and t.destination_now is not distinct from r.before_hash""",
        {"undone": undone},
    )
    db.execute(
        """delete from pending where job_id = $undone and key_hash in (select hash(destination_id)
        from todo where outcome = 'applied' and action = 'unchanged')""",
        {"undone": undone},
    )


def _new_id(facts: StepFacts) -> str:
    """The SQL of a created record's id: its key where a company has no ids, else a uuid5."""
    if not facts.destination.has_ids:
        keys = [
            f"""(select {value_of(one, "any_value(source)")} from plan_cell x where x.plan_id = $plan
            and x.step = $step and x.source_id = d.source_id and x.field = {_text(one.name)})"""
            for one in facts.destination.key_fields
        ]
        pretended = ", ".join(
            f"{key} as {quoted(one.name)}"
            for key, one in zip(keys, facts.destination.key_fields, strict=True)
        )
        return f"(select {key_text(facts.destination.key_fields)} from (select {pretended}))"
    h = f"sha1(unhex('{NAMESPACE}') || encode($plan || ':' || d.source_id))"
    variant = f"substr('89ab', (strpos('0123456789abcdef', {h}[17]) - 1) % 4 + 1, 1)"
    return f"{h}[1:8] || '-' || {h}[9:12] || '-5' || {h}[14:16] || '-' || {variant} || {h}[18:20] || '-' || {h}[21:32]"


def _settle_outcomes(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    taken = (
        f"exists (select 1 from {facts.destination.relation} x where x._key_hash = hash(new_id))"
    )
    moved = """(source_hash is not null and source_now is distinct from source_hash)
        or destination_now is distinct from destination_hash"""
    db.execute("alter table todo add column outcome varchar")
    db.execute(
        f"""update todo set outcome = case
            when action in ('fail', 'skip', 'wait', 'none') then action
            when rule = 'nothing-changed' then 'unchanged'
            when {moved} then 'stale'
            when action = 'insert' and {taken} then 'stale'
            when depends and action in ('insert', 'modify') then 'fail'
            else 'applied' end"""
    )
    db.execute(
        """update todo set rule = 'depends-on-failed', message =
            'A record it refers to could not be created.'
        where depends and outcome = 'fail' and action in ('insert', 'modify')"""
    )
    db.execute(
        "update todo set destination_id = new_id where action = 'insert' and outcome = 'applied' and destination_id like 'new:%'"
    )


def write_step(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, *, job_id: int, seq: int, at: datetime
) -> None:
    """Write what `judge` found ready into the image, the couplings and the job's records."""
    _note_writes(db, facts)
    _delete(db, facts)
    _modify(db, facts, at)
    _insert(db, facts, at)
    _rehash(db, facts)
    _remember_changes(db, facts, seq)
    _remember_pending(db, facts, job_id)
    if facts.undone is None:
        _remember_agreement(db, facts, job_id=job_id, seq=seq, at=at)
    else:
        db.execute(
            "create or replace temp table kept as select source_id from todo where outcome <> 'applied'"
        )
        take_back(db, undone=facts.undone, job_id=job_id)
    _remember_records(db, facts, job_id=job_id, at=at)


def _note_writes(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    db.execute(
        """create or replace temp table writes as
        select t.row, t.source_id, t.destination_id, t.action, x.field, x.source as after,
            x.destination as before
        from plan_cell x join todo t using (source_id)
        where x.plan_id = $plan and x.step = $step and t.outcome = 'applied'
          and t.action in ('insert', 'modify', 'delete')
          and x.source is distinct from x.destination""",
        {"plan": facts.plan_id, "step": facts.step},
    )


def _delete(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    db.execute(
        f"""delete from {facts.destination.relation} where rowid in
        (select row from todo where outcome = 'applied' and action = 'delete')"""
    )


def _modify(db: duckdb.DuckDBPyConnection, facts: StepFacts, at: datetime) -> None:
    target = facts.destination.relation
    fields = db.sql("select distinct field from writes where action = 'modify'").fetchall()
    for (name,) in fields:
        one = facts.destination.schema.by_name[name]
        db.execute(
            f"""update {target} i set {quoted(name)} = {value_of(one, "w.after")}
            from writes w where i.rowid = w.row and w.action = 'modify' and w.field = $field""",
            {"field": name},
        )
    db.execute(
        f"""update {target} i set _modified_at = $at, _modified_by = $user
        from todo t where i.rowid = t.row and t.outcome = 'applied' and t.action = 'modify'""",
        {"at": at, "user": facts.user},
    )
    _follow_keys(db, facts, {name for (name,) in fields})


def _follow_keys(db: duckdb.DuckDBPyConnection, facts: StepFacts, fields: set[str]) -> None:
    """Where a company has no ids, a renamed record is known by its new key from now on."""
    if facts.destination.has_ids or not fields & set(facts.destination.schema.key):
        return
    key = key_text(facts.destination.key_fields, "i.")
    db.execute(
        f"""update todo t set destination_id = {key} from {facts.destination.relation} i
        where i.rowid = t.row and t.outcome = 'applied' and t.action = 'modify'"""
    )
    db.execute(
        f"""update {facts.destination.relation} i set _id = t.destination_id,
        _key_hash = hash(t.destination_id) from todo t
        where i.rowid = t.row and t.outcome = 'applied' and t.action = 'modify'"""
    )


def _insert(db: duckdb.DuckDBPyConnection, facts: StepFacts, at: datetime) -> None:
    fields = facts.destination.schema.fields
    values = ", ".join(f"{_pivoted(one)} as {quoted(one.name)}" for one in fields)
    db.execute(
        f"""insert into {facts.destination.relation} by name
        select destination_id as _id, hash(destination_id) as _key_hash, $at::timestamp as _modified_at,
            $at::timestamp as _created_at, $user as _modified_by, 0::ubigint as _row_hash, {values}
        from writes where action = 'insert' group by destination_id""",
        {"at": at, "user": facts.user},
    )


def _pivoted(one: Field) -> str:
    value = value_of(one, f"max(after) filter (field = {_text(one.name)})")
    if one.blank_is_zero and one.type is FieldType.BOOLEAN:
        return f"coalesce({value}, false)"
    if one.blank_is_zero and column_type(one).startswith(("decimal", "bigint")):
        return f"coalesce({value}, 0)"
    return value


def _rehash(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    image = facts.destination
    db.execute(
        f"""update {image.relation} i set _row_hash = {row_hash(image.schema.by_name, "i.")}
        where i._key_hash in (select hash(destination_id) from todo
            where outcome = 'applied' and action in ('insert', 'modify'))"""
    )
    db.execute(
        f"""create or replace temp table after as select i._key_hash as k, i._row_hash as h,
            i._modified_at as m from {image.relation} i
        where i._key_hash in (select hash(destination_id) from todo where outcome = 'applied')"""
    )


def _remember_changes(db: duckdb.DuckDBPyConnection, facts: StepFacts, seq: int) -> None:
    named = {"seq": seq, "company": facts.destination.company, "table": facts.destination.table}
    db.execute(
        """insert into change select $seq, $company, $table, destination_id, hash(destination_id),
            case action when 'insert' then 'inserted' when 'delete' then 'deleted' else 'changed' end
        from todo where outcome = 'applied' and action in ('insert', 'modify', 'delete')""",
        named,
    )
    db.execute(
        """insert into change_cell select $seq, $company, $table, hash(destination_id), field,
            before, after from writes where action = 'modify'""",
        named,
    )
    db.execute(
        f"""update image set seq = $seq, rows = (select count(*) from {facts.destination.relation})
        where company = $company and "table" = $table""",
        named,
    )


def _remember_pending(db: duckdb.DuckDBPyConnection, facts: StepFacts, job_id: int) -> None:
    """Note each write until a load confirms it; a second write keeps the first one's before."""
    db.execute(
        """create or replace temp table waiting as
        select $company as company, $table as "table", t.destination_id as id,
            hash(t.destination_id) as key_hash, $job as job_id,
            case when p.key_hash is null then t.destination_hash else p.before_hash end as before_hash,
            a.h as after_hash, 'pending' as status
        from todo t left join after a on a.k = hash(t.destination_id)
        left join pending p on p.company = $company and p."table" = $table
            and p.key_hash = hash(t.destination_id)
        where t.outcome = 'applied' and t.action in ('insert', 'modify', 'delete')""",
        {"company": facts.destination.company, "table": facts.destination.table, "job": job_id},
    )
    db.execute(
        """delete from pending where company = $company and "table" = $table
            and key_hash in (select key_hash from waiting)""",
        {"company": facts.destination.company, "table": facts.destination.table},
    )
    db.execute(
        "insert into pending select * from waiting where before_hash is distinct from after_hash"
    )


def _remember_agreement(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, *, job_id: int, seq: int, at: datetime
) -> None:
    db.execute(
        """create or replace temp table settled as
        select t.coupling_row, t.source_id, t.destination_id as local_id, t.source_modified_at,
            a.m as destination_modified_at, t.source_now as source_hash, a.h as destination_hash
        from todo t join after a on a.k = hash(t.destination_id)
        where t.outcome = 'applied' and t.action in ('insert', 'modify', 'unchanged')"""
    )
    agree(db, job_id=job_id, seq=seq, at=at, fingerprint=facts.fingerprint)
    db.execute(
        """create or replace temp table made as
        select $mapping as mapping, local_id, source_id as integration_id,
            hash(local_id) as local_key_hash, hash(source_id) as integration_key_hash,
            destination_modified_at as local_modified_at, source_modified_at as integration_modified_at,
            destination_hash as local_row_hash, source_hash as integration_row_hash,
            $fingerprint::ubigint as fingerprint, $seq as agreed_seq, $at::timestamp as agreed_at,
            'success' as last_result, $job as last_job, 0 as failures, false as skipped,
            $job as coupled_job
        from settled where coupling_row is null""",
        {
            "mapping": facts.mapping,
            "fingerprint": facts.fingerprint,
            "seq": seq,
            "at": at,
            "job": job_id,
        },
    )
    db.execute("insert into coupling by name select * from made")
    db.execute(
        "insert into job_coupling by name select $job as job_id, false as existed, * from made",
        {"job": job_id},
    )


def _remember_records(
    db: duckdb.DuckDBPyConnection, facts: StepFacts, *, job_id: int, at: datetime
) -> None:
    db.execute(
        """create or replace temp table refused as
        select coupling_row from todo where outcome = 'fail' and coupling_row is not null"""
    )
    if facts.undone is None:
        remember_failures(db, job_id=job_id)
        db.execute(
            """update todo set outcome = 'skip' where outcome = 'fail' and coupling_row in
            (select rowid from coupling where skipped and last_job = $job)""",
            {"job": job_id},
        )
    db.execute(
        """insert into job_record select $job, mapping, source_id, destination_id, key, action, rule,
            outcome, message, destination_hash, a.h
        from todo t left join after a on a.k = hash(t.destination_id)
        where outcome not in ('none', 'unchanged')""",
        {"job": job_id},
    )
    db.execute(
        """insert into job_error select $job, mapping, $at, source_id, destination_id, key, rule, message
        from todo where action = 'fail' or outcome in ('fail', 'stale') or
            (outcome = 'skip' and rule <> 'skipped-flag')""",
        {"job": job_id, "at": at},
    )


@dataclass(frozen=True)
class Ready:
    """What of a step can be written: whole rows as they will be, for the company's files.

    inserted, modified: every field of the table, typed; modified also has `_previous:<key>`.
    cells: `destination_id`, `field` of the modified records. deleted: the key fields.
    """

    inserted: pl.DataFrame
    modified: pl.DataFrame
    cells: pl.DataFrame
    deleted: pl.DataFrame


def ready(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> Ready:
    """Give the rows a step is about to write, as `judge` found them; nothing is changed."""
    _note_writes(db, facts)
    image = facts.destination
    fields = image.schema.fields
    fresh = ", ".join(f"{_pivoted(one)} as {quoted(one.name)}" for one in fields)
    kept = ", ".join(
        f"""case when bool_or(w.field = {_text(one.name)}) then
        {value_of(one, f"max(w.after) filter (w.field = {_text(one.name)})")}
        else any_value(i.{quoted(one.name)}) end as {quoted(one.name)}"""
        for one in fields
    )
    previous = ", ".join(
        f"any_value(i.{quoted(one)}) as {quoted('_previous:' + one)}" for one in image.schema.key
    )
    joined = f"from writes w join {image.relation} i on i.rowid = w.row where w.action = 'modify'"
    return Ready(
        db.sql(
            f"select destination_id, {fresh} from writes where action = 'insert' group by all"
        ).pl(),
        db.sql(f"select w.destination_id, {kept}, {previous} {joined} group by 1").pl(),
        db.sql("select destination_id, field from writes where action = 'modify'").pl(),
        db.sql(
            f"""select {listed(image.schema.key)} from {image.relation} where rowid in
            (select row from todo where outcome = 'applied' and action = 'delete')"""
        ).pl(),
    )


def counted(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many records of the step had which outcome and action, as the job's counters."""
    rows = db.sql(
        """select case when outcome = 'applied' then action else outcome end as what, count(*)
        from todo group by all"""
    ).fetchall()
    found = {str(what): int(number) for what, number in rows}
    return {
        "inserted": found.get("insert", 0),
        "modified": found.get("modify", 0),
        "deleted": found.get("delete", 0),
        "unchanged": found.get("unchanged", 0),
        "skipped": found.get("skip", 0),
        "failed": found.get("fail", 0),
        "waiting": found.get("wait", 0),
        "stale": found.get("stale", 0),
    }


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
