"""What messages have in common: the part of an error that is the same for every record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

PLACE = "…"
"""What stands in a signature where a message names a record, a value or a time."""

TOKEN = r"[^\s…,;:()\[\]{}='\"]*"
DATE = r"\b\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
CLOCK = r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?(?: [AaPp][Mm])?"
PARTS: tuple[tuple[str, str], ...] = (
    (r"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?", PLACE),
    (r"(^|[\s(=:,])'[^']*'", f"${{1}}{PLACE}"),
    (r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|‘[^’]*’|«[^»]*»|`[^`]*`", PLACE),
    (rf"{DATE}(?:{CLOCK})?", PLACE),
    (r"\([^()]*\) is synchronizing", f"({PLACE}) is synchronizing"),
    (r"\b(Fields|Kept): .*$", f"${{1}}: {PLACE}"),
    (r"\bcannot be .+\.$", f"cannot be {PLACE}"),
    (rf"{TOKEN}\d{TOKEN}", PLACE),
    (rf"{PLACE}(?: [A-Z&./+-]+\b)+", PLACE),
    (rf"{PLACE}(?:[,;]? ?(?:and )?{PLACE})+", PLACE),
    (r"\s+", " "),
)
"""What is taken out of a message, in this order: ids, quoted texts, times, our own lists of fields
and values, anything with a digit in it, capitals behind that, and what is then said twice."""


class Cause(NamedTuple):
    """A cause as messages are told by: the rules that mean it, and patterns of its texts."""

    id: str
    rules: tuple[str, ...]
    patterns: tuple[str, ...]
    transient: bool


def signature(message: pl.Expr, key: pl.Expr | None = None) -> pl.Expr:
    """Give messages without what is said of one record alone.

    key: the number of the record each message is about; it is taken out where it stands by itself.
    Numbers, quoted names, ids and dates go in any case. Equal signatures are one kind of error.
    """
    said = message.fill_null("")
    for pattern, instead in PARTS[:-4]:
        said = said.str.replace_all(pattern, instead)
    if key is not None:
        said = _without(said, key)
    for pattern, instead in PARTS[-4:]:
        said = said.str.replace_all(pattern, instead)
    return said.str.strip_chars()


def _without(message: pl.Expr, key: pl.Expr) -> pl.Expr:
    """A message without the words that are the number of its record."""
    framed = pl.concat_str(pl.lit(" "), message, pl.lit(" "))
    word = pl.concat_str(pl.lit(" "), key, pl.lit(" "))
    short = key.is_null() | (key.str.len_chars() < 2)
    cut = framed.str.split(word).list.join(f" {PLACE} ").str.strip_chars(" ")
    return pl.when(short).then(message).otherwise(cut)


def caused(errors: pl.DataFrame, causes: Iterable[Cause]) -> pl.DataFrame:
    """Give errors with `cause`, the id of the first that fits, and `family`: transient or real.

    errors: `rule` (may be blank) and `message`. A rule says more than a text, so rules are asked
    first. What no cause fits has none, and is real: somebody has to look at it.
    """
    known = list(causes)
    told = errors.select("rule", "message").unique()
    by_rule = {rule: one.id for one in reversed(known) for rule in one.rules}
    by_text = [
        pl.when(pl.col("message").str.contains(f"(?i){pattern}")).then(pl.lit(one.id))
        for one in known
        for pattern in one.patterns
    ]
    none = pl.lit(None, dtype=pl.String)
    ruled = pl.col("rule").replace_strict(by_rule, default=None, return_dtype=pl.String)
    told = told.with_columns(cause=pl.coalesce(ruled, *by_text, none))
    families = _families({one.id: one.transient for one in known})
    return errors.join(
        told.with_columns(families), on=["rule", "message"], how="left", nulls_equal=True,
        maintain_order="left",
    )  # fmt: skip


def _families(transient: Mapping[str, bool]) -> pl.Expr:
    passing = [name for name, yes in transient.items() if yes]
    heals = pl.col("cause").is_in(passing).fill_null(value=False)
    return pl.when(heals).then(pl.lit("transient")).otherwise(pl.lit("real")).alias("family")


def alike(errors: pl.DataFrame) -> pl.DataFrame:
    """Give one row a signature: how many records have it, how often, first and last seen.

    errors: as `caused` gives them, with `signature`, `mapping`, `source_id`, `seen`, `first_seen`,
    `last_seen`, `skipped` and `message`. The most frequent come first. example: one message.
    """
    record = pl.struct("mapping", "source_id")
    return (
        errors.group_by("signature", "family", "cause")
        .agg(
            records=record.n_unique().cast(pl.Int64),
            seen=pl.col("seen").sum(),
            first_seen=pl.col("first_seen").min(),
            last_seen=pl.col("last_seen").max(),
            skipped=pl.col("skipped").sum().cast(pl.Int64),
            mappings=pl.col("mapping").unique().sort(),
            example=pl.col("message").min(),
        )
        .sort("records", "seen", "signature", descending=[True, True, False])
    )
