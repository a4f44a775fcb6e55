"""Deutschland: euros, the holding's numbers, one Excel package and neither ids nor times.

What the holding changed is entered here by hand; whatever was saved at the holding after the
package was taken is therefore still the old value.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

from generator.audit import Change, after, in_order
from generator.cast import CUT_NAME, FIFTY
from generator.goods import TRANSLATED, item, local_assortment
from generator.holding import RATE_DAYS, paying, rates, seller, terms
from generator.names import Register, partner
from generator.reference import GERMAN_TERMS_TOO, MISSING, SHARED_TERMS, Seller, Terms
from generator.story import revised
from generator.tables import (
    LOCAL_MONEY,
    NAMED,
    NOT_GERMAN,
    SWITCHED,
    Company,
    Pool,
    Record,
    dice,
    new,
)

TAKEN = datetime(2026, 3, 6, 17, 45)
EUROS = Decimal("1.15")
OWN_SELLERS = {
    "BV": Seller("Birgit Vossberg", "Vertrieb"),
    "JR": Seller("Jörg Rüggeberg", "Vertrieb"),
    "KS": Seller("Käthe Störmer", "Einkauf"),
    "SO": Seller("Sören Ohlsdörfer", "Innendienst"),
}
OWN_TERMS = {
    "SOFORT": Terms("Sofort ohne Abzug", "0D"),
    "10T2": Terms("10 Tage 2 % Skonto, 30 Tage netto", "30D", "2.00"),
}
OWN_COUNTRIES = {"VN": "Vietnam", "TH": "Thailand", "MY": "Malaysia"}
GERMAN_TERMS = {"14 DAYS": "14 Tage netto", "30 DAYS": "30 Tage netto", "COD": "Per Nachnahme"}
GERMAN_COUNTRIES = {"CZ": "Czech Republic", "TR": "Turkey"}
BAD_DATES = {"PLN": "31.02.2026", "USD": "13.13.2026"}


def deutschland(holding: Company, differences: list[Change], own: Company) -> Company:
    """The package: the holding's records of a moment in euros, the differences, the own records."""
    shared = {
        table: [_in_euros(r) for r in rows if NOT_GERMAN not in r.tags]
        for table, rows in holding.items()
        if table not in ("Contact", "Currency Exchange Rate")
    }
    company = after(shared, differences)
    return {table: in_order([*rows, *own.get(table, [])]) for table, rows in company.items()}


def german_rates(days: tuple[str, ...] = RATE_DAYS) -> list[Record]:
    """What other currencies are worth in euros."""
    codes = ("GBP", "USD", "DKK", "SEK", "NOK", "CHF", "PLN", "CZK", "HUF", "RON", "TRY", "JPY")
    return rates("EUR", codes, days)


def bad_rates() -> list[Record]:
    """P10: two rates whose starting date is no date."""
    good = {r.values["Currency Code"]: r for r in german_rates()}
    return [good[code].having({"Starting Date": day}) for code, day in BAD_DATES.items()]


def german_differences(register: Register, holding: Company) -> list[Change]:
    """Everything Deutschland holds otherwise than the holding of that moment, planted."""
    planted = [*_vendor_currencies(holding), *_vendors(register, holding)]
    planted += [*_customers(register, holding), *_items(holding), *_small(register, holding)]
    return planted


def own_records(register: Register) -> Company:
    """What only Deutschland has: 17 customers, 6 vendors, 12 items and some small records."""
    goods = dice("german items").sample(local_assortment(), 12)
    countries = [
        new("Country/Region", {"Code": code, "Name": name, "ISO Code": code})
        for code, name in OWN_COUNTRIES.items()
    ]
    return {
        "Country/Region": countries,
        "Payment Terms": [terms(*each) for each in OWN_TERMS.items()],
        "Salesperson/Purchaser": [
            seller(register, code, who, "hafenhandel") for code, who in OWN_SELLERS.items()
        ],
        "Customer": [_own_partner(register, "Customer", n) for n in range(16001, 16018)],
        "Vendor": [_own_partner(register, "Vendor", n) for n in range(36001, 36007)],
        "Item": [item(f"D{n}", what, "de") for n, what in enumerate(goods, start=7001)],
    }


def _own_partner(register: Register, table: str, n: int) -> Record:
    rng = dice(f"german {n}")
    who = "Salesperson Code" if table == "Customer" else "Purchaser Code"
    values = {"No.": str(n)} | partner(register, "DE") | {"Currency Code": ""}
    values |= {"Payment Terms Code": rng.choice([*OWN_TERMS, "30 DAYS"])}
    values |= {who: rng.choice(list(OWN_SELLERS))}
    values |= {"Credit Limit (LCY)": "12500.00"} if table == "Customer" else {}
    return new(table, values)


def _in_euros(record: Record) -> Record:
    """Amounts in euros; a customer's currency as a euro company writes it."""
    amounts = {
        name: f"{Decimal(record.values[name]) * EUROS:.2f}"
        for name in LOCAL_MONEY
        if name in record.values
    }
    if record.table == "Customer":
        currency = record.values["Currency Code"]
        amounts["Currency Code"] = {"": "GBP", "EUR": ""}.get(currency, currency)
    return record.having(amounts)


def _pool(holding: Company, table: str) -> Pool:
    rows = [r for r in holding[table] if not r.tags & {NOT_GERMAN, NAMED, SWITCHED}]
    return Pool(dice(f"german {table}"), rows)


def _paid_in(currency: str, country: str) -> Callable[[Record], bool]:
    def fits(record: Record) -> bool:
        values = record.values
        return (values["Currency Code"], values["Country/Region Code"]) == (currency, country)

    return fits


def _vendor_currencies(holding: Company) -> Iterable[Change]:
    """P7: 25 vendors whose blank currency means euro, and 5 that are paid in another one."""
    pool, field = _pool(holding, "Vendor"), "Currency Code"
    for record in pool.take(25, _paid_in("EUR", "DE")):
        yield Change("P7.vendor.currency_blank", "Vendor", record.key, field, "")
    real = "P7.vendor.currency_real"
    yield Change(real, "Vendor", "30210", field, "")
    for currency, country, count, value in (
        *(("USD", "US", 2, ""), ("CHF", "CH", 1, "")),
        ("SEK", "SE", 1, "DKK"),
    ):
        for record in pool.take(count, _paid_in(currency, country)):
            yield Change(real, "Vendor", record.key, field, value)


def _vendors(register: Register, holding: Company) -> Iterable[Change]:
    """P7: vendors whose terms, name or address differ."""
    pool, rng = _pool(holding, "Vendor"), dice("german vendors")
    away = {c.key for c in _vendor_currencies(holding)}
    plant = "P7.vendor.terms"
    yield Change(plant, "Vendor", "30188", "Payment Terms Code", "14 DAYS")
    for field, count, plant in (
        ("Payment Terms Code", 2, plant),
        ("Name", 3, "P7.vendor.name_address"),
        ("Address", 2, "P7.vendor.name_address"),
    ):
        for record in pool.take(count, lambda r: r.key not in away):
            yield Change(plant, "Vendor", record.key, field, revised(register, rng, record, field))


def _customers(register: Register, holding: Company) -> Iterable[Change]:
    """P7 and P8: customers whose phone, address or terms differ, and a name cut at 50."""
    pool, rng = _pool(holding, "Customer"), dice("german customers")
    for field, count, plant in (
        ("Phone No.", 6, "P7.customer.phone_address"),
        ("Address", 4, "P7.customer.phone_address"),
        ("Payment Terms Code", 9, "P7.customer.terms"),
    ):
        for record in pool.take(count):
            yield Change(plant, "Customer", record.key, field, revised(register, rng, record, field))
    long = next(r for r in holding["Customer"] if r.values["Name"] == CUT_NAME)
    yield Change("P8", "Customer", long.key, "Name", CUT_NAME[:FIFTY])


def _items(holding: Company) -> Iterable[Change]:
    """P7: 36 items described in German."""
    for record in _pool(holding, "Item").take(36, lambda r: r.values["Description"] in TRANSLATED):
        german = TRANSLATED[record.values["Description"]]["de"]
        yield Change("P7.item.description", "Item", record.key, "Description", german)


def _small(register: Register, holding: Company) -> Iterable[Change]:
    """P7: payment terms and countries in other words, salespeople with another phone."""
    for code, words in GERMAN_TERMS.items():
        yield Change("P7.terms.description", "Payment Terms", code, "Description", words)
    for code, name in GERMAN_COUNTRIES.items():
        yield Change("P7.country.name", "Country/Region", code, "Name", name)
    for code in ("HN", "UV"):
        table, number = "Salesperson/Purchaser", register.phone("DE")
        yield Change("P7.seller.phone", table, code, "Phone No.", number)
