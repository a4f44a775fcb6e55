"""The members of an option, however a file spells them: name, caption, ordinal, or encoded."""

from __future__ import annotations

from collections.abc import Sequence

from mdsync_nb.connectors.sql import literal
from mdsync_nb.model.schema import Field

SHOWN = 8


def parsed_option(text: str, field: Field) -> str:
    """Give the SQL for the member a text names, "" for the blank one, null for none of them.

    Case does not count. Nothing in the cell is the blank member, without one the first member.
    A field whose members nobody declared keeps what the file says; one that people add members
    to keeps a number it does not know.
    """
    spellings = _spellings(members_of(field), captions_of(field))
    if not spellings:
        return f"trim(replace(coalesce({text}, ''), '_x0020_', ' '))"
    keys = ", ".join(map(literal, spellings))
    values = ", ".join(map(literal, spellings.values()))
    known = f"map([{keys}], [{values}])[{_spelled(text, spellings)}]"
    unknown = f"nullif(regexp_extract(trim({text}), '^[0-9]+$'), '')"
    return f"coalesce({known}, {unknown})" if field.extensible else known


def members_of(field: Field) -> dict[int, str]:
    """Give the members of an option by ordinal; the blank one is ""."""
    return _by_ordinal(field, field.options)


def captions_of(field: Field) -> dict[int, str]:
    """Give what people call the members of an option, by ordinal."""
    return _by_ordinal(field, field.captions)


def option_reason(field: Field) -> str:
    """Say which members there are."""
    names = [name or "(blank)" for name in members_of(field).values()]
    more = " and so on" if len(names) > SHOWN else ""
    return f"not a member of the option ({', '.join(names[:SHOWN])}{more})"


def _by_ordinal(field: Field, names: Sequence[str]) -> dict[int, str]:
    ordinals = field.ordinals or range(len(names))
    return {ordinal: name.strip() for ordinal, name in zip(ordinals, names, strict=False)}


def _spellings(members: dict[int, str], captions: dict[int, str]) -> dict[str, str]:
    """Give the member for every lower-case spelling; a name goes before a caption or a number."""
    found = {name.lower(): name for name in members.values()}
    for ordinal, caption in captions.items():
        if ordinal in members:
            found.setdefault(caption.lower(), members[ordinal])
    for ordinal, name in members.items():
        found.setdefault(str(ordinal), name)
    if members:
        found.setdefault("", next(iter(members.values())))
    return found


def _spelled(text: str, spellings: dict[str, str]) -> str:
    """Give the SQL that brings a text to its spelling; `_x0020_` is how services write a space."""
    plain = f"coalesce({text}, '')"
    decoded = f"lower({plain})"
    marks = {sign for spelling in spellings for sign in spelling if not sign.isalpha()} | {" "}
    for sign in sorted(marks):
        decoded = f"replace({decoded}, '_x{ord(sign):04x}_', {literal(sign)})"
    return f"case when contains({plain}, '_x') then trim({decoded}) else lower(trim({plain})) end"
