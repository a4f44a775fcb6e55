"""The page of verbs has a line for every command and every method."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import typer

sys.path.insert(0, str(Path(__file__).parent))
from docs_pages import cells, read

from mdsync_nb import Workbench
from mdsync_nb.cli import app

README = read("README.md")
TABLE = read("docs/verbs.md")
HEADS = ("| Command |", "|---|")
LINES = [line for line in TABLE.splitlines() if line.startswith("|")]
ROWS = [cells(line) for line in LINES if not line.startswith(HEADS)]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def methods() -> set[str]:
    """The verbs of a workbench."""
    found = inspect.getmembers(Workbench, inspect.isfunction)
    return {name for name, _ in found if not name.startswith("_")}


def named(cell: str) -> str:
    """The verb in a cell of either column: `mdsync load [COMPANY]...`, `Workbench.init`."""
    found = re.search(r"`(?:mdsync |Workbench\.)?([\w-]+)", cell)
    return found[1] if found else ""


def test_every_command_has_a_line() -> None:
    assert {named(row[0]) for row in ROWS} - {""} == set(COMMANDS)


def test_the_verbs_of_the_main_job_are_in_the_readme() -> None:
    main = "init demo load couple compare plan apply sync undo status errors jobs explain run sql"
    rows = [line for line in README.splitlines() if line.startswith("| `mdsync ")]
    named = set(re.findall(r"`mdsync ([\w-]+)", "".join(rows)))
    assert set(main.split()) <= named <= set(COMMANDS)


def test_every_method_has_a_line() -> None:
    assert {named(row[1]) for row in ROWS} == methods()
    assert len(ROWS) == len(methods())


def test_a_command_stands_beside_its_method() -> None:
    other = ("--dry-run", "--start")
    plain = [row for row in ROWS if row[0] and not any(one in row[0] for one in other)]
    same = [(row[0], named(row[1])) for row in plain]
    assert all(called(command).replace("-", "_") == method for command, method in same)


def called(cell: str) -> str:
    """The name of the function a command runs, also of one in a group (`mdsync mapping list`)."""
    command, first, second = [*re.findall(r"[\w-]+", cell), ""][:3]
    assert command == "mdsync"
    group = getattr(COMMANDS[first], "commands", None)
    return group[second].callback.__name__ if group else first.replace("-", "_")


def test_every_command_of_a_group_has_a_line() -> None:
    for group in ("mapping", "decisions", "record", "pair", "link", "schedule", "notify", "queue"):
        listed = set(re.findall(rf"`mdsync {group} ([\w-]+)", TABLE))
        assert listed == set(COMMANDS[group].commands)


def test_every_notebook_has_a_line_and_no_other() -> None:
    listed = set(re.findall(r"^\| `(\d\d_\w+)` \|", README, re.MULTILINE))
    there = {one.stem for one in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb")}
    assert listed == there


def test_every_exit_code_is_explained() -> None:
    from mdsync_nb import errors

    codes = {one.exit_code for one in vars(errors).values() if hasattr(one, "exit_code")}
    table = README[README.index("| Code | Means |") :].split("\n\n")[0]
    listed = {int(cells(line)[0]) for line in table.splitlines()[2:]}
    assert listed == codes | {0, 1, 3}
