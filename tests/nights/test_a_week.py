"""A week of nights, told by the log: schedule, inactivity, wake-ups, attempts, clean-up."""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mdsync_nb.workbench import Workbench

from .conftest import Nights

MONDAY = datetime(2026, 3, 2)
CUSTOMERS = [f"{number}" for number in range(10, 40)]
SETTINGS = """
companies:
  HOLDING: {folder: HOLDING, complete: yes, tables: {Customer: customer.csv, Payment Terms: terms.csv}}
  NORDIC: {folder: NORDIC, complete: yes, tables: {Customer: customer.csv, Payment Terms: terms.csv}}
limits: {updates: 100%, inserts: 100%, floor: 1000}
queue: {notebook: "", minutes_between_runs: 60, inactivity_timeout: 240, max_attempts: 3}
clean_up: {jobs: 3d, loads: 3d, keep: 3}
links:
  NORDIC:
    local: NORDIC
    integration: HOLDING
    first_sync: source_wins
    only: [CUSTOMER, PAYMENTTERMS]
    mappings:
      PAYMENTTERMS: {match: [Code]}
      CUSTOMER: {match: [No.], fields: {only: [No., Name, Payment Terms Code]}}
"""
PASSWORD = "raise RuntimeError('The password of the integration user has expired.')"


class Week:
    """A holding and a subsidiary over a week, with a timer that calls every hour at night."""

    def __init__(self, root: Path) -> None:
        self.root, self.now = root, MONDAY
        (root / "mdsync.yaml").write_text(SETTINGS, "utf-8")
        self.bench = Workbench(root, clock=lambda: self.now, progress=False)
        self.terms = {"HOLDING": ["30 DAYS"], "NORDIC": ["30 DAYS"]}
        self.names = {number: (f"Customer {number}", "30 DAYS") for number in CUSTOMERS}

    def deliver(self, company: str) -> None:
        """Put a company's exports into its folder, as they are now."""
        rows = [
            {"No.": no, "Name": name, "Payment Terms Code": term}
            for no, (name, term) in self.names.items()
        ]
        terms = [{"Code": code, "Description": code.lower()} for code in self.terms[company]]
        for file, lines in (("customer.csv", rows), ("terms.csv", terms)):
            path = self.root / company / file
            path.parent.mkdir(exist_ok=True)
            with path.open("w", newline="", encoding="utf-8") as stream:
                writer = csv.DictWriter(stream, list(lines[0]))
                writer.writeheader()
                writer.writerows(lines)
            taken = self.now.replace(tzinfo=UTC).timestamp()
            os.utime(path, (taken, taken))

    def begin(self) -> None:
        """Load, couple, and let everything run by itself."""
        for company in self.terms:
            self.deliver(company)
        self.bench.load()
        for mapping in ("PAYMENTTERMS", "CUSTOMER"):
            self.bench.couple(mapping)
        self.bench.generate_entries()

    def night(self, day: int) -> list[str]:
        """The ticks of a night, from midnight to six; gives what ran when, and how it ended."""
        self.now, told = MONDAY + timedelta(days=day), []
        while self.now.hour < 6:
            for ran in self.bench.run_jobs():
                name = (ran.mapping or ran.notebook).partition("/")[2] or ran.notebook
                ended = ran.next.status.value if ran.outcome.succeeded else "failed"
                told.append(f"{self.now:%H:%M} {name} {ended}")
            self.now += timedelta(hours=1)
        return told


@pytest.fixture
def week(tmp_path: Path) -> Week:
    """A week that has just begun."""
    one = Week(tmp_path)
    one.begin()
    return one


ASLEEP = "on hold with inactivity timeout"


def test_a_week_of_nights_is_told_by_the_log(week: Week):
    # Monday: nothing changed. Both sleep after their first run, and wake by themselves.
    assert week.night(0) == [
        f"01:00 PAYMENTTERMS {ASLEEP}",
        f"01:00 CUSTOMER {ASLEEP}",
        f"05:00 PAYMENTTERMS {ASLEEP}",
        f"05:00 CUSTOMER {ASLEEP}",
    ]
    # Tuesday: the holding moved 14 customers to a term that Nordic does not have, and renamed one.
    week.now += timedelta(hours=12)
    week.terms["HOLDING"].append("21 DAYS")
    for number in CUSTOMERS[:14]:
        week.names[number] = (week.names[number][0], "21 DAYS")
    week.names["39"] = ("Renamed", "30 DAYS")
    week.deliver("HOLDING")
    told = week.night(1)
    assert told[:2] == [f"00:00 PAYMENTTERMS {ASLEEP}", "00:00 CUSTOMER ready"]
    assert [one for one in told if "CUSTOMER" in one] == [
        "00:00 CUSTOMER ready",
        "01:00 CUSTOMER ready",
        f"02:00 CUSTOMER {ASLEEP}",
    ]
    # Wednesday: somebody deleted an entry. The others run on; the entry is made again.
    week.bench.delete_entries("CUSTOMER")
    assert {one.split()[1] for one in week.night(2)} == {"PAYMENTTERMS"}
    assert len(week.bench.generate_entries()) == 1
    assert week.bench.list_entries("CUSTOMER")["status"].to_list() == ["ready"]
    # Thursday: what fetches the exports cannot sign in. It is tried three times, then it stops.
    Nights.notebook(week, "fetch", "x = 1", PASSWORD)
    week.now = MONDAY + timedelta(days=2, hours=20)
    entry = week.bench.add_entry("fetch")
    week.bench.hold_entries("NORDIC")
    assert week.night(3) == ["00:00 fetch failed", "01:00 fetch failed"]
    (fetch,) = week.bench.list_entries(str(entry)).to_dicts()
    assert (fetch["status"], fetch["attempts"]) == ("error", 2)
    _one_cause_of_the_set_up(week, fetch["message"])
    _one_root_cause_of_fourteen(week)
    # Friday: the term is created in Nordic. The 14 were set aside when they failed a third time;
    # somebody puts them back, and they follow.
    assert week.bench.status().filter(mapping="NORDIC/CUSTOMER")["skipped"].to_list() == [14]
    assert week.bench.retry("CUSTOMER") == 14
    week.bench.ready_entries("NORDIC")
    week.terms["NORDIC"].append("21 DAYS")
    week.now = MONDAY + timedelta(days=3, hours=20)
    week.deliver("NORDIC")
    told = week.night(4)
    assert told[0].startswith("00:00 PAYMENTTERMS")
    assert week.bench.errors().is_empty()
    assert set(week.bench.sql('select "Payment Terms Code" as t from NORDIC.Customer')["t"]) == {
        "21 DAYS",
        "30 DAYS",
    }
    _what_is_old_goes(week)


def _one_cause_of_the_set_up(week: Week, message: str) -> None:
    (found,) = week.bench.diagnose(message).to_dicts()
    assert (found["id"], found["who"]) == ("password-must-change", "set-up")


def _one_root_cause_of_fourteen(week: Week) -> None:
    (kind,) = week.bench.errors(by="message").to_dicts()
    assert (kind["records"], kind["cause"]) == (14, "reference-missing")
    assert "21 DAYS is missing in NORDIC" in kind["example"]
    assert week.bench.compare().causes["releases"].to_list() == [14]


def _what_is_old_goes(week: Week) -> None:
    before = week.bench.jobs().height
    week.now += timedelta(days=5)
    gone = week.bench.clean_up()
    jobs = week.bench.jobs()
    assert 0 < jobs.height < before
    assert gone.height
    assert set(jobs["mapping"]) == {"NORDIC/CUSTOMER", "NORDIC/PAYMENTTERMS"}
    assert week.night(10) == [
        f"00:00 PAYMENTTERMS {ASLEEP}",
        f"00:00 CUSTOMER {ASLEEP}",
        f"04:00 PAYMENTTERMS {ASLEEP}",
        f"04:00 CUSTOMER {ASLEEP}",
    ]
