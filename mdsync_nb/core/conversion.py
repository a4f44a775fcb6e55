"""What a value becomes in a field of another type or length, and what is lost on the way."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from mdsync_nb.core.transform.fitting import NEVER_BLANK, WORDS, spellings, typed
from mdsync_nb.core.transform.texts import as_code
from mdsync_nb.core.values import as_text
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

DATES = (FieldType.DATE, FieldType.DATETIME)
TEXTS = (FieldType.TEXT, FieldType.CODE)
MOMENT = (
    r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) "
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ?([AaPp])[Mm])?$"
)
"""The only spelling of a date the product reads from a text: month/day/year, a blank, a time."""

NO_DAY = "^(4501-01-01|0?1/0?1/4501 )"
"""How Dataverse writes that there is no date."""

AS_PRODUCT = {
    FieldType.DATE: "a date and time like 11/20/2026 6:00 AM",
    FieldType.DATETIME: "a date and time like 11/20/2026 6:00 AM",
}
"""What the product wants of a text that is to become a date."""

PIECES = r"^([+-]?[0-9]+)[.,]([0-9]+)([.,].*)?$"
"""Both signs part a number into pieces, and only the first two count (`1,234.56` is 1.234)."""


def is_direct(source: Field, destination: Field) -> bool:
    """Whether values go over as they are: one type, and a destination that is as long."""
    if source.type is not destination.type:
        return False
    if destination.type in TEXTS:
        return not _shorter(source.length, destination.length)
    if destination.type is FieldType.DECIMAL:
        return not _shorter(source.scale, destination.scale)
    is_option = destination.type is FieldType.OPTION and destination.options
    return not is_option or source.options == destination.options


def _shorter(there: int | None, here: int | None) -> bool:
    return here is not None and (there is None or there > here)


def has_tail(source: Field, destination: Field) -> bool:
    """Whether a text here may go on behind what a text there can hold, which nobody sees."""
    both = source.type is FieldType.TEXT and destination.type is FieldType.TEXT
    lengths = source.length, destination.length
    return both and None not in lengths and _shorter(destination.length, source.length)


def may_lose(source: Field, destination: Field) -> str:
    """Say what values of a field may lose in another, blank where they go over as they are.

    Source: semantics.md 5 (conversion by text).
    """
    if is_direct(source, destination):
        return ""
    if destination.type in TEXTS:
        texts = source.type in TEXTS
        cut = texts and _shorter(source.length, destination.length)
        capitals = destination.type is FieldType.CODE and source.type is FieldType.TEXT
        said = [f"cut to {destination.length} characters"] if cut else []
        return " and ".join([*said, *(["put in capitals"] if capitals else [])])
    if source.type is destination.type is FieldType.DECIMAL:
        return f"left with {destination.scale} decimal places"
    right = AS_PRODUCT.get(destination.type) if source.type in TEXTS else None
    right = right or WORDS.get(destination.type)
    return f"not transferred unless it is {right}" if right else ""


class Conversion(NamedTuple):
    """What is written for a value, as the text of the destination's field, and whether it is not.

    stays: whether the value is not transferred and the destination keeps its own: it does not
    convert, or it is blank and the type has no blank. None: every value is transferred.
    """

    text: pl.Expr
    stays: pl.Expr | None = None


def conversion(
    text: pl.Expr, source: Field, destination: Field, *, as_xml: bool = False
) -> Conversion:
    """Give what a source value becomes in a field; nothing is computed for a direct one.

    text: the value's canonical text. as_xml: a date is written as XML writes it, as transformation
    rules leave it. An option goes by name or caption and then by number between two fields of
    options, so it is never written as a member nobody meant. A blank date never overwrites one.
    Source: semantics.md 5 (conversion by text).
    """
    is_date = destination.type in DATES
    if is_direct(source, destination):
        return Conversion(text, text.is_null() if is_date else None)
    if destination.type in TEXTS:
        return Conversion(_cut(text, destination))
    if destination.type is FieldType.OPTION and destination.options:
        member = _member(text, source, destination)
        return Conversion(pl.when(member != "").then(member), member.is_null())
    if destination.type not in WORDS or destination.type is FieldType.OPTION:
        return Conversion(text)
    if is_date:
        plain = text if as_xml else _moment(text, source, destination)
        becomes = as_text(typed(plain, destination), destination)
        no_day = text.str.contains(NO_DAY).fill_null(value=False)
        return Conversion(pl.when(~no_day).then(becomes), becomes.is_null() & ~no_day)
    becomes = _value(text, destination)
    no_blank = destination.type in NEVER_BLANK and source.type not in NEVER_BLANK
    failed = becomes.is_null() if no_blank else becomes.is_null() & text.is_not_null()
    return Conversion(becomes, failed)


def _cut(text: pl.Expr, destination: Field) -> pl.Expr:
    """Give a text cut to a length; a code is cut first, and then trimmed and put in capitals."""
    cut = text if destination.length is None else text.str.head(destination.length)
    if destination.type is FieldType.TEXT:
        return cut
    code = as_code(cut)
    return pl.when(code != "").then(code)


def _member(text: pl.Expr, source: Field, destination: Field) -> pl.Expr:
    """Give the member of an option, `""` for the blank one; null where there is none."""
    known = spellings(destination)
    if source.type is FieldType.OPTION:
        known = _by_number(source, known) | known
    low = text.fill_null("").str.to_lowercase()
    member = low.replace_strict(known, default=None, return_dtype=pl.String)
    if not destination.extensible:
        return member
    return pl.coalesce(member, pl.when(text.str.contains("^[0-9]+$")).then(text))


def _by_number(source: Field, known: dict[str, str]) -> dict[str, str]:
    """The members of another option by their captions, or else their numbers."""
    numbers = source.ordinals or range(len(source.options))
    captions = source.captions or source.options
    return {
        name.lower(): known.get(caption.lower(), known.get(str(number), ""))
        for name, caption, number in zip(source.options, captions, numbers, strict=False)
        if caption.lower() in known or str(number) in known
    }


def _value(text: pl.Expr, destination: Field) -> pl.Expr:
    if destination.type is not FieldType.DECIMAL:
        return as_text(typed(text, destination), destination)
    exact = typed(text.str.replace(PIECES, "$1.$2"), destination.model_copy(update={"scale": None}))
    scale = destination.scale
    kept = exact if scale is None else exact.cast(pl.Decimal(38, scale), strict=False)
    return as_text(kept, destination)


def _moment(text: pl.Expr, source: Field, destination: Field) -> pl.Expr:
    """Give a date or time as XML writes it, where the product can read it: it reads no date alone
    from a text, so a date does not become a time."""
    if source.type is FieldType.DATETIME:
        return text.str.head(10)
    month, day, year, hour, minute, second, half = (
        text.str.extract(MOMENT, group) for group in range(1, 8)
    )
    date = pl.concat_str([year, month.str.zfill(2), day.str.zfill(2)], separator="-")
    if destination.type is FieldType.DATE:
        return date
    clock = hour.cast(pl.Int32, strict=False)
    after = pl.when(half.str.to_lowercase() == "p").then(12).otherwise(0)
    hours = pl.when(half.is_null()).then(clock).otherwise(clock % 12 + after).cast(pl.String)
    time = pl.concat_str(
        [hours.str.zfill(2), minute, pl.coalesce(second, pl.lit("00"))], separator=":"
    )
    return pl.concat_str([date, time], separator="T")


def lost(text: pl.Expr, becomes: Conversion, source: Field, destination: Field) -> pl.Expr:
    """Say what of a value is lost when it is written (`cut to 50 characters`), or why it is not
    transferred; blank where nothing is lost."""
    said = pl.lit("")
    if destination.type in TEXTS and not is_direct(source, destination):
        long = text.str.len_chars() > pl.lit(destination.length)
        said = pl.when(long).then(pl.lit(f"cut to {destination.length} characters")).otherwise(said)
    if becomes.stays is None:
        return said
    kind = AS_PRODUCT.get(destination.type) if source.type in TEXTS else None
    right = kind or WORDS.get(destination.type, "such a value")
    fault = pl.format(f"'{{}}' is not {right}; not transferred", text)
    blank = pl.lit("a blank is not transferred")
    return (
        pl.when(becomes.stays & text.is_null()).then(blank)
        .when(becomes.stays).then(fault)
        .otherwise(said)
    )  # fmt: skip
