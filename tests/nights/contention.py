"""Four processes on one workbench: what each does, how long it waited, and what is left at the end.

`make contention` runs more of it than the tests do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import polars as pl

from mdsync_nb.workbench import Workbench

from ..crash.killing import FORKS
from ..crash.story import RECORDS, SETTINGS, named

BLOCK = 3
"""Records that one edit changes; each edit changes others."""

TAKEN_APART = RECORDS
"""The record that is uncoupled and coupled again; no edit changes it."""


class Desk:
    """A process at the workbench, with what only it may do."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bench = Workbench(root, progress=False)
        self.edits = 0

    def edit(self) -> None:
        """The holding changes a few records, and they are loaded."""
        self.edits += 1
        deliver(self.root, "HQ", edited(self.edits))
        self.bench.load("HQ")

    def load(self) -> None:
        self.bench.load("FR")

    def sync_de(self) -> None:
        self.bench.sync("DE")

    def sync_fr(self) -> None:
        self.bench.sync("FR")

    def plan(self) -> None:
        self.bench.apply(self.bench.plan("THING").plan_id)

    def recouple(self) -> None:
        self.bench.uncouple("DE/THING", records=[str(TAKEN_APART)])
        self.bench.couple("DE/THING", records=[str(TAKEN_APART)])

    def retry(self) -> None:
        self.bench.retry("THING")

    def hold(self) -> None:
        self.bench.hold_entries("DE")
        self.bench.ready_entries()

    def tick(self) -> None:
        self.bench.ready_entries()
        wrong = [one.outcome.message for one in self.bench.run_jobs() if one.outcome.message]
        assert not wrong, wrong

    def look(self) -> None:
        bench = self.bench
        bench.status(), bench.errors(), bench.jobs(), bench.list_entries()
        assert bench.sql("select count(*) from FR.Thing").item() == RECORDS


ROLES: tuple[tuple[Callable[[Desk], None], ...], ...] = (
    (Desk.edit, Desk.edit, Desk.look),
    (Desk.sync_de, Desk.recouple, Desk.retry, Desk.plan, Desk.look),
    (Desk.load, Desk.sync_fr, Desk.hold, Desk.tick, Desk.look),
    (Desk.tick, Desk.tick, Desk.look),
)


def edited(edits: int) -> dict[int, str]:
    """The records of the holding after so many edits."""
    changed = {
        edit * BLOCK + place: f"Edit {edit}"
        for edit in range(1, edits + 1)
        for place in range(BLOCK)
    }
    found = named("Thing") | {one % (RECORDS - 1) or 1: name for one, name in changed.items()}
    return dict(sorted(found.items()))


def deliver(root: Path, company: str, names: dict[int, str]) -> None:
    """Put the export of a company into its folder, whole."""
    lines = [f"{number},{name},10.00" for number, name in names.items()]
    path = root / company / "thing.csv"
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text("\n".join(["No.,Name,Limit", *lines, ""]), "utf-8")
    part.replace(path)


def begin(root: Path) -> None:
    """Three companies in step, with an entry for each subsidiary."""
    (root / "mdsync.yaml").write_text(SETTINGS, "utf-8")
    for company in ("HQ", "DE", "FR"):
        deliver(root, company, named("Thing"))
    bench = Workbench(root, progress=False)
    bench.load()
    for link in ("DE", "FR"):
        bench.couple(f"{link}/THING")
    bench.generate_entries()


def sit(root: str, role: int, seed: int, verbs: int) -> None:
    """Do so many verbs of a role, and note how long each took and waited."""
    from mdsync_nb.store import visit

    waits: list[float] = []
    whole = visit.WorkbenchFile._alone

    @contextmanager
    def measured(file: visit.WorkbenchFile) -> Iterator[float]:
        began = time.monotonic()
        with whole(file) as give_up:
            waits.append(time.monotonic() - began)
            yield give_up

    visit.WorkbenchFile._alone = measured
    desk, chance = Desk(Path(root)), random.Random(seed * 10 + role)
    done: list[tuple[str, float, float, str]] = []
    for number in range(verbs):
        verb = ROLES[role][0] if not number else chance.choice(ROLES[role])
        waits.clear()
        began, wrong = time.monotonic(), ""
        try:
            verb(desk)
        except BaseException:
            wrong = traceback.format_exc()
        done.append((verb.__name__, time.monotonic() - began, max(waits, default=0), wrong))
    Path(root, f"role {role}.json").write_text(json.dumps([desk.edits, done]), "utf-8")


class Ended(NamedTuple):
    """What four processes came to. longest: seconds of the slowest single wait, and its verb."""

    verbs: int
    wrong: list[str]
    longest: tuple[float, str]
    slowest: tuple[float, str]
    lost: list[str]


def meet(root: Path, *, seed: int, verbs: int) -> Ended:
    """Let four processes work at once; gives what went wrong, what was lost, and the waits."""
    begin(root)
    sitting = [
        FORKS.Process(target=sit, args=(str(root), role, seed, verbs)) for role in range(len(ROLES))
    ]
    for one in sitting:
        one.start()
    for one in sitting:
        one.join(600)
    told = [
        json.loads((root / f"role {role}.json").read_text("utf-8")) for role in range(len(ROLES))
    ]
    done = [tuple(one) for _, verbs_done in told for one in verbs_done]
    return Ended(
        verbs=len(done),
        wrong=[f"{name}: {wrong}" for name, _, _, wrong in done if wrong],
        longest=max((wait, name) for name, _, wait, _ in done),
        slowest=max((took, name) for name, took, _, _ in done),
        lost=lost(root, told[0][0]),
    )


def lost(root: Path, edits: int) -> list[str]:
    """What is not there although somebody did it, once all that is due was done."""
    bench = Workbench(root, progress=False)
    bench.load("HQ", "FR")
    bench.sync()
    wanted = [(str(number), name) for number, name in edited(edits).items()]
    found = []
    for company in ("DE", "FR"):
        query = f'select "No.", Name from {company}.Thing order by "No."::int'
        if bench.sql(query).rows() != wanted:
            found.append(f"{company} is not as the holding")
    for link in ("DE", "FR"):
        pairs = bench.sql(f"select * from coupling where mapping = '{link}/THING'")
        sides = {len(set(pairs[name])) for name in ("local_id", "integration_id")}
        if pairs.height != RECORDS or sides != {RECORDS}:
            found.append(f"the couplings of {link} are not whole")
    return found + _uncounted(bench) + _open(bench)


def _uncounted(bench: Workbench) -> list[str]:
    counted = bench.sql(
        """select job_id, j.modified, count(r.job_id) filter (r.outcome = 'applied'
            and r.action = 'modify') as kept
        from job j left join job_record r using (job_id) where j.kind = 'modified'
        group by all having j.modified <> kept"""
    )
    return [f"job {one} counts other records than it has" for one in counted["job_id"]]


def _open(bench: Workbench) -> list[str]:
    jobs = bench.jobs().filter(~pl.col("status").is_in(["finished", "failed"]))
    entries = bench.list_entries().filter(status="in process")
    runs = bench.store.queue.log().filter(status="in process")
    names = ("jobs", "entries", "runs")
    return [
        f"{rows.height} {name} did not end"
        for name, rows in zip(names, (jobs, entries, runs), strict=True)
        if rows.height
    ]


def said(ended: Ended) -> str:
    """What people read of it."""
    return (
        f"{ended.verbs} verbs in 4 processes; the slowest single wait was {ended.longest[0]:.2f} s "
        f"({ended.longest[1]}), the slowest verb {ended.slowest[0]:.2f} s ({ended.slowest[1]})."
    )


def main() -> int:
    """Run it, and print the waits; 1 when something went wrong or was lost."""
    asked = argparse.ArgumentParser(prog="make contention")
    asked.add_argument("--verbs", type=int, default=60)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = asked.parse_args()
    print(f"Seed {given.seed}; to repeat it: make contention SEED={given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mdsync-contention-") as folder:
        ended = meet(Path(folder), seed=given.seed, verbs=given.verbs)
    print(said(ended))
    for one in (*ended.wrong, *ended.lost):
        print(one)
    return 1 if ended.wrong or ended.lost else 0


if __name__ == "__main__":
    os.environ.pop("MDSYNC_QUEUE_LOG", None)
    sys.exit(main())
