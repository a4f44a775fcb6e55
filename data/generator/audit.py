"""Who touched a record when: the system columns a company exports, and changes made since."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from generator.tables import Company, Record, by_key, dice

FIRST_DAY = datetime(2022, 1, 3)
LAST_CALM_DAY = datetime(2026, 2, 27)
LOADED = datetime(2026, 3, 2, 2, 0)


class Change(NamedTuple):
    """One value somebody saved, and the id under which EXPECTED.csv counts it."""

    plant: str
    table: str
    key: str
    field: str
    value: str
    at: datetime = LOADED
    by: str = ""


def stamped(company: Company, name: str, people: tuple[str, ...]) -> Company:
    """The company with ids of its own and times before 2 March on every record."""
    rng = dice(f"audit {name}")

    def touched(record: Record) -> Record:
        created = _moment(rng, _first_day(record))
        return replace(
            record,
            system_id=str(UUID(int=rng.getrandbits(128), version=4)),
            created_at=created,
            modified_at=max(created, _moment(rng, created)),
            modified_by=rng.choice(people),
        )

    return {table: [touched(r) for r in records] for table, records in company.items()}


def _first_day(record: Record) -> datetime:
    """Nothing is older than the company; a rate is entered at the end of the month before."""
    start = record.values.get("Starting Date")
    return datetime.fromisoformat(start) - timedelta(days=2) if start else FIRST_DAY


def _moment(rng: Random, first: datetime) -> datetime:
    """A moment between that day and the last calm one, from seven to seventeen o'clock."""
    day = datetime(first.year, first.month, first.day)
    day += timedelta(days=rng.randrange((LAST_CALM_DAY - day).days + 1))
    return day + timedelta(hours=7, milliseconds=rng.randrange(10 * 3_600_000))


def after(company: Company, changes: Iterable[Change]) -> Company:
    """The company after the changes, in the order they were saved; keys are those of 2 March."""
    found = {table: by_key(records) for table, records in company.items()}
    for change in sorted(changes, key=lambda c: c.at):
        record = found[change.table][change.key]
        if record.values[change.field] == change.value:
            raise ValueError(f"{change} changes nothing")
        found[change.table][change.key] = replace(
            record.having({change.field: change.value}),
            modified_at=change.at,
            modified_by=change.by,
        )
    return {table: in_order(records.values()) for table, records in found.items()}


def in_order(records: Iterable[Record]) -> list[Record]:
    """Records sorted by primary key, as an export lists them."""
    return sorted(records, key=lambda r: r.key)
