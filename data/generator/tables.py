"""The tables of the demo, by the names Business Central gives them, and a record of one of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import NamedTuple

SEED = 20260310


def dice(topic: str) -> Random:
    """Chance for one topic, the same on every run; one topic's draws never move another's."""
    return Random(f"{SEED} {topic}")


class Layout(NamedTuple):
    """One table: its name and number in the product, its file, its key, its columns."""

    table: str
    table_id: int
    file: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


ADDRESS = (
    *("No.", "Name", "Address", "Address 2", "City", "Post Code", "Country/Region Code"),
    *("Phone No.", "E-Mail", "VAT Registration No.", "Currency Code", "Payment Terms Code"),
)
LAYOUTS = (
    Layout(
        *("Country/Region", 9, "country_region", ("Code",)),
        ("Code", "Name", "ISO Code", "EU Country/Region Code"),
    ),
    Layout(*("Currency", 4, "currency", ("Code",)), ("Code", "Description", "ISO Code", "Symbol")),
    Layout(
        *("Currency Exchange Rate", 330, "currency_exchange_rate"),
        ("Currency Code", "Starting Date"),
        (
            *("Currency Code", "Starting Date", "Exchange Rate Amount"),
            *("Relational Exch. Rate Amount", "Adjustment Exch. Rate Amount"),
        ),
    ),
    Layout(
        *("Payment Terms", 3, "payment_terms", ("Code",)),
        ("Code", "Description", "Due Date Calculation", "Discount %"),
    ),
    Layout(
        *("Salesperson/Purchaser", 13, "salesperson", ("Code",)),
        ("Code", "Name", "E-Mail", "Phone No.", "Job Title"),
    ),
    Layout(
        *("Customer", 18, "customer", ("No.",)),
        (*ADDRESS, "Salesperson Code", "Credit Limit (LCY)", "Blocked"),
    ),
    Layout(*("Vendor", 23, "vendor", ("No.",)), (*ADDRESS, "Purchaser Code", "Blocked")),
    Layout(
        *("Contact", 5050, "contact", ("No.",)),
        (
            *("No.", "Name", "Type", "Company No.", "First Name", "Surname", "E-Mail"),
            *("Phone No.", "City", "Country/Region Code"),
        ),
    ),
    Layout(
        *("Item", 27, "item", ("No.",)),
        (
            *("No.", "Description", "Base Unit of Measure", "Unit Price", "Unit Cost"),
            *("Vendor No.", "Gross Weight", "Net Weight", "Tariff No.", "Blocked"),
        ),
    ),
)
LAYOUT = {layout.table: layout for layout in LAYOUTS}

DECIMALS = frozenset(
    {"Exchange Rate Amount", "Relational Exch. Rate Amount", "Adjustment Exch. Rate Amount"}
    | {"Discount %", "Credit Limit (LCY)", "Unit Price", "Unit Cost", "Gross Weight", "Net Weight"}
)
DATES = frozenset({"Starting Date"})
LOCAL_MONEY = ("Credit Limit (LCY)", "Unit Price", "Unit Cost")

NAMED = "named in the story"
BLOCKED = "blocked"
NOT_NORDIC = "not in Nordic"
NOT_GERMAN = "not in Deutschland"
PAIR = "the same in Lumière"
RESPELT = "otherwise written in Lumière"
SWITCHED = "switched to 21 DAYS"


@dataclass(frozen=True)
class Record:
    """One record: values as text (`1250.00`, `2026-03-01`, `true`), its parts, its last edit."""

    table: str
    values: dict[str, str]
    tags: frozenset[str] = frozenset()
    system_id: str = ""
    created_at: datetime = datetime.min
    modified_at: datetime = datetime.min
    modified_by: str = ""

    @property
    def key(self) -> str:
        """The primary key, parts joined by a space."""
        return " ".join(self.values[name] for name in LAYOUT[self.table].key)

    def having(self, values: dict[str, str]) -> "Record":
        """The same record with some values replaced."""
        unknown = set(values) - set(self.values)
        if unknown:
            raise ValueError(f"{self.table} has no column {sorted(unknown)}")
        return replace(self, values=self.values | values)

    def tagged(self, *tags: str) -> "Record":
        """The same record playing more parts."""
        return replace(self, tags=self.tags | set(tags))


Company = dict[str, list[Record]]


def new(table: str, values: dict[str, str], *tags: str) -> Record:
    """A record of `table`; columns that are not given are blank."""
    blank = dict.fromkeys(LAYOUT[table].columns, "")
    return Record(table, blank, frozenset(tags)).having(values)


def anyone(_: Record) -> bool:
    """No condition."""
    return True


@dataclass
class Pool:
    """Records in a shuffled order, each given away once."""

    rng: Random
    records: list[Record]
    taken: dict[str, Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.records = list(self.records)
        self.rng.shuffle(self.records)

    def take(self, count: int, where: Callable[[Record], bool] = anyone) -> list[Record]:
        """The next `count` records that fulfil the condition; too few is an error."""
        fitting = [r for r in self.records if where(r)][:count]
        if len(fitting) < count:
            raise ValueError(f"{count} records wanted, {len(fitting)} left")
        gone = {r.key for r in fitting}
        self.records = [r for r in self.records if r.key not in gone]
        return fitting

    def cast(
        self, count: int, tags: tuple[str, ...], where: Callable[[Record], bool] = anyone
    ) -> None:
        """Give the next `count` fitting records their parts."""
        for record in self.take(count, where):
            self.taken[record.key] = record.tagged(*tags)

    def over(self, records: Iterable[Record]) -> list[Record]:
        """All `records`, those that were cast with their parts."""
        return [self.taken.get(r.key, r) for r in records]


def by_key(records: Iterable[Record]) -> dict[str, Record]:
    """Records under their primary key."""
    return {r.key: r for r in records}
