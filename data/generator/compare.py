"""Counts from the finished snapshots: pairs, what changed, what differs by meaning."""

from collections.abc import Iterator
from typing import NamedTuple

from generator.cast import southern
from generator.tables import LAYOUTS, LOCAL_MONEY, PAIR, RESPELT, Record, by_key
from generator.world import World

OWN_CURRENCY = {"holding": "GBP", "nordic": "GBP", "deutschland": "EUR", "lumiere": "EUR"}
NUMBERED_ANEW = ("Customer", "Vendor", "Contact")
IN_SCOPE_TABLES = ("Customer", "Vendor", "Contact", "Item")
RATES = "Currency Exchange Rate"


class Pair(NamedTuple):
    """A record of the holding and the record of a subsidiary that stands for the same thing."""

    there: Record
    here: Record


def in_filter(record: Record, company: str) -> bool:
    """Whether a record of the holding is compared: not blocked, persons only, and the south."""
    values = record.values
    if values.get("Blocked", "") not in ("", "false") or values.get("Type") == "Company":
        return False
    return company != "lumiere" or record.table not in NUMBERED_ANEW or southern(record)


def pairs(world: World, company: str, table: str) -> list[Pair]:
    """The pairs of one table on the last day, as they are known: by id, by number, by firm."""
    here = by_key(world.latest(company).get(table, []))
    then = world.snapshots["holding", "2026-03-02"][table]
    now = {r.system_id: r for r in world.latest("holding")[table]}
    found = []
    for record in then:
        if company == "lumiere" and not record.tags & {PAIR}:
            continue
        key = record.key
        if company == "lumiere":
            key = world.numbers.of.get((table, key), key)
        if key in here and record.system_id in now:
            found.append(Pair(now[record.system_id], here[key]))
    return found


def differing(pair: Pair, company: str) -> list[str]:
    """The fields in which a pair differs by meaning.

    A blank currency is the company's own; amounts in local currency are not compared between
    pounds and euros; the number is not compared where a company has its own.
    """
    there, here = pair.there.values, pair.here.values
    own = OWN_CURRENCY["holding"], OWN_CURRENCY[company]
    left_out = set(LOCAL_MONEY) if own[0] != own[1] else set()
    if company == "lumiere" and pair.here.table in NUMBERED_ANEW:
        left_out.add("No.")
    if company == "deutschland" and pair.here.table == "Customer":
        left_out.add("Blocked")
    return [
        name
        for name in there
        if name not in left_out and _meant(name, there, own[0]) != _meant(name, here, own[1])
    ]


def changed(world: World, table: str) -> dict[str, list[str]]:
    """Pairs of Nordic that somebody changed since 2 March: keys per side that did."""
    then, now = (
        {r.system_id: r for r in world.snapshots["nordic", day][table]}
        for day in ("2026-03-02", "2026-03-10")
    )
    base = by_key(world.snapshots["nordic", "2026-03-02"][table])
    sides: dict[str, list[str]] = {"holding_only": [], "nordic_only": [], "both": []}
    for there, here in pairs(world, "nordic", table):
        agreed = then[here.system_id]
        left = there.values != base[here.key].values
        right = now[here.system_id].values != agreed.values
        side = {(True, True): "both", (True, False): "holding_only", (False, True): "nordic_only"}
        if left or right:
            sides[side[left, right]].append(here.key)
    return sides


def missing(world: World, company: str, table: str) -> list[str]:
    """Records of the holding in the filter that the subsidiary does not have."""
    paired = {p.there.system_id for p in pairs(world, company, table)}
    alike = {RESPELT} if company == "lumiere" else set()
    taken = set(by_key(world.latest(company)[table]))
    return [
        r.key
        for r in world.latest("holding")[table]
        if r.system_id not in paired
        and not r.tags & alike
        and not (company == "lumiere" and r.key in taken)
        and in_filter(r, company)
    ]


def only_here(world: World, company: str, table: str) -> list[str]:
    """Records of the subsidiary that no record of the holding stands for or looks like."""
    known = {p.here.key for p in pairs(world, company, table)}
    known |= {number for (t, _), number in world.numbers.of.items() if t == table}
    if company == "lumiere":
        known |= set(by_key(world.latest("holding")[table]))
    return [
        r.key
        for r in world.latest(company)[table]
        if r.key not in known and in_filter(r, "deutschland") and not r.tags
    ]


def compared(world: World) -> Iterator[tuple[str, str]]:
    """Subsidiary and table wherever the subsidiary has that table; rates are not compared."""
    for company in ("nordic", "deutschland", "lumiere"):
        for layout in LAYOUTS:
            if layout.table in world.latest(company) and layout.table != RATES:
                yield company, layout.table


def _meant(name: str, values: dict[str, str], own: str) -> str:
    return values[name] or own if name == "Currency Code" else values[name]
