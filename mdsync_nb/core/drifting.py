"""Which fields of two tables can be compared with each other, and why the others cannot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import polars as pl

from mdsync_nb import frames
from mdsync_nb.core.drift_kinds import DATES, NUMBERS
from mdsync_nb.core.transfer import NOT_COMPARABLE
from mdsync_nb.model.kinds import FieldType
from mdsync_nb.model.schema import Field

COMPARED = "compared"


@dataclass(frozen=True)
class Meant:
    """What is known of one side: its fields, those whose values are gone, its local currency."""

    fields: Mapping[str, Field]
    lost: Collection[str] = ()
    currency: str = ""


@dataclass(frozen=True)
class Drifting:
    """A field of two sides, as either calls it; one of the two is None where it is not there.

    state: `frames.DRIFT_COMPARED`. currencies: the local currencies of (there, here) when a blank
    means one of them.
    """

    name: str
    there: Field | None
    here: Field | None
    state: str
    carried: bool
    currencies: tuple[str, str] | None = None

    @property
    def is_compared(self) -> bool:
        """Whether its values are looked at."""
        return self.state == COMPARED

    @property
    def says_what_it_is(self) -> bool:
        """Whether its values name kinds of records, as codes and options do; amounts do not."""
        return bool(self.there and self.there.type not in (*NUMBERS, *DATES))


def drifting(
    there: Meant, here: Meant, names: Mapping[str, str], *, carried: Collection[str], by_name: bool
) -> list[Drifting]:
    """Give every field of both sides with how it is compared, those of the side there first.

    names: what a field there is called here, where a mapping says so. carried: the fields (as they
    are called there) that a run of that mapping carries. by_name: fields that no mapping names are
    the same when they are called the same.
    """
    ours = list(dict.fromkeys([*there.fields, *there.lost]))
    said = set(names.values())
    alike = {one for one in ours if by_name and one not in said}
    theirs = {one: names.get(one, one if one in alike else "") for one in ours}
    rest = [one for one in (*here.fields, *here.lost) if one not in theirs.values()]
    both = [_of(there, here, pair, carried) for pair in theirs.items()]
    only_here = [_of(there, here, ("", one), carried) for one in rest]
    return both + [
        replace(one, name=f"{one.name} (here)") if one.name in theirs else one for one in only_here
    ]


def _of(there: Meant, here: Meant, names: tuple[str, str], carried: Collection[str]) -> Drifting:
    mine, theirs = there.fields.get(names[0]), here.fields.get(names[1])
    state = _state(there, here, names)
    is_code = bool(mine and theirs and mine.money == theirs.money == "currency")
    meaning = (there.currency, here.currency)
    return Drifting(
        names[0] or names[1],
        mine,
        theirs,
        state,
        names[0] in carried,
        meaning if is_code and all(meaning) and state == COMPARED else None,
    )


def _state(there: Meant, here: Meant, names: tuple[str, str]) -> str:
    mine, theirs = there.fields.get(names[0]), here.fields.get(names[1])
    if names[0] in there.lost or names[1] in here.lost:
        return "not kept"
    if mine is None or theirs is None:
        return "absent there" if mine is None else "absent here"
    currencies = {there.currency, here.currency}
    if "local" in (mine.money, theirs.money) and len(currencies) == 2 and all(currencies):
        return "currency"
    if mine.type in NOT_COMPARABLE or theirs.type in NOT_COMPARABLE:
        return "no value"
    return "refers" if _refer_apart(mine, theirs) else COMPARED


def _refer_apart(mine: Field, theirs: Field) -> bool:
    """Whether two fields name records by ids of their own: the same one has two names."""
    both = mine.relation_table and theirs.relation_table
    by_id = (mine.type is FieldType.GUID) is not (theirs.type is FieldType.GUID)
    return by_id or bool(both and mine.relation_table != theirs.relation_table)


def as_frame(fields: Collection[Drifting]) -> pl.DataFrame:
    """Give the fields of a drift as `frames.DRIFT_COMPARED`."""
    rows = []
    for one in fields:
        known = one.there or one.here
        rows.append(
            {
                "field": one.name,
                "here_field": one.here.name if one.here else one.name,
                "type": str(known.type) if known else "",
                "length": one.there.length if one.there else None,
                "here_length": one.here.length if one.here else None,
                "state": one.state,
                "carried": one.carried,
            }
        )
    return pl.DataFrame(rows, schema=frames.DRIFT_COMPARED)
