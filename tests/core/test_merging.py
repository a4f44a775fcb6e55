"""What becomes of each field of a pair that differs: carried, kept as it is here, or held."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdsync_nb.core.merging import fields_in_words, resolved
from mdsync_nb.core.pairing import facts_of_cells
from mdsync_nb.core.transfer import FieldPair, with_base
from mdsync_nb.model import Field, FieldMapping, UpdateConflict

TABLE = """
    base | there | here | none | merge
    A    | B     | A    | held | source
    A    | A     | B    | held | here
    A    | B     | C    | held | held
    A    | B     | B    | same | same
    A    | A     | A    | same | same
    -    | B     | -    | held | source
    -    | -     | B    | held | here
    A    | -     | A    | held | source
    A    | A     | -    | held | here
    A    | -     | B    | held | held
    A    | B     | -    | held | held
    ?    | B     | C    | held | held
"""
SCHEMA = {
    "ix": pl.UInt32, "field": pl.String, "source": pl.String, "destination": pl.String,
    "differs": pl.Boolean, "currency_meaning": pl.Boolean, "agreed": pl.Boolean,
}  # fmt: skip


def drawn(text):
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def pair(name, *, is_key=False, **more):
    field = Field(name=name)
    return FieldPair(field, field, FieldMapping(local=name, integration=name, **more), is_key)


def value(text):
    return None if text in ("-", "?") else text


def cells_of(*rows):
    """Cells of (ix, field, base, there, here), with who changed them; `?` is a base nobody knows."""
    found = pl.DataFrame(
        [
            (ix, field, value(there), value(here), value(there) != value(here), False, base != "?")
            for ix, field, base, there, here in rows
        ],
        schema=SCHEMA,
        orient="row",
    )
    moved = {"source": [], "destination": []}
    for ix, field, base, there, here in rows:
        for side, now in (("source", there), ("destination", here)):
            if base not in ("?", now):
                moved[side].append((ix, field, value(base)))
    schema = {"ix": pl.UInt32, "field": pl.String, "before": pl.String}
    bases = (pl.DataFrame(moved[side], schema=schema, orient="row") for side in moved)
    return with_base(found, *bases).with_columns(missing=pl.lit(None, dtype=pl.String))


def merged(*rows, fields=None, policy="merge", overwrites=False):
    fields = fields or [pair(name) for name in dict.fromkeys(row[1] for row in rows)]
    return resolved(
        cells_of(*rows), fields, policy=UpdateConflict(policy), overwrites=overwrites
    ).sort("ix", "field")


def fate(cell):
    if not cell["differs"]:
        return "same"
    return "held" if cell["held"] else "here" if cell["kept"] else "source"


@pytest.mark.parametrize("row", drawn(TABLE), ids=lambda row: " ".join(row.values()))
def test_a_merge_takes_what_only_one_side_changed_and_holds_what_both_did(row):
    cell = (0, "Name", row["base"], row["there"], row["here"])
    for policy in ("none", "merge"):
        assert fate(merged(cell, policy=policy).row(0, named=True)) == row[policy]


@pytest.mark.parametrize(
    ("more", "overwrites", "fates"),
    [
        ({}, False, "source here held"),
        ({}, True, "source source source"),
        ({"overwrite_local_change": True}, False, "source source source"),
        ({"constant": "X"}, False, "source source source"),
    ],
    ids=["protected", "overwrite the table", "overwrite the field", "constant"],
)
@pytest.mark.parametrize("policy", ["merge", "none"])
def test_what_may_be_overwritten_and_constants_are_always_carried(more, overwrites, fates, policy):
    found = merged(
        (0, "Name", "A", "B", "A"), (1, "Name", "A", "A", "B"), (2, "Name", "A", "B", "C"),
        fields=[pair("Name", **more)], overwrites=overwrites, policy=policy,
    )  # fmt: skip
    protected = fates != "source source source"
    expected = "held held held" if policy == "none" and protected else fates
    assert " ".join(fate(one) for one in found.to_dicts()) == expected


def test_a_key_of_several_fields_is_one_value():
    fields = [pair("Dimension", is_key=True), pair("Code", is_key=True), pair("Name")]
    found = merged(
        (0, "Dimension", "A", "B", "A"), (0, "Code", "1", "1", "2"), (0, "Name", "A", "A", "B"),
        (1, "Code", "1", "1", "2"), (1, "Name", "A", "B", "A"),
        (2, "Dimension", "A", "B", "A"), (2, "Name", "A", "A", "B"),
        fields=fields,
    )  # fmt: skip
    assert {(one["ix"], one["field"]): fate(one) for one in found.to_dicts()} == {
        (0, "Dimension"): "source", (0, "Code"): "held", (0, "Name"): "here",
        (1, "Code"): "here", (1, "Name"): "source",
        (2, "Dimension"): "source", (2, "Name"): "here",
    }  # fmt: skip


def test_what_is_kept_neither_renames_nor_refers_nor_means_a_currency():
    fields = [pair("No.", is_key=True), pair("Name")]
    rows = (0, "No.", "A", "A", "B"), (1, "No.", "A", "B", "A")
    found = merged(*rows, fields=fields).with_columns(
        missing=pl.lit("gone"), currency_meaning=pl.lit(value=True), warning=pl.lit("")
    )
    facts = facts_of_cells(found, fields).sort("ix")
    told = facts.select("renamed", "missing_reference", "currency_meaning", "carried").rows()
    assert told == [(False, None, False, False), (True, "gone", True, True)]


def test_fields_are_named_in_words():
    found = merged(
        (0, "Name", "A", "A", "B"), (0, "City", "A", "A", "B"), (1, "Name", "A", "B", "C")
    )
    assert fields_in_words(found, "kept").rows() == [(0, "City, Name")]
    assert fields_in_words(found, "held").rows() == [(1, "Name")]


VALUES = st.sampled_from(["A", "B", "C", "-"])
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=6)


def result(cell):
    """What stands here after a merge."""
    return cell["source"] if fate(cell) == "source" else cell["destination"]


@settings(max_examples=200, deadline=None)
@given(rows=ROWS)
def test_a_merge_loses_no_local_change_and_carries_what_only_the_source_changed(rows):
    named = [(0, f"F{n}", *row) for n, row in enumerate(rows)]
    for cell in merged(*named).to_dicts():
        base, there, here = (value(one) for one in rows[int(cell["field"][1:])])
        assert result(cell) == (there if here == base else here)
        assert (fate(cell) == "held") == (len({base, there, here}) == 3)


@settings(max_examples=100, deadline=None)
@given(rows=ROWS)
def test_merging_twice_is_merging_once(rows):
    once = {
        cell["field"]: cell
        for cell in merged(*((0, f"F{n}", *row) for n, row in enumerate(rows))).to_dicts()
    }
    again = []
    for n, (base, there, _) in enumerate(rows):
        cell = once[f"F{n}"]
        kept = fate(cell) in ("here", "held")
        again.append((0, f"F{n}", base if kept else there, there, result(cell) or "-"))
    assert [
        one["field"] for one in merged(*again).to_dicts() if result(one) != one["destination"]
    ] == []
