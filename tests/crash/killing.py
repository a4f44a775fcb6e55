"""Steps in processes of their own that are killed: at a commit point, or at any instant."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from . import story

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["mdsync_nb.workbench", "tests.crash.story"])


def counted(root: str, number: int, into: str) -> None:
    """Run a step and note how many commit points it has."""
    with _stops(None) as passed:
        story.play(root, number)
    Path(into).write_text(str(len(passed)), "utf-8")


def killed_at(root: str, number: int, point: int, again: bool) -> None:
    """Run a step until its commit point of that number, and be killed there."""
    with _stops(point):
        story.play(root, number, again)


@contextmanager
def _stops(point: int | None) -> Iterator[list[str]]:
    """Pass every moment before and after something lasting is written; die at one of them."""
    from mdsync_nb.store import visit
    from mdsync_nb.store.pretending import Pretending

    passed: list[str] = []
    whole, replace, keep = visit._one_transaction, os.replace, Pretending.keep_plan

    def pass_by(what: str) -> None:
        passed.append(what)
        if point is not None and len(passed) > point:
            os.kill(os.getpid(), 9)

    @contextmanager
    def transaction(db, *, keep):  # type: ignore[no-untyped-def]
        with whole(db, keep=keep):
            yield
            if _writes(db):
                pass_by("before a commit")
        if _writes(db):
            pass_by("after a commit")

    def replaced(*words, **named):  # type: ignore[no-untyped-def]
        pass_by("before a file is put")
        replace(*words, **named)
        pass_by("after a file is put")

    def kept(pretending, plan):  # type: ignore[no-untyped-def]
        pass_by("before a plan is kept")
        fresh = keep(pretending, plan)
        pass_by("after a plan is kept")
        return fresh

    visit._one_transaction, os.replace, Pretending.keep_plan = transaction, replaced, kept
    try:
        yield passed
    finally:
        visit._one_transaction, os.replace, Pretending.keep_plan = whole, replace, keep


def _writes(db) -> bool:  # type: ignore[no-untyped-def]
    """Whether a connection may write: reading visits leave nothing to be killed over."""
    found = db.execute("select readonly from duckdb_databases() where path is not null").fetchall()
    return not found[0][0]


def run(target, *words: object, timeout: float = 120) -> int:  # type: ignore[no-untyped-def]
    """Run something in a process of its own to its end; gives its exit code."""
    process = FORKS.Process(target=target, args=words)
    process.start()
    process.join(timeout)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f"{target.__name__}{words} did not end")
    return int(process.exitcode or 0)


def kill_after(seconds: float, root: str, number: int, again: bool = False) -> int:
    """Start a step, and kill it after some time; gives its exit code (0: it was faster)."""
    process = FORKS.Process(target=story.play, args=(root, number, again))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    return int(process.exitcode or 0)


class Course:
    """The night as it goes without interruption: the workspace before each step, and its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.points: list[int] = []
        self.seconds: list[float] = []
        self.ends: list[dict[str, object]] = []
        root = folder / "course"
        root.mkdir(parents=True)
        (root / "mdsync.yaml").write_text(story.SETTINGS, "utf-8")
        for number in range(len(story.STEPS)):
            shutil.copytree(root, folder / f"before {number}")
            self.points.append(self._points(number))
            begun = time.monotonic()
            assert run(story.play, str(root), number) == 0
            self.seconds.append(time.monotonic() - begun)
            self.ends.append(story.told(root))

    def _points(self, number: int) -> int:
        root, noted = self.fresh(number), self.folder / "points"
        assert run(counted, str(root), number, str(noted)) == 0
        return int(noted.read_text("utf-8"))

    def fresh(self, number: int) -> Path:
        """The workspace as it was before a step."""
        root = self.folder / "tried"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.folder / f"before {number}", root)
        return root

    def differs(self, root: Path, number: int) -> str:
        """Run an interrupted step again, and say in what its end is another; blank when in none."""
        code = run(story.play, str(root), number, True)
        if code:
            return f"the step could not be run again: exit code {code}"
        end = story.told(root)
        return "" if end == self.ends[number] else story.differences(self.ends[number], end)


class Tried(NamedTuple):
    """One kill: where it was, whether it came in time, and in what the end differs."""

    where: str
    killed: bool
    differs: str


def points(course: Course, steps: Iterable[int] | None = None) -> Iterator[Tried]:
    """Kill each step at each of its commit points, and run it again."""
    for number in range(len(story.STEPS)) if steps is None else steps:
        for point in range(course.points[number]):
            root = course.fresh(number)
            code = run(killed_at, str(root), number, point, False)
            where = f"{story.STEPS[number].__name__}, commit point {point + 1}"
            yield Tried(where, code != 0, course.differs(root, number))


def instants(course: Course, many: int, *, seed: int) -> Iterator[Tried]:
    """Kill steps at random instants, longer ones more often, and run them again."""
    chance = random.Random(seed)
    for _ in range(many):
        (number,) = chance.choices(range(len(story.STEPS)), weights=course.seconds)
        after = chance.uniform(0, course.seconds[number])
        root = course.fresh(number)
        code = kill_after(after, str(root), number)
        where = f"{story.STEPS[number].__name__}, after {after:.3f} s (seed {seed})"
        yield Tried(where, code != 0, course.differs(root, number))
