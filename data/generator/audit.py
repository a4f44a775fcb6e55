"""Who touched a record when: the system columns a company exports, and changes made since."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
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
        days = (LAST_CALM_DAY - FIRST_DAY).days
        created = FIRST_DAY + timedelta(days=rng.randrange(days), milliseconds=_workday(rng.random()))
        later = timedelta(days=rng.randrange((LAST_CALM_DAY - created).days + 1))
        return replace(
            record,
            system_id=str(UUID(int=rng.getrandbits(128), version=4)),
            created_at=created,
            modified_at=created + later + timedelta(milliseconds=rng.randrange(1000)),
            modified_by=rng.choice(people),
        )

    return {table: [touched(r) for r in records] for table, records in company.items()}


def _workday(share: float) -> int:
    """A moment between 07:00 and 17:00, in milliseconds since midnight."""
    return int((7 + 10 * share) * 3_600_000)


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
