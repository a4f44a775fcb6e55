"""Two companies in files, HQ that gives and SUB that takes, and a clock only the test moves."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import polars as pl
import pytest
import yaml

from mdsync_nb.workbench import Workbench

KEYS = {
    "Customer": "No.",
    "Vendor": "No.",
    "Payment Terms": "Code",
    "Salesperson/Purchaser": "Code",
    "Contact": "No.",
    "Currency Exchange Rate": "Currency Code",
    "G/L Account": "No.",
}
WORDS = {
    "no": "No.", "code": "Code", "name": "Name", "name2": "Name 2", "city": "City", "phone": "Phone No.",
    "post": "Post Code", "mail": "E-Mail", "vat": "VAT Registration No.", "currency": "Currency Code",
    "limit": "Credit Limit (LCY)", "terms": "Payment Terms Code", "person": "Salesperson Code",
    "bill_to": "Bill-to Customer No.", "contact": "Primary Contact No.", "type": "Type",
    "blocked": "Blocked", "description": "Description", "company_no": "Company No.",
}  # fmt: skip
"""Short words for the fields of the product's tables."""

SYSTEM = ("SystemId", "SystemCreatedAt", "SystemModifiedAt", "SystemModifiedBy")
CUSTOMER = {"CUSTOMER": {"table": "Customer", "match": ["No."]}}


class Clock:
    """The time the workbench and both companies live in, naive UTC."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **much: float) -> datetime:
        self.now += timedelta(**(much or {"minutes": 1}))
        return self.now


class Company:
    """One company: its records by table and handle, and how it writes its files."""

    def __init__(self, name: str, root: Path, clock: Clock, **how: Any) -> None:
        self.name, self.folder, self.clock = name, root / name, clock
        self.ids, self.times = how["ids"], how["times"]
        self.complete: bool | None = how["complete"]
        self.withheld: set[str] = set()
        self.tables: dict[str, dict[str, dict[str, str]]] = {one: {} for one in how["tables"]}
        self.folder.mkdir()

    def id(self, handle: str, table: str = "Customer") -> str:
        """The id the workbench knows a record by."""
        record = self.tables[table][handle]
        return record["SystemId"] if self.ids else record[KEYS[table]]

    def put(self, handle: str, *, table: str = "Customer", **values: str) -> None:
        """Create a record, or edit it; its modified time is a minute later than anything before."""
        now = _iso(self.clock.tick())
        known = self.tables[table]
        if handle not in known:
            new_id = str(uuid5(NAMESPACE_URL, f"{self.name} {table} {handle}"))
            fresh = {"SystemId": new_id, "SystemCreatedAt": now, KEYS[table]: handle}
            known[handle] = {**fresh, "SystemModifiedBy": "MADE"}
        known[handle] |= {WORDS.get(word, word): value for word, value in values.items()}
        known[handle] |= {"SystemModifiedAt": now, "SystemModifiedBy": f"{self.name}USER"}

    def make(self, *handles: str, table: str = "Customer", **values: str) -> None:
        """Create or edit several records alike."""
        for handle in handles:
            self.put(handle, table=table, **values)

    def touch(self, *handles: str, table: str = "Customer") -> None:
        """Save records without changing a value."""
        self.make(*handles, table=table)

    def drop(self, *handles: str, table: str = "Customer") -> None:
        """Delete records."""
        for handle in handles:
            del self.tables[table][handle]

    def write(self, **manifest: Any) -> None:
        """Write all files as an export taken now."""
        for table in self.tables:
            self._write_table(table)
        said = {"taken_at": _iso(self.clock.now), "complete": self.complete, **manifest}
        (self.folder / "manifest.json").write_text(json.dumps(said), "utf-8")

    def _write_table(self, table: str) -> None:
        records = list(self.tables[table].values())
        names = [KEYS[table], "Name" if KEYS[table] == "No." else "Description"]
        names += [name for record in records for name in record]
        hidden = set(self.withheld)
        hidden |= set() if self.ids else {"SystemId"}
        hidden |= set() if self.times else set(SYSTEM[1:])
        head = [name for name in dict.fromkeys(names) if name not in hidden]
        head += [one for one in SYSTEM[:3] if one not in hidden and one not in head]
        with (self.folder / file_of(table)).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, head, extrasaction="ignore", restval="")
            writer.writeheader()
            writer.writerows(records)


class Twins:
    """Both companies and the workbench that keeps them in step."""

    def __init__(self, root: Path, mappings: dict[str, Any] | None, **how: Any) -> None:
        self.root, self.clock = root, Clock()
        self.mappings = mappings or CUSTOMER
        tables = how.pop("tables", None) or [one["table"] for one in self.mappings.values()]
        self.link: dict[str, Any] = how.pop("link", {})
        self.top: dict[str, Any] = how.pop("top", {})
        self.currencies = how.pop("currencies", ("", ""))
        ids, times, complete = (_two(how.pop(one, True)) for one in ("ids", "times", "complete"))
        assert not how, f"nobody knows {how}"
        self.hq, self.sub = (
            Company(name, root, self.clock, ids=ids[n], times=times[n], complete=complete[n],
                    tables=dict.fromkeys(tables))
            for n, name in enumerate(("HQ", "SUB"))
        )  # fmt: skip
        self.bench = self.open()

    def open(self, **mappings: dict[str, Any]) -> Workbench:
        """Write mdsync.yaml, with more said about some mappings, and open the workbench anew."""
        for name, more in mappings.items():
            self.mappings = {**self.mappings, name: {**self.mappings[name], **more}}
        companies = {
            one.name: {
                "folder": one.name, "currency": currency,
                "tables": {table: file_of(table) for table in one.tables},
            }
            for one, currency in zip((self.hq, self.sub), self.currencies, strict=True)
        }  # fmt: skip
        link = {"local": "SUB", "integration": "HQ", **self.link, "mappings": self.mappings}
        settings = {"packs": [], "companies": companies, "links": {"SUB": link}, **self.top}
        (self.root / "mdsync.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
        self.bench = Workbench(self.root, clock=self.clock, progress=False)
        return self.bench

    def both(self, *handles: str, table: str = "Customer", **values: str) -> None:
        """Create or edit records alike on both sides."""
        self.hq.make(*handles, table=table, **values)
        self.sub.make(*handles, table=table, **values)

    def load(self, *names: str) -> pl.DataFrame:
        """Export companies and load them, an hour after anything before."""
        self.clock.tick(hours=1)
        for one in (self.hq, self.sub):
            if not names or one.name in names:
                one.write()
        loaded = self.bench.load(*(names or ("HQ", "SUB")))
        assert not loaded["refused"].any(), loaded["message"].to_list()
        self.clock.tick()
        return loaded

    def couple(self, *names: str) -> None:
        """Load both companies and couple the mappings named, or all."""
        self.load()
        for name in names or self.mappings:
            self.bench.couple(name)

    def pair(self, mapping: str, **handles: str) -> None:
        """Couple records a person chose: handle at HQ = handle at SUB."""
        table = self.mappings[mapping]["table"]
        chosen = [(self.hq.id(a, table), self.sub.id(b, table)) for a, b in handles.items()]
        frame = pl.DataFrame(chosen, schema=["integration_id", "local_id"], orient="row")
        self.bench.couple(mapping, pairs=frame)

    def sync(self, *names: str, **how: Any) -> dict[str, int]:
        """Plan and apply; give the counters that are not zero, of all jobs together."""
        plan = self.bench.plan(*names, **how)
        return self.applied(plan.plan_id)

    def applied(self, plan_id: str, **how: Any) -> dict[str, int]:
        """Apply a plan; give the counters that are not zero, of all jobs together."""
        self.clock.tick()
        found: dict[str, int] = {}
        for one in self.bench.apply(plan_id, **how):
            for name, number in one.counts.items():
                found[name] = found.get(name, 0) + number
        return {name: number for name, number in found.items() if number}

    def take_over(self, table: str = "Customer") -> None:
        """Let SUB import what was written: those records become what the workbench wrote."""
        now, own = _iso(self.clock.tick()), self.sub.tables[table]
        written = self.bench.sql(
            f"""select * from SUB."{table}" where _id in (select id from pending
            where company = 'SUB' and "table" = '{table}')"""
        )
        handles = {self.sub.id(handle, table): handle for handle in own}
        for row in written.to_dicts():
            values = {n: _text(v) for n, v in row.items() if not n.startswith("_")}
            handle = handles.get(row["_id"], values[KEYS[table]])
            fresh = {"SystemId": str(uuid5(NAMESPACE_URL, handle + now)), "SystemCreatedAt": now}
            times = {"SystemModifiedAt": now, "SystemModifiedBy": "SUBUSER"}
            own[handle] = fresh | own.get(handle, {}) | values | times

    def held(
        self, company: str, field: str = "name", table: str = "Customer"
    ) -> dict[str, str | None]:
        """What the workbench knows of a company: key -> value of a field."""
        names = f'"{KEYS[table]}" as key, "{WORDS[field]}" as value'
        rows = self.bench.sql(f'select {names} from {company}."{table}"').to_dicts()
        return {row["key"]: row["value"] for row in rows}

    def coupling(self, handle: str, table: str = "Customer") -> dict[str, Any]:
        """The coupling of a record of HQ."""
        found = self.bench.sql(
            f"select * from coupling where integration_id = '{self.hq.id(handle, table)}'"
        )
        return found.to_dicts()[0]


def file_of(table: str) -> str:
    return table.replace("/", " ") + ".csv"


def _two(said: Any) -> tuple[Any, Any]:
    return said if isinstance(said, tuple) else (said, said)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


@pytest.fixture
def twins(tmp_path: Path) -> Callable[..., Twins]:
    """Make two companies. ids, times, complete, currencies: one value, or one for each side."""

    def make(mappings: dict[str, Any] | None = None, **how: Any) -> Twins:
        return Twins(tmp_path, mappings, **how)

    return make


@pytest.fixture
def twins_in() -> Callable[..., Twins]:
    """Make two companies in a folder: for tests that need several of them."""

    def make(root: Path, mappings: dict[str, Any] | None = None, **how: Any) -> Twins:
        root.mkdir()
        return Twins(root, mappings, **how)

    return make


def drawn(text: str) -> list[dict[str, str]]:
    """The rows of a table drawn as text."""
    head, *rows = (
        [cell.strip() for cell in line.split("|")]
        for line in text.strip().splitlines()
        if line.strip()
    )
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def rows_of() -> Callable[[str], list[dict[str, str]]]:
    """Read a table drawn as text."""
    return drawn


@pytest.fixture
def assert_decided() -> Callable[..., None]:
    """Hold decisions against a table drawn as text, by key; `counted` means: only counted, because
    nothing is to be said about the record. Records that are not drawn are not looked at."""

    def compare(frame: pl.DataFrame, text: str) -> None:
        expected = drawn(text)
        names = [name for name in expected[0] if name not in ("key", "case")]
        ordered = frame.sort(pl.col("source_id").is_not_null())
        found = {row["key"]: row for row in ordered.to_dicts()}
        got = [
            {**row, **{name: _shown(found.get(row["key"]), name) for name in names}}
            for row in expected
        ]
        if got != expected:
            pytest.fail(f"decided:\n{_drawing(got)}\n\ndrawn:\n{_drawing(expected)}", pytrace=False)

    return compare


def _shown(row: dict[str, Any] | None, name: str) -> str:
    return "counted" if row is None else _text(row[name])


def _drawing(rows: Iterable[dict[str, str]]) -> str:
    return "\n".join(" | ".join(row.values()) for row in rows)
