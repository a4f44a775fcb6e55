"""The holding as it was on 2 March 2026: Harbour & Hale Group, pounds, eight tables and rates."""

from collections.abc import Container
from decimal import Decimal
from random import Random

from generator.audit import in_order, stamped
from generator.cast import (
    CLAIMED,
    CUSTOMERS,
    CUSTOMERS_PER_COUNTRY,
    PARTS,
    VENDORS,
    VENDORS_PER_COUNTRY,
    cast_customers,
    cast_items,
    cast_persons,
    cast_vendors,
    southern,
)
from generator.goods import HOUSE, assortment, item
from generator.names import Register, partner, person, plain
from generator.places import SOUTH
from generator.reference import (
    COUNTRY_NAMES,
    CURRENCIES,
    EU,
    GERMAN_TERMS_TOO,
    HOLDING_TERMS,
    MISSING,
    SELLERS,
    SHARED_TERMS,
    Seller,
    Terms,
)
from generator.tables import (
    BLOCKED,
    NAMED,
    NOT_GERMAN,
    NOT_NORDIC,
    PAIR,
    Company,
    Record,
    dice,
    new,
)

PEOPLE = ("A. Whitcombe", "J. Ahmed", "M. Okafor", "R. Penhale")
RATE_DAYS = ("2026-01-01", "2026-02-01", "2026-03-01")
HOUSE_ITEMS = 88
Named = dict[str, tuple[str, dict[str, str]]]


def holding(register: Register) -> Company:
    """Every table of the holding on 2 March."""
    register.claim(*CLAIMED)
    customers = cast_customers(_customers(register))
    vendors = cast_vendors(_vendors(register))
    tables = {
        "Country/Region": [known(r) for r in countries()],
        "Currency": [known(currency(code)) for code in CURRENCIES],
        "Currency Exchange Rate": rates("GBP", tuple(CURRENCIES), RATE_DAYS),
        "Payment Terms": [known(terms(code, what)) for code, what in HOLDING_TERMS.items()],
        "Salesperson/Purchaser": [known(seller(register, *each)) for each in SELLERS.items()],
        "Customer": [_shut(r) for r in customers],
        "Vendor": [_shut(r) for r in vendors],
        "Contact": _contacts(register, customers),
        "Item": [_shut(r) for r in cast_items(_items(vendors))],
    }
    return stamped({t: in_order(rows) for t, rows in tables.items()}, "holding", PEOPLE)


def countries() -> list[Record]:
    """Countries with their ISO and EU codes."""
    rows = []
    for code, name in COUNTRY_NAMES.items():
        eu = {"GR": "EL"}.get(code, code) if code in EU else ""
        values = {"Code": code, "Name": name, "ISO Code": code, "EU Country/Region Code": eu}
        rows.append(new("Country/Region", values))
    return rows


def known(record: Record) -> Record:
    """A record of a small table with its parts: which companies have it under the same code."""
    missing, code = MISSING[record.table], record.key
    parts = [NOT_NORDIC] if code in missing.nordic else []
    parts += [NOT_GERMAN] if code in missing.deutschland else []
    return record.tagged(*parts, *(() if code in missing.lumiere else (PAIR,)))


def currency(code: str) -> Record:
    """One currency."""
    money = CURRENCIES[code]
    values = {"Code": code, "Description": money.description, "ISO Code": code}
    return new("Currency", values | {"Symbol": money.symbol})


def rates(own: str, codes: tuple[str, ...], days: tuple[str, ...]) -> list[Record]:
    """What 100 of each other currency is worth in a company's own, on each day."""
    rng = dice(f"rates {own}")
    rows = []
    for code in sorted(set(codes) - {own}):
        worth = 100 * Decimal(CURRENCIES[own].per_pound) / Decimal(CURRENCIES[code].per_pound)
        for day in days:
            moved = worth * Decimal(rng.randrange(985, 1016)) / 1000
            values = {
                "Currency Code": code,
                "Starting Date": day,
                "Exchange Rate Amount": "100.0000",
            }
            values |= {"Relational Exch. Rate Amount": f"{moved:.4f}"}
            values |= {"Adjustment Exch. Rate Amount": "100.0000"}
            rows.append(new("Currency Exchange Rate", values))
    return rows


def terms(code: str, what: Terms) -> Record:
    """One payment term."""
    values = {"Code": code, "Description": what.description}
    values |= {"Due Date Calculation": what.due, "Discount %": what.discount}
    return new("Payment Terms", values)


def seller(register: Register, code: str, who: Seller, *, at: str = "harbour-hale") -> Record:
    """One salesperson or purchaser, with the mail domain of their company."""
    country = who.serves[0] if who.serves else "GB"
    address = ".".join(plain(who.name).lower().split())
    values = {"Code": code, "Name": who.name, "E-Mail": f"{address}@{at}.example"}
    values |= {"Phone No.": register.phone(country), "Job Title": who.job}
    return new("Salesperson/Purchaser", values)


def serving(rng: Random, country: str) -> str:
    """A salesperson whose countries include this one."""
    return rng.choice([code for code, who in SELLERS.items() if country in who.serves])


def paying(rng: Random, country: str) -> str:
    """A payment term; in the south one of those Lumière has too."""
    known = SHARED_TERMS if country in SOUTH else SHARED_TERMS | GERMAN_TERMS_TOO
    return rng.choice([*known, "30 DAYS", "30 DAYS", "14 DAYS"])


def numbered(rng: Random, series: range, count: int, *, taken: Container[str]) -> list[str]:
    """Numbers from a series that nobody named in the story has, in no order."""
    return rng.sample([str(n) for n in series if str(n) not in taken], count)


def _customers(register: Register) -> list[Record]:
    rng = dice("customers")
    rows = []
    for number, country, given in _listed(
        rng, range(10001, 10999), CUSTOMERS, per_country=CUSTOMERS_PER_COUNTRY
    ):
        values = {"No.": number} | partner(register, country, given.get("Name", ""))
        values |= {"Payment Terms Code": paying(rng, country)}
        values |= {"Salesperson Code": serving(rng, country)}
        limit = rng.choice((0, 5000, 10000, 10000, 25000, 50000, 75000, 150000))
        values |= {"Credit Limit (LCY)": f"{limit}.00"} | given
        rows.append(new("Customer", values, *_parts(number, given)))
    return rows


def _vendors(register: Register) -> list[Record]:
    rng = dice("vendors")
    rows = []
    for number, country, given in _listed(
        rng, range(30001, 30300), VENDORS, per_country=VENDORS_PER_COUNTRY
    ):
        values = {"No.": number} | partner(register, country, given.get("Name", ""))
        values |= {"Payment Terms Code": paying(rng, country)}
        values |= {"Purchaser Code": serving(rng, country)} | given
        rows.append(new("Vendor", values, *_parts(number, given)))
    return rows


def _listed(
    rng: Random, series: range, named: Named, *, per_country: dict[str, int]
) -> list[tuple[str, str, dict[str, str]]]:
    """Number, country and given values of every firm: those of the story and all others."""
    listed = [(number, country, given) for number, (country, given) in named.items()]
    for country, count in per_country.items():
        others = count - sum(1 for c, _ in named.values() if c == country)
        taken = named | {number: ("", {}) for number, _, _ in listed}
        listed += [(number, country, {}) for number in numbered(rng, series, others, taken=taken)]
    return listed


def _parts(number: str, given: dict[str, str]) -> tuple[str, ...]:
    return (NAMED, *PARTS.get(number, ())) if given else ()


def _shut(record: Record) -> Record:
    if BLOCKED not in record.tags:
        return record
    return record.having({"Blocked": "true" if record.table == "Item" else "All"})


def _contacts(register: Register, customers: list[Record]) -> list[Record]:
    """96 companies, then the persons who work there or on their own."""
    rng = dice("contacts")
    known = [r for r in customers if not r.tags & {BLOCKED, NOT_NORDIC, NAMED}]
    south = rng.sample([r for r in known if southern(r)], 14)
    north = rng.sample([r for r in known if not southern(r)], 82)
    firms = [_company(n, customer) for n, customer in enumerate(south + north, start=1)]
    local = {r.key for r in firms[14 : 14 + 25]}
    firms = [r.tagged(NOT_NORDIC) if r.key in local else r for r in firms]
    places: list[Record | str] = [*["FR"] * 19, *["BE"] * 4, *["LU"] * 2]
    places += [rng.choice(firms[:14]) for _ in range(46)]
    places += [rng.choice(firms[14 + 25 :]) for _ in range(283)]
    places += [rng.choice(("GB", "DE", "DK", "SE", "NO", "FI")) for _ in range(50)]
    persons = [_person(register, n, place) for n, place in enumerate(places, start=101)]
    away = [_person(register, n, rng.choice(firms[14 : 14 + 25])) for n in range(505, 517)]
    return firms + cast_persons(persons) + [r.tagged(NOT_NORDIC) for r in away]


def _company(n: int, customer: Record) -> Record:
    number = f"CT{n:06d}"
    copied = ("Name", "E-Mail", "Phone No.", "City", "Country/Region Code")
    values = {name: customer.values[name] for name in copied}
    return new("Contact", values | {"No.": number, "Type": "Company", "Company No.": number})


def _person(register: Register, n: int, place: Record | str) -> Record:
    if isinstance(place, str):
        values = person(register, place) | {"City": register.town(place)[0]}
    else:
        at = place.values
        values = person(register, at["Country/Region Code"], at["Name"])
        values |= {"Company No.": place.key, "City": at["City"]}
    return new("Contact", values | {"No.": f"CT{n:06d}"})


def _items(vendors: list[Record]) -> list[Record]:
    """Items, each from a vendor all companies know; the house brand has none."""
    rng = dice("items")
    sellers = [r.key for r in vendors if not r.tags & {BLOCKED, NOT_NORDIC, NOT_GERMAN, NAMED}]
    brand = rng.sample([w for w in assortment() if w[0] in HOUSE], HOUSE_ITEMS)
    others = [w for w in assortment() if w not in brand][: 780 - HOUSE_ITEMS]
    rows = [item(f"H{n}", w).tagged(PAIR) for n, w in enumerate(brand, start=1001)]
    for n, what in enumerate(others, start=2001):
        rows.append(item(f"H{n}", what).having({"Vendor No.": rng.choice(sellers)}))
    return rows
