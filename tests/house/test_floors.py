"""The floors of the house: a room imports only from its own floor or below."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "mdsync_nb"
FLOORS = {
    "errors": 0, "model": 0, "frames": 0,
    "core": 1,
    "store": 2, "connectors": 2, "engine": 2, "workspace": 2, "notebooks": 2, "packs": 2, "queue": 2,
    "parameters": 2, "shipped": 2, "kernel": 2, "lab": 2,
    "schedules": 2, "notifying": 2,
    "verbs": 3, "workbench": 3,
    "cli": 4, "widgets": 4, "reports": 4, "__main__": 4,
}  # fmt: skip
FILES = sorted(PACKAGE.rglob("*.py"))
LAZY_FACES = {"verbs", "workbench", "engine", "notebooks", "workspace"}
"""Rooms whose `_repr_html_` and reports import a face inside a function, as architecture allows."""


def room_of(file: Path) -> str:
    first = file.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(file: Path) -> list[tuple[str, bool]]:
    tree = ast.parse(file.read_text("utf-8"))
    top = {id(node) for node in tree.body}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "mdsync_nb":
                names = [f"mdsync_nb.{one.name}" for one in node.names]
            found += [(name, id(node) in top) for name in names]
        elif isinstance(node, ast.Import):
            found += [(one.name, id(node) in top) for one in node.names]
    return found


def typing_only(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            names |= {one.module or "" for one in node.body if isinstance(one, ast.ImportFrom)}
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda one: str(one.relative_to(PACKAGE)))
def test_a_room_imports_only_from_its_own_floor_or_below(file: Path) -> None:
    room = room_of(file)
    if room == "__init__":
        return
    floor = FLOORS[room]
    allowed_types = typing_only(file)
    for name, at_top in imports(file):
        if not name.startswith("mdsync_nb.") or name in allowed_types:
            continue
        other = FLOORS.get(name.split(".")[1], 0)
        if other > floor and not at_top and room in LAZY_FACES:
            continue
        assert other <= floor, f"{file.name} (floor {floor}) imports {name} (floor {other})"


@pytest.mark.parametrize("file", FILES, ids=lambda one: str(one.relative_to(PACKAGE)))
def test_duckdb_is_imported_in_store_and_connectors_alone(file: Path) -> None:
    names = {name.split(".")[0] for name, _ in imports(file)}
    assert "duckdb" not in names or room_of(file) in {"store", "connectors"}
    assert "pandas" not in names


@pytest.mark.parametrize("file", FILES, ids=lambda one: str(one.relative_to(PACKAGE)))
def test_papermill_and_nbconvert_are_imported_when_they_are_needed_and_not_before(
    file: Path,
) -> None:
    slow = {"papermill", "nbconvert", "nbformat", "nbclient"}
    assert not {name for name, top in imports(file) if top and name.split(".")[0] in slow}


@pytest.mark.parametrize("file", FILES, ids=lambda one: str(one.relative_to(PACKAGE)))
def test_a_room_is_not_much_longer_than_300_lines(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 350


def test_the_core_is_pure() -> None:
    for file in (PACKAGE / "core").rglob("*.py"):
        names = {name.split(".")[0] for name, _ in imports(file)}
        assert not names & {"os", "pathlib", "time", "random", "logging", "io"}, file
        text = file.read_text("utf-8")
        assert not {"now(", "today(", "utcnow("} & {
            one for one in ("now(", "today(", "utcnow(") if one in text
        }
