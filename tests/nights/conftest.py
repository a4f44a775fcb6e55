"""Two companies of files with a job queue, and a clock the tests turn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from ..store.conftest import SETTINGS, WINS, World

QUIET = 'notebook: ""'


class Nights(World):
    """A world whose mapping THING runs by itself."""

    def set_queue(self, queue: str = QUIET, *, lease: int = 60, **more: str) -> None:
        """Write mdsync.yaml with what it says about the queue."""
        settings = SETTINGS.format(
            hq="", de="", thing=f"{WINS}, queue: {{{queue}}}", complete="yes"
        )
        self.write(f"{settings}worker: {{lease: {lease}}}\n{more.get('besides', '')}")

    def tick(self, **later: int) -> list[str]:
        """Turn the clock and let a tick run; what each run said, blank for one that succeeded."""
        self.later(**later)
        return [one.outcome.message for one in self.bench.run_jobs()]

    def entry(self, name: str = "THING") -> tuple[str, int, float | None]:
        """Status, failed attempts and the minutes until the start of the entry of a mapping."""
        row = self.bench.list_entries(name).row(0, named=True)
        start = row["earliest_start"]
        wait = None if start is None else round((start - self.now).total_seconds() / 60, 3)
        return row["status"], row["attempts"], wait

    def log(self) -> list[tuple[str, bool | None]]:
        """How the runs ended, oldest first, and whether there was nothing to do."""
        runs = self.bench.store.queue.log()
        return runs.select("status", "idle").rows()[::-1]

    def notebook(self, name: str, *cells: str) -> None:
        """Put a notebook of the workspace's own into its folder."""
        code = [nbformat.v4.new_code_cell(one) for one in cells]
        code[0].metadata["tags"] = ["parameters"]
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        book = nbformat.v4.new_notebook(cells=code)
        book.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "x"}
        path.write_text(json.dumps(book), "utf-8")


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """Two companies in step, with an entry that runs without a notebook."""
    world = Nights(tmp_path)
    world.set_queue()
    world.in_step("1,Anna,10", "2,Bert,20")
    world.bench.generate_entries()
    return world


@pytest.fixture
def edited(nights: Nights) -> Callable[[str], None]:
    """Let the source company deliver a record with another name."""

    def edit(name: str) -> None:
        nights.deliver("HQ", f"1,{name},10", "2,Bert,20")

    return edit
