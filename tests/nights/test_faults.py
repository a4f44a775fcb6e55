"""Faults of the machine: each is said, nothing is half done, and the same command goes on after it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from mdsync_nb.cli import running
from mdsync_nb.cli.ending import ToldToEnd
from mdsync_nb.connectors import staging
from mdsync_nb.errors import CouldNotRun
from mdsync_nb.store import Store

from ..cli.conftest import mdsync
from .conftest import Nights

__all__ = ["mdsync"]

RECORDS = 500
FULL = "disk is full|No space left"
SHUT = "may not be written|Read-only file system"


class Disk:
    """A small file system of its own, in the place of a folder and with what lay there."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as aside:
            shutil.copytree(folder, aside, dirs_exist_ok=True)
            if not mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
                pytest.skip("mounting a small file system is not allowed here")
            shutil.copytree(aside, folder, dirs_exist_ok=True)

    @contextmanager
    def full(self, *, but: int = 0) -> Iterator[None]:
        """Fill it, but for some bytes, for a while."""
        state = os.statvfs(self.folder)
        filler = self.folder / ".filler"
        try:
            filler.write_bytes(b"\0" * (state.f_bavail * state.f_bsize - but))
            yield
        finally:
            filler.unlink()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Let nobody write into it, not even root, for a while."""
        mounted("-o", "remount,ro", str(self.folder))
        try:
            yield
        finally:
            mounted("-o", "remount,rw", str(self.folder))


def mounted(*words: str) -> bool:
    """Whether mounting went well."""
    if shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0


@pytest.fixture
def disk(nights: Nights) -> Iterator[Callable[..., Disk]]:
    """Put a small file system in the place of a folder of the workspace."""
    made: list[Disk] = []

    def make(name: str, size: str = "16m") -> Disk:
        made.append(Disk(nights.root / name, size))
        return made[-1]

    yield make
    for one in made:
        subprocess.run(["umount", "-l", str(one.folder)], check=False, capture_output=True)


def many(word: str) -> list[str]:
    """Records enough to need some space."""
    names = [f"{number},{word} {number},10" for number in range(10, 10 + RECORDS)]
    return ["1,Anna,10", "2,Bert,20", *names]


@pytest.fixture
def wide(nights: Nights) -> Nights:
    """Two companies in step, of which the source then delivers other names."""
    for company in ("HQ", "DE"):
        nights.deliver(company, *many("Thing"))
    nights.load()
    nights.bench.couple("THING")
    nights.deliver("HQ", *many("New"))
    return nights


def in_place(nights: Nights) -> None:
    """Let changes be written into the files of DE."""
    text = (nights.root / "mdsync.yaml").read_text("utf-8")
    nights.write(text.replace("DE: {folder: DE,", "DE: {folder: DE, write: in_place,", 1))


def words_of(nights: Nights, company: str = "DE") -> set[str]:
    """The names of the many records, without their numbers."""
    names = (name.split() for _, name, _ in nights.rows(company))
    return {one[0] for one in names if len(one) > 1}


def whole(nights: Nights, word: str) -> None:
    """The names arrived once, no job is open, and nothing half written lies about."""
    assert words_of(nights) == {word}
    jobs = nights.bench.jobs("THING").filter(kind="modified")
    assert set(jobs["status"]) <= {"finished", "failed"}
    done = [one for one in jobs["modified"].to_list() if one]
    assert set(done) == {RECORDS}
    held = {"thing.csv"}
    assert {
        one.name for company in ("HQ", "DE") for one in (nights.root / company).iterdir()
    } == held
    out = nights.root / "out"
    left = [one.name for one in out.rglob("*") if one.is_file() and one.name.startswith(".")]
    assert left == []


class Fault(NamedTuple):
    """What a disk refuses. patches: DE is written in place."""

    place: str
    kind: str
    said: str
    patches: bool = False


FAULTS = [
    Fault(".mdsync", "full", FULL),
    Fault(".mdsync", "nearly full", FULL),
    Fault(".mdsync", "nearly full", FULL, patches=True),
    Fault(".mdsync", "shut", SHUT),
    Fault("out", "full", FULL),
    Fault("out", "shut", SHUT),
    Fault("DE", "full", FULL, patches=True),
    Fault("DE", "shut", SHUT, patches=True),
]


def with_fault(disk: Disk, kind: str) -> AbstractContextManager[None]:
    """A disk with a fault for a while."""
    if kind == "shut":
        return disk.shut()
    return disk.full(but=32_768 if kind == "nearly full" else 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_disk_refuses_is_said_and_the_same_command_goes_on_after_it(
    wide: Nights, disk: Callable[..., Disk], fault: Fault
):
    if fault.patches:
        in_place(wide)
    wide.load("HQ")
    plan, place = wide.bench.plan("THING").plan_id, disk(fault.place)
    with with_fault(place, fault.kind), pytest.raises(CouldNotRun, match=fault.said) as refused:
        wide.bench.apply(plan)
    assert refused.value.hint
    assert words_of(wide) == {"Thing"}
    wide.bench.apply(plan)
    whole(wide, "New")
    if fault.patches:
        assert "New 500,10" in wide.file("DE")


@pytest.mark.parametrize("fault", [FAULTS[2], FAULTS[4], FAULTS[7]])
def test_the_tick_after_a_fault_of_a_disk_does_what_the_one_before_could_not(
    wide: Nights, disk: Callable[..., Disk], fault: Fault
):
    if fault.patches:
        in_place(wide)
    with with_fault(disk(fault.place), fault.kind):
        if fault.place == ".mdsync":
            with pytest.raises(CouldNotRun, match=fault.said):
                wide.tick()
        else:
            (told,) = wide.tick()
            assert re.search(fault.said, told)
    wide.tick(minutes=2)
    wide.tick(minutes=2)
    whole(wide, "New")
    assert wide.entry()[:2] == ("ready", 0)


@pytest.mark.parametrize("fault", ["full", "shut"])
def test_a_load_that_has_no_room_leaves_the_snapshot_before_in_force(
    wide: Nights,
    disk: Callable[..., Disk],
    monkeypatch: pytest.MonkeyPatch,
    mdsync: Any,
    fault: str,
):
    small = disk("scratch", "1m")
    monkeypatch.setattr(tempfile, "tempdir", str(small.folder))
    with with_fault(small, fault):
        ended = mdsync("load", "HQ", folder=wide.root)
        assert ended.exit_code == 5
        assert len(ended.stderr.splitlines()) == 2
        assert "unexpected" not in ended.stderr
    assert words_of(wide, "HQ") == {"Thing"}
    assert mdsync("load", "HQ", folder=wide.root).exit_code == 0
    assert words_of(wide, "HQ") == {"New"}


@pytest.mark.parametrize("fault", ["full", "shut"])
def test_a_report_that_cannot_be_written_is_said_and_leaves_nothing(
    nights: Nights, disk: Callable[..., Disk], mdsync: Any, fault: str
):
    nights.notebook("it_works", "x = 1", "print(x)")
    reports = disk("reports")
    with with_fault(reports, fault):
        ended = mdsync("run", "it_works", folder=nights.root)
        assert ended.exit_code == 5
        assert ended.stderr.startswith("The report cannot be written into ")
        assert "or set `reports` to another folder" in ended.stderr
    assert list(reports.folder.iterdir()) == []


def test_a_kernel_that_has_no_place_to_begin_in_is_said_and_the_same_run_succeeds_after_it(
    nights: Nights, disk: Callable[..., Disk], monkeypatch: pytest.MonkeyPatch, mdsync: Any
):
    nights.notebook("it_works", "x = 1", "print(x)")
    small = disk("scratch", "1m")
    monkeypatch.setattr(tempfile, "tempdir", str(small.folder))
    with small.full():
        ended = mdsync("run", "it_works", folder=nights.root)
    assert ended.exit_code == 5
    assert "it_works stopped: The machine refused: No space left on device." in ended.stderr
    (report,) = (nights.root / "reports").glob("*.html")
    assert "stopped before its end" in report.read_text("utf-8")
    assert mdsync("run", "it_works", folder=nights.root).exit_code == 0


def test_a_file_that_is_replaced_while_it_is_read_is_an_attempt_and_the_next_tick_takes_it(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
):
    nights.deliver("HQ", "1,Anne,10", "2,Bert,20")
    reads, delivered = staging._read, []

    def replaced(*words: Any) -> Any:
        found = reads(*words)
        if not delivered:
            delivered.append(nights.deliver("HQ", "1,Annette,10", "2,Bert,20"))
        return found

    monkeypatch.setattr(staging, "_read", replaced)
    (said,) = nights.tick()
    assert said.startswith("HQ Thing: HQ/thing.csv cannot be read: it changed while it was read.")
    assert nights.entry()[:2] == ("ready", 1)
    assert nights.rows()[0][1] == "Anna"
    assert nights.tick(minutes=1) == [""]
    assert nights.rows()[0][1] == "Annette"
    assert nights.entry()[:2] == ("ready", 0)


BACK = [{"hours": -1}, {"days": -1}]


@pytest.mark.parametrize("back", BACK, ids=["an hour", "a day"])
def test_a_clock_that_goes_back_loses_no_change_and_moves_no_watermark_back(
    nights: Nights, back: dict[str, int]
):
    nights.deliver("HQ", "1,Anne,10", "2,Bert,20")
    assert nights.tick() == [""]
    before = nights.bench.status()["watermark"][0]
    newest = nights.now
    nights.later(**back)
    nights.deliver("HQ", "1,Annette,10", "2,Bert,20", at=newest)
    assert nights.tick(minutes=1) == []
    assert nights.entry()[2] == pytest.approx(0.5)
    assert nights.tick(minutes=1) == [""]
    assert nights.rows()[0][1] == "Annette"
    assert nights.bench.status()["watermark"][0] >= before
    nights.now = newest
    nights.deliver("HQ", "1,Anna,10", "2,Bert,20")
    nights.tick(), nights.tick(minutes=1)
    assert nights.rows()[0][1] == "Anna"


@pytest.mark.parametrize("back", BACK, ids=["an hour", "a day"])
def test_a_clock_that_goes_back_between_load_and_apply_loses_no_change(
    nights: Nights, back: dict[str, int]
):
    nights.deliver("HQ", "1,Anne,10", "2,Bert,20")
    nights.load("HQ")
    plan = nights.bench.plan("THING")
    nights.later(**back)
    nights.bench.apply(plan.plan_id)
    nights.deliver("HQ", "1,Annette,10", "2,Bert,20")
    nights.load("HQ")
    assert nights.sync() == {"modified": 1}
    assert nights.rows()[0][1] == "Annette"


def test_an_entry_waits_for_its_time_after_the_clock_went_back_or_until_it_is_made_ready(
    nights: Nights,
):
    nights.tick()
    nights.later(days=-1)
    assert nights.tick(hours=2) == []
    nights.bench.ready_entries("THING")
    assert nights.tick(minutes=1) == [""]


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose wall clock goes by the time of Berlin."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of this machine cannot be set")
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("night", [datetime(2026, 10, 25), datetime(2026, 3, 29)])
def test_entries_run_no_other_number_of_times_where_summer_time_ends_or_begins(
    nights: Nights, berlin: None, night: datetime
):
    """It does at 01:00 UTC. Minutes are counted in UTC."""
    nights.set_queue('notebook: "", minutes_between_runs: 30, inactivity_timeout: 30')
    nights.now = night.replace(minute=30)
    nights.bench.ready_entries()
    assert [len(nights.tick(minutes=15)) for _ in range(5)] == [1, 0, 1, 0, 1]


@contextmanager
def damaged(nights: Nights) -> Iterator[None]:
    """The workbench file is cut off."""
    path = nights.root / ".mdsync" / "workbench.duckdb"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    yield
    path.write_bytes(content)


@contextmanager
def stranger(nights: Nights) -> Iterator[None]:
    """Somebody asks the workbench in a shell and does not leave."""
    code = "import duckdb, sys; db = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    path = str(nights.root / ".mdsync" / "workbench.duckdb")
    shell = subprocess.Popen(
        [sys.executable, "-c", code, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert shell.stdout
    assert shell.stdout.readline() == b"open\n"
    yield
    shell.communicate()


@contextmanager
def unreadable_settings(nights: Nights) -> Iterator[None]:
    """Somebody is in the middle of writing mdsync.yaml."""
    path = nights.root / "mdsync.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("links:", "lynx:"), "utf-8")
    yield
    path.write_text(text, "utf-8")


BEGINNINGS = [
    (damaged, "workbench.duckdb cannot be used", 5),
    (stranger, "workbench.duckdb is held by python", 5),
    (unreadable_settings, "lynx", 2),
]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the workbench gives up soon."""
    monkeypatch.setitem(Store.at.__func__.__kwdefaults__, "wait", 0.2)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("fault", "said", "code"), BEGINNINGS)
def test_a_tick_that_cannot_begin_says_why_in_two_sentences(
    nights: Nights, mdsync: Any, impatient: None, *, fault: Any, said: str, code: int
):
    with fault(nights):
        ended = mdsync("run-jobs", folder=nights.root)
        assert ended.exit_code == code
        assert said in ended.stderr
        assert len(ended.stderr.splitlines()) == 2
    assert mdsync("run-jobs", folder=nights.root).exit_code == 0


@pytest.mark.parametrize(("fault", "said"), [one[:2] for one in BEGINNINGS])
def test_a_watching_worker_says_why_a_tick_did_not_begin_and_the_next_one_does_its_work(
    nights: Nights,
    mdsync: Any,
    impatient: None,
    monkeypatch: pytest.MonkeyPatch,
    *,
    fault: Any,
    said: str,
):
    nights.bench.ready_entries()
    broken = fault(nights)
    broken.__enter__()
    rests = [lambda: broken.__exit__(None, None, None), lambda: None]

    def rest(_: float) -> None:
        if not rests:
            raise ToldToEnd
        rests.pop(0)()

    monkeypatch.setattr(running, "time", SimpleNamespace(sleep=rest))
    ended = mdsync("run-jobs", "--watch", folder=nights.root)
    assert ended.exit_code == 0
    assert said in ended.stderr
    assert ended.stdout.startswith("DE/THING: ")
    assert "No entry is due.\nTold to end." in ended.stderr
