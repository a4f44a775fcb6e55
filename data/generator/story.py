"""What happened between 2 and 10 March at the holding and in Nordic.

Every change is listed with the id under which EXPECTED.csv counts it. No record is used twice, so
that a change never hides another one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random
from uuid import UUID

from generator.audit import Change, after, in_order
from generator.cast import abroad
from generator.names import Register
from generator.reference import GERMAN_TERMS_TOO, SHARED_TERMS
from generator.tables import (
    BLOCKED,
    NAMED,
    NOT_GERMAN,
    NOT_NORDIC,
    PAIR,
    RESPELT,
    SWITCHED,
    Company,
    Pool,
    Record,
    anyone,
    dice,
    new,
)

NORDIC_PEOPLE = ("K. Lindqvist", "E. Salo", "T. Berg")
HOLDING_PEOPLE = ("A. Whitcombe", "J. Ahmed", "R. Penhale")
EARLY = (datetime(2026, 3, 2, 8), datetime(2026, 3, 6, 12))
LATE = (datetime(2026, 3, 9, 7), datetime(2026, 3, 9, 16))
SWITCH = datetime(2026, 3, 9, 9, 31, 4, 217000)
CREATED = datetime(2026, 3, 9, 9, 20, 11, 480000)
NEW_TERM = {
    "Code": "21 DAYS",
    "Description": "21 days net",
    "Due Date Calculation": "21D",
    "Discount %": "0.00",
}
GONE = "10871"
BOTH_FIELDS = (
    *(("Phone No.", "Address"), ("Address", "E-Mail"), ("E-Mail", "Phone No.")),
    *(("Phone No.", "E-Mail"), ("Address", "Phone No."), ("E-Mail", "Address")),
)


class Story:
    """Collects the changes of both companies while the records they fall on are given away."""

    def __init__(self, register: Register, before: Company) -> None:
        self.register = register
        self.rng = dice("story")
        self.pools = {table: Pool(self.rng, _free(rows)) for table, rows in before.items()}
        self.holding: list[Change] = []
        self.nordic: list[Change] = []

    def at_holding(
        self, plant: str, record: Record, field: str, *, when: tuple[datetime, datetime] = EARLY
    ) -> None:
        """Somebody at the holding saves a new value in one field."""
        at, by = self._moment(when), self.rng.choice(HOLDING_PEOPLE)
        value = revised(self.register, record, field, rng=self.rng)
        self.holding.append(Change(plant, record.table, record.key, field, value, at, by))

    def in_nordic(self, plant: str, record: Record, field: str) -> None:
        """Somebody in Nordic saves a new value in one field."""
        at, by = self._moment((EARLY[0], LATE[1])), self.rng.choice(NORDIC_PEOPLE)
        value = revised(self.register, record, field, rng=self.rng)
        self.nordic.append(Change(plant, record.table, record.key, field, value, at, by))

    def spread(
        self, table: str, fields: dict[str, int], where: Callable[[Record], bool] = anyone
    ) -> Iterator[tuple[Record, str]]:
        """Records of a table, each with the field that changes, so many of each field."""
        for field, count in fields.items():
            for record in self.pools[table].take(count, where):
                yield record, field

    def _moment(self, when: tuple[datetime, datetime]) -> datetime:
        first, last = when
        span = (last - first) // timedelta(milliseconds=1)
        while True:
            at = first + timedelta(milliseconds=self.rng.randrange(span))
            if at.weekday() < 5 and 7 <= at.hour < 17:
                return at


def story(register: Register, before: Company) -> Story:
    """Everything that happened, planted."""
    told = Story(register, before)
    _conflicts(told)
    _terms_switched(told, before)
    _holding_only(told)
    _nordic_only(told)
    _named(told)
    return told


def revised(register: Register, record: Record, field: str, *, rng: Random) -> str:
    """Another value for a field, such as somebody would enter."""
    value = record.values[field]
    country = record.values.get("Country/Region Code", "") or "GB"
    entered: dict[str, Callable[[], str]] = {
        "Phone No.": lambda: register.phone(country),
        "Address": lambda: register.street(country),
        "City": lambda: register.town(country)[0],
        "E-Mail": lambda: _mail(rng, value),
        "Name": lambda: f"{value}, {record.values['City']}",
        "Job Title": lambda: f"Senior {value.lower()}",
        "Payment Terms Code": lambda: rng.choice([*SHARED_TERMS, *GERMAN_TERMS_TOO]),
        "Credit Limit (LCY)": lambda: f"{rng.randrange(1, 41) * 5000}.00",
        "Unit Price": lambda: f"{Decimal(value) * rng.choice((103, 104, 106)) / 100:.2f}",
        "Description": lambda: f"{value}, {rng.choice(('UV-stable', 'CE marked', 'pre-washed'))}",
    }
    while (found := entered[field]()) == value:
        pass
    return found


def _mail(rng: Random, value: str) -> str:
    """Another mail address: `j.smith@` for a person, another desk for a firm."""
    name, at = value.split("@")
    first, _, surname = name.partition(".")
    desk = rng.choice(("accounts", "orders", "reception"))
    return f"{first[0]}.{surname}@{at}" if surname else f"{desk}@{at}"


def _free(rows: list[Record]) -> list[Record]:
    """Records a change may fall on: unnamed, on both sides, unknown to Lumière, unblocked."""
    apart = {NAMED, BLOCKED, NOT_NORDIC, PAIR, RESPELT, SWITCHED}
    return [r for r in rows if not r.tags & apart]


def _in_germany(record: Record) -> bool:
    return NOT_GERMAN not in record.tags and abroad(record)


def holding_afterwards(before: Company, told: Story) -> Company:
    """The holding on 10 March: changed, one payment term richer, one customer poorer."""
    company = after(before, told.holding)
    fresh = replace(
        new("Payment Terms", NEW_TERM),
        system_id=str(UUID(int=told.rng.getrandbits(128), version=4)),
        created_at=CREATED,
        modified_at=CREATED,
        modified_by="M. Okafor",
    )
    stayed = [r for r in company["Customer"] if r.key != GONE]
    terms = in_order([*company["Payment Terms"], fresh])
    return company | {"Payment Terms": terms, "Customer": stayed}


def _conflicts(told: Story) -> None:
    """P1: both sides saved 25 customers; one field of one of them was saved on both."""
    here, there = datetime(2026, 3, 6, 10, 14, 33, 51000), datetime(2026, 3, 6, 13, 51, 9, 618000)
    limit, who, whom = "Credit Limit (LCY)", "A. Whitcombe", "K. Lindqvist"
    havblik, skerry = ("Customer", "10250"), ("Customer", "10318")
    told.holding += [
        Change("P1.true", *havblik, limit, "250000.00", here, who),
        Change("P1.true.besides", *havblik, "Phone No.", "+45 55 50 01 90", here, who),
    ]
    told.nordic += [
        Change("P1.true", *havblik, limit, "50000.00", there, whom),
        Change("P1.true.besides", *havblik, "Address 2", "Dock 4, Gate B", there, whom),
    ]
    timestamps = "P1.timestamp_only"
    morning, noon = datetime(2026, 3, 6, 8, 40, 27, 302000), datetime(2026, 3, 6, 15, 2, 44, 95000)
    told.holding.append(
        Change(timestamps, *skerry, "Phone No.", "+358 55 010 0177", morning, "J. Ahmed")
    )
    told.nordic.append(Change(timestamps, *skerry, "Address", "Majakkatie 7 B", noon, "E. Salo"))
    for record, (field, other) in zip(told.pools["Customer"].take(23), cycle(BOTH_FIELDS)):
        told.at_holding(timestamps, record, field)
        told.in_nordic(timestamps, record, other)


def _terms_switched(told: Story, before: Company) -> None:
    """P2: 14 vendors move to the payment term that was created at the holding on 9 March."""
    switched = sorted(r.key for r in before["Vendor"] if SWITCHED in r.tags)
    first = switched.index("30044")
    for n, key in enumerate(switched[first:] + switched[:first]):
        at = SWITCH + timedelta(seconds=47 * n, milliseconds=113 * n)
        told.holding.append(
            Change("P2.vendors", "Vendor", key, "Payment Terms Code", "21 DAYS", at, "M. Okafor")
        )


def _holding_only(told: Story) -> None:
    """P3: what only the holding changed."""
    plant = "P3.holding_only"
    for record, field in told.spread("Customer", {"Phone No.": 5, "Address": 5}, where=_in_germany):
        told.at_holding(plant, record, field, when=LATE)
    for table, fields in (
        ("Customer", {"E-Mail": 5, "Payment Terms Code": 4, "Credit Limit (LCY)": 6}),
        ("Vendor", {"Name": 2, "Phone No.": 4, "E-Mail": 2}),
        ("Item", {"Unit Price": 7, "Description": 5}),
        ("Salesperson/Purchaser", {"Job Title": 1}),
    ):
        for record, field in told.spread(table, fields):
            told.at_holding(plant, record, field)
    persons = {"E-Mail": 10, "Phone No.": 4}
    for record, field in told.spread("Contact", persons, where=_is_person):
        told.at_holding(plant, record, field, when=(EARLY[0], LATE[1]))
    lira = datetime(2026, 3, 9, 11, 5, 52, 770000)
    told.holding.append(
        Change(plant, "Currency", "TRY", "Description", "Turkish lira (TL)", lira, "R. Penhale")
    )


def _nordic_only(told: Story) -> None:
    """P3: what only Nordic changed."""
    for table, fields in (
        ("Customer", {"Phone No.": 3, "Address": 2, "Credit Limit (LCY)": 2}),
        ("Vendor", {"Phone No.": 2, "E-Mail": 1}),
        ("Item", {"Description": 5}),
        ("Salesperson/Purchaser", {"Phone No.": 1}),
    ):
        for record, field in told.spread(table, fields):
            told.in_nordic("P3.nordic_only", record, field)
    for record, field in told.spread("Contact", {"Phone No.": 4}, where=_is_person):
        told.in_nordic("P3.nordic_only", record, field)


def _is_person(record: Record) -> bool:
    return record.values["Type"] == "Person"


def _named(told: Story) -> None:
    """P5 and P6: a vendor gets another number, a customer leaves the filter."""
    renamed, blocked = (
        datetime(2026, 3, 5, 11, 20, 38, 904000),
        datetime(2026, 3, 4, 16, 5, 19, 246000),
    )
    told.holding += [
        Change("P5", "Vendor", "30077", "No.", "30977", renamed, "R. Penhale"),
        Change("P6", "Customer", "10412", "Blocked", "All", blocked, "A. Whitcombe"),
    ]
