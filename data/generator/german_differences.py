"""What Deutschland holds otherwise than the holding: P7 and P8, planted one field a record."""

from collections.abc import Callable, Iterator

from generator.audit import Change
from generator.cast import CUT_NAME, FIFTY
from generator.deutschland import TAKEN
from generator.goods import TRANSLATED
from generator.names import Register
from generator.story import revised
from generator.tables import (
    NAMED,
    NOT_GERMAN,
    SWITCHED,
    Company,
    Pool,
    Record,
    anyone,
    dice,
)

TERMS = {"14 DAYS": "14 Tage netto", "30 DAYS": "30 Tage netto", "COD": "Per Nachnahme"}
COUNTRIES = {"CZ": "Czech Republic", "TR": "Turkey"}
SELLERS = ("HN", "UV")
REAL = (("USD", "US", 2, ""), ("CHF", "CH", 1, ""), ("SEK", "SE", 1, "DKK"))
PLANTS = {
    ("Customer", "Phone No."): "P7.customer.phone_address",
    ("Customer", "Address"): "P7.customer.phone_address",
    ("Customer", "Payment Terms Code"): "P7.customer.terms",
    ("Vendor", "Payment Terms Code"): "P7.vendor.terms",
    ("Vendor", "Name"): "P7.vendor.name_address",
    ("Vendor", "Address"): "P7.vendor.name_address",
    ("Currency", "Description"): "P7.currency.description",
}


class GermanDifferences:
    """Gives records of the holding away, each once, and lists what Deutschland says of them."""

    def __init__(self, register: Register, holding: Company, changes: list[Change]) -> None:
        self.register = register
        self.rng = dice("german differences")
        moved = {(c.table, c.key) for c in changes}
        self.pools = {
            table: Pool(self.rng, [r for r in rows if _fits(r) and (table, r.key) not in moved])
            for table, rows in holding.items()
        }

    def planted(self) -> list[Change]:
        """Every difference of Deutschland's own making."""
        return [*self._vendors(), *self._customers(), *self._items(), *self._small()]

    def _vendors(self) -> Iterator[Change]:
        """25 blank currencies that mean euro, 5 that do not; terms, names and addresses."""
        pool, field = self.pools["Vendor"], "Currency Code"
        for record in pool.take(25, _paid_in("EUR", "DE")):
            yield Change("P7.vendor.currency_blank", "Vendor", record.key, field, "")
        real = "P7.vendor.currency_real"
        yield Change(real, "Vendor", "30210", field, "")
        for currency, country, count, value in REAL:
            for record in pool.take(count, _paid_in(currency, country)):
                yield Change(real, "Vendor", record.key, field, value)
        yield Change("P7.vendor.terms", "Vendor", "30188", "Payment Terms Code", "14 DAYS")
        yield from self._otherwise("Vendor", {"Payment Terms Code": 2, "Name": 3, "Address": 2})

    def _customers(self) -> Iterator[Change]:
        """Phones, addresses and terms, and a name cut after 50 letters (P8)."""
        fields = {"Phone No.": 6, "Address": 4, "Payment Terms Code": 9}
        yield from self._otherwise("Customer", fields)
        yield Change("P8", "Customer", "10640", "Name", CUT_NAME[:FIFTY])

    def _items(self) -> Iterator[Change]:
        """36 items described in German."""
        for record in self.pools["Item"].take(36):
            german = TRANSLATED[record.values["Description"]]["de"]
            yield Change("P7.item.description", "Item", record.key, "Description", german)

    def _small(self) -> Iterator[Change]:
        """Payment terms and countries in other words, salespeople with another phone."""
        for code, words in TERMS.items():
            yield Change("P7.terms.description", "Payment Terms", code, "Description", words)
        for code, name in COUNTRIES.items():
            yield Change("P7.country.name", "Country/Region", code, "Name", name)
        for code in SELLERS:
            table, number = "Salesperson/Purchaser", self.register.phone("DE")
            yield Change("P7.seller.phone", table, code, "Phone No.", number)

    def _otherwise(self, table: str, fields: dict[str, int]) -> Iterator[Change]:
        for field, count in fields.items():
            for record in self.pools[table].take(count, anyone):
                value = revised(self.register, record, field, rng=self.rng)
                yield Change(PLANTS[table, field], table, record.key, field, value)


def stale(company: Company, changes: list[Change]) -> list[Change]:
    """Differences nobody made: what the holding saved after Deutschland's package was taken."""
    keys = {(table, r.key) for table, rows in company.items() for r in rows}
    return [
        change._replace(plant=PLANTS[change.table, change.field])
        for change in changes
        if change.at >= TAKEN and (change.table, change.key) in keys
    ]


def _fits(record: Record) -> bool:
    return not record.tags & {NAMED, NOT_GERMAN, SWITCHED}


def _paid_in(currency: str, country: str) -> Callable[[Record], bool]:
    def fits(record: Record) -> bool:
        values = record.values
        return (values["Currency Code"], values["Country/Region Code"]) == (currency, country)

    return fits
