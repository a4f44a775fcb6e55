"""Short visits: nobody holds the file, whoever waits is told for whom, and a visit is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from mdsync_nb.engine.progress import Progress
from mdsync_nb.errors import CouldNotRun, StoreBusy
from mdsync_nb.store import Store, visit, waiting

from .conftest import World

HOLD = """
import sys, duckdb
db = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""
LOCK = """
import sys
from filelock import FileLock
with FileLock(sys.argv[1] + ".lock"):
    print("open", flush=True)
    sys.stdin.read()
"""
VISIT = """
import sys
from pathlib import Path
from mdsync_nb.store import Store
with Store.at(Path(sys.argv[1])).lists():
    print("open", flush=True)
    sys.stdin.read()
"""
WORK = """
import sys
from mdsync_nb.workbench import Workbench
bench = Workbench(sys.argv[1], progress=False)
for _ in range(3):
    bench.load(sys.argv[2])
    plan = bench.plan("THING")
    bench.apply(plan.plan_id)
    assert bench.sql("select count(*) from DE.Thing").item() == 30
    bench.jobs(), bench.errors(), bench.status()
print("done")
"""
DIE = """
import os, sys
from pathlib import Path
from mdsync_nb.store import Store
with Store.at(Path(sys.argv[1])).file.visit(write=True) as db:
    db.execute("insert into meta values ('half', 'done')")
    os.kill(os.getpid(), 9)
"""


@contextmanager
def running(code: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A program of its own that has begun its work, and ends with the block."""
    asked = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert asked.stdout is not None
        assert asked.stdout.readline() == "open\n"
        yield asked
    finally:
        asked.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbench file."""
    path = tmp_path / "workbench.duckdb"
    with Store.at(path).lists() as lists:
        lists.jobs()
    return path


def test_nobody_holds_the_file_between_two_calls(world: World):
    world.in_step("1,Anna,10")
    world.sync()
    path = str(world.root / ".mdsync" / "workbench.duckdb")
    with running(HOLD, path):
        pass
    with duckdb.connect(path) as db:
        assert db.sql("select count(*) from job").fetchall() == [(2,)]


def test_what_a_visit_wrote_is_kept_whole_and_what_a_failing_one_wrote_is_not(path: Path):
    store = Store.at(path)

    def visit_and_fail() -> None:
        with store.file.visit(write=True) as db:
            db.execute("insert into meta values ('half', 'done')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        visit_and_fail()
    with store.file.visit(write=True) as db:
        assert db.sql("select name from meta").fetchall() == [("version",)]


def test_a_process_killed_within_a_visit_leaves_the_file_as_it_was(path: Path):
    done = subprocess.run([sys.executable, "-c", DIE, str(path)], check=False)
    assert done.returncode in (-9, 9)
    with Store.at(path, wait=5).file.visit(write=False) as db:
        assert db.sql("select name from meta").fetchall() == [("version",)]


@pytest.mark.parametrize("write", [True, False])
def test_a_stranger_who_holds_the_file_is_named_within_the_wait(path: Path, write: bool):
    with running(HOLD, str(path)) as stranger:
        began = time.monotonic()
        waited = Store.at(path, wait=0.3).file.visit(write=write)
        with pytest.raises(StoreBusy, match=rf"process {stranger.pid}\)") as raised, waited:
            pass
        assert 0.3 <= time.monotonic() - began < 5
        assert "python" in raised.value.holder
        assert "Close the program" in raised.value.hint


def test_another_run_that_takes_too_long_is_waited_for_and_then_named(path: Path):
    with running(LOCK, str(path)):
        waited = Store.at(path, wait=0.2).file.visit(write=False)
        with pytest.raises(StoreBusy, match=r"another run; gave up after 0 s"), waited:
            pass


def test_a_connection_of_ones_own_in_the_same_program_is_named_too(path: Path):
    own = duckdb.connect(str(path))
    try:
        waited = Store.at(path, wait=0.2).file.visit(write=False)
        with pytest.raises(StoreBusy, match="this very program"), waited:
            pass
    finally:
        own.close()


def test_a_stranger_who_lets_go_in_time_is_only_waited_for(path: Path):
    with running(HOLD, str(path)) as stranger:
        assert stranger.stdin is not None
        stranger.stdin.close()
        stranger.stdin = None
        with Store.at(path, wait=30).lists() as lists:
            assert lists.jobs().is_empty()


def test_somebody_who_only_reads_does_not_keep_readers_out(path: Path):
    with duckdb.connect(str(path), read_only=True), Store.at(path, wait=0.2).lists() as lists:
        assert lists.jobs().is_empty()


@pytest.mark.parametrize("content", [b"", b"no database" * 999, None])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: bytes | None):
    """Even where the folder's name holds the word lock."""
    path = tmp_path / "block" / "workbench.duckdb"
    if content is None:
        path.mkdir(parents=True)
    else:
        path.parent.mkdir()
        path.write_bytes(content)
    began = time.monotonic()
    with pytest.raises(CouldNotRun, match=r"workbench.duckdb cannot be used") as raised:
        Store.at(path).lists().__enter__()
    assert "move the file away" in raised.value.hint
    assert time.monotonic() - began < 20


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_nobody_may_write_is_named(tmp_path: Path):
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(CouldNotRun, match="may not be written"):
        Store.at(tmp_path / "shut" / "workbench.duckdb").lists().__enter__()


def test_two_processes_load_plan_apply_and_ask_at_once_without_an_error(world: World):
    lines = [f"{n},Name {n},{n}" for n in range(30)]
    world.in_step(*lines)
    world.deliver("HQ", *(line.replace("Name", "New") for line in lines))
    work = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, str(world.root), company],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for company in ("HQ", "DE")
    ]
    ended = [one.communicate(timeout=300) for one in work]
    assert [out for out, _ in ended] == ["done\n"] * 2, [error for _, error in ended]
    world.load()
    jobs = world.bench.jobs()
    assert set(jobs["status"]) <= {"finished", "failed"}
    assert jobs["modified"].sum() == 30
    assert world.pending() == dict.fromkeys(sorted(f"{n}" for n in range(30)), "not taken over")


@pytest.mark.parametrize(
    ("code", "who"), [(VISIT, "python"), (LOCK, "another run"), (HOLD, "python")]
)
def test_a_wait_of_more_than_two_seconds_says_once_for_whom(
    path: Path, code: str, who: str, monkeypatch: pytest.MonkeyPatch
):
    for room in (waiting, visit):
        monkeypatch.setattr(room, "SAID_AFTER", 0.2)
    said: list[str] = []
    with running(code, str(path)) as other:

        def waits(what: str) -> None:
            said.append(what)
            assert other.stdin is not None
            other.stdin.close()
            other.stdin = None

        with Store.at(path, wait=60, waits=waits).lists() as lists:
            assert lists.jobs().is_empty()
    (told,) = said
    assert told.startswith("the workbench, which ")
    assert who in told
    assert (str(other.pid) in told) == (code is not LOCK)


def test_waiting_is_said_on_standard_error_where_progress_is_shown(
    capsys: pytest.CaptureFixture[str],
):
    Progress(shown=False).waits("the workbench")
    assert capsys.readouterr() == ("", "")
    Progress().waits("the workbench, which mdsync load (process 7) holds")
    said = "Waiting for the workbench, which mdsync load (process 7) holds; for up to a minute.\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("called", "said"),
    [
        (["/usr/bin/mdsync", "--debug", "load", "secret"], "mdsync load"),
        (["/x/mdsync_nb/__main__.py", "run-jobs", "--watch"], "mdsync run-jobs"),
        (["/x/ipykernel_launcher.py", "-f", "secret.json"], "a notebook"),
        (["/x/of_my_own.py", "secret"], "python"),
        ([""], "python"),
    ],
)
def test_a_holder_is_called_by_its_command_without_what_it_was_given(
    called: list[str], said: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "argv", called)
    assert waiting.own_words().startswith(said)


def test_a_note_of_somebody_who_is_gone_names_nobody(path: Path):
    note = path.with_name(f"{path.name}.holder")
    for text in ('[999999999, "mdsync load"]', "half", "7"):
        note.write_text(text, "utf-8")
        assert waiting.noted_holder(path) == ""
    with Store.at(path).lists():
        assert "process" in waiting.noted_holder(path)
    assert not note.exists()
