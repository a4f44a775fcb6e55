"""Two companies of files and a workbench on them, whose clock the test turns."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mdsync_nb.workbench import Workbench

HEADER = "No.,Name,Limit"
SETTINGS = """
companies:
  HQ: {{folder: HQ, complete: yes, tables: {{Thing: thing.csv}}{hq}}}
  DE: {{folder: DE, complete: {complete}, tables: {{Thing: thing.csv}}{de}}}
tables:
  Thing: {{key: No., fields: {{No.: code(20), Name: text, Limit: decimal(2)}}}}
limits: {{updates: 100%, inserts: 100%, deletes: 100%}}
links:
  DE:
    local: DE
    integration: HQ
    mappings:
      THING: {{table: Thing, match: [No.]{thing}}}
"""
WINS = ", first_sync: source_wins"


class World:
    """A source company HQ and its subsidiary DE with one table, `Thing`, in thing.csv."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = datetime(2026, 3, 1, 8)
        self.set()

    def set(self, *, hq: str = "", de: str = "", thing: str = WINS, complete: str = "yes") -> None:
        """Write mdsync.yaml with more words for either company or the mapping."""
        self.write(SETTINGS.format(hq=hq, de=de, thing=thing, complete=complete))

    def write(self, settings: str) -> None:
        """Write mdsync.yaml as a whole."""
        (self.root / "mdsync.yaml").write_text(settings, "utf-8")
        self.bench = Workbench(self.root, clock=lambda: self.now, progress=False)

    def later(self, **time: int) -> datetime:
        """Turn the clock; an hour when nothing is said."""
        self.now += timedelta(**(time or {"hours": 1}))
        return self.now

    def deliver(
        self,
        company: str,
        *lines: str,
        header: str = HEADER,
        file: str = "thing.csv",
        at: datetime | None = None,
    ) -> Path:
        """Put a file into a company's folder, taken an hour later than anything before."""
        path = self.root / company / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in (header, *lines) if line), "utf-8")
        moment = (at or self.later()).replace(tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
        return path

    def load(self, *companies: str) -> dict[str, dict[str, Any]]:
        """Load, and give the load of each company (of one table each) as a row."""
        self.later(minutes=1)
        return {row["company"]: row for row in self.bench.load(*companies).to_dicts()}

    def in_step(self, *lines: str, header: str = HEADER) -> None:
        """Both companies deliver the same records, which are loaded and coupled."""
        for company in ("HQ", "DE"):
            self.deliver(company, *lines, header=header)
        self.load()
        self.bench.couple("THING")

    def sync(self, **words: Any) -> dict[str, int]:
        """Plan and apply; gives the counters of the one job that are not 0."""
        self.later(minutes=1)
        (done,) = self.bench.sync("THING", force=True, **words)
        return {name: count for name, count in done.counts.items() if count}

    def planned(self, **words: Any) -> dict[str, int]:
        """Plan, and give how many records each rule decides."""
        counts = self.bench.plan("THING", **words).counts
        return dict(counts.select("rule", "records").rows())

    def rows(self, company: str = "DE", *names: str) -> list[tuple[Any, ...]]:
        """What the workbench holds of a company's table, by key."""
        chosen = ", ".join(f'"{name}"' for name in names or ("No.", "Name", "Limit"))
        return self.ask(f'select {chosen} from "{company}"."Thing" order by "No."').rows()

    def ask(self, query: str) -> pl.DataFrame:
        """Ask the workbench in SQL."""
        return self.bench.sql(query)

    def pending(self) -> dict[str, str]:
        """What waits for a load: key and state."""
        return dict(self.ask("select key, status from pending order by key").rows())

    def couplings(self) -> pl.DataFrame:
        """The couplings with all that is remembered of the last agreement."""
        return self.ask("select * from coupling order by integration_id")

    def last_job(self) -> int:
        """The number of the newest job."""
        return int(self.bench.jobs()["job_id"][0])

    def file(self, company: str = "DE", file: str = "thing.csv") -> str:
        """The text of a company's file."""
        return (self.root / company / file).read_text("utf-8")

    def out(self) -> dict[str, str]:
        """The files of the change sets by name, README.txt left out."""
        found: Sequence[Path] = sorted((self.root / "out").rglob("*.csv"))
        return {path.name: path.read_text("utf-8") for path in found}


def copied(world: World, root: Path) -> World:
    """A world as another one is now, in a folder of its own."""
    shutil.copytree(world.root, root, dirs_exist_ok=True)
    copy = World(root)
    copy.now = world.now
    return copy


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world without any files yet."""
    return World(tmp_path)
