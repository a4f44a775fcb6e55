"""Values as a company writes them in its files, and its texts as one spelling to compare by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from mdsync_nb.model.company import FileFormat
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

ORDERS = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}
YES_NO = (
    ("true", "false"),
    ("True", "False"),
    ("TRUE", "FALSE"),
    ("Yes", "No"),
    ("yes", "no"),
    ("YES", "NO"),
    ("Ja", "Nein"),
    ("Ja", "Nej"),
    ("Oui", "Non"),
    ("1", "0"),
)
YES = tuple({yes.lower() for yes, _ in YES_NO})
NO = tuple({no.lower() for _, no in YES_NO})
YEAR_FIRST = r"^(?P<y>\d{4})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})"
YEAR_LAST = {
    "dmy": r"^(?P<d>\d{1,2})[-./ ](?P<m>\d{1,2})[-./ ](?P<y>\d{4})",
    "mdy": r"^(?P<m>\d{1,2})[-./ ](?P<d>\d{1,2})[-./ ](?P<y>\d{4})",
}
BLANK_DATES = ("0001-01-01", "1753-01-01")
WHOLE = (FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.DURATION)


@dataclass(frozen=True)
class CellStyle:
    """How the cells of one column are written: its dates, its yes and no, its options."""

    date: str
    yes: str = "true"
    no: str = "false"
    options: Literal["name", "caption", "ordinal"] = "name"


def style_of(
    texts: pl.Series, field: Field, format: FileFormat, *, options: Literal["name", "caption"]
) -> CellStyle:
    """Give the style the texts of a column show; what they do not show is the format's own.

    options: how an option is written when the column does not tell.
    """
    sample = texts.drop_nulls().str.strip_chars()
    sample = sample.filter(sample != "").unique()
    yes, no = "true", "false"
    if field.type is FieldType.BOOLEAN and len(sample):
        seen = set(sample.to_list())
        yes, no = next((pair for pair in YES_NO if seen <= set(pair)), (yes, no))
    return CellStyle(
        date=_date_pattern(sample, format),
        yes=yes,
        no=no,
        options=_option_style(sample, field) or (options if field.captions else "name"),
    )


def _date_pattern(sample: pl.Series, format: FileFormat) -> str:
    """Give how the dates of a column are written: year first, or the company's order."""
    year_first = sample.str.extract(r"^\d{4}([-./])\d{1,2}[-./]\d{1,2}").drop_nulls()
    year_last = sample.str.extract(r"^\d{1,2}([-./ ])\d{1,2}[-./ ]\d{4}").drop_nulls()
    if len(year_first) > len(year_last):
        return ORDERS["ymd"].replace("-", year_first[0])
    separator = year_last[0] if len(year_last) and format.date_order != "ymd" else "-"
    return ORDERS[format.date_order].replace("-", separator)


def _option_style(sample: pl.Series, field: Field) -> Literal["name", "caption", "ordinal"] | None:
    """Give how a column writes its options, or None when it does not tell."""
    if field.type is not FieldType.OPTION:
        return None
    seen = set(sample.to_list())
    if not seen or seen <= set(field.options):
        return "name" if seen else None
    if seen <= set(field.captions):
        return "caption"
    return "ordinal" if all(text.isdecimal() for text in seen) else None


def written(
    values: pl.Series, field: Field, format: FileFormat, style: CellStyle | None = None
) -> pl.Series:
    """Give typed values as texts in the company's way; a blank is the empty text.

    Decimals have no trailing zeros, times are UTC and end in Z. Texts are never altered.
    """
    style = style or CellStyle(date=ORDERS[format.date_order])
    kind = values.dtype
    if isinstance(kind, pl.Decimal):
        texts = _without_zeros(values.cast(pl.String)).str.replace(".", format.decimal, literal=True)
    elif kind.is_float():
        texts = values.cast(pl.String).str.replace(r"\.0$", "")
        texts = texts.str.replace(".", format.decimal, literal=True)
    elif kind == pl.Date():
        texts = values.dt.strftime(style.date)
    elif isinstance(kind, pl.Datetime):
        texts = values.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    elif kind == pl.Time():
        texts = values.dt.strftime("%H:%M:%S%.f")
    elif kind == pl.Boolean():
        yes_no = {True: style.yes, False: style.no}
        texts = values.replace_strict(yes_no, return_dtype=pl.String, default=None)
    else:
        texts = _option_texts(values.cast(pl.String), field, style)
    return texts.fill_null("").alias(values.name)


def _without_zeros(texts: pl.Series) -> pl.Series:
    """Give decimals as texts without the zeros that end them after the point."""
    shorter = texts.str.strip_chars_end("0").str.strip_chars_end(".")
    frame = pl.DataFrame({"text": texts, "shorter": shorter})
    return frame.select(
        pl.when(pl.col("text").str.contains(".", literal=True))
        .then("shorter")
        .otherwise("text")
        .alias(texts.name)
    ).to_series()


def _option_texts(names: pl.Series, field: Field, style: CellStyle) -> pl.Series:
    """Give the members of an option as their column writes them; other texts stay."""
    if field.type is not FieldType.OPTION or style.options == "name":
        return names
    shown = field.captions if style.options == "caption" else map(str, range(len(field.options)))
    return names.replace(dict(zip(field.options, shown, strict=False)))


def canonical(texts: pl.Series, field: Field, format: FileFormat) -> pl.Series:
    """Give texts of a file in one spelling each, so that a key is found however it is written.

    Codes are trimmed and in capitals, numbers without needless zeros, dates year first, options
    by member name; a blank is the empty text. What cannot be read stays as it is.
    """
    bare = texts.fill_null("").str.strip_chars()
    match field.type:
        case FieldType.CODE:
            found = bare.str.to_uppercase()
        case FieldType.DECIMAL:
            found = _canonical_decimals(bare, format)
        case FieldType.DATE:
            found = _canonical_dates(bare, format)
        case FieldType.BOOLEAN:
            low = bare.str.to_lowercase()
            found = low.replace(dict.fromkeys(YES, "true") | dict.fromkeys(NO, "false"))
        case FieldType.OPTION:
            found = _canonical_options(bare, field)
        case FieldType.GUID:
            found = bare.str.to_lowercase().str.replace_all(r"[{}-]", "")
        case kind if kind in WHOLE:
            found = _first(bare.cast(pl.Int64, strict=False).cast(pl.String), bare)
        case _:
            found = texts.fill_null("")
    if field.blank_is_zero and field.type in (*WHOLE, FieldType.DECIMAL, FieldType.BOOLEAN):
        found = found.replace({"0": "", "false": ""})
    return found


def _first(read: pl.Series, otherwise: pl.Series) -> pl.Series:
    """Give what was read, and where nothing could be read the text itself."""
    frame = pl.DataFrame({"read": read, "text": otherwise})
    return frame.select(pl.coalesce("read", "text").alias(otherwise.name)).to_series()


def _canonical_decimals(texts: pl.Series, format: FileFormat) -> pl.Series:
    """Give decimals with a point and without needless zeros."""
    plain = texts.str.replace(format.decimal, ".", literal=True)
    numbers = plain.cast(pl.Decimal(38, 20), strict=False)
    return _first(_without_zeros(numbers.cast(pl.String)), texts)


def _canonical_dates(texts: pl.Series, format: FileFormat) -> pl.Series:
    """Give dates as yyyy-mm-dd; a year that stands first needs no order."""
    patterns = [YEAR_FIRST, *filter(None, [YEAR_LAST.get(format.date_order)])]
    column = pl.lit(texts).alias("text")
    readings = []
    for pattern in patterns:
        parts = column.str.extract_groups(pattern).struct
        readings.append(
            pl.concat_str(
                parts.field("y"),
                parts.field("m").str.zfill(2),
                parts.field("d").str.zfill(2),
                separator="-",
            )
        )
    found = pl.select(pl.coalesce(*readings, column).alias(texts.name)).to_series()
    return found.replace(dict.fromkeys(BLANK_DATES, ""))


def _canonical_options(texts: pl.Series, field: Field) -> pl.Series:
    """Give options by their member name, whether written by name, caption or ordinal."""
    ordinals = {str(number): name for number, name in enumerate(field.options)}
    captions = dict(zip(field.captions, field.options, strict=False))
    names = {name: name for name in field.options}
    return texts.replace(ordinals | captions | names | {"_x0020_": ""})
