"""Records that look for a counterpart, and two that may be the same, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.redaction import hides_keys
from mdsync_nb.engine.matched import Matched
from mdsync_nb.reports import wording
from mdsync_nb.reports.markup import Html, Part, tag
from mdsync_nb.reports.masking import MASK, masked, said_of_records
from mdsync_nb.reports.pieces.grid import Column
from mdsync_nb.reports.pieces.words import OUTCOMES
from mdsync_nb.reports.tally import Row

SEVERAL = 3
"""Candidates a row of several names; it says how many there are."""

FILLS = {"several fit": "undecided", "contradict": "undecided", "no counterpart": "only-holding"}
"""The marks of outcomes; the others go by their word alone."""

NOT_COMPARED, REJECTED = "not compared", "rejected"


class Called(NamedTuple):
    """What people call the company whose records look for a counterpart, and the other one."""

    looks: str
    other: str


NOBODY = Called("", "")
"""Before a mapping is shown."""


def matched_rows(found: Matched | None, mask: Iterable[str] = ()) -> pl.DataFrame:
    """Give the records of a mapping in the words people read and filter by; none without a match.

    Gives `frames.MATCHED` with the outcome in words, `agrees`, and `record`, which tells the rows
    apart. Names and numbers of masked fields are not in it.
    """
    equal = pl.col("equal")
    records = found.records if found else frames.empty(frames.MATCHED)
    rows = records.with_columns(
        pl.col("outcome").replace(OUTCOMES),
        agrees=pl.when(equal).then(pl.lit("all fields agree"))
        .when(~equal).then(pl.lit("some fields differ"))
        .otherwise(pl.lit(NOT_COMPARED)),
    )  # fmt: skip
    hidden = list(mask)
    if hides_keys(hidden):
        covered = pl.col("candidate_keys").list.eval(pl.lit(MASK))
        rows = rows.with_columns(candidate_keys=covered, reason=pl.lit(""))
    return said_of_records(rows, hidden).with_row_index("record")


def rejected_rows(
    found: Matched | None, rejected: pl.DataFrame, mask: Iterable[str]
) -> pl.DataFrame:
    """Give rejected pairs (`frames.REJECTED`) as rows of the same table. found: knows the names."""
    empty = frames.empty(frames.MATCHED)
    named = (
        found.with_names(rejected)
        if found
        else rejected.with_columns(record_key="integration_key", counterpart_key="local_key")
    )
    rows = pl.concat([empty, named.with_columns(outcome=pl.lit(REJECTED))], how="diagonal")
    return said_of_records(rows, mask).with_row_index("record")


def matched_columns(
    called: Called, picked: Callable[[Row], Part] = lambda _: None
) -> tuple[Column, ...]:
    """Give the columns of those rows. picked: what somebody chose for a record meanwhile."""
    return (
        Column(called.looks, lambda one: two_lines(one["record_name"], one["record_key"])),
        Column("Outcome", lambda one: outcome(one["outcome"])),
        Column(called.other, lambda one: picked(one) or _counterpart(one)),
        Column("Why", lambda one: tag("span", _why(one), class_="small")),
    )


def two_lines(name: str | None, key: str | None) -> Html:
    """Give what people call a record: its name, and its number under it."""
    first = tag("b", name or key or "a record without a number")
    return Html(first, tag("span", key, class_="second") if name and key else None)


def outcome(word: str) -> Html:
    """Give an outcome with its mark, in one line."""
    fill = FILLS.get(word)
    return tag("span", wording.swatch(fill) if fill else None, word, class_="nowrap")


def side_by_side(values: pl.DataFrame, called: Called, mask: Iterable[str] = ()) -> Html:
    """Give two records field by field: what agrees is quiet, what contradicts is marked.

    values: `frames.CANDIDATE_VALUES` of one candidate.
    """
    rows = masked(values, mask).to_dicts()
    heads = ("Field", called.looks, called.other, "In words")
    return tag(
        "table",
        tag("caption", "Both records, field by field", class_="unseen"),
        tag("thead", tag("tr", *(tag("th", one, scope="col") for one in heads))),
        tag("tbody", *map(_line, rows)),
        class_="three pair",
    )


def likeness(similarity: float) -> str:
    """Give how alike two records are: 93 %. It is 100 only when all is the same."""
    share = round(100 * similarity)
    return f"{wording.number(share if similarity >= 1 else min(share, 99))} %"


def _counterpart(one: Row) -> Part:
    if one["counterpart_key"] or one["counterpart_name"]:
        return two_lines(one["counterpart_name"], one["counterpart_key"])
    keys = one["candidate_keys"] or []
    if not keys or not one["records"] or one["records"] < 2:
        return None
    named = ", ".join(keys[:SEVERAL])
    more = ", …" if one["records"] > SEVERAL else ""
    many = wording.count(one["records"], "candidate")
    return Html(many, tag("span", named + more, class_="second"))


def _why(one: Row) -> Part:
    if one["outcome"] == REJECTED:
        said = f": {one['comment']}" if one["comment"] else None
        by = Html("by ", one["rejected_by"], ", ") if one["rejected_by"] else None
        return Html(by, wording.moment(one["rejected_at"]), " UTC", said)
    differs = one["agrees"] == "some fields differ"
    return f"{one['reason']}; some fields differ" if differs else one["reason"] or ""


SAYS: Mapping[str, Callable[[Row], str]] = {
    "agree": lambda _: "the same",
    "close": lambda one: f"nearly the same, {likeness(one['similarity'])}",
    "contradict": lambda _: "contradicts",
    "blank": lambda _: "blank on one side",
}


def _line(one: Row) -> Html:
    says = one["says"]
    values = (one["record_value"], one["candidate_value"])
    both_blank = says == "blank" and not any(values)
    said = "blank on both sides" if both_blank else SAYS[says](one)
    quiet = "mute" if says in ("agree", "blank") else None
    class_ = f"choice {quiet}" if quiet else "choice"
    cells = (tag("td", wording.value(value), class_=class_) for value in values)
    mark = wording.swatch("undecided") if says == "contradict" else None
    state = tag("td", mark, said, class_=quiet)
    return tag(
        "tr",
        tag("th", one["field"], scope="row", class_=quiet),
        *cells,
        state,
        class_="conflict" if says == "contradict" else None,
    )
