"""What holds whatever a company and Dataverse hold: six stories of fifty records each.

What becomes of a record depends on its own pair, so every record of a story is an example: 300.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .pairs import CLIENT, Pairs

STORIES, RECORDS = 6, 50
HERE, THERE = ("Name", "City", "Phone", "Note"), ("Name", "City", "Mail", "Note")
"""The fields a side may edit: those that flow from it, and one in no mapping."""

KEYS = ["mapping", "source_id", "destination_id"]
WRITES = ("insert", "modify", "delete")


@dataclass(frozen=True)
class Fate:
    """What becomes of one record: where it is at first, and what each side edits or deletes."""

    first: str
    here: frozenset[str]
    there: frozenset[str]
    drop: str


FATES = st.lists(
    st.builds(
        Fate,
        st.sampled_from(["both", "both", "both", "local", "int"]),
        st.frozensets(st.sampled_from(HERE), max_size=2),
        st.frozensets(st.sampled_from(THERE), max_size=2),
        st.sampled_from(["", "", "", "", "", "", "local", "int"]),
    ),
    min_size=RECORDS,
    max_size=RECORDS,
)
SAID = st.fixed_dictionaries(
    {
        "update_conflict": st.sampled_from(
            ["none", "merge", "send_update_to_integration", "get_update_from_integration"]
        ),
        "deletion_conflict": st.sampled_from(["none", "restore_records", "remove_coupling"]),
        "only_coupled": st.booleans(),
    }
)
LAWS = settings(
    max_examples=STORIES,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def begun(root, fates, **said):
    """Pairs that agree, and records on one side alone; nobody has edited anything yet."""
    root.mkdir()
    p = Pairs(root, {"CLIENT": {**CLIENT, **said}})
    numbered = {f"R{n:02}": fate for n, fate in enumerate(fates)}
    together = [handle for handle, fate in numbered.items() if fate.first == "both"]
    p.synced("ALWAYS", *together, Phone="1", Mail="m", Note="n")
    for handle, fate in numbered.items():
        if fate.first == "local":
            p.local.put("Client", handle, Name=handle, City="Ulm", Phone="1")
        if fate.first == "int":
            p.int.put("account", handle, Name=handle, City="Ulm", Mail="m")
    return p, numbered


def live(p, numbered, *, drops=True):
    """Both sides edit and delete; then both are loaded."""
    for handle, fate in numbered.items():
        for side, table, fields in (
            (p.local, "Client", fate.here),
            (p.int, "account", fate.there),
        ):
            if handle in side.tables[table] and fields:
                side.put(table, handle, **{one: f"{one[0]}{side.name}" for one in sorted(fields)})
        if drops and fate.first == "both" and fate.drop:
            side, table = (p.local, "Client") if fate.drop == "local" else (p.int, "account")
            side.drop(table, handle)
    p.load()


def images(p):
    """What both sides hold, and what the pairs agreed on."""
    shown = {}
    for company, table in (("LOCAL", "Client"), ("INT", "account")):
        rows = p.ask(f"select * exclude (_created_at) from {company}.{table}")
        shown[company] = rows.select(pl.all().cast(pl.String)).sort(pl.all()).rows()
    couplings = p.ask(
        "select local_id, integration_id, local_row_hash, integration_row_hash from coupling"
    )
    return shown, couplings.sort(pl.all()).rows()


def adds_up(plan, counts):
    """One decision and one rule a candidate, and the counters of the jobs add up to them."""
    for step in plan.decisions.partition_by("mapping", "source_id", include_key=True):
        assert step.height <= 2
    assert not plan.decisions.select(pl.col("rule", "action", "class").is_null().any()).row(0)[0]
    quiet = plan.counts.filter(action="none")["records"].sum()
    done = sum(n for one in counts.values() for n in one.values())
    assert done + quiet == plan.counts["records"].sum()


def nothing_is_lost_unnamed(plan):
    """A value changed only at the destination, or on both sides, is overwritten by a policy that
    the rule names, or in a field that only flows this way."""
    decided = plan.decisions.filter(pl.col("action") == "modify")
    written = plan.cells.filter(~pl.col("kept")).join(decided, on=KEYS, suffix="_of")
    changed = pl.col("class").cast(pl.String).is_in(["destination", "both"])
    lost = written.filter(changed & pl.col("field").is_in(["Name", "City"]))
    assert set(lost["rule"]) <= {"conflict-won"}


@LAWS
@given(fates=FATES, said=SAID)
def test_decisions_are_single_counters_add_up_nothing_is_lost_and_rest_is_rest(
    tmp_path_factory, fates, said
):
    p, numbered = begun(tmp_path_factory.mktemp("law") / "p", fates, **said)
    live(p, numbered)
    plan = p.bench.plan()
    nothing_is_lost_unnamed(plan)
    adds_up(plan, p.applied(plan))
    p.load()
    settled = p.bench.plan()
    p.applied(settled)
    p.load()
    for _ in range(2):
        plan = p.bench.plan()
        counts = p.applied(plan)
        assert not [n for one in counts.values() for n in one if n in ("inserted", "modified")]
        p.load()


@LAWS
@given(fates=FATES, said=SAID)
def test_a_run_and_its_undo_leave_both_sides_as_they_were(tmp_path_factory, fates, said):
    p, numbered = begun(tmp_path_factory.mktemp("law") / "p", fates, **said)
    live(p, numbered)
    before = images(p)
    first = p.bench.jobs()["job_id"].max()
    p.bench.apply(p.bench.plan().plan_id, force=True)
    jobs = p.bench.jobs().filter(pl.col("job_id") > first)
    for job in jobs.sort("job_id", descending=True).to_dicts():
        if "applied" in p.bench.jobs(job=job["job_id"])["outcome"].to_list():
            p.bench.undo(job["job_id"])
    assert images(p) == before


@LAWS
@given(fates=FATES)
def test_merging_both_ways_converges_where_no_field_was_edited_on_both_sides(
    tmp_path_factory, fates
):
    apart = [
        Fate("both", one.here, one.there - (one.here & one.there) | {"Mail"}, "") for one in fates
    ]
    p, numbered = begun(tmp_path_factory.mktemp("law") / "p", apart, update_conflict="merge")
    live(p, numbered, drops=False)
    for _ in range(2):
        p.run()
        p.load()
    for handle, fate in numbered.items():
        here, there = p.local.tables["Client"][handle], p.int.tables["account"][handle]
        for field in ("Name", "City", "Phone", "Mail"):
            assert here[field] == there[field], (handle, field, fate)
            edited = [s for s, of in (("LOCAL", fate.here), ("INT", fate.there)) if field in of]
            assert not edited or here[field] == f"{field[0]}{edited[0]}", (handle, field, fate)
