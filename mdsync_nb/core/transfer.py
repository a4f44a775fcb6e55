"""Which fields of a pair differ in meaning, what each held when they agreed, who changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from mdsync_nb.core.conversion import Conversion, conversion, has_tail, is_direct, lost
from mdsync_nb.core.transform.fitting import typed
from mdsync_nb.core.values import as_text
from mdsync_nb.frames import CELL_CLASS
from mdsync_nb.model.kinds import CellClass, FieldType
from mdsync_nb.model.schema import Field, TableSchema
from mdsync_nb.model.table_mapping import FieldMapping, TableMapping

NOT_COMPARABLE = (FieldType.BLOB, FieldType.MEDIA, FieldType.RECORD_ID)

NEVER_BLANKED = ("Primary Contact No.",)
"""Fields a blank of the source leaves as they are (semantics.md 8.5); from Dataverse, as long as
they refer to a record without a counterpart (5.2)."""


@dataclass(frozen=True)
class FieldPair:
    """One field both sides hold, with how it is compared.

    currencies: the local currencies of (source, destination) when a blank means one of them.
    refers: its value refers to a record, and what is transferred is that of its counterpart.
    """

    destination: Field
    source: Field
    mapping: FieldMapping
    is_key: bool = False
    currencies: tuple[str, str] | None = None
    refers: bool = False

    @property
    def name(self) -> str:
        """The field's name, as the destination calls it."""
        return self.destination.name

    @property
    def blank_means_another(self) -> bool:
        """Whether a blank of the source, written literally, would mean another currency here."""
        return self.currencies is not None and self.currencies[0] != self.currencies[1]


@dataclass(frozen=True)
class NotCompared:
    """A field that is not compared, and why."""

    field: str
    reason: Literal["absent-there", "absent-here", "currency"]


def field_pairs(
    mapping: TableMapping,
    source: TableSchema,
    destination: TableSchema,
    currencies: tuple[str, str],
) -> tuple[list[FieldPair], list[NotCompared]]:
    """Give the fields a step carries that can be compared, and those that cannot with the reason.

    A field that a file does not hold is not compared. An amount in local currency is never
    compared across currencies (architecture, Types): 100 pounds are not 100 euros.
    """
    two_currencies = all(currencies) and currencies[0] != currencies[1]
    found: list[FieldPair] = []
    left_out: list[NotCompared] = []
    for one in mapping.fields:
        its, name = one.names(mapping.towards)
        there, here = source.by_name.get(its), destination.by_name.get(name)
        if not one.enabled or not one.flows(mapping.towards) or not name:
            continue
        if there is None and one.constant is None:
            left_out.append(NotCompared(name, "absent-there"))
        elif here is None:
            left_out.append(NotCompared(name, "absent-here"))
        elif here.money == "local" and two_currencies:
            left_out.append(NotCompared(name, "currency"))
        elif here.type not in NOT_COMPARABLE:
            refers = _refers(mapping, there, here)
            means = here.money == "currency" and all(currencies) and not refers
            is_key = here.name in destination.key
            meaning = currencies if means else None
            found.append(FieldPair(here, there or here, one, is_key, meaning, refers))
    return found, left_out


def _refers(mapping: TableMapping, there: Field | None, here: Field) -> bool:
    """Whether a value is translated by couplings: both fields refer to a table (semantics 5.2)."""
    both = there is not None and there.relation_table and here.relation_table
    return bool(both) and mapping.profile.refers_by_coupling


def columns_of(fields: Sequence[FieldPair], side: Literal["source", "destination"]) -> list[str]:
    """Give the columns of an image that comparing these fields reads."""
    if side == "destination":
        return [one.destination.name for one in fields]
    names = [one.source.name for one in fields if one.mapping.constant is None]
    return list(dict.fromkeys(names))


def source_value(one: FieldPair) -> pl.Expr:
    """Give what a field transfers: the source's value, its counterpart's, or a constant."""
    if one.refers:
        return pl.col(f"r:{one.name}")
    if one.mapping.constant is not None:
        return pl.lit(one.mapping.constant or None, dtype=pl.String)
    return pl.col(f"s:{one.source.name}")


def source_text(one: FieldPair) -> pl.Expr:
    """Give what a field transfers, as text: converted to the type and length it has here."""
    return _becomes(one).text


def _becomes(one: FieldPair) -> Conversion:
    if one.refers:
        return Conversion(source_value(one))
    if one.mapping.constant is not None:
        return Conversion(pl.lit(_constant(one), dtype=pl.String))
    as_xml = bool(one.mapping.transformation)
    return conversion(_plain(one), one.source, one.destination, as_xml=as_xml)


def _plain(one: FieldPair) -> pl.Expr:
    """The source's value as its own field writes it."""
    return as_text(source_value(one), one.source)


def _constant(one: FieldPair) -> str | None:
    return constant_text(one.mapping.constant or "", one.destination)


def constant_text(text: str, field: Field) -> str | None:
    """Give a value of the settings as a field holds it; one that it cannot hold stays as it is."""
    known: str | None = pl.select(as_text(typed(pl.lit(text), field), field)).item()
    return known if known is not None or field.type is FieldType.OPTION else text or None


def _converts(one: FieldPair) -> bool:
    """Whether a value becomes another text on the way."""
    literal = one.refers or one.mapping.constant is not None
    return not literal and not is_direct(one.source, one.destination)


def _same_type(one: FieldPair) -> bool:
    same = one.destination.scale == one.source.scale
    return not one.refers and one.mapping.constant is None and same and not _converts(one)


def _differs(one: FieldPair) -> pl.Expr:
    """Whether a value is to be written: after conversion, it is another one in meaning."""
    stays = _becomes(one).stays
    return _differ(one) if stays is None else _differ(one) & ~stays


def _differ(one: FieldPair) -> pl.Expr:
    """Whether the two values differ in meaning; a blank currency means the company's own.

    A text here that may be longer than any there is compared up to that length (semantics.md 5).
    """
    here = _destination_text(one)
    if one.currencies:
        meant_there, meant_here = one.currencies
        return source_text(one).fill_null(meant_there).ne_missing(here.fill_null(meant_here))
    if one.name in NEVER_BLANKED or one.mapping.not_null:
        blanks = pl.col(f"k:{one.name}") if one.name in NEVER_BLANKED and one.refers else False
        writes = source_text(one).is_not_null() | blanks
        return writes & source_text(one).ne_missing(here)
    if _same_type(one) and has_tail(one.source, one.destination):
        text = source_value(one)
        return text.ne_missing(here) & text.ne_missing(here.str.head(one.source.length or 0))
    if _same_type(one):
        return source_value(one).ne_missing(pl.col(f"d:{one.destination.name}"))
    return source_text(one).ne_missing(here)


def as_transferred(before: pl.DataFrame, fields: Sequence[FieldPair]) -> pl.DataFrame:
    """Give what source fields held before as it is in the fields here; what does not convert stays.

    before: `field` (as here), `before` (text).
    """
    for one in fields:
        if _converts(one) and not one.mapping.transformation:
            told = conversion(pl.col("before"), one.source, one.destination).text
            mine = pl.when(pl.col("field") == one.name).then(told)
            before = before.with_columns(before=pl.coalesce(mine, "before"))
    return before


def _destination_text(one: FieldPair) -> pl.Expr:
    return as_text(pl.col(f"d:{one.destination.name}"), one.destination)


def _meaning_changes(one: FieldPair) -> pl.Expr:
    """Whether writing the source's value literally would mean another currency here."""
    return source_text(one).is_null() if one.blank_means_another else pl.lit(value=False)


def cells(
    read: pl.LazyFrame, fields: Sequence[FieldPair], moved: dict[str, pl.Series]
) -> pl.DataFrame:
    """Give the fields that differ, long: only what differs is ever long.

    read: one row a pair, `ix`, source values as `s:<field>`, destination values as `d:<field>`.
    moved: field -> `ix` of pairs in which a side changed it since they agreed; those cells are
    given even when both sides hold the same now. So are values that are not transferred: they do
    not differ, their source is what stays here, and their warning says why.
    Columns: `ix`, `field`, `source`, `destination` (text), `differs`, `currency_meaning`,
    `warning`.
    """
    parts = [_cells_of(read, one, moved.get(one.name)) for one in fields]
    if not parts:
        return pl.DataFrame(schema=CELLS_FOUND)
    return pl.concat(pl.collect_all(parts)).match_to_schema(CELLS_FOUND)


CELLS_FOUND = pl.Schema(
    {
        "ix": pl.UInt32,
        "field": pl.String,
        "source": pl.String,
        "destination": pl.String,
        "differs": pl.Boolean,
        "currency_meaning": pl.Boolean,
        "warning": pl.String,
    }
)


def _cells_of(read: pl.LazyFrame, one: FieldPair, moved: pl.Series | None) -> pl.LazyFrame:
    becomes, here, differs = _becomes(one), _destination_text(one), _differs(one)
    wanted = differs if moved is None else differs | pl.col("ix").is_in(moved.implode())
    source = becomes.text
    if becomes.stays is not None:
        wanted = wanted | (becomes.stays & (_plain(one).is_not_null() | here.is_not_null()))
        source = pl.when(becomes.stays).then(here).otherwise(source)
    return (
        read.filter(wanted)
        .select(
            "ix",
            pl.lit(one.name).alias("field"),
            source.alias("source"),
            here.alias("destination"),
            differs.alias("differs"),
            (differs & _meaning_changes(one)).alias("currency_meaning"),
            _warning(one, differs).alias("warning"),
        )
    )  # fmt: skip


def _warning(one: FieldPair, written: pl.Expr) -> pl.Expr:
    """What the product does without saying so: it cuts a text, or leaves a value out."""
    becomes = _becomes(one)
    if one.refers or one.mapping.constant is not None:
        return pl.lit("")
    said = lost(_plain(one), becomes, one.source, one.destination)
    shown = written if becomes.stays is None else written | becomes.stays
    return pl.when(shown).then(said).otherwise(pl.lit(""))


def with_base(
    found: pl.DataFrame, source_base: pl.DataFrame, destination_base: pl.DataFrame
) -> pl.DataFrame:
    """Add what each field held when the two last agreed, and who changed it since.

    found: of `cells`, with `agreed`. The bases: `ix`, `field`, `before`, only for fields that
    moved; every other field still holds its base. Adds `base` and `class`.
    """
    joined = found.join(
        source_base.select("ix", "field", s_before="before", s_moved=pl.lit(value=True)),
        on=["ix", "field"],
        how="left",
    ).join(
        destination_base.select("ix", "field", d_before="before", d_moved=pl.lit(value=True)),
        on=["ix", "field"],
        how="left",
    )
    there = pl.col("s_moved").fill_null(value=False) & pl.col("s_before").ne_missing(
        pl.col("source")
    )
    here = pl.col("d_moved").fill_null(value=False) & pl.col("d_before").ne_missing(
        pl.col("destination")
    )
    base = (
        pl.when(~pl.col("agreed")).then(None)
        .when(pl.col("d_moved")).then(pl.col("d_before"))
        .when(pl.col("s_moved")).then(pl.col("s_before"))
        .otherwise(pl.col("destination"))
    )  # fmt: skip
    changed = (
        pl.when(~pl.col("agreed")).then(_of(CellClass.UNKNOWN))
        .when(there & here & pl.col("differs")).then(_of(CellClass.BOTH))
        .when(there & here).then(_of(CellClass.BOTH_SAME))
        .when(there).then(_of(CellClass.SOURCE))
        .when(here).then(_of(CellClass.DESTINATION))
        .otherwise(_of(CellClass.UNKNOWN))
    )  # fmt: skip
    return joined.with_columns(base=base, **{"class": changed}).drop(
        "s_before", "s_moved", "d_before", "d_moved"
    )


def inserted_cells(rows: pl.LazyFrame, fields: Sequence[FieldPair]) -> pl.DataFrame:
    """Give the values a record is created with, long: blanks are left out.

    rows: `ix` and the source's values as `s:<field>`. Columns as of `cells`, nothing agreed.
    """
    parts = [_inserted(rows, one) for one in fields]
    if not parts:
        return pl.DataFrame(schema=CELLS_FOUND)
    return pl.concat(pl.collect_all(parts)).match_to_schema(CELLS_FOUND)


def _inserted(rows: pl.LazyFrame, one: FieldPair) -> pl.LazyFrame:
    stays = _becomes(one).stays
    written = pl.lit(value=True) if stays is None else ~stays
    filled = pl.lit(value=False) if stays is None else stays & _plain(one).is_not_null()
    return (
        rows.select(
            "ix",
            pl.lit(one.name).alias("field"),
            source_text(one).alias("source"),
            pl.lit(None, dtype=pl.String).alias("destination"),
            written.alias("differs"),
            _meaning_changes(one).alias("currency_meaning"),
            _warning(one, written).alias("warning"),
            filled.alias("_said"),
        )
        .filter(pl.col("source").is_not_null() | pl.col("currency_meaning") | pl.col("_said"))
        .drop("_said")
    )


def _of(one: CellClass) -> pl.Expr:
    return pl.lit(one.value, dtype=CELL_CLASS)
