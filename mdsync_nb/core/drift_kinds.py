"""How two values differ: only in capitals, cut, by a ratio, by days; a table of kinds a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.model.kinds import FieldType

OFTEN = 3
"""A length, a ratio or an amount that so many records share is no accident, if values differ."""

CUT_FROM = 10
"""Characters from which a shared length looks like a cut, where no field is declared so long."""

TEXTS = (FieldType.CODE, FieldType.TEXT)
NUMBERS = (FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.DECIMAL)
DATES = (FieldType.DATE, FieldType.DATETIME)

THERE, HERE = pl.col("there"), pl.col("here")


class Kind(NamedTuple):
    """One kind: the first whose test holds is the one of a pair of values.

    words: what people read; `{there}` and `{here}` are the names of the sides, `{detail}` what
    tells it from others of the kind, where it has some.
    """

    id: str
    words: str
    test: pl.Expr
    detail: pl.Expr | None = None


def _low(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase().str.replace_all(r"\s+", "")


def _letters(value: pl.Expr) -> pl.Expr:
    return _low(value).str.replace_all(r"[^\p{L}\p{N}]", "")


def _bare(value: pl.Expr) -> pl.Expr:
    return _letters(value.str.normalize("NFKD").str.replace_all(r"\p{M}", ""))


def _words(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+").list.sort().list.join(" ")


def _alike(of: object) -> pl.Expr:
    return of(THERE) == of(HERE)  # type: ignore[operator,no-any-return]


def _cut(short: pl.Expr, long: pl.Expr, length: str) -> tuple[pl.Expr, pl.Expr]:
    """Whether a text ends where its field ends, or where those of several records do, and where."""
    many, begins = short.str.len_chars(), long.str.starts_with(short)
    shared = (pl.len().over("field", many, begins) >= OFTEN) & (many >= CUT_FROM)
    return begins & ((many == pl.col(length)) | shared), many


CUT_THERE, AT_THERE = _cut(THERE, HERE, "length")
CUT_HERE, AT_HERE = _cut(HERE, THERE, "here_length")

BLANKS = (
    Kind("blank-there", "blank in {there}", THERE.is_null()),
    Kind("blank-here", "blank in {here}", HERE.is_null()),
)
OF_TEXTS = (
    Kind("capitals", "only capitals or spacing", _alike(_low)),
    Kind("punctuation", "only punctuation", _alike(_letters) & (_letters(THERE) != "")),
    Kind("accents", "only accents", _alike(_bare) & (_bare(THERE) != "")),
    Kind("zeros", "only leading zeros",
         _letters(THERE).str.strip_chars_start("0") == _letters(HERE).str.strip_chars_start("0")),
    Kind("order", "the same words in another order", _alike(_words) & (_words(THERE) != "")),
    Kind("cut-there", "cut at {detail} characters in {there}", CUT_THERE, AT_THERE),
    Kind("cut-here", "cut at {detail} characters in {here}", CUT_HERE, AT_HERE),
    Kind("longer-here", "begins the same, goes on in {here}", HERE.str.starts_with(THERE)),
    Kind("longer-there", "begins the same, goes on in {there}", THERE.str.starts_with(HERE)),
)  # fmt: skip

L, R = pl.col("l"), pl.col("r")
TIMES = pl.max_horizontal((R / L).abs(), (L / R).abs()).round_sig_figs(4)
UP = R.abs() > L.abs()
MORE = (R - L).round(6)


def _shared(what: pl.Expr, side: pl.Expr) -> pl.Expr:
    """Whether several records share it, from more than one value: else it is only one pair."""
    kept = pl.when(what.is_finite()).then(what)
    together = ["field", kept]
    return kept.is_not_null() & (pl.len().over(together) >= OFTEN) & (
        side.n_unique().over(together) >= 2
    )  # fmt: skip


def _plain(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.strip_suffix(".0")


def _rounded(exact: pl.Expr, rounded: pl.Expr) -> pl.Expr:
    near = ((exact - rounded).abs() < 1) & (rounded.abs() > 0)
    return near & pl.any_horizontal((exact.round(n) - rounded).abs() < 1e-9 for n in range(3))


TENS = TIMES.log(10).round(9)
OF_NUMBERS = (
    Kind("zero-there", "0 in {there}", L == 0),
    Kind("zero-here", "0 in {here}", R == 0),
    Kind("sign", "the opposite sign", R == -L),
    Kind("ratio", "{detail} in {here}",
         (L.sign() == R.sign()) & (((TENS >= 1) & (TENS.round(0) == TENS))
         | _shared(pl.when(UP).then(TIMES).otherwise(-TIMES), L)),
         pl.format("{} {}", pl.when(UP).then(pl.lit("×")).otherwise(pl.lit("÷")), _plain(TIMES))),
    Kind("rounded-there", "rounded in {there}", _rounded(R, L)),
    Kind("rounded-here", "rounded in {here}", _rounded(L, R)),
    Kind("amount", "{detail} in {here}", _shared(MORE, L),
         pl.format("{} {}", _plain(MORE.abs()),
                   pl.when(MORE > 0).then(pl.lit("more")).otherwise(pl.lit("less")))),
)  # fmt: skip

DAYS = (R.dt.date() - L.dt.date()).dt.total_days()
HOURS = (R - L).dt.total_minutes() / 60
LATER = pl.when(R > L).then(pl.lit("later")).otherwise(pl.lit("earlier"))
SAME_DAY = (L.dt.month() == R.dt.month()) & (L.dt.day() == R.dt.day())
YEARS = (R.dt.year() - L.dt.year()).abs()


def _many(number: pl.Expr, noun: str) -> pl.Expr:
    plural = pl.when(number == 1).then(pl.lit(noun)).otherwise(pl.lit(f"{noun}s"))
    return pl.format("{} {} {}", _plain(number), plural, LATER)


OF_DATES = (
    Kind("hours", "{detail} in {here}", pl.col("timed") & (HOURS.abs() <= 14)
         & ((HOURS * 4).round(0) == HOURS * 4), _many(HOURS.abs(), "hour")),
    Kind("time", "another time of the same day", pl.col("timed") & (DAYS == 0)),
    Kind("exchanged", "day and month exchanged", (L.dt.year() == R.dt.year())
         & (L.dt.day() == R.dt.month()) & (L.dt.month() == R.dt.day())),
    Kind("years", "{detail} in {here}", SAME_DAY, _many(YEARS, "year")),
    Kind("days", "{detail} in {here}", pl.len().over("field", DAYS) >= 2,
         _many(DAYS.abs(), "day")),
    Kind("date", "another date", pl.lit(value=True)),
)  # fmt: skip
OTHER = Kind("other", "another value", pl.lit(value=True))

LADDERS = {
    "texts": (*BLANKS, *OF_TEXTS, OTHER),
    "numbers": (*BLANKS, *OF_NUMBERS, OTHER),
    "dates": (*BLANKS, *OF_DATES, OTHER),
    "others": (*BLANKS, OTHER),
}
"""The kinds of each type of field, in the order in which they are asked."""

KINDS = tuple({kind.id: kind for ladder in LADDERS.values() for kind in ladder}.values())
"""Every kind once."""


def with_kinds(found: pl.DataFrame, fields: pl.DataFrame) -> pl.DataFrame:
    """Give values that differ with the kind of each (`frames.DRIFT_CELLS`).

    found: `frames.DRIFT_FOUND`; fields: `frames.DRIFT_COMPARED`. A value that does not read as
    its type is of kind `other`. No value is looked at by itself: all of a type at once.
    """
    known = fields.select(pl.col("field").cast(pl.Categorical), "type", "length", "here_length")
    typed = found.join(known, on="field", how="left")
    parts = [
        _told(_typed(typed.filter(test), name), LADDERS[name]) for name, test in _types().items()
    ]
    return pl.concat([frames.conform(one, frames.DRIFT_CELLS) for one in parts])


def _types() -> dict[str, pl.Expr]:
    of = {"texts": TEXTS, "numbers": NUMBERS, "dates": DATES}
    tests = {name: pl.col("type").is_in([str(one) for one in types]) for name, types in of.items()}
    return {**tests, "others": ~pl.any_horizontal(*tests.values())}


def _typed(part: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add the values as numbers or times, `l` and `r`; a date alone is the beginning of its day."""
    if name == "numbers":
        return part.with_columns(
            l=THERE.cast(pl.Float64, strict=False), r=HERE.cast(pl.Float64, strict=False)
        )
    if name == "dates":
        both = {mark: as_time(pl.col(side)) for mark, side in (("l", "there"), ("r", "here"))}
        return part.with_columns(timed=pl.col("type") == str(FieldType.DATETIME), **both)
    return part


def as_time(text: pl.Expr) -> pl.Expr:
    """Give the canonical text of a date or a time as a time."""
    whole = text.str.strip_suffix("Z").str.replace("T", " ", literal=True)
    day = pl.when(text.str.len_chars() == 10).then(whole + " 00:00:00").otherwise(whole)
    return day.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us")


def _told(part: pl.DataFrame, ladder: Sequence[Kind]) -> pl.DataFrame:
    if part.is_empty():
        texts = dict.fromkeys(("kind", "detail"), pl.lit("", dtype=pl.String))
        return part.with_columns(**texts)
    asked = part.with_columns(
        **{f"?{kind.id}": kind.test.fill_null(value=False) for kind in ladder},
        **{
            f"!{kind.id}": kind.detail.cast(pl.String) for kind in ladder if kind.detail is not None
        },
    )
    holds = [(kind, pl.col(f"?{kind.id}")) for kind in ladder]
    said = [(pl.lit(kind.id), test) for kind, test in holds]
    details = [
        (pl.lit("") if kind.detail is None else pl.col(f"!{kind.id}"), test) for kind, test in holds
    ]
    return asked.with_columns(kind=_first(said), detail=_first(details).fill_null(""))


def _first(arms: Sequence[tuple[pl.Expr, pl.Expr]]) -> pl.Expr:
    return pl.coalesce(pl.when(test).then(value) for value, test in arms)


def kinds(told: pl.DataFrame, names: tuple[str, str]) -> pl.DataFrame:
    """Give how many values of each field differ in which way (`frames.DRIFT_KINDS`), most first.

    told: `frames.DRIFT_CELLS`. names: what people call the (there, here) side.
    """
    pairs = told.group_by("field", "kind", "detail", "there", "here").agg(many=pl.len())
    ordered = pairs.sort("many", "there", "here", descending=[True, False, False])
    counted = ordered.group_by("field", "kind", "detail", maintain_order=True).agg(
        records=pl.col("many").sum(), there=THERE.first(), here=HERE.first()
    )
    words = {kind.id: kind.words for kind in KINDS}
    what = pl.col("kind").cast(pl.String).replace_strict(words, return_dtype=pl.String)
    for mark, text in (("detail", pl.col("detail")), ("there", names[0]), ("here", names[1])):
        given = pl.lit(text) if isinstance(text, str) else text
        what = what.str.replace_all(f"{{{mark}}}", given, literal=True)
    whole = counted.with_columns(
        pl.col("field", "kind").cast(pl.String),
        what=what,
        share=pl.col("records") / pl.col("records").sum().over("field"),
    )
    most = pl.col("records").sum().over("field")
    ordered = whole.sort(most, "field", "records", "kind", "detail",
                         descending=[True, False, True, False, False])  # fmt: skip
    return frames.conform(ordered, frames.DRIFT_KINDS)
