"""`make bench`: the yardstick and every question in turn, round after round, as one table.

    python benchmarks/run.py [--rows N] [--rounds N]

Each run is a process of its own. A ratio is taken inside its round, since a machine that is busy
slows all of a round alike. When an answer of the library is not the yardstick's, the bench fails.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
YARDSTICK = "yardstick"
QUESTIONS = (
    "first load",
    "next load",
    "full plan",
    "classify only",
    "plan after 100 changes",
    "apply 50,000 changes",
)
AIMS = {
    ("full plan", "cpu"): 0.7,
    ("classify only", "cpu"): 0.27,
    ("plan after 100 changes", "cpu"): 0.08,
    ("full plan", "memory"): 0.8,
}
HEAD = ("", "wall s", "CPU s", "MiB", "CPU / yardstick", "aim", "MiB / yardstick", "aim")

Answer = dict[str, Any]
Rounds = list[dict[str, Answer]]


class AnswersDiffer(SystemExit):
    """The library and the yardstick do not say the same of the same files."""


def answer(module: str, *arguments: str) -> Answer:
    """Run one question in a process of its own and give what it said."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    said: Answer = json.loads(done.stdout.splitlines()[-1])
    return said


def one_round(folder: Path) -> Iterator[Answer]:
    """Ask the yardstick and every question once, in turn."""
    yield answer("yardstick", str(folder / "data"), str(folder / "out"))
    for question in QUESTIONS:
        yield answer("ours", question, str(folder))


def check(answers: dict[str, Answer], rows: int) -> None:
    """Stop when two answers differ: classes, cells, or how many records were asked for.

    Raises AnswersDiffer with both answers.
    """
    right = answers[YARDSTICK]
    expected = (
        ("full plan", "classes", right["classes"]),
        ("full plan", "cells", right["cells"]),
        ("classify only", "classes", right["classes"]),
        ("first load", "records", 2 * rows),
        ("plan after 100 changes", "records", 100),
        ("apply 50,000 changes", "records", min(50_000, rows // 20)),
    )
    for question, what, wanted in expected:
        found = answers[question][what]
        if found != wanted:
            raise AnswersDiffer(f"{question}: {what} are {found}, and should be {wanted}")


def table(rounds: Rounds) -> list[tuple[str, ...]]:
    """Give the rows of the table: medians, and ratios to the yardstick of the same round."""
    return [HEAD, *(_row(rounds, mode) for mode in (YARDSTICK, *QUESTIONS))]


def _row(rounds: Rounds, mode: str) -> tuple[str, ...]:
    ratios = [
        cell
        for what in ("cpu", "memory")
        for cell in (_ratio(rounds, mode, what), _aim(rounds, mode, what))
    ]
    medians = (statistics.median(_all(rounds, mode, what)) for what in ("wall", "cpu", "memory"))
    wall, cpu, memory = medians
    return (mode, f"{wall:.2f}", f"{cpu:.2f}", f"{memory:.0f}", *ratios)


def _all(rounds: Rounds, mode: str, what: str) -> list[float]:
    return [one[mode][what] for one in rounds]


def _ratios(rounds: Rounds, mode: str, what: str) -> list[float]:
    return [one[mode][what] / one[YARDSTICK][what] for one in rounds]


def _ratio(rounds: Rounds, mode: str, what: str) -> str:
    found = _ratios(rounds, mode, what)
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def _aim(rounds: Rounds, mode: str, what: str) -> str:
    aim = AIMS.get((mode, what))
    if aim is None:
        return ""
    holds = statistics.median(_ratios(rounds, mode, what)) <= aim
    return f"{aim:.2f} {'holds' if holds else 'MISSED'}"


def drawn(rows: list[tuple[str, ...]]) -> str:
    """Draw the rows as a table in plain text."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def main(rows: int, rounds: int, bench: Path) -> None:
    """Prepare, ask everything in rounds, and print the table; all of it stays in one folder."""
    folder = bench / str(rows)
    print(f"{rows:,} customers a side, {rounds} rounds", flush=True)
    subprocess.run(
        [sys.executable, "-m", "benchmarks.workspaces", str(rows), str(folder)],
        cwd=ROOT,
        check=True,
    )
    found: Rounds = []
    for _ in range(rounds):
        found.append({one["mode"]: one for one in one_round(folder)})
        check(found[-1], rows)
    kept = {"rows": rows, "rounds": found, "table": table(found)}
    (bench / "results.json").write_text(json.dumps(kept, indent=1), "utf-8")
    print(drawn(table(found)))
    print(f"classes {found[-1][YARDSTICK]['classes']}, cells {found[-1][YARDSTICK]['cells']:,}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the library against plain SQL.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    main(asked.rows, asked.rounds, ROOT / ".bench")
