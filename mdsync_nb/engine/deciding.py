"""Decisions of people, row by row, as one plan; what moved meanwhile is left out and said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core import filter_values as values
from mdsync_nb.core.transfer import field_pairs
from mdsync_nb.core.values import as_text
from mdsync_nb.engine.found import StepFound
from mdsync_nb.engine.planning import Plan
from mdsync_nb.engine.references import with_references
from mdsync_nb.engine.wide import Sides
from mdsync_nb.model import Field, FieldType
from mdsync_nb.store import Reading

TAKE, KEEP, VALUE, LATER = "take source", "keep ours", "value", "later"
WORDS = (TAKE, KEEP, VALUE, LATER)
"""What a person can say of a field that waits."""

OPEN_TO_DECIDE = (
    "local-change",
    "update-conflict",
    "origin-unknown",
    "currency-meaning",
    "skipped-flag",
    "undone",
)
"""Rules of coupled pairs whose values wait for somebody."""

OTHER_CURRENCY = f"blank means another currency here; say the code that is meant with {VALUE}"

RECORD = ["mapping", "source_id", "destination_id"]
CELL = [*RECORD, "field"]


@dataclass(frozen=True, repr=False)
class Decided:
    """What became of decisions. plan: None when none could be taken. faults: `frames.FAULTS`, the
    rows that were left out, each with its reason. records: how many are in the plan. masked: fields
    whose values are not shown."""

    plan: Plan | None
    faults: pl.DataFrame
    records: int
    masked: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Decided(records: {self.records}, left out: {self.faults.height}, {self.plan})"

    def _repr_html_(self) -> str:
        from mdsync_nb.reports.pieces.results import decided_summary

        return decided_summary(self)._repr_html_()


def chosen(
    reading: Reading, founds: Sequence[StepFound], answers: pl.DataFrame
) -> tuple[list[StepFound], pl.DataFrame]:
    """Give what was found cut down to what was decided, and the rows that cannot be taken.

    founds: of a comparison made now. answers: `frames.ANSWERS`. A record is taken as a whole or
    left out as a whole: every field of it that both sides changed, or of which nobody knows who
    did, has to be decided; what only one side changed is taken from that side. Nothing is taken
    that would refer to a record that is missing here, or mean another currency. Faults:
    `frames.FAULTS`.
    """
    given = frames.conform(answers, frames.ANSWERS)
    asked = given.filter(pl.col("decision").is_not_null() & (pl.col("decision") != LATER))
    cells = pl.concat([frames.empty(frames.CELLS), *(one.cells for one in founds)])
    rules = pl.concat(
        [one.decisions.select(*RECORD, "rule", "key").filter(_open()) for one in founds]
        or [pl.DataFrame(schema={**dict.fromkeys([*RECORD, "rule", "key"], pl.String)})]
    )
    placed = asked.join(
        cells.select(*CELL, source_now="source", destination_now="destination"),
        on=CELL, how="left", nulls_equal=True,
    ).join(rules, on=RECORD, how="left", nulls_equal=True)  # fmt: skip
    wrong = placed.with_columns(reason=_fault()).filter(pl.col("reason").is_not_null())
    fields = {one.wanted.mapping.name: _fields(one) for one in founds}
    typed, unfit = _typed(placed, fields)
    left = pl.concat([_faults(wrong), unfit])
    whole, undecided = _whole(cells, typed)
    harmful = [_harmful(reading, one, whole) for one in founds]
    faults = pl.concat([left, undecided, *harmful]).unique(["row", "column"]).sort("row")
    good = whole.join(_records_of(faults, asked), on=RECORD, how="anti", nulls_equal=True)
    parts = [_cut(one, good) for one in founds]
    return [one for one in parts if one.decisions.height], faults


def _open() -> pl.Expr:
    return pl.col("rule").is_in(OPEN_TO_DECIDE)


def _fault() -> pl.Expr:
    now = {name: pl.col(f"{name}_now").fill_null("blank") for name in ("source", "destination")}
    return (
        pl.when(~pl.col("decision").is_in(WORDS))
        .then(pl.format("{} is no decision; right is one of " + ", ".join(WORDS), "decision"))
        .when(pl.col("rule").is_null())
        .then(pl.lit("it does not wait for a value any more, or never did; compare again"))
        .when(pl.col("source").ne_missing(pl.col("source_now")))
        .then(pl.format("it moved there and is {} now; compare again", now["source"]))
        .when(pl.col("destination").ne_missing(pl.col("destination_now")))
        .then(pl.format("it moved here and is {} now; compare again", now["destination"]))
    )  # fmt: skip


def _faults(rows: pl.DataFrame) -> pl.DataFrame:
    told = rows.select("row", column="field", value=pl.col("decision"), reason="reason")
    return frames.conform(told, frames.FAULTS)


def _fields(found: StepFound) -> dict[str, Field]:
    return dict(found.destination.schema.by_name) if found.destination else {}


def _typed(
    placed: pl.DataFrame, fields: dict[str, dict[str, Field]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the answers with `written` (canonical text), and those whose value the field cannot
    hold. Each different field and value is read once."""
    given = placed.filter(decision=VALUE).select("mapping", "field", "value").unique()
    rows = []
    for mapping, name, text in given.iter_rows():
        field = fields.get(mapping, {}).get(name)
        read, unfit = _read(field, text or "") if field else (None, None)
        rows.append((mapping, name, text, read, unfit))
    texts = dict.fromkeys(("mapping", "field", "value", "read", "unfit"), pl.String)
    told = pl.DataFrame(rows, schema=texts, orient="row")
    known = placed.join(told, on=["mapping", "field", "value"], how="left", nulls_equal=True)
    written = known.with_columns(
        written=pl.when(decision=TAKE).then("source").when(decision=VALUE).then("read")
    )
    refused = written.filter((pl.col("decision") == VALUE) & pl.col("unfit").is_not_null())
    named = refused.select("row", "value", column="field", reason="unfit")
    return written, frames.conform(named, frames.FAULTS)


def _read(field: Field, text: str) -> tuple[str | None, str | None]:
    """Give a value somebody wrote as its canonical text, or what would be right."""
    try:
        value = values.wanted(field, text)
    except values.NotHeld as error:
        return None, f"{field.name} takes {error}"
    if value is None or not text.strip():
        return None, None
    if values.is_text(field):
        plain = text.strip().upper() if field.type is FieldType.CODE else text
        if field.length and len(plain) > field.length:
            return None, f"{field.name} takes {field.length} characters, this has {len(plain)}"
        place = values.position(field, text) if values.has_members(field) else None
        return (plain if place is None else values.members(field)[place]), None
    return pl.select(as_text(pl.lit(value), field)).item(), None


def _whole(cells: pl.DataFrame, typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give every field that differs of the records somebody decided, with what is done: `does`,
    `written`; and faults where a field of one of them is left open that needs a decision."""
    told = typed.select(*CELL, "decision", "written", "row")
    records = told.group_by(RECORD).agg(first=pl.col("row").min())
    mine = cells.filter(pl.col("source").ne_missing(pl.col("destination"))).join(
        records, on=RECORD, nulls_equal=True
    )
    both = mine.join(told, on=CELL, how="left", nulls_equal=True)
    does = (
        pl.when(pl.col("decision").is_not_null()).then("decision")
        .when(pl.col("class") == "source").then(pl.lit(TAKE))
        .when(pl.col("class") == "destination").then(pl.lit(KEEP))
    )  # fmt: skip
    known = both.with_columns(does=does).with_columns(
        written=pl.when(pl.col("decision").is_null() & (pl.col("does") == TAKE))
        .then("source")
        .otherwise("written")
    )
    open_ = known.filter(pl.col("does").is_null())
    faults = open_.select(
        row="first",
        column="field",
        value=pl.lit(None, dtype=pl.String),
        reason=pl.lit("it belongs to a record that is decided, and needs a decision as well"),
    )
    return known, frames.conform(faults, frames.FAULTS)


def _harmful(reading: Reading, found: StepFound, whole: pl.DataFrame) -> pl.DataFrame:
    """The values of one mapping that would refer to nothing here, or mean another currency here.

    A run asks this only of records that do not wait, so it is asked here again. What a person
    wrote is never cleared quietly, also where the mapping clears what is missing.
    """
    taken = (pl.col("does") == TAKE) | (pl.col("does") == VALUE)
    writes = whole.filter(taken, mapping=found.wanted.mapping.name)
    if found.source is None or found.destination is None or writes.is_empty():
        return frames.empty(frames.FAULTS)
    both = found.source.schema, found.destination.schema
    pairs = [
        replace(one, mapping=one.mapping.model_copy(update={"clear_on_failed": False}))
        for one in field_pairs(found.wanted.mapping, *both, found.wanted.currencies)[0]
    ]
    sides = Sides(reading, found.source, found.destination, tuple(pairs))
    asked = writes.with_columns(source="written", differs=pl.lit(value=True))
    told = with_references(asked, sides, {}, found.wanted.company)
    meaning = pl.col("field").is_in([one.name for one in pairs if one.blank_means_another])
    blank = meaning & (pl.col("does") == TAKE) & pl.col("written").is_null()
    wrong = told.with_columns(
        reason=pl.when(blank).then(pl.lit(OTHER_CURRENCY)).otherwise("missing")
    ).filter(pl.col("reason").is_not_null())
    return frames.conform(
        wrong.select("reason", row=pl.coalesce("row", "first"), column="field", value="written"),
        frames.FAULTS,
    )


def _records_of(faults: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    return asked.join(faults.select("row"), on="row", how="semi").select(RECORD).unique()


def _cut(found: StepFound, good: pl.DataFrame) -> StepFound:
    """What was found, cut down to the records that were decided, with what is done to each."""
    mine = good.filter(mapping=found.wanted.mapping.name)
    writes = (pl.col("does") != KEEP).any()
    records = mine.group_by(RECORD).agg(writes=writes, said=_said())
    rule, action = (
        pl.when("writes").then(pl.lit(there)).otherwise(pl.lit(none))
        for there, none in (("decided", "decided-stays"), ("modify", "unchanged"))
    )
    decisions = found.decisions.join(records, on=RECORD, nulls_equal=True).with_columns(
        rule=rule,
        conflict=pl.lit(""),
        action=action.cast(frames.ACTION),
        message=pl.format("Decided by a person: {}.", "said"),
    )  # fmt: skip
    return replace(
        found,
        wanted=replace(found.wanted, candidates="records"),
        decisions=frames.conform(decisions, dict(found.decisions.schema)),
        cells=_cells(mine),
        counts=decisions.group_by("class", "rule").agg(records=pl.len().cast(pl.Int64)),
    )


def _said() -> pl.Expr:
    words = {TAKE: " from there", KEEP: " stays", VALUE: " as written"}
    said = pl.col("field") + pl.col("does").replace_strict(words, return_dtype=pl.String)
    return said.sort_by("field").str.join(", ")


def _cells(mine: pl.DataFrame) -> pl.DataFrame:
    """The cells of the plan: what is written, and what stays different with the value there as its
    base, so that it counts as changed only here from now on."""
    written = mine.filter(pl.col("does") != KEEP).with_columns(
        source="written",
        kept=pl.lit(value=False),
        warning=pl.when(pl.col("does") == TAKE).then("warning").otherwise(pl.lit("")),
    )
    stays = mine.filter(pl.col("does") != TAKE).with_columns(
        kept=pl.lit(value=True),
        warning=pl.lit(""),
        destination=pl.when(pl.col("does") == VALUE).then("written").otherwise("destination"),
        base=pl.when(pl.col("decision").is_null()).then("base").otherwise("source"),
    )
    apart = stays.filter(pl.col("source").ne_missing(pl.col("destination")))
    return pl.concat([frames.conform(one, frames.CELLS) for one in (written, apart)])
