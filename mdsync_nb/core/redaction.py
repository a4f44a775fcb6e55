"""Texts without secrets: what looks like a password, token, connection or address is taken out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

HIDDEN = "•••"
NUMBERS = ("no.", "code")
"""The fields, in small letters, whose value is the number that calls a record."""

SECRET_NAME = re.compile(
    r"pass(word|wd|phrase|code)|\bpwd|secret|token|api[_ -]?key|access[_ -]?key|account[_ -]?key|"
    r"private[_ -]?key|credential|authorization|connection|\bdsn\b|web[_ -]?hook|\burl\b|\bpin\b",
    re.IGNORECASE,
)
"""Names of settings and parameters whose values are not for others."""

NAMES = (
    r"(?:\w*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|accountkey|"
    r"sharedaccesskey|private[_-]?key|authorization|connection_?string|dsn|web_?hook(?:_url)?)|sig)"
)
SECRETS: tuple[tuple[str, str], ...] = (
    (r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/\"'<>]+@", f"${{1}}{HIDDEN}@"),
    (r"(?i)\b(https?://[^\s/\"'<>?#\\]+)[/?#][^\s\"'<>\\]*", f"${{1}}/{HIDDEN}"),
    (r"(?i)\b(bearer|basic) +[A-Za-z0-9+/=._-]{8,}", f"${{1}} {HIDDEN}"),
    (r"(?i)(\w*(?:passw(?:or)?d|passphrase|pwd) *= *)[^;\n\"']+", f"${{1}}{HIDDEN}"),
    (
        rf"(?i)\b({NAMES}[\"']? *[=:] *)(?:\\?\"[^\"]*\"|\\?'[^']*'|[^\s;,&\"']+)",
        f"${{1}}{HIDDEN}",
    ),
    (r"\beyJ[\w-]{10,}(?:\.[\w-]*)*", HIDDEN),
    (r"\b[A-Za-z0-9+]{40,}={0,2}", HIDDEN),
)
"""What a secret looks like in a text, and what stands there instead. Of an address the host stays,
because it tells which service was meant."""


def scrubbed(text: pl.Expr, instead: Mapping[str, str] | None = None) -> pl.Expr:
    """Give texts without what looks like a secret. instead: texts and what stands for each."""
    found = text
    if instead:
        found = found.str.replace_many(list(instead), list(instead.values()), leftmost=True)
    for pattern, hidden in SECRETS:
        found = found.str.replace_all(pattern, hidden)
    return found


def scrubbed_text(text: str, instead: Mapping[str, str] | None = None) -> str:
    """Give one text as `scrubbed` does."""
    found = pl.select(scrubbed(pl.lit(text, dtype=pl.String), instead)).item()
    return str(found)


def without_secrets(tree: Any, masked: Collection[str], instead: Mapping[str, str]) -> Any:
    """Give settings without secrets: values of secret names, and what the masked fields hold.

    tree: lists, mappings and texts, as settings are dumped. masked: fields, in small letters; what
    is said under such a name, or beside it (`field`, `local`), is hidden. A `${NAME}` stays as it
    is written: nobody fills it in.
    """
    if isinstance(tree, Mapping):
        beside = any(_is_masked(tree.get(name), masked) for name in BESIDE)
        return {
            name: _hidden(one)
            if SECRET_NAME.search(str(name))
            or _is_masked(name, masked)
            or (beside and name in VALUES)
            else without_secrets(one, masked, instead)
            for name, one in tree.items()
        }
    if isinstance(tree, list | tuple):
        return [without_secrets(one, masked, instead) for one in tree]
    return scrubbed_text(tree, instead) if isinstance(tree, str) else tree


BESIDE = ("field", "local", "integration")
VALUES = ("values", "value", "constant", "view", "transformation")


def _is_masked(name: object, masked: Collection[str]) -> bool:
    return isinstance(name, str) and name.strip().casefold() in masked


def _hidden(value: Any) -> Any:
    return HIDDEN if value not in (None, "", [], {}, (), True, False) else value


def hides_keys(fields: Iterable[str]) -> bool:
    """Whether the number that calls a record is masked; then its ids are hidden as well: they are
    the number where a company delivers none."""
    return not {field.strip().casefold() for field in fields}.isdisjoint(NUMBERS)


def instead_of(values: Iterable[str | None], *, least: int = 2) -> dict[str, str]:
    """Give the values that are to be hidden wherever they stand in a text, the longest first.

    Shorter ones than `least` characters are left: they would be found in every word.
    """
    named = {one for one in values if one and len(one) >= least}
    return dict.fromkeys(sorted(named, key=lambda one: (-len(one), one)), HIDDEN)
