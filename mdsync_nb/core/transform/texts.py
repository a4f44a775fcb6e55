"""Case and parts of texts, as the product's platform has them."""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

from mdsync_nb.model.transformation import TransformationRule

BEYOND_ASCII = r"[^\x00-\x7F]"
WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036F]|')*")


def as_code(value: pl.Expr) -> pl.Expr:
    """Give a text as a code field holds it: in capitals, without blanks around."""
    return uppercase(value.str.strip_chars(" "))


def uppercase(value: pl.Expr) -> pl.Expr:
    """Give a text in capitals, character by character: `ß` has none, so it stays."""
    return _by_character(value, value.str.to_uppercase(), str.upper)


def lowercase(value: pl.Expr) -> pl.Expr:
    """Give a text in small letters, character by character."""
    return _by_character(value, value.str.to_lowercase(), str.lower)


def _by_character(value: pl.Expr, fast: pl.Expr, change: Callable[[str], str]) -> pl.Expr:
    """Change case where each character stays one: Polars may make two of it (`ß`: `SS`)."""

    def changed(text: str) -> str:
        each = ((one, change(one)) for one in text)
        return "".join(new if len(new) == 1 else one for one, new in each)

    beyond = value.str.contains(BEYOND_ASCII)
    slow = pl.when(beyond).then(value).map_elements(changed, return_dtype=pl.String)
    return pl.when(beyond).then(slow).otherwise(fast)


def title_case(value: pl.Expr) -> pl.Expr:
    """Give a text with a capital at the beginning of each word; words in capitals are left."""
    return value.map_elements(lambda text: WORD.sub(_titled, text), return_dtype=pl.String)


def _titled(found: re.Match[str]) -> str:
    head, *tail = found[0].split("'")
    lowered = head[1:].lower() if head != head.upper() else head[1:]
    return "'".join([head[:1].upper() + lowered, *(part.lower() for part in tail)])


def substring(value: pl.Expr, rule: TransformationRule) -> pl.Expr:
    """Give a part of a text; blank where its start or end is not found.

    From Start Position, or behind the first Starting Text, or the beginning; Length characters, or
    up to the first Ending Text behind that, or to the end. Source: semantics.md 12, type 4.
    """
    rest = value
    if rule.start_position:
        rest = value.str.slice(rule.start_position - 1)
    elif rule.starting_text:
        rest = _split(value, rule.starting_text, behind=True)
    if rule.length:
        rest = rest.str.slice(0, rule.length)
    elif rule.ending_text:
        rest = _split(rest, rule.ending_text, behind=False)
    return pl.when(value.is_not_null()).then(rest.fill_null(""))


def _split(value: pl.Expr, text: str, *, behind: bool) -> pl.Expr:
    """Give what stands before or behind the first of a text; null where it is not found."""
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    parts = value.str.splitn(text[1:-1] if quoted else text, 2)
    after = parts.struct.field("field_1")
    return after if behind else pl.when(after.is_not_null()).then(parts.struct.field("field_0"))
