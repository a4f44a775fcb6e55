"""Deutschland: euros, the holding's numbers, one Excel package and neither ids nor times.

What the holding changed is entered here by hand; whatever was saved at the holding after the
package was taken is therefore still the old value.
"""

from datetime import datetime

from generator.audit import Change, after, in_order
from generator.goods import item, local_assortment
from generator.holding import RATE_DAYS, rates, seller, terms
from generator.money import in_euros
from generator.names import Register, partner
from generator.reference import Seller, Terms
from generator.tables import (
    NOT_GERMAN,
    Company,
    Record,
    dice,
    new,
)

TAKEN = datetime(2026, 3, 6, 17, 45)
WRITTEN = {"Customer": {"": "GBP", "EUR": ""}}
OWN_SELLERS = {
    "BV": Seller("Birgit Vossberg", "Vertrieb", ("DE",)),
    "JR": Seller("Jörg Rüggeberg", "Vertrieb", ("DE",)),
    "KS": Seller("Käthe Störmer", "Einkauf", ("DE",)),
    "SO": Seller("Sören Ohlsdörfer", "Innendienst", ("DE",)),
}
OWN_TERMS = {
    "SOFORT": Terms("Sofort ohne Abzug", "0D"),
    "10T2": Terms("10 Tage 2 % Skonto, 30 Tage netto", "30D", "2.00"),
}
OWN_COUNTRIES = {"VN": "Vietnam", "TH": "Thailand", "MY": "Malaysia"}
PAID_IN = ("GBP", "USD", "DKK", "SEK", "NOK", "CHF", "PLN", "CZK", "HUF", "RON", "TRY", "JPY")
BAD_DATES = {"PLN": "31.02.2026", "USD": "13.13.2026"}


def package(holding: Company, differences: list[Change], own: Company) -> Company:
    """The package of 6 March: the holding's records in euros, the differences, the own records."""
    return _package(holding, differences, own) | {
        "Currency Exchange Rate": in_order([*rates("EUR", PAID_IN, RATE_DAYS), *bad_rates()])
    }


def earlier_package(holding: Company, differences: list[Change], own: Company) -> Company:
    """The package of 27 February: three own customers fewer, no rates of March, no Item sheet."""
    fewer = own | {"Customer": own["Customer"][:-3]}
    whole = _package(holding, differences, fewer)
    del whole["Item"]
    return whole | {"Currency Exchange Rate": rates("EUR", PAID_IN, RATE_DAYS[:2])}


def _package(holding: Company, differences: list[Change], own: Company) -> Company:
    shared = {
        table: [in_euros(r, WRITTEN.get(table, {})) for r in rows if NOT_GERMAN not in r.tags]
        for table, rows in holding.items()
        if table not in ("Contact", "Currency Exchange Rate")
    }
    company = after(shared, differences)
    return {table: in_order([*rows, *own.get(table, [])]) for table, rows in company.items()}


def bad_rates() -> list[Record]:
    """P10: two rates whose starting date is no date."""
    good = {r.values["Currency Code"]: r for r in rates("EUR", PAID_IN, RATE_DAYS)}
    return [good[code].having({"Starting Date": day}) for code, day in BAD_DATES.items()]


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
            seller(register, code, who, at="hafenhandel") for code, who in OWN_SELLERS.items()
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
