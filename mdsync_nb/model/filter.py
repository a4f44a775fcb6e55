"""Filters as people write them, and the conditions they are made of."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Discriminator, Tag
from pydantic import Field as Setting

from mdsync_nb.model.base import Settings, shape

MATCHES: Final = "matches"
Operator = Literal["=", "<>", "<", "<=", ">", ">=", "matches"]
Plain = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[tuple[str, ...], Tag("list"), Setting(min_length=1)]
    | Annotated[dict[Operator, str], Tag("block"), Setting(min_length=1)],
    Discriminator(shape),
]
Filter = dict[str, Plain]
FilterOrView = Annotated[
    Annotated[str, Tag("text")] | Annotated[Filter, Tag("block")], Discriminator(shape)
]
"""Conditions by field, or the text of a table view as the product shows and stores it."""


class Condition(Settings):
    """One simple condition on a record: a field, an operator, and the texts it may hold.

    `matches` takes one expression of the product's filter language, in place of texts.
    """

    field: str
    operator: Operator = "="
    values: tuple[str, ...]


def conditions(written: Filter) -> tuple[Condition, ...]:
    """Give the conditions of a filter as people write it: `{Blocked: "", Code: [FR, BE]}`."""
    found: list[Condition] = []
    for field, right in written.items():
        if isinstance(right, dict):
            found += [Condition(field=field, operator=o, values=(v,)) for o, v in right.items()]
        else:
            values = (right,) if isinstance(right, str) else right
            found.append(Condition(field=field, values=values))
    return tuple(found)
