"""Two companies whose records are made to break reports: markup, formulas, paths, secrets."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import yaml

from mdsync_nb import Workbench

SCRIPT = '<script>document.title="owned"</script>'
IMAGE = '"><img src=x onerror=document.title="owned">'
FORMULA = "=1+1"
SECRETS = ("secret@there.example", "secret@here.example", "was@secret.example")
HEADS = ("SystemId", "SystemModifiedAt", "SystemModifiedBy", "No.", "Name", "City", "Phone No.",
         "E-Mail", "Credit Limit (LCY)")  # fmt: skip
RECORDS = {
    "10001": (SCRIPT, "Ulm", "+1", SECRETS[2], "100"),
    FORMULA: (FORMULA, FORMULA, "@x", SECRETS[2], "1"),
    "../../X": (IMAGE, "`code`", "-1", "", "2"),
    "10004": ("Agrees", "Ulm", "1", "", "0"),
    "10005": ("Written", "Ulm", "1", "", "0"),
}
"""Number -> name, city, phone, mail, limit, as both companies hold them at first."""


class Hostile:
    """Both companies, the workbench between them, and a clock only the test moves."""

    def __init__(self, root: Path, **report: object) -> None:
        self.root, self.now = root, datetime(2026, 3, 2, 8)
        self.sides = {
            name: {no: list(row) for no, row in RECORDS.items()} for name in ("HQ", "SUB")
        }
        self.saved: dict[tuple[str, str], datetime] = {}
        tables = {"Customer": "customer.csv"}
        companies = {
            name: {
                "folder": name,
                "name": f"{name} <b>&",
                "currency": "GBP",
                "complete": "yes",
                "tables": tables,
            }
            for name in self.sides
        }
        mapping = {"table": "Customer", "match": ["No."]}
        link = {"local": "SUB", "integration": "HQ", "mappings": {"CUSTOMER": mapping}}
        settings = {
            "name": f"Group {SCRIPT}",
            "packs": [],
            "companies": companies,
            "links": {"SUB": link},
        }
        said = settings | {"report": report}
        (root / "mdsync.yaml").write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")
        self.bench = Workbench(root, clock=lambda: self.now, progress=False)

    def put(self, side: str, number: str, **values: str) -> None:
        """Edit a record, or create it, a minute later than anything before."""
        self.now += timedelta(minutes=1)
        places = {"name": 0, "city": 1, "phone": 2, "mail": 3, "limit": 4}
        row = self.sides[side].setdefault(number, ["", "", "", "", "0"])
        for name, value in values.items():
            row[places[name]] = value
        self.saved[side, number] = self.now

    def load(self) -> None:
        """Export both companies and load them."""
        self.now += timedelta(hours=1)
        for side, records in self.sides.items():
            folder = self.root / side
            folder.mkdir(exist_ok=True)
            with (folder / "customer.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(HEADS)
                for number, row in records.items():
                    saved = self.saved.get((side, number), datetime(2026, 3, 1))
                    new = uuid5(NAMESPACE_URL, f"{side} {number}")
                    writer.writerow(
                        [new, f"{saved:%Y-%m-%dT%H:%M:%SZ}", f"{side} {SCRIPT}", number, *row]
                    )
        self.bench.load()
        self.now += timedelta(minutes=1)


def lived(root: Path, **report: object) -> Hostile:
    """Both companies after a first synchronization, a job, and changes on both sides."""
    world = Hostile(root, **report)
    world.load()
    world.bench.couple("SUB/CUSTOMER")
    world.bench.sync(force=True)
    for side, limit, mail in (("HQ", "250", SECRETS[0]), ("SUB", "50", SECRETS[1])):
        world.put(side, "10001", limit=limit, mail=mail)
        world.put(side, FORMULA, city=f"{FORMULA} {side}", phone=f"+{side}")
        world.put(side, "../../X", city=f"`{side}`")
    world.put("HQ", "10005", name=f"{FORMULA}{SCRIPT}")
    world.load()
    world.bench.sync(force=True)
    return world
