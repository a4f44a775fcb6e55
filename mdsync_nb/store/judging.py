"""What of a planned step can still be done: every decision gets its outcome before any write."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import polars as pl

from mdsync_nb.model import Field
from mdsync_nb.store.flow import FROM, Flow
from mdsync_nb.store.images import Image
from mdsync_nb.store.rejections import leave_rejected
from mdsync_nb.store.sql import column_type, key_text, literal, quoted, value_of

NAMESPACE = "8d3f1f3e4c0b5a0e9c1d2b7a6e5f4d3c"
"""Ids of records we create are uuid5 of this namespace, the seed of the plan and the source id."""


@dataclass(frozen=True)
class StepFacts:
    """What applying a step needs to know besides its decisions.

    blocked: `field`, `value`: references to records an earlier step failed to create. seed: of
    the ids of records it creates. flow: its direction. skips_after: failures in a row that set
    a pair aside; None: the same error twice. goes_back: a step in the other direction follows.
    undone: the job this step takes back, if it does. touch: records of which nothing differs get
    a new time all the same, and this field stands for them in a file; None: they are left alone.
    """

    plan_id: str
    step: int
    seed: str
    mapping: str
    destination: Image
    source: Image | None
    fingerprint: int
    user: str
    flow: Flow = FROM
    skips_after: int | None = 3
    goes_back: bool = False
    undone: int | None = None
    touch: str | None = None
    blocked: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"field": pl.String, "value": pl.String})
    )

    @property
    def of_plan(self) -> dict[str, object]:
        """The step's place among the plans, as parameters."""
        return {"plan": self.plan_id, "step": self.step}


OUTCOMES = """
update todo set outcome = case
    when action in ('fail', 'skip', 'wait', 'none') then action
    when rule = 'nothing-changed' then 'unchanged'
    when moved then 'stale'
    when action = 'insert' and taken then 'stale'
    when action not in ('insert', 'modify') then 'applied'
    when twin or depends or unfit is not null then 'fail'
    else 'applied' end;
update todo set
    rule = case when twin then 'key-taken' when depends then 'depends-on-failed'
        else 'value-does-not-fit' end,
    message = case when twin then 'Another record of this plan has the same key.'
        when depends then 'A record it refers to could not be created.' else unfit end
where outcome = 'fail' and action in ('insert', 'modify');
update todo set message = case when moved then 'It moved since the plan was made.'
    else 'A record with this key was created since the plan was made.' end
where outcome = 'stale';
update todo set destination_id = new_id
where action = 'insert' and outcome = 'applied' and destination_id like 'new:%'
"""


def judge(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Put every decision of a step into `todo` with its outcome, before anything is written.

    A record that moved since the plan, on either side, is stale, and so is a creation or a rename
    whose key somebody used since. What refers to a record that could not be created, or holds a
    value the field cannot, fails by itself (depends-on-failed, value-does-not-fit).
    """
    _note_keys(db, facts)
    _note_todo(db, facts)
    db.execute(OUTCOMES)
    leave_rejected(db, facts.flow)
    _keep_keys_apart(db, facts)
    if facts.undone is not None:
        _leave_what_was_never_taken_over(db, facts.undone)


def _note_keys(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Note the keys of the records to be created, and which exist here by now."""
    image = facts.destination
    if image.schema.keyed_by_id:
        _note_ids(db, facts)
        return
    names = ", ".join(literal(one.name) for one in image.key_fields)
    values = ", ".join(
        f"{value_of(one, f'max(source) filter (field = {literal(one.name)})', cast='try_cast')}"
        f" as {quoted(one.name)}"
        for one in image.key_fields
    )
    db.execute(
        f"""create or replace temp table new_key as
        select *, count(*) over (partition by key) > 1 as twin,
            key in (select {key_text(image.key_fields)} from {image.relation}) as taken
        from (select _source as source_id, {key_text(image.key_fields)} as key from (
            select d.source_id as _source, {values} from plan_decision d
            left join plan_cell x on x.plan_id = d.plan_id and x.step = d.step
              and x.source_id = d.source_id and x.field in ({names})
            where d.plan_id = $plan and d.step = $step and d.action = 'insert'
            group by d.source_id))""",
        facts.of_plan,
    )


def _note_ids(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Where the key is the id, a record to be created has the key we make for it: nobody else's."""
    db.execute(
        f"""create or replace temp table new_key as
        select d.source_id, {_made_id(facts)} as key, false as twin, false as taken
        from plan_decision d
        where d.plan_id = $plan and d.step = $step and d.action = 'insert'""",
        facts.of_plan,
    )


def _keep_keys_apart(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Hold back the renames whose new key another record has and keeps, one after the other: a
    record that cannot be renamed does not give up its key either."""
    _note_renames(db, facts)
    while db.sql("select 1 from renaming limit 1").fetchall():
        in_the_way = db.execute(
            f"""update todo set outcome = 'stale',
                message = 'A record with its new key was created since the plan was made.'
            where outcome = 'applied' and row in (
                select r.row from renaming r join {facts.destination.relation} l
                on r.key = {key_text(facts.destination.key_fields, "l.")}
                where l.rowid not in (select row from renaming))
            returning 1"""
        ).fetchall()
        if not in_the_way:
            return
        db.execute(
            "delete from renaming where row in (select row from todo where outcome = 'stale')"
        )


def _note_renames(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    """Note the rows that would get another key, and which."""
    image = facts.destination
    values = ", ".join(_new_value(one) for one in image.key_fields)
    db.execute(
        f"""create or replace temp table renaming as
        select row, {key_text(image.key_fields)} as key from (
            select t.row, {values} from todo t
            join plan_cell x on x.plan_id = $plan and x.step = $step and x.source_id = t.source_id
            join {image.relation} l on l.rowid = t.row
            where t.outcome = 'applied' and t.action = 'modify'
              and x.field in ({", ".join(literal(one.name) for one in image.key_fields)})
              and x.source is distinct from x.destination and not x.kept
            group by t.row)""",
        facts.of_plan,
    )


def _new_value(one: Field) -> str:
    """The SQL of a field of the key after the step: the cell's value, else the one it has."""
    of_field = f"x.field = {literal(one.name)}"
    after = value_of(one, f"max(x.source) filter ({of_field})", cast="try_cast")
    before = f"any_value(l.{quoted(one.name)})"
    return f"case when bool_or({of_field}) then {after} else {before} end as {quoted(one.name)}"


def _note_todo(db: duckdb.DuckDBPyConnection, facts: StepFacts) -> None:
    nothing = """(select null::ubigint as _key_hash, null::ubigint as _row_hash,
        null::timestamp as _modified_at)"""
    source = facts.source.relation if facts.source else nothing
    key_now = key_text(facts.destination.key_fields, "l.")
    db.register("blocked", facts.blocked)
    db.execute(
        f"""create or replace temp table todo as
        select d.* exclude (plan_id, step), d.destination_id as was_id, l.rowid as row,
            l._modified_at as was_modified_at, l._modified_by as was_modified_by,
            {key_now} as key_now, s._row_hash as source_now,
            s._modified_at as source_modified_at, l._row_hash as destination_now,
            c.rowid as coupling_row, {_new_id(facts)} as new_id,
            coalesce(n.taken, false) as taken, coalesce(n.twin, false) as twin,
            (d.source_hash is not null and s._row_hash is distinct from d.source_hash)
                or l._row_hash is distinct from d.destination_hash as moved,
            d.source_id in (select x.source_id from plan_cell x join blocked b
                on x.field = b.field and x.source = b.value and not x.kept
                where x.plan_id = $plan and x.step = $step) as depends,
            u.message as unfit, null::varchar as outcome
        from plan_decision d
        left join new_key n on n.source_id = d.source_id
        left join {source} s on s._key_hash = hash(d.source_id)
        left join {facts.destination.relation} l on l._key_hash = hash(d.destination_id)
        left join coupling c on c.mapping = d.mapping
          and c.{facts.flow.source}_key_hash = hash(d.source_id)
        left join ({_unfit(facts.destination)}) u on u.source_id = d.source_id
        where d.plan_id = $plan and d.step = $step""",
        facts.of_plan,
    )
    db.unregister("blocked")


def _new_id(facts: StepFacts) -> str:
    """The SQL of a created record's id: its key where a company has no ids, else a uuid5."""
    return _made_id(facts) if facts.destination.has_ids else "n.key"


def _made_id(facts: StepFacts) -> str:
    seed = literal(f"{facts.seed}:")
    h = f"sha1(unhex('{NAMESPACE}') || encode({seed} || d.source_id))"
    variant = f"substr('89ab', (strpos('0123456789abcdef', {h}[17]) - 1) % 4 + 1, 1)"
    last = f"{variant} || {h}[18:20] || '-' || {h}[21:32]"
    return f"{h}[1:8] || '-' || {h}[9:12] || '-5' || {h}[14:16] || '-' || {last}"


def _unfit(image: Image) -> str:
    """The SQL of the records to be written a value of which its field cannot hold."""
    tests = [
        f"(field = {literal(one.name)} and {value_of(one, 'source', cast='try_cast')} is null)"
        for one in image.schema.fields
        if column_type(one) != "varchar"
    ]
    return f"""select source_id, min(field || ' cannot be ' || source || '.') as message
        from plan_cell where plan_id = $plan and step = $step and source is not null
        and not kept and ({" or ".join(tests) or "false"}) group by source_id"""


def _leave_what_was_never_taken_over(db: duckdb.DuckDBPyConnection, undone: int) -> None:
    """An undone write that a load already showed as before has nothing left to reverse but the
    agreement."""
    db.execute(
        """update todo t set outcome = 'applied', action = 'unchanged' from job_record r
        where r.job_id = $undone and r.source_id = t.source_id and t.outcome = 'stale'
          and t.destination_now is not distinct from r.before_hash""",
        {"undone": undone},
    )
