"""A Business Central company and a Dataverse environment, in files, as the conformance cases ask.

LOCAL is the company, INT is Dataverse. The mapping has a field that flows both ways (Name <> Name),
a second one (City <> City), one that only goes to Dataverse (Phone > Phone), one that only comes
from it (Mail < Mail), and Note is in no mapping.
"""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import polars as pl
import yaml

from mdsync_nb.workbench import Workbench

TO, FROM = "to_integration", "from_integration"
SYSTEM = ("SystemId", "SystemCreatedAt", "SystemModifiedAt", "SystemModifiedBy")
FIELDS = {
    "Name": {"integration": "Name", "direction": "bidirectional"},
    "City": {"integration": "City", "direction": "bidirectional"},
    "Phone": {"integration": "Phone", "direction": TO},
    "Mail": {"integration": "Mail", "direction": FROM},
}
CLIENT = {
    "table": "Client", "integration_table": "account", "direction": "bidirectional",
    "fields": FIELDS, "match": ["Phone"], "limits": {"updates": "100%", "inserts": "100%", "deletes": "100%"},
}  # fmt: skip
TABLES = {
    "Client": {"key": ["No"], "fields": {
        "No": "code(20)", "Name": "text(50)", "City": "text(30)", "Phone": "text(30)", "Mail": "text(80)",
        "Note": "text(80)", "Terms": "code(10)", "Person": "code(20)", "Kind": "option(Company, Person)",
        "Since": "date", "Limit": "decimal", "Contact No": "code(20)"}},
    "account": {"key": ["AccountId"], "fields": {
        "AccountId": "guid", "Name": "text(160)", "City": "text(80)", "Phone": "text(50)",
        "Mail": "text(100)", "Note": "text(100)", "TermsId": "guid", "PersonId": "guid",
        "Kind": "option(Company, Person)", "Since": "date", "Limit": "decimal", "ContactId": "guid"}},
}  # fmt: skip


class Clock:
    """The time the workbench and both sides live in, naive UTC."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **much: float) -> datetime:
        self.now += timedelta(**(much or {"minutes": 1}))
        return self.now


class Side:
    """One side: its records by table and handle, and the files it writes."""

    def __init__(self, name: str, root: Path, clock: Clock, keys: dict[str, str]) -> None:
        self.name, self.folder, self.clock, self.keys = name, root / name, clock, keys
        self.tables: dict[str, dict[str, dict[str, str]]] = {table: {} for table in keys}
        self.skew = timedelta()
        self.folder.mkdir()

    def id(self, handle: str, table: str) -> str:
        """The id of a record."""
        return self.tables[table][handle]["SystemId"]

    def put(self, table: str, handle: str, *, by: str = "", **values: str) -> None:
        """Create a record, or edit it, as a person does; a minute later than anything before."""
        now = _iso(self.clock.tick() + self.skew)
        known = self.tables[table]
        if handle not in known:
            new = str(uuid5(NAMESPACE_URL, f"{self.name} {table} {handle}"))
            key = self.keys[table]
            known[handle] = {
                "SystemId": new,
                "SystemCreatedAt": now,
                key: new if key.endswith("Id") else handle,
            }
        known[handle] |= {name.replace("_", " "): value for name, value in values.items()}
        known[handle] |= {"SystemModifiedAt": now, "SystemModifiedBy": by or f"{self.name}USER"}

    def drop(self, table: str, *handles: str) -> None:
        """Delete records."""
        for handle in handles:
            del self.tables[table][handle]

    def write(self) -> None:
        """Write all files as an export taken now."""
        for table, records in self.tables.items():
            names = dict.fromkeys([*SYSTEM, *TABLES_OF[table]])
            with (self.folder / file_of(table)).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(names), restval="")
                writer.writeheader()
                writer.writerows(records.values())
        taken = _iso(self.clock.now + self.skew)
        (self.folder / "manifest.json").write_text(
            json.dumps({"taken_at": taken, "complete": True}), "utf-8"
        )


TABLES_OF: dict[str, list[str]] = {}


def file_of(table: str) -> str:
    """The file of a table, whose name may hold a slash."""
    return f"{table.replace('/', ' ')}.csv"


class Pairs:
    """Both sides and the workbench between them.

    tables: declared in mdsync.yaml. known: tables the product knows, with the fields of the files.
    beside: tables of the company that no mapping has, with the field that holds their handle.
    """

    def __init__(self, root: Path, mappings: dict[str, Any] | None = None, **how: Any) -> None:
        self.root, self.clock = root, Clock()
        self.kind = how.pop("kind", "dataverse")
        known = how.pop("known", {})
        declared = {**TABLES, **how.pop("tables", {})}
        self.declared = {name: said for name, said in declared.items() if name not in known}
        self.currency = how.pop("currency", "")
        beside: dict[str, str] = how.pop("beside", {})
        self.top: dict[str, Any] = how.pop("top", {})
        self.mappings = {
            name: {**CLIENT, **said} for name, said in (mappings or {"CLIENT": {}}).items()
        }
        for table, said in (declared | known).items():
            TABLES_OF[table] = list(said["fields"])
        keys = {table: said["key"][0] for table, said in (declared | known).items()}
        local = {one["table"]: keys[one["table"]] for one in self.mappings.values()}
        there = {
            one["integration_table"]: keys[one["integration_table"]]
            for one in self.mappings.values()
        }
        self.local = Side("LOCAL", root, self.clock, local | beside)
        self.int = Side("INT", root, self.clock, there)
        assert not how, f"nobody knows {how}"
        self.bench = self.open()

    def open(self, **mappings: dict[str, Any]) -> Workbench:
        """Write mdsync.yaml, with more said about some mappings, and open the workbench anew."""
        for name, more in mappings.items():
            self.mappings = {**self.mappings, name: {**self.mappings[name], **more}}
        companies = {
            one.name: {
                "folder": one.name, "sync_user": "INTEGRATION", "currency": self.currency,
                "tables": {table: file_of(table) for table in one.tables},
            }
            for one in (self.local, self.int)
        }  # fmt: skip
        link = {
            "kind": self.kind,
            "local": "LOCAL",
            "integration": "INT",
            "mappings": self.mappings,
        }
        settings = {
            "packs": [],
            "companies": companies,
            "links": {"DV": link},
            "tables": self.declared,
            **self.top,
        }
        (self.root / "mdsync.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), "utf-8")
        self.bench = Workbench(self.root, clock=self.clock, progress=False)
        return self.bench

    def load(self) -> None:
        """Export both sides and load them, a while after anything before."""
        self.clock.tick(minutes=10)
        for one in (self.local, self.int):
            one.write()
        loaded = self.bench.load("LOCAL", "INT")
        assert not loaded["refused"].any(), loaded["message"].to_list()
        self.clock.tick()

    def both(self, handle: str, mapping: str = "CLIENT", **values: str) -> None:
        """Create or edit a record alike on both sides."""
        said = self.mappings[mapping]
        self.local.put(said["table"], handle, **values)
        self.int.put(said["integration_table"], handle, **values)

    def couple(self, *handles: str, mapping: str = "CLIENT", **others: str) -> None:
        """Load, and couple records a person chose: handle here = handle there."""
        said = self.mappings[mapping]
        named = {**{one: one for one in handles}, **others}
        self.load()
        chosen = [
            (self.int.id(there, said["integration_table"]), self.local.id(here, said["table"]))
            for here, there in named.items()
        ]
        frame = pl.DataFrame(chosen, schema=["integration_id", "local_id"], orient="row")
        self.bench.couple(mapping, pairs=frame)

    def synced(self, *handles: str, mapping: str = "CLIENT", **values: str) -> None:
        """Pairs that are equal, coupled and synchronized once; watermarks are set."""
        for one in handles:
            self.both(one, mapping, **({"Name": one, "City": "Bonn"} | values))
        self.couple(*handles, mapping=mapping)
        self.run()
        self.load()

    def run(self, *mappings: str, **how: Any) -> dict[str, dict[str, int]]:
        """Plan and apply; the counters of each job that are not zero, by mapping and direction."""
        plan = self.bench.plan(*mappings, **how)
        return self.applied(plan)

    def applied(self, plan: Any) -> dict[str, dict[str, int]]:
        """Apply a plan; the counters of each job that are not zero."""
        self.clock.tick()
        found: dict[str, dict[str, int]] = {}
        jobs = {one.job_id: one for one in self.bench.apply(plan.plan_id, force=True)}
        told = {row["job_id"]: row for row in self.bench.jobs().to_dicts()}
        for job_id, one in jobs.items():
            way = "to" if told[job_id]["direction"] == TO else "from"
            name = way if len(self.mappings) == 1 else f"{one.mapping.partition('/')[2]} {way}"
            found[name] = {counter: n for counter, n in one.counts.items() if n}
        self._take_over()
        return found

    def start(self, *mappings: str, **how: Any) -> Any:
        """Start the lines of the full synchronization; both sides take over what was written."""
        self.clock.tick()
        done = self.bench.start_review(*mappings, **how)
        self._take_over()
        return done

    def _take_over(self) -> None:
        """Let both sides hold what was written to them, as if they had imported it."""
        with self.bench.store.file.visit(write=False) as db:
            for side in (self.local, self.int):
                for table, records in side.tables.items():
                    rows = db.sql(f'select * from {side.name}."{table}"').pl().to_dicts()
                    handles = {record["SystemId"]: handle for handle, record in records.items()}
                    side.tables[table] = {
                        handles.get(row["_id"], row[side.keys[table]]): _record(row) for row in rows
                    }

    def ask(self, query: str) -> pl.DataFrame:
        """Ask the workbench in SQL."""
        with self.bench.store.file.visit(write=False) as db:
            return db.sql(query).pl()

    def held(self, company: str, field: str = "Name", table: str = "") -> list[str | None]:
        """What the workbench knows of a field of a company, in the order of its values."""
        said = self.mappings["CLIENT"]
        where = table or (said["table"] if company == "LOCAL" else said["integration_table"])
        rows = self.ask(f'select "{field}" as v from {company}."{where}" order by 1')
        return rows["v"].to_list()

    def coupling(self, handle: str = "", table: str = "Client") -> dict[str, Any]:
        """The coupling of a local record, or the only one."""
        where = f"where local_id = '{self.local.id(handle, table)}'" if handle else ""
        (found,) = self.ask(f"select * from coupling {where}").to_dicts()
        return found

    def coupling_of_int(self, handle: str, table: str = "account") -> dict[str, Any]:
        """The coupling of a record of Dataverse."""
        name = self.int.id(handle, table)
        (found,) = self.ask(f"select * from coupling where integration_id = '{name}'").to_dicts()
        return found

    def state(self, mapping: str = "DV/CLIENT") -> dict[str, Any]:
        """The watermarks of a mapping."""
        (found,) = self.ask(f"select * from mapping_state where mapping = '{mapping}'").to_dicts()
        return found


def _record(row: dict[str, Any]) -> dict[str, str]:
    """A row of an image as its company would export it."""
    system = {
        "SystemId": row["_id"], "SystemCreatedAt": _iso(row["_created_at"]),
        "SystemModifiedAt": _iso(row["_modified_at"]), "SystemModifiedBy": row["_modified_by"] or "",
    }  # fmt: skip
    values = {n: "" if v is None else str(v) for n, v in row.items() if not n.startswith("_")}
    return {**values, **system}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"
