"""Laws of the ladders: whatever the facts are, one rule decides, and it is the first that holds."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdsync_nb.core.classify import (
    BEFORE_VALUES,
    COUPLED,
    SOURCE,
    SOURCE_COMPLETE,
    RunFacts,
    class_unread,
    classify,
)
from mdsync_nb.core.conditions import conditions_of, gates
from mdsync_nb.core.ladder import Rule, first_that_holds
from mdsync_nb.core.resolve import AFTER_VALUES, INSERTING, conflict_label
from mdsync_nb.frames import PAIRS
from mdsync_nb.model.kinds import Action

NOON = datetime(2026, 3, 2, 12)
TIMES = st.none() | st.sampled_from([0, 5, 9, 10, 11, 60_000]).map(
    lambda ms: NOON + timedelta(milliseconds=ms)
)
MAYBE = st.none() | st.booleans()
NEVER_NULL = ("failed_last", "failed_back", "skipped", "held", "not_taken_over")
FLAGS = ("source_in_filter", "destination_in_filter", "found", "undecided", "two_firms", "natural", "natural_unsure", "key_taken", "aside")  # fmt: skip


def facts(name, kind):
    """What one column of a pair may hold."""
    if name in NEVER_NULL:
        return st.booleans()
    if name == "records":
        return st.just(1)
    return {pl.Int64(): st.none() | st.integers(0, 9), pl.Boolean(): MAYBE}.get(kind, TIMES)


PAIR = st.fixed_dictionaries(
    {name: facts(name, kind) for name, kind in PAIRS.items()} | dict.fromkeys(FLAGS, st.booleans())
)
RUN = st.fixed_dictionaries(dict.fromkeys(vars(RunFacts()), st.booleans()))
KNOWN = (
    "differs", "protected", "currency_meaning", "rename_taken", "renamed", "source_wins",
    "any_both", "agreed", "kept", "carried", "keeps_ours", "two_way", "overrides", "both_ways", "prevails", "yields",
)  # fmt: skip
READ = st.fixed_dictionaries(
    dict.fromkeys(KNOWN, st.booleans())
    | {"missing_reference": st.none() | st.just("gone"), "destination_created_at": TIMES}
    | {"transformation_failed": st.none() | st.just("no number")}
    | {"unresolved": st.none() | st.just("gone")}
)
READ_TYPES = {
    "missing_reference": pl.String,
    "transformation_failed": pl.String,
    "unresolved": pl.String,
    "destination_created_at": pl.Datetime("us"),
}
SCHEMA = {**PAIRS, **dict.fromkeys(FLAGS, pl.Boolean())}


def framed(pairs):
    return pl.DataFrame(pairs, schema=SCHEMA)


@settings(max_examples=50, deadline=None)
@given(pairs=st.lists(PAIR, min_size=1, max_size=20), run=RUN)
def test_every_candidate_has_one_rule_and_it_is_the_first_that_holds(pairs, run):
    known = classify(framed(pairs).lazy(), RunFacts(**run)).collect()
    assert known["rule"].null_count() == 0
    for n, position in enumerate(known["rule"]):
        held = gates(BEFORE_VALUES, known[n])["holds"].to_list()
        assert held.index(True) == position


@settings(max_examples=50, deadline=None)
@given(pairs=st.lists(PAIR, min_size=1, max_size=20), run=RUN)
def test_every_pair_has_one_class_and_missing_is_said_of_complete_loads_alone(pairs, run):
    known = classify(framed(pairs).lazy(), RunFacts(**run)).with_columns(kind=class_unread())
    found = known.with_columns(pl.col("kind").cast(pl.String)).collect()
    assert found["kind"].null_count() == 0
    if not run["source_complete"]:
        gone = ["gone_source", "gone_source_changed_destination", "new_destination"]
        assert found.filter(pl.col("kind").is_in(gone)).is_empty()
    if not run["destination_complete"]:
        gone = ["gone_destination", "gone_destination_changed_source", "new_source"]
        assert found.filter(pl.col("kind").is_in(gone)).is_empty()


@settings(max_examples=50, deadline=None)
@given(pair=PAIR, run=RUN, read=READ)
def test_every_pair_that_was_read_has_one_rule_of_the_second_ladder(pair, run, read):
    known = framed([pair]).with_columns(
        **RunFacts(**run).columns(),
        **{
            name: pl.lit(value).cast(READ_TYPES.get(name, pl.Boolean))
            for name, value in read.items()
        },
    )
    rules = known.select(after=first_that_holds(AFTER_VALUES), label=conflict_label())
    position, label = rules.row(0)
    assert gates(AFTER_VALUES, known)["holds"].to_list().index(True) == position
    rule = AFTER_VALUES[position]
    written = rule.action is Action.MODIFY and rule.id not in (
        "forced",
        "forced-alike",
        "natural-key",
    )
    assert not written or read["differs"]
    assert label in ("", "true", "timestamp")
    assert not label or (read["differs"] and read["agreed"])


@pytest.mark.parametrize("ladder", [BEFORE_VALUES, AFTER_VALUES, INSERTING])
def test_a_ladder_ends_with_a_rule_for_everybody_and_names_each_once(ladder):
    assert len({rule.id for rule in ladder}) == len(ladder)
    assert pl.select(ladder[-1].test).item() is True


@pytest.mark.parametrize("ladder", [BEFORE_VALUES, AFTER_VALUES, INSERTING])
def test_whatever_waits_or_fails_says_why_in_which_state_and_who_can_do_something(ladder):
    for rule in ladder:
        if rule.action in (Action.WAIT, Action.FAIL, Action.SKIP):
            assert rule.message, rule.id
            assert rule.state, rule.id
            assert rule.family or rule.id == "conflict-lost", rule.id  # nobody has to act


def test_a_test_without_an_answer_does_not_hold():
    ladder = (
        Rule("unknown", pl.col("known"), Action.FAIL),
        Rule("else", pl.lit(value=True), Action.NONE),
    )
    facts = pl.DataFrame({"known": [True, False, None]})
    assert facts.select(first_that_holds(ladder)).to_series().to_list() == [0, 1, 1]


def test_a_gate_says_what_stands_in_the_way_or_all_that_let_it_hold():
    ladder = (
        Rule("orphan", COUPLED & ~SOURCE & SOURCE_COMPLETE, Action.NONE),
        Rule("else", pl.lit(value=True), Action.NONE),
    )
    facts = pl.DataFrame(
        {
            "coupling_row": [1, 1, None, 1],
            "source_row": [None, 5, None, None],
            "source_complete": [True, True, False, None],
        },
        schema_overrides={"coupling_row": pl.Int64, "source_row": pl.Int64},
    )
    told = [gates(ladder, facts[n]).row(0)[1:] for n in range(facts.height)]
    assert told == [
        (True, "coupled; no record there; the load there is complete"),
        (False, "the record there exists"),
        (False, "not coupled; the load there may have gaps"),
        (False, "the load there may have gaps"),
    ]
    assert gates(ladder, facts[0]).row(1) == ("else", True, "everything else")


def test_a_condition_nobody_has_worded_cannot_be_explained():
    with pytest.raises(ValueError, match="No words for"):
        conditions_of(COUPLED & pl.col("moon_is_full"))
