"""Looking at one mapping: the first ladder, the values of the pairs it leaves open, the second."""

from __future__ import annotations

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.ladder import Rule, first_that_holds
from mdsync_nb.core.merging import STAYING, resolved
from mdsync_nb.core.pairing import class_read, facts_of_cells, worth_a_row
from mdsync_nb.core.resolve import AFTER_VALUES, INSERTING, conflict_label
from mdsync_nb.core.transfer import field_pairs, inserted_cells
from mdsync_nb.core.transform.records import FAILED
from mdsync_nb.engine.boxes import boxes_of
from mdsync_nb.engine.candidates import Looked, look
from mdsync_nb.engine.claims import RULES as LET_GO
from mdsync_nb.engine.claims import let_go
from mdsync_nb.engine.found import COUNTED, DECIDED, Boxes, StepFound, StepWanted, nothing_found
from mdsync_nb.engine.keys import (
    Judged,
    Planned,
    and_planned,
    keys_of,
    moving_keys,
    numbered,
    place_of,
    rename_taken,
    restored_in_the_way,
    settled,
)
from mdsync_nb.engine.messages import (
    told_of,
    with_fields_named,
    with_left_behind,
    with_messages,
)
from mdsync_nb.engine.parents import company_changed, with_company
from mdsync_nb.engine.references import refers_to_itself, with_references
from mdsync_nb.engine.removing import removed
from mdsync_nb.engine.rewriting import rewriting_of
from mdsync_nb.engine.templates import MISSING, templated
from mdsync_nb.engine.wide import Sides, compared, sides_of, sides_together, with_keys
from mdsync_nb.model import Direction, FirstSync, UpdateConflict
from mdsync_nb.store import Reading

SLICE = 500_000
"""Pairs are read wide in slices of this many, so that memory does not grow with the table."""

PLACED = {
    **DECIDED,
    "agreed": frames.YES,
    "aside": frames.YES,
    "coupling_row": frames.WHOLE,
    "source_row": frames.WHOLE,
    "destination_row": frames.WHOLE,
}
"""Decisions while their positions are still valid."""


def evaluate(reading: Reading, wanted: StepWanted, planned: Planned) -> StepFound:
    """Look at one mapping and decide every candidate; nothing is written.

    planned: what earlier steps would create, so that this step sees the destination as they would
    leave it.
    """
    mapping = wanted.mapping
    source = reading.image(mapping.source, mapping.source_table)
    destination = reading.image(mapping.destination, mapping.destination_table)
    if source is None or destination is None:
        return nothing_found(wanted, source, destination)
    fields, left_out = field_pairs(mapping, source.schema, destination.schema, wanted.currencies)
    looked = look(reading, wanted, (source, destination), fields)
    rewriting = rewriting_of(reading, wanted, source, fields)
    sides = Sides(reading, source, destination, tuple(fields), rewriting, mapping.name, wanted.flow)
    created, created_cells = to_create(looked, wanted, sides, planned)
    planned = and_planned(planned, place_of(sides), moving_keys(created, created_cells, sides))
    decided, cells, rest = read_values(looked, wanted, sides, planned)
    deleted, deleted_cells = removed(looked, sides)
    free, free_cells = let_go(looked.noisy, sides)
    said = [with_messages(deleted), with_messages(free), rest]
    decisions = pl.concat([decided, created, *said], how="diagonal_relaxed")
    every_cell = [cells, created_cells, deleted_cells, free_cells]
    return StepFound(
        wanted,
        source,
        destination,
        frames.conform(decisions.with_columns(mapping=pl.lit(mapping.name)), DECIDED),
        frames.conform(
            pl.concat(every_cell, how="diagonal_relaxed").with_columns(
                mapping=pl.lit(mapping.name)
            ),
            frames.CELLS,
        ),
        _counts(decisions, looked.quiet),
        Boxes() if wanted.brief else boxes_of(reading, (source, destination), decisions, looked),
        tuple(left_out),
        looked.only_blank,
        looked.filters_not_evaluated,
        looked.matched_by,
        latest=looked.latest,
    )


def _counts(decisions: pl.DataFrame, quiet: pl.DataFrame) -> pl.DataFrame:
    loud = decisions.group_by("class", "rule").agg(records=pl.len().cast(pl.Int64))
    return pl.concat([loud.select(*COUNTED), quiet], how="vertical_relaxed")


def read_values(
    looked: Looked, wanted: StepWanted, sides: Sides, planned: Planned
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Decide the pairs whose values have to be looked at, slice by slice, and give their cells; and
    the pairs the first ladder decided, with names people know them by."""
    by_themselves = pl.col("rule").is_in(["new", "restore", "delete", *LET_GO])
    read = looked.noisy.filter("read")
    unread = looked.noisy.filter(~pl.col("read") & ~by_themselves)
    if read.is_empty() and unread.is_empty():
        return frames.empty(PLACED), frames.empty(frames.CELLS), frames.empty(PLACED)
    if unread.height <= read.height <= SLICE:
        together, named = sides_together(read, unread, sides)
        parts = [_slice(together, wanted, sides, planned)]
    else:
        parts = [
            _slice(sides_of(part.with_row_index("ix"), sides), wanted, sides, planned)
            for part in read.iter_slices(SLICE)
            if part.height
        ]
        named = sides_of(unread.with_row_index("ix"), sides, names_only=True)
    if not parts:
        return frames.empty(PLACED), frames.empty(frames.CELLS), _unread(named)
    decided, cells = (pl.concat(some, how="diagonal_relaxed") for some in zip(*parts, strict=True))
    return decided, cells, _unread(named)


def _slice(read: pl.DataFrame, wanted: StepWanted, sides: Sides, planned: Planned) -> Judged:
    pairs, found = compared(read, sides)
    mapping = wanted.mapping
    two_way = mapping.direction is Direction.BIDIRECTIONAL

    def judge(moving: pl.Series) -> Judged:
        own = keys_of(found.filter(pl.col("ix").is_in(moving.implode())), sides)
        checked = with_references(
            found, sides, and_planned(planned, place_of(sides), own), wanted.company
        )
        checked = resolved(
            checked,
            sides.fields,
            policy=mapping.update_conflict,
            overwrites=mapping.overwrites if mapping.profile.protects else not two_way,
            two_way=two_way,
            forced=wanted.forced and mapping.profile.force_writes,
        )
        known = _known(pairs, facts_of_cells(checked, sides.fields), wanted)
        known = known.with_columns(rename_taken=rename_taken(known, moving, sides))
        return _decided(known, AFTER_VALUES, open_rule="look-at-values"), checked

    new_key = pl.col("source_key").ne_missing(pl.col("destination_key"))
    open_ones = pairs.filter(new_key & (pl.col("rule") == "look-at-values"))
    decided, cells = settled(judge, open_ones["ix"])
    decided = decided.with_columns(conflict=conflict_label(), **{"class": class_read()})
    company = company_changed(decided, sides, wanted)
    decided = with_left_behind(_with_more(decided, company), cells, sides)
    decided = with_fields_named(decided, cells).with_columns(detail=told_of())
    ids = decided.select("ix", "source_id", "destination_id", "rule")
    shown = pl.concat([worth_a_row(cells), company], how="diagonal").join(ids, on="ix")
    return with_messages(decided), shown.with_columns(
        kept=pl.col("kept") & pl.col("rule").is_in(STAYING)
    )


def _with_more(decided: pl.DataFrame, company: pl.DataFrame) -> pl.DataFrame:
    """Say of no record that nothing differs of which the company is written."""
    writes = pl.col("ix").is_in(company["ix"].implode()) & (pl.col("rule") == "forced-alike")
    return decided.with_columns(rule=pl.when(writes).then(pl.lit("forced")).otherwise("rule"))


def _known(pairs: pl.DataFrame, facts: pl.DataFrame, wanted: StepWanted) -> pl.DataFrame:
    """Put the facts of its cells beside each pair; a pair without cells has none of them."""
    mapping = wanted.mapping
    flags = ("differs", "kept", "carried", "protected", "currency_meaning", "renamed", "any_both",
             "changed_there", "changed_here", "both_ways")  # fmt: skip
    sends = mapping.update_conflict is UpdateConflict.SEND_UPDATE_TO_INTEGRATION
    gets = mapping.update_conflict is UpdateConflict.GET_UPDATE_FROM_INTEGRATION
    return pairs.join(facts, on="ix", how="left").with_columns(
        *(pl.col(name).fill_null(value=False) for name in flags),
        source_wins=pl.lit(mapping.first_sync is FirstSync.SOURCE_WINS),
        overrides=pl.lit(wanted.forced and mapping.profile.force_writes),
        two_way=pl.lit(mapping.direction is Direction.BIDIRECTIONAL),
        keeps_ours=pl.lit(sends and mapping.profile.protects),
        prevails=pl.lit(sends if mapping.comes_from_local else gets),
        yields=pl.lit(gets if mapping.comes_from_local else sends),
    )


def _decided(known: pl.DataFrame, ladder: tuple[Rule, ...], *, open_rule: str) -> pl.DataFrame:
    """Let the second ladder decide what the first one left open."""
    names = {n: rule.id for n, rule in enumerate(ladder)}
    after = first_that_holds(ladder).replace_strict(names, return_dtype=pl.String)
    is_open = pl.col("rule") == open_rule if open_rule else pl.lit(value=True)
    return known.with_columns(rule=pl.when(is_open).then(after).otherwise("rule"))


def to_create(looked: Looked, wanted: StepWanted, sides: Sides, planned: Planned) -> Judged:
    """Decide the records that would be created, with the values they would be created with."""
    new = looked.noisy.filter(pl.col("rule").is_in(["new", "restore"]) & ~pl.col("read"))
    if new.is_empty():
        return frames.empty(PLACED), frames.empty(frames.CELLS)
    sides = with_keys(sides)
    pairs = sides_of(new.with_row_index("ix"), sides)
    pairs = pairs.with_columns(key_taken=restored_in_the_way(pairs, sides), conflict=pl.lit(""))
    carried = inserted_cells(sides.rewriting.applicable(pairs).lazy(), sides.fields)
    carried = with_company(pairs, carried, sides, wanted)
    pairs, carried = templated(pairs, carried, sides, wanted.mapping)
    found = pl.concat([carried, numbered(pairs, sides)])

    def judge(moving: pl.Series) -> Judged:
        own = keys_of(found.filter(pl.col("ix").is_in(moving.implode())), sides)
        checked = with_references(
            found, sides, and_planned(planned, place_of(sides), own), wanted.company
        )
        facts = checked.group_by("ix").agg(
            missing_reference=pl.col("missing").drop_nulls().first(),
            currency_meaning=pl.col("currency_meaning").any(),
        )
        known = pairs.join(facts, on="ix", how="left").with_columns(
            pl.col("currency_meaning").fill_null(value=False)
        )
        return _decided(known, INSERTING, open_rule=""), checked

    everyone = pairs["ix"] if refers_to_itself(sides) else pairs["ix"].clear()
    decided, cells = settled(judge, everyone)
    decided = decided.with_columns(
        detail=pl.when(pl.col("rule") == "reference-missing")
        .then("missing_reference")
        .when(pl.col("rule") == "must-be-coupled")
        .then("unresolved")
        .when(pl.col("rule") == "template-missing")
        .then(MISSING)
        .when(pl.col("rule") == "transformation-failed")
        .then(FAILED),
        destination_id=pl.format("new:{}", "source_id"),
    )
    cells = cells.join(decided.select("ix", "source_id", "destination_id"), on="ix")
    return with_messages(decided), cells.with_columns(
        base=pl.lit(None, dtype=pl.String),
        kept=pl.lit(value=False),
        **{"class": pl.lit("source", dtype=frames.CELL_CLASS)},
    )


def _unread(named: pl.DataFrame) -> pl.DataFrame:
    return with_messages(
        named.with_columns(
            conflict=pl.lit(""), detail=pl.when(pl.col("reason") != "").then("reason")
        )
    )
