"""Nordic: the pound too, the holding's numbers, decimal commas, and a few records of its own."""

from dataclasses import replace

from generator.audit import in_order, stamped
from generator.goods import item, local_assortment
from generator.holding import seller, serving, terms
from generator.names import Register, partner, person
from generator.reference import Seller, Terms
from generator.story import NORDIC_PEOPLE
from generator.tables import NOT_NORDIC, Company, Record, dice, new

OWN_SELLERS = {
    "AE": Seller("Asger Vigsø", "Account manager", ("DK",)),
    "EH": Seller("Ebba Hedlind", "Account manager", ("SE",)),
}
OWN_COUNTRIES = ("NO", "SE", "DK", "FI")


def nordic(register: Register, holding: Company) -> Company:
    """Nordic on 2 March: what it shares with the holding is equal in every column."""
    own = _own(register)
    shared = {
        table: [replace(r, tags=frozenset()) for r in rows if NOT_NORDIC not in r.tags]
        for table, rows in holding.items()
    }
    whole = {table: in_order(rows + own.get(table, [])) for table, rows in shared.items()}
    return stamped(whole, "nordic", NORDIC_PEOPLE)


def _own(register: Register) -> Company:
    """What only Nordic has: 6 customers, 3 vendors, 8 persons, 5 items, 2 sellers, 1 term."""
    persons = [_person(register, n) for n in range(1, 9)]
    goods = dice("nordic items").sample(local_assortment(), 5)
    return {
        "Payment Terms": [terms("20 DAYS", Terms("20 dagar netto", "20D"))],
        "Salesperson/Purchaser": [
            seller(register, code, who, at="nordic") for code, who in OWN_SELLERS.items()
        ],
        "Customer": [_customer(register, n) for n in range(15001, 15007)],
        "Vendor": [_vendor(register, n) for n in range(35001, 35004)],
        "Contact": persons,
        "Item": [item(f"N{n}", what) for n, what in enumerate(goods, start=9001)],
    }


def _customer(register: Register, n: int) -> Record:
    country = OWN_COUNTRIES[n % len(OWN_COUNTRIES)]
    values = partner(register, country) | {"No.": str(n), "Payment Terms Code": "20 DAYS"}
    values |= {"Salesperson Code": "EH", "Credit Limit (LCY)": "5000.00"}
    return new("Customer", values)


def _vendor(register: Register, n: int) -> Record:
    country = OWN_COUNTRIES[n % len(OWN_COUNTRIES)]
    values = partner(register, country) | {"No.": str(n), "Payment Terms Code": "30 DAYS"}
    purchaser = serving(dice(f"vendor {n}"), country)
    return new("Vendor", values | {"Purchaser Code": purchaser})


def _person(register: Register, n: int) -> Record:
    country = OWN_COUNTRIES[n % len(OWN_COUNTRIES)]
    values = person(register, country) | {"City": register.town(country)[0]}
    return new("Contact", values | {"No.": f"CTN{n:05d}"})
