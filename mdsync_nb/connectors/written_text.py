"""Values as a company writes them in its files, in the style a column already has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from mdsync_nb.connectors.options import members_of
from mdsync_nb.model.company import FileFormat
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

OptionStyle = Literal["name", "caption", "ordinal"]
ORDERS = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}
YES_NO = (
    ("true", "false"),
    ("yes", "no"),
    ("ja", "nein"),
    ("wahr", "falsch"),
    ("oui", "non"),
    ("vrai", "faux"),
    ("1", "0"),
)


@dataclass(frozen=True)
class CellStyle:
    """How the cells of one column are written: its dates, its yes and no, its options."""

    date: str
    yes: str = "true"
    no: str = "false"
    options: OptionStyle = "name"


def style_of(
    texts: pl.Series, field: Field, format: FileFormat, *, options: Literal["name", "caption"]
) -> CellStyle:
    """Give the style the texts of a column show; what they do not show is the format's own.

    options: how an option is written when the column does not tell.
    """
    sample = texts.drop_nulls().str.strip_chars()
    sample = sample.filter(sample != "").unique(maintain_order=True)
    yes, no = _yes_no(sample) if field.type is FieldType.BOOLEAN else YES_NO[0]
    otherwise: OptionStyle = options if field.captions else "name"
    return CellStyle(
        date=_date_pattern(sample, format),
        yes=yes,
        no=no,
        options=_option_style(sample, field) or otherwise,
    )


def _yes_no(sample: pl.Series) -> tuple[str, str]:
    """Give the words a column has for true and false, in its capitals."""
    low = set(sample.str.to_lowercase())
    yes, no = next((pair for pair in YES_NO if low and low <= set(pair)), YES_NO[0])
    first = sample[0] if low else ""
    spelled = next((c for c in (str.lower, str.upper, str.title) if c(first) == first), str.lower)
    return spelled(yes), spelled(no)


def _date_pattern(sample: pl.Series, format: FileFormat) -> str:
    """Give how the dates of a column are written: year first, or the company's order."""
    year_first = sample.str.extract(r"^\d{4}([-./])\d{1,2}[-./]\d{1,2}").drop_nulls()
    year_last = sample.str.extract(r"^\d{1,2}([-./])\d{1,2}[-./]\d{4}").drop_nulls()
    if len(year_first) > len(year_last):
        return ORDERS["ymd"].replace("-", year_first[0])
    separator = year_last[0] if len(year_last) and format.date_order != "ymd" else "-"
    return ORDERS[format.date_order].replace("-", separator)


def _option_style(sample: pl.Series, field: Field) -> OptionStyle | None:
    """Give how a column writes its options, or None when it does not tell."""
    if field.type is not FieldType.OPTION or sample.is_empty():
        return None
    seen = set(sample.str.to_lowercase())
    for style in ("name", "caption", "ordinal"):
        if seen <= {text.lower() for text in _spelled(field, style).values()}:
            return style
    return None


def _spelled(field: Field, style: OptionStyle) -> dict[str, str]:
    """Give how each member of an option is written in a style."""
    members = members_of(field)
    if style == "name":
        return {name: name for name in members.values()}
    captions = members_of(Field(name=field.name, options=field.captions))
    return {
        name: str(number) if style == "ordinal" else captions.get(number, name)
        for number, name in members.items()
    }


def written(
    values: pl.Series, field: Field, format: FileFormat, style: CellStyle | None = None
) -> pl.Series:
    """Give typed values as texts in the company's way; a blank is the empty text.

    With `blank: distinct` an absent value stays null, and only an empty text is the empty text.
    Decimals have no trailing zeros, times are UTC and end in Z. Texts are never altered.
    """
    style = style or CellStyle(date=ORDERS[format.date_order])
    kind = values.dtype
    if kind.is_decimal() or kind.is_float():
        texts = _without_zeros(values.cast(pl.String))
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
    kept_apart = format.blank == "distinct"
    return (texts if kept_apart else texts.fill_null("")).alias(values.name)


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
    return names.fill_null("").replace(_spelled(field, style.options))
