"""Lumière: acquired in 2025, euros, numbers of its own, neither ids nor times."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from generator.audit import Change, after, in_order
from generator.goods import TRANSLATED, assortment, item
from generator.holding import numbered, rates, seller, serving, terms
from generator.money import in_euros
from generator.names import Register, partner, person, plain
from generator.reference import CURRENCIES, SHARED_TERMS, Seller, Terms
from generator.story import revised
from generator.tables import (
    PAIR,
    RESPELT,
    Company,
    Pool,
    Record,
    by_key,
    dice,
    new,
)

TAKEN = datetime(2026, 2, 28, 9, 12)
RATE_DAYS = ("2026-01-01", "2026-02-01")
TWO_FIRMS = "20300"
NAMED_NUMBERS = {"10733": "20114"}
SERIES = {
    "Customer": range(20001, 21000),
    "Vendor": range(26001, 26400),
    "Contact": range(28001, 28600),
    "Item": range(24001, 24900),
}
OWN_COUNTS = {"Customer": 86, "Vendor": 33, "Contact": 64, "Item": 142}
OWN_TERMS = {
    "COMPTANT": Terms("Paiement comptant", "0D"),
    "30 FDM": Terms("30 jours fin de mois", "30D+CM"),
    "45 FDM": Terms("45 jours fin de mois", "45D+CM"),
    "60 FDM 10": Terms("60 jours fin de mois le 10", "60D+CM+10D"),
    "LCR 60": Terms("Lettre de change relevé, 60 jours", "60D"),
}
OWN_SELLERS = {
    "ALP": Seller("Aurélie Lépinois", "Commerciale", ("FR",)),
    "BQ": Seller("Benoît Quénetain", "Commercial", ("FR",)),
    "CF": Seller("Cédric Frémondin", "Responsable achats", ("FR",)),
    "EH": Seller("Élodie Hébrardin", "Directrice commerciale", ("FR",)),
    "GT": Seller("Gaëtan Tréhorel", "Commercial", ("FR",)),
    "RS": Seller("Rémi Saulieu", "Acheteur", ("FR",)),
    "SV": Seller("Sophie Vasselin", "Assistante", ("FR",)),
}
FRENCH_TERMS = {"30 DAYS": "30 jours nets", "COD": "Contre remboursement"}
OWN_CURRENCY = {"EUR": ""}
TWICE = "one number on two rows"
DIFFERENCES = {
    "Customer": {"Phone No.": 5, "Address": 3, "Payment Terms Code": 3, "E-Mail": 5},
    "Vendor": {"Phone No.": 3, "Address": 1, "Payment Terms Code": 1, "Currency Code": 2},
    "Contact": {"Phone No.": 5, "City": 2},
    "Item": {"Description": 8, "Tariff No.": 6, "Net Weight": 4},
}


class Numbers:
    """Lumière's own numbers, and which one a record of the holding has there."""

    def __init__(self) -> None:
        self.rng = dice("lumiere numbers")
        taken = {*NAMED_NUMBERS.values(), TWO_FIRMS}
        self.free = {
            table: iter(numbered(self.rng, series, len(series) // 2, taken=taken))
            for table, series in SERIES.items()
        }
        self.of: dict[tuple[str, str], str] = {}

    def fresh(self, table: str) -> str:
        """The next free number."""
        return next(self.free[table])

    def here(self, record: Record) -> Record:
        """The holding's record under Lumière's number, which is remembered."""
        number = NAMED_NUMBERS.get(record.key) or self.fresh(record.table)
        self.of[record.table, record.key] = number
        return record.having({"No.": number})


def lumiere(register: Register, holding: Company, numbers: Numbers) -> Company:
    """Lumière without its differences: pairs, look-alikes, and what only Lumière has."""
    shared = {
        table: list(_known_here(register, rows, numbers))
        for table, rows in holding.items()
        if table != "Currency Exchange Rate"
    }
    codes = tuple(code for code in CURRENCIES if code in by_key(shared["Currency"]))
    shared["Currency Exchange Rate"] = rates("EUR", codes, RATE_DAYS)
    own = _own(register, holding, numbers)
    return {table: in_order([*rows, *own.get(table, [])]) for table, rows in shared.items()}


def french_differences(register: Register, company: Company) -> Iterator[Change]:
    """P12: fields in which pairs differ, one a record."""
    rng = dice("french differences")
    for table, fields in DIFFERENCES.items():
        pool = Pool(rng, [r for r in company[table] if PAIR in r.tags])
        plant = f"P12.{table.lower()}.pairs_differ"
        for field, count in fields.items():
            for record in pool.take(count):
                yield Change(plant, table, record.key, field, _french(register, record, field))
    for code, words in FRENCH_TERMS.items():
        yield Change("P12.terms.differ", "Payment Terms", code, "Description", words)
    yield Change(
        "P12.seller.differ", "Salesperson/Purchaser", "CD", "Phone No.", register.phone("FR")
    )


def with_differences(company: Company, differences: Iterable[Change]) -> Company:
    """Lumière as it was exported, with one vendor number on two rows (P11)."""
    changed = after(company, differences)
    vendors = changed["Vendor"]
    at = next(n for n, r in enumerate(vendors) if TWICE in r.tags)
    second = vendors[at].having(DOUBLE)
    return changed | {"Vendor": [*vendors[: at + 1], second, *vendors[at + 1 :]]}


DOUBLE = {
    "Name": "Corderie Longue-Grève SARL",
    "Address": "3 quai de l'Écluse",
    "City": "Lorient",
    "Post Code": "56100",
    "Phone No.": "+33 2 61 91 00 41",
    "E-Mail": "office@corderie-longue-greve-sarl.example",
    "VAT Registration No.": "FR 00 999 000 955",
    "Country/Region Code": "FR",
}


def _french(register: Register, record: Record, field: str) -> str:
    value = record.values[field]
    match field:
        case "Description":
            return TRANSLATED[value]["fr"]
        case "Tariff No.":
            return f"{value[:6]}95"
        case "Net Weight":
            return f"{Decimal(value) * Decimal('1.02') + Decimal('0.001'):.3f}"
        case "Currency Code":
            return "USD"
        case "Payment Terms Code":
            return "60 DAYS" if value != "60 DAYS" else "45 DAYS"
    return revised(register, record, field, rng=dice(f"french {record.key}"))


def _known_here(register: Register, rows: list[Record], numbers: Numbers) -> Iterator[Record]:
    """Pairs as they are in euros; look-alikes under another spelling."""
    respelt = 0
    for record in rows:
        numbered_here = record.table in SERIES and record.table != "Item"
        if PAIR in record.tags:
            yield in_euros(numbers.here(record) if numbered_here else record, OWN_CURRENCY)
        elif RESPELT in record.tags:
            yield in_euros(_respelt(register, numbers.here(record), respelt), OWN_CURRENCY)
            respelt += 1


def _respelt(register: Register, record: Record, turn: int) -> Record:
    """The same firm or person under another spelling; an item only without its vendor."""
    if record.table == "Item":
        return record.having({"Vendor No.": ""})
    words = record.values["Name"].split()
    if record.table == "Contact":
        initial = f"{words[0][0]}."
        return record.having({"Name": f"{words[-1].upper()} {initial}", "First Name": initial})
    spelling = (
        f"{words[-1]} {' '.join(words[:-1])}",
        f"{plain(' '.join(words[:-1]))} et Cie",
        f"{words[0][:4]}. {' '.join(words[1:])}",
    )[turn % 3]
    country = record.values["Country/Region Code"]
    return record.having({"Name": spelling, "Phone No.": register.phone(country)})


def _own(register: Register, holding: Company, numbers: Numbers) -> Company:
    """What only Lumière has; number 20300 is one of them and another firm at the holding."""
    used = {r.values["Description"] for r in holding["Item"] if r.tags & {PAIR, RESPELT}}
    open_goods = [w for w in assortment() if item("", w).values["Description"] not in used]
    goods = dice("french items").sample(open_goods, OWN_COUNTS["Item"])
    vendors = [_own_partner(register, "Vendor", numbers) for _ in range(OWN_COUNTS["Vendor"])]
    customers = [_own_partner(register, "Customer", numbers) for _ in range(OWN_COUNTS["Customer"])]
    rng = dice("french vendors")
    items = [item(numbers.fresh("Item"), what, "fr") for what in goods]
    return {
        "Payment Terms": [terms(*each) for each in OWN_TERMS.items()],
        "Salesperson/Purchaser": [
            seller(register, code, who, at="lumiere") for code, who in OWN_SELLERS.items()
        ],
        "Currency": [new("Currency", MAD)],
        "Customer": [*customers, _atelier(register)],
        "Vendor": [*vendors, _own_partner(register, "Vendor", numbers).tagged(TWICE)],
        "Contact": [_own_person(register, numbers) for _ in range(OWN_COUNTS["Contact"])],
        "Item": [r.having({"Vendor No.": rng.choice(vendors).key}) for r in items],
    }


MAD = {"Code": "MAD", "Description": "Dirham marocain", "ISO Code": "MAD", "Symbol": "DH"}


def _country(number: str) -> str:
    return dice(f"lumiere {number}").choices(("FR", "BE", "LU"), (7, 2, 1))[0]


def _own_partner(register: Register, table: str, numbers: Numbers) -> Record:
    number = numbers.fresh(table)
    rng, country = dice(f"lumiere {table} {number}"), _country(number)
    who = "Salesperson Code" if table == "Customer" else "Purchaser Code"
    values = {"No.": number} | partner(register, country) | {"Currency Code": ""}
    values |= {"Payment Terms Code": rng.choice([*OWN_TERMS, *SHARED_TERMS])}
    values |= {who: rng.choice([*OWN_SELLERS, serving(rng, country)])}
    values |= {"Credit Limit (LCY)": "8000.00"} if table == "Customer" else {}
    return new(table, values)


def _atelier(register: Register) -> Record:
    """The firm that has number 20300 here: not the one that has it at the holding."""
    values = partner(register, "FR", "Atelier Corail SARL")
    values |= {"No.": TWO_FIRMS, "City": "Nice", "Post Code": "06300", "Currency Code": ""}
    values |= {"VAT Registration No.": "FR 00 999 000 874", "Payment Terms Code": "30 FDM"}
    return new("Customer", values | {"Salesperson Code": "BQ", "Credit Limit (LCY)": "15000.00"})


def _own_person(register: Register, numbers: Numbers) -> Record:
    number = numbers.fresh("Contact")
    country = _country(number)
    values = person(register, country) | {"City": register.town(country)[0]}
    return new("Contact", values | {"No.": number})
