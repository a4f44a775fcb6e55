"""The conditions of the ladders in words, and how one record answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from mdsync_nb.core import classify, resolve
from mdsync_nb.core.ladder import Rule


class Words(NamedTuple):
    """A condition of the ladders, said when it holds and when it does not."""

    test: pl.Expr
    holds: str
    fails: str


WORDS = (
    Words(
        classify.CREATED_AGAIN,
        "restore_records is set, or it was written, not taken over and is planned again",
        "nothing asks for it to be created again",
    ),
    Words(classify.COUPLED, "coupled", "not coupled"),
    Words(classify.SOURCE, "the record there exists", "no record there"),
    Words(classify.DESTINATION, "the record here exists", "no record here"),
    Words(pl.col("destination_in_filter"), "in the filter here", "outside the filter here"),
    Words(classify.IN_FILTER, "in the filter", "outside the filter"),
    Words(classify.NATURAL, "found by its natural key", "not found by a natural key"),
    Words(pl.col("natural_unsure"), "several have its natural key", "nobody else has that key"),
    Words(
        classify.BY_ID,
        "a person chose this direction for it",
        "nobody chose the direction for this record alone",
    ),
    Words(classify.FORCED, "a person chose this direction", "nobody chose the direction"),
    Words(pl.col("anyway"), "asked for all the same", "not asked for all the same"),
    Words(
        pl.col("overrides"),
        "a person chose whose values win",
        "nobody chose whose values win",
    ),
    Words(pl.col("named"), "a person named it", "nobody named it"),
    Words(pl.col("failed_last"), "the last run failed with it", "the last run did not fail"),
    Words(
        pl.col("uncouples"),
        "`remove_coupling` is set, and may remove it from here",
        "nothing removes its coupling",
    ),
    Words(
        pl.col("unresolved").is_not_null(),
        "it refers to a record that is not coupled",
        "what it refers to is coupled",
    ),
    Words(
        resolve.CONFLICT,
        "both moved, and a field that flows both ways differs",
        "no field that flows both ways was in conflict",
    ),
    Words(pl.col("two_way"), "the mapping flows both ways", "the mapping flows one way"),
    Words(pl.col("yields"), "`update_conflict` lets the other side win", "this side may win"),
    Words(pl.col("prevails"), "`update_conflict` lets this side win", "it lets no side win here"),
    Words(classify.FULL, "a full synchronization", "not a full synchronization"),
    Words(classify.ONLY_COUPLED, "the run takes coupled records only", "the run creates records"),
    Words(classify.SOURCE_COMPLETE, "the load there is complete", "the load there may have gaps"),
    Words(
        classify.DESTINATION_COMPLETE, "the load here is complete", "the load here may have gaps"
    ),
    Words(classify.AS_AGREED, "both are as they last agreed", "one is not as last agreed"),
    Words(
        classify.SOURCE_CHANGED,
        "the record there moved since, or the last run failed",
        "the record there did not move since, and the last run did not fail",
    ),
    Words(
        classify.NEVER_AGREED, "the two never agreed", "the two agreed before, or their times tell"
    ),
    Words(pl.col("skipped"), "set aside after failures", "not set aside after failures"),
    Words(pl.col("held"), "undone, and not released", "not undone"),
    Words(
        pl.col("not_taken_over"),
        "the last load showed our write is not there",
        "nothing we wrote is missing",
    ),
    Words(pl.col("again"), "asked for again", "not asked for again"),
    Words(pl.col("aside"), "a row of it was set aside when it was read", "no row was set aside"),
    Words(pl.col("two_firms"), "its counterpart is another firm", "no contradiction"),
    Words(pl.col("undecided"), "it may be one that exists here", "it is like no other"),
    Words(pl.col("found"), "its counterpart was found", "no counterpart was found"),
    Words(pl.col("key_taken"), "its key is in use here", "its key is free here"),
    Words(pl.col("restores"), "`restore_records` is set", "`restore_records` is not set"),
    Words(pl.col("removes"), "`remove_coupling` is set", "`remove_coupling` is not set"),
    Words(pl.col("differs"), "a compared field differs", "no compared field differs"),
    Words(
        resolve.ORIGIN_UNKNOWN,
        "the two never agreed, no time of the record there moved since they were coupled, and "
        "`first_sync` is `ask`",
        "somebody can say who changed it",
    ),
    Words(pl.col("currency_meaning"), "a blank currency would mean another here", "no currency"),
    Words(resolve.LOCALLY_CHANGED, "the record here moved since", "the record here did not move"),
    Words(
        pl.col("protected"),
        "a field that differs is not open to overwriting, and no merge settles it",
        "every field that differs may be overwritten or merged",
    ),
    Words(
        pl.col("keeps_ours"),
        "`update_conflict` is `send_update_to_integration`",
        "ours does not win",
    ),
    Words(
        pl.col("kept"),
        "`update_conflict` is `merge`, and a field was changed only here",
        "no merge leaves a field",
    ),
    Words(pl.col("carried"), "a value from there is to be written", "no value is to be written"),
    Words(
        pl.col("missing_reference").is_not_null(),
        "a record it would refer to is missing here",
        "nothing it refers to is missing",
    ),
    Words(
        pl.col("transformation_failed").is_not_null(),
        "a transformation rule fails on one of its values",
        "every transformation rule could be applied",
    ),
    Words(
        pl.col("template_missing").is_not_null(),
        "its template is declared nowhere",
        "its template is there, or it has none",
    ),
    Words(pl.col("claimed"), "it names a company it belongs to", "it names no company"),
    Words(
        pl.col("stuck"), "that company is ours, and nothing holds it", "it is not for us to let go"
    ),
    Words(pl.col("rename_taken"), "another record here keeps the new key", "the new key is free"),
    Words(pl.col("renamed"), "a field of its key differs", "its key is the same"),
    Words(pl.col("rule") == "new", "it was never here", "it was here before"),
    Words(pl.lit(value=True), "everything else", "never"),
)


class Asked(NamedTuple):
    """A condition of a rule, and whether it has to hold."""

    words: Words
    wanted: bool

    def said(self, *, met: bool) -> str:
        """Give the condition as it is: as it was wanted when it is met, else the opposite."""
        return self.words.holds if met == self.wanted else self.words.fails


def conditions_of(test: pl.Expr) -> tuple[Asked, ...]:
    """Give the conditions that all have to hold, in the order they are asked.

    A test is taken apart until only conditions of WORDS are left, so a rule that asks something
    new needs words first. Raises ValueError for a condition that has none.
    """
    return tuple(_taken_apart(test, wanted=True))


def in_words(test: pl.Expr) -> str:
    """Give what a rule asks as one text: "Coupled; no record there". Raises ValueError."""
    said = "; ".join(one.said(met=True) for one in conditions_of(test))
    return said[:1].upper() + said[1:]


def gates(ladder: Sequence[Rule], facts: pl.DataFrame) -> pl.DataFrame:
    """Give every rule of a ladder with its answer for one record: `rule`, `holds`, `because`.

    facts: one row. because: what the rule asks, as it is with this record; of a rule that does
    not hold only what stands in its way. Used to explain; deciding uses `first_that_holds`.
    """
    return gates_of_each(ladder, facts)[0]


def gates_of_each(ladder: Sequence[Rule], facts: pl.DataFrame) -> list[pl.DataFrame]:
    """Give the `gates` of every record of the facts, in their order; the tests are asked once."""
    asked = [conditions_of(rule.test) for rule in ladder]
    tests = [one.words.test for some in asked for one in some]
    answers = facts.select(test.alias(str(n)) for n, test in enumerate(tests)).rows()
    return [_answered(ladder, asked, one) for one in answers]


def _answered(
    ladder: Sequence[Rule], asked: Sequence[Sequence[Asked]], answers: Sequence[object]
) -> pl.DataFrame:
    each, rows = iter(answers), []
    for rule, some in zip(ladder, asked, strict=True):
        met = [next(each) is one.wanted for one in some]  # without an answer it is not met
        holds = all(met)
        told = [one.said(met=yes) for one, yes in zip(some, met, strict=True) if holds or not yes]
        rows.append({"rule": rule.id, "holds": holds, "because": "; ".join(told)})
    return pl.DataFrame(rows, schema=GATES)


GATES = {"rule": pl.String, "holds": pl.Boolean, "because": pl.String}


def _taken_apart(test: pl.Expr, *, wanted: bool) -> list[Asked]:
    known = next((one for one in WORDS if one.test.meta.eq(test)), None)
    if known is not None:
        return [Asked(known, wanted)]
    inner = test.meta.pop()
    if len(inner) == 1 and test.meta.eq(~inner[0]):
        return _taken_apart(inner[0], wanted=not wanted)
    if len(inner) == 2 and wanted and test.meta.eq(inner[1] & inner[0]):
        return [
            *_taken_apart(inner[1], wanted=True),
            *_taken_apart(inner[0], wanted=True),
        ]
    raise ValueError(f"No words for {test}; say them in WORDS.")
