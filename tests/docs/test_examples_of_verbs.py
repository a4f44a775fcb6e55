"""The example of a verb runs on the demo, in any order, and gives what its docstring says."""

from __future__ import annotations

import doctest
import inspect
import shutil
from pathlib import Path

import pytest

from mdsync_nb import Workbench

VERBS = {
    name: inspect.getdoc(one) or ""
    for name, one in inspect.getmembers(Workbench, inspect.isfunction)
    if not name.startswith("_")
}
MAIN = [
    "load",
    "match",
    "couple",
    "uncouple",
    "compare",
    "rehearse",
    "plan",
    "decide",
    "apply",
    "sync",
    "undo_plan",
    "undo",
    "retry",
    "status",
    "errors",
    "jobs",
    "history",
    "explain",
    "doctor",
    "sql",
    "list_mappings",
    "show_mapping",
]


@pytest.fixture(scope="module")
def workbench(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """A demo all examples share: each that writes does so in a mapping of its own."""
    folder = tmp_path_factory.mktemp("verbs") / "mdsync-demo"
    shutil.copytree(demo, folder)
    return Workbench(folder, progress=False)


@pytest.mark.parametrize("verb", [name for name, told in VERBS.items() if ">>>" in told])
def test_the_example_of_a_verb_gives_what_it_says(verb: str, workbench: Workbench) -> None:
    names = {"workbench": workbench}
    test = doctest.DocTestParser().get_doctest(VERBS[verb], names, verb, None, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append)
    assert not said, "".join(said)


def test_every_main_verb_has_an_example() -> None:
    assert [name for name in MAIN if f"workbench.{name}(" not in VERBS[name]] == []
