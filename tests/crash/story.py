"""A night in steps, each of which a person or a timer simply runs again when it was interrupted.

A holding HQ keeps things for two subsidiaries: DE gets change sets, FR is written in place. What a
step leaves behind can be told as text, without what counts attempts: numbers and times of jobs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from mdsync_nb.workbench import Workbench

SETTINGS = """
companies:
  HQ: {folder: HQ, complete: yes, tables: {Thing: thing.csv}}
  DE: {folder: DE, complete: yes, tables: {Thing: thing.csv}}
  FR: {folder: FR, complete: yes, write: in_place, tables: {Thing: thing.csv}}
tables:
  Thing: {key: No., fields: {No.: code(20), Name: text, Limit: decimal(2)}}
limits: {updates: 100%, inserts: 100%, deletes: 100%, floor: 1000}
queue: {notebook: "", minutes_between_runs: 30, inactivity_timeout: 600}
worker: {lease: 60}
links:
  DE:
    local: DE
    integration: HQ
    first_sync: source_wins
    mappings: {THING: {table: Thing, match: [No.], only_coupled: no}}
  FR:
    local: FR
    integration: HQ
    first_sync: source_wins
    mappings: {THING: {table: Thing, match: [No.], only_coupled: no}}
"""
BEGIN = datetime(2026, 3, 2, 1)
RECORDS = 40


class Night:
    """The workspace of a night, at the time of one of its steps."""

    def __init__(self, root: Path, number: int, *, again: bool = False) -> None:
        self.root = root
        self.now = BEGIN + timedelta(hours=number, minutes=10 if again else 0)
        self.taken = BEGIN + timedelta(hours=number, minutes=-30)
        self.bench = Workbench(root, clock=self.clock, progress=False)

    def clock(self) -> datetime:
        """The time of the step; it does not move, so a step that is run again is later at once."""
        return self.now

    def deliver(self, company: str, names: dict[int, str], limit: int = 10) -> None:
        """Put the export of a company into its folder, taken half an hour before the step."""
        lines = [f"{number},{name},{limit}.00" for number, name in names.items()]
        path = self.root / company / "thing.csv"
        text = "\n".join(["No.,Name,Limit", *lines, ""])
        if path.exists() and path.read_text("utf-8") == text:
            return
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(text, "utf-8")
        taken = self.taken.replace(tzinfo=UTC).timestamp()
        os.utime(part, (taken, taken))
        part.replace(path)


def named(prefix: str, *, least: int = 1, most: int = RECORDS) -> dict[int, str]:
    """Records by number, with a name each."""
    return {number: f"{prefix} {number}" for number in range(least, most + 1)}


def load(night: Night) -> None:
    """The first exports come in: the three companies agree but for one record of the holding."""
    night.deliver("HQ", named("Thing") | {1: "Holding 1"})
    for company in ("DE", "FR"):
        night.deliver(company, named("Thing"))
    night.bench.load()


def couple(night: Night) -> None:
    """The records that belong together are coupled, and from now on run by themselves."""
    for link in ("DE", "FR"):
        night.bench.couple(f"{link}/THING")
    night.bench.generate_entries()


def plan(night: Night) -> None:
    """The holding delivers changes and new records, which are loaded and planned."""
    night.deliver(
        "HQ", named("New", most=20) | named("Thing", least=21) | named("More", least=41, most=50)
    )
    night.bench.load("HQ")
    night.bench.plan()


def tick(night: Night) -> None:
    """What is due runs. After an interruption the first tick takes the entry back, the second runs it,
    and the third loads what was written in place."""
    for _ in range(3):
        night.bench.run_jobs()
        night.now += timedelta(minutes=2)


def confirm(night: Night) -> None:
    """The subsidiary delivers what it has taken over, the holding something new."""
    night.deliver(
        "DE", named("New", most=20) | named("Thing", least=21) | named("More", least=41, most=50)
    )
    night.deliver(
        "HQ", named("Last", most=30) | named("Thing", least=31) | named("More", least=41, most=50)
    )
    night.bench.load()


def apply(night: Night) -> None:
    """Somebody plans and applies by hand."""
    night.bench.sync("DE")


def undo(night: Night) -> None:
    """The newest job that wrote DE is taken back."""
    jobs = night.bench.jobs("DE").filter(kind="modified")
    newest = jobs.filter(jobs["modified"] > 0).row(0, named=True)
    if newest["undone_by"] is None:
        night.bench.undo(newest["job_id"])


STEPS: tuple[Callable[[Night], None], ...] = (
    load,
    couple,
    plan,
    tick,
    confirm,
    apply,
    undo,
)


def play(root: str, number: int, again: bool = False) -> None:
    """Run one step of the night in a workspace."""
    STEPS[number](Night(Path(root), number, again=again))


TOLD = {
    "HQ": 'select "No.", Name, "Limit", _id from HQ."Thing" order by 1',
    "DE": 'select "No.", Name, "Limit", _id, _modified_by from DE."Thing" order by 1',
    "FR": 'select "No.", Name, "Limit", _id, _modified_by from FR."Thing" order by 1',
    "couplings": """select mapping, local_id, integration_id, local_row_hash, integration_row_hash,
        last_result, failures, skipped from coupling order by all""",
    "base": "select mapping, integration_key_hash, field, base, side from kept_cell order by all",
    "held": "select mapping, integration_id, local_id from hold order by all",
    "pending": "select company, key, before_hash, after_hash, status from pending order by all",
    "states": "select mapping, watermark, only_coupled from mapping_state order by all",
    "written": """select j.mapping, j.kind, r.key, r.action, r.outcome, count(*) as times
        from job_record r join job j using (job_id) where r.outcome = 'applied'
        and r.action in ('insert', 'modify', 'delete') group by all order by all""",
    "coupled": "select mapping, kind, sum(coupled), sum(uncoupled) from job group by all order by all",
    "open jobs": "select mapping, status from job where status = 'in process'",
    "entries": "select mapping, kind, attempts, status = 'in process' from queue_entry order by all",
}
"""What may not depend on how often a step was interrupted."""


def told(root: Path) -> dict[str, object]:
    """What a step left behind: the workbench's tables, the files, and locks that are held."""
    with duckdb.connect(str(root / ".mdsync" / "workbench.duckdb"), read_only=True) as db:
        found: dict[str, object] = {name: db.sql(query).fetchall() for name, query in TOLD.items()}
    files = [one for one in root.rglob("*") if one.is_file() and one.suffix in (".csv", ".txt")]
    found["files"] = {
        re.sub(r"^out/\w+/", "out/", one.relative_to(root).as_posix()): hashlib.sha256(
            one.read_bytes()
        ).hexdigest()[:8]
        for one in files
    }
    found["locks held"] = [one.name for one in root.rglob("*.lock") if _held(one)]
    return found


def _held(path: Path) -> bool:
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def differences(one: dict[str, object], other: dict[str, object]) -> str:
    """What two ends do not have in common, by name."""
    names = [name for name in one | other if one.get(name) != other.get(name)]
    return json.dumps({name: [one.get(name), other.get(name)] for name in names}, default=str)
