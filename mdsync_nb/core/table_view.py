"""Table views: a whole filter as the product shows and stores it.

`SORTING(No.) WHERE(No.=FILTER(10000..20000),Blocked=CONST( ))`, or with the numbers of fields:
`VERSION(1) SORTING(Field1) WHERE(Field1=1(10000..20000))`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mdsync_nb.errors import FilterMistake
from mdsync_nb.model.schema import Field, TableSchema

CLAUSE = re.compile(r"\s*(VERSION|SORTING|ORDER|WHERE)\s*\(", re.IGNORECASE)
NAME = re.compile(r'\s*(?:"([^"]+)"|([^="()]+(?:\([^()=]*\)[^="()]*)*))\s*=\s*')
KIND = re.compile(r"(CONST|FILTER|1)\s*\(", re.IGNORECASE)
NUMBER = re.compile(r"Field(\d+)", re.IGNORECASE)
WITH_QUOTES = re.compile(r"'(?:[^']|'')*'|[()]")
PLAIN = re.compile(r"[()]")

CLAUSES = "WHERE(field=FILTER(expression)), after SORTING(...) or without it"
KINDS = "CONST(value) or FILTER(expression)"


class Asked(NamedTuple):
    """What a view asks of one field.

    field: as it is written. constant: the text is one value and no expression. field_at, at: where
    the field and the text stand in the view, from 0.
    """

    field: str
    constant: bool
    text: str
    field_at: int
    at: int


def parsed_view(view: str) -> tuple[Asked, ...]:
    """Give what a view asks of each field, in its order; a blank view asks nothing.

    How it sorts, and its version, say nothing about which records pass.
    Raises FilterMistake with the position in the view.
    Source: Business Central, GetView and SourceTableView; semantics.md 1 (Table Filter).
    """
    found: list[Asked] = []
    at = 0
    while view[at:].strip():
        clause = CLAUSE.match(view, at)
        if clause is None:
            raise _wrong(view, at, CLAUSES)
        at = clause.end()
        if clause[1].upper() == "WHERE":
            at = _read_fields(view, at, found)
        else:
            at = _closing(view, at, PLAIN) + 1
    return tuple(found)


def field_of(name: str, schema: TableSchema) -> Field | None:
    """The field a view names, by name or as `Field39` by number; None when the table lacks it."""
    by_number = NUMBER.fullmatch(name)
    known = schema.by_name.get(name)
    if known or by_number is None:
        return known
    return next((one for one in schema.fields if one.number == int(by_number[1])), None)


def _read_fields(view: str, at: int, found: list[Asked]) -> int:
    """Read what stands in `WHERE(...)`; give where the view goes on."""
    while True:
        named = NAME.match(view, at)
        if named is None:
            raise _wrong(view, at, "a field and =")
        kind = KIND.match(view, named.end())
        if kind is None:
            raise _wrong(view, named.end(), KINDS)
        asked, at = _asked(view, named, kind)
        found.append(asked)
        if view.startswith(")", at):
            return at + 1
        if not view.startswith(",", at):
            raise _wrong(view, at, ", and the next field, or )")
        at += 1


def _asked(view: str, named: re.Match[str], kind: re.Match[str]) -> tuple[Asked, int]:
    """What is asked of one field, and where the view goes on after it and spaces."""
    constant, start = kind[1].upper() == "CONST", kind.end()
    quotes = not constant or view[start:].lstrip().startswith("'")
    end = _closing(view, start, WITH_QUOTES if quotes else PLAIN)
    text = view[start:end]
    field_at = named.start(1) if named[1] else named.start(2)
    field = named[1] or named[2].strip()
    after = end + 1 + len(view[end + 1 :]) - len(view[end + 1 :].lstrip())
    return Asked(field, constant, _unquoted(text) if constant else text, field_at, start), after


def _closing(view: str, at: int, signs: re.Pattern[str]) -> int:
    """Where the parenthesis closes that was opened before `at`."""
    depth = 1
    for found in signs.finditer(view, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    raise _wrong(view, len(view), "a ) for each (")


def _unquoted(text: str) -> str:
    """One value without the quotes some views write around it."""
    value = text.strip()
    for quote in "'\"":
        if len(value) > 1 and value[0] == value[-1] == quote:
            return value[1:-1].replace(2 * quote, quote).strip()
    return value


def _wrong(view: str, at: int, right: str) -> FilterMistake:
    skipped = len(view[at:]) - len(view[at:].lstrip())
    return FilterMistake(view, at + skipped, right=right)
