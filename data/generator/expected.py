"""EXPECTED.csv: what was planted and what the files add up to, counted and never typed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.audit import Change
from generator.cast import southern
from generator.compare import (
    IN_SCOPE_TABLES,
    changed,
    compared,
    differing,
    in_filter,
    missing,
    only_here,
    pairs,
)
from generator.deutschland import BAD_DATES
from generator.files import EXPORTS, rows_text
from generator.lumiere import TWICE, TWO_FIRMS
from generator.story import GONE, NEW_TERM
from generator.tables import LAYOUTS, RESPELT, by_key
from generator.world import World

HEADER = ("id", "company", "table", "what", "count", "note")
SHOWN_KEYS = 36
Row = tuple[str, ...]

GERMAN = {
    "P7.vendor.currency_blank": "holding EUR, here blank, which means EUR: no difference",
    "P7.vendor.currency_real": "another currency: a real difference",
    "P7.vendor.terms": "Payment Terms Code differs",
    "P7.vendor.name_address": "Name or Address differs",
    "P7.customer.phone_address": "Phone No. or Address differs",
    "P7.customer.terms": "Payment Terms Code differs",
    "P7.item.description": "Description in German",
    "P7.terms.description": "Description in German",
    "P7.country.name": "Name differs",
    "P7.seller.phone": "Phone No. differs",
    "P7.currency.description": "Description differs",
    "P8": "Name is the first 50 characters of the holding's name",
}


def expected(world: World) -> str:
    """The whole file: planted things first, then sums per file and per table."""
    rows = [*_march(world), *_german(world), *_french(world), *_rows(world), *_sums(world)]
    return rows_text(HEADER, rows)


def _row(place: Row, what: str, keys: Iterable[str], *, note: str = "") -> Row:
    """A line of the file: id, company and table, what is counted, and the keys that are counted."""
    found = list(keys)
    listed = " ".join(sorted(set(found))) if len(found) <= SHOWN_KEYS else ""
    return (*place, what, str(len(found)), "; ".join(n for n in (note, listed) if n))


def _keys(changes: Iterable[Change], plant: str, table: str = "") -> list[str]:
    """The keys of the records that changes of one plant fall on, each once."""
    keys = {c.key for c in changes if c.plant == plant and table in ("", c.table)}
    return sorted(keys)


def _march(world: World) -> Iterator[Row]:
    """P1 to P6 and P9: between 2 and 10 March, at the holding and in Nordic."""
    there = world.told.holding
    true, stamps = _keys(there, "P1.true"), _keys(there, "P1.timestamp_only")
    table = "Customer"
    yield _row(("P1.both", "nordic", table), "changed on both sides", true + stamps)
    besides = "also Phone No. changed at the holding and Address 2 in Nordic"
    yield _row(("P1.true", "nordic", table), "true conflicts", true, note=besides)
    other = "the two sides changed different fields"
    yield _row(("P1.timestamp_only", "nordic", table), "timestamp only", stamps, note=other)
    code = [NEW_TERM["Code"]]
    yield _row(("P2.term", "holding", "Payment Terms"), "created, missing in Nordic", code)
    switched = _keys(there, "P2.vendors")
    yield _row(("P2.vendors", "holding", "Vendor"), "switched to 21 DAYS on 9 March", switched)
    yield from _plain(world)
    yield _row(("P4", "nordic", table), "orphan: gone at the holding", [GONE])
    renamed = [f"{c.key}->{c.value}" for c in there if c.plant == "P5"]
    yield _row(("P5", "holding", "Vendor"), "renamed, Nordic has the old number", renamed)
    drifted = _keys(there, "P6")
    yield _row(("P6", "holding", table), "left the filter, Blocked = All", drifted)
    for company in ("holding", "nordic", "deutschland"):
        zeros = [r.key for r in world.latest(company)[table] if r.key.startswith("0")]
        yield _row((f"P9.{company}", company, table), "number with leading zeros", zeros)


def _plain(world: World) -> Iterator[Row]:
    """P3: what one side alone changed, per table."""
    for plant, company, changes in (
        ("P3.holding_only", "holding", world.told.holding),
        ("P3.nordic_only", "nordic", world.told.nordic),
    ):
        whole = [f"{c.table} {c.key}" for c in changes if c.plant == plant]
        yield _row((plant, company, ""), "records changed on this side alone", whole)
        for layout in LAYOUTS:
            if keys := _keys(changes, plant, layout.table):
                yield _row((f"{plant}.{layout.file}", company, layout.table), "of these", keys)


def _german(world: World) -> Iterator[Row]:
    """P7, P8 and P10: Deutschland."""
    made = [*world.german, *world.stale]
    company = "deutschland"
    blank, real = (_keys(made, f"P7.vendor.currency_{kind}") for kind in ("blank", "real"))
    what = "Currency Code literally different"
    yield _row(("P7.vendor.currency_literal", company, "Vendor"), what, blank + real)
    for plant, words in GERMAN.items():
        table = next(c.table for c in made if c.plant == plant)
        late = _keys(world.stale, plant)
        note = f"{len(late)} of them saved at the holding after 6 March 17:45" if late else ""
        yield _row((plant, company, table), words, _keys(made, plant), note=note)
    euros = [
        p.here.key
        for p in pairs(world, company, "Customer")
        if p.there.values["Currency Code"] == "EUR" and p.here.values["Currency Code"] == ""
    ]
    yield _row(
        ("P7.customer.currency_blank", company, "Customer"), "holding EUR, here blank", euros
    )
    bad = [f"{code} {day}" for code, day in BAD_DATES.items()]
    yield _row(("P10", company, "Currency Exchange Rate"), "Starting Date is no date", bad)


def _french(world: World) -> Iterator[Row]:
    """P11 and P12: Lumière."""
    twice = [r.key for r in world.latest("lumiere")["Vendor"] if TWICE in r.tags]
    yield _row(("P11", "lumiere", "Vendor"), "rows that share one number", twice)
    for table in IN_SCOPE_TABLES:
        for part, what, keys in _french_parts(world, table):
            yield _row((f"P12.{table.lower()}.{part}", "lumiere", table), what, keys)
    yield from _one_number(world)


def _french_parts(world: World, table: str) -> Iterator[tuple[str, str, list[str]]]:
    """How the records of one table of the holding and of Lumière are told apart."""
    alike = [
        f"{r.key}={world.numbers.of[table, r.key]}"
        for r in world.latest("holding")[table]
        if RESPELT in r.tags
    ]
    away = missing(world, "lumiere", table)
    found = [p.here.key for p in pairs(world, "lumiere", table) if in_filter(p.there, "lumiere")]
    differ = _keys(world.french, f"P12.{table.lower()}.pairs_differ")
    yield "pairs", PAIRED_BY[table], found
    yield "pairs_differ", "pairs that differ in a field", differ
    yield "create", "a full synchronization would create", [*away, *alike]
    yield "exist_elsewhere", f"of these exist: {ALIKE_BY[table]}", alike
    yield "truly_missing", "of these are nowhere in Lumière", away
    yield "only_there", "only in Lumière", only_here(world, "lumiere", table)


PAIRED_BY = {
    "Customer": "pairs with equal VAT Registration No. and Name",
    "Vendor": "pairs with equal VAT Registration No. and Name",
    "Contact": "pairs with equal E-Mail and Name",
    "Item": "pairs with equal No.",
}
ALIKE_BY = {
    "Customer": "same VAT Registration No. and Post Code, Name written otherwise",
    "Vendor": "same VAT Registration No. and Post Code, Name written otherwise",
    "Contact": "same E-Mail, Name written otherwise",
    "Item": "same Description and Tariff No. under another No.",
}


def _one_number(world: World) -> Iterator[Row]:
    there, here = (by_key(world.latest(c)["Customer"]) for c in ("holding", "lumiere"))
    both = sorted(set(there) & set(here))
    note = "besides those to create: its number is taken, so it cannot be created"
    what = "one number, two firms"
    yield _row(("P12.customer.two_firms", "lumiere", "Customer"), what, both, note=note)
    south = [r.key for r in there.values() if in_filter(r, "lumiere") and southern(r)]
    note = f"{TWO_FIRMS} is one of them; pairs + create + two_firms"
    what = "unblocked, FR BE LU"
    yield _row(("P12.customer.in_filter", "holding", "Customer"), what, south, note=note)


def _rows(world: World) -> Iterator[Row]:
    """Rows of every file of the latest snapshot."""
    for company in EXPORTS:
        for layout in LAYOUTS:
            if layout.table in world.latest(company):
                count = str(len(world.latest(company)[layout.table]))
                what = "rows in the latest snapshot"
                yield (f"rows.{company}.{layout.file}", company, layout.table, what, count, "")


def _sums(world: World) -> Iterator[Row]:
    """Per subsidiary and table: pairs, differing pairs, records on one side; Nordic's changes."""
    for company, table in compared(world):
        file = next(x.file for x in LAYOUTS if x.table == table)
        found = [p for p in pairs(world, company, table) if in_filter(p.there, company)]
        differ = [p.here.key for p in found if differing(p, company)]
        for part, what, keys in (
            ("pairs", "pairs in the filter", [p.here.key for p in found]),
            ("differ", "pairs that differ by meaning", differ),
            ("missing", "only at the holding", missing(world, company, table)),
            ("only_here", "only in the subsidiary", only_here(world, company, table)),
        ):
            count, note = str(len(keys)), " ".join(keys) if len(keys) <= 12 else ""
            yield (f"{part}.{company}.{file}", company, table, what, count, note)
    for layout in LAYOUTS:
        for side, keys in changed(world, layout.table).items():
            what = f"pairs changed since 2 March: {side.replace('_', ' ')}"
            row = f"changed.nordic.{layout.file}.{side}"
            yield (row, "nordic", layout.table, what, str(len(keys)), "")


def write_expected(path: Path, world: World) -> None:
    """Write EXPECTED.csv."""
    path.write_bytes(expected(world).encode())
