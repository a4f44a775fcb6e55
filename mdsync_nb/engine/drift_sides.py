"""Which two sides somebody means, and how their records are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from mdsync_nb.errors import UnknownName, UsageError
from mdsync_nb.model import TableMapping
from mdsync_nb.store import CoupledBy, Image, Standing, Then, Together
from mdsync_nb.workspace import Workspace

PREVIOUS = "previous"
HOW = (
    "A side is a company (NORDIC: as it is now), or one of its loads: NORDIC@12 (its number), "
    "NORDIC@2026-03-02 (the last one taken by then), NORDIC@previous."
)


@dataclass(frozen=True)
class Side:
    """One side of a drift: a company's table, as it is now or as a load left it."""

    company: str
    table: str
    standing: Standing
    load_id: int
    as_of: datetime
    complete: str
    in_force: bool


@dataclass(frozen=True)
class Asked:
    """What somebody asked for: a side by its company and its load, blank as it is now."""

    company: str
    load: str = ""

    @property
    def words(self) -> str:
        """The side as it is written."""
        return f"{self.company}@{self.load}" if self.load else self.company


def _first(workspace: Workspace, table: str, here: str) -> TableMapping | None:
    """The first mapping of a table, or the first that a company has for it."""
    local = here.partition("@")[0].casefold()
    return next(
        (
            one
            for one in workspace.select()
            if one.table.casefold() == table.casefold() and local in ("", one.local.casefold())
        ),
        None,
    )


def asked_for(workspace: Workspace, table: str, there: str, here: str) -> tuple[str, Asked, Asked]:
    """Give the name of a table by itself and the two sides somebody means.

    table: of a mapping (`NORDIC/CUSTOMER`), both sides may be left out: the companies of it; of
    the name of a table the side there: the first mapping of the table says both, or what the
    company here is kept in step with. here: without it, the company there as it is now. Raises
    UnknownName, UsageError.
    """
    mapping = workspace.mappings.get(table) or (None if there else _first(workspace, table, here))
    if mapping is not None:
        return (
            mapping.short,
            named(workspace, there or mapping.integration),
            named(workspace, here or mapping.local),
        )
    if not there:
        raise UsageError(f"It is not said what {table} is compared with.", hint=HOW)
    first = named(workspace, there)
    if not here and not first.load:
        raise UsageError(f"It is not said what {there} is compared with.", hint=HOW)
    return table, first, named(workspace, here or first.company)


def named(workspace: Workspace, asked: str) -> Asked:
    """Give the company and the load somebody means. Raises UnknownName."""
    company, _, load = asked.partition("@")
    known = {one.casefold(): one for one in workspace.settings.companies}
    if company.casefold() not in known:
        raise UnknownName("company", company, list(known.values()))
    return Asked(known[company.casefold()], load)


def side_of(asked: Asked, table: str, image: Image | None, loads: pl.DataFrame) -> Side:
    """Give the side somebody means. loads: of this company and table, in the order of changes.

    Raises UsageError for a table that was never loaded, and for a load it does not have.
    """
    company = asked.company
    if image is None:
        raise UsageError(
            f"{company} {table} was never loaded.", hint=f"Load it: mdsync load {company}"
        )
    if not asked.load:
        now = Standing(company, table)
        return Side(company, table, now, image.load_id, image.as_of, str(image.complete), True)
    row = _load(asked, loads, image)
    return Side(
        company, table, Standing(company, table, row["seq"]),
        row["load_id"], row["as_of"], row["complete"], row["seq"] == image.seq,
    )  # fmt: skip


def _load(asked: Asked, loads: pl.DataFrame, image: Image) -> dict[str, Any]:
    """The load somebody means, by number, time or word."""
    if asked.load == PREVIOUS:
        chosen = loads.filter(pl.col("load_id") < image.load_id)
    elif asked.load.isdecimal():
        chosen = loads.filter(pl.col("load_id") == int(asked.load))
    else:
        chosen = loads.filter(pl.col("as_of") <= _moment(asked)).sort("as_of", "seq")
    if chosen.is_empty():
        last = loads.tail(8).select("load_id", "as_of").iter_rows()
        listed = ", ".join(f"{number} ({as_of:%Y-%m-%d %H:%M})" for number, as_of in last)
        raise UsageError(
            f"{image.company} {image.table} has no such load: {asked.words}.",
            hint=f"Its loads are {listed}. {HOW}",
        )
    return chosen.row(-1, named=True)


def _moment(asked: Asked) -> datetime:
    """The last moment that is meant; of a day alone, its end. UTC."""
    try:
        if len(asked.load) == len("2026-03-02"):
            day = date.fromisoformat(asked.load)
            return datetime(day.year, day.month, day.day) + timedelta(days=1, microseconds=-1)
        said = datetime.fromisoformat(asked.load)
        return said.astimezone(UTC).replace(tzinfo=None) if said.tzinfo else said
    except ValueError:
        raise UsageError(f"{asked.words} names no load.", hint=HOW) from None


def tables_of(workspace: Workspace, table: str, companies: tuple[str, str]) -> tuple[str, str]:
    """Give what a table is called on either side: its name, or what a mapping pairs it with.

    table: as either side, or a mapping, calls it; capitals do not matter. Raises UnknownName.
    """
    word = table.casefold()
    for one in workspace.mappings.values():
        called = {one.table.casefold(), one.integration_table.casefold(), one.short.casefold()}
        if {one.local, one.integration} == set(companies) and word in called:
            ours = {one.integration: one.integration_table, one.local: one.table}
            return ours[companies[0]], ours[companies[1]]
    known = [workspace.company(one).tables for one in companies]
    both = {one.casefold(): one for one in known[0] if one in known[1]}
    short = {
        one.short.casefold(): one.table
        for one in workspace.mappings.values()
        if one.local in companies
    }
    found = both.get(word) or short.get(word)
    if found is None:
        raise UnknownName("table of both sides", table, sorted(both.values()))
    return found, found


@dataclass(frozen=True)
class How:
    """How two sides are put together. mappings: those between the two, switched on first. through:
    the company both are coupled to, where no mapping is between them."""

    together: Together
    mappings: tuple[TableMapping, ...] = ()
    through: str = ""


def how_of(workspace: Workspace, there: Side, here: Side, key: Sequence[str]) -> How:
    """Give how two sides are put together: the same table of one company by id; else by couplings,
    and what is not coupled by primary key, unless a mapping says that numbers are their own.

    key: the primary key, where both sides hold the same.
    """
    if (there.company, there.table) == (here.company, here.table):
        return How(Together(there.standing, here.standing, by_id=True))
    direct = _between(workspace, there, here)
    common = [] if direct else _through(workspace, there, here)
    own = any(_own_numbers(one, key) for one in (*direct, *(one for two in common for one in two)))
    couplings = _couplings(direct, common, there)
    together = Together(
        there.standing,
        here.standing,
        couplings=couplings,
        by_key=bool(key) and not own,
        by_id=not (couplings or key),
    )
    return How(together, tuple(direct), common[0][0].integration if common else "")


def _between(workspace: Workspace, there: Side, here: Side) -> list[TableMapping]:
    both = {(there.company, there.table), (here.company, here.table)}
    found = [
        one
        for one in workspace.mappings.values()
        if {(one.local, one.table), (one.integration, one.integration_table)} == both
    ]
    return sorted(found, key=lambda one: not one.enabled)


def _through(
    workspace: Workspace, there: Side, here: Side
) -> list[tuple[TableMapping, TableMapping]]:
    """The mappings that couple both tables to the same table of a third company."""
    ours = [(side.company, side.table) for side in (there, here)]
    mine, theirs = (
        [one for one in workspace.mappings.values() if (one.local, one.table) == place]
        for place in ours
    )
    return [
        (one, other)
        for one in mine
        for other in theirs
        if (one.integration, one.integration_table) == (other.integration, other.integration_table)
    ]


def _couplings(
    direct: Sequence[TableMapping],
    common: Sequence[tuple[TableMapping, TableMapping]],
    there: Side,
) -> CoupledBy | None:
    if direct:
        names = _names(direct)
        if (direct[0].local, direct[0].table) == (there.company, there.table):
            return CoupledBy(names, "local", names, "integration")
        return CoupledBy(names, "integration", names, "local")
    if common:
        mine, theirs = zip(*common, strict=True)
        return CoupledBy(_names(mine), "local", _names(theirs), "local")
    return None


def _names(mappings: Iterable[TableMapping]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in mappings))


def _own_numbers(mapping: TableMapping, key: Sequence[str]) -> bool:
    """Whether the same number may be two records: the key is not carried, nor matched by."""
    off = {one.local for one in mapping.fields if not one.enabled}
    return bool(off & set(key)) and {one.field for one in mapping.match} != set(key)


def same_key(there: Then, here: Then) -> list[str]:
    """Give the primary key, where both sides hold the same one in the same types; else nothing."""
    mine, theirs = there.key_fields or [], here.key_fields or []
    same = [(one.name, one.type) for one in mine] == [(one.name, one.type) for one in theirs]
    return [one.name for one in mine] if same and not there.image.schema.keyed_by_id else []
