"""The product's filter language: an expression such as `10000..20000|<>'A & B'` as a tree.

What a text in it means is known with the type of the field; `core/filters` gives it that meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NoReturn, cast

from mdsync_nb.errors import FilterMistake

Sign = Literal["=", "<>", "<", "<=", ">", ">="]

SIGN = re.compile(r"<>|<=|>=|<|>|=")
UNQUOTED = re.compile(r"(?:(?!\.\.)[^|&()<>='])*")
QUOTED = re.compile(r"'((?:[^']|'')*)'")
HELD = re.compile(r"\.\.|^\.|\.$|[|&()<>=']|^@")
"""What a text cannot hold outside quotes."""
TOKEN = re.compile(r"%\w+")
DEEPEST = 50

A_VALUE = "a value; '' is blank"
AN_OPERATOR = "|, & or the end; a text with signs in it stands in quotes, as 'O''Brien & Co'"
NO_TOKEN = "the values themselves, because %-words depend on who asks; or '%...' for these letters"


@dataclass(frozen=True)
class Value:
    """A text of an expression, without quotes and `@`.

    any_case: capitals do not count. at: where it stands, from 0; it is not compared.
    """

    text: str
    any_case: bool = False
    at: int = field(default=0, compare=False)

    @property
    def is_pattern(self) -> bool:
        """Whether `*` or `?` stand for other characters; quotes do not take that from them."""
        return "*" in self.text or "?" in self.text


@dataclass(frozen=True)
class Comparison:
    """`>=100`; a value alone is `=`."""

    sign: Sign
    value: Value


@dataclass(frozen=True)
class Range:
    """`10..20`, `..20`, `10..`: with its limits, one of which may be missing."""

    low: Value | None
    high: Value | None


@dataclass(frozen=True)
class AnyOf:
    """`A|B`: one of the parts holds."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True)
class AllOf:
    """`A&B`: all parts hold. It binds tighter than `|`."""

    parts: tuple[Tree, ...]


Tree = Comparison | Range | AnyOf | AllOf


def parsed(expression: str) -> Tree:
    """Give the tree of an expression.

    `&` goes before `|`, parentheses before both. Quotes take `| & ( ) < > = ..` as letters, and ''
    in them is a quote; `*`, `?` and a leading `@` keep their meaning in quotes, as in the product.
    Spaces around an unquoted text do not count.
    Raises FilterMistake with the position.
    Source: Business Central, filter criteria and operators; values that contain symbols.
    """
    reader = _Reader(expression)
    tree = reader.any_of()
    if reader.at < len(expression):
        right = "no ), or a ( before it" if reader.sees(")") else AN_OPERATOR
        reader.refuse(right)
    return tree


def printed(tree: Tree) -> str:
    """Give the expression of a tree, with quotes where they are needed; it parses to the tree."""
    match tree:
        case Comparison(sign, value):
            return ("" if sign == "=" else sign) + _written(value)
        case Range(low, high):
            return "..".join(_written(one) if one else "" for one in (low, high))
        case AnyOf(parts):
            return "|".join(_within(one, AnyOf) for one in parts)
        case AllOf(parts):
            return "&".join(_within(one, AnyOf, AllOf) for one in parts)


def with_values(tree: Tree, change: Callable[[Value], Value]) -> Tree:
    """Give the tree with every value changed."""
    match tree:
        case Comparison(sign, value):
            return Comparison(sign, change(value))
        case Range(low, high):
            return Range(*(one and change(one) for one in (low, high)))
        case AnyOf(parts) | AllOf(parts):
            return type(tree)(tuple(with_values(one, change) for one in parts))


def _written(value: Value) -> str:
    text = value.text
    free = text and text == text.strip() and not HELD.search(text) and not TOKEN.fullmatch(text)
    quoted = text if free else "'" + text.replace("'", "''") + "'"
    return "@" + quoted if value.any_case else quoted


def _within(part: Tree, *apart: type[AnyOf | AllOf]) -> str:
    return f"({printed(part)})" if isinstance(part, apart) else printed(part)


@dataclass
class _Reader:
    """An expression and how far it is read."""

    text: str
    at: int = 0
    depth: int = 0

    def any_of(self) -> Tree:
        parts = self._parts("|", self.all_of)
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def all_of(self) -> Tree:
        parts = self._parts("&", self.one)
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def one(self) -> Tree:
        self._skip_spaces()
        if self.sees("("):
            return self._in_parentheses()
        found = SIGN.match(self.text, self.at)
        if found:
            self._go_on(found.end())
            return Comparison(cast("Sign", found[0]), self._value())
        low = None if self.sees("..") else self._value()
        if not self.sees(".."):
            return Comparison("=", low) if low else self.refuse(A_VALUE)
        self._go_on(self.at + 2)
        ends = self.at == len(self.text) or self.text[self.at] in "|&)"
        if ends and low is None:
            self.refuse("a value before or after ..")
        return Range(low, None if ends else self._value())

    def sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def refuse(self, right: str) -> NoReturn:
        raise FilterMistake(self.text, self.at, right=right)

    def _parts(self, sign: str, read: Callable[[], Tree]) -> tuple[Tree, ...]:
        parts = [read()]
        while self.sees(sign):
            self.at += 1
            parts.append(read())
        return tuple(parts)

    def _in_parentheses(self) -> Tree:
        if self.depth == DEEPEST:
            self.refuse(f"at most {DEEPEST} parentheses in each other")
        self.at, self.depth = self.at + 1, self.depth + 1
        tree = self.any_of()
        if not self.sees(")"):
            self.refuse(") or an operator" if self.at == len(self.text) else AN_OPERATOR)
        self._go_on(self.at + 1)
        self.depth -= 1
        return tree

    def _value(self) -> Value:
        start = self.at
        any_case = self.sees("@")
        self.at += any_case
        if self.sees("'"):
            value = self._quoted(start, any_case=any_case)
        else:
            found = UNQUOTED.match(self.text, self.at)
            text = found[0].strip() if found else ""
            if not text:
                self.refuse(A_VALUE)
            if TOKEN.fullmatch(text):
                self.refuse(NO_TOKEN)
            self.at += len(found[0]) if found else 0
            value = Value(text, any_case, start)
        self._skip_spaces()
        return value

    def _quoted(self, start: int, *, any_case: bool) -> Value:
        found = QUOTED.match(self.text, self.at)
        if found is None:
            self.refuse("a second quote that closes the text; '' in quotes is one quote")
        text = found[1].replace("''", "'")
        inside = not any_case and text.startswith("@")
        self.at = found.end()
        return Value(text[1:] if inside else text, any_case or inside, start)

    def _go_on(self, at: int) -> None:
        self.at = at
        self._skip_spaces()

    def _skip_spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
